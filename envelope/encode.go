package envelope

import (
	"io"

	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// Write writes the descriptor. One that was read and not changed is written
// byte for byte as it was; where values were changed, only their text differs.
// A value without source is written in UTF-8, in schema order, with the usual
// prefixes.
//
// An error is the writer's, or says that a value cannot stand in XML; then
// nothing has been written.
func Write(w io.Writer, env *Envelope) error {
	b, err := Encode(env)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Encode returns what [Write] writes. The bytes must not be changed: of an
// unchanged descriptor they are those it was read from.
func Encode(env *Envelope) ([]byte, error) {
	root := env.Namespace
	if root == "" && env.Ext.Find("", 0) == nil { // else it was read without namespace
		root = Namespace1
	}
	return xmlbind.Write(env.Codec(), root, xmltree.Name{Space: root, Local: "Envelope"},
		[]xmltree.Namespace{{URI: root}, {Prefix: "ovf", URI: root}})
}

// WithoutSource returns a deep copy that has forgotten where it was read. It is
// written anew: comments and layout are gone, what the descriptor says is not.
func (t *Envelope) WithoutSource() *Envelope {
	c := t.Clone()
	c.Codec().Strip()
	return c
}

// Document returns the document the envelope was read from, or nil.
func (t *Envelope) Document() *xmltree.Document { return t.src.Document() }
