package ova_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/ova"
)

// archive makes a tar archive of pairs of name and content; a name that ends in
// "@" becomes a symbolic link to the content.
func archive(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		h := &tar.Header{Name: members[i], Mode: 0o600, Size: int64(len(members[i+1])), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
		if name, ok := strings.CutSuffix(members[i], "@"); ok {
			h.Name, h.Typeflag, h.Linkname, h.Size = name, tar.TypeSymlink, members[i+1], 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := io.WriteString(w, members[i+1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadDescriptor(t *testing.T) {
	for name, c := range map[string]struct {
		data   []byte
		limits ova.Limits
		before int
		err    error
	}{
		"first":           {data: archive(t, "a.ovf", "<Envelope/>", "a.mf", "")},
		"capital letters": {data: archive(t, "A.OVF", "<Envelope/>")},
		"second":          {data: archive(t, "a.mf", "x", "a.ovf", "<Envelope/>"), before: 1},
		"two":             {data: archive(t, "a.ovf", "<Envelope/>", "b.ovf", "<Other/>")},
		"none":            {data: archive(t, "a.mf", "x"), err: ova.ErrNoDescriptor},
		"no member":       {data: archive(t), err: ova.ErrNoDescriptor},
		"empty":           {data: nil, err: ova.ErrNoDescriptor},
		"not an archive":  {data: bytes.Repeat([]byte("<Envelope/>"), 100), err: ova.ErrNotTar},
		"short":           {data: []byte("<Envelope/>"), err: io.ErrUnexpectedEOF},
		"link":            {data: archive(t, "a.ovf@", "/etc/passwd"), err: ova.ErrNoDescriptor},
		"too large":       {data: archive(t, "a.ovf", "<Envelope/>"), limits: ova.Limits{Descriptor: 10}, err: ova.ErrLimit},
		"just fits":       {data: archive(t, "a.ovf", "<Envelope/>"), limits: ova.Limits{Descriptor: 11}},
		"too many":        {data: archive(t, "a", "", "b", "", "c.ovf", "<Envelope/>"), limits: ova.Limits{Members: 2}, err: ova.ErrLimit},
		"cut":             {data: archive(t, "a.ovf", strings.Repeat("<Envelope/>", 100))[:700], err: io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := ova.ReadDescriptor(bytes.NewReader(c.data), c.limits)
			if c.err != nil {
				var e *ova.Error
				if !errors.Is(err, c.err) || !errors.As(err, &e) {
					t.Fatalf("error %v, want an *ova.Error of %v", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if string(d.Data) != "<Envelope/>" || d.Before != c.before {
				t.Errorf("got %q after %d members", d.Data, d.Before)
			}
		})
	}
}

// stingy fails when more is read than the descriptor needs.
type stingy struct {
	r    io.Reader
	left int
	t    *testing.T
}

func (s *stingy) Read(p []byte) (int, error) {
	if s.left <= 0 {
		s.t.Error("read on behind the descriptor")
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}

func TestStopsAfterDescriptor(t *testing.T) {
	data := archive(t, "a.ovf", "<Envelope/>", "disk.vmdk", strings.Repeat("x", 1<<20))
	if _, err := ova.ReadDescriptor(&stingy{bytes.NewReader(data), 1024, t}, ova.Limits{}); err != nil {
		t.Error(err)
	}
}

// A tar of another make is read too, and what comes out is what went in.
func TestSystemTar(t *testing.T) {
	if _, err := exec.LookPath("tar"); err != nil {
		t.Skip("tar is not installed")
	}
	dir := t.TempDir()
	want := strings.Repeat("<!-- long -->", 5000)
	for name, content := range map[string]string{"disk.vmdk": "disk", "größe.ovf": want} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, format := range []string{"ustar", "gnu", "posix", "v7"} {
		out, err := exec.Command("tar", "-C", dir, "--format="+format, "-cf", "-", "disk.vmdk", "größe.ovf").Output()
		if err != nil {
			t.Fatal(err)
		}
		d, err := ova.ReadDescriptor(bytes.NewReader(out), ova.Limits{})
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if string(d.Data) != want || d.Name != "größe.ovf" || d.Before != 1 {
			t.Errorf("%s: read %q of %d bytes after %d members", format, d.Name, len(d.Data), d.Before)
		}
		if got := ova.IsArchive(out[:512]); got != (format != "v7") {
			t.Errorf("%s: IsArchive is %v", format, got)
		}
	}
}

func FuzzReadDescriptor(f *testing.F) {
	f.Add(archive(f, "a.ovf", "<Envelope/>"))
	f.Add(archive(f, "a.mf", "x", "a.ovf", "<Envelope/>"))
	f.Add(archive(f, "a.ovf@", "b"))
	f.Add([]byte("<Envelope/>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := ova.ReadDescriptor(bytes.NewReader(data), ova.Limits{Descriptor: 1 << 16, Members: 100})
		switch {
		case err != nil && err.Error() == "":
			t.Error("an error without text")
		case err == nil && !bytes.Contains(data, d.Data):
			t.Error("the descriptor is not in the archive")
		case err == nil && len(d.Data) > 1<<16:
			t.Error("the limit is broken")
		}
	})
}
