package vhd_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/vhd"
)

func open(t testing.TB, path string) *vhd.Image {
	t.Helper()
	f, size := qemutest.Open(t, path)
	m, err := vhd.Open(f, size, image.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return m
}

// TestReadQemu reads what qemu-img writes in both subformats, with the exact
// size and with one that it rounds up to a geometry.
func TestReadQemu(t *testing.T) {
	qemutest.Need(t, "qemu-img")
	for i, d := range qemutest.Disks() {
		for _, options := range []string{
			"subformat=dynamic,force_size=on", "subformat=fixed,force_size=on", "subformat=dynamic", "subformat=fixed",
		} {
			if i%2 > 0 && strings.HasPrefix(options, "subformat=fixed") {
				continue
			}
			t.Run(d.Name+"/"+options, func(t *testing.T) {
				dir := t.TempDir()
				raw := qemutest.Write(t, dir, "disk.raw", d.Content)
				path := filepath.Join(dir, "disk.vhd")
				qemutest.Run(t, dir, "qemu-img", "convert", "-f", "raw", "-O", "vpc", "-o", options, raw, path)
				m := open(t, path)
				want := d.Content
				if more := m.Size() - int64(len(want)); more > 0 && !strings.Contains(options, "force_size") {
					if more > 1<<20 {
						t.Fatalf("size %d of a disk of %d", m.Size(), len(want))
					}
					want = append(append([]byte(nil), want...), make([]byte, more)...)
				}
				qemutest.Equal(t, m, m.Size(), want)
				qemutest.Run(t, dir, "qemu-img", "convert", "-f", "vpc", "-O", "raw", path, "want.raw")
				theirs, err := os.ReadFile(filepath.Join(dir, "want.raw"))
				if err != nil || !bytes.Equal(theirs, want) {
					t.Errorf("qemu-img reads %d bytes that differ, %v", len(theirs), err)
				}
			})
		}
	}
}

// TestWriter writes both kinds; qemu-img must find them equal to the source,
// and the output must not depend on the pieces in which content arrives.
func TestWriter(t *testing.T) {
	for _, d := range qemutest.Disks() {
		for _, kind := range []vhd.Type{vhd.Dynamic, vhd.Fixed} {
			t.Run(d.Name+"/"+kind.String(), func(t *testing.T) {
				dir := t.TempDir()
				var files [2][]byte
				path := filepath.Join(dir, "disk.vhd")
				for i := range files {
					f := qemutest.Create(t, path)
					var w *vhd.Writer
					var err error
					if kind == vhd.Dynamic {
						w, err = vhd.NewWriter(f, int64(len(d.Content)), vhd.WriterOptions{})
					} else {
						w, err = vhd.NewFixedWriter(f, int64(len(d.Content)), vhd.WriterOptions{})
					}
					if err != nil {
						t.Fatal(err)
					}
					qemutest.Feed(t, w, uint64(i), d.Content)
					if files[i], err = os.ReadFile(path); err != nil {
						t.Fatal(err)
					}
				}
				if !bytes.Equal(files[0], files[1]) {
					t.Error("the output depends on the pieces")
				}
				m := open(t, path)
				if m.Type() != kind {
					t.Errorf("type %s", m.Type())
				}
				qemutest.Equal(t, m, m.Size(), d.Content)
				qemutest.Need(t, "qemu-img")
				qemutest.Compare(t, "vpc", path, "raw", qemutest.Write(t, dir, "disk.raw", d.Content))
			})
		}
	}
}
