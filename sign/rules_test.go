package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// tlv encodes one DER value, for blocks that no tool would make.
func tlv(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	out := encodeSet(body, false)
	out[0] = tag
	return out
}

func oidDER(content string) []byte { return tlv(tagOID, []byte(content)) }

// cmsBlock makes a SignedData whose signer is named but whose signature is void.
func cmsBlock(issuer *x509.Certificate) []byte {
	var digest string
	for oid, h := range cmsDigests {
		if h == crypto.SHA256 {
			digest = oid
		}
	}
	alg := tlv(tagSequence, oidDER(digest))
	one := []byte{tagInteger, 1, 1}
	serial := must(asn1.Marshal(issuer.SerialNumber))
	signer := tlv(tagSequence, one, tlv(tagSequence, issuer.RawIssuer, serial), alg, tlv(tagSequence, oidDER(oidRSA)), tlv(tagOctetString, []byte("void")))
	return tlv(tagSequence, oidDER(oidSignedData), tlv(tagContext, tlv(tagSequence, one, tlv(tagSet, alg), tlv(tagSequence, oidDER(oidData)), tlv(tagSet, signer))))
}

// scenarios gives for each rule a smallest input that breaks it, and what is
// reported. The map from rule to message is what users and scripts see.
func scenarios(t *testing.T) map[string]diag.List {
	out := map[string]diag.List{}
	keep := func(rule string, list diag.List) {
		t.Helper()
		if _, ok := out[rule]; ok {
			t.Errorf("two scenarios for %s", rule)
		}
		out[rule] = slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool { return d.Rule != rule })
	}

	entry := "SHA256(app.ovf)= " + hexSHA256 + "\n"
	for rule, in := range map[string]string{
		ruleLineSpacing:           "SHA256 (app.ovf) = " + hexSHA256 + "\nSHA256 (b) = " + hexSHA256 + "\n",
		ruleLineLabelCase:         "sha256(app.ovf)= " + hexSHA256 + "\n",
		ruleLineLabelAlias:        "SHA2-256(app.ovf)= " + hexSHA256 + "\n",
		ruleLineHexCase:           "SHA256(app.ovf)= " + strings.ToUpper(hexSHA256) + "\n",
		ruleLineEnding:            strings.ReplaceAll(entry, "\n", "\r\n") + "SHA1(b)= " + hexSHA1,
		ruleLineBlank:             entry + "\n\n",
		ruleLineBOM:               "\xef\xbb\xbf" + entry,
		ruleLineEncoding:          "\xff\xfeS\x00H\x00",
		ruleManifestEmpty:         "",
		ruleManifestSyntax:        entry + "app-disk1.vmdk " + hexSHA256 + "\n",
		ruleManifestCoreutils:     hexSHA256 + "  app.ovf\n" + hexSHA256 + "  app-disk1.vmdk\n",
		ruleManifestAlgorithm:     "MD5(app.ovf)= d41d8cd98f00b204e9800998ecf8427e\nCRC32(b)= 00000000\n",
		ruleManifestDigest:        "SHA256(app.ovf)= " + hexSHA1 + "\nSHA1(b)= xyz\n",
		ruleManifestName:          "SHA1(../../etc/passwd)= " + hexSHA1 + "\nSHA1(C:\\a.vmdk)= " + hexSHA1 + "\nSHA1(\x1b[2J)= " + hexSHA1 + "\n",
		ruleManifestSelf:          entry + "SHA256(app.mf)= " + hexSHA256 + "\n",
		ruleManifestDuplicate:     entry + entry,
		ruleManifestDuplicateCase: entry + "SHA256(APP.OVF)= " + hexSHA256 + "\n",
	} {
		_, list := ParseManifest("app.mf", []byte(in), Limits{})
		keep(rule, list)
	}
	_, list := ParseManifest("app.mf", []byte(entry), Limits{ManifestSize: 10})
	keep(ruleManifestLimit, list)
	members := []Member{{Name: "app.ovf", Role: RoleDescriptor}, {Name: "app-disk1.vmdk"}, {Name: "app-disk2.vmdk.000000001", Role: RoleChunk}}
	m, _ := ParseManifest("app.mf", []byte("SHA256(App.ovf)= "+hexSHA256+"\n"), Limits{})
	list = Check(m, members)
	for _, rule := range []string{ruleManifestDescriptor, ruleManifestUnlisted, ruleManifestChunk, ruleManifestExtra} {
		keep(rule, list)
	}

	key := weakRSAKey()
	id := issue(t, "Example Appliances", rsaKey(), nil)
	cert := string(id.certPEM())
	line := "SHA256(app.mf)= 00ff\n"
	huge := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), maxRSABits), big.NewInt(1))
	hugeCert := hugeCertificate(t, huge)
	for rule, in := range map[string]string{
		ruleCertificateLine:        cert,
		ruleCertificateLines:       line + line + cert,
		ruleCertificateLineWrapped: line + "abcd\n" + cert,
		ruleCertificateAlgorithm:   "MD5(app.mf)= 00ff\n" + cert,
		ruleCertificateSignature:   "SHA256(app.mf)= TWFu\n" + cert,
		ruleCertificateMissing:     line,
		ruleCertificatePEM:         line + "-----BEGIN CERTIFICATE-----\n",
		ruleCertificatePEMForm:     line + strings.Replace(cert, "\n", "\n ", 1),
		ruleCertificateX509:        line + "-----BEGIN CERTIFICATE-----\nTWFu\n-----END CERTIFICATE-----\n",
		ruleCertificateOrder:       cert + line,
		ruleCertificateExtra:       line + cert + cert,
		ruleCertificateText:        line + "subject=CN = Example\n" + cert,
		ruleCertificateBlock:       line + cert + "-----BEGIN THING-----\nTWFu\n-----END THING-----\n",
		ruleCertificatePrivateKey:  line + cert + string(identity{key: ecKey()}.keyPEM(t)),
		ruleCertificateKeySize:     line + hugeCert,
	} {
		_, list := ParseCertificate("app.cert", []byte(in), Limits{})
		keep(rule, list)
	}
	_, list = ParseCertificate("app.cert", []byte(line+cert), Limits{CertificateSize: 10})
	keep(ruleCertificateLimit, list)

	verifyScenarios(t, keep)

	fail := func(rule string, err error) {
		t.Helper()
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			keep(rule, diag.List{*d})
		}
	}
	mf := testManifest(t, SHA256, testMembers())
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	chain := []*x509.Certificate{id.cert}
	_, err = Sign("app.mf", mf, key, nil, Options{})
	fail(ruleSignerCertificate, err)
	_, err = Sign("app.mf", mf, key, chain, Options{})
	fail(ruleSignerKey, err)
	_, err = Sign("app.mf", mf, ed, []*x509.Certificate{issue(t, "Ed", ed, nil).cert}, Options{})
	fail(ruleSignerKeyType, err)
	_, err = Sign("app.mf", mf, signerFunc{rsaKey().Public(), func() ([]byte, error) { return make([]byte, 256), nil }}, chain, Options{})
	fail(ruleSignerFailed, err)
	_, err = NewCommandSigner(context.Background(), key.Public(), true, "sh", "-c", "echo no token in the slot >&2; exit 3").Sign(nil, nil, crypto.SHA256)
	fail(ruleSignerCommand, err)
	_, err = ParseKey("key.pem", []byte(cert), nil)
	fail(ruleKeyMissing, err)
	_, err = ParseKey("key.pem", []byte(encryptedKey), nil)
	fail(ruleKeyEncrypted, err)
	_, err = ParseKey("key.pem", []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nTWFu\n-----END OPENSSH PRIVATE KEY-----\n"), nil)
	fail(ruleKeyUnsupported, err)
	_, err = ParseKey("key.pem", []byte("-----BEGIN PRIVATE KEY-----\nTWFu\n-----END PRIVATE KEY-----\n"), nil)
	fail(ruleKeyFormat, err)
	return out
}

// encryptedKey was made for this test by openssl genpkey -aes-256-cbc; the
// passphrase is "correct horse", and nothing is signed with it.
const encryptedKey = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhENZnUCJj8DgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAjPjsTA/aKD5lyfpbVkxDYEgZDC
4vY/KmR/ZKquaV3xPbmmVS6j5ZAVRxG3c4AuYDbk+6h3VFutrYeLsWYcDSLPH6iN
K7KIZwOsk2li0+YRuf1E7EypkdrkP+BVxn9AjGB7lgCvkWf/XFNuWZQ6SVV79lMD
TFyeXE0Zo7gmH2uYZ9B4Z52CsCtmMqEFtzpV22QwmYvrMTf0qp2ITKPemSmOrQg=
-----END ENCRYPTED PRIVATE KEY-----
`

func hugeCertificate(t *testing.T, n *big.Int) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(nil, template, template, rsaPublic(n), newECKey())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// verifyScenarios breaks the rules that need a whole package.
func verifyScenarios(t *testing.T, keep func(string, diag.List)) {
	t.Helper()
	p := newPKI(t, rsaKey())
	all := func(in Input, policy Policy) diag.List {
		r, _ := verify(t, in, policy)
		return r.Diagnostics()
	}
	good := signedInput(t, p.signer.key, p.chain(), Options{})
	members := func(change func(*Member)) Input {
		in := good
		in.Members = slices.Clone(good.Members)
		change(&in.Members[1])
		return in
	}
	keep(ruleDigestMismatch, all(members(func(m *Member) { m.Content = bytes.NewReader(make([]byte, m.Size)) }), p.policy()))
	keep(ruleSizeMismatch, all(members(func(m *Member) { m.Size++ }), p.policy()))
	keep(ruleFileUnread, all(members(func(m *Member) { m.Content = nil }), p.policy()))
	keep(ruleFileUnreadable, all(members(func(m *Member) {
		m.Content = readerAtFunc(func([]byte, int64) (int, error) { return 0, errors.New("input/output error") })
	}), p.policy()))
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	r, _ := Verify(stopped, Input{Manifest: good.Manifest, Certificate: good.Certificate, Members: good.Members[:1]}, p.policy())
	keep(ruleVerifyInterrupted, r.Diagnostics())

	without := func(manifest, cert bool) Input {
		in := good
		if manifest {
			in.Manifest = Document{}
		}
		if cert {
			in.Certificate = Document{}
		}
		return in
	}
	keep(ruleManifestMissing, all(without(true, true), p.policy()))
	keep(ruleCertificateWithoutManifest, all(without(true, false), p.policy()))
	keep(ruleSignatureMissing, all(without(false, true), p.policy()))
	renamed := good
	renamed.Manifest.Name = "other.mf"
	keep(ruleManifestFileName, all(renamed, p.policy()))
	keep(ruleCertificateLineName, all(renamed, p.policy()))
	changed := good
	changed.Manifest.Data = bytes.Replace(good.Manifest.Data, []byte("app-disk1"), []byte("app-disk3"), 1)
	keep(ruleSignatureMismatch, all(changed, p.policy()))

	sha1mf := testManifest(t, SHA1, good.Members)
	sha1cert := must(Sign("app.mf", sha1mf, p.signer.key, p.chain(), Options{Digest: SHA1}))
	weak := all(Input{Manifest: Document{"app.mf", sha1mf}, Certificate: Document{"app.cert", sha1cert}, Members: good.Members}, p.policy())
	keep(ruleDigestWeak, weak)
	keep(ruleSignatureWeak, weak)

	withCert := func(block []byte, certs ...identity) Input {
		in := good
		line, _, _ := bytes.Cut(good.Certificate.Data, []byte("\n"))
		in.Certificate.Data = append(bytes.Clone(line), '\n')
		for _, c := range certs {
			in.Certificate.Data = append(in.Certificate.Data, c.certPEM()...)
		}
		if block != nil {
			in.Certificate.Data = append(in.Certificate.Data, pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: block})...)
		}
		return in
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keep(ruleSignatureKey, all(withCert(nil, issue(t, "Somebody Else", otherRSAKey(), nil)), p.policy()))
	keep(ruleSignatureAlgorithm, all(withCert(nil, issue(t, "Ed", ed, nil)), p.policy()))
	keep(ruleCMSMismatch, all(withCert(cmsBlock(p.signer.cert), p.signer, p.middle), p.policy()))
	keep(ruleCMSSigner, all(withCert(cmsBlock(p.root.cert), p.signer, p.middle), p.policy()))
	keep(ruleCMSUnchecked, all(withCert(tlv(tagSequence, oidDER(oidData)), p.signer, p.middle), p.policy()))

	signed := func(id identity, o Options) Input {
		return signedInput(t, id.key, []*x509.Certificate{id.cert, p.middle.cert}, o)
	}
	keep(ruleSignatureForm, all(signedInput(t, p.signer.key, p.chain(), Options{PSS: true}), p.policy()))
	keep(ruleTrustNoRoots, all(good, Policy{Time: testTime}))
	keep(ruleTrustSelfSigned, all(signed(issue(t, "Nobody", rsaKey(), nil), Options{}), p.policy()))
	keep(ruleTrustUnknownIssuer, all(good, Policy{Roots: x509.NewCertPool(), Time: testTime}))
	odd := issue(t, "Odd", rsaKey(), &p.middle, func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, extension(true, 1, 3, 9999))
	})
	keep(ruleTrustChain, all(signed(odd, Options{}), p.policy()))
	later, earlier := p.policy(), p.policy()
	later.Time, earlier.Time = testTime.AddDate(100, 0, 0), testTime.AddDate(-100, 0, 0)
	keep(ruleTrustExpired, all(good, later))
	keep(ruleTrustNotYetValid, all(good, earlier))
	keep(ruleTrustKeyUsage, all(signed(issue(t, "Web", rsaKey(), &p.middle, usage(x509.KeyUsageDigitalSignature, x509.ExtKeyUsageServerAuth)), Options{}), p.policy()))
	keep(ruleTrustWeakKey, all(signed(issue(t, "Weak", weakRSAKey(), &p.middle), Options{}), p.policy()))
	keep(ruleTrustWeakDigest, all(signed(sha1Issued(t), Options{}), Policy{Roots: x509.NewCertPool(), Time: testTime}))
	pinned := p.policy()
	pinned.Publishers = []Publisher{{Subject: "CN=Other,O=Other Corp"}}
	keep(ruleTrustPublisher, all(good, pinned))
	crl := func(revoked ...x509.RevocationListEntry) *x509.RevocationList {
		der := must(x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: testTime, NextUpdate: testTime.AddDate(0, 0, 1), RevokedCertificateEntries: revoked}, p.middle.cert, p.middle.key))
		return must(x509.ParseRevocationList(der))
	}
	revoked := p.policy()
	revoked.CRLs = []*x509.RevocationList{crl(x509.RevocationListEntry{SerialNumber: p.signer.cert.SerialNumber, RevocationTime: testTime, ReasonCode: 1})}
	keep(ruleTrustRevoked, all(good, revoked))
	keep(ruleTrustRevocation, all(good, revoked))
}

// sha1Issued makes a certificate that says it is signed with SHA-1. Go signs
// none, so the identifier of sha256WithRSAEncryption, which is as long as that
// of sha1WithRSAEncryption, is exchanged.
func sha1Issued(t *testing.T) identity {
	t.Helper()
	issuer := issue(t, "Old CA", otherRSAKey(), nil, authority)
	id := issue(t, "Old Way", rsaKey(), &issuer)
	const rsaWith = "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
	c, err := x509.ParseCertificate(bytes.ReplaceAll(id.cert.Raw, []byte(rsaWith+"\x0b"), []byte(rsaWith+"\x05")))
	if err != nil || c.SignatureAlgorithm != x509.SHA1WithRSA {
		t.Fatal(c, err)
	}
	return identity{id.key, c}
}

// TestMessages holds what is said for each rule, so that a change of wording is
// seen, and checks that no rule is without a way to break it.
func TestMessages(t *testing.T) {
	tool(t, "sh")
	got := scenarios(t)
	var b strings.Builder
	seen := map[string]bool{}
	for _, r := range Rules() {
		seen[r.Name] = true
		clause := r.Clause
		if clause == "" {
			clause = "interop"
		}
		fmt.Fprintf(&b, "%s (%s, %s, %s)\n", r.Name, r.Severity, r.Layer, clause)
		if len(got[r.Name]) == 0 {
			t.Errorf("no scenario breaks the rule %s", r.Name)
		}
		for _, d := range got[r.Name] {
			fmt.Fprintf(&b, "    %s\n    -> %s\n", d.Error(), d.Hint)
			for _, rel := range d.Related {
				fmt.Fprintf(&b, "       %s: %s\n", rel.Location, rel.Message)
			}
			switch {
			case d.Severity != r.Severity && !(r.Severity == diag.Error && d.Severity == diag.Warning), d.Clause != r.Clause, d.Layer != r.Layer:
				t.Errorf("%s is reported as %v %v %q", r.Name, d.Severity, d.Layer, d.Clause)
			case d.Hint == "" && d.Severity == diag.Error:
				t.Errorf("%s does not say what to do", r.Name)
			case r.Layer == diag.Trust && d.Location.File == "":
				t.Errorf("%s does not say where", r.Name)
			case strings.HasSuffix(d.Message, ".") || strings.ToLower(d.Message[:1]) != d.Message[:1]:
				t.Errorf("%s: %q is not a phrase", r.Name, d.Message)
			case strings.ContainsFunc(d.Message+d.Hint, func(r rune) bool { return r < ' ' || r == 0x7f }):
				t.Errorf("%s: %q has a control character", r.Name, d.Message)
			}
		}
	}
	for name := range got {
		if !seen[name] {
			t.Errorf("%s is reported and not in Rules", name)
		}
	}
	golden(t, "messages.golden", b.String())
}

// golden compares a text with a file, leaving out fingerprints, which differ
// with the keys of each run.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = regexp.MustCompile(`\b[0-9a-f]{64}\b`).ReplaceAllStringFunc(got, func(s string) string {
		if s == hexSHA256 {
			return s
		}
		return "<64 digits>"
	})
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		var x, y string
		if i < len(g) {
			x = g[i]
		}
		if i < len(w) {
			y = w[i]
		}
		if x != y {
			t.Fatalf("%s line %d:\n got %s\nwant %s", path, i+1, x, y)
		}
	}
}

// TestRulesTable checks the table itself.
func TestRulesTable(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !kebab.MatchString(r.Name) || seen[r.Name] {
			t.Errorf("the name %q is not in kebab case or not unique", r.Name)
		}
		seen[r.Name] = true
		if r.Severity == 0 || r.Layer == "" || r.Since == "" || !strings.HasSuffix(r.Summary, ".") || !strings.HasSuffix(r.Why, ".") {
			t.Errorf("%s is not complete: %+v", r.Name, r)
		}
	}
	Rules()[0].Name = "changed"
	if Rules()[0].Name == "changed" {
		t.Error("a caller can change the table")
	}
}
