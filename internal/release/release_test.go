package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Two releases of one source are the same bytes, and the binary in it runs, says its
// version, and has the bill that go version -m has.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	t.Chdir("../..")
	host := []target{{runtime.GOOS, runtime.GOARCH}}
	var dirs [2]string
	for i := range dirs {
		dirs[i] = filepath.Join(t.TempDir(), "dist")
		if err := release("v9.8.7-test", dirs[i], host); err != nil {
			t.Fatal(err)
		}
	}
	first, err := os.ReadFile(filepath.Join(dirs[0], "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(filepath.Join(dirs[1], "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(second) {
		t.Errorf("two releases differ:\n%s\n%s", first, second)
	}
	base := "ovf_9.8.7-test_" + runtime.GOOS + "_" + runtime.GOARCH
	if runtime.GOOS == "windows" {
		return
	}
	files := untar(t, filepath.Join(dirs[0], base+".tar.gz"))
	for _, want := range []string{"ovf", "man/ovf.1", "man/ovf-validate.1", "completion/ovf.bash", "LICENSE", "README.md", "sbom.cdx.json"} {
		if len(files[base+"/"+want]) == 0 {
			t.Errorf("the archive has no %s", want)
		}
	}
	binary := filepath.Join(t.TempDir(), "ovf")
	if err := os.WriteFile(binary, files[base+"/ovf"], 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "version").Output(); err != nil || !strings.Contains(string(out), "v9.8.7-test") {
		t.Errorf("version: %v %s", err, out)
	}
	listed, err := exec.Command("go", "version", "-m", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	var b bom
	if err := json.Unmarshal(files[base+"/sbom.cdx.json"], &b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(listed), "\n\tdep\t"); n == 0 || n != len(b.Components) {
		t.Errorf("%d components, go version -m has %d", len(b.Components), n)
	}
	for _, c := range b.Components {
		if !strings.Contains(string(listed), c.Name+"\t"+c.Version) || len(c.Hashes) != 1 {
			t.Errorf("component %+v", c)
		}
	}
	if strings.Contains(string(first), "  SHA256SUMS") || !strings.Contains(string(first), base+".tar.gz") {
		t.Errorf("SHA256SUMS:\n%s", first)
	}
	data, err := os.ReadFile(filepath.Join(dirs[0], base+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(data); !strings.Contains(string(first), hexOf(sum[:])) {
		t.Error("the digest in SHA256SUMS is another one")
	}
}

func hexOf(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteString("0123456789abcdef"[c>>4 : c>>4+1])
		s.WriteString("0123456789abcdef"[c&15 : c&15+1])
	}
	return s.String()
}

func untar(t *testing.T, name string) map[string][]byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if out[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUsage(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		version, out string
		list         []target
	}{{"0.1", t.TempDir(), targets}, {"v0.1.0", full, targets}, {"v0.1.0", t.TempDir(), nil}} {
		if release(c.version, c.out, c.list) == nil {
			t.Errorf("accepted %+v", c)
		}
	}
}
