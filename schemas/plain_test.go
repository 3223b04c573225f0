package schemas_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/schemas"
)

// Constructs of XML Schema that the quick check of valid documents covers in full.
var (
	plainKinds = strings.Fields(`schema import element complexType sequence choice any attribute anyAttribute attributeGroup
		simpleContent complexContent extension restriction simpleType union enumeration minInclusive maxInclusive maxLength`)
	plainAttrs = strings.Fields(`name type ref base use default minOccurs maxOccurs namespace processContents value schemaLocation
		substitutionGroup nillable mixed memberTypes targetNamespace elementFormDefault attributeFormDefault`)
)

// TestPlain checks that our files use nothing else.
func TestPlain(t *testing.T) {
	count := 0
	err := fs.WalkDir(schemas.Files(), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		parseXSD(t, schemas.Files(), file).walk("", func(where string, n *node) {
			count++
			if !slices.Contains(plainKinds, n.kind) {
				t.Errorf("%s%s: xs:%s", file, where, n.kind)
			}
			for _, a := range n.attrs {
				name, _, _ := strings.Cut(a, "=")
				if !slices.Contains(plainAttrs, name) && !(name == "abstract" && n.kind == "complexType") {
					t.Errorf("%s%s: xs:%s has the attribute %s", file, where, n.kind, name)
				}
			}
		})
		return nil
	})
	if err != nil || count < 1000 {
		t.Errorf("%d constructs, %v", count, err)
	}
}
