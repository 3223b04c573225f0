package xmltree

import "slices"

// Ext holds what a typed struct has no field for. Nothing read is ever lost:
// it is either in a field or here. The zero value is empty.
type Ext struct {
	// Namespaces are the declarations made on the element, in order.
	Namespaces []Namespace `json:"namespaces,omitempty"`
	// Attrs are attributes of other namespaces, and those of the standard whose
	// value does not fit their type.
	Attrs []Attr `json:"attrs,omitempty"`
	// Elements are children of other namespaces, and those of the standard that
	// stand where or how it does not allow them.
	Elements []*Element `json:"elements,omitempty"`
	// Markup tells how fields were written where that is not the plain way.
	Markup []Markup `json:"markup,omitempty"`
}

// Markup is what a plain field cannot carry about one attribute or child
// element: attributes of a child with simple content, a name or a number
// written in another way than the standard's, or a required part left out.
type Markup struct {
	// Field is the schema name of a child element, or of an attribute with "@"
	// before it; empty for the element itself, "#text" for text between
	// elements.
	Field  string `json:"field,omitempty"`
	Index  int    `json:"index,omitempty"`  // which occurrence, from 0
	Name   Name   `json:"name,omitzero"`    // as written, zero if the standard's
	Attrs  []Attr `json:"attrs,omitempty"`  // of a child with simple content
	Text   string `json:"text,omitempty"`   // as written, where the value is written differently
	Absent bool   `json:"absent,omitempty"` // required, but missing while the field is zero
}

// Find returns the markup of one occurrence of a field, or nil.
func (x *Ext) Find(field string, index int) *Markup {
	for i := range x.Markup {
		if m := &x.Markup[i]; m.Index == index && m.Field == field {
			return m
		}
	}
	return nil
}

// Attr returns the value of an attribute of other namespaces.
func (x *Ext) Attr(space, local string) (string, bool) {
	for _, a := range x.Attrs {
		if a.Name.Is(space, local) {
			return a.Value, true
		}
	}
	return "", false
}

// Clone returns a deep copy.
func (x Ext) Clone() Ext {
	c := Ext{Namespaces: slices.Clone(x.Namespaces), Attrs: slices.Clone(x.Attrs), Markup: slices.Clone(x.Markup), Elements: slices.Clone(x.Elements)}
	for i, e := range c.Elements {
		c.Elements[i] = e.Clone()
	}
	for i := range c.Markup {
		c.Markup[i].Attrs = slices.Clone(c.Markup[i].Attrs)
	}
	return c
}

// Equal reports whether both say the same. Prefixes and their declarations,
// sources and the order of Markup do not count.
func (x *Ext) Equal(o *Ext) bool {
	return slices.EqualFunc(x.Attrs, o.Attrs, Attr.Same) &&
		slices.EqualFunc(x.Elements, o.Elements, (*Element).Equal) &&
		len(x.Markup) == len(o.Markup) && !slices.ContainsFunc(x.Markup, func(m Markup) bool {
		n := o.Find(m.Field, m.Index)
		return n == nil || !m.same(*n)
	})
}

func (m Markup) same(o Markup) bool {
	return m.Field == o.Field && m.Index == o.Index && m.Name.Same(o.Name) && m.Text == o.Text && m.Absent == o.Absent &&
		slices.EqualFunc(m.Attrs, o.Attrs, Attr.Same)
}

// Strip makes the elements forget their source.
func (x *Ext) Strip() {
	for _, e := range x.Elements {
		e.Strip()
	}
}
