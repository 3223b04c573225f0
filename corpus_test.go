package ovf_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
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

func errorRules(l diag.List) []string {
	var out []string
	for _, d := range l {
		if d.Severity == diag.Error {
			out = append(out, d.Rule)
		}
	}
	return out
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
		if r := validate(t, &v, e.path); len(errorRules(r.Diagnostics)) == 0 {
			t.Errorf("%s (%s): no error", e.path, e.notes)
		}
	}
	t.Logf("%d descriptors", n)
}

// Descriptors that their suite wants accepted have no error but those they
// really make.
func TestPositives(t *testing.T) {
	var v ovf.Validator
	n := 0
	for _, e := range index(t) {
		if !strings.Contains(e.path, "/Pos/") {
			continue
		}
		n++
		r := validate(t, &v, e.path)
		if rules := errorRules(r.Diagnostics); len(rules) > 0 {
			t.Errorf("%s: %v", e.path, rules)
		}
	}
	t.Logf("%d descriptors", n)
}
