package sign

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// TestZeroPolicy: nothing is accepted by accident.
func TestZeroPolicy(t *testing.T) {
	p := newPKI(t, ecKey())
	r, err := verify(t, signedInput(t, p.signer.key, p.chain(), Options{}), Policy{Time: testTime})
	if !slices.Equal(refusals(r), []string{ruleTrustNoRoots}) {
		t.Errorf("a good package with the zero policy: %q, %v", refusals(r), err)
	}
	if r, err := verify(t, Input{}, Policy{}); err == nil {
		t.Errorf("an empty input is accepted\n%s", text(r))
	}
	var zero Report
	if zero.Accepted || zero.Err() == nil {
		t.Error("the zero report accepts")
	}
	if r, err := verify(t, signedInput(t, p.signer.key, p.chain(), Options{}), Policy{Level: 99, Time: testTime}); err == nil || len(r.GaveUp) > 0 {
		t.Errorf("an invalid level accepts, or gives up %q", r.GaveUp)
	}
	if r, err := verify(t, signedInput(t, p.signer.key, p.chain(), Options{}), p.policy()); err != nil || len(r.GaveUp) > 0 || !r.Signer.Chained {
		t.Errorf("a good package with its root: %v\n%s", err, text(r))
	}
}

// TestLevels strips a signed package step by step.
func TestLevels(t *testing.T) {
	p := newPKI(t, ecKey())
	good := signedInput(t, p.signer.key, p.chain(), Options{})
	selfSigned := issue(t, "Nobody", ecKey(), nil)
	unknown := signedInput(t, selfSigned.key, []*x509.Certificate{selfSigned.cert}, Options{})
	unsigned, bare, incomplete := good, good, good
	unsigned.Certificate = Document{}
	bare.Certificate, bare.Manifest = Document{}, Document{}
	incomplete.Certificate = Document{}
	incomplete.Manifest.Data = good.Manifest.Data[bytes.IndexByte(good.Manifest.Data, '\n')+1:]
	forged := good
	forged.Manifest.Data = bytes.Replace(good.Manifest.Data, []byte("= "), []byte("= 0"), 1)[:len(good.Manifest.Data)]
	orphan := good
	orphan.Manifest = Document{}
	for _, c := range []struct {
		name   string
		in     Input
		weaken Level // the strictest level that accepts it; 99 for none
	}{
		{"signed by a trusted publisher", good, Trusted},
		{"signed by anyone", unknown, AnyIssuer},
		{"unsigned", unsigned, Unsigned},
		{"unsigned, incomplete manifest", incomplete, NoManifest},
		{"no manifest", bare, NoManifest},
		{"signature that does not match", forged, 99},
		{"certificate without manifest", orphan, 99},
	} {
		for l := Trusted; l <= NoManifest; l++ {
			policy := p.policy()
			policy.Level = l
			r, err := verify(t, c.in, policy)
			if (err == nil) != (l >= c.weaken) {
				t.Errorf("%s at level %s: %v", c.name, l, err)
			}
			if want := "Level " + c.weaken.String(); err == nil && c.weaken > 0 && !slices.Contains(r.GaveUp, want) {
				t.Errorf("%s at level %s: gave up %q, want %s", c.name, l, r.GaveUp, want)
			}
		}
	}
	policy := Policy{Level: NoManifest, Publishers: []Publisher{{Subject: "CN=x"}}}
	for _, in := range []Input{unsigned, bare} {
		if r, _ := verify(t, in, policy); !slices.Contains(refusals(r), ruleSignatureMissing) {
			t.Errorf("a pin does not ask for a signature: %q", refusals(r))
		}
	}
}

// TestContent changes the files and how they are handed in.
func TestContent(t *testing.T) {
	p := newPKI(t, ecKey())
	boom := errors.New("boom")
	for _, c := range []struct {
		name   string
		change func(*Member)
		rule   string
		allow  bool // AllowUnread accepts it
	}{
		{"as it is", func(*Member) {}, "", true},
		{"changed", func(m *Member) { m.Content = bytes.NewReader(bytes.Repeat([]byte("disc"), 300)) }, ruleDigestMismatch, false},
		{"cut", func(m *Member) { m.Size-- }, ruleDigestMismatch, false},
		{"longer", func(m *Member) { m.Content, m.Size = bytes.NewReader(make([]byte, 2000)), 2000 }, ruleDigestMismatch, false},
		{"shorter than stated", func(m *Member) { m.Size++ }, ruleSizeMismatch, false},
		{"empty", func(m *Member) { m.Content, m.Size = bytes.NewReader(nil), 0 }, ruleDigestMismatch, false},
		{"unreadable", func(m *Member) { m.Content = readerAtFunc(func([]byte, int64) (int, error) { return 0, boom }) }, ruleFileUnreadable, false},
		{"not at hand", func(m *Member) { m.Content = nil }, ruleFileUnread, true},
		{"hashed before", func(m *Member) {
			h := NewHasher(SHA1, SHA256)
			io.Copy(h, io.NewSectionReader(m.Content, 0, m.Size))
			m.Content, m.Digests = nil, h.Digests()
		}, "", true},
		{"hashed before, wrong", func(m *Member) { m.Content, m.Digests = nil, map[Algorithm][]byte{SHA256: make([]byte, 32)} }, ruleDigestMismatch, false},
		{"hashed before, nothing", func(m *Member) { m.Content, m.Digests = nil, map[Algorithm][]byte{SHA256: nil} }, ruleDigestMismatch, false},
		{"hashed before with another algorithm", func(m *Member) { m.Content, m.Digests = nil, map[Algorithm][]byte{SHA1: make([]byte, 20)} }, ruleFileUnread, true},
	} {
		in := signedInput(t, p.signer.key, p.chain(), Options{})
		c.change(&in.Members[1])
		r, err := verify(t, in, p.policy())
		if got := strings.Join(refusals(r), " "); got != c.rule {
			t.Errorf("%s: refused for %q, want %q", c.name, got, c.rule)
		}
		if c.rule == ruleFileUnreadable && !errors.Is(err, boom) {
			t.Errorf("%s: the cause is lost in %v", c.name, err)
		}
		if c.rule == ruleDigestMismatch {
			var de *DigestError
			if !errors.As(err, &de) || de.Name != "app-disk1.vmdk" {
				t.Errorf("%s: no DigestError in %v", c.name, err)
			}
		}
		policy := p.policy()
		policy.AllowUnread = true
		if _, err := verify(t, in, policy); (err == nil) != c.allow {
			t.Errorf("%s with AllowUnread: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := signedInput(t, p.signer.key, p.chain(), Options{})
	r, err := Verify(ctx, in, p.policy())
	if !errors.Is(err, context.Canceled) || r.Accepted || !slices.Equal(refusals(r), []string{ruleVerifyInterrupted, ruleVerifyInterrupted, ruleVerifyInterrupted}) {
		t.Errorf("interrupted: %v %q", err, refusals(r))
	}
}

// TestSHA1 needs its waiver at both places.
func TestSHA1(t *testing.T) {
	p := newPKI(t, rsaKey())
	members := testMembers()
	mf := testManifest(t, SHA1, members)
	cert, err := Sign("app.mf", mf, p.signer.key, p.chain(), Options{Digest: SHA1})
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Manifest: Document{"app.mf", mf}, Certificate: Document{"app.cert", cert}, Members: members}
	policy := p.policy()
	if r, _ := verify(t, in, policy); !slices.Equal(refusals(r), []string{ruleDigestWeak, ruleSignatureWeak}) {
		t.Errorf("refused for %q", refusals(r))
	}
	policy.AllowSHA1 = true
	if r, err := verify(t, in, policy); err != nil || !slices.Equal(r.GaveUp, []string{"AllowSHA1"}) {
		t.Errorf("allowed: %v, gave up %q", err, r.GaveUp)
	}
}

// TestSignatureForms: what is accepted but not the standard's form is noted.
func TestSignatureForms(t *testing.T) {
	root := issue(t, "Root", rootKey(), nil, authority)
	for _, c := range []struct {
		name string
		id   identity
		o    Options
		form string
		note bool
	}{
		{"PKCS1", issue(t, "R", rsaKey(), &root), Options{}, formPKCS1, false},
		{"PSS", issue(t, "R", rsaKey(), &root), Options{PSS: true, Digest: SHA512}, formPSS, true},
		{"ECDSA", issue(t, "E", ecKey(), &root), Options{Digest: SHA384}, formECDSA, true},
	} {
		r, err := verify(t, signedInput(t, c.id.key, []*x509.Certificate{c.id.cert}, c.o), Policy{Roots: root.pool(), Time: testTime})
		if err != nil || r.Signer.Form != c.form || slices.Contains(rules(r.Notes), ruleSignatureForm) != c.note {
			t.Errorf("%s: %v, form %s, notes %q", c.name, err, r.Signer.Form, rules(r.Notes))
		}
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	in := signedInput(t, ecKey(), []*x509.Certificate{issue(t, "E", ecKey(), &root).cert}, Options{})
	ed := issue(t, "Ed", edKey, &root)
	line, _, _ := bytes.Cut(in.Certificate.Data, []byte("\n"))
	in.Certificate.Data = slices.Concat(line, []byte("\n"), ed.certPEM())
	if r, _ := verify(t, in, Policy{Roots: root.pool(), Time: testTime}); !slices.Equal(refusals(r), []string{ruleSignatureAlgorithm}) {
		t.Errorf("Ed25519: %q", refusals(r))
	}
}

// TestCertificateOrder puts the signer's certificate second.
func TestCertificateOrder(t *testing.T) {
	p := newPKI(t, ecKey())
	in := signedInput(t, p.signer.key, p.chain(), Options{})
	line, _, _ := bytes.Cut(in.Certificate.Data, []byte("\n"))
	in.Certificate.Data = slices.Concat(line, []byte("\n"), p.middle.certPEM(), p.signer.certPEM())
	r, err := verify(t, in, p.policy())
	if err != nil || !slices.Contains(rules(r.Notes), ruleCertificateOrder) || r.Signer.Fingerprint != Fingerprint(p.signer.cert) {
		t.Errorf("%v, notes %q, signer %s", err, rules(r.Notes), r.Signer.Subject)
	}
}

// TestLineName copies a signature to a package of another name.
func TestLineName(t *testing.T) {
	p := newPKI(t, ecKey())
	for _, name := range []string{"other.mf", "APP.mf", "./app.mf", "app.mf ", "app.ovf"} {
		in := signedInput(t, p.signer.key, p.chain(), Options{})
		in.Certificate.Data = bytes.Replace(in.Certificate.Data, []byte("(app.mf)"), []byte("("+name+")"), 1)
		if r, _ := verify(t, in, p.policy()); !slices.Equal(refusals(r), []string{ruleCertificateLineName}) {
			t.Errorf("%q: refused for %q", name, refusals(r))
		}
	}
}

// TestSubfolder: names in both files are relative to the manifest's folder.
func TestSubfolder(t *testing.T) {
	p := newPKI(t, ecKey())
	in := signedInput(t, p.signer.key, p.chain(), Options{})
	in.Manifest.Name, in.Certificate.Name = "sub/app.mf", "sub/app.cert"
	if _, err := verify(t, in, p.policy()); err != nil {
		t.Error(err)
	}
}

// TestFlippedBytes changes every byte of a small signed package. Content,
// manifest and all of the certificate file that matters must be refused; a
// change that leaves the meaning, such as a capital digit, must at least be noted.
// With OVF_LONG set, each byte takes all its other 255 values.
func TestFlippedBytes(t *testing.T) {
	root := issue(t, "R", rootKey(), nil, authority)
	signer := issue(t, "S", ecKey(), &root)
	policy := Policy{Roots: root.pool(), Time: testTime}
	good := signedInput(t, signer.key, []*x509.Certificate{signer.cert}, Options{}, smallMembers()...)
	clean, err := verify(t, good, policy)
	if err != nil {
		t.Fatal(err)
	}
	masks := []byte{0x01, 0x20, 0xff}
	if os.Getenv("OVF_LONG") != "" {
		masks = masks[:0]
		for m := byte(1); m != 0; m++ {
			masks = append(masks, m)
		}
	}
	tried, noted := 0, 0
	try := func(what string, b []byte, in Input, mayNote bool) {
		t.Helper()
		for i := range b {
			for _, mask := range masks {
				b[i] ^= mask
				r, err := Verify(context.Background(), in, policy)
				b[i] ^= mask
				tried++
				switch {
				case err != nil:
				case mayNote && len(r.Notes) > len(clean.Notes):
					noted++
				default:
					t.Errorf("%s: byte %d xor %#02x (%q) is not detected", what, i, mask, b[i]^mask)
				}
			}
		}
	}
	in := good
	in.Manifest.Data = bytes.Clone(good.Manifest.Data)
	try("manifest", in.Manifest.Data, in, false)
	in = good
	in.Certificate.Data = bytes.Clone(good.Certificate.Data)
	try("certificate", in.Certificate.Data, in, true)
	for i, m := range good.Members {
		in = good
		in.Members = slices.Clone(good.Members)
		b := make([]byte, m.Size)
		if _, err := m.Content.ReadAt(b, 0); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		in.Members[i].Content = bytes.NewReader(b)
		try(m.Name, b, in, false)
	}
	t.Logf("%d changes tried, %d of them noted and not refused", tried, noted)
}

// TestVerifyConcurrent runs Verify on one input from several goroutines.
func TestVerifyConcurrent(t *testing.T) {
	p := newPKI(t, ecKey())
	in, policy := signedInput(t, p.signer.key, p.chain(), Options{}), p.policy()
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			_, err := Verify(context.Background(), in, policy)
			results <- err
		}()
	}
	for range cap(results) {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

// TestManyEntries: a large manifest costs time in proportion to its length.
func TestManyEntries(t *testing.T) {
	var text strings.Builder
	members := []Member{{Name: "a.ovf", Role: RoleDescriptor}}
	for i := range 20_000 {
		name := fmt.Sprintf("d.%09d", i)
		fmt.Fprintf(&text, "SHA256(%s)= %s\n", name, hexSHA256)
		members = append(members, Member{Name: name, Role: RoleChunk, Content: bytes.NewReader(nil)})
	}
	in := Input{Manifest: Document{"a.mf", []byte(text.String())}, Members: members}
	r, _ := verify(t, in, Policy{Level: Unsigned})
	if !slices.Equal(refusals(r), []string{ruleManifestDescriptor}) {
		t.Errorf("refused for %q", refusals(r))
	}
}

// TestManyExtraEntries: what a hostile manifest lists does not fill the report.
func TestManyExtraEntries(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "SHA256(%d)= %s\n", i, hexSHA256)
	}
	r, _ := verify(t, Input{Manifest: Document{"a.mf", []byte(text.String())}}, Policy{Level: Unsigned})
	last := r.Rows[len(r.Rows)-1]
	if len(r.Rows) > 120 || last.Rule != ruleManifestExtra || !strings.Contains(last.Reason, "4900 more files") {
		t.Errorf("%d rows, the last one %+v", len(r.Rows), last)
	}
}

// TestVerdicts reads the last line of the text.
func TestVerdicts(t *testing.T) {
	p := newPKI(t, ecKey())
	good := signedInput(t, p.signer.key, p.chain(), Options{})
	unsigned := good
	unsigned.Certificate = Document{}
	for _, c := range []struct {
		in     Input
		policy Policy
		want   string
	}{
		{good, p.policy(), `accepted, signed by "CN=Example Appliances,O=Example Corp"`},
		{good, Policy{Level: AnyIssuer, Time: testTime}, `accepted, signed by "CN=Example Appliances,O=Example Corp", giving up: Level any-issuer`},
		{unsigned, Policy{Level: Unsigned}, `accepted without a signature, giving up: Level unsigned`},
		{unsigned, Policy{}, `refused at level trusted: 1 ground`},
	} {
		r, _ := verify(t, c.in, c.policy)
		if s := strings.TrimSpace(text(r)); !strings.HasSuffix(s, "\n"+c.want) {
			t.Errorf("%s\nwant %s", s, c.want)
		}
	}
}

func TestDiagnostics(t *testing.T) {
	p := newPKI(t, ecKey())
	in := signedInput(t, p.signer.key, p.chain(), Options{})
	in.Members[1].Size++
	policy := p.policy()
	policy.Roots, policy.Level = nil, AnyIssuer
	r, err := verify(t, in, policy)
	var list diag.List
	if !errors.As(err, &list) || !slices.Equal(rules(list), []string{ruleSizeMismatch}) || list[0].Location.File != "app-disk1.vmdk" {
		t.Errorf("error %v", err)
	}
	more := in
	more.Members = in.Members[:2]
	r2, _ := verify(t, more, policy)
	var extra diag.List
	if errors.As(r2.Err(), &extra); !slices.ContainsFunc(extra, func(d diag.Diagnostic) bool {
		return d.Rule == ruleManifestExtra && d.Location.File == "app.mf" && d.Location.Line == 3
	}) {
		t.Errorf("the extra entry is not placed in the manifest: %v", extra)
	}
	twice := in
	twice.Manifest.Data = append(bytes.Clone(in.Manifest.Data), in.Manifest.Data...)
	r2, _ = verify(t, twice, policy)
	if i := slices.IndexFunc(r2.Diagnostics(), func(d diag.Diagnostic) bool { return d.Rule == ruleManifestDuplicate }); i < 0 ||
		r2.Diagnostics()[i].Location.Column != 8 || len(r2.Diagnostics()[i].Related) != 1 {
		t.Errorf("the second entry is not placed: %+v", r2.Diagnostics())
	}
	all := r.Diagnostics()
	if all.Count(diag.Error) != 1 || all.Count(diag.Warning) != 2 { // chain tolerated, ECDSA noted
		t.Errorf("diagnostics %v", all)
	}
}
