package interop

import (
	"crypto/x509"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/sign"
)

// opensslKeys are the ways in which openssl makes a key that can sign a package.
var opensslKeys = map[string][]string{
	"RSA":   {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
	"P-256": {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"},
	"P-384": {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"},
}

var opensslDigests = []sign.Algorithm{sign.SHA1, sign.SHA256, sign.SHA384, sign.SHA512}

// openssl runs openssl in a folder.
func openssl(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(need(t, "openssl"), args...)
	cmd.Dir = dir
	return run(t, cmd)
}

// opensslSigner makes key.pem and cert.pem in a folder.
func opensslSigner(t *testing.T, dir string, kind []string) {
	t.Helper()
	openssl(t, dir, append([]string{"genpkey", "-out", "key.pem"}, kind...)...)
	openssl(t, dir, "req", "-x509", "-new", "-key", "key.pem", "-out", "cert.pem", "-days", "100", "-subj", "/CN=Example Appliances",
		"-addext", "keyUsage=digitalSignature", "-addext", "extendedKeyUsage=codeSigning")
}

func readFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// opensslPolicy trusts the certificate in a folder.
func opensslPolicy(t *testing.T, dir string, a sign.Algorithm) sign.Policy {
	t.Helper()
	chain, err := sign.ParseChain("cert.pem", readFile(t, dir, "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(chain[0])
	return sign.Policy{Roots: pool, AllowSHA1: a == sign.SHA1}
}

// A package that we sign with a key of openssl is right to openssl: the signature
// over the manifest, and each digest in it.
func TestOpenSSLVerifiesOurPackage(t *testing.T) {
	need(t, "tar")
	for name, kind := range opensslKeys {
		dir := t.TempDir()
		opensslSigner(t, dir, kind)
		for _, a := range opensslDigests {
			t.Run(name+" "+a.String(), func(t *testing.T) {
				key, err := sign.ParseKey("key.pem", readFile(t, dir, "key.pem"), nil)
				if err != nil {
					t.Fatal(err)
				}
				chain, err := sign.ParseChain("cert.pem", readFile(t, dir, "cert.pem"))
				if err != nil {
					t.Fatal(err)
				}
				p := openExample(t, "petstore/petstore")
				w := ovf.Writer{Name: "petstore", Digest: a, Key: key, Chain: chain}
				out := t.TempDir()
				if _, err := w.WriteFile(t.Context(), filepath.Join(out, "petstore.ova"), p.Envelope, p.Sources()); err != nil {
					t.Fatal(err)
				}
				unpack := exec.Command("tar", "xf", "petstore.ova")
				unpack.Dir = out
				run(t, unpack)
				line, _, _ := strings.Cut(string(readFile(t, out, "petstore.cert")), "\n")
				label, digits, ok := strings.Cut(line, "(petstore.mf)= ")
				sig, err := hex.DecodeString(digits)
				if !ok || err != nil {
					t.Fatalf("the signature line is %q", line)
				}
				writeFile(t, out, "sig", sig)
				writeFile(t, out, "pub.pem", openssl(t, out, "x509", "-in", "petstore.cert", "-noout", "-pubkey"))
				openssl(t, out, "dgst", "-"+strings.ToLower(label), "-verify", "pub.pem", "-signature", "sig", "petstore.mf")
				n := 0
				for entry := range strings.Lines(string(readFile(t, out, "petstore.mf"))) {
					name, _, _ := strings.Cut(entry[strings.Index(entry, "(")+1:], ")")
					got := openssl(t, out, "dgst", "-"+strings.ToLower(a.String()), "-r", name)
					want := strings.TrimSpace(entry[strings.Index(entry, "= ")+2:])
					if sum, _, _ := strings.Cut(string(got), " "); sum != want {
						t.Errorf("%s: openssl has %s, the manifest %s", name, sum, want)
					}
					n++
				}
				if n != 1+len(p.Files()) {
					t.Errorf("%d entries for %d files", n, len(p.Files()))
				}
			})
		}
	}
}

// A package that openssl and tar have made and signed is accepted, whichever way it
// is read, and no more once a byte of it is changed.
func TestWeVerifyOpenSSLPackage(t *testing.T) {
	need(t, "tar")
	for name, kind := range opensslKeys {
		dir := t.TempDir()
		opensslSigner(t, dir, kind)
		writeFile(t, dir, "app.ovf", []byte(`<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<References><File ovf:id="disk" ovf:href="disk.img" ovf:size="300000"/></References>
<VirtualSystem ovf:id="app"><Info>A machine</Info></VirtualSystem></Envelope>`))
		writeFile(t, dir, "disk.img", make([]byte, 300000))
		for _, a := range opensslDigests {
			t.Run(name+" "+a.String(), func(t *testing.T) {
				digest := "-" + strings.ToLower(a.String())
				// openssl 3 writes SHA2-256
				label := func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), "SHA2-", "SHA")) }
				writeFile(t, dir, "app.mf", label(openssl(t, dir, "dgst", digest, "app.ovf", "disk.img")))
				line := "= " + hex.EncodeToString(openssl(t, dir, "dgst", digest, "-sign", "key.pem", "app.mf")) + "\n"
				writeFile(t, dir, "app.cert", append([]byte(a.String()+"(app.mf)"+line), readFile(t, dir, "cert.pem")...))
				pack := exec.Command("tar", "--format=ustar", "-cf", "app.ova", "app.ovf", "app.mf", "app.cert", "disk.img")
				pack.Dir = dir
				run(t, pack)
				policy := opensslPolicy(t, dir, a)
				archive := filepath.Join(dir, "app.ova")
				for _, name := range []string{archive, filepath.Join(dir, "app.ovf")} {
					if report, err := ovf.Verify(t.Context(), name, policy, ovf.Options{}); err != nil || !report.Accepted {
						t.Errorf("%s: %v", name, err)
					}
				}
				f, err := os.Open(archive)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if report, err := ovf.VerifyStream(t.Context(), f, "app.ova", policy, ovf.Options{}); err != nil || !report.Accepted {
					t.Errorf("as a stream: %v", err)
				}
				b := slices.Clone(readFile(t, dir, "app.ova"))
				b[len(b)/2] ^= 1 // in the disk
				writeFile(t, dir, "changed.ova", b)
				if report, err := ovf.Verify(t.Context(), filepath.Join(dir, "changed.ova"), policy, ovf.Options{}); err == nil || report.Accepted {
					t.Error("a changed archive is accepted")
				}
			})
		}
	}
}
