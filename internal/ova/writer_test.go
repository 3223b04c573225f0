package ova_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/ova"
)

// write makes an archive of names and contents with the Writer.
func write(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := ova.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		if err := w.Begin(members[i], int64(len(members[i+1]))); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, members[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// archive/tar reads back what was written, in order, as ustar, with the fixed
// fields.
func TestWriter(t *testing.T) {
	long := strings.Repeat("d", 150) + "/" + strings.Repeat("n", 100)
	members := []string{"a.ovf", "<Envelope/>", "a.mf", "", "disks/größe.vmdk", strings.Repeat("x", 512), long, strings.Repeat("y", 1025)}
	data := write(t, members...)
	if len(data)%512 != 0 {
		t.Errorf("%d bytes are no whole blocks", len(data))
	}
	r := tar.NewReader(bytes.NewReader(data))
	for i := 0; i < len(members); i += 2 {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != members[i] || string(content) != members[i+1] {
			t.Errorf("member %q of %d bytes, want %q of %d", h.Name, len(content), members[i], len(members[i+1]))
		}
		if ascii := !strings.Contains(h.Name, "ö"); ascii && h.Format != tar.FormatUSTAR {
			t.Errorf("%s: format %v", h.Name, h.Format)
		}
		if h.Typeflag != tar.TypeReg || h.Mode != 0o644 || h.Uid != 0 || h.Gid != 0 || h.Uname+h.Gname != "" || h.ModTime.Unix() != 0 {
			t.Errorf("%s: header %+v", h.Name, h)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("behind the last member: %v", err)
	}
}

// The bytes are those of GNU tar for the same members.
func TestWriterLikeGNUTar(t *testing.T) {
	if out, err := exec.Command("tar", "--version").Output(); err != nil || !bytes.Contains(out, []byte("GNU tar")) {
		t.Skip("GNU tar is not installed")
	}
	dir := t.TempDir()
	members := []string{"a.ovf", "<Envelope/>", "disk.vmdk", strings.Repeat("x", 700), "sub/" + strings.Repeat("n", 99), "content"}
	args := []string{"-C", dir, "--format=ustar", "--owner=:0", "--group=:0", "--numeric-owner", "--mtime=@0", "--mode=0644", "-b1", "-cf", "-"}
	for i := 0; i < len(members); i += 2 {
		put(t, dir, members[i], members[i+1])
		args = append(args, members[i])
	}
	want, err := exec.Command("tar", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := write(t, members...); !bytes.Equal(got, want) {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("%d and %d bytes; the first difference is at byte %d of block %d", len(got), len(want), i%512, i/512)
			}
		}
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
}

// counter counts what it is given, and keeps the headers of a large archive.
type counter struct {
	n    int64
	kept bytes.Buffer
	keep func(off int64, n int) bool
}

func (c *counter) Write(p []byte) (int, error) {
	if c.keep(c.n, len(p)) {
		c.kept.Write(p)
	}
	c.n += int64(len(p))
	return len(p), nil
}

// A member from 8 GiB on has its size in the form of GNU tar, one below it in
// that of ustar; nothing of it is ever pax. The content is only counted.
func TestWriterLarge(t *testing.T) {
	chunk := make([]byte, 1<<20)
	for _, c := range []struct {
		size   int64
		binary bool
	}{{1<<33 - 1, false}, {1 << 33, true}, {20<<30 + 1, true}} {
		out := &counter{keep: func(off int64, n int) bool { return off == 0 || n < len(chunk)-1 && n <= 512 && n > 1 }}
		w := ova.NewWriter(out)
		if err := w.Begin("disk.vmdk", c.size); err != nil {
			t.Fatal(err)
		}
		for left := c.size; left > 0; {
			n, err := w.Write(chunk[:min(left, int64(len(chunk)))])
			if err != nil {
				t.Fatal(err)
			}
			left -= int64(n)
		}
		if err := w.Begin("next", 0); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if want := 512 + (c.size+511)/512*512 + 512 + 1024; out.n != want {
			t.Errorf("%d bytes: the archive has %d, want %d", c.size, out.n, want)
		}
		head := out.kept.Bytes()[:512]
		if got := head[124] == 0x80; got != c.binary || head[156] != '0' {
			t.Errorf("%d bytes: size field %q, type %q", c.size, head[124:136], head[156])
		}
		h, err := tar.NewReader(bytes.NewReader(head)).Next()
		if err != nil || h.Size != c.size {
			t.Errorf("%d bytes: read as %+v, %v", c.size, h, err)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		member string
		size   int64
		class  error
	}{
		"empty":         {"", 1, ova.ErrName},
		"absolute":      {"/etc/passwd", 1, ova.ErrName},
		"parent":        {"a/../b", 1, ova.ErrName},
		"dot":           {"./a", 1, ova.ErrName},
		"slash at end":  {"a/", 1, ova.ErrName},
		"backslash":     {`a\b`, 1, ova.ErrName},
		"NUL":           {"a\x00b", 1, ova.ErrName},
		"Latin-1":       {"gr\xf6\xdfe", 1, ova.ErrName},
		"too long":      {strings.Repeat("a", 101), 1, ova.ErrName},
		"tail too long": {"a/" + strings.Repeat("b", 101), 1, ova.ErrName},
		"head too long": {strings.Repeat("a", 156) + "/b", 1, ova.ErrName},
		"longest + 1":   {strings.Repeat("a", 155) + "/" + strings.Repeat("b", 101), 1, ova.ErrName},
		"size negative": {"a", -1, ova.ErrSize},
	} {
		err := ova.NewWriter(io.Discard).Begin(c.member, c.size)
		var e *ova.Error
		if !errors.Is(err, c.class) || !errors.As(err, &e) || e.Member != c.member {
			t.Errorf("%s: error %v, want an *ova.Error of %v", name, err, c.class)
		}
	}
	longest := strings.Repeat("a", 155) + "/" + strings.Repeat("b", 100)
	if err := ova.CheckMember(longest, 1); err != nil {
		t.Error(err)
	}
}

func TestWriterSizes(t *testing.T) {
	w := ova.NewWriter(io.Discard)
	if err := w.Begin("a", 3); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("four")); !errors.Is(err, ova.ErrSize) {
		t.Errorf("too much: %v", err)
	}
	if _, err := w.Write([]byte("tw")); err != nil {
		t.Error(err)
	}
	if err := w.Begin("b", 0); !errors.Is(err, ova.ErrSize) {
		t.Errorf("too little, then a member: %v", err)
	}
	if err := w.Close(); !errors.Is(err, ova.ErrSize) {
		t.Errorf("too little, then the end: %v", err)
	}
}

// Whatever name and size are taken, archive/tar reads the same ones.
func FuzzWriter(f *testing.F) {
	f.Add("a.ovf", int64(3))
	f.Add("größe/disk.vmdk", int64(1<<40))
	f.Add(strings.Repeat("a/", 100)+"b", int64(1<<33))
	f.Add("a\\b", int64(-1))
	f.Fuzz(func(t *testing.T, name string, size int64) {
		var b bytes.Buffer
		err := ova.NewWriter(&b).Begin(name, size)
		if (err == nil) != (ova.CheckMember(name, size) == nil) {
			t.Fatal("Begin and CheckMember differ")
		}
		if err != nil {
			return
		}
		h, err := tar.NewReader(&b).Next()
		if err != nil || h.Name != name || h.Size != size || h.Typeflag != tar.TypeReg {
			t.Errorf("read as %+v, %v", h, err)
		}
	})
}
