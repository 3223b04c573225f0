package sign

import (
	"context"
	"errors"
	"path"
	"slices"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// Document is one of the two small files of a package.
type Document struct {
	Name string // as stored in the package; empty if the package has no such file
	Data []byte // all its bytes, exactly as stored
}

// Input is what [Verify] looks at. It is not changed.
type Input struct {
	Manifest    Document
	Certificate Document
	Members     []Member // every file of the package but these two

	// Problems is what the caller found wrong with the package itself, such as a
	// missing file: each error refuses it at every level, the rest becomes notes.
	Problems diag.List
}

// Verify checks the manifest, the signature, the signer and the content of
// every member against a policy.
//
// The report is never nil and is complete even if the first check fails: no
// failure hides another. The error is [Report.Err]: nil if the package is
// accepted, else a diag.List with one entry for each ground of refusal. If ctx
// ends, the files not yet read are inconclusive, and the error matches
// ctx.Err().
//
// Each content is read once, front to back, several at a time; memory does not
// depend on their size. Verify may be called from several goroutines.
func Verify(ctx context.Context, in Input, p Policy) (*Report, error) {
	v := &verifier{in: in, policy: p, lim: p.Limits.withDefaults(), now: p.Time}
	if v.now.IsZero() {
		v.now = time.Now()
	}
	v.report = &Report{Level: p.Level, Time: v.now.UTC().Truncate(time.Second)}
	v.take(CheckPackage, in.Problems)
	v.readManifest()
	v.readCertificate()
	v.checkSignature()
	v.checkListed()
	v.checkContent(ctx)
	v.report.Accepted = len(v.report.Rows) > 0
	for _, r := range v.report.Rows {
		if r.Refuses {
			v.report.Accepted = false
		}
		if r.Waiver != "" && !slices.Contains(v.report.GaveUp, r.Waiver) {
			v.report.GaveUp = append(v.report.GaveUp, r.Waiver)
		}
	}
	slices.Sort(v.report.GaveUp)
	return v.report, v.report.Err()
}

type verifier struct {
	in     Input
	policy Policy
	lim    Limits
	now    time.Time
	report *Report

	manifest *Manifest    // nil if there is none
	cert     *Certificate // nil if there is none
	usable   bool         // the certificate file has all that a check needs
	listings []listing
}

func (v *verifier) add(r Row) { v.report.Rows = append(v.report.Rows, r) }

func (v *verifier) pass(check, file, reason string) {
	v.add(Row{Check: check, File: file, Outcome: Passed, Reason: reason})
}

func (v *verifier) skip(check, file, reason string) {
	v.add(Row{Check: check, File: file, Outcome: Skipped, Reason: reason})
}

// object adds a row that refuses the package unless one of the waivers is in
// force; an empty waiver is not.
func (v *verifier) object(r Row, waivers ...string) {
	if r.Outcome == 0 {
		r.Outcome = Failed
	}
	r.Refuses = true
	for _, w := range waivers {
		if w != "" {
			r.Refuses, r.Waiver = false, w
			break
		}
	}
	v.add(r)
}

// at names a level as a waiver if the policy is as weak as that.
func (v *verifier) at(l Level) string {
	if v.policy.Level >= l && v.policy.Level <= NoManifest {
		return "Level " + l.String()
	}
	return ""
}

func allow(field bool, name string) string {
	if field {
		return name
	}
	return ""
}

// take turns the errors of a parser into rows and keeps the rest as notes.
func (v *verifier) take(check string, list diag.List) (faults bool) {
	for _, d := range list {
		if d.Severity != diag.Error {
			v.report.Notes = append(v.report.Notes, d)
			continue
		}
		faults = true
		waiver := ""
		if d.Rule == ruleManifestEmpty {
			waiver = v.at(NoManifest) // no worse than no manifest
		}
		v.object(Row{Check: check, File: d.Location.File, Line: d.Location.Line, Rule: d.Rule, Reason: d.Message, Hint: d.Hint, Err: d.Err, found: &d}, waiver)
	}
	return faults
}

func (v *verifier) readManifest() {
	file := v.in.Manifest.Name
	if file == "" {
		if c := v.in.Certificate.Name; c != "" {
			v.object(Row{Check: CheckManifest, File: c, Rule: ruleCertificateWithoutManifest,
				Reason: "the package has the certificate " + diag.Quote(c) + " but no manifest, so there is nothing that its signature could prove",
				Hint:   "get the package again: the manifest was removed or lost"})
			return
		}
		v.object(Row{Check: CheckManifest, File: v.descriptor(), Rule: ruleManifestMissing,
			Reason: "the package has no manifest, so a changed or damaged file would not be noticed",
			Hint:   "get the package with its .mf file, or accept it unprotected by the level " + NoManifest.String()}, v.at(NoManifest))
		return
	}
	m, list := ParseManifest(file, v.in.Manifest.Data, v.lim)
	v.manifest = m
	if !v.take(CheckManifest, list) {
		v.pass(CheckManifest, file, plural(len(m.Entries), "file is", "files are")+" listed")
	}
	v.checkBaseName(file)
	v.checkBaseName(v.in.Certificate.Name)
	weak := 0
	for _, e := range m.Entries {
		if e.Algorithm == SHA1 {
			weak++
		}
	}
	switch {
	case weak > 0:
		v.object(Row{Check: CheckDigestStrength, File: file, Rule: ruleDigestWeak,
			Reason: plural(weak, "entry uses", "entries use") + " SHA-1, with which two contents can have one digest",
			Hint:   "have the manifest written with SHA256, or accept this by AllowSHA1"}, allow(v.policy.AllowSHA1, "AllowSHA1"))
	case len(m.Entries) > 0:
		v.pass(CheckDigestStrength, file, "no entry uses SHA-1")
	}
}

// descriptor returns the name of the descriptor, "" if no member has the role.
func (v *verifier) descriptor() string {
	for _, m := range v.in.Members {
		if m.Role == RoleDescriptor {
			return m.Name
		}
	}
	return ""
}

func (v *verifier) checkBaseName(file string) {
	if d := v.descriptor(); d != "" && file != "" && baseName(d) != baseName(file) {
		v.report.Notes = append(v.report.Notes, problem(ruleManifestFileName, diag.Location{File: file},
			"the file "+diag.Quote(file)+" has another base name than the descriptor "+diag.Quote(d)+", so other consumers do not find it",
			"give both the same name before the suffix", nil))
	}
}

func (v *verifier) readCertificate() {
	file := v.in.Certificate.Name
	if file == "" {
		waiver := v.at(Unsigned)
		hint := "get the package with its .cert file; without it the publisher is unknown"
		if len(v.policy.Publishers) > 0 {
			waiver, hint = "", "get the signed package from the pinned publisher"
		}
		v.object(Row{Check: CheckSignature, File: v.in.Manifest.Name, Rule: ruleSignatureMissing,
			Reason: "the package has no signature, so whoever changed it could have written the manifest too", Hint: hint}, waiver)
		return
	}
	c, list := ParseCertificate(file, v.in.Certificate.Data, v.lim)
	v.cert = c
	faults := v.take(CheckCertificate, list)
	v.usable = c.Algorithm != 0 && len(c.Signature) > 0 && len(c.Certificates) > 0
	if c.line > 0 && v.manifest != nil && c.Manifest != path.Base(v.in.Manifest.Name) {
		faults = true
		v.object(Row{Check: CheckCertificate, File: file, Line: c.line, Rule: ruleCertificateLineName,
			Reason: "the signature line is for " + diag.Quote(c.Manifest) + ", and the manifest of this package is " + diag.Quote(v.in.Manifest.Name),
			Hint:   "sign the package under its present name, or give the files back the name under which they were signed"})
	}
	if !faults {
		v.pass(CheckCertificate, file, "one signature line and "+plural(len(c.Certificates), "certificate", "certificates"))
	}
}

func (v *verifier) checkSignature() {
	if v.cert == nil {
		return
	}
	file := v.in.Certificate.Name
	if !v.usable || v.manifest == nil {
		v.object(Row{Check: CheckSignature, File: file, Outcome: Inconclusive, Rule: ruleSignatureMismatch,
			Reason: "the signature cannot be checked, since a part of it is missing: see the rows above",
			Hint:   "get the package again from its publisher"})
		return
	}
	r := v.cert.verifySignature(v.in.Manifest.Data)
	if r.rule != "" {
		outcome := Failed
		if r.rule == ruleSignatureAlgorithm {
			outcome = Inconclusive
		}
		v.object(Row{Check: CheckSignature, File: file, Line: v.cert.line, Outcome: outcome, Rule: r.rule, Reason: r.reason, Hint: r.hint, Err: r.err})
		v.skip(CheckChain, file, "it does not matter who owns a certificate whose signature does not match")
		return
	}
	leaf := v.cert.Certificates[r.leaf]
	v.pass(CheckSignature, file, r.form+" over "+v.cert.Algorithm.String()+", made with the key of "+diag.Quote(leaf.Subject.String()))
	v.signerNotes(r)
	v.report.Signer = &Signer{Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), Serial: leaf.SerialNumber.Text(16),
		Fingerprint: Fingerprint(leaf), NotBefore: leaf.NotBefore.UTC(), NotAfter: leaf.NotAfter.UTC(),
		Key: keyName(leaf), Form: r.form, Digest: v.cert.Algorithm}
	if v.cert.Algorithm == SHA1 {
		v.object(Row{Check: CheckSignatureStrength, File: file, Line: v.cert.line, Rule: ruleSignatureWeak,
			Reason: "the signature is over a SHA-1 digest, and two manifests can have one such digest",
			Hint:   "have the package signed with SHA256, or accept this by AllowSHA1"}, allow(v.policy.AllowSHA1, "AllowSHA1"))
	} else {
		v.pass(CheckSignatureStrength, file, v.cert.Algorithm.String())
	}
	t := &trust{verifier: v, file: file, leaf: leaf}
	t.intermediates(r.leaf)
	t.check()
}

func (v *verifier) signerNotes(r signatureResult) {
	at := diag.Location{File: v.in.Certificate.Name, Line: v.cert.line}
	if r.form != formPKCS1 {
		v.report.Notes = append(v.report.Notes, problem(ruleSignatureForm, at,
			"the signature is "+r.form+"; the standard's form, which other consumers expect, is "+formPKCS1,
			"sign with an RSA key and without PSS if the package is for other products", nil))
	}
	if r.leaf > 0 {
		v.report.Notes = append(v.report.Notes, problem(ruleCertificateOrder, at,
			"the signer's certificate is not the first one in the file, where other consumers look for it", "put it first", nil))
	}
}

func (v *verifier) checkListed() {
	if v.manifest == nil {
		return
	}
	file := v.in.Manifest.Name
	if len(v.manifest.Entries) == 0 {
		v.skip(CheckListed, file, "the manifest has no entry that could be read: see the rows above")
		return
	}
	v.listings = pair(v.manifest, v.in.Members)
	extra := 0
	for _, l := range v.listings {
		if l.rule == "" {
			if l.entry == nil {
				v.skip(CheckListed, l.name, "it is not listed and need not be")
			} else {
				v.pass(CheckListed, l.name, "")
			}
			continue
		}
		if l.rule == ruleManifestExtra {
			if extra++; extra > v.lim.Diagnostics {
				continue
			}
		}
		d := problem(l.rule, l.at(file), l.message, l.hint, nil)
		row := Row{Check: CheckListed, File: l.name, Rule: l.rule, Reason: l.message, Hint: l.hint, found: &d}
		switch l.rule {
		case ruleManifestDescriptor:
			v.object(row, allow(v.policy.AllowUnlistedDescriptor, "AllowUnlistedDescriptor"), v.at(NoManifest))
		case ruleManifestUnlisted, ruleManifestChunk:
			v.object(row, v.at(NoManifest))
		default:
			v.object(row)
		}
	}
	if more := extra - v.lim.Diagnostics; more > 0 {
		v.object(Row{Check: CheckListed, File: file, Rule: ruleManifestExtra,
			Reason: "the manifest lists " + plural(more, "more file", "more files") + " that are none of this package",
			Hint:   "see whether this is the manifest of another package"})
	}
}

// checkContent computes the digests of the listed members.
func (v *verifier) checkContent(ctx context.Context) {
	var jobs []hashJob
	index := make([]int, len(v.listings)) // of the job, or -1
	for i, l := range v.listings {
		index[i] = -1
		if l.member == nil || l.entry == nil || l.entry.Digest == nil {
			continue
		}
		if _, known := l.member.Digests[l.entry.Algorithm]; known || l.member.Content == nil {
			continue
		}
		index[i] = len(jobs)
		jobs = append(jobs, hashJob{name: l.name, r: l.member.Content, size: l.member.Size, alg: l.entry.Algorithm})
	}
	hashAll(ctx, jobs, v.policy.Workers, false)
	for i, l := range v.listings {
		if l.member == nil || l.entry == nil {
			continue
		}
		job := hashJob{err: errNoContent}
		if index[i] >= 0 {
			job = jobs[index[i]]
		} else if sum, known := l.member.Digests[l.entry.Algorithm]; known {
			job = hashJob{sum: sum}
		}
		v.content(ctx, l, job)
	}
}

func (v *verifier) content(ctx context.Context, l listing, job hashJob) {
	row := Row{Check: CheckDigest, File: l.name, Err: job.err}
	var size *SizeError
	switch {
	case l.entry.Digest == nil:
		v.skip(CheckDigest, l.name, "its entry in the manifest cannot be read: see the rows above")
	case job.err == nil:
		if bad := l.entry.match(job.sum); bad != nil {
			row.Rule, row.Err = ruleDigestMismatch, bad
			row.Reason = "the content is not the one that was listed: " + bad.detail()
			row.Hint = "get the file again; if you changed it, write the manifest again and sign it"
			v.object(row)
			return
		}
		v.pass(CheckDigest, l.name, l.entry.Algorithm.String()+" matches")
	case errors.As(job.err, &size):
		row.Rule, row.Reason = ruleSizeMismatch, size.detail()
		row.Hint = "get the file again: it was cut off"
		v.object(row)
	case ctx.Err() != nil && errors.Is(job.err, ctx.Err()):
		row.Outcome, row.Rule = Inconclusive, ruleVerifyInterrupted
		row.Reason, row.Hint = "the verification was interrupted before the end of this file", "start it again"
		v.object(row)
	case errors.Is(job.err, errNoContent):
		row.Outcome, row.Rule, row.Err = Inconclusive, ruleFileUnread, nil
		row.Reason = "the content is not at hand, so its digest is not known"
		row.Hint = "hand in the content, or read it through NewReader and accept this by AllowUnread"
		v.object(row, allow(v.policy.AllowUnread, "AllowUnread"))
	default:
		row.Outcome, row.Rule = Inconclusive, ruleFileUnreadable
		row.Reason, row.Hint = "the content cannot be read ("+printable(job.err.Error())+"), so its digest is not known", "see whether the file and its medium are in order"
		v.object(row)
	}
}
