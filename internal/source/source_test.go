package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func bytesContent(b []byte) Content { return Section(bytes.NewReader(b), 0, int64(len(b))) }

// Parts that are joined read as what they were cut from, at every place.
func TestJoin(t *testing.T) {
	data := content(1000)
	c := Join(bytesContent(data[:300]), bytesContent(nil), bytesContent(data[300:301]), bytesContent(data[301:]))
	if c.Size() != 1000 {
		t.Fatalf("size %d", c.Size())
	}
	for off := range 1002 {
		for _, n := range []int{0, 1, 2, 299, 700, 1000} {
			got, want := make([]byte, n), make([]byte, n)
			gn, gerr := c.ReadAt(got, int64(off))
			wn, werr := bytes.NewReader(data).ReadAt(want, int64(off))
			if n == 0 {
				werr = gerr // readers differ in that
			}
			if gn != wn || gerr != werr || !bytes.Equal(got[:gn], want[:wn]) {
				t.Fatalf("%d bytes at %d: %d, %v, want %d, %v", n, off, gn, gerr, wn, werr)
			}
		}
	}
	if _, err := c.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("a negative offset")
	}
}

// What was sealed reads as it was; any changed byte is an error at each read that
// would give it.
func TestSeal(t *testing.T) {
	for _, size := range []int{0, 1, SealBlock - 1, SealBlock, SealBlock + 1, 3*SealBlock + 100} {
		data := content(size)
		s := NewSealer(bytes.NewReader(data), int64(size))
		for off := 0; off < size; off += 2 * SealBlock {
			if s.Complete() {
				t.Fatal("complete too early")
			}
			if _, err := s.ReadAt(make([]byte, min(2*SealBlock, size-off)), int64(off)); err != nil {
				t.Fatal(err)
			}
		}
		now := bytes.Clone(data)
		c, err := s.Content(bytesContent(now))
		if err != nil {
			t.Fatal(err)
		}
		check := func() {
			t.Helper()
			for _, off := range []int{0, 1, size / 2, size - 1, SealBlock - 10, SealBlock} {
				if off < 0 || off >= size {
					continue
				}
				for _, n := range []int{1, 20, SealBlock, size - off} {
					got := make([]byte, n)
					m, err := c.ReadAt(got, int64(off))
					if !bytes.Equal(got[:m], data[off:off+m]) {
						t.Errorf("size %d: other bytes at %d", size, off)
					}
					if m < n && err == nil {
						t.Errorf("size %d: %d of %d bytes and no error", size, m, n)
					}
				}
			}
			if got, err := io.ReadAll(io.NewSectionReader(c, 0, int64(size))); (err == nil) != bytes.Equal(now, data) || !bytes.HasPrefix(data, got) {
				t.Errorf("size %d: %d bytes, %v", size, len(got), err)
			}
		}
		check()
		for _, at := range []int{0, size / 2, size - 1} {
			if at < 0 || at >= size {
				continue
			}
			now[at] ^= 1
			if c, err = s.Content(bytesContent(now)); err != nil {
				t.Fatal(err)
			}
			check()
			now[at] ^= 1
		}
		if _, err := s.Content(bytesContent(append(now, 0))); !errors.Is(err, ErrChanged) {
			t.Errorf("size %d: a longer content: %v", size, err)
		}
	}
}

func TestSpool(t *testing.T) {
	dir := t.TempDir()
	s := &Spooler{Dir: dir, Limit: 1000}
	ctx := context.Background()
	data := content(600)
	c, err := s.Spool(ctx, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 600)
	if _, err := c.ReadAt(got, 0); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%v", err)
	}
	if _, err := s.Spool(ctx, bytes.NewReader(data)); !errors.Is(err, ErrSpool) {
		t.Errorf("beyond the limit: %v", err)
	}
	if _, err := s.Spool(ctx, io.MultiReader(bytes.NewReader(data[:10]), failingReader{})); !errors.Is(err, errMedium) {
		t.Errorf("a reader that fails: %v", err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if c, err = s.Spool(ctx, bytes.NewReader(data)); err != nil {
		t.Errorf("when there is room again: %v", err)
	} else {
		c.Close()
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

var errMedium = errors.New("medium error")

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errMedium }

// A folder gives its own files and nothing else.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	for _, name := range []string{secret, filepath.Join(dir, "a")} {
		if err := os.WriteFile(name, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "sub"), 0o700), os.Symlink(secret, filepath.Join(dir, "out")), os.Symlink("a", filepath.Join(dir, "in"))); err != nil {
		t.Skip(err)
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx := context.Background()
	for _, name := range []string{"a", "in"} {
		if c, err := f.Open(ctx, name); err != nil || c.Size() != 4 {
			t.Errorf("%s: %v", name, err)
		} else {
			c.Close()
		}
	}
	for name, want := range map[string]error{"gone": os.ErrNotExist, "sub": ErrNotRegular, "out": nil, "../secret": nil, secret: nil} {
		if _, err := f.Open(ctx, name); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if _, err := f.Stat(ctx, name); err == nil {
			t.Errorf("%s has a size", name)
		}
	}
	if names, err := f.Names(10); err != nil || len(names) != 3 {
		t.Errorf("%q, %v", names, err)
	}
	if names, err := f.Names(1); err != nil || len(names) > 2 {
		t.Errorf("%q, %v", names, err)
	}
}
