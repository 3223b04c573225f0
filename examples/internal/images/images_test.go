package images

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"hash"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/delta"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

var update = flag.Bool("update", false, "write the images anew")

const examples = "../.."

// folder gives the files of an example by their ids.
type folder struct {
	dir   string
	graph *disk.Graph
}

func (f folder) OpenFile(_ context.Context, id string) (disk.File, error) {
	for _, ref := range f.graph.Files {
		if ref.ID == id {
			file, err := os.Open(filepath.Join(f.dir, ref.Href))
			if err != nil {
				return nil, err
			}
			fi, err := file.Stat()
			return sized{file, fi.Size()}, err
		}
	}
	return nil, fmt.Errorf("no file %q", id)
}

type sized struct {
	*os.File
	size int64
}

func (s sized) Size() int64 { return s.size }

func graphOf(t *testing.T, a Appliance) (*disk.Graph, folder) {
	t.Helper()
	dir := filepath.Join(examples, a.Folder)
	text, err := os.ReadFile(filepath.Join(dir, a.Descriptor))
	if err != nil {
		t.Fatal(err)
	}
	env, _, err := envelope.Decode(text, envelope.DecodeOptions{Name: a.Descriptor})
	if err != nil {
		t.Fatal(err)
	}
	g, found := disk.NewGraph(env)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return g, folder{dir, g}
}

func rawImage(t *testing.T, b []byte) image.Image {
	t.Helper()
	m, err := raw.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// writeAll makes the images of an example.
func writeAll(t *testing.T, a Appliance, g *disk.Graph, dir string) {
	t.Helper()
	lineages := map[*disk.Disk]image.Lineage{}
	for _, d := range g.Disks {
		b := a.Content(d.ID)
		if b == nil {
			continue
		}
		f, err := os.Create(filepath.Join(dir, d.File.Href))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		o := disk.WriterOptions{Name: d.File.Href, Level: 9, Lineage: image.Lineage{ID: vmdk.ContentID(uint32(sum[0])<<24 | uint32(sum[1])<<16 | uint32(sum[2])<<8 | uint32(sum[3]))}}
		if d.Parent != nil {
			o.Lineage.Parent, o.Lineage.Hint = lineages[d.Parent].ID, d.Parent.File.Href
		}
		lineages[d] = o.Lineage
		w, err := disk.NewWriter(f, disk.VMDK, Capacity, o)
		if err != nil {
			t.Fatal(err)
		}
		if d.Parent == nil {
			err = image.Copy(t.Context(), w, rawImage(t, b), image.CopyOptions{})
		} else {
			err = delta.Diff(t.Context(), w, rawImage(t, b), rawImage(t, a.Content(d.Parent.ID)), delta.Options{})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// digester is a writer that only computes a digest.
type digester struct{ hash.Hash }

func (d digester) Skip(n int64) error {
	zeros := make([]byte, 64<<10)
	for ; n > 0; n -= int64(len(zeros)) {
		d.Write(zeros[:min(n, int64(len(zeros)))])
	}
	return nil
}

func (digester) Close() error { return nil }

// Every disk of the examples, flattened over its parents in one pass, has the digest
// of what was put on it; qemu-img finds the same.
func TestDigests(t *testing.T) {
	for _, a := range Appliances() {
		t.Run(a.Folder, func(t *testing.T) {
			g, files := graphOf(t, a)
			if *update {
				writeAll(t, a, g, files.dir)
			}
			var targets []disk.Target
			sums := map[string]digester{}
			for _, d := range g.Disks {
				if d.File == nil {
					if a.Content(d.ID) != nil {
						t.Errorf("the disk %s has content and no file", d.ID)
					}
					continue
				}
				sums[d.ID] = digester{sha256.New()}
				targets = append(targets, disk.Target{Disk: d.ID, Create: func(int64) (image.Writer, error) { return sums[d.ID], nil }})
			}
			if err := disk.Flatten(t.Context(), g, files, disk.Options{}, targets...); err != nil {
				t.Fatal(err)
			}
			for id, got := range sums {
				want := sha256.Sum256(a.Content(id))
				if !bytes.Equal(got.Sum(nil), want[:]) {
					t.Errorf("the disk %s has the digest %x, want %x", id, got.Sum(nil), want)
				}
				qemuDigest(t, g, files, id, want)
			}
		})
	}
}

// qemuDigest lets qemu-img flatten a disk.
func qemuDigest(t *testing.T, g *disk.Graph, files folder, id string, want [32]byte) {
	t.Helper()
	if _, err := exec.LookPath("qemu-img"); err != nil {
		t.Logf("not compared with qemu-img: %v", err)
		return
	}
	d, _ := g.Disk(id)
	path := filepath.Join(files.dir, d.File.Href)
	flat := filepath.Join(t.TempDir(), "flat.raw")
	for _, args := range [][]string{{"check", "-q", "-f", "vmdk", path}, {"convert", "-f", "vmdk", "-O", "raw", path, flat}} {
		if out, err := exec.Command("qemu-img", args...).CombinedOutput(); err != nil {
			t.Fatalf("qemu-img %v: %v\n%s", args, err, out)
		}
	}
	b, err := os.ReadFile(flat)
	if err != nil {
		t.Fatal(err)
	}
	if sha256.Sum256(b) != want {
		t.Errorf("qemu-img reads another disk %s", id)
	}
}

// What sharing a base saves is in docs/disks.md.
func TestSizes(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(examples, "..", "docs", "disks.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range Appliances() {
		g, files := graphOf(t, a)
		shared, full := int64(0), int64(0)
		for _, d := range g.Disks {
			if d.File == nil {
				continue
			}
			fi, err := os.Stat(filepath.Join(files.dir, d.File.Href))
			if err != nil {
				t.Fatal(err)
			}
			shared += fi.Size()
			for range d.Users {
				full += fullSize(t, a.Content(d.ID))
			}
		}
		if a.Folder != "lamp-one" && 2*shared > 3*full {
			t.Errorf("%s: %d bytes shared, %d as full images", a.Folder, shared, full)
		}
		if line := fmt.Sprintf("| `%s` | %d | %d |", a.Folder, shared, full); !strings.Contains(string(doc), line) {
			t.Errorf("docs/disks.md has no line %q", line)
		}
	}
}

// fullSize returns the size of an image that stands alone.
func fullSize(t *testing.T, content []byte) int64 {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "full.vmdk"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := disk.NewWriter(f, disk.VMDK, Capacity, disk.WriterOptions{Level: 9})
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Copy(t.Context(), w, rawImage(t, content), image.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return fi.Size()
}
