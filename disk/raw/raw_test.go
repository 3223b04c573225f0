package raw_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/raw"
)

func open(t testing.TB, path string) *raw.Image {
	t.Helper()
	f, size := qemutest.Open(t, path)
	m, err := raw.Open(f, size)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestWriter writes to a sparse file and to a stream; both must be the content.
func TestWriter(t *testing.T) {
	disks := append(qemutest.Disks(), qemutest.Disk{Name: "odd size", Content: bytes.Repeat([]byte{1, 0}, 70_001)[1:]})
	for _, d := range disks {
		t.Run(d.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "disk.raw")
			w, err := raw.NewFileWriter(qemutest.Create(t, path), int64(len(d.Content)))
			if err != nil {
				t.Fatal(err)
			}
			qemutest.Feed(t, w, 1, d.Content)
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, d.Content) {
				t.Errorf("the file has %d bytes, %v, equal %v", len(got), err, bytes.Equal(got, d.Content))
			}
			m := open(t, path)
			qemutest.Equal(t, m, m.Size(), d.Content)

			var b bytes.Buffer
			if w, err = raw.NewWriter(&b, int64(len(d.Content))); err != nil {
				t.Fatal(err)
			}
			qemutest.Feed(t, w, 2, d.Content)
			if !bytes.Equal(b.Bytes(), d.Content) {
				t.Error("the stream differs")
			}
		})
	}
}

// TestHoles: holes are found where the system can tell, and a copy of a sparse
// file is sparse.
func TestHoles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("not every file system of this system has holes")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "sparse.raw")
	f := qemutest.Create(t, path)
	const size = 1 << 40
	f.WriteAt(bytes.Repeat([]byte{7}, 64<<10), 1<<30)
	f.WriteAt(bytes.Repeat([]byte{8}, 64<<10), 600<<30)
	if err := f.Truncate(size); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	m := open(t, path)
	got := ""
	for e, err := range image.Extents(m) {
		if err != nil {
			t.Fatal(err)
		}
		got += fmt.Sprintf("%s %d+%d\n", e.Kind, e.Offset, e.Length)
	}
	want := fmt.Sprintf("zero 0+%d\ndata %d+65536\nzero %d+%d\ndata %d+65536\nzero %d+%d\n", 1<<30, 1<<30,
		1<<30+64<<10, 599<<30-64<<10, 600<<30, 600<<30+64<<10, size-600<<30-64<<10)
	if got != want {
		t.Skipf("the file system keeps other extents than were written:\n%s", got)
	}
	out := filepath.Join(dir, "copy.raw")
	w, err := raw.NewFileWriter(qemutest.Create(t, out), size)
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Copy(context.Background(), w, m, image.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := image.Allocated(open(t, out)); err != nil || n != 2*64<<10 {
		t.Errorf("the copy of 1 TiB stores %d bytes, %v; want %d", n, err, 2*64<<10)
	}
}

func TestErrors(t *testing.T) {
	var e *image.Error
	if _, err := raw.Open(nil, -1); !errors.As(err, &e) || e.Rule != image.RuleSize {
		t.Errorf("size -1: %v", err)
	}
	if _, err := raw.NewWriter(io.Discard, 0); !errors.As(err, &e) || e.Rule != image.RuleSize {
		t.Errorf("size 0: %v", err)
	}
	w, _ := raw.NewWriter(io.Discard, 10)
	if _, err := w.Write(make([]byte, 11)); err != image.ErrBeyondEnd {
		t.Errorf("too much: %v", err)
	}
	w, _ = raw.NewWriter(io.Discard, 10)
	if err := w.Skip(-1); err != image.ErrBeyondEnd {
		t.Errorf("backwards: %v", err)
	}
	w, _ = raw.NewWriter(io.Discard, 10)
	if err := w.Close(); err != image.ErrShort {
		t.Errorf("too little: %v", err)
	}
	m, err := raw.Open(bytes.NewReader(make([]byte, 5)), 10)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := m.ReadAt(make([]byte, 10), 0); n != 5 || err != io.ErrUnexpectedEOF {
		t.Errorf("a file that became shorter: %d, %v", n, err)
	}
}
