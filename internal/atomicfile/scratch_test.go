package atomicfile_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/atomicfile"
)

func scratch(t *testing.T, name string) *atomicfile.Scratch {
	t.Helper()
	s, err := atomicfile.CreateScratch(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WriteFile("part", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// Files for which a scratch folder serves are written while it is there.
func TestScratch(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.ova")
	s, other := scratch(t, name), scratch(t, name)
	if i, err := s.Stat("."); err != nil || runtime.GOOS != "windows" && i.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v: want a folder that others cannot read", i.Mode(), err)
	}
	if err := atomicfile.WriteFile(name, []byte("new")); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*atomicfile.Scratch{s, other} {
		if _, err := f.Stat("part"); err != nil {
			t.Errorf("one that is used was removed: %v", err)
		}
		f.Remove()
	}
	wantNames(t, dir, "a.ova")
	if _, err := atomicfile.CreateScratch(filepath.Join(dir, "none", "a")); !os.IsNotExist(err) || !strings.Contains(err.Error(), "none") {
		t.Errorf("error %v, want one that the folder is not there", err)
	}
}
