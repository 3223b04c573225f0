package schemas_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// FuzzValidate checks what holds for every document: no panic, errors exactly if
// no version fits, every place inside the document, and the same answer of the
// engine without the quick check before it.
func FuzzValidate(f *testing.F) {
	for _, name := range []string{"full-1.x.ovf", "cim-1.1.0.ovf", "exotic.ovf", "strings.xml", "environment.xml"} {
		f.Add(read(f, name).Data)
	}
	for _, r := range schemas.Rules() {
		f.Add(ruleFile(f, r.Name+".bad.ovf"))
	}
	f.Add(in("<v:A/><v:B><v:C", ""))
	f.Add([]byte("<x:Envelope xmlns:x='http://schemas.dmtf.org/ovf/envelope/2'><y:a y:b='' y:b:c='1'/>\r\n</x:Envelope>"))
	v, err := schemas.Compile(schemas.Options{MaxDiagnostics: 50})
	if err != nil {
		f.Fatal(err)
	}
	alone, err := schemas.CompileWith(schemas.Options{MaxDiagnostics: 50}, schemas.NewGoEngine)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := xmltree.Parse("f", data, xmltree.Limits{})
		if err != nil {
			return
		}
		r, err := v.Validate(t.Context(), doc)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if (len(r.Versions) == 0) != r.Diagnostics.HasErrors() {
			t.Errorf("fits %v with diagnostics\n%v", r.Versions, r.Diagnostics)
		}
		lines, _ := doc.Position(len(doc.Source()))
		for _, d := range r.Diagnostics {
			if d.Location.Line < 1 || d.Location.Line > lines || d.Location.Column < 1 || d.Message == "" || d.Rule == "" {
				t.Errorf("place or text is wrong: %+v", d)
			}
		}
		engine, err := alone.Validate(t.Context(), doc)
		if err != nil || !slices.Equal(engine.Versions, r.Versions) || engine.Diagnostics.Error() != r.Diagnostics.Error() {
			t.Errorf("the engine alone: %v, %v, %v; with the quick check: %v, %v", engine.Versions, engine.Diagnostics, err, r.Versions, r.Diagnostics)
		}
	})
}

// FuzzSource reads an arbitrary schema file as the extension of a vendor: it is
// refused with an error, or works.
func FuzzSource(f *testing.F) {
	for _, name := range []string{"vendor/acme.xsd", "vendor/types.xsd"} {
		f.Add(read(f, name).Data)
	}
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "]>">]><s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:group name="g"><s:group ref="g"/></s:group></s:schema>`))
	f.Add([]byte(`<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"><s:complexType name="a"><s:complexContent><s:extension base="t:a"/></s:complexContent></s:complexType><s:element name="e" type="t:a" substitutionGroup="t:e"/></s:schema>`))
	doc := ruleFile(f, "schema-vendor-section.bad.ovf")
	f.Fuzz(func(t *testing.T, data []byte) {
		source, err := schemas.FromFS(fstest.MapFS{"a.xsd": {Data: data}})
		if err != nil {
			return
		}
		r, err := compile(t, schemas.Options{Source: source}).Validate(t.Context(), parse(t, doc))
		if err == nil && (len(r.Versions) == 0) != r.Diagnostics.HasErrors() {
			t.Errorf("fits %v with %v", r.Versions, diag.List(r.Diagnostics))
		}
	})
}
