package examples_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/examples/qemu"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/sign"
)

// start is what a manager does with a package: the code of docs/embed.md.
func start(ctx context.Context, name, dir string, roots *x509.CertPool, choices plan.Choices) error {
	pkg, err := ovf.Open(ctx, name, ovf.Options{})
	if err != nil {
		return err // the file cannot be read, or is no package
	}
	defer pkg.Close()
	report, err := pkg.Verify(ctx, sign.Policy{Roots: roots})
	if err != nil {
		return err // a diag.List: every ground on which it is refused
	}
	fmt.Println("signed by", report.Signer.Subject)
	p, err := pkg.Resolve(ctx, choices)
	if err != nil {
		return err // a diag.List: everything that is wrong with the choices
	}
	layout, err := p.Deploy(ctx, dir, ovf.DeployOptions{
		Format: disk.QCOW2,
		Accept: func(e plan.Eula) bool { return ask(e.License.Text) },
	})
	if err != nil {
		return err // and nothing is left in dir
	}
	commands, err := qemu.Commands(layout, qemu.Options{Dir: dir})
	if err != nil {
		return err
	}
	for _, c := range commands { // in the order of the start
		fmt.Println(c.Args[:3]) // exec.Command takes all of them
	}
	return nil
}

// ask stands for a question to the operator.
func ask(license string) bool { return license != "" }

// How does a manager of hypervisors use all of it?
func Example_embed() {
	dir, err := os.MkdirTemp("", "embed")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name, roots, err := signedPetstore(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = start(context.Background(), name, filepath.Join(dir, "shop"), roots, plan.Choices{Option: "minimal", Properties: answers()})
	fmt.Println(first(err))
	err = start(context.Background(), name, filepath.Join(dir, "other"), x509.NewCertPool(), plan.Choices{})
	fmt.Println(err != nil)
	// Output:
	// signed by CN=Example Appliances
	// [qemu-system-x86_64 -name DB1]
	// [qemu-system-x86_64 -name DB2]
	// [qemu-system-x86_64 -name WebTier]
	// no error
	// true
}

// publish packs the pet store and signs it: the code of docs/embed.md.
func publish(ctx context.Context, descriptor, out string, w *ovf.Writer) error {
	pkg, err := ovf.Open(ctx, descriptor, ovf.Options{})
	if err != nil {
		return err
	}
	defer pkg.Close()
	_, err = w.WriteFile(ctx, out, pkg.Envelope, pkg.Sources())
	return err
}

// signedPetstore makes a key, and packs the pet store with it.
func signedPetstore(dir string) (name string, roots *x509.CertPool, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Appliances"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return "", nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return "", nil, err
	}
	roots = x509.NewCertPool()
	roots.AddCert(cert)
	name = filepath.Join(dir, "petstore.ova")
	return name, roots, publish(context.Background(), "petstore/petstore.ovf", name, &ovf.Writer{Key: key, Chain: []*x509.Certificate{cert}})
}
