package xmlbind

import "github.com/ovfkit/ovf/xmltree"

// Open asks the caller of the decoder for a type of its own for an element of
// open content; nil if it has none.
func (f *Frame) Open(e *xmltree.Element) any {
	if f.b.Open == nil {
		return nil
	}
	return f.b.Open(e)
}
