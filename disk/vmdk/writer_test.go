package vmdk_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// TestWriter writes both layouts; qemu-img must find them sound and equal to
// the source.
func TestWriter(t *testing.T) {
	for _, d := range qemutest.Disks() {
		for _, layout := range []string{"stream", "file"} {
			t.Run(d.Name+"/"+layout, func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "disk.vmdk")
				var w *vmdk.Writer
				var err error
				f := qemutest.Create(t, path)
				if layout == "stream" {
					w, err = vmdk.NewWriter(f, int64(len(d.Content)), vmdk.WriterOptions{})
				} else {
					w, err = vmdk.NewFileWriter(f, int64(len(d.Content)), vmdk.WriterOptions{})
				}
				if err != nil {
					t.Fatal(err)
				}
				qemutest.Feed(t, w, 1, d.Content)
				m := open(t, path)
				qemutest.Equal(t, m, m.Size(), d.Content)

				qemutest.Need(t, "qemu-img")
				raw := qemutest.Write(t, dir, "disk.raw", d.Content)
				qemutest.Compare(t, "vmdk", path, "raw", raw)
				qemutest.Run(t, dir, "qemu-img", "check", "-f", "vmdk", path)
			})
		}
	}
}

// TestWriterDeterministic: neither the number of goroutines nor the pieces in
// which content arrives may show in the output.
func TestWriterDeterministic(t *testing.T) {
	content := qemutest.Disks()[8].Content
	for _, level := range []int{1, 7} {
		var first []byte
		for _, workers := range []int{1, 2, 5} {
			var b bytes.Buffer
			w, err := vmdk.NewWriter(&b, int64(len(content)), vmdk.WriterOptions{Level: level, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if workers == 1 {
				if _, err := w.Write(content); err != nil {
					t.Fatal(err)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				first = b.Bytes()
				continue
			}
			qemutest.Feed(t, w, uint64(workers), content)
			if !bytes.Equal(b.Bytes(), first) {
				t.Errorf("level %d: the output with %d goroutines differs from that with one", level, workers)
			}
		}
	}
}

func TestWriterErrors(t *testing.T) {
	var b bytes.Buffer
	for _, size := range []int64{0, -1, 1 << 62} {
		var e *image.Error
		if _, err := vmdk.NewWriter(&b, size, vmdk.WriterOptions{}); !errors.As(err, &e) || e.Rule != image.RuleSize {
			t.Errorf("size %d: %v", size, err)
		}
	}
	for _, o := range []vmdk.WriterOptions{
		{Level: 10}, {Level: -1}, {Name: "../x"}, {Name: `a"b`},
		{Lineage: image.Lineage{ID: "cid:1"}}, {Lineage: image.Lineage{Parent: "uuid:12345678"}},
		{Lineage: image.Lineage{ID: "cid:ffffffff"}}, {Lineage: image.Lineage{Hint: "a\nCID=0"}},
	} {
		if _, err := vmdk.NewWriter(&b, 1<<20, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	w, err := vmdk.NewWriter(&b, 1000, vmdk.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 999)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != image.ErrShort {
		t.Errorf("Close too early: %v", err)
	}
	w, _ = vmdk.NewWriter(&b, 1000, vmdk.WriterOptions{})
	if _, err := w.Write(make([]byte, 1001)); err != image.ErrBeyondEnd {
		t.Errorf("Write too much: %v", err)
	}
	w, _ = vmdk.NewWriter(&b, 1<<20, vmdk.WriterOptions{Lineage: image.Lineage{Parent: "cid:00000001"}})
	if err := w.Skip(512); err == nil {
		t.Error("a child left out a part of a grain")
	}
}

// TestConcurrentReadAt reads an image from several goroutines, in pieces that
// share grains.
func TestConcurrentReadAt(t *testing.T) {
	content := qemutest.Disks()[8].Content
	var b bytes.Buffer
	w, err := vmdk.NewWriter(&b, int64(len(content)), vmdk.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	qemutest.Feed(t, w, 1, content)
	m, err := vmdk.Open(bytes.NewReader(b.Bytes()), int64(b.Len()), vmdk.Options{Limits: image.Limits{CacheSize: 4 * vmdk.GrainSize}})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range uint64(4) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(g, 1))
			p := make([]byte, 100_000)
			for range 100 {
				off := r.IntN(len(content))
				q := p[:min(1+r.IntN(len(p)), len(content)-off)]
				if n, err := m.ReadAt(q, int64(off)); n < len(q) || !bytes.Equal(q, content[off:off+len(q)]) {
					t.Errorf("%d bytes at %d: %d, %v", len(q), off, n, err)
				}
			}
		})
	}
	wg.Wait()
}
