package vmdk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// flatten copies a chain to a raw file and returns its content.
func flatten(t testing.TB, layers ...image.Image) []byte {
	t.Helper()
	c, err := image.NewChain(image.Limits{}, layers...)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "flat.raw")
	f := qemutest.Create(t, path)
	w, err := raw.NewFileWriter(f, c.Size())
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Copy(context.Background(), w, c, image.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestReadQemuChain reads three layers that qemu-img and qemu-io made, sparse
// and stream-optimized, and compares with what qemu-img makes of them.
func TestReadQemuChain(t *testing.T) {
	qemutest.Need(t, "qemu-img", "qemu-io")
	const size = 40<<20 + 5*512
	content := make([]byte, size)
	for _, d := range qemutest.Disks() {
		if d.Name == "mixed" {
			copy(content, d.Content)
			copy(content[35<<20:], d.Content)
		}
	}
	for _, base := range []string{"monolithicSparse", "streamOptimized", "twoGbMaxExtentSparse", "monolithicFlat"} {
		for _, child := range []string{"monolithicSparse", "streamOptimized"} {
			t.Run(base+"/"+child, func(t *testing.T) {
				dir := t.TempDir()
				run := func(program string, args ...string) { t.Helper(); qemutest.Run(t, dir, program, args...) }
				qemutest.Write(t, dir, "base.raw", content)
				run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat="+base, "base.raw", "base.vmdk")
				layers := []image.Image{open(t, filepath.Join(dir, "base.vmdk"))}
				below := "base.vmdk"
				for i, write := range [][]string{
					{"write -P 0xaa 128k 64k", "write -P 0xbb 1m 200k", "write -z 2m 128k", "write -P 1 40m 2560"},
					{"write -P 0xcc 160k 4k", "write -P 0 1m 64k", "write -P 0xdd 20m 1m", "write -z 21m 64k"},
				} {
					sparse, stream := fmt.Sprintf("c%d.vmdk", i), fmt.Sprintf("s%d.vmdk", i)
					run("qemu-img", "create", "-q", "-f", "vmdk", "-b", below, "-F", "vmdk", sparse)
					args := []string{"-f", "vmdk"}
					for _, w := range write {
						args = append(args, "-c", w)
					}
					run("qemu-io", append(args, sparse)...)
					name := sparse
					if child == "streamOptimized" {
						run("qemu-img", "convert", "-f", "vmdk", "-O", "vmdk", "-o", "subformat=streamOptimized", "-B", below, "-F", "vmdk", sparse, stream)
						name = stream
					}
					layers = append(layers, open(t, filepath.Join(dir, name)))
					below = name
				}
				for i, l := range layers[1:] {
					if n, err := image.Allocated(l); err != nil || n == 0 || n > 4<<20 {
						t.Errorf("child %d stores %d bytes, %v", i+1, n, err)
					}
				}
				run("qemu-img", "convert", "-f", "vmdk", "-O", "raw", below, "want.raw")
				want, err := os.ReadFile(filepath.Join(dir, "want.raw"))
				if err != nil {
					t.Fatal(err)
				}
				if got := flatten(t, layers...); !bytes.Equal(got, want) {
					t.Error("the flattened chain differs from what qemu-img makes of it")
				}
				if _, err := layers[2].ReadAt(make([]byte, size), 0); !errors.Is(err, image.ErrNeedsParent) {
					t.Errorf("the child alone: %v", err)
				}
			})
		}
	}
}

// TestWriteChild writes children that qemu-img must read over their parent, and
// that hold exactly the grains that were written.
func TestWriteChild(t *testing.T) {
	const size = 3<<20 + 512
	base := make([]byte, size)
	for i := range base {
		base[i] = byte(i >> 9)
	}
	dir := t.TempDir()
	write := func(name string, o vmdk.WriterOptions, feed func(w image.Writer)) *vmdk.Image {
		t.Helper()
		f := qemutest.Create(t, filepath.Join(dir, name))
		w, err := vmdk.NewFileWriter(f, size, o)
		if err != nil {
			t.Fatal(err)
		}
		feed(w)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return open(t, filepath.Join(dir, name))
	}
	b := write("base.vmdk", vmdk.WriterOptions{}, func(w image.Writer) { w.Write(base) })
	want := append([]byte(nil), base...)
	kinds := map[int64]image.Kind{}
	c := write("child.vmdk", vmdk.WriterOptions{Lineage: image.Lineage{Parent: b.Lineage().ID, Hint: "base.vmdk"}}, func(w image.Writer) {
		for g := int64(0); g*vmdk.GrainSize < size; g++ {
			part := want[g*vmdk.GrainSize : min((g+1)*vmdk.GrainSize, size)]
			kinds[g] = image.Data
			switch g % 4 {
			case 0:
				clear(part) // zeros over content
			case 1:
				part[100] ^= 0xff
			default:
				kinds[g] = image.Absent
			}
			var err error
			if kinds[g] == image.Absent {
				err = w.Skip(int64(len(part)))
			} else {
				_, err = w.Write(part)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	for g, kind := range kinds {
		if e, err := c.ExtentAt(g*vmdk.GrainSize, 1); err != nil || e.Kind != kind {
			t.Errorf("grain %d: %v %v, want %v", g, e.Kind, err, kind)
		}
	}
	if got := flatten(t, b, c); !bytes.Equal(got, want) {
		t.Error("the chain differs")
	}
	if b.Lineage().ID == c.Lineage().ID {
		t.Errorf("parent and child have the same content ID %s", c.Lineage().ID)
	}
	qemutest.Need(t, "qemu-img")
	qemutest.Compare(t, "vmdk", filepath.Join(dir, "child.vmdk"), "raw", qemutest.Write(t, dir, "want.raw", want))
	qemutest.Run(t, dir, "qemu-img", "check", "-f", "vmdk", "child.vmdk")
}
