//go:build libxml2 && cgo

package libxml2_test

import (
	"errors"
	"regexp"
	"slices"
	"testing"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/libxml2"
	"github.com/ovfkit/ovf/xmltree"
)

// strict is the message about a value that libxml2 refuses for white space around
// it, or for a sign (see doc.go).
var strict = regexp.MustCompile(`has the value "(\s|\\|[+-])|(\s|\\.)": expected`)

// FuzzEngines compares the two engines: what one refuses the other refuses, but
// for elements out of order that libxml2 takes (see schematest.WildcardLoop), and
// values that it does not take.
func FuzzEngines(f *testing.F) {
	for _, name := range []string{"cim-1.1.0.ovf", "exotic.ovf", "strings.xml", "environment.xml"} {
		f.Add(sample(f, name))
	}
	for _, r := range schemas.Rules() {
		f.Add(sample(f, "../../internal/ruleexample/files/"+r.Name+".bad.ovf"))
	}
	options := schemas.Options{MaxDiagnostics: 20}
	c, err := libxml2.Compile(options)
	if err != nil {
		f.Fatal(err)
	}
	pure, err := schemas.Compile(options)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := xmltree.Parse("f", data, xmltree.Limits{})
		if err != nil {
			return
		}
		got, err := c.Validate(t.Context(), doc)
		var refused *schemas.EngineError
		if errors.As(err, &refused) {
			return // a limit of libxml2
		}
		want, err2 := pure.Validate(t.Context(), doc)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if slices.Equal(got.Versions, want.Versions) {
			return
		}
		for _, d := range want.Diagnostics {
			if d.Rule == schemas.RuleOrder {
				return
			}
		}
		for _, d := range got.Diagnostics {
			if d.Rule == schemas.RuleValue && strict.MatchString(d.Message) {
				return
			}
		}
		t.Errorf("libxml2 says %v, Go %v\n%v\n%v\n%s", got.Versions, want.Versions, got.Diagnostics, want.Diagnostics, data)
	})
}
