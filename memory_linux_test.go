package ovf_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/sign"
)

// Verifying takes memory that does not depend on the size of the package. The
// archive is a sparse file of 1 GiB, or of 20 GiB with OVF_LONG=1, which takes a minute.
func TestVerifyMemory(t *testing.T) {
	const limit = 64 << 20
	if name := os.Getenv("OVF_TEST_VERIFY"); name != "" { // the process that is measured
		if _, err := ovf.Verify(context.Background(), name, sign.Policy{Level: sign.Unsigned}, ovf.Options{}); err != nil {
			t.Fatal(err)
		}
		printPeak()
		return
	}
	if testing.Short() {
		t.Skip("hashes 1 GiB")
	}
	size := int64(1 << 30)
	if os.Getenv("OVF_LONG") != "" {
		size = 20 << 30
	}
	h := sha256.New()
	if _, err := io.CopyN(h, zeroReader{}, size); err != nil {
		t.Fatal(err)
	}
	text := descriptor(fmt.Sprintf(`<File ovf:id="disk" ovf:href="disk.raw" ovf:size="%d"/>`, size))
	mf := fmt.Sprintf("SHA256(app.ovf)= %x\nSHA256(disk.raw)= %x\n", sha256.Sum256([]byte(text)), h.Sum(nil))
	p := &pkg{t: t, members: []tarMember{{name: "app.ovf", data: []byte(text)}, {name: "app.mf", data: []byte(mf)}, {name: "disk.raw", size: size, edit: func(h []byte) {
		if size >= 8<<30 {
			copy(h[124:136], []byte{0x80, 0, 0, 0, 0, 0, 0, byte(size >> 32), byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)})
		}
	}}}}
	start := p.archive()
	name := filepath.Join(t.TempDir(), "app.ova")
	if err := os.WriteFile(name, start, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, int64(len(start))+size); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	peak := peakOf(t, "TestVerifyMemory", "OVF_TEST_VERIFY="+name)
	if peak > limit {
		t.Errorf("%d MiB of memory for %d MiB", peak>>20, size>>20)
	}
	t.Logf("%d MiB of memory for %d MiB", peak>>20, size>>20)
}

// Deploying takes memory that does not depend on the sizes of the disks, here with
// chains of two layers and 256 MiB of content each; 1 GiB with OVF_LONG=1.
func TestDeployMemory(t *testing.T) {
	const limit = 256 << 20
	if name := os.Getenv("OVF_TEST_DEPLOY"); name != "" { // the process that is measured
		if _, err := resolved(t, name, "10.0.0.1").Deploy(context.Background(), filepath.Join(t.TempDir(), "out"), ovf.DeployOptions{Accept: accept}); err != nil {
			t.Fatal(err)
		}
		printPeak()
		return
	}
	if testing.Short() {
		t.Skip("makes large disks")
	}
	size := 256 << 20
	if os.Getenv("OVF_LONG") != "" {
		size = 1 << 30
	}
	name := largeShop(t, size)
	peak := peakOf(t, "TestDeployMemory", "OVF_TEST_DEPLOY="+name)
	if peak > limit {
		t.Errorf("%d MiB of memory for disks of %d MiB", peak>>20, size>>20)
	}
	t.Logf("%d MiB of memory for disks of %d MiB", peak>>20, size>>20)
}

// printPeak tells the process that runs this one how much memory it took.
func printPeak() {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM:") {
			fmt.Print(line)
		}
	}
}

// peakOf runs a test of this program as a process of its own, and returns the
// memory that it prints. What the system counts for a process includes that of the one
// which has started it.
func peakOf(t *testing.T, test, variable string) int64 {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), variable)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS") {
		t.Fatalf("%v\n%s", err, out)
	}
	_, text, _ := strings.Cut(string(out), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(text, &kib); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return kib << 10
}
