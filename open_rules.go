package ovf

import (
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/ova"
)

// The names of the rules. They are stable: scripts match on them.
const (
	ruleDescriptorNone  = "package-descriptor-none"
	ruleDescriptorMany  = "package-descriptor-several"
	ruleDescriptorFirst = "package-descriptor-first"
	ruleDescriptorSize  = "package-descriptor-size"
	ruleManifestMany    = "package-manifest-several"
	ruleManifestSize    = "package-manifest-size"
	ruleOrder           = "package-order"
	ruleFileLimit       = "package-file-limit"
	ruleFileName        = "package-file-name"
	ruleFileMissing     = "package-file-missing"
	ruleFileKind        = "package-file-kind"
	ruleFileSize        = "package-file-size"
	ruleFileRemote      = "package-file-remote"
	ruleFileExtra       = "package-file-extra"
	ruleChunkMissing    = "package-chunk-missing"
	ruleChunkSize       = "package-chunk-size"
	ruleChunkWhole      = "package-chunk-whole"
)

const (
	clausePackage = "DSP0243 5.1"
	clauseArchive = "DSP0243 5.3"
	clauseFile    = "DSP0243 7.1"
)

// packageRules is never changed.
var packageRules = complete([]diag.Rule{
	{Name: ruleDescriptorNone, Clause: clausePackage,
		Summary: "The package has no descriptor.",
		Why:     "Nothing says what the files are. A descriptor in a folder of an archive does not count: its hrefs would lead nowhere."},
	{Name: ruleDescriptorMany, Clause: clausePackage,
		Summary: "The package has more than one descriptor.",
		Why:     "One consumer deploys the first, another the last; a signature is for one of them."},
	{Name: ruleDescriptorFirst, Clause: clauseArchive,
		Summary: "The descriptor is not the first member of the archive.",
		Why:     "Consumers that read an archive as a stream, such as vSphere from a URL, stop at the first member."},
	{Name: ruleDescriptorSize,
		Summary: "The descriptor is larger than the limits allow.",
		Why:     "Interop: it is held in memory, and no producer writes one of this size."},
	{Name: ruleManifestMany, Clause: clausePackage,
		Summary: "The archive has more than one manifest or certificate.",
		Why:     "Consumers differ in which one counts, so one package can be good for one and bad for another."},
	{Name: ruleManifestSize,
		Summary: "The manifest or the certificate is larger than the limits allow.",
		Why:     "Interop: it is held in memory; a small package could take all of it."},
	{Name: ruleOrder, Severity: diag.Warning, Clause: clauseArchive,
		Summary: "The members of the archive are not in the order of the standard.",
		Why:     "Consumers that read an archive as a stream expect manifest and certificate together, behind the descriptor or at the end, and the files in the order of References."},
	{Name: ruleFileLimit,
		Summary: "The package has more files or chunks than the limits allow.",
		Why:     "Interop: looking for each of millions of files takes hours."},
	{Name: ruleFileName, Clause: clauseFile,
		Summary: "The href of a file cannot be used as the name of a file in the package.",
		Why:     "With .., a root, a drive letter, a backslash or an escaped separator it names a file of the machine, not of the package; consumers that join it to a folder have read such files."},
	{Name: ruleFileMissing, Clause: clauseFile,
		Summary: "A file of References is not in the package.",
		Why:     "Whatever uses the file cannot be deployed. A name that differs in letter case is another name."},
	{Name: ruleFileKind, Clause: clauseFile,
		Summary: "A file of References is a folder, a device or a link that leads out of the package.",
		Why:     "Reading it would give something of this machine, or never end."},
	{Name: ruleFileSize, Clause: clauseFile,
		Summary: "A file is longer or shorter than its File/@size says.",
		Why:     "It was cut off, replaced, or the descriptor was written for another file. Consumers that reserve space by the size fail midway."},
	{Name: ruleFileRemote, Severity: diag.Warning, Clause: clauseFile,
		Summary: "A file is on the network, and the caller has not allowed to fetch it.",
		Why:     "An address in a package is chosen by whoever wrote it: fetching it tells them who deploys, and can reach servers that they cannot."},
	{Name: ruleFileExtra, Severity: diag.Warning, Clause: clauseArchive,
		Summary: "The archive has a member that nothing refers to.",
		Why:     "It takes space, and it is not protected: a manifest need not list it."},
	{Name: ruleChunkMissing, Clause: clauseFile,
		Summary: "A chunk of a file is missing.",
		Why:     "The parts before and behind the gap do not make the file."},
	{Name: ruleChunkSize, Clause: clauseFile,
		Summary: "A chunk has another length than File/@chunkSize, and is not a shorter last one.",
		Why:     "A chunk was cut off or replaced: what is put together is not the file."},
	{Name: ruleChunkWhole, Severity: diag.Warning, Clause: clauseFile,
		Summary: "A file has chunkSize and is stored in one piece.",
		Why:     "It is read as it is. Consumers that go by the standard look for the name with .000000000 behind it."},
})

// PackageRules lists the rules of layer package: about the files of a package and
// the archive they are in. [Open] and [VerifyStream] report them.
func PackageRules() []diag.Rule { return slices.Concat(ova.Rules(), packageRules) }

// complete fills in what most rules have in common.
func complete(rules []diag.Rule) []diag.Rule {
	for i := range rules {
		rules[i].Layer, rules[i].Since = diag.Package, "0.1.0"
		if rules[i].Severity == 0 {
			rules[i].Severity = diag.Error
		}
	}
	return rules
}

// problem makes the diagnostic of a rule of this package.
func problem(rule string, at diag.Location, message, hint string) diag.Diagnostic {
	i := slices.IndexFunc(packageRules, func(r diag.Rule) bool { return r.Name == rule })
	r := &packageRules[i]
	return diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: r.Name, Clause: r.Clause, Location: at, Message: message, Hint: hint}
}
