//go:build libxml2 && cgo

package libxml2_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/internal/schematest"
	"github.com/ovfkit/ovf/schemas/libxml2"
)

func compile(t testing.TB, f func(schemas.Options) (*schemas.Validator, error)) *schemas.Validator {
	t.Helper()
	v, err := f(schemas.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAgree compares the verdicts with those of xmllint on DMTF's files, and the
// diagnostics with those of the engine in pure Go: whatever libxml2 reports, that
// engine reports too, at the same place.
func TestAgree(t *testing.T) {
	judged := schematest.Judge(t, "../..", schematest.Documents(t, "../.."))
	c, pure := compile(t, libxml2.Compile), compile(t, schemas.Compile)
	same, less := 0, 0
	for _, d := range judged {
		if d.Broken {
			continue
		}
		doc := d.Parse(t)
		got, err := c.Validate(t.Context(), doc)
		if err != nil {
			t.Errorf("%s: %v", d.Name, err)
			continue
		}
		versions := got.Versions
		if !got.Valid() {
			versions = nil
		}
		if !slices.Equal(versions, d.Valid) {
			t.Errorf("%s: valid in %v, for xmllint in %v\n%v", d.Name, versions, d.Valid, got.Diagnostics)
		}
		want, err := pure.Validate(t.Context(), doc)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, w := range want.Diagnostics {
			known[key(w)] = true
		}
		for _, g := range got.Diagnostics {
			if !known[key(g)] {
				t.Errorf("%s: only libxml2 reports: %v\nthe other engine reports:\n%v", d.Name, g.Error(), want.Diagnostics)
			}
		}
		if len(want.Diagnostics) == len(got.Diagnostics) {
			same++
		} else {
			less++
		}
	}
	t.Logf("libxml2 %s: %d documents with the same diagnostics, %d with fewer", libxml2.Version(), same, less)
}

func key(d diag.Diagnostic) string {
	return fmt.Sprint(d.Rule, d.Location.Line, d.Location.Column, d.Location.Path, d.Message, d.Severity)
}
