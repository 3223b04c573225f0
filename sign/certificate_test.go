package sign

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
)

func TestParseCertificate(t *testing.T) {
	p := newPKI(t, ecKey())
	cert, middle := string(p.signer.certPEM()), string(p.middle.certPEM())
	line := "SHA256(app.mf)= 00ff\n"
	key := string(p.signer.keyPEM(t))
	cms := string(pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: []byte{0x30, 0}}))
	wrapped := strings.ReplaceAll(cert, "\n", "\r\n")
	for _, c := range []struct {
		name  string
		in    string
		rules []string
		certs int
		sig   string // hexadecimal
	}{
		{"strict", line + cert, nil, 1, "00ff"},
		{"intermediate", line + cert + middle, []string{ruleCertificateExtra}, 2, "00ff"},
		{"CMS", line + cert + cms, nil, 1, "00ff"},
		{"VirtualBox", "SHA256(app.mf) = 00ff\n\n" + cert + "\n" + cms, []string{ruleLineSpacing, ruleLineBlank}, 1, "00ff"},
		{"padded, ovftool", line + cert + strings.Repeat(" ", 100_000), []string{ruleLineBlank}, 1, "00ff"},
		{"CR LF", "SHA256(app.mf)= 00ff\r\n" + wrapped, []string{ruleLineEnding}, 1, "00ff"},
		{"no line end", line + strings.TrimSpace(cert), []string{ruleLineEnding}, 1, "00ff"},
		{"byte order mark", "\xef\xbb\xbf" + line + cert, []string{ruleLineBOM}, 1, "00ff"},
		{"UTF-16", "\xff\xfeS\x00", []string{ruleLineEncoding}, 0, ""},
		{"lower-case label, upper-case digits", "sha256(app.mf)= 00FF\n" + cert, []string{ruleLineLabelCase, ruleLineHexCase}, 1, "00ff"},
		{"OpenSSL 3", "RSA-SHA2-256(app.mf)= 00ff\n" + cert, []string{ruleCertificateAlgorithm}, 1, "00ff"},
		{"bytes apart", "SHA256(app.mf)= 00 ff\n" + cert, []string{ruleLineSpacing}, 1, "00ff"},
		{"line last", cert + line, []string{ruleCertificateOrder}, 1, "00ff"},
		{"text of openssl x509", line + "subject=CN = x\n" + cert, []string{ruleCertificateText}, 1, "00ff"},

		{"empty", "", []string{ruleCertificateLine, ruleCertificateMissing}, 0, ""},
		{"no line", cert, []string{ruleCertificateLine}, 1, ""},
		{"no certificate", line, []string{ruleCertificateMissing}, 0, "00ff"},
		{"two lines", line + "SHA1(app.mf)= 0102\n" + cert, []string{ruleCertificateLines}, 1, "00ff"},
		{"two equal lines", line + line + cert, []string{ruleCertificateLines}, 1, "00ff"},
		{"wrapped", line + "abcd\nef\n" + cert, []string{ruleCertificateLineWrapped, ruleCertificateLineWrapped}, 1, "00ff"},
		{"MD5", "MD5(app.mf)= 00ff\n" + cert, []string{ruleCertificateAlgorithm}, 1, "00ff"},
		{"odd digits", "SHA256(app.mf)= 00f\n" + cert, []string{ruleCertificateSignature}, 1, ""},
		{"no digits", "SHA256(app.mf)= \n" + cert, []string{ruleCertificateSignature}, 1, ""},
		{"base64", "SHA256(app.mf)= TWFu\n" + cert, []string{ruleCertificateSignature}, 1, ""},
		{"no end", line + cert[:len(cert)-20], []string{ruleCertificatePEM, ruleCertificateMissing, ruleLineEnding}, 0, "00ff"},
		{"block in a block", line + cert[:200] + "\n" + cert, []string{ruleCertificatePEM}, 1, "00ff"},
		{"wrong end", line + strings.Replace(cert, "END CERT", "END CRET", 1), []string{ruleCertificatePEM, ruleCertificateMissing}, 0, "00ff"},
		{"no base64", line + "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", []string{ruleCertificatePEM, ruleCertificateMissing}, 0, "00ff"},
		{"no X.509", line + "-----BEGIN CERTIFICATE-----\nTWFu\n-----END CERTIFICATE-----\n", []string{ruleCertificateX509}, 0, "00ff"},
		{"other width", line + strings.Replace(cert, "\n", "\n ", 1), []string{ruleCertificatePEMForm}, 1, "00ff"},
		{"private key", line + cert + key, []string{ruleCertificatePrivateKey}, 1, "00ff"},
		{"unknown block", line + cert + strings.ReplaceAll(cms, "CMS", "THING"), []string{ruleCertificateBlock}, 1, "00ff"},
		{"two CMS blocks", line + cert + cms + cms, []string{ruleCertificateBlock}, 1, "00ff"},
		{"binary", "\x30\x82\x01\x02", []string{ruleCertificateText, ruleCertificateLine, ruleCertificateMissing, ruleLineEnding}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, list := ParseCertificate("app.cert", []byte(c.in), Limits{})
			if r := rules(list); !sameSet(r, c.rules) {
				t.Errorf("rules %q, want %q\n%v", r, c.rules, list)
			}
			if len(got.Certificates) != c.certs || hexOf(got.Signature) != c.sig {
				t.Errorf("%d certificates, signature %x; want %d, %s", len(got.Certificates), got.Signature, c.certs, c.sig)
			}
			if hasCMS := strings.Contains(c.in, "BEGIN CMS"); (got.CMS != nil) != hasCMS {
				t.Errorf("CMS %x", got.CMS)
			}
		})
	}
}

func TestCertificateLimits(t *testing.T) {
	p := newPKI(t, ecKey())
	line, cert := "SHA256(app.mf)= 00ff\n", string(p.signer.certPEM())
	for _, c := range []struct {
		name string
		in   string
		lim  Limits
	}{
		{"size", line + cert, Limits{CertificateSize: 100}},
		{"certificates", line + strings.Repeat(cert, 5), Limits{Certificates: 4}},
		{"line", "SHA256(app.mf)= " + strings.Repeat("00", 100) + "\n" + cert, Limits{LineLength: 100}},
		{"faults", strings.Repeat("x\n", 1000), Limits{Diagnostics: 10}},
	} {
		got, list := ParseCertificate("app.cert", []byte(c.in), c.lim)
		if !slices.Contains(rules(list), ruleCertificateLimit) || len(list) > 20 || len(got.Certificates) > 4 {
			t.Errorf("%s: %q, %d certificates", c.name, rules(list), len(got.Certificates))
		}
	}
}

// TestOversizedKey hands in a certificate with a key on which one verification
// would take seconds.
func TestOversizedKey(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), maxRSABits)
	in := "SHA256(app.mf)= 00ff\n" + hugeCertificate(t, n.Add(n, big.NewInt(1)))
	c, list := ParseCertificate("app.cert", []byte(in), Limits{})
	if !slices.Equal(rules(list), []string{ruleCertificateKeySize}) || len(c.Certificates) != 0 {
		t.Errorf("%q, %d certificates", rules(list), len(c.Certificates))
	}
}

// TestSignatureReasons looks at what a signature that does not verify is said
// to be: each case is what users do to their packages.
func TestSignatureReasons(t *testing.T) {
	p := newPKI(t, rsaKey())
	other := issue(t, "Other", otherRSAKey(), nil)
	ec := issue(t, "Curve", ecKey(), nil)
	mf := testManifest(t, SHA256, testMembers())
	crlf := bytes.ReplaceAll(mf, []byte("\n"), []byte("\r\n"))
	signed := func(id identity, mf []byte, o Options) *Certificate {
		b, err := Sign("app.mf", mf, id.key, []*x509.Certificate{id.cert}, o)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := ParseCertificate("app.cert", b, Limits{})
		return c
	}
	relabelled := signed(p.signer, mf, Options{Digest: SHA1})
	relabelled.Algorithm = SHA256
	exchanged := signed(p.signer, mf, Options{})
	exchanged.Certificates = []*x509.Certificate{other.cert}
	cut := signed(p.signer, mf, Options{})
	cut.Signature = cut.Signature[:100]
	cut.Certificates = []*x509.Certificate{other.cert}
	changed := bytes.Replace(mf, []byte("app"), []byte("apq"), 1)
	for _, c := range []struct {
		name string
		cert *Certificate
		mf   []byte
		rule string
		says string
	}{
		{"good", signed(p.signer, mf, Options{}), mf, "", ""},
		{"good PSS", signed(p.signer, mf, Options{PSS: true}), mf, "", ""},
		{"good ECDSA", signed(ec, mf, Options{}), mf, "", ""},
		{"good over CR LF", signed(p.signer, crlf, Options{}), crlf, "", ""},
		{"wrong label", relabelled, mf, ruleSignatureMismatch, "was made with SHA1, but its line says SHA256"},
		{"to CR LF", signed(p.signer, mf, Options{}), crlf, ruleSignatureMismatch, "from LF to CR LF"},
		{"from CR LF", signed(p.signer, crlf, Options{}), mf, ruleSignatureMismatch, "from CR LF to LF"},
		{"padded", signed(p.signer, mf, Options{}), append(bytes.Clone(mf), "  \n\n"...), ruleSignatureMismatch, "blanks were added"},
		{"changed", signed(p.signer, mf, Options{}), changed, ruleSignatureMismatch, "with the certificate's key, but over another manifest"},
		{"changed PSS", signed(p.signer, mf, Options{PSS: true}), changed, ruleSignatureMismatch, "was changed after signing, or the certificate"},
		{"changed ECDSA", signed(ec, mf, Options{}), changed, ruleSignatureMismatch, "was changed after signing, or the certificate"},
		{"exchanged certificate", exchanged, mf, ruleSignatureKey, "was not made with the key of the certificate"},
		{"cut", cut, mf, ruleSignatureKey, "it has 100 bytes, this key makes 256"},
	} {
		before := bytes.Clone(c.mf)
		r := c.cert.verifySignature(c.mf)
		if r.rule != c.rule || !strings.Contains(r.reason, c.says) {
			t.Errorf("%s: %s: %s; want %s with %q", c.name, r.rule, r.reason, c.rule, c.says)
		}
		if !bytes.Equal(before, c.mf) {
			t.Errorf("%s: the manifest's bytes were changed", c.name)
		}
	}
}
