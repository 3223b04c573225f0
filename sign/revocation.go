package sign

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// checkRevocation looks each certificate of the chain up in the lists that the
// caller handed in.
func (t *trust) checkRevocation() {
	switch {
	case len(t.policy.CRLs) == 0:
		t.skip(CheckRevocation, t.file, "no revocation list was handed in")
		return
	case t.chain == nil:
		t.object(Row{Check: CheckRevocation, File: t.file, Outcome: Inconclusive, Rule: ruleTrustRevocation,
			Reason: "without a chain to a root it is not known whose revocation list counts for " + diag.Quote(t.leaf.Subject.String()),
			Hint:   "add the issuer's root to Policy.Roots"}, allow(t.policy.AllowUnknownRevocation, "AllowUnknownRevocation"), t.at(AnyIssuer))
		return
	case len(t.chain) == 1:
		t.skip(CheckRevocation, t.file, "the certificate is itself a root of the policy, which no list revokes")
		return
	}
	ok := true
	for i, c := range t.chain[:len(t.chain)-1] {
		revoked, unknown := t.status(c, t.chain[i+1])
		row := Row{Check: CheckRevocation, File: t.file}
		name := diag.Quote(c.Subject.String())
		switch {
		case revoked != nil:
			ok = false
			row.Rule = ruleTrustRevoked
			row.Reason = "the certificate of " + name + " was revoked at " + revoked.RevocationTime.UTC().Format(time.DateTime) + "Z (" + revocationReason(revoked.ReasonCode) + ")"
			row.Hint = "do not use the package; ask the publisher for a newly signed one"
			t.object(row)
		case unknown != "":
			ok = false
			row.Outcome, row.Rule = Inconclusive, ruleTrustRevocation
			row.Reason = "it is not known whether the certificate of " + name + " is revoked: " + unknown
			row.Hint = "hand in a current revocation list of " + diag.Quote(c.Issuer.String()) + ", or accept this by AllowUnknownRevocation"
			t.object(row, allow(t.policy.AllowUnknownRevocation, "AllowUnknownRevocation"))
		}
	}
	if ok {
		t.pass(CheckRevocation, t.file, "no certificate of the chain is on a revocation list")
	}
}

// status looks a certificate up. A revocation counts whatever its time and
// however old the list: without a trusted time stamp nobody knows when the
// signature was made. The absence from a list counts only if the list is
// complete and current.
func (t *trust) status(c, issuer *x509.Certificate) (revoked *x509.RevocationListEntry, unknown string) {
	unknown = "no list of its issuer was handed in"
	known := false
	for _, crl := range t.policy.CRLs {
		if crl == nil || !bytes.Equal(crl.RawIssuer, c.RawIssuer) {
			continue
		}
		if err := crl.CheckSignatureFrom(issuer); err != nil {
			if !known {
				unknown = "the signature of the list does not match its issuer"
			}
			continue
		}
		for i, e := range crl.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(c.SerialNumber) == 0 && e.ReasonCode != removedFromCRL {
				return &crl.RevokedCertificateEntries[i], ""
			}
		}
		switch {
		case partialCRL(crl):
			if !known {
				unknown = "the list covers a part of the certificates only"
			}
		case t.now.Before(crl.ThisUpdate) || crl.NextUpdate.IsZero() || t.now.After(crl.NextUpdate):
			if !known {
				unknown = "the list is not current: it is from " + crl.ThisUpdate.UTC().Format(time.DateTime) + "Z"
				if !crl.NextUpdate.IsZero() {
					unknown += " and ends at " + crl.NextUpdate.UTC().Format(time.DateTime) + "Z"
				}
			}
		default:
			known = true
		}
	}
	if known {
		unknown = ""
	}
	return nil, unknown
}

// removedFromCRL is the reason code by which a delta list lifts a hold.
const removedFromCRL = 8

// The extensions that make a list say less than "every certificate of this
// issuer": delta list, part of the certificates, certificates of other issuers.
var partialExtensions = []asn1.ObjectIdentifier{{2, 5, 29, 27}, {2, 5, 29, 28}, {2, 5, 29, 29}}

// partialCRL reports whether a list has such an extension, or a critical one
// that is not known here, in the list or in an entry.
func partialCRL(crl *x509.RevocationList) bool {
	partial := func(x pkix.Extension) bool {
		return x.Critical || slices.ContainsFunc(partialExtensions, x.Id.Equal)
	}
	return slices.ContainsFunc(crl.Extensions, partial) ||
		slices.ContainsFunc(crl.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool {
			return slices.ContainsFunc(e.Extensions, partial)
		})
}

// revocationReason names the reason codes of RFC 5280 5.3.1.
func revocationReason(code int) string {
	names := map[int]string{0: "unspecified", 1: "key compromise", 2: "CA compromise", 3: "affiliation changed",
		4: "superseded", 5: "cessation of operation", 6: "on hold", 9: "privilege withdrawn", 10: "AA compromise"}
	if s, ok := names[code]; ok {
		return s
	}
	return "reason unknown"
}
