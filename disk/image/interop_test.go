package image_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/qcow2"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vhd"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// largeTests is the environment variable that turns on the tests with images
// of hundreds of MiB. They need qemu-img, mkfs.ext4, mkfs.fat and 10 GiB of disk.
const largeTests = "OVF_TEST_LARGE"

// format is one of the formats that are written.
type format struct {
	name  string
	qemu  string // name of the format for qemu-img
	check bool   // qemu-img check knows it
	write func(f *os.File, size int64) (image.Writer, error)
}

var formats = []format{
	{"stream.vmdk", "vmdk", true, func(f *os.File, n int64) (image.Writer, error) {
		return vmdk.NewWriter(f, n, vmdk.WriterOptions{Level: 1})
	}},
	{"file.vmdk", "vmdk", true, func(f *os.File, n int64) (image.Writer, error) {
		return vmdk.NewFileWriter(f, n, vmdk.WriterOptions{})
	}},
	{"dynamic.vhd", "vpc", false, func(f *os.File, n int64) (image.Writer, error) {
		return vhd.NewWriter(f, n, vhd.WriterOptions{})
	}},
	{"fixed.vhd", "vpc", false, func(f *os.File, n int64) (image.Writer, error) {
		return vhd.NewFixedWriter(f, n, vhd.WriterOptions{})
	}},
	{"plain.qcow2", "qcow2", true, func(f *os.File, n int64) (image.Writer, error) {
		return qcow2.NewWriter(f, n, qcow2.WriterOptions{})
	}},
	{"compressed.qcow2", "qcow2", true, func(f *os.File, n int64) (image.Writer, error) {
		return qcow2.NewWriter(f, n, qcow2.WriterOptions{Compress: true})
	}},
	{"copy.raw", "raw", false, func(f *os.File, n int64) (image.Writer, error) {
		return raw.NewFileWriter(f, n)
	}},
}

// openAs opens a file as the format that qemu-img calls by that name.
func openAs(t testing.TB, qemu, path string) image.Image {
	t.Helper()
	f, size := qemutest.Open(t, path)
	var m image.Image
	var err error
	switch qemu {
	case "vmdk":
		m, err = vmdk.Open(f, size, vmdk.Options{Extent: func(name string) (vmdk.ExtentFile, error) {
			e, err := os.Open(filepath.Join(filepath.Dir(path), name))
			return extentFile{e}, err
		}})
	case "vpc":
		m, err = vhd.Open(f, size, image.Limits{})
	case "qcow2":
		m, err = qcow2.Open(f, size, image.Limits{})
	default:
		m, err = raw.Open(f, size)
	}
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// extentFile is an extent of a VMDK of several files.
type extentFile struct{ *os.File }

func (f extentFile) Size() int64 {
	fi, err := f.Stat()
	if err != nil {
		return 0
	}
	return fi.Size()
}

// convert copies an image to a file.
func convert(t testing.TB, m image.Image, f format, path string) {
	t.Helper()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := f.write(out, m.Size())
	if err == nil {
		err = image.Copy(context.Background(), w, m, image.CopyOptions{})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
}

// sources makes raw disks of real file systems and of extremes.
func sources(t *testing.T, dir string) []string {
	t.Helper()
	sparse := func(name string, size int64, parts map[int64][]byte) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for off, p := range parts {
			if _, err := f.WriteAt(p, off); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		return path
	}
	noise := make([]byte, 48<<20)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	ext4 := sparse("ext4.raw", 300<<20, nil)
	fillExt4(t, ext4)
	fat := sparse("fat.raw", 130<<20+512, nil)
	qemutest.Run(t, dir, "mkfs.fat", fat)
	return []string{
		ext4, fat,
		sparse("empty.raw", 100<<20, nil),
		sparse("noise.raw", 48<<20, map[int64][]byte{0: noise}),
		sparse("4g.raw", 4<<30, map[int64][]byte{1<<30 + 512: noise[:1<<20], 4<<30 - 512: noise[:512]}),
		sparse("odd.raw", 10<<20+512*7, map[int64][]byte{10 << 20: noise[:512*7], 0: noise[:5<<20]}),
	}
}

// fillExt4 makes a file system of the source of Go in a file.
func fillExt4(t testing.TB, path string) {
	t.Helper()
	root := strings.TrimSpace(qemutest.Run(t, "", "go", "env", "GOROOT"))
	qemutest.Run(t, "", "mkfs.ext4", "-q", "-F", "-m", "0", "-i", "4096", "-d", filepath.Join(root, "src"), path)
}

// TestLargeInterop converts each source with this module and lets qemu-img
// compare, and the other way round.
func TestLargeInterop(t *testing.T) {
	if os.Getenv(largeTests) == "" {
		t.Skipf("set %s=1 to run", largeTests)
	}
	qemutest.Need(t, "qemu-img", "mkfs.ext4", "mkfs.fat")
	dir := t.TempDir()
	for _, src := range sources(t, dir) {
		t.Run(filepath.Base(src), func(t *testing.T) {
			dir := t.TempDir()
			m := openAs(t, "raw", src)
			for _, f := range formats {
				path := filepath.Join(dir, f.name)
				convert(t, m, f, path)
				if f.check {
					qemutest.Run(t, dir, "qemu-img", "check", "-q", "-f", f.qemu, path)
				}
				qemutest.Compare(t, f.qemu, path, "raw", src)
				equalImages(t, openAs(t, f.qemu, path), m)
				os.Remove(path)
			}
			for i, o := range [][]string{
				{"vmdk", "subformat=monolithicSparse"}, {"vmdk", "subformat=streamOptimized"}, {"vmdk", "subformat=monolithicFlat"},
				{"vmdk", "subformat=twoGbMaxExtentSparse"}, {"vmdk", "subformat=twoGbMaxExtentFlat"},
				{"vpc", "subformat=dynamic,force_size=on"}, {"vpc", "subformat=fixed,force_size=on"},
				{"qcow2", "cluster_size=64k"}, {"qcow2", "cluster_size=2M"},
			} {
				path := filepath.Join(dir, fmt.Sprintf("q%d.img", i))
				qemutest.Run(t, dir, "qemu-img", "convert", "-f", "raw", "-O", o[0], "-o", o[1], src, path)
				equalImages(t, openAs(t, o[0], path), m)
				rest, _ := filepath.Glob(filepath.Join(dir, "q*"))
				for _, p := range rest {
					os.Remove(p)
				}
			}
		})
	}
}

// TestLargeChain flattens three layers of a file system to all formats at once
// and compares with what qemu-img makes of the same chain.
func TestLargeChain(t *testing.T) {
	if os.Getenv(largeTests) == "" {
		t.Skipf("set %s=1 to run", largeTests)
	}
	qemutest.Need(t, "qemu-img", "qemu-io", "mkfs.ext4")
	dir := t.TempDir()
	var layers []image.Image
	for _, p := range largeChain(t, dir) {
		layers = append(layers, openAs(t, "vmdk", p))
	}
	c, err := image.NewChain(image.Limits{}, layers...)
	if err != nil {
		t.Fatal(err)
	}
	qemutest.Run(t, dir, "qemu-img", "convert", "-f", "vmdk", "-O", "raw", "d2.vmdk", "want.raw")
	want := filepath.Join(dir, "want.raw")
	job := image.Job{Src: c}
	for _, f := range formats {
		out := qemutest.Create(t, filepath.Join(dir, f.name))
		w, err := f.write(out, c.Size())
		if err != nil {
			t.Fatal(err)
		}
		job.Dst = append(job.Dst, w)
	}
	if err := image.CopyAll(context.Background(), []image.Job{job}, image.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	for i, f := range formats {
		if err := job.Dst[i].Close(); err != nil {
			t.Fatal(err)
		}
		qemutest.Compare(t, f.qemu, filepath.Join(dir, f.name), "raw", want)
	}
}

// largeChain makes a stream-optimized base and two layers above it, and returns
// their paths.
func largeChain(t testing.TB, dir string) []string {
	t.Helper()
	paths := []string{filepath.Join(dir, "base.vmdk"), filepath.Join(dir, "d1.vmdk"), filepath.Join(dir, "d2.vmdk")}
	run := func(program string, args ...string) { t.Helper(); qemutest.Run(t, dir, program, args...) }
	f := qemutest.Create(t, filepath.Join(dir, "base.raw"))
	if err := f.Truncate(300 << 20); err != nil {
		t.Fatal(err)
	}
	fillExt4(t, filepath.Join(dir, "base.raw"))
	run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", "base.raw", "base.vmdk")
	for i, below := range []string{"base.vmdk", "d1.vmdk"} {
		child := fmt.Sprintf("c%d.vmdk", i+1)
		run("qemu-img", "create", "-q", "-f", "vmdk", "-b", below, "-F", "vmdk", child)
		args := []string{"-f", "vmdk"}
		for k := range 60 {
			args = append(args, "-c", fmt.Sprintf("write -P %d %dk 100k", 0x10+i*60+k, 5000*k+i*77))
		}
		run("qemu-io", append(args, child)...)
		run("qemu-img", "convert", "-f", "vmdk", "-O", "vmdk", "-o", "subformat=streamOptimized", "-B", below, "-F", "vmdk", child, fmt.Sprintf("d%d.vmdk", i+1))
	}
	return paths
}

// equalImages fails the test unless two images have the same content.
func equalImages(t *testing.T, a, b image.Image) {
	t.Helper()
	if a.Size() != b.Size() {
		t.Fatalf("sizes %d and %d", a.Size(), b.Size())
	}
	p, q := make([]byte, 1<<20), make([]byte, 1<<20)
	for off := int64(0); off < a.Size(); off += int64(len(p)) {
		n, err := a.ReadAt(p, off)
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		k, err := b.ReadAt(q, off)
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if n != k || !bytes.Equal(p[:n], q[:k]) {
			t.Fatalf("content differs in the 1 MiB from byte %d on", off)
		}
	}
}
