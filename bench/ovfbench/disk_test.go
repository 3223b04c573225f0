package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The jobs do what they are measured for: qemu-img finds the same content.
func TestDiskJobs(t *testing.T) {
	if _, err := exec.LookPath("qemu-img"); err != nil {
		t.Skipf("qemu-img is not installed: %v", err)
	}
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	b := make([]byte, 5<<20)
	rand.NewChaCha8([32]byte{1}).Read(b[:1<<20])
	if err := os.WriteFile(path("base.raw"), b, 0o666); err != nil {
		t.Fatal(err)
	}
	one := bytes.Clone(b)
	copy(one[3<<20:], "another")
	if err := os.WriteFile(path("one.raw"), one, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, job := range [][]string{
		{"compress", path("base.raw"), path("base.vmdk")},
		{"diff", path("one.raw"), path("one.vmdk"), path("base.vmdk"), path("base.raw")},
		{"diff", path("base.raw"), path("two.vmdk"), path("base.vmdk"), path("one.vmdk")},
		{"flatten", path("flat.raw"), path("base.vmdk"), path("one.vmdk")},
		{"empty", "vmdk", "1099511627776", path("empty.vmdk")},
	} {
		if err := diskJob(t.Context(), job[0], job[1:]); err != nil {
			t.Fatalf("%v: %v", job, err)
		}
	}
	for _, c := range [][]string{{"base.vmdk", "base.raw"}, {"one.vmdk", "one.raw"}, {"two.vmdk", "base.raw"}} {
		if out, err := exec.Command("qemu-img", "compare", "-f", "vmdk", "-F", "raw", path(c[0]), path(c[1])).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", c, err, out)
		}
	}
	if got, err := os.ReadFile(path("flat.raw")); err != nil || !bytes.Equal(got, one) {
		t.Errorf("flattened to another disk: %v", err)
	}
	if fi, err := os.Stat(path("empty.vmdk")); err != nil || fi.Size() > 10<<20 {
		t.Errorf("empty disk: %v, %v", fi, err)
	}
	for _, job := range [][]string{{"nothing"}, {"compress", "x"}, {"empty", "vdi", "1", path("x")}} {
		if err := diskJob(t.Context(), job[0], job[1:]); err == nil {
			t.Errorf("%v is accepted", job)
		}
	}
}
