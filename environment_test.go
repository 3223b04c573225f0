package ovf_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/plan"
)

// kiosk is a descriptor with a machine that asks for a file beside its
// environment, which the package has compressed.
const kiosk = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2">
  <References><File ovf:id="%s" ovf:href="answers.gz" ovf:compression="gzip"/></References>
  <VirtualSystem ovf:id="web"><Info>Web</Info>
    <EnvironmentFilesSection><Info>Answers</Info><File ovf:fileRef="answers" ovf:path="conf/answers.txt"/></EnvironmentFilesSection>
    <ProductSection><Info>Settings</Info><Property ovf:key="zone" ovf:type="string" ovf:value="eu"/></ProductSection>
  </VirtualSystem>
</Envelope>
`

// kioskPlan resolves the package, whose file has the given id.
func kioskPlan(t *testing.T, id string) *ovf.Plan {
	t.Helper()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(bytes.Repeat([]byte("yes\n"), 2000)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	pkg, err := ovf.OpenFS(ctx, fstest.MapFS{
		"kiosk.ovf":  {Data: fmt.Appendf(nil, kiosk, id)},
		"answers.gz": {Data: zipped.Bytes()},
	}, "kiosk.ovf", ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pkg.Close(); err != nil {
			t.Error(err)
		}
	})
	p, err := pkg.Resolve(ctx, plan.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The medium has the document of the machine, and the file of the package
// decompressed.
func TestWriteEnvironmentISO(t *testing.T) {
	p := kioskPlan(t, "answers")
	var b bytes.Buffer
	if err := p.WriteEnvironmentISO(context.Background(), "web", &b); err != nil {
		t.Fatal(err)
	}
	document, err := p.Machines[0].EnvironmentDocument()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.WriteEnvironmentISO(context.Background(), "db", &b); err == nil {
		t.Error("a machine that is not there has an image")
	}
	if _, err := exec.LookPath("isoinfo"); err != nil {
		t.Skip("isoinfo is not installed")
	}
	iso := filepath.Join(t.TempDir(), "web.iso")
	if err := os.WriteFile(iso, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"/ovf-env.xml": document, "/conf/answers.txt": bytes.Repeat([]byte("yes\n"), 2000)} {
		if got, err := exec.Command("isoinfo", "-J", "-x", name, "-i", iso).Output(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("isoinfo reads %d bytes of %s, want %d; %v", len(got), name, len(want), err)
		}
	}
}

// A file that the package does not have is an error before anything is written.
func TestWriteEnvironmentISOWithoutFile(t *testing.T) {
	p := kioskPlan(t, "other")
	var b bytes.Buffer
	err := p.WriteEnvironmentISO(context.Background(), "web", &b)
	var fe *ovf.FileError
	if !errors.As(err, &fe) || fe.ID != "answers" || b.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, b.Len())
	}
}
