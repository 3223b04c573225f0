package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/atomicfile"
)

// names returns what is in a folder, hidden names included.
func names(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := names(t, dir); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("the folder has %q, want %q", got, want)
	}
}

func wantContent(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || string(got) != want {
		t.Errorf("%s has %q, %v; want %q", name, got, err, want)
	}
}

func put(t *testing.T, name, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func TestCommit(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	for _, content := range []string{"new", "other"} {
		f, err := atomicfile.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(content); err != nil {
			t.Fatal(err)
		}
		if content == "new" {
			if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the name is there before the end: %v", err)
			}
		} else {
			wantContent(t, name, "new")
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		f.Discard()
		wantContent(t, name, content)
		wantNames(t, dir, "a")
		if err := f.Commit(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("second Commit: %v", err)
		}
	}
}

func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "old"), "old", 0o600)
	for _, name := range []string{"old", "new"} {
		f, err := atomicfile.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("half"); err != nil {
			t.Fatal(err)
		}
		f.Discard()
		f.Discard()
	}
	wantNames(t, dir, "old")
	wantContent(t, filepath.Join(dir, "old"), "old")
}

// A file that came in the meantime is replaced, as a rename does.
func TestCommitOverNewcomer(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	f, err := atomicfile.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("mine"); err != nil {
		t.Fatal(err)
	}
	put(t, name, "theirs", 0o600)
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	wantContent(t, name, "mine")
	wantNames(t, dir, "a")
}

// A commit that fails leaves the old content and nothing else.
func TestCommitFails(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	f, err := atomicfile.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(name, "b"), 0o700); err != nil { // a folder now has the name
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil || !strings.Contains(err.Error(), name+": ") {
		t.Errorf("error %v, want one with the name", err)
	}
	wantNames(t, dir, "a")
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "old")
	put(t, name, "old", 0o640)
	put(t, filepath.Join(dir, "plain"), "", 0o666) // what the umask leaves
	for _, n := range []string{"old", "new"} {
		if err := atomicfile.WriteFile(filepath.Join(dir, n), []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	mode := func(n string) fs.FileMode {
		i, err := os.Stat(filepath.Join(dir, n))
		if err != nil {
			t.Fatal(err)
		}
		return i.Mode()
	}
	if got := mode("old"); got != 0o640 {
		t.Errorf("the replaced file has mode %v, want that of before", got)
	}
	if got, want := mode("new"), mode("plain"); got != want {
		t.Errorf("a new file has mode %v, want %v", got, want)
	}
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "old", 0o600)
	link := filepath.Join(dir, "link")
	if err := os.Symlink("file", link); err != nil {
		t.Skip(err)
	}
	if err := atomicfile.WriteFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, filepath.Join(dir, "file"), "new")
	if i, err := os.Lstat(link); err != nil || i.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", i, err)
	}
}

func TestDevice(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no /dev/null")
	}
	before, err := os.Stat(os.DevNull)
	if err != nil {
		t.Skip(err)
	}
	if err := atomicfile.WriteFile(os.DevNull, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(os.DevNull); err != nil || !os.SameFile(before, after) {
		t.Errorf("the device was replaced: %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{dir, filepath.Join(dir, "none", "a")} {
		if _, err := atomicfile.Create(name); err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%s: error %v, want one with the name", name, err)
		}
	}
	wantNames(t, dir)
}

// What a killed process has left is removed by the next one; what another writes
// at the time is not.
func TestSweep(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no marks on Windows")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	put(t, filepath.Join(dir, ".a.ABCDEFGHIJ"), "left", 0o600)
	put(t, filepath.Join(dir, ".a.backup"), "of the user", 0o600)
	put(t, filepath.Join(dir, ".b.ABCDEFGHIJ"), "another's", 0o600)
	other, err := atomicfile.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.WriteFile(name, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := other.Commit(); err != nil {
		t.Errorf("another was swept away: %v", err)
	}
	wantNames(t, dir, ".a.backup", ".b.ABCDEFGHIJ", "a")
}
