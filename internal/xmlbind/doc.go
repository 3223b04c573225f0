// Package xmlbind is the engine under the generated model packages: it reads
// elements into structs, and writes structs back over the text they came from.
//
// Reading walks an [xmltree.Document] once; each generated type says in its
// Bind method which attribute or child goes into which field, and whatever fits
// no field goes into the type's [xmltree.Ext]. The same walk in checking mode
// compares a struct with its source without allocating: equality, not a flag,
// decides what changed.
//
// Writing asks each type with Emit for its attributes and children in schema
// order. A struct that still equals its source is copied as text; one that does
// not is merged with it part by part; one without source is written anew.
package xmlbind

import (
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// Codec is what the engine needs of a generated struct.
type Codec interface {
	Schema() *Type
	Origin() *xmltree.Node // where it was read; the zero Node without source
	Extra() *xmltree.Ext
	Bind(b *Binder, n xmltree.Node) // read, or compare when checking
	Emit(e *Emitter)                // list attributes and children in schema order
	Strip()                         // forget the source, all the way down
}

// Type describes a generated struct to the engine.
type Type struct {
	Name     string  // schema name, as File_Type
	Element  sym.Sym // the element it is written as where the parent does not say
	Text     bool    // simple content: the text is a field
	Required uint64  // bits of Fields that must be there
	Since    string  // first version of OVF that has the type; empty for 1.0.0
	Fields   []Field // attributes, then children, in schema order
}

// Field describes one attribute or child.
type Field struct {
	Name  string // schema name, "@" before that of an attribute
	Sym   sym.Sym
	Since string // first version of OVF that has the field; empty for 1.0.0
}

// index returns the position of a field by its schema name, or -1.
func (t *Type) index(name string) int {
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return i
		}
	}
	return -1
}
