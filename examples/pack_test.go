package examples_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/sign"
)

// How do I make an .ova from a descriptor and the files beside it?
func Example_pack() {
	ctx := context.Background()
	pkg, err := ovf.Open(ctx, "petstore/petstore.ovf", ovf.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pkg.Close()

	w := ovf.Writer{Name: "petstore"}
	stored, err := w.WriteArchive(ctx, io.Discard, pkg.Envelope, pkg.Sources())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range stored {
		fmt.Println(s.Name)
	}
	// Output:
	// petstore.ovf
	// petstore-de.xml
	// petstore.png
	// petstore-base.vmdk
	// petstore-web.vmdk
	// petstore-db.vmdk
	// petstore.mf
}

// How do I make a signed package from what my program has in memory?
func Example_packSigned() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	env := &envelope.Envelope{
		References: envelope.References{File: []envelope.File{{ID: "readme", Href: "README"}}},
		Content:    &envelope.VirtualSystem{ID: "vm", Info: envelope.Msg{Text: "A machine"}},
	}
	text := "Read me first.\n"
	sources := map[string]ovf.Source{"readme": {Size: int64(len(text)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}}

	key, certificate := signer()
	w := ovf.Writer{Key: key, Chain: []*x509.Certificate{certificate}}
	name := filepath.Join(dir, "vm.ova")
	if _, err := w.WriteFile(ctx, name, env, sources); err != nil {
		fmt.Println(err)
		return
	}

	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	report, err := ovf.Verify(ctx, name, sign.Policy{Roots: roots}, ovf.Options{})
	fmt.Println(report.Accepted, report.Signer.Subject, err)
	// Output: true CN=Example Appliances <nil>
}

// signer stands for the key and the certificate of a publisher.
func signer() (*ecdsa.PrivateKey, *x509.Certificate) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Appliances"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		panic(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	return key, c
}
