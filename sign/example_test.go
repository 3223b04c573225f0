package sign_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
)

// readSigned reads the package in testdata/signed.
func readSigned() (sign.Input, *x509.CertPool, error) {
	var in sign.Input
	var first error
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", "signed", name))
		first = errors.Join(first, err)
		return b
	}
	in.Manifest = sign.Document{Name: "petstore.mf", Data: read("petstore.mf")}
	in.Certificate = sign.Document{Name: "petstore.cert", Data: read("petstore.cert")}
	ovf, disk := read("petstore.ovf"), read("petstore-disk1.img")
	in.Members = []sign.Member{
		{Name: "petstore.ovf", Role: sign.RoleDescriptor, Size: int64(len(ovf)), Content: bytes.NewReader(ovf)},
		{Name: "petstore-disk1.img", Size: int64(len(disk)), Content: bytes.NewReader(disk)},
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read("root.pem"))
	return in, roots, first
}

// Verify a signed package: who signed it, and was anything changed?
func ExampleVerify() {
	in, roots, err := readSigned()
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := sign.Verify(context.Background(), in, sign.Policy{
		Roots: roots,
		Time:  time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), // leave it out to judge by now
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("signed by", report.Signer.Subject)
	for _, row := range report.Rows {
		if row.Check == sign.CheckDigest {
			fmt.Println(row.File, row.Outcome)
		}
	}
	// Output:
	// signed by CN=Example Appliances,O=Example Corp
	// petstore.ovf passed
	// petstore-disk1.img passed
}

// A refused package comes with a report as well, and with one diagnostic for
// each ground.
func ExampleVerify_refused() {
	in, roots, err := readSigned()
	if err != nil {
		fmt.Println(err)
		return
	}
	in.Members[1].Content = strings.NewReader("another disk 123")
	in.Certificate = sign.Document{} // stripped
	report, err := sign.Verify(context.Background(), in, sign.Policy{Roots: roots})
	fmt.Println("accepted:", report.Accepted)
	var list diag.List
	if errors.As(err, &list) {
		for _, d := range list {
			fmt.Println(d.Rule, "at", d.Location)
		}
	}
	// Output:
	// accepted: false
	// signature-missing at petstore.mf
	// digest-mismatch at petstore-disk1.img
}

// A policy that is weaker than the zero value names what it gives up, and so
// does the report.
func ExamplePolicy() {
	in, _, err := readSigned()
	if err != nil {
		fmt.Println(err)
		return
	}
	publisher, err := sign.ParsePublisher("CN=Example Appliances,O=Example Corp")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range []sign.Policy{
		{},
		{Level: sign.AnyIssuer},
		{Level: sign.AnyIssuer, Publishers: []sign.Publisher{publisher}}, // anyone can write that name
	} {
		p.Time = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		report, _ := sign.Verify(context.Background(), in, p)
		fmt.Println(report.Accepted, report.GaveUp)
	}
	// Output:
	// false []
	// true [Level any-issuer]
	// false [Level any-issuer]
}

// Read a manifest in the form that sha256sum --tag writes.
func ExampleParseManifest() {
	data := "SHA256 (petstore.ovf) = 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n"
	m, list := sign.ParseManifest("petstore.mf", []byte(data), sign.Limits{})
	fmt.Println(len(m.Entries), m.Entries[0].Algorithm, m.Entries[0].Name)
	for _, d := range list {
		fmt.Println(d.Severity, d.Error())
	}
	// Output:
	// 1 SHA256 petstore.ovf
	// warning petstore.mf:1:1: the line has spaces that the form ALG(name)= hex does not have [line-spacing]
}

// Write the manifest of a package.
func ExampleNewManifest() {
	m, err := sign.NewManifest(context.Background(), "petstore.mf", sign.SHA256, []sign.Member{
		{Name: "petstore.ovf", Size: 3, Content: strings.NewReader("foo")},
	}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := m.WriteTo(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// SHA256(petstore.ovf)= 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
}

// Sign a manifest with keys from PEM files, and verify the result.
func ExampleSign() {
	signPackage := func(mf []byte, keyFile, certFile string) ([]byte, error) {
		keyPEM, err := os.ReadFile(keyFile)
		if err != nil {
			return nil, err
		}
		certPEM, err := os.ReadFile(certFile)
		if err != nil {
			return nil, err
		}
		key, err := sign.ParseKey(keyFile, keyPEM, nil)
		if err != nil {
			return nil, err
		}
		chain, err := sign.ParseChain(certFile, certPEM)
		if err != nil {
			return nil, err
		}
		return sign.Sign("petstore.mf", mf, key, chain, sign.Options{})
	}
	keyFile, certFile, remove, err := newKeyFiles()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	ovf := []byte("<Envelope/>")
	m := &sign.Manifest{Name: "petstore.mf"}
	h := sign.NewHasher(sign.SHA256)
	h.Write(ovf)
	m.Set("petstore.ovf", sign.SHA256, h.Digests()[sign.SHA256])
	var mf bytes.Buffer
	if _, err := m.WriteTo(&mf); err != nil {
		fmt.Println(err)
		return
	}
	cert, err := signPackage(mf.Bytes(), keyFile, certFile)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = sign.Verify(context.Background(), sign.Input{
		Manifest:    sign.Document{Name: "petstore.mf", Data: mf.Bytes()},
		Certificate: sign.Document{Name: "petstore.cert", Data: cert},
		Members:     []sign.Member{{Name: "petstore.ovf", Role: sign.RoleDescriptor, Size: int64(len(ovf)), Content: bytes.NewReader(ovf)}},
	}, sign.Policy{Level: sign.AnyIssuer})
	fmt.Println("error:", err)
	// Output:
	// error: <nil>
}

// Sign with a key in a hardware module, through a command that reads the
// manifest and prints the signature.
func ExampleCommandSigner() {
	signPackage := func(ctx context.Context, mf []byte, chain []*x509.Certificate) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		signer := sign.NewCommandSigner(ctx, chain[0].PublicKey, false,
			"openssl", "dgst", "-engine", "pkcs11", "-keyform", "engine", "-sha256", "-sign", "pkcs11:object=release")
		return sign.Sign("petstore.mf", mf, signer, chain, sign.Options{})
	}
	_ = signPackage
}

// Read a file of a verified package: the bytes are checked once more while
// they are read.
func ExampleNewReader() {
	data := "SHA256(petstore.ovf)= 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n"
	m, _ := sign.ParseManifest("petstore.mf", []byte(data), sign.Limits{})
	entry, _ := m.Lookup("petstore.ovf")
	for _, content := range []string{"foo", "bar", "food"} {
		_, err := io.ReadAll(sign.NewReader(strings.NewReader(content), entry, 3))
		var wrong *sign.DigestError
		var size *sign.SizeError
		fmt.Println(err == nil, errors.As(err, &wrong), errors.As(err, &size))
	}
	// Output:
	// true false false
	// false true false
	// false false true
}
