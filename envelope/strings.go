package envelope

import (
	"fmt"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// RuleStringsRoot is the rule that the root element of a bundle is Strings.
const RuleStringsRoot = "strings-root"

// DecodeStrings reads an external message bundle: a file with the root element
// Strings, which a Strings element of the envelope names (DSP0243 10.2). It
// keeps data, which must not change afterwards.
func DecodeStrings(data []byte, o DecodeOptions) (*Strings, diag.List, error) {
	doc, err := xmltree.Parse(o.Name, data, o.Limits)
	if err != nil {
		return nil, nil, err
	}
	root := doc.Root()
	name := root.Name()
	if name.Local != "Strings" {
		return nil, nil, &diag.Diagnostic{Severity: diag.Error, Layer: diag.Schema, Rule: RuleStringsRoot, Clause: "DSP0243 10.2",
			Location: root.Location(), Message: fmt.Sprintf("the root element is %q, not Strings of OVF", name),
			Hint: "a message bundle has the root element ovf:Strings", Err: ErrNotEnvelope}
	}
	b := xmlbind.NewBinder(doc, name.Space)
	s := &Strings{Namespace: name.Space}
	b.NoteRoot(root)
	s.Codec().Bind(b, root)
	return s, append(append(diag.List(nil), doc.Problems()...), b.Diagnostics()...), nil
}

// EncodeStrings returns a message bundle as the bytes of a file of its own. They
// must not be changed.
func EncodeStrings(s *Strings) ([]byte, error) {
	root := s.Namespace
	if root == "" && s.Ext.Find("", 0) == nil {
		root = Namespace1
	}
	return xmlbind.Write(s.Codec(), root, xmltree.Name{Space: root, Local: "Strings"},
		[]xmltree.Namespace{{URI: root}, {Prefix: "ovf", URI: root}})
}
