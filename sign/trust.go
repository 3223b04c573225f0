package sign

import (
	"crypto"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// trust judges the certificate whose key made the signature.
type trust struct {
	*verifier
	file  string // the certificate file
	leaf  *x509.Certificate
	other []*x509.Certificate // candidates for intermediates
	chain []*x509.Certificate // leaf first, root last; nil if there is none
	when  time.Time           // at which the chain holds
	cms   *signedData
	cmsOf error
}

// intermediates gathers what may lie between the leaf and a root.
func (t *trust) intermediates(leaf int) {
	t.other = slices.Concat(t.cert.Certificates[:leaf], t.cert.Certificates[leaf+1:], t.policy.Intermediates)
	if t.cert.CMS != nil {
		t.cms, t.cmsOf = parseCMS(t.cert.CMS, t.lim)
		if t.cms != nil {
			t.other = append(t.other, t.cms.certificates...)
		}
	}
	t.other = nonNil(t.other)
}

func (t *trust) check() {
	if t.cert.CMS != nil {
		t.checkCMS(t.cms, t.cmsOf)
	}
	t.checkChain()
	t.checkValidity()
	t.checkUsage()
	t.checkStrength()
	t.checkRevocation()
	t.checkPublisher()
}

func (t *trust) options(when time.Time, usages ...x509.ExtKeyUsage) x509.VerifyOptions {
	roots := t.policy.Roots
	if roots == nil {
		// Nil would stand for the system's roots.
		roots = x509.NewCertPool()
	}
	return x509.VerifyOptions{Roots: roots, Intermediates: poolOf(t.other), CurrentTime: when, KeyUsages: usages}
}

// checkChain looks for issuers up to a root. Time is a check of its own, so if
// there is no chain now, one is looked for at the ends of the leaf's lifetime.
func (t *trust) checkChain() {
	var first error
	for _, when := range []time.Time{t.now, clamp(t.now, t.leaf), t.leaf.NotBefore, t.leaf.NotAfter} {
		chains, err := t.leaf.Verify(t.options(when, x509.ExtKeyUsageAny))
		if err == nil {
			t.chain, t.when = chains[0], when
			break
		}
		// What is wrong beside the time says more than "expired".
		var invalid x509.CertificateInvalidError
		if first == nil || errors.As(first, &invalid) && invalid.Reason == x509.Expired {
			first = err
		}
	}
	if t.chain != nil {
		t.report.Signer.Chained = true
		names := make([]string, len(t.chain))
		for i, c := range t.chain {
			names[i] = diag.Quote(c.Subject.String())
		}
		reason := strings.Join(names, " issued by ")
		if len(t.chain) == 1 {
			reason = names[0] + " is itself a root of the policy"
		}
		t.pass(CheckChain, t.file, reason)
		return
	}
	row := Row{Check: CheckChain, File: t.file, Err: first}
	var unknown x509.UnknownAuthorityError
	subject, issuer := diag.Quote(t.leaf.Subject.String()), diag.Quote(t.leaf.Issuer.String())
	switch {
	case t.policy.Roots == nil:
		row.Rule = ruleTrustNoRoots
		row.Reason = "the policy has no roots, so nobody vouches for " + subject
		row.Hint = "put the issuers you trust into Policy.Roots"
	case !errors.As(first, &unknown):
		row.Rule = ruleTrustChain
		row.Reason = "the chain of " + subject + " breaks a rule of X.509: " + printable(first.Error())
		row.Hint = "ask the publisher for a correctly issued certificate"
	case string(t.leaf.RawSubject) == string(t.leaf.RawIssuer):
		row.Rule = ruleTrustSelfSigned
		row.Reason = "the certificate of " + subject + " is signed by itself, so nobody but the signer vouches for that name"
		row.Hint = "if you know the publisher, add this certificate to the roots or pin its fingerprint: sha256:" + Fingerprint(t.leaf)
	default:
		row.Rule = ruleTrustUnknownIssuer
		row.Reason = "no chain leads from " + subject + ", issued by " + issuer + ", to a root of the policy"
		// The library's text says more only if it has met an issuer it could not take.
		if said := first.Error(); said != (x509.UnknownAuthorityError{}).Error() {
			row.Reason += " (" + printable(said) + ")"
		}
		row.Hint = "add the issuer's root to Policy.Roots, and missing intermediates to Policy.Intermediates, if you trust it"
	}
	t.object(row, t.at(AnyIssuer))
}

// clamp returns the moment within the certificate's lifetime nearest to now.
func clamp(now time.Time, c *x509.Certificate) time.Time {
	switch {
	case now.Before(c.NotBefore):
		return c.NotBefore
	case now.After(c.NotAfter):
		return c.NotAfter
	}
	return now
}

// judged returns the certificates that the checks below are about.
func (t *trust) judged() []*x509.Certificate {
	if t.chain != nil {
		return t.chain
	}
	return []*x509.Certificate{t.leaf}
}

func (t *trust) checkValidity() {
	const form = "2006-01-02 15:04:05Z"
	now := t.now.UTC().Format(form)
	for _, c := range t.judged() {
		row := Row{Check: CheckValidity, File: t.file}
		switch name := diag.Quote(c.Subject.String()); {
		case t.now.Before(c.NotBefore):
			row.Rule = ruleTrustNotYetValid
			row.Reason = "the certificate of " + name + " is valid from " + c.NotBefore.UTC().Format(form) + " on, and it is " + now
			row.Hint = "see whether the clock is right"
			t.object(row)
			return
		case t.now.After(c.NotAfter):
			row.Rule = ruleTrustExpired
			row.Reason = "the certificate of " + name + " expired at " + c.NotAfter.UTC().Format(form) + ", and it is " + now + ", so nobody vouches for it any more"
			row.Hint = "ask the publisher for a newly signed package, or accept this by AllowExpired"
			t.object(row, allow(t.policy.AllowExpired, "AllowExpired"), t.at(AnyIssuer))
			return
		}
	}
	t.pass(CheckValidity, t.file, "valid at "+now)
}

func (t *trust) checkUsage() {
	row := Row{Check: CheckKeyUsage, File: t.file, Rule: ruleTrustKeyUsage,
		Hint: "sign with a certificate for code signing, or widen Policy.KeyUsages"}
	if u := t.leaf.KeyUsage; u != 0 && u&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		row.Reason = "the key of " + diag.Quote(t.leaf.Subject.String()) + " is not meant for signatures: its key usage has neither digital signature nor content commitment"
		t.object(row, t.at(AnyIssuer))
		return
	}
	wanted := t.policy.KeyUsages
	if len(wanted) == 0 {
		wanted = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	}
	fits := slices.Contains(wanted, x509.ExtKeyUsageAny)
	if t.chain != nil && !fits {
		_, err := t.leaf.Verify(t.options(t.when, wanted...))
		fits, row.Err = err == nil, err
	} else if !fits {
		u := t.leaf.ExtKeyUsage
		fits = len(u)+len(t.leaf.UnknownExtKeyUsage) == 0 || slices.Contains(u, x509.ExtKeyUsageAny) ||
			slices.ContainsFunc(u, func(x x509.ExtKeyUsage) bool { return slices.Contains(wanted, x) })
	}
	if !fits {
		row.Reason = "the certificate of " + diag.Quote(t.leaf.Subject.String()) + ", or one of its chain, is not meant for this: its extended key usage does not have one that the policy asks for"
		t.object(row, t.at(AnyIssuer))
		return
	}
	t.pass(CheckKeyUsage, t.file, "the key may sign")
}

func (t *trust) checkStrength() {
	ok := true
	for i, c := range t.judged() {
		anchor := t.chain != nil && i > 0 && i == len(t.chain)-1
		if why := weakKey(c); why != "" && !anchor {
			ok = false
			t.object(Row{Check: CheckKeyStrength, File: t.file, Rule: ruleTrustWeakKey,
				Reason: diag.Quote(c.Subject.String()) + " has " + why + ", so others may be able to sign in its name",
				Hint:   "ask the publisher for a package signed with a longer key, or accept this by AllowWeakKeys"}, allow(t.policy.AllowWeakKeys, "AllowWeakKeys"))
		}
	}
	// The standard library builds no chain over MD5 or SHA-1, so it is the
	// certificates without a chain that can have such signatures.
	if t.chain == nil {
		for _, c := range append([]*x509.Certificate{t.leaf}, t.other...) {
			if weakSignature(c) && string(c.RawSubject) != string(c.RawIssuer) {
				ok = false
				t.object(Row{Check: CheckKeyStrength, File: t.file, Rule: ruleTrustWeakDigest,
					Reason: "the certificate of " + diag.Quote(c.Subject.String()) + " is signed with " + c.SignatureAlgorithm.String() + ", which can be forged, so no chain is built with it",
					Hint:   "ask the publisher for a newly issued certificate, or add this one to the roots if you know it"}, t.at(AnyIssuer))
			}
		}
	}
	if ok {
		t.pass(CheckKeyStrength, t.file, keyName(t.leaf))
	}
}

func (t *trust) checkPublisher() {
	if len(t.policy.Publishers) == 0 {
		t.skip(CheckPublisher, t.file, "no publisher is pinned")
		return
	}
	subject, print := t.leaf.Subject.String(), Fingerprint(t.leaf)
	wanted := make([]string, 0, len(t.policy.Publishers))
	byName := false
	for _, p := range t.policy.Publishers {
		wanted = append(wanted, diag.Quote(p.String()))
		if p.Fingerprint == "" && p.Subject == "" || p.Fingerprint != "" && normalFingerprint(p.Fingerprint) != print || p.Subject != "" && p.Subject != subject {
			continue
		}
		if p.Fingerprint == "" && t.chain == nil {
			byName = true
			continue
		}
		t.pass(CheckPublisher, t.file, "pinned: "+diag.Quote(p.String()))
		return
	}
	row := Row{Check: CheckPublisher, File: t.file, Rule: ruleTrustPublisher,
		Reason: "the signer " + diag.Quote(subject) + " (sha256:" + print + ") is not the pinned publisher: " + strings.Join(wanted, " or "),
		Hint:   "get the package from the pinned publisher, or pin this one if you know it"}
	if byName {
		row.Outcome = Inconclusive
		row.Reason = "the signer calls itself " + diag.Quote(subject) + " as pinned, but no chain vouches for that name"
		row.Hint = "add the issuer's root to Policy.Roots, or pin the fingerprint: sha256:" + print
	}
	t.object(row)
}

// checkCMS checks the block that VirtualBox adds.
func (t *trust) checkCMS(sd *signedData, err error) {
	v, file := t.verifier, t.file
	if err == nil && !sd.signer.identifies(t.leaf) {
		v.object(Row{Check: CheckCMS, File: file, Rule: ruleCMSSigner,
			Reason: "the CMS block is signed by another certificate than the signature line, so it is not known who signed",
			Hint:   "sign the package again"})
		return
	}
	if err == nil {
		err = sd.verify(v.in.Manifest.Data, t.leaf)
	}
	switch {
	case errors.Is(err, errCMSForm), errors.Is(err, errBER):
		v.add(Row{Check: CheckCMS, File: file, Outcome: Inconclusive, Rule: ruleCMSUnchecked, Err: err,
			Reason: "the CMS block cannot be checked (" + printable(err.Error()) + "); the signature line decides, so the block is no ground to refuse",
			Hint:   "write the block as DER with one signer, as VBoxManage signova does"})
	case err != nil:
		v.object(Row{Check: CheckCMS, File: file, Rule: ruleCMSMismatch, Err: err,
			Reason: "the CMS block does not match the manifest (" + printable(err.Error()) + "), although the signature line does",
			Hint:   "sign the package again: VirtualBox would refuse it"})
	case sd.signer.digest == crypto.SHA1 && !v.policy.AllowSHA1:
		v.add(Row{Check: CheckCMS, File: file, Outcome: Inconclusive, Rule: ruleSignatureWeak,
			Reason: "the CMS block matches, but over a SHA-1 digest, which proves nothing; the signature line decides, so the block is no ground to refuse",
			Hint:   "have the package signed with SHA256, or accept this by AllowSHA1"})
	default:
		v.pass(CheckCMS, file, "the CMS block is signed with the same key over "+sd.signer.digest.String())
	}
}

// nonNil returns a copy of the list without nil entries.
func nonNil(certs []*x509.Certificate) []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(certs), func(c *x509.Certificate) bool { return c == nil })
}

// poolOf returns a pool with the certificates.
func poolOf(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}
