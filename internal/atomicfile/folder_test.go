package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/internal/atomicfile"
)

func folder(t *testing.T, name string) *atomicfile.Folder {
	t.Helper()
	d, err := atomicfile.CreateFolder(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Mkdir("sub", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := d.WriteFile("sub/a", []byte("content"), 0o666); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"empty", "new"} {
		name := filepath.Join(dir, n)
		d := folder(t, name)
		if _, err := os.Stat(filepath.Join(name, "sub")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("content is there before the end: %v", err)
		}
		if err := d.Commit(); err != nil {
			t.Fatal(err)
		}
		d.Discard()
		wantContent(t, filepath.Join(name, "sub", "a"), "content")
	}
	wantNames(t, dir, "empty", "new")
}

func TestFolderDiscard(t *testing.T) {
	dir := t.TempDir()
	d := folder(t, filepath.Join(dir, "a"))
	d.Discard()
	wantNames(t, dir)
}

// What others put there in the meantime is not lost.
func TestFolderFilled(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	d := folder(t, name)
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(name, "theirs"), "x", 0o600)
	if err := d.Commit(); err == nil {
		t.Error("the folder was replaced")
	}
	wantNames(t, dir, "a")
	wantNames(t, name, "theirs")
}

func TestFolderRefuses(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "x", 0o600)
	for _, name := range []string{dir, filepath.Join(dir, "file")} {
		if _, err := atomicfile.CreateFolder(name); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: error %v, want that it exists", name, err)
		}
	}
	wantNames(t, dir, "file")
}
