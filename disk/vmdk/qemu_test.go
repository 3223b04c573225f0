package vmdk_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// file is an extent file on disk.
type file struct {
	*os.File
	size int64
}

func (f file) Size() int64 { return f.size }

// beside opens extents in the directory of their descriptor.
func beside(dir string) func(string) (vmdk.ExtentFile, error) {
	return func(name string) (vmdk.ExtentFile, error) {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		fi, err := f.Stat()
		return file{f, fi.Size()}, err
	}
}

func open(t testing.TB, path string) *vmdk.Image {
	t.Helper()
	f, size := qemutest.Open(t, path)
	m, err := vmdk.Open(f, size, vmdk.Options{Extent: beside(filepath.Dir(path))})
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// TestReadQemu reads what qemu-img writes in each subformat.
func TestReadQemu(t *testing.T) {
	qemutest.Need(t, "qemu-img")
	read := func(disks []qemutest.Disk, options string) {
		for _, d := range disks {
			t.Run(d.Name+"/"+options, func(t *testing.T) {
				dir := t.TempDir()
				raw := qemutest.Write(t, dir, "disk.raw", d.Content)
				path := filepath.Join(dir, "disk.vmdk")
				qemutest.Run(t, dir, "qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", options, raw, path)
				m := open(t, path)
				qemutest.Equal(t, m, m.Size(), d.Content)
			})
		}
	}
	read(qemutest.Disks(), "subformat=monolithicSparse")
	read(qemutest.Disks(), "subformat=streamOptimized")
	for _, options := range []string{"subformat=monolithicSparse,zeroed_grain=on", "subformat=monolithicFlat",
		"subformat=twoGbMaxExtentSparse", "subformat=twoGbMaxExtentFlat"} {
		read(qemutest.FewDisks(), options)
	}
}
