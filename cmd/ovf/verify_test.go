package main

import (
	"archive/tar"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ovfkit/ovf/sign"
)

const verifyDescriptor = `<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References><File ovf:id="disk" ovf:href="disk.vmdk" ovf:size="5"/></References>
  <VirtualSystem ovf:id="app"><Info>A machine</Info></VirtualSystem>
</Envelope>
`

// signedFolder is a signed package, made by the standard library alone, and the
// certificate that signed it.
func signedFolder(t *testing.T) (dir, cert string) {
	t.Helper()
	dir = t.TempDir()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Example Appliances"},
		NotBefore: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	mf := fmt.Sprintf("SHA256(app.ovf)= %x\nSHA256(disk.vmdk)= %x\n", sha256.Sum256([]byte(verifyDescriptor)), sha256.Sum256([]byte("disk!")))
	sum := sha256.Sum256([]byte(mf))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"app.ovf": verifyDescriptor, "app.mf": mf, "disk.vmdk": "disk!",
		"app.cert": fmt.Sprintf("SHA256(app.mf)= %x\n%s", sig, text)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, save(t, "trust.pem", text)
}

// tarred is the archive of a folder.
func tarred(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "app.ova")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := tar.NewWriter(f)
	for _, n := range []string{"app.ovf", "app.mf", "app.cert", "disk.vmdk"} {
		b := load(t, filepath.Join(dir, n))
		if err := w.WriteHeader(&tar.Header{Name: n, Size: int64(len(b)), Mode: 0o644, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(b)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestVerify(t *testing.T) {
	dir, trust := signedFolder(t)
	archive := tarred(t, dir)
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(archive))))
	defer server.Close()
	const at = "--at=2026-11-22"
	for _, name := range []string{dir, filepath.Join(dir, "app.ovf"), archive, server.URL + "/app.ova"} {
		r := execute("", "verify", name, "--trust", trust, at)
		r.want(t, exitGood)
		if !strings.Contains(r.stdout, `accepted, signed by "CN=Example Appliances"`) || !strings.Contains(r.stdout, "disk.vmdk: SHA256 matches") {
			t.Errorf("%s:\n%s", name, r.stdout)
		}
	}
	piped := load(t, archive)
	execute(piped, "verify", "-", "--trust", trust, at).want(t, exitGood)

	r := execute("", "verify", archive)
	r.want(t, exitInput)
	if !strings.Contains(r.stdout, "trust-no-roots") {
		t.Errorf("without roots:\n%s", r.stdout)
	}
	execute("", "verify", archive, "--level", "any-issuer", at).want(t, exitGood)
	execute("", "verify", archive, "--trust", trust, "--at", "2031-01-01").want(t, exitInput)
	execute("", "verify", archive, "--trust", trust, at, "--publisher", "sha256:"+strings.Repeat("0", 64)).want(t, exitInput)
	execute("", "verify", archive, "--trust", trust, at, "--publisher", "CN=Example Appliances").want(t, exitGood)

	r = execute("", "verify", archive, "--trust", trust, at, "--json")
	r.want(t, exitGood)
	var report sign.Report
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || !report.Accepted || report.Signer == nil || len(report.Rows) < 8 {
		t.Errorf("%v: %s", err, r.stdout)
	}
	r = execute("", "verify", archive, "--trust", trust, at, "--quiet")
	if r.want(t, exitGood); strings.Count(r.stdout, "\n") != 1 {
		t.Errorf("--quiet:\n%s", r.stdout)
	}

	spoilt := save(t, "app.ova", strings.Replace(piped, "disk!", "DISK!", 1))
	for _, args := range [][]string{{"verify", spoilt, "--trust", trust, at}, {"verify", spoilt, "--level", "no-manifest"}} {
		r := execute("", args...)
		if r.want(t, exitInput); !strings.Contains(r.stdout, "digest-mismatch") || !strings.Contains(r.stdout, "refused at level") {
			t.Errorf("%q:\n%s", args, r.stdout)
		}
	}
	cut := save(t, "app.ova", piped[:2000])
	r = execute("", "verify", cut, "--trust", trust, at)
	if r.want(t, exitInput); !strings.Contains(r.stdout, "archive-truncated") {
		t.Errorf("cut:\n%s", r.stdout)
	}
	for _, name := range []string{"app.cert", "app.mf"} { // stripped
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		execute("", "verify", dir, "--level", "no-manifest", "--require-signature", at).want(t, exitInput)
	}
	execute("", "verify", dir, "--level", "no-manifest").want(t, exitGood)

	execute("", "verify", archive, "--level", "high").want(t, exitUsage, "--level")
	execute("", "verify", archive, "--at", "today").want(t, exitUsage, "--at")
	execute("", "verify", archive, "--publisher", "").want(t, exitUsage, "--publisher")
	execute("", "verify").want(t, exitUsage)
	execute("", "verify", filepath.Join(dir, "gone.ova"), "--trust", trust).want(t, exitFile, "gone.ova")
	execute("", "verify", server.URL+"/gone.ova", "--trust", trust).want(t, exitFile, "404")
	execute("", "verify", archive, "--trust", filepath.Join(dir, "gone.pem")).want(t, exitFile, "gone.pem")
	execute("", "verify", archive, "--trust", save(t, "empty.pem", "no certificate")).want(t, exitInput)
}

// What opening finds is seen by inspect and validate.
func TestPackageFiles(t *testing.T) {
	dir, _ := signedFolder(t)
	name := filepath.Join(dir, "app.ovf")
	r := execute("", "inspect", dir)
	if r.want(t, exitGood); strings.Contains(r.stdout, "missing") || !strings.Contains(r.stdout, "disk.vmdk") {
		t.Errorf("whole:\n%s", r.stdout)
	}
	execute("", "validate", "--files", name).want(t, exitGood)
	if err := os.Remove(filepath.Join(dir, "disk.vmdk")); err != nil {
		t.Fatal(err)
	}
	r = execute("", "inspect", name)
	if r.want(t, exitGood); !strings.Contains(r.stdout, "missing") {
		t.Errorf("disk gone:\n%s", r.stdout)
	}
	execute("", "validate", name).want(t, exitGood)
	r = execute("", "validate", "--files", name)
	if r.want(t, exitInput); !strings.Contains(r.stdout, "package-file-missing") {
		t.Errorf("disk gone:\n%s", r.stdout)
	}
}

// Inspect reads little of an archive, however large it is.
func TestInspectReadsLittle(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("counts with /proc/self/io")
	}
	const disk = 100 << 30
	name := filepath.Join(t.TempDir(), "app.ova")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := tar.NewWriter(f)
	text := strings.Replace(verifyDescriptor, `ovf:size="5"`, fmt.Sprintf(`ovf:size="%d"`, int64(disk)), 1)
	for _, m := range []struct {
		name string
		size int64
	}{{"app.ovf", int64(len(text))}, {"disk.vmdk", disk}} {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Size: m.size, Typeflag: tar.TypeReg, Format: tar.FormatGNU}); err != nil {
			t.Fatal(err)
		}
		if m.name == "app.ovf" {
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	i, err := f.Seek(0, 2)
	if err == nil {
		err = f.Truncate(i + disk + 1024)
	}
	if err != nil {
		t.Skipf("no sparse file of 100 GiB here: %v", err)
	}
	before := bytesRead(t)
	r := execute("", "inspect", name)
	n := bytesRead(t) - before
	if r.want(t, exitGood); !strings.Contains(r.stdout, "100 GiB") || strings.Contains(r.stdout, "missing") {
		t.Errorf("%s", r.stdout)
	}
	if n > 1_000_000 {
		t.Errorf("%d bytes were read", n)
	}
	t.Logf("%d bytes were read", n)
}

// bytesRead is how many bytes this process has read so far.
func bytesRead(t *testing.T) int64 {
	t.Helper()
	for line := range strings.Lines(load(t, "/proc/self/io")) {
		if n, ok := strings.CutPrefix(line, "rchar: "); ok {
			v, err := strconv.ParseInt(strings.TrimSpace(n), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Skip("/proc/self/io has no rchar")
	return 0
}

// What to do is said in the words of the command.
func TestVerifyHints(t *testing.T) {
	dir, _ := signedFolder(t)
	verify := func(flags ...string) string {
		return execute("", append([]string{"verify", dir}, flags...)...).stdout
	}
	has := func(got, want string) {
		t.Helper()
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	has(verify(), "put the issuers you trust into the file of --trust")
	if err := os.Remove(filepath.Join(dir, "app.cert")); err != nil {
		t.Fatal(err)
	}
	const unsigned = "; --level unsigned accepts"
	has(verify(), unsigned)
	if execute("", "verify", dir, "--level", "unsigned").status != exitGood {
		t.Error("the hint is wrong")
	}
	for _, flags := range [][]string{{"--require-signature"}, {"--publisher", "CN=Example"}} { // it would not help
		if got := verify(flags...); !strings.Contains(got, "signature-missing") || strings.Contains(got, unsigned) {
			t.Errorf("%q:\n%s", flags, got)
		}
	}
	execute("", "deploy", dir, "--out", filepath.Join(t.TempDir(), "d")).want(t, exitInput, "signature-missing", unsigned)
	if err := os.Remove(filepath.Join(dir, "app.mf")); err != nil {
		t.Fatal(err)
	}
	has(verify(), "accept it unprotected with --level no-manifest")

	// No hint of the library has the name of a field left.
	for line := range strings.Lines(load(t, filepath.Join(repo, "sign", "testdata", "messages.golden"))) {
		if hint, ok := strings.CutPrefix(line, "    -> "); ok && fieldName.MatchString(inFlags.Replace(hint)) {
			t.Errorf("this is nothing that the command knows: %s", inFlags.Replace(hint))
		}
	}
}

var fieldName = regexp.MustCompile(`Policy\.|Allow[A-Z]|NewReader|by the level`)
