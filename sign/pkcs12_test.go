package sign

import (
	"bytes"
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// p12Files makes PKCS #12 files with openssl: a key with its certificate and the
// issuer's, protected in the ways that openssl offers. The passphrase is "pass".
func p12Files(t testing.TB, id, issuer identity) map[string][]byte {
	t.Helper()
	tool(t, "openssl")
	dir := t.TempDir()
	writeFile(t, dir, "key.pem", id.keyPEM(t))
	writeFile(t, dir, "cert.pem", id.certPEM())
	writeFile(t, dir, "issuer.pem", issuer.certPEM())
	out := map[string][]byte{}
	for name, args := range map[string][]string{
		"default":      nil, // AES-256 and a SHA-256 MAC in openssl 3
		"3DES, SHA-1":  {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"},
		"AES-128":      {"-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC"},
		"certs plain":  {"-certpbe", "NONE"},
		"friendlyName": {"-name", "signing key", "-caname", "issuer"},
	} {
		run(t, dir, "openssl", append([]string{"pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-certfile", "issuer.pem",
			"-passout", "pass:pass", "-out", "out.p12"}, args...)...)
		out[name] = readTestFile(t, filepath.Join(dir, "out.p12"))
	}
	return out
}

func readTestFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What openssl puts into a file comes out: the same key and certificates, and
// with them a signature that Verify accepts.
func TestParsePKCS12(t *testing.T) {
	root := issue(t, "Root", rsaKey(), nil, authority)
	for kind, key := range map[string]identity{
		"RSA":   issue(t, "Signer", rsaKey(), &root),
		"P-256": issue(t, "Signer", ecKey(), &root),
	} {
		for name, data := range p12Files(t, key, root) {
			t.Run(kind+", "+name, func(t *testing.T) {
				s, chain, err := ParsePKCS12("key.p12", data, []byte("pass"))
				if err != nil {
					t.Fatal(err)
				}
				if !s.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(key.key.Public()) {
					t.Error("another key")
				}
				if len(chain) != 2 || !bytes.Equal(chain[0].Raw, key.cert.Raw) || !bytes.Equal(chain[1].Raw, root.cert.Raw) {
					t.Errorf("%d certificates, want the signer's and the issuer's", len(chain))
				}
				if _, err := Sign("app.mf", testManifest(t, SHA256, testMembers()), s, chain, Options{}); err != nil {
					t.Error(err)
				}
				for _, wrong := range []string{"", "wrong"} {
					if _, _, err := ParsePKCS12("key.p12", data, []byte(wrong)); !errors.Is(err, ErrPassphrase) {
						t.Errorf("passphrase %q: %v", wrong, err)
					}
				}
			})
		}
	}
}

func TestParsePKCS12Refuses(t *testing.T) {
	tool(t, "openssl")
	dir := t.TempDir()
	id := issue(t, "Signer", ecKey(), nil)
	writeFile(t, dir, "key.pem", id.keyPEM(t))
	writeFile(t, dir, "cert.pem", id.certPEM())
	export := func(args ...string) []byte {
		run(t, dir, "openssl", append([]string{"pkcs12", "-export", "-passout", "pass:pass", "-out", "out.p12"}, args...)...)
		return readTestFile(t, filepath.Join(dir, "out.p12"))
	}
	whole := export("-inkey", "key.pem", "-in", "cert.pem")
	for name, c := range map[string]struct {
		data []byte
		rule string
	}{
		"no certificate": {export("-inkey", "key.pem", "-nocerts", "-in", "key.pem"), ruleKeyFormat},
		"no key":         {export("-nokeys", "-in", "cert.pem"), ruleKeyFormat},
		"cut":            {whole[:len(whole)/2], ruleKeyFormat},
		"PEM":            {id.keyPEM(t), ruleKeyFormat},
		"empty":          {nil, ruleKeyFormat},
		"too large":      {make([]byte, DefaultLimits().CertificateSize+1), ruleKeyFormat},
	} {
		t.Run(name, func(t *testing.T) {
			s, chain, err := ParsePKCS12("key.p12", c.data, []byte("pass"))
			wantRule(t, err, c.rule)
			if s != nil || chain != nil {
				t.Error("a key with the error")
			}
		})
	}
}
