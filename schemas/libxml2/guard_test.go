//go:build libxml2 && cgo

package libxml2

import (
	"errors"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// TestGuards hands the engine texts that its validator never does.
func TestGuards(t *testing.T) {
	e, err := newEngine(t.Context(), schemas.Set{
		Files:   map[string][]byte{"a.xsd": []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>`)},
		Entries: []string{"a.xsd"},
	})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := xmltree.Parse("a", []byte("<a>1</a>"), xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := e.Check(t.Context(), doc, doc.Source(), 10); err != nil || len(found) != 0 {
		t.Errorf("a good document gives %v, %v", found, err)
	}
	for name, text := range map[string]string{
		"empty":           "",
		"NUL":             "<a>\x00</a>",
		"NUL at the end":  "<a>1</a>\x00",
		"not well-formed": "<a>",
		"entity bomb": `<!DOCTYPE a [<!ENTITY b "0123456789"><!ENTITY c "` + strings.Repeat("&b;", 100) + `"><!ENTITY d "` +
			strings.Repeat("&c;", 1000) + `"><!ENTITY e "` + strings.Repeat("&d;", 1000) + `">]><a b="&e;"/>`,
	} {
		var wrong *schemas.EngineError
		if found, err := e.Check(t.Context(), doc, text, 10); !errors.As(err, &wrong) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// TestSetsOutside checks that no file of a set is written outside its folder.
func TestSetsOutside(t *testing.T) {
	for _, name := range []string{"../a.xsd", "/a.xsd", "b/../../a.xsd"} {
		set := schemas.Set{Files: map[string][]byte{name: []byte("x")}, Entries: []string{name}}
		if _, err := newEngine(t.Context(), set); err == nil || !strings.Contains(err.Error(), "not a path inside the set") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
