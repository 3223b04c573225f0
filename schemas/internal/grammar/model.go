// Package grammar is a model of a schema for explaining, not for refusing: given
// an element that an engine refused, it says what the schema would have accepted
// there. What it does not understand of XML Schema makes an explanation poorer,
// never a verdict wrong. A [Prover] uses the same model to accept documents, and
// leaves out whatever the model does not cover.
package grammar

import "slices"

// A Name is a namespace with a local name.
type Name struct{ Space, Local string }

// A Grammar holds the declarations of a schema set. It is read-only and may be
// used by several goroutines.
type Grammar struct {
	elements   map[Name]*Element
	types      map[Name]*Type
	attributes map[Name]*Attribute
	members    map[Name][]Name // by head of the substitution group, sorted
}

// Element is an element declaration.
type Element struct {
	Name     Name
	Type     *Type
	Nillable bool
	head     Name // of the substitution group
}

// Type is the type of an element.
type Type struct {
	Any          bool      // anything goes: xs:anyType
	Simple       *Simple   // of the text; nil where there is none
	Content      *Particle // of the children; nil where there are none
	Attributes   []Attribute
	AnyAttribute bool // a wildcard takes further ones

	abstract     bool
	laxAttribute bool // that takes every one, and checks those that are declared
	restricted   bool // the content restricts that of another type
}

// Attribute is the use of an attribute in a type, or a global declaration.
type Attribute struct {
	Name     Name
	Type     *Simple
	Required bool
}

// Order says how a [Particle] combines its parts.
type Order uint8

// The kinds of particles.
const (
	Sequence Order = iota
	Choice
	All
	Single // one element or wildcard
)

// Unbounded is the Max of a particle without limit.
const Unbounded = -1

// Particle is a part of a content model.
type Particle struct {
	Order    Order
	Min, Max int
	Parts    []*Particle
	Element  *Element  // of a Single
	Wildcard *Wildcard // of a Single that is not an element
}

// Wildcard accepts elements by namespace.
type Wildcard struct {
	lax    bool // declared elements are checked, others not
	any    bool
	other  string // accepts all but this one and none at all, if not any and no list
	spaces []string
}

// Accepts reports whether the wildcard lets an element of that namespace in.
func (w *Wildcard) Accepts(space string) bool {
	switch {
	case w.any:
		return true
	case w.spaces != nil:
		return slices.Contains(w.spaces, space)
	}
	return space != "" && space != w.other
}

// Root returns the global element of that name, or nil.
func (g *Grammar) Root(n Name) *Element { return g.elements[n] }

// NamedType returns the global type of that name, or nil.
func (g *Grammar) NamedType(n Name) *Type { return g.types[n] }

// Members returns the names of the elements that may directly stand for a head,
// in order.
func (g *Grammar) Members(head Name) []Name { return g.members[head] }

// Attribute returns the declaration of an attribute in a type, or what a
// wildcard of the type makes of it: a global declaration, or nil.
func (g *Grammar) Attribute(t *Type, n Name) *Attribute {
	for i := range t.Attributes {
		if t.Attributes[i].Name == n {
			return &t.Attributes[i]
		}
	}
	if t.AnyAttribute || t.Any {
		return g.attributes[n]
	}
	return nil
}

// substitute returns the declaration of an element that may stand for the head,
// or nil.
func (g *Grammar) substitute(n, head Name) *Element {
	e := g.elements[n]
	for range maxNesting { // heads may go in a circle
		if e == nil || e.head.Local == "" {
			return nil
		}
		if e.head == head {
			return g.elements[n]
		}
		e = g.elements[e.head]
	}
	return nil
}

// Child returns the declaration that an element of that name has inside a type;
// nil if it has none, wherever it stands among its siblings.
func (g *Grammar) Child(t *Type, n Name) *Element {
	if t == nil || t.Any {
		return g.elements[n]
	}
	return g.child(t.Content, n)
}

func (g *Grammar) child(p *Particle, n Name) *Element {
	switch {
	case p == nil:
		return nil
	case p.Element != nil:
		if p.Element.Name == n {
			return p.Element
		}
		return g.substitute(n, p.Element.Name)
	case p.Wildcard != nil:
		if p.Wildcard.Accepts(n.Space) {
			return g.elements[n]
		}
	}
	for _, part := range p.Parts {
		if e := g.child(part, n); e != nil {
			return e
		}
	}
	return nil
}
