package xmlbind

import (
	"fmt"

	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// Write returns the document of a root struct as bytes. One that was read and
// not changed comes back byte for byte; one that was changed differs only
// there, in the same encoding; one without source is written in UTF-8.
func Write(c Codec, root string, element xmltree.Name, spaces []xmltree.Namespace) ([]byte, error) {
	n := *c.Origin()
	if !n.Valid() {
		return writeFresh(c, root, element, spaces)
	}
	doc := n.Document()
	source := n.Name().Space
	b := NewBinder(doc, source)
	if source == root && b.CheckAt(c, n) {
		return doc.Raw(), nil
	}
	if source != root || n != doc.Root() {
		return writeFresh(c, root, element, spaces)
	}
	start, end := n.Span()
	m := newMerger(b)
	m.copy(0, start)
	m.element(collect(c, root), n)
	m.copy(end, len(m.text))
	if m.err != nil {
		return nil, m.err
	}
	if err := wellFormed(m.out); err != nil {
		return nil, err
	}
	return doc.Encode(string(m.out)), nil
}

func writeFresh(c Codec, root string, element xmltree.Name, spaces []xmltree.Namespace) ([]byte, error) {
	w := &fresh{root: root, wish: "-", newline: "\n", unit: "  "}
	e := collect(c, root)
	if e.err != nil {
		return nil, e.err
	}
	if len(e.ext.Namespaces) == 0 {
		w.missing = append(w.missing, spaces...)
	}
	k := outKid{name: element, codec: c}
	out := w.document(k)
	if w.err != nil {
		return nil, w.err
	}
	return out, wellFormed(out)
}

// wellFormed makes sure that what is written can be read: a value may hold
// characters that XML cannot carry.
func wellFormed(b []byte) error {
	if _, err := xmltree.Parse("", b, xmltree.Limits{Bytes: -1, Depth: -1, Attributes: -1, Name: -1, Text: -1, Nodes: -1}); err != nil {
		return fmt.Errorf("the document cannot be written as XML: %w", err)
	}
	return nil
}

// TypeIs reports whether an element is the given one of a vocabulary.
func TypeIs(n xmltree.Node, c sym.Class, local string) bool {
	k, _ := sym.ClassOf(n.Name().Space)
	return k == c && n.Name().Local == local
}
