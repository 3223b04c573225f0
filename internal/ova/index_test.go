package ova_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/ova"
)

// members reads an archive to its end.
func members(a *ova.Reader) ([]ova.Member, error) {
	var out []ova.Member
	for {
		m, err := a.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, *m)
	}
}

func rulesOf(l diag.List) []string {
	var out []string
	for _, d := range l {
		out = append(out, d.Rule)
	}
	return out
}

// What GNU tar writes in any format is read as GNU tar wrote it, and the format is
// noted.
func TestIndexSystemTar(t *testing.T) {
	if _, err := exec.LookPath("tar"); err != nil {
		t.Skip("tar is not installed")
	}
	dir := t.TempDir()
	long := strings.Repeat("d", 90) + "/" + strings.Repeat("f", 90)
	contents := map[string]string{"a.ovf": "<Envelope/>", "empty": "", "block": strings.Repeat("x", 512), long: "long"}
	for name, c := range contents {
		put(t, dir, name, c)
	}
	very := strings.Repeat("n", 150)
	for format, rules := range map[string][]string{"ustar": nil, "gnu": {"archive-gnu"}, "posix": {"archive-pax"}, "v7": {"archive-v7"}} {
		names := []string{"a.ovf", "empty", "block"}
		if format != "v7" {
			names = append(names, long)
		}
		if format == "gnu" || format == "posix" {
			put(t, dir, very, "very")
			contents[very] = "very"
			names = append(names, very)
		}
		data, err := exec.Command("tar", append([]string{"-C", dir, "--format=" + format, "-cf", "-"}, names...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		a := ova.NewReaderAt(bytes.NewReader(data), int64(len(data)), "x.ova", 0)
		list, err := members(a)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if got := rulesOf(a.Diagnostics()); !slices.Equal(got, rules) {
			t.Errorf("%s: %q, want %q", format, got, rules)
		}
		var got []string
		for _, m := range list {
			got = append(got, m.Name)
			if c := string(data[m.Offset : m.Offset+m.Size]); c != contents[m.Name] {
				t.Errorf("%s: %s is %q", format, m.Name, c)
			}
		}
		if !slices.Equal(got, names) {
			t.Errorf("%s: %q, want %q", format, got, names)
		}
	}
}

// A member of more than 8 GiB is read in the form of GNU and in that of PAX.
func TestIndexLarge(t *testing.T) {
	const size = 9 << 30
	for _, format := range []tar.Format{tar.FormatGNU, tar.FormatPAX} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: "disk", Size: size, Typeflag: tar.TypeReg, Format: format}); err != nil {
			t.Fatal(err)
		}
		r := &sparse{head: b.Bytes(), size: int64(b.Len()) + size + 1024}
		a := ova.NewReaderAt(r, r.size, "x.ova", 0)
		list, err := members(a)
		if err != nil || len(list) != 1 || list[0].Size != size || a.Diagnostics().HasErrors() {
			t.Errorf("%v: %v, %v, %v", format, list, err, a.Diagnostics())
		}
		if r.read > 64<<10 {
			t.Errorf("%v: %d bytes were read", format, r.read)
		}
	}
}

// sparse is some bytes and zeros behind them.
type sparse struct {
	head []byte
	size int64
	read int
}

func (s *sparse) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), s.size-off))
	clear(p[:n])
	if off < int64(len(s.head)) {
		copy(p[:n], s.head[off:])
	}
	s.read += n
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// failing fails at an offset.
type failing struct {
	data []byte
	at   int64
}

var errMedium = errors.New("medium error")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, errMedium
	}
	return bytes.NewReader(f.data).ReadAt(p, off)
}

// An error of the medium is no fault of the archive.
func TestIndexReadError(t *testing.T) {
	data := archive(t, "a.ovf", "<Envelope/>", "b", "x")
	for at := int64(0); at < int64(len(data)); at += 512 {
		a := ova.NewReaderAt(failing{data, at}, int64(len(data)), "x.ova", 0)
		if _, err := members(a); !errors.Is(err, errMedium) {
			t.Errorf("at %d: %v", at, err)
		}
		if len(a.Diagnostics()) > 0 {
			t.Errorf("at %d: %v", at, a.Diagnostics())
		}
	}
}

// repaired gives every block that looks like a header the right checksum, so that
// fuzzing comes behind it. Blocks with a checksum of other bytes than digits are
// left.
func repaired(data []byte) []byte {
	data = bytes.Clone(data)
	for b := data; len(b) >= 512; b = b[512:] {
		if string(b[257:262]) != "ustar" || strings.Trim(string(b[148:156]), "01234567 \x00") != "" {
			continue
		}
		copy(b[148:156], "        ")
		sum := 0
		for _, c := range b[:512] {
			sum += int(c)
		}
		copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum))
	}
	return data
}

// Both ways of reading find the same, and no more than package archive/tar: what
// that reads otherwise, or not at all, is refused.
func FuzzReader(f *testing.F) {
	f.Add(archive(f, "a.ovf", "<Envelope/>", "disk.vmdk", strings.Repeat("x", 700)))
	f.Add(archive(f, "a.ovf", "<Envelope/>", "link@", "/etc/passwd"))
	f.Add(archive(f, "../a.ovf", "<Envelope/>"))
	f.Add(archive(f, "a", "", "A", ""))
	for _, format := range []tar.Format{tar.FormatGNU, tar.FormatPAX} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		w.WriteHeader(&tar.Header{Name: strings.Repeat("n", 200), Size: 3, Typeflag: tar.TypeReg, Format: format})
		w.Write([]byte("abc"))
		w.WriteHeader(&tar.Header{Name: "dir/", Typeflag: tar.TypeDir, Format: format})
		w.Close()
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = repaired(data)
		at := ova.NewReaderAt(bytes.NewReader(data), int64(len(data)), "x.ova", 100)
		list, err := members(at)
		pass := ova.NewReader(bytes.NewReader(data), "x.ova", 100)
		list2, err2 := members(pass)
		if fmt.Sprint(list, err) != fmt.Sprint(list2, err2) || !slices.Equal(rulesOf(at.Diagnostics()), rulesOf(pass.Diagnostics())) {
			t.Fatalf("at: %v %v %v\npass: %v %v %v", list, err, at.Diagnostics(), list2, err2, pass.Diagnostics())
		}
		var d *diag.Diagnostic
		if err != nil && !errors.As(err, &d) {
			t.Fatalf("%T %v", err, err)
		}
		if err != nil || at.Diagnostics().HasErrors() {
			return
		}
		// tar.Reader knows no "./" as the same name
		var want []string
		r := tar.NewReader(bytes.NewReader(data))
		for {
			h, err := r.Next()
			if err == io.EOF {
				break
			}
			if errors.Is(err, tar.ErrHeader) {
				return // it also reads owners, times and modes, which mean nothing here
			}
			if err != nil {
				t.Fatalf("archive/tar: %v", err)
			}
			if h.Typeflag == tar.TypeXGlobalHeader || h.Typeflag == tar.TypeDir {
				continue
			}
			c, err := io.ReadAll(r)
			if err != nil {
				t.Fatalf("archive/tar: %v", err)
			}
			want = append(want, strings.TrimPrefix(h.Name, "./")+"\x00"+string(c))
		}
		var got []string
		for _, m := range list {
			got = append(got, m.Name+"\x00"+string(data[m.Offset:m.Offset+m.Size]))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("members %q, archive/tar %q", got, want)
		}
	})
}
