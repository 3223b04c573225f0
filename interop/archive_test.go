package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/internal/ova"
)

// examplePackages are the examples that have all their files.
var examplePackages = []string{"petstore/petstore", "lamp-one/lamp-one", "lamp-two-tier/lamp", "extension/extension"}

// openExample opens one of the examples.
func openExample(t *testing.T, name string) *ovf.Package {
	t.Helper()
	p, err := ovf.Open(t.Context(), filepath.Join("..", "examples", filepath.FromSlash(name)+".ovf"), ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// packExample packs an example and returns the archive and the names in it.
func packExample(t *testing.T, name string) (archive string, names []string) {
	t.Helper()
	p := openExample(t, name)
	w := ovf.Writer{Name: filepath.Base(name)}
	archive = filepath.Join(t.TempDir(), filepath.Base(name)+".ova")
	stored, err := w.WriteFile(t.Context(), archive, p.Envelope, p.Sources())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stored {
		names = append(names, s.Name)
	}
	return archive, names
}

// listing asks Python's tarfile for the members: name, size, type, format.
const listing = `
import json, sys, tarfile
with open(sys.argv[1], "rb") as f, tarfile.open(sys.argv[1], "r:") as t:
    out = []
    for m in t:
        f.seek(m.offset)
        head = f.read(512)
        out.append({"name": m.name, "size": m.size, "file": m.isreg() and not m.issparse(), "pax": bool(m.pax_headers), "magic": head[257:265].hex()})
    json.dump({"members": out, "pax": bool(t.pax_headers)}, sys.stdout)
`

type tarfileMember struct {
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	File  bool   `json:"file"`
	Pax   bool   `json:"pax"`
	Magic string `json:"magic"`
}

func tarfile(t *testing.T, archive string) []tarfileMember {
	t.Helper()
	var out struct {
		Members []tarfileMember `json:"members"`
		Pax     bool            `json:"pax"`
	}
	if err := json.Unmarshal(run(t, exec.Command(need(t, "python3"), "-c", listing, archive)), &out); err != nil {
		t.Fatal(err)
	}
	if out.Pax {
		t.Error("tarfile finds a pax header")
	}
	return out.Members
}

// GNU tar, bsdtar and Python's tarfile list our archives as ustar, in order, and
// GNU tar unpacks the bytes that went in.
func TestTarPrograms(t *testing.T) {
	gnu, bsd := need(t, "tar"), need(t, "bsdtar")
	if !bytes.Contains(run(t, exec.Command(gnu, "--version")), []byte("GNU tar")) {
		missing(t, "tar is not GNU tar")
	}
	for _, name := range examplePackages {
		t.Run(name, func(t *testing.T) {
			archive, names := packExample(t, name)
			want := strings.Join(names, "\n") + "\n"
			if names[0] != filepath.Base(name)+".ovf" {
				t.Errorf("the first member is %s", names[0])
			}
			for _, program := range []string{gnu, bsd} {
				if got := string(run(t, exec.Command(program, "-tf", archive))); got != want {
					t.Errorf("%s lists:\n%swant:\n%s", program, got, want)
				}
			}
			verbose := exec.Command(bsd, "-tvvf", archive)
			if out, err := verbose.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("Archive Format: POSIX ustar format")) {
				t.Errorf("bsdtar says: %s, %v", out, err)
			}
			for i, m := range tarfile(t, archive) {
				if m.Name != names[i] || !m.File || m.Pax || m.Magic != fmt.Sprintf("%x", "ustar\x0000") {
					t.Errorf("member %d as tarfile sees it: %+v, want %s", i, m, names[i])
				}
			}
			dir := t.TempDir()
			run(t, exec.Command(gnu, "-C", dir, "-xf", archive))
			for _, n := range names {
				original, err := os.ReadFile(filepath.Join("..", "examples", filepath.Dir(name), filepath.FromSlash(n)))
				if n == names[0] || os.IsNotExist(err) { // sizes are filled in; the manifest is new
					continue
				}
				if got, readErr := os.ReadFile(filepath.Join(dir, filepath.FromSlash(n))); err != nil || readErr != nil || !bytes.Equal(got, original) {
					t.Errorf("%s differs: %v, %v", n, err, readErr)
				}
			}
			checksums(t, dir, names)
		})
	}
}

// checksums lets sha256sum check a manifest, in the form that it reads.
func checksums(t *testing.T, dir string, names []string) {
	t.Helper()
	mf := slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, ".mf") })
	data, err := os.ReadFile(filepath.Join(dir, names[mf]))
	if err != nil {
		t.Fatal(err)
	}
	turned := regexp.MustCompile(`(?m)^SHA256\((.*)\)= ([0-9a-f]{64})$`).ReplaceAll(data, []byte("$2  $1"))
	sum := exec.Command(need(t, "sha256sum"), "-c", "--strict", "-")
	sum.Dir, sum.Stdin = dir, bytes.NewReader(turned)
	out := string(run(t, sum))
	if got := strings.Count(out, ": OK\n"); got != len(names)-1 || got != bytes.Count(data, []byte("\n")) {
		t.Errorf("sha256sum finds %d of %d files right:\n%s", got, len(names)-1, out)
	}
}

// sparseFile is written with holes where the content is zeros.
type sparseFile struct{ *os.File }

func (f sparseFile) Write(p []byte) (int, error) {
	if len(p) < 1<<20 {
		return f.File.Write(p)
	}
	_, err := f.Seek(int64(len(p)), 1)
	return len(p), err
}

// A member beyond 8 GiB is what the programs see as one regular file of that size,
// and the member behind it is found.
func TestTarLarge(t *testing.T) {
	gnu, bsd := need(t, "tar"), need(t, "bsdtar")
	const size = 9<<30 + 5
	f, err := os.Create(filepath.Join(t.TempDir(), "large.ova"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := ova.NewWriter(sparseFile{f})
	if err := w.Begin("disk.img", size); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for left := int64(size); left > 0; {
		n, err := w.Write(zeros[:min(left, int64(len(zeros)))])
		if err != nil {
			t.Fatal(err)
		}
		left -= int64(n)
	}
	if err := w.Begin("behind", 3); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("yes")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{gnu, bsd} {
		out := string(run(t, exec.Command(program, "-tvf", f.Name())))
		if lines := strings.Split(out, "\n"); len(lines) != 3 || !strings.Contains(lines[0], fmt.Sprint(size)) || !strings.HasSuffix(lines[1], " behind") {
			t.Errorf("%s lists:\n%s", program, out)
		}
		if got := run(t, exec.Command(program, "-xOf", f.Name(), "behind")); string(got) != "yes" {
			t.Errorf("%s reads %q", program, got)
		}
	}
	if got := tarfile(t, f.Name()); len(got) != 2 || got[0].Size != size || !got[0].File || got[1].Name != "behind" {
		t.Errorf("tarfile lists %+v", got)
	}
}
