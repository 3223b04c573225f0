package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// ConformanceLevel returns how much of the descriptor is beyond the standard
// (DSP0243 7.4): 1 if nothing is, 2 if every extension may be ignored, 3 if a
// consumer must understand at least one. It is computed, never written in a
// descriptor.
//
// Extensions are sections, children and attributes of foreign namespaces. A
// section or child counts as required unless its ovf:required is false; an
// attribute never does.
func (t *Envelope) ConformanceLevel() int {
	level := 1
	t.extensions(func(x extension) {
		switch {
		case x.required:
			level = 3
		case level == 1:
			level = 2
		}
	})
	return level
}

// extension is a section, child element or attribute of a foreign namespace.
type extension struct {
	name     xmltree.Name
	kind     extensionKind
	required bool             // a consumer that does not understand it must stop
	section  Section          // the section, for [sectionExtension]
	element  *xmltree.Element // the child, for [elementExtension]
	owner    xmltree.Node     // where the struct around it was read; may be invalid
}

type extensionKind uint8

const (
	attributeExtension extensionKind = iota
	elementExtension
	sectionExtension
)

// location returns where the extension was read.
func (x *extension) location() diag.Location {
	switch x.kind {
	case attributeExtension:
		return attrLocation(x.owner, x.name)
	case elementExtension:
		return elementLocation(x.element)
	}
	return sectionLocation(x.section)
}

// extensions calls visit for each extension: those of the standard's structs in
// document order, then the sections of foreign namespaces.
func (t *Envelope) extensions(visit func(extension)) {
	attrs := func(c xmlbind.Codec, list []xmltree.Attr) {
		for _, a := range list {
			if t.foreign(a.Name.Space) {
				visit(extension{name: a.Name, owner: *c.Origin()})
			}
		}
	}
	visitor(func(c xmlbind.Codec) {
		x := c.Extra()
		attrs(c, x.Attrs)
		for i := range x.Markup {
			attrs(c, x.Markup[i].Attrs)
		}
		_, encryption := c.(*encryptionSectionCodec)
		for _, e := range x.Elements {
			if e != nil && t.foreign(e.Name.Space) && !(encryption && strings.HasPrefix(e.Name.Space, "http://www.w3.org/")) {
				visit(extension{name: e.Name, kind: elementExtension, required: mustUnderstand(e), element: e})
			}
		}
	}).envelope(t)
	sections := func(list []Section) {
		for _, s := range list {
			if none(s) || s.Codec() != nil {
				continue
			}
			if e := sectionElement(s); e != nil && t.foreign(e.Name.Space) {
				visit(extension{name: e.Name, kind: sectionExtension, required: s.SectionRequired(), section: s})
			}
		}
	}
	sections(t.Section)
	for c := range Walk(t.Content) {
		sections(c.Sections())
	}
}

// foreign reports whether a namespace is neither the standard's nor XML's own.
// A name without namespace cannot be an extension (DSP0243 7.3).
func (t *Envelope) foreign(space string) bool {
	return space != "" && space != t.Namespace && space != sym.NSXML && space != sym.NSXSI && !Standard(space)
}

// mustUnderstand reads ovf:required of an extension element: true unless it
// says false (DSP0243 7.3).
func mustUnderstand(e *xmltree.Element) bool {
	return (&UnknownSection{Element: e}).SectionRequired()
}

// sectionElement returns the element of a section without struct; nil if it has
// none.
func sectionElement(s Section) *xmltree.Element {
	o, ok := s.(xmlbind.Opener)
	if !ok {
		return nil
	}
	e, err := o.OpenElement()
	if err != nil {
		return nil
	}
	return e
}

// sectionLocation returns where a section was read.
func sectionLocation(s Section) diag.Location {
	if c := s.Codec(); c != nil {
		return xmlbind.Locate(*c.Origin(), "")
	}
	return elementLocation(sectionElement(s))
}

// contentLocation returns where a virtual system or collection was read, or one
// of its fields.
func contentLocation(c Content, field string) diag.Location {
	return xmlbind.Locate(*c.Codec().Origin(), field)
}

func elementLocation(e *xmltree.Element) diag.Location {
	if e == nil || !e.Source().Valid() {
		return diag.Location{}
	}
	return e.Source().Location()
}

// attrLocation returns where an attribute of an element, or of one of its simple
// children, was read.
func attrLocation(n xmltree.Node, name xmltree.Name) diag.Location {
	if !n.Valid() {
		return diag.Location{}
	}
	if l, ok := ownAttrLocation(n, name); ok {
		return l
	}
	for k := n.First(); k.Valid(); k = k.Next() {
		if k.Kind() != xmltree.Elem {
			continue
		}
		if l, ok := ownAttrLocation(k, name); ok {
			return l
		}
	}
	return n.Location()
}

func ownAttrLocation(n xmltree.Node, name xmltree.Name) (diag.Location, bool) {
	for i := range n.Attrs() {
		if n.AttrName(i).Same(name) {
			return n.AttrLocation(i), true
		}
	}
	return diag.Location{}, false
}
