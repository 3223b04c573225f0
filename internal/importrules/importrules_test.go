package importrules

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ovfkit/ovf"

// layers lists the packages of the module from the bottom up. A package may
// import packages of lower layers. What is in the internal folder of a package
// belongs to the layer of that package, which orders it itself.
var layers = [][]string{
	{"diag", "internal/sym", "internal/pathname"},
	{"xmltree", "internal/property", "internal/ova", "internal/source", "internal/atomicfile"},
	{"schemas", "sign", "i18n", "internal/xmlbind"},
	{"schemas/libxml2", "rasd", "vssd"},
	{"envelope"},
	{"disk/image"},
	{"disk/raw", "disk/vmdk", "disk/vhd", "disk/qcow2"},
	{"disk/delta", "environment", "internal/ruleexample"},
	{"disk", "plan"},
	{""},
	{"author"},
	{"cmd/ovf", "examples", "internal/xsdgen", "internal/importrules", "internal/release"},
	{"internal/xsdgen/cmd"},
}

// heavy lists what only the named packages may reach.
var heavy = map[string][]string{
	"net/http":                          {"internal/source", "", "author", "cmd/ovf", "examples"},
	"github.com/spf13/cobra":            {"cmd/ovf"},
	"github.com/lestrrat-go/libxml2":    {"schemas/libxml2", "cmd/ovf"},
	"github.com/jacoelho/xsd":           {"schemas", "schemas/libxml2", "", "author", "cmd/ovf", "examples"},
	"github.com/lima-vm/go-qcow2reader": {"disk/qcow2", "disk", "", "author", "cmd/ovf", "examples"},
	"runtime/cgo":                       {"schemas/libxml2", "cmd/ovf"},
}

// owner returns the package that the internal packages below it belong to.
func owner(pkg string) string {
	head, _, _ := strings.Cut(pkg, "/internal/")
	return head
}

func layer(pkg string) int {
	pkg = owner(pkg)
	return slices.IndexFunc(layers, func(l []string) bool {
		return slices.ContainsFunc(l, func(p string) bool { return p == pkg || p == "examples" && strings.HasPrefix(pkg, "examples/") })
	})
}

func list(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = "../.."
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v", strings.Join(args, " "), err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func short(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

// Imports go one way: from higher layers to lower ones.
func TestLayers(t *testing.T) {
	for _, line := range list(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		words := strings.Fields(line)
		pkg := short(words[0])
		l := layer(pkg)
		if l < 0 {
			t.Errorf("package %s is in no layer: put it into the table", pkg)
			continue
		}
		for _, path := range words[1:] {
			if !strings.HasPrefix(path, module) {
				continue
			}
			if owner(short(path)) == owner(pkg) || owner(short(path)) == "disk" && strings.HasPrefix(pkg, "disk/") && short(path) != "disk" {
				continue
			}
			if layer(short(path)) >= l {
				t.Errorf("%s imports %s, which is not in a lower layer", pkg, short(path))
			}
		}
	}
}

// Heavy packages stay where they are needed.
func TestHeavy(t *testing.T) {
	for _, line := range list(t, "-f", `{{.ImportPath}} {{join .Deps " "}}`, "./...") {
		words := strings.Fields(line)
		pkg := short(words[0])
		for dep, allowed := range heavy {
			if slices.Contains(words[1:], dep) && !slices.Contains(allowed, owner(pkg)) && !strings.HasPrefix(pkg, "examples") {
				t.Errorf("%s depends on %s", pkg, dep)
			}
		}
	}
}

// An embedder that only reads descriptors gets a small program.
func TestEnvelopeIsLight(t *testing.T) {
	deps := list(t, "-deps", "./envelope")
	if len(deps) >= 100 {
		t.Errorf("package envelope needs %d packages, want fewer than 100", len(deps))
	}
	t.Logf("%d packages", len(deps))
}
