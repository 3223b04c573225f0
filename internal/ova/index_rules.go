package ova

import (
	"slices"

	"github.com/ovfkit/ovf/diag"
)

// The names of the rules. They are stable: scripts match on them.
const (
	ruleNotTar        = "archive-not-tar"
	ruleEmpty         = "archive-empty"
	ruleHeader        = "archive-header"
	ruleHeaderForm    = "archive-header-form"
	ruleTruncated     = "archive-truncated"
	ruleEnd           = "archive-end"
	ruleEndForm       = "archive-end-form"
	rulePadding       = "archive-padding"
	ruleTrailing      = "archive-trailing"
	ruleMemberType    = "archive-member-type"
	ruleSparse        = "archive-sparse"
	ruleMemberName    = "archive-member-name"
	ruleNameForm      = "archive-name-form"
	ruleDuplicate     = "archive-duplicate"
	ruleDuplicateCase = "archive-duplicate-case"
	ruleDirectory     = "archive-directory"
	ruleLimit         = "archive-limit"
	ruleSizeConflict  = "archive-size-conflict"
	ruleGlobal        = "archive-pax-global"
	rulePAX           = "archive-pax"
	ruleGNU           = "archive-gnu"
	ruleV7            = "archive-v7"
)

const archiveForm = "DSP0243 5.3" // distribution as a single file

// rules is never changed.
var rules = complete([]diag.Rule{
	{Name: ruleNotTar, Clause: archiveForm,
		Summary: "The file is not a tar archive.",
		Why:     "It is another kind of file, or an archive that was compressed as a whole, which the standard does not allow."},
	{Name: ruleEmpty, Clause: archiveForm,
		Summary: "The archive has no member.",
		Why:     "There is no descriptor, so there is no package."},
	{Name: ruleHeader, Clause: archiveForm,
		Summary: "A header of the archive is damaged: a wrong checksum, or a field that is no number.",
		Why:     "Where the next member begins is not known, so one reader would find other members than another."},
	{Name: ruleHeaderForm, Severity: diag.Warning, Clause: archiveForm,
		Summary: "The checksum of a header is not six octal digits, NUL and space.",
		Why:     "The value is right, but the field is the only one of a header that no checksum protects. Old writers use other forms."},
	{Name: ruleTruncated, Clause: archiveForm,
		Summary: "The archive ends in the middle of a member.",
		Why:     "A transfer was cut off, or a header lies about the size of its member."},
	{Name: ruleEnd, Clause: archiveForm,
		Summary: "The end marker of the archive is missing.",
		Why:     "An archive that was cut between two members looks complete but for this; a manifest that stands last would be gone without notice."},
	{Name: ruleEndForm, Severity: diag.Warning, Clause: archiveForm,
		Summary: "The end marker has one block of zeros where the standard has two.",
		Why:     "Most readers take it, some wait for the second block."},
	{Name: rulePadding, Clause: archiveForm,
		Summary: "The space behind a member's content is not filled with zeros.",
		Why:     "Bytes hide there that no digest covers."},
	{Name: ruleTrailing, Clause: archiveForm,
		Summary: "Something other than zeros, or more than 1 MiB of them, follows the end of the archive.",
		Why:     "Readers that look past the end marker find other members than those that stop there."},
	{Name: ruleMemberType, Clause: archiveForm,
		Summary: "A member is a link, a device, a pipe or of an unknown type.",
		Why:     "Unpacking a link and then a file through it writes outside of the folder (CVE-2025-45582); a device opens the machine's own."},
	{Name: ruleSparse, Clause: archiveForm,
		Summary: "A member is a sparse file.",
		Why:     "A few bytes become terabytes, and the maps of such files have exhausted readers (CVE-2025-58183). No other consumer of packages reads them."},
	{Name: ruleMemberName, Clause: archiveForm,
		Summary: "The name of a member is not a relative path inside the package.",
		Why:     "A name with .., a root, a drive letter, a backslash or a control character writes outside of the folder when the package is unpacked (CVE-2021-21972)."},
	{Name: ruleNameForm, Severity: diag.Warning, Clause: archiveForm,
		Summary: "The name of a member begins with ./.",
		Why:     "tar cf x.ova ./* writes it. It is read without, but consumers that compare names exactly do not find the file."},
	{Name: ruleDuplicate, Clause: archiveForm,
		Summary: "Two members have one name, or one is a file where the other has a folder.",
		Why:     "The first counts for one reader, the last for another: what is verified need not be what is used."},
	{Name: ruleDuplicateCase, Clause: archiveForm,
		Summary: "The names of two members differ in letter case only.",
		Why:     "On Windows and macOS both are one file, and the second overwrites the first."},
	{Name: ruleDirectory, Severity: diag.Info, Clause: archiveForm,
		Summary: "The archive has a member for a folder.",
		Why:     "It is not needed; consumers that take every member for a file stumble over it."},
	{Name: ruleLimit,
		Summary: "The archive has more members or longer names than the limits allow.",
		Why:     "Interop: no producer writes such archives; an index without bounds lets a small file take all memory."},
	{Name: ruleSizeConflict, Clause: archiveForm,
		Summary: "Two headers of one member state different sizes.",
		Why:     "Readers that know PAX see other members than those that do not (CVE-2025-62518): what is verified need not be what is used."},
	{Name: ruleGlobal, Clause: archiveForm,
		Summary: "A global PAX header sets names, sizes or links for all members.",
		Why:     "No producer needs it, and readers differ in what it means."},
	{Name: rulePAX, Severity: diag.Warning, Clause: archiveForm,
		Summary: "The archive has PAX headers.",
		Why:     "The standard asks for USTAR; vSphere and ovftool refuse PAX, which Python and tar --format=posix write."},
	{Name: ruleGNU, Severity: diag.Info, Clause: archiveForm,
		Summary: "The archive is in the GNU format.",
		Why:     "The standard asks for USTAR. Consumers take GNU headers, and beyond 8 GiB there is no other way without chunks; long names are read by few."},
	{Name: ruleV7, Severity: diag.Warning, Clause: archiveForm,
		Summary: "The archive is in the format from before USTAR.",
		Why:     "It is recognised by its checksums only; consumers that look for the word ustar do not take it for an archive."},
})

// Rules returns the rules of this package. The caller owns the slice.
func Rules() []diag.Rule { return slices.Clone(rules) }

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

// problem makes the diagnostic of a rule.
func problem(rule string, at diag.Location, message, hint string) diag.Diagnostic {
	i := slices.IndexFunc(rules, func(r diag.Rule) bool { return r.Name == rule })
	r := &rules[i]
	return diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: r.Name, Clause: r.Clause, Location: at, Message: message, Hint: hint}
}
