package ovf_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
)

const corpusDir = "../shared/corpus"

// entry is one descriptor of the corpus with what its index says of it.
type entry struct{ path, notes string }

func index(t *testing.T) []entry {
	t.Helper()
	f, err := os.Open(filepath.Join(corpusDir, "INDEX.tsv"))
	if err != nil {
		t.Skip("../shared/corpus is not beside the repository")
	}
	defer f.Close()
	var out []entry
	for s := bufio.NewScanner(f); s.Scan(); {
		c := strings.Split(s.Text(), "\t")
		if len(c) > 11 && strings.HasPrefix(c[5], "descriptor") {
			out = append(out, entry{c[0], c[11]})
		}
	}
	return out
}

func validate(t *testing.T, v *ovf.Validator, path string) *ovf.Validation {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpusDir, path))
	if err != nil {
		t.Fatal(err)
	}
	r, err := v.Validate(context.Background(), path, data)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r
}

// incomplete lists descriptors that are wrong only together with their files: the
// rule that opening the package reports.
var incomplete = map[string]string{
	"Options/Neg/nvm001.ovf": "package-file-missing",
}

// Descriptors that their suite has made invalid on purpose are refused by an
// error.
func TestNegativesRefused(t *testing.T) {
	var v ovf.Validator
	n := 0
	for _, e := range index(t) {
		if !strings.Contains(e.notes, "INVALID ON PURPOSE") {
			continue
		}
		n++
		r := validate(t, &v, e.path)
		_, name, _ := strings.Cut(e.path, "/xmltestfiles/")
		rule, together := incomplete[name]
		if refused := r.Diagnostics.HasErrors(); refused == together {
			t.Errorf("%s (%s): refused %v", e.path, e.notes, refused)
		}
		if !together {
			continue
		}
		p, err := ovf.Open(context.Background(), filepath.Join(corpusDir, e.path), ovf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(p.Diagnostics, func(d diag.Diagnostic) bool { return d.Rule == rule && d.Severity == diag.Error }) {
			t.Errorf("%s: opening the package gives %v, want %s", e.path, p.Diagnostics, rule)
		}
		p.Close()
	}
	t.Logf("%d descriptors", n)
}

// broken lists what descriptors that their suite wants accepted break in the
// text of the standard all the same.
var broken = map[string][]string{
	"DiskSection_1_0/Pos/make_delta.ovf":          {"strings-file-ref"},                 // DSP0243 10.2: no such File
	"Envelope_1_0/Pos/valid_vmdk_neg_size.ovf":    {"file-size-negative"},               // 7.1: a size is not negative
	"ProductSection_1_0/Pos/prop_type_string.ovf": {"property-key-form"},                // 9.5: a key has no dot
	"VirtualAppliances/Pos/nvapp001.ovf":          {"property-ref", "strings-file-ref"}, // 9.5: no such property
	"VirtualAppliances/Pos/nvapp002.ovf":          {"property-ref", "strings-file-ref"},
	"VirtualAppliances/Pos/nvapp005.ovf":          {"strings-file-ref"},
	"VirtualAppliances/Pos/nvapp008.ovf":          {"strings-file-ref"},
	"VirtualAppliances/Pos/nvapp00n.ovf":          {"strings-file-ref"},
}

// Descriptors that their suite wants accepted have no error but those they
// really make. Errors of the schema layer do not count here: that they agree
// with xmllint is the business of other tests.
func TestPositives(t *testing.T) {
	var v ovf.Validator
	n := 0
	for _, e := range index(t) {
		_, name, ok := strings.Cut(e.path, "/xmltestfiles/")
		if !ok || !strings.Contains(name, "/Pos/") {
			continue
		}
		n++
		var rules []string
		for _, d := range validate(t, &v, e.path).Diagnostics {
			if d.Severity == diag.Error && d.Layer != diag.Schema {
				rules = append(rules, d.Rule)
			}
		}
		slices.Sort(rules)
		if rules = slices.Compact(rules); !slices.Equal(rules, broken[name]) {
			t.Errorf("%s: %q, want %q", e.path, rules, broken[name])
		}
	}
	t.Logf("%d descriptors", n)
}

// Documents that use the whole schema follow it, so that the reader has nothing
// to note about their form.
func TestSamplesHaveNoNotes(t *testing.T) {
	var v ovf.Validator
	for _, name := range []string{"full-1.x.ovf", "full-2.x.ovf", "exotic.ovf", "cim-1.1.0.ovf", "encryption-2.x.ovf"} {
		data, err := os.ReadFile(filepath.Join("schemas/testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := v.Validate(t.Context(), name, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range r.Diagnostics {
			if d.Layer == diag.Schema && d.Rule != schemas.RuleVendorSection {
				t.Error(d.Error())
			}
		}
	}
}
