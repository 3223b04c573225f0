package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// wantRule fails unless err is one diagnostic of that rule, or a list that has
// it, with a message and a hint.
func wantRule(t *testing.T, err error, rule string) {
	t.Helper()
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Rule != rule {
		t.Errorf("error %v, want the rule %s", err, rule)
		return
	}
	if d.Message == "" || d.Hint == "" {
		t.Errorf("%s has the message %q and the hint %q", rule, d.Message, d.Hint)
	}
}

type signerFunc struct {
	pub  crypto.PublicKey
	sign func() ([]byte, error)
}

func (s signerFunc) Public() crypto.PublicKey { return s.pub }
func (s signerFunc) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return s.sign()
}

func TestSignRefuses(t *testing.T) {
	p := newPKI(t, rsaKey())
	mf := testManifest(t, SHA256, testMembers())
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("no token in the slot")
	broken := signerFunc{rsaKey().Public(), func() ([]byte, error) { return nil, boom }}
	liar := signerFunc{rsaKey().Public(), func() ([]byte, error) { return make([]byte, 256), nil }}
	type certs = []*x509.Certificate
	for _, c := range []struct {
		name  string
		mf    string
		data  []byte
		key   crypto.Signer
		chain certs
		o     Options
		rule  string
	}{
		{"no key", "app.mf", mf, nil, p.chain(), Options{}, ruleKeyMissing},
		{"no certificate", "app.mf", mf, rsaKey(), nil, Options{}, ruleSignerCertificate},
		{"nil certificate", "app.mf", mf, rsaKey(), certs{nil}, Options{}, ruleSignerCertificate},
		{"another certificate", "app.mf", mf, otherRSAKey(), p.chain(), Options{}, ruleSignerKey},
		{"Ed25519", "app.mf", mf, ed, certs{issue(t, "Ed", ed, nil).cert}, Options{}, ruleSignerKeyType},
		{"PSS with ECDSA", "app.mf", mf, ecKey(), certs{issue(t, "E", ecKey(), nil).cert}, Options{PSS: true}, ruleSignerKeyType},
		{"bad digest", "app.mf", mf, rsaKey(), p.chain(), Options{Digest: 77}, ruleManifestAlgorithm},
		{"bad name", "../app.mf", mf, rsaKey(), p.chain(), Options{}, ruleManifestName},
		{"name with a line feed", "app\n.mf", mf, rsaKey(), p.chain(), Options{}, ruleManifestName},
		{"no manifest", "app.mf", nil, rsaKey(), p.chain(), Options{}, ruleManifestEmpty},
		{"manifest with faults", "app.mf", []byte("MD5(a)= 00\n"), rsaKey(), p.chain(), Options{}, ruleManifestAlgorithm},
		{"broken signer", "app.mf", mf, broken, p.chain(), Options{}, ruleSignerFailed},
		{"lying signer", "app.mf", mf, liar, p.chain(), Options{}, ruleSignerFailed},
	} {
		b, err := Sign(c.mf, c.data, c.key, c.chain, c.o)
		if b != nil {
			t.Errorf("%s: wrote %q", c.name, b)
		}
		wantRule(t, err, c.rule)
		if c.name == "broken signer" && !errors.Is(err, boom) {
			t.Errorf("the cause is lost in %v", err)
		}
	}
}

// TestSignOrder: the certificate of the key comes first, whatever the order of
// the chain, and the file is in the strict form.
func TestSignOrder(t *testing.T) {
	p := newPKI(t, rsaKey())
	mf := testManifest(t, SHA256, testMembers())
	b, err := Sign("app.mf", mf, p.signer.key, []*x509.Certificate{p.middle.cert, p.signer.cert, p.root.cert}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, list := ParseCertificate("app.cert", b, Limits{})
	if !slices.Equal(rules(list), []string{ruleCertificateExtra}) || c.Manifest != "app.mf" || c.Algorithm != SHA256 {
		t.Errorf("read again: %+v %v", c, list)
	}
	for i, want := range []*x509.Certificate{p.signer.cert, p.middle.cert, p.root.cert} {
		if !c.Certificates[i].Equal(want) {
			t.Errorf("certificate %d is that of %s", i, c.Certificates[i].Subject)
		}
	}
}

// TestResign edits a file, which breaks the package, and signs again.
func TestResign(t *testing.T) {
	p := newPKI(t, rsaKey())
	in := signedInput(t, p.signer.key, p.chain(), Options{})
	edited := []byte("<Envelope edited='1'/>\n")
	in.Members[0].Content, in.Members[0].Size = bytes.NewReader(edited), int64(len(edited))
	if r, _ := verify(t, in, p.policy()); !slices.Equal(refusals(r), []string{ruleDigestMismatch}) {
		t.Errorf("edited: refused for %q", refusals(r))
	}
	m, _ := ParseManifest("app.mf", in.Manifest.Data, Limits{})
	m.Set("app.ovf", SHA256, SHA256.sum(edited))
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	in.Manifest.Data = b.Bytes()
	if r, _ := verify(t, in, p.policy()); !slices.Equal(refusals(r), []string{ruleSignatureMismatch}) {
		t.Errorf("new manifest, old signature: refused for %q", refusals(r))
	}
	var err error
	if in.Certificate.Data, err = Sign("app.mf", b.Bytes(), p.signer.key, p.chain(), Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := verify(t, in, p.policy()); err != nil {
		t.Errorf("signed again: %v", err)
	}
}

func TestParseKey(t *testing.T) {
	p := newPKI(t, ecKey())
	key := p.signer.keyPEM(t)
	both := slices.Concat(p.signer.certPEM(), key)
	if k, err := ParseKey("k", both, nil); err != nil || !ecKey().Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(k.Public()) {
		t.Errorf("key behind a certificate: %v", err)
	}
	if c, err := ParseChain("k", slices.Concat(both, p.middle.certPEM())); err != nil || len(c) != 2 || !c[1].Equal(p.middle.cert) {
		t.Errorf("certificates around a key: %d, %v", len(c), err)
	}
	block := func(kind string, der ...byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	_, err := ParseKey("k", nil, nil)
	wantRule(t, err, ruleKeyMissing)
	_, err = ParseKey("k", p.signer.certPEM(), nil)
	wantRule(t, err, ruleKeyMissing)
	_, err = ParseKey("k", make([]byte, 2<<20), nil)
	wantRule(t, err, ruleKeyFormat)
	for _, kind := range []string{"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"} {
		_, err = ParseKey("k", block(kind, 1, 2, 3), []byte("x"))
		wantRule(t, err, ruleKeyFormat)
	}
	_, err = ParseKey("k", block("OPENSSH PRIVATE KEY", 1, 2, 3), nil)
	wantRule(t, err, ruleKeyUnsupported)
	_, err = ParseChain("k", nil)
	wantRule(t, err, ruleSignerCertificate)
	_, err = ParseChain("k", block("CERTIFICATE", 1, 2, 3))
	wantRule(t, err, ruleSignerCertificate)
	_, err = ParseChain("k", bytes.Repeat(p.signer.certPEM(), 17))
	wantRule(t, err, ruleSignerCertificate)
	_, err = ParseChain("k", make([]byte, 2<<20))
	wantRule(t, err, ruleSignerCertificate)

	// No message shows the key.
	secret := strings.Split(string(key), "\n")[1][:20]
	broken := bytes.Replace(key, []byte("\n"), []byte("\nAAAA"), 1)
	if _, err := ParseKey("k", broken, nil); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("error %v", err)
	}
}

// TestCommandSigner runs scripts that do what commands do wrong.
func TestCommandSigner(t *testing.T) {
	tool(t, "sh")
	ctx := context.Background()
	sign := func(ctx context.Context, script string) ([]byte, error) {
		return NewCommandSigner(ctx, rsaKey().Public(), false, "sh", "-c", script).SignMessage(nil, []byte("manifest"), crypto.SHA256)
	}
	dir := t.TempDir()
	for _, c := range []struct{ name, script, says string }{
		{"fails", "echo no such token >&2; exit 3", "no such token"},
		{"prints nothing", "cat >/dev/null", "printed nothing"},
		{"prints text", "echo 1234", "printed 5 bytes; a signature of this key has 256"},
		{"prints without end", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", "more than 65536 bytes"},
		{"complains without end", "yes >&2 & sleep 0.2; kill $!; exit 1", "failed"},
		{"control characters", `printf '\033[2Jboo' >&2; exit 1`, `\x1b[2Jboo`},
	} {
		_, err := sign(ctx, c.script)
		wantRule(t, err, ruleSignerCommand)
		if err != nil && (!strings.Contains(err.Error(), c.says) || len(err.Error()) > 1500) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	out := filepath.Join(dir, "out")
	if b, err := sign(ctx, "cat > "+out+"; printf '%s %s' $OVF_SIGN_DIGEST $OVF_SIGN_PADDING >> "+out+"; head -c 256 /dev/zero"); err != nil || len(b) != 256 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if got, _ := os.ReadFile(out); string(got) != "manifestsha256 pkcs1" {
		t.Errorf("the command was given %q", got)
	}
	_, err := NewCommandSigner(ctx, rsaKey().Public(), false, filepath.Join(dir, "none")).SignMessage(nil, nil, crypto.SHA256)
	wantRule(t, err, ruleSignerCommand)
	_, err = NewCommandSigner(ctx, rsaKey().Public(), false, "cat").Sign(nil, make([]byte, 32), crypto.SHA256)
	wantRule(t, err, ruleSignerCommand)

	p := newPKI(t, rsaKey())
	_, err = Sign("app.mf", testManifest(t, SHA256, testMembers()), NewCommandSigner(ctx, rsaKey().Public(), false, "false"), p.chain(), Options{})
	wantRule(t, err, ruleSignerCommand)

	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err = sign(short, "exec sleep 60")
	wantRule(t, err, ruleSignerCommand)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 30*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}
