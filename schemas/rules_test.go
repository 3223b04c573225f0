package schemas_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// TestRules checks that each rule has a file that breaks it, and it alone, and
// one that differs from that by the repair.
func TestRules(t *testing.T) {
	v := compile(t, schemas.Options{})
	seen := map[string]bool{}
	for _, rule := range schemas.Rules() {
		if seen[rule.Name] || !strings.HasPrefix(rule.Name, "schema-") {
			t.Errorf("the name %q is taken or has the wrong form", rule.Name)
		}
		seen[rule.Name] = true
		if rule.Layer != diag.Schema || rule.Summary == "" || rule.Why == "" || rule.Since == "" {
			t.Errorf("%s: something is missing: %+v", rule.Name, rule)
		}
		bad := validate(t, v, ruleFile(t, rule.Name+".bad.ovf"))
		if len(bad.Diagnostics) != 1 || bad.Diagnostics[0].Rule != rule.Name || bad.Diagnostics[0].Severity != rule.Severity {
			t.Errorf("%s: the bad example gives:\n%v", rule.Name, bad.Diagnostics)
		}
		good := validate(t, v, ruleFile(t, rule.Name+".good.ovf"))
		if len(good.Diagnostics) != 0 || !good.Valid() {
			t.Errorf("%s: the good example gives:\n%v", rule.Name, good.Diagnostics)
		}
	}
}

// ruleFile reads an example of a rule, which ovf explain shows too.
func ruleFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "internal", "ruleexample", "files", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func compile(t testing.TB, o schemas.Options) *schemas.Validator {
	t.Helper()
	v, err := schemas.Compile(o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parse(t testing.TB, data []byte) *xmltree.Document {
	t.Helper()
	doc, err := xmltree.Parse("test.ovf", data, xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func validate(t testing.TB, v *schemas.Validator, data []byte) schemas.Result {
	t.Helper()
	r, err := v.Validate(t.Context(), parse(t, data))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
