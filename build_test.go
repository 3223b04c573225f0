package ovf_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/sign"
)

// tarMember is one member of an archive that a test builds. The header is written
// here, not by any package under test.
type tarMember struct {
	name   string
	data   []byte
	typ    byte
	link   string
	size   int64               // if other than that of data
	edit   func(header []byte) // before the checksum
	broken func(header []byte) // after it
	raw    []byte              // in place of all this
}

func (m tarMember) bytes() []byte {
	if m.raw != nil {
		return m.raw
	}
	h := make([]byte, 512)
	copy(h[:100], m.name)
	copy(h[100:], "0000644\x000000000\x000000000\x00")
	size := m.size
	if size == 0 {
		size = int64(len(m.data))
	}
	copy(h[124:], fmt.Sprintf("%011o\x00", size))
	copy(h[136:], "00000000000\x00        ")
	h[156] = '0'
	if m.typ != 0 {
		h[156] = m.typ
	}
	copy(h[157:257], m.link)
	copy(h[257:], "ustar\x0000")
	if m.edit != nil {
		m.edit(h)
	}
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	if m.broken != nil {
		m.broken(h)
	}
	h = append(h, m.data...)
	return append(h, make([]byte, -len(m.data)&511)...)
}

// pkg is a package that a test builds and spoils.
type pkg struct {
	t       testing.TB
	members []tarMember
	end     []byte
}

func (p *pkg) index(name string) int {
	return slices.IndexFunc(p.members, func(m tarMember) bool { return m.name == name })
}

func (p *pkg) get(name string) []byte {
	p.t.Helper()
	i := p.index(name)
	if i < 0 {
		p.t.Fatalf("no member %s", name)
	}
	return p.members[i].data
}

// set replaces the content of a member, or adds one at the end.
func (p *pkg) set(name string, data []byte) *pkg {
	if i := p.index(name); i >= 0 {
		p.members[i].data = data
	} else {
		p.members = append(p.members, tarMember{name: name, data: data})
	}
	return p
}

func (p *pkg) replace(name, old, new string) *pkg {
	p.t.Helper()
	data := string(p.get(name))
	if !strings.Contains(data, old) {
		p.t.Fatalf("%s has no %q", name, old)
	}
	return p.set(name, []byte(strings.Replace(data, old, new, 1)))
}

func (p *pkg) remove(name string) *pkg {
	p.members = slices.DeleteFunc(p.members, func(m tarMember) bool { return m.name == name })
	return p
}

func (p *pkg) add(m tarMember) *pkg { p.members = append(p.members, m); return p }

func (p *pkg) archive() []byte {
	var b []byte
	for _, m := range p.members {
		b = append(b, m.bytes()...)
	}
	if p.end == nil {
		return append(b, make([]byte, 1024)...)
	}
	return append(b, p.end...)
}

func (p *pkg) folder(dir string) {
	p.t.Helper()
	for _, m := range p.members {
		name := filepath.Join(dir, filepath.FromSlash(m.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(name, m.data, 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

// list writes the manifest anew.
func (p *pkg) list(a sign.Algorithm) *pkg {
	p.t.Helper()
	var members []sign.Member
	for _, m := range p.members {
		if m.name != "app.mf" && m.name != "app.cert" {
			members = append(members, sign.Member{Name: m.name, Size: int64(len(m.data)), Content: bytes.NewReader(m.data)})
		}
	}
	mf, err := sign.NewManifest(context.Background(), "app.mf", a, members, 1)
	if err != nil {
		p.t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := mf.WriteTo(&b); err != nil {
		p.t.Fatal(err)
	}
	return p.set("app.mf", b.Bytes())
}

// sign writes the certificate anew, with no help of package sign, which refuses to
// sign a manifest that is wrong.
func (p *pkg) sign(id identity, a sign.Algorithm) *pkg {
	p.t.Helper()
	h := a.New()
	h.Write(p.get("app.mf"))
	sig, err := id.key.Sign(rand.Reader, h.Sum(nil), a.Hash())
	if err != nil {
		p.t.Fatal(err)
	}
	cert := fmt.Sprintf("%s(app.mf)= %x\n%s", a, sig, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.cert.Raw}))
	return p.set("app.cert", []byte(cert))
}

// resign writes manifest and certificate anew.
func (p *pkg) resign() *pkg { return p.list(sign.SHA256).sign(publisher(), sign.SHA256) }

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// The contents of the sample.
var (
	sampleDisk   = bytes.Repeat([]byte("disk"), 300)
	sampleChunks = bytes.Repeat([]byte("chunked "), 200) // 1600 bytes
	samplePacked = bytes.Repeat([]byte("packed"), 500)
)

const sampleFiles = `<File ovf:id="disk" ovf:href="disk.vmdk" ovf:size="1200"/>
    <File ovf:id="chunks" ovf:href="chunks.bin" ovf:size="1600" ovf:chunkSize="700"/>
    <File ovf:id="packed" ovf:href="packed.img.gz" ovf:compression="gzip"/>`

func descriptor(files string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    ` + files + `
  </References>
  <VirtualSystem ovf:id="app">
    <Info>A machine</Info>
  </VirtualSystem>
</Envelope>
`
}

// sample is a signed package that is right in all respects.
func sample(t testing.TB) *pkg {
	p := &pkg{t: t, members: []tarMember{
		{name: "app.ovf", data: []byte(descriptor(sampleFiles))},
		{name: "app.mf"},
		{name: "app.cert"},
		{name: "disk.vmdk", data: sampleDisk},
		{name: "chunks.bin.000000000", data: sampleChunks[:700]},
		{name: "chunks.bin.000000001", data: sampleChunks[700:1400]},
		{name: "chunks.bin.000000002", data: sampleChunks[1400:]},
		{name: "packed.img.gz", data: gzipped(samplePacked)},
	}}
	return p.resign()
}

// files is a signed package with other files in References, and members for
// them.
func files(t testing.TB, elements string, extra ...tarMember) *pkg {
	p := &pkg{t: t, members: []tarMember{{name: "app.ovf", data: []byte(descriptor(elements))}, {name: "app.mf"}, {name: "app.cert"}}}
	p.members = append(p.members, extra...)
	return p.resign()
}

func openBytes(data []byte, o ovf.Options) (*ovf.Package, error) {
	return ovf.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), "app.ova", o)
}

// testTime is when packages are verified.
var testTime = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// identity is a key and its certificate.
type identity struct {
	key  crypto.Signer
	cert *x509.Certificate
}

func (id identity) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(id.cert)
	return pool
}

type certificate func(*x509.Certificate)

func validity(from, to int) certificate {
	return func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(to, 1, 1, 0, 0, 0, 0, time.UTC)
	}
}

// issue makes a certificate; a nil issuer makes it self-signed.
func issue(name string, key crypto.Signer, issuer *identity, options ...certificate) identity {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}
	validity(2025, 2035)(c)
	for _, o := range options {
		o(c)
	}
	parent, signer := c, key
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	} else {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign|x509.KeyUsageDigitalSignature
	}
	der := must(x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer))
	return identity{key, must(x509.ParseCertificate(der))}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func rsaKey(bits int) func() crypto.Signer {
	return sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, bits)) })
}

var (
	goodKey  = rsaKey(2048)
	otherKey = rsaKey(2048)
	weakKey  = rsaKey(1024)

	root = sync.OnceValue(func() identity {
		return issue("Test Root", must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), nil)
	})
	publisher = sync.OnceValue(func() identity { r := root(); return issue("Test Publisher", goodKey(), &r) })
)

// policy accepts what publisher signs.
func policy() sign.Policy { return sign.Policy{Roots: root().pool(), Time: testTime} }
