package xmlbind

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// Binder reads one document into structs, or compares structs with it. It is
// for one goroutine.
type Binder struct {
	doc     *xmltree.Document
	root    string    // the namespace that stands for OVF in this document
	syms    []nameSym // by name id
	check   bool
	differs bool
	notes   notes

	// Open makes the value for an open member of a substitution group that the
	// caller registered for this document; it may be nil.
	Open func(*xmltree.Element) any

	strings slab[string]
	uint64s slab[uint64]
	bools   slab[bool]
}

// nameSym is what the binder knows of one name of the document.
type nameSym struct {
	sym   sym.Sym
	class sym.Class
	as    bool // spelled otherwise than the standard's name of this document
	alias uint8
}

// Reasons why a name is spelled otherwise.
const (
	exact uint8 = iota
	unqualified
	otherVersion
	misprint
	oldName
)

// NewBinder prepares to read a document whose root element has the namespace
// root.
func NewBinder(doc *xmltree.Document, root string) *Binder {
	b := &Binder{doc: doc, root: root, syms: make([]nameSym, doc.NameCount())}
	for id := 1; id < len(b.syms); id++ {
		b.syms[id] = b.lookup(doc.Name(id), true)
	}
	return b
}

// lookup numbers a name. bare says that a name in no namespace may stand for
// one of OVF.
func (b *Binder) lookup(n xmltree.Name, bare bool) nameSym {
	s := nameSym{class: sym.Other}
	switch {
	case n.Space == b.root && b.root != "":
		s.class, _ = sym.ClassOf(n.Space)
		if s.class == sym.Other {
			s.class = sym.OVF
		}
	case n.Space == "" && bare:
		s.class, s.alias = sym.OVF, unqualified
		if c, _ := sym.ClassOf(b.root); c == sym.OVFEnv {
			s.class = sym.OVFEnv
		}
		if b.root == "" {
			s.alias = exact
		}
	default:
		var ok bool
		s.class, ok = sym.ClassOf(n.Space)
		switch {
		case !ok:
			s.alias = misprint
		case s.class == sym.OVF || s.class == sym.OVFEnv:
			s.alias = otherVersion
		}
	}
	if s.class == sym.Other {
		return s
	}
	local := n.Local
	if s.class == sym.RASD && local == "InstanceId" { // OVF 0.9
		local, s.alias = "InstanceID", oldName
	}
	s.sym = sym.Of(s.class, local)
	s.as = s.alias != exact
	return s
}

// Check reports whether a struct still says what its source does, and nothing
// else. The source must be of the binder's document.
func (b *Binder) Check(c Codec) bool {
	n := *c.Origin()
	if n.Document() != b.doc {
		return false
	}
	return b.CheckAt(c, n)
}

// CheckAt is Check against any element of the document.
func (b *Binder) CheckAt(c Codec, n xmltree.Node) bool {
	b.check, b.differs = true, false
	c.Bind(b, n)
	b.check = false
	return !b.differs
}

// Checking reports whether Bind is to compare, not to read.
func (b *Binder) Checking() bool { return b.check }

// Diagnostics returns what was read leniently.
func (b *Binder) Diagnostics() diag.List { return b.notes.list() }

// Child returns the number of the name of a child element, [sym.Skip] for a
// comment or instruction.
func (b *Binder) Child(n xmltree.Node) sym.Sym {
	if n.Kind() != xmltree.Elem {
		return sym.Skip
	}
	s := &b.syms[n.NameID()]
	if s.alias == unqualified { // an element in no namespace is not OVF's
		return sym.None
	}
	return s.sym
}

// Attr returns the number of the name of an attribute.
func (b *Binder) Attr(n xmltree.Node, i int) sym.Sym { return b.syms[n.AttrNameID(i)].sym }

// slab hands out pointers to values from larger blocks, which saves
// allocations where a document has many optional parts.
type slab[T any] struct{ free []T }

func (s *slab[T]) new(v T) *T {
	if len(s.free) == cap(s.free) {
		s.free = make([]T, 0, min(max(16, 2*cap(s.free)), 256))
	}
	s.free = append(s.free, v)
	return &s.free[len(s.free)-1]
}
