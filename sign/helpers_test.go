package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ovfkit/ovf/diag"
)

// testTime is the moment at which the certificates of the tests are judged.
var testTime = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// identity is a key and its certificate.
type identity struct {
	key  crypto.Signer
	cert *x509.Certificate
}

func (id identity) certPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.cert.Raw})
}

func (id identity) keyPEM(t testing.TB) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func (id identity) pool() *x509.CertPool { return poolOf([]*x509.Certificate{id.cert}) }

// certOption changes the template of a certificate.
type certOption func(*x509.Certificate)

func validity(from, to time.Time) certOption {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, to }
}

func usage(u x509.KeyUsage, ext ...x509.ExtKeyUsage) certOption {
	return func(c *x509.Certificate) { c.KeyUsage, c.ExtKeyUsage = u, ext }
}

func authority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
}

var serials struct {
	sync.Mutex
	last int64
}

// issue makes a certificate for a key; a nil issuer makes it self-signed.
func issue(t testing.TB, name string, key crypto.Signer, issuer *identity, opts ...certOption) identity {
	t.Helper()
	serials.Lock()
	serials.last++
	serial := big.NewInt(0x8000 + serials.last) // the first byte is 0x80: the DER form needs a zero before it
	serials.Unlock()
	c := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Example Corp"}},
		NotBefore:    time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}
	for _, o := range opts {
		o(c)
	}
	parent, signer := c, key
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return identity{key, cert}
}

// The keys are made once: an RSA key costs a fifth of a second.
var (
	rsaKey      = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSAKey = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	weakRSAKey  = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 1024)) })
	ecKey       = sync.OnceValue(func() crypto.Signer { return newECKey() })
	rootKey     = sync.OnceValue(func() crypto.Signer { return newECKey() })
	middleKey   = sync.OnceValue(func() crypto.Signer { return newECKey() })
)

func newECKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// pki is a root, an intermediate and a signer.
type pki struct{ root, middle, signer identity }

func newPKI(t testing.TB, key crypto.Signer, opts ...certOption) pki {
	t.Helper()
	root := issue(t, "Example Root", rootKey(), nil, authority)
	middle := issue(t, "Example Issuing", middleKey(), &root, authority)
	return pki{root, middle, issue(t, "Example Appliances", key, &middle, opts...)}
}

func (p pki) chain() []*x509.Certificate { return []*x509.Certificate{p.signer.cert, p.middle.cert} }

func (p pki) policy() Policy { return Policy{Roots: p.root.pool(), Time: testTime} }

// testMembers are the files of the package that most tests use.
func testMembers() []Member {
	descriptor, disk, chunk := []byte("<Envelope/>\n"), bytes.Repeat([]byte("disk"), 300), []byte("chunk")
	member := func(name string, role Role, b []byte) Member {
		return Member{Name: name, Role: role, Size: int64(len(b)), Content: bytes.NewReader(b)}
	}
	return []Member{
		member("app.ovf", RoleDescriptor, descriptor),
		member("app-disk1.vmdk", RoleFile, disk),
		member("app-disk2.vmdk.000000000", RoleChunk, chunk),
	}
}

// testManifest returns the bytes of the manifest of members.
func testManifest(t testing.TB, a Algorithm, members []Member) []byte {
	t.Helper()
	m, err := NewManifest(context.Background(), "app.mf", a, members, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// smallMembers are for tests that change every byte.
func smallMembers() []Member {
	return []Member{
		{Name: "a.ovf", Role: RoleDescriptor, Size: 11, Content: strings.NewReader("<Envelope/>")},
		{Name: "a.img", Size: 4, Content: strings.NewReader("disk")},
	}
}

// signedInput returns a complete signed package, of testMembers if none are named.
func signedInput(t testing.TB, key crypto.Signer, chain []*x509.Certificate, o Options, members ...Member) Input {
	t.Helper()
	if members == nil {
		members = testMembers()
	}
	mf := testManifest(t, SHA256, members)
	cert, err := Sign("app.mf", mf, key, chain, o)
	if err != nil {
		t.Fatal(err)
	}
	return Input{Manifest: Document{"app.mf", mf}, Certificate: Document{"app.cert", cert}, Members: members}
}

func verify(t testing.TB, in Input, p Policy) (*Report, error) {
	t.Helper()
	r, err := Verify(context.Background(), in, p)
	if r == nil {
		t.Fatal("Verify returned no report")
	}
	if (err == nil) != r.Accepted {
		t.Fatalf("Accepted = %v, error %v", r.Accepted, err)
	}
	return r, err
}

// refusals returns the rules for which a report refuses.
func refusals(r *Report) []string {
	var out []string
	for _, row := range r.Rows {
		if row.Refuses {
			out = append(out, row.Rule)
		}
	}
	return out
}

// rules returns the rules of a list in their order.
func rules(l diag.List) []string {
	var out []string
	for _, d := range l {
		out = append(out, d.Rule)
	}
	return out
}

func text(r *Report) string {
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		return err.Error()
	}
	return b.String()
}

// tool skips a test where a command is not installed.
func tool(t testing.TB, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
}

// run runs a command in a folder and returns what it prints.
func run(t testing.TB, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.Bytes())
	}
	return out
}

func writeFile(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// corpus returns the folder of real packages, or skips.
func corpus(t testing.TB) string {
	t.Helper()
	// The folder is beside the repository, two levels above this package.
	dir := filepath.Join("..", "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus ../shared/corpus is not here")
	}
	return dir
}

// succeeds runs a command whose exit status is its answer.
func succeeds(dir, name string, args ...string) bool {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	return cmd.Run() == nil
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func extension(critical bool, oid ...int) pkix.Extension {
	return pkix.Extension{Id: oid, Critical: critical, Value: []byte{0x30, 0}}
}

func rsaPublic(n *big.Int) *rsa.PublicKey { return &rsa.PublicKey{N: n, E: 65537} }
