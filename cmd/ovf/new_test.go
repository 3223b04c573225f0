package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const webSpec = `machine:
  id: web
  name: Web server
  cpus: 1
  memory: 1 GiB
  disks: [system]
  transports: [iso]
  properties: [{key: ip, label: Address, configurable: true}]
disks: [{id: system, source: system.img}]
`

// spec writes a description and its disk, and returns the name of the description.
func spec(t testing.TB, text string) string {
	t.Helper()
	name := save(t, "web.yaml", text)
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "system.img"), []byte(strings.Repeat("disk", 1<<18)), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestNew(t *testing.T) {
	name := spec(t, webSpec)
	out := filepath.Join(t.TempDir(), "web.ova")
	key, cert, _ := keyFiles(t)
	r := execute("", "new", name, "-o", out, "--key", key, "--cert", cert, "--json")
	r.want(t, exitGood)
	var report struct {
		Signed bool
		Files  []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || !report.Signed || len(report.Files) != 4 {
		t.Errorf("%v: %s", err, r.stdout)
	}
	execute("", "verify", out, "--trust", cert).want(t, exitGood)
	execute("", "validate", out).want(t, exitGood)
	// the description of the package makes the same machine
	again := execute("", "new", "--from", out)
	again.want(t, exitGood)
	for _, want := range []string{"id: web", "memory: 1 GiB", "source: system.vmdk", "key: ip", "transports:"} {
		if !strings.Contains(again.stdout, want) {
			t.Errorf("--from has no %q:\n%s", want, again.stdout)
		}
	}
}

func TestNewShows(t *testing.T) {
	name := spec(t, webSpec)
	if r := execute("", "new", "--schema"); !json.Valid([]byte(r.stdout)) || r.status != exitGood {
		t.Errorf("--schema: %d %s", r.status, r.stdout)
	}
	r := execute("", "new", name, "--messages")
	r.want(t, exitGood)
	if !strings.Contains(r.stdout, "web.ip.label: Address\n") {
		t.Errorf("--messages: %s", r.stdout)
	}
	execute("", "new", name, "--check").want(t, exitGood)
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "x.ova")
	good := spec(t, webSpec)
	bad := spec(t, strings.Replace(webSpec, "cpus: 1", "cpu: 1", 1))
	execute("", "new", bad, "-o", out).want(t, exitInput, "web.yaml:4:3", `"cpu"`, "cpus", "    4 |   cpu: 1")
	missing := spec(t, strings.Replace(webSpec, "source: system.img", "source: other.img", 1))
	execute("", "new", missing, "-o", out).want(t, exitInput, "other.img", "no such file")
	execute("", "new", good).want(t, exitUsage, "-o OUT")
	execute("", "new", "-o", out).want(t, exitUsage, "description")
	execute("", "new", good, "--schema").want(t, exitUsage, "without a description")
	execute("", "new", good, "-o", "-").want(t, exitUsage, "ovf pack")
	execute("", "new", filepath.Join(dir, "none.yaml"), "-o", out).want(t, exitFile, "none.yaml")
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
