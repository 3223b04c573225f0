package atomicfile

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, data := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The new folder replaces the old one as a whole; what is kept is the same file.
func TestReplaceFolder(t *testing.T) {
	for name, exchange := range map[string]func(a, b string) error{"at once": swap, "by two": swapByTwo} {
		dir := t.TempDir()
		target := filepath.Join(dir, "out")
		fill(t, target, map[string]string{"disk": "content", "old": "old"})
		before, err := os.Stat(filepath.Join(target, "disk"))
		if err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(dir, "other")
		fill(t, other, map[string]string{"x": "x"})
		if err := exchange(other, target); err != nil {
			t.Fatal(err)
		}
		if err := exchange(other, target); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(other); err != nil {
			t.Fatal(err)
		}
		d, err := ReplaceFolder(target)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.WriteFile("new", []byte("new"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := d.Mkdir("disks", 0o700); err != nil {
			t.Fatal(err)
		}
		if err := d.Keep("disk", "disks/disk"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(target, "old")); err != nil {
			t.Errorf("%s: gone before the end: %v", name, err)
		}
		if err := d.Commit(); err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(filepath.Join(target, "disks/disk"))
		if err != nil || !os.SameFile(before, after) {
			t.Errorf("%s: the file that was kept is another one: %v", name, err)
		}
		for _, gone := range []string{"old", "disk"} {
			if _, err := os.Stat(filepath.Join(target, gone)); !os.IsNotExist(err) {
				t.Errorf("%s: %s: %v", name, gone, err)
			}
		}
		if list, _ := os.ReadDir(dir); len(list) != 1 {
			t.Errorf("%s: left %v", name, list)
		}
	}
}

// Discard leaves the old folder; links are not followed.
func TestReplaceFolderDiscard(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "out")
	fill(t, dir, map[string]string{"secret/key": "key", "out/old": "old"})
	for link, to := range map[string]string{"link": "../secret/key", "folder": "../secret"} {
		if err := os.Symlink(to, filepath.Join(target, link)); err != nil {
			t.Skip(err)
		}
	}
	d, err := ReplaceFolder(target)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "folder/key", "../secret/key", "none"} {
		if err := d.Keep(name, "kept"); err == nil {
			t.Errorf("%s was kept", name)
		}
	}
	d.Discard()
	if _, err := os.Stat(filepath.Join(target, "old")); err != nil {
		t.Error(err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("left %v", list)
	}
	if _, err := ReplaceFolder(filepath.Join(target, "old")); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// What a killed process has left is removed; what is being written is not.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "out")
	for _, name := range []string{".out.ABCDEFGHIJ", ".out.short", ".outABCDEFGHIJK", ".other.ABCDEFGHIJ"} {
		fill(t, filepath.Join(dir, name), map[string]string{"disk": "half"})
	}
	first, err := CreateFolder(target)
	if err != nil {
		t.Fatal(err)
	}
	second, err := CreateFolder(target)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.WriteFile("x", nil, 0o600); err != nil {
		t.Errorf("the second writer removed the folder of the first: %v", err)
	}
	second.Discard()
	if err := first.Commit(); err != nil {
		t.Error(err)
	}
	list, _ := os.ReadDir(dir)
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	if runtime.GOOS != "windows" && !slices.Equal(names, []string{".other.ABCDEFGHIJ", ".out.short", ".outABCDEFGHIJK", "out"}) {
		t.Errorf("left are %v", names)
	}
}
