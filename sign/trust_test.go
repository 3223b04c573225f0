package sign

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTrust judges signers.
func TestTrust(t *testing.T) {
	root := issue(t, "Example Root", rootKey(), nil, authority)
	stranger := issue(t, "Example Root", newECKey(), nil, authority) // the same name, another key
	middle := issue(t, "Example Issuing", middleKey(), &root, authority)
	past, future := testTime.AddDate(0, 0, -1), testTime.AddDate(0, 0, 1)
	from, to := testTime.AddDate(-1, 0, 0), testTime.AddDate(1, 0, 0)
	oldMiddle := issue(t, "Example Issuing", middleKey(), &root, authority, validity(from, past))
	notCA := issue(t, "Example Issuing", middleKey(), &root)
	p224 := must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader))
	type certs = []*x509.Certificate
	anyUsage := func(p *Policy) { p.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }
	good := issue(t, "Good", ecKey(), &middle)
	weakCA := issue(t, "Weak CA", weakRSAKey(), &root, authority)
	weakRoot := issue(t, "Weak root", weakRSAKey(), nil, authority)
	pinned := issue(t, "Pinned", ecKey(), nil)
	for _, c := range []struct {
		name   string
		signer identity
		others certs
		change func(*Policy)
		rules  []string // of the refusals
	}{
		{"good", good, certs{middle.cert}, nil, nil},
		{"intermediate from the policy", good, nil, func(p *Policy) { p.Intermediates = certs{nil, middle.cert} }, nil},
		{"missing intermediate", good, nil, nil, []string{ruleTrustUnknownIssuer}},
		{"root of the same name", good, certs{middle.cert}, func(p *Policy) { p.Roots = stranger.pool() }, []string{ruleTrustUnknownIssuer}},
		{"root in the package is not trusted", good, certs{middle.cert, root.cert}, func(p *Policy) { p.Roots = stranger.pool() }, []string{ruleTrustUnknownIssuer}},
		{"no roots", good, certs{middle.cert}, func(p *Policy) { p.Roots = nil }, []string{ruleTrustNoRoots}},
		{"self-signed", issue(t, "Self", ecKey(), nil), nil, nil, []string{ruleTrustSelfSigned}},
		{"issuer that is no authority", good, certs{notCA.cert}, nil, []string{ruleTrustUnknownIssuer}},
		{"unknown critical extension", issue(t, "Odd", ecKey(), &middle, func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{extension(true, 1, 3, 9999)} }), certs{middle.cert}, nil, []string{ruleTrustChain}},
		{"expired", issue(t, "Old", ecKey(), &middle, validity(from, past)), certs{middle.cert}, nil, []string{ruleTrustExpired}},
		{"not yet valid", issue(t, "New", ecKey(), &middle, validity(future, to)), certs{middle.cert}, nil, []string{ruleTrustNotYetValid}},
		{"expired intermediate", issue(t, "Young", ecKey(), &oldMiddle, validity(from, to)), certs{oldMiddle.cert}, nil, []string{ruleTrustExpired}},
		{"expired and of an unknown issuer", issue(t, "Old", ecKey(), &stranger, validity(from, past)), nil, nil, []string{ruleTrustUnknownIssuer, ruleTrustExpired}},
		{"expired, allowed", issue(t, "Old", ecKey(), &middle, validity(from, past)), certs{middle.cert}, func(p *Policy) { p.AllowExpired = true }, nil},
		{"not yet valid is never allowed", issue(t, "New", ecKey(), &middle, validity(future, to)), certs{middle.cert}, func(p *Policy) { p.AllowExpired, p.Level = true, NoManifest }, []string{ruleTrustNotYetValid}},
		{"judged in the past", issue(t, "Old", ecKey(), &middle, validity(from, past)), certs{middle.cert}, func(p *Policy) { p.Time = past }, nil},
		{"key for encryption", issue(t, "Enc", ecKey(), &middle, usage(x509.KeyUsageKeyEncipherment)), certs{middle.cert}, nil, []string{ruleTrustKeyUsage}},
		{"key for content commitment", issue(t, "Commit", ecKey(), &middle, usage(x509.KeyUsageContentCommitment)), certs{middle.cert}, nil, nil},
		{"no usages at all", issue(t, "Plain", ecKey(), &middle, usage(0)), certs{middle.cert}, nil, nil},
		{"key for a web server", issue(t, "Web", ecKey(), &middle, usage(x509.KeyUsageDigitalSignature, x509.ExtKeyUsageServerAuth)), certs{middle.cert}, nil, []string{ruleTrustKeyUsage}},
		{"key for a web server, allowed", issue(t, "Web", ecKey(), &middle, usage(x509.KeyUsageDigitalSignature, x509.ExtKeyUsageServerAuth)), certs{middle.cert}, anyUsage, nil},
		{"web server at any issuer", issue(t, "Web", ecKey(), &stranger, usage(x509.KeyUsageDigitalSignature, x509.ExtKeyUsageServerAuth)), nil, func(p *Policy) { p.Level = AnyIssuer }, nil},
		{"RSA 1024", issue(t, "Weak", weakRSAKey(), &middle), certs{middle.cert}, nil, []string{ruleTrustWeakKey}},
		{"RSA 1024, allowed", issue(t, "Weak", weakRSAKey(), &middle), certs{middle.cert}, func(p *Policy) { p.AllowWeakKeys = true }, nil},
		{"RSA 1024 at any issuer", issue(t, "Weak", weakRSAKey(), &middle), nil, func(p *Policy) { p.Level = NoManifest }, []string{ruleTrustWeakKey}},
		{"P-224", issue(t, "Curve", p224, &middle), certs{middle.cert}, nil, []string{ruleTrustWeakKey}},
		{"weak intermediate", issue(t, "Under weak", ecKey(), &weakCA), certs{weakCA.cert}, nil, []string{ruleTrustWeakKey}},
		{"weak root", issue(t, "Under weak", ecKey(), &weakRoot), nil, func(p *Policy) { p.Roots = weakRoot.pool() }, nil},
		{"the signer as root", pinned, nil, func(p *Policy) { p.Roots = pinned.pool() }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy := Policy{Roots: root.pool(), Time: testTime}
			if c.change != nil {
				c.change(&policy)
			}
			in := signedInput(t, c.signer.key, append(certs{c.signer.cert}, c.others...), Options{})
			r, _ := verify(t, in, policy)
			if got := refusals(r); !slices.Equal(got, c.rules) {
				t.Errorf("refused for %q, want %q\n%s", got, c.rules, text(r))
			}
		})
	}
}

func TestPublishers(t *testing.T) {
	p := newPKI(t, ecKey())
	in := signedInput(t, p.signer.key, p.chain(), Options{})
	print, subject := Fingerprint(p.signer.cert), p.signer.cert.Subject.String()
	colons := strings.ToUpper(print[:2] + ":" + print[2:])
	for _, c := range []struct {
		name string
		pins []Publisher
		ok   bool // at level trusted
		bare bool // at level any-issuer without roots
	}{
		{"fingerprint", []Publisher{{Fingerprint: print}}, true, true},
		{"fingerprint as openssl prints it", []Publisher{{Fingerprint: colons}}, true, true},
		{"subject", []Publisher{{Subject: subject}}, true, false},
		{"both", []Publisher{{Fingerprint: print, Subject: subject}}, true, true},
		{"one of two", []Publisher{{Subject: "CN=Other"}, {Fingerprint: print}}, true, true},
		{"other fingerprint", []Publisher{{Fingerprint: strings.Repeat("0", 64)}}, false, false},
		{"cut fingerprint", []Publisher{{Fingerprint: print[:62]}}, false, false},
		{"other subject", []Publisher{{Subject: "CN=Example Appliances"}}, false, false},
		{"right fingerprint, other subject", []Publisher{{Fingerprint: print, Subject: "CN=Other"}}, false, false},
		{"zero pin", []Publisher{{}}, false, false},
		{"the issuer's fingerprint", []Publisher{{Fingerprint: Fingerprint(p.middle.cert)}}, false, false},
	} {
		policy := p.policy()
		policy.Publishers = c.pins
		if r, err := verify(t, in, policy); (err == nil) != c.ok || err != nil && !slices.Equal(refusals(r), []string{ruleTrustPublisher}) {
			t.Errorf("%s: %v", c.name, err)
		}
		policy.Level, policy.Roots = AnyIssuer, nil
		if r, err := verify(t, in, policy); (err == nil) != c.bare || err != nil && !slices.Equal(refusals(r), []string{ruleTrustPublisher}) {
			t.Errorf("%s, without roots: %v", c.name, err)
		}
	}
	for s, want := range map[string]Publisher{
		print:                {Fingerprint: print},
		"sha256:" + colons:   {Fingerprint: print},
		"SHA256:" + print:    {Fingerprint: print},
		"CN=A,O=B":           {Subject: "CN=A,O=B"},
		"sha256:1234":        {},
		"Example Appliances": {},
		"":                   {},
	} {
		got, err := ParsePublisher(s)
		if got != want || (err == nil) != (want != Publisher{}) {
			t.Errorf("ParsePublisher(%q) = %v, %v", s, got, err)
		}
		if err == nil {
			if again, err := ParsePublisher(got.String()); err != nil || again != got {
				t.Errorf("%v does not come back from its text %q", got, got.String())
			}
		}
	}
}

func TestRevocation(t *testing.T) {
	p := newPKI(t, ecKey())
	in := signedInput(t, p.signer.key, p.chain(), Options{})
	day := 24 * time.Hour
	list := func(issuer identity, revoked *x509.Certificate, from, to time.Duration, change ...func(*x509.RevocationList)) *x509.RevocationList {
		tmpl := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: testTime.Add(from), NextUpdate: testTime.Add(to)}
		if revoked != nil {
			tmpl.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: revoked.SerialNumber, RevocationTime: testTime.Add(-day), ReasonCode: 1}}
		}
		for _, f := range change {
			f(tmpl)
		}
		der, err := x509.CreateRevocationList(rand.Reader, tmpl, issuer.cert, issuer.key)
		if err != nil {
			t.Fatal(err)
		}
		return must(x509.ParseRevocationList(der))
	}
	goodRoot, goodMiddle := list(p.root, nil, -day, day), list(p.middle, nil, -day, day)
	forger := issue(t, "Example Issuing", newECKey(), nil, authority)
	delta := func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, extension(true, 2, 5, 29, 27))
	}
	part := func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, extension(false, 2, 5, 29, 28))
	}
	hold := func(code int) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) { l.RevokedCertificateEntries[0].ReasonCode = code }
	}
	type crls = []*x509.RevocationList
	for _, c := range []struct {
		name string
		crls crls
		rule string
		says string
	}{
		{"none", nil, "", ""},
		{"clean", crls{goodRoot, goodMiddle}, "", ""},
		{"another certificate is revoked", crls{goodRoot, list(p.middle, p.root.cert, -day, day)}, "", ""},
		{"revoked", crls{goodRoot, list(p.middle, p.signer.cert, -day, day)}, ruleTrustRevoked, "key compromise"},
		{"on hold", crls{goodRoot, list(p.middle, p.signer.cert, -day, day, hold(6))}, ruleTrustRevoked, "on hold"},
		{"revoked in an old list", crls{goodRoot, goodMiddle, list(p.middle, p.signer.cert, -3*day, -2*day)}, ruleTrustRevoked, ""},
		{"revoked in a delta list", crls{goodRoot, goodMiddle, list(p.middle, p.signer.cert, -day, day, delta)}, ruleTrustRevoked, ""},
		{"intermediate revoked", crls{list(p.root, p.middle.cert, -day, day), goodMiddle}, ruleTrustRevoked, "Example Issuing"},
		{"none for the intermediate", crls{goodMiddle}, ruleTrustRevocation, "no list"},
		{"none for the signer", crls{goodRoot}, ruleTrustRevocation, "no list"},
		{"nil", crls{nil}, ruleTrustRevocation, "no list"},
		{"stale", crls{goodRoot, list(p.middle, nil, -3*day, -2*day)}, ruleTrustRevocation, "not current"},
		{"of the future", crls{goodRoot, list(p.middle, nil, day, 2*day)}, ruleTrustRevocation, "not current"},
		{"forged", crls{goodRoot, list(forger, nil, -day, day)}, ruleTrustRevocation, "does not match its issuer"},
		{"forged revocation", crls{goodRoot, goodMiddle, list(forger, p.signer.cert, -day, day)}, "", ""},
		{"delta alone", crls{goodRoot, list(p.middle, nil, -day, day, delta)}, ruleTrustRevocation, "a part"},
		{"part", crls{goodRoot, list(p.middle, nil, -day, day, part)}, ruleTrustRevocation, "a part"},
	} {
		policy := p.policy()
		policy.CRLs = c.crls
		r, err := verify(t, in, policy)
		if c.rule == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, rule := range refusals(r) {
			if rule != c.rule {
				t.Errorf("%s: refused for %s, want %s", c.name, rule, c.rule)
			}
		}
		policy.AllowUnknownRevocation = true
		if r, err := verify(t, in, policy); (err == nil) != (c.rule != ruleTrustRevoked) {
			t.Errorf("%s, unknown allowed: %q", c.name, refusals(r))
		}
	}
	policy := p.policy()
	policy.Roots, policy.CRLs = p.signer.pool(), crls{goodRoot}
	if r, err := verify(t, in, policy); err != nil {
		t.Errorf("the signer as root has no list to be on: %q", refusals(r))
	}
	policy.Roots, policy.Level = nil, AnyIssuer
	if r, err := verify(t, in, policy); err != nil || !slices.Contains(r.GaveUp, "Level any-issuer") {
		t.Errorf("any issuer with a list: %q %q", refusals(r), r.GaveUp)
	}
}
