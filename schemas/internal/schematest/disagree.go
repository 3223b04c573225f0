package schematest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
)

// A Mistake is a reason for which libxml2 does not say what XML Schema does.
type Mistake string

// WildcardLoop: where a sequence ends in a repeated wildcard, as (File*, any*),
// libxml2 goes back to the state before it: the state in which File is accepted. So
// File may stand behind an element of a vendor, for libxml2, though not for XML
// Schema. It accepts what a validator that knows better refuses.
const WildcardLoop Mistake = "wildcard-loop"

// Mistakes reads the list of documents, by name, about which libxml2 is known to
// be wrong.
func Mistakes(t testing.TB, root string) map[string]Mistake {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "schemas", "testdata", "libxml2-mistakes.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Mistake{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if mistake, name, ok := strings.Cut(line, "\t"); ok && line[0] != '#' {
			out[name] = Mistake(mistake)
		}
	}
	return out
}

// Explains reports whether the errors of a validator that knows better are of the
// mistake's kind and no other: for a [WildcardLoop], an element of a vendor stands
// before one of the standard, whose place is before it.
func (m Mistake) Explains(errors diag.List) bool {
	if m != WildcardLoop {
		return false
	}
	for _, d := range errors {
		if d.Severity != diag.Error {
			continue
		}
		if d.Rule != schemas.RuleOrder || !foreignStep(d.Location.Path) && (len(d.Related) == 0 || !foreignStep(d.Related[0].Location.Path)) {
			return false
		}
	}
	return errors.HasErrors()
}

// foreignStep reports whether a path ends in an element with a prefix that
// samples, mutations and descriptors use for namespaces of vendors.
func foreignStep(path string) bool {
	prefix, _, _ := strings.Cut(path[strings.LastIndexByte(path, '/')+1:], ":")
	return prefix == "x" || prefix == foreign || prefix == "vmw"
}
