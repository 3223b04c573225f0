package grammar

import (
	"slices"
	"strings"

	"github.com/ovfkit/ovf/xmltree"
)

// build fills in a complex type from its declaration, if that is still to do.
func (l *loader) build(t *Type) {
	s, ok := l.pending[t]
	if !ok {
		return
	}
	delete(l.pending, t)
	t.abstract = attr(s.node, "abstract") == "true"
	for c := range elements(s.node) {
		switch c.Name().Local {
		case "simpleContent", "complexContent":
			for d := range elements(c) {
				l.derive(t, s.at(d))
			}
		default:
			l.part(t, s.at(c))
		}
	}
}

// derive fills in a type from an extension or restriction of another.
func (l *loader) derive(t *Type, s source) {
	base := l.typ(qname(s.node, attr(s.node, "base")))
	l.build(base) // does nothing for a type derived from itself, which engines refuse
	t.Simple = base.Simple
	t.AnyAttribute, t.laxAttribute = base.AnyAttribute, base.laxAttribute
	t.Attributes = slices.Clone(base.Attributes)
	restriction := s.node.Name().Local == "restriction"
	if restriction {
		t.AnyAttribute, t.laxAttribute = false, false
		t.restricted = base.Simple == nil
		if base.Simple != nil {
			t.Simple = l.restrict(base.Simple, s)
		}
	} else {
		t.Content = base.Content
	}
	for c := range elements(s.node) {
		l.part(t, s.at(c))
	}
}

// part adds one part of a declaration to a type: its content or an attribute.
func (l *loader) part(t *Type, s source) {
	switch s.node.Name().Local {
	case "sequence", "choice", "all", "group":
		p := l.particle(s, 0)
		if t.Content == nil {
			t.Content = p
		} else if p != nil {
			t.Content = &Particle{Order: Sequence, Min: 1, Max: 1, Parts: []*Particle{t.Content, p}}
		}
	case "attribute":
		l.use(t, s)
	case "attributeGroup":
		if g, ok := l.nodes[component{"attributeGroup", qname(s.node, attr(s.node, "ref"))}]; ok {
			for c := range elements(g.node) {
				if c.Name().Local != "attributeGroup" {
					l.part(t, g.at(c))
				}
			}
		}
	case "anyAttribute":
		t.AnyAttribute = true
		ns := attr(s.node, "namespace")
		t.laxAttribute = (ns == "" || ns == "##any") && attr(s.node, "processContents") == "lax"
	}
}

// use adds an attribute to a type, in place of one of that name.
func (l *loader) use(t *Type, s source) {
	var a Attribute
	if ref := attr(s.node, "ref"); ref != "" {
		a.Name = qname(s.node, ref)
		if global := l.attribute(a.Name); global != nil {
			a.Type = global.Type
		}
	} else {
		a.Name.Local = attr(s.node, "name")
		form := attr(s.node, "form")
		if form == "qualified" || form == "" && s.qualifiedAttributes {
			a.Name.Space = s.file.Target
		}
		a.Type = l.attributeType(s)
	}
	use := attr(s.node, "use")
	a.Required = use == "required"
	t.Attributes = slices.DeleteFunc(t.Attributes, func(b Attribute) bool { return b.Name == a.Name })
	if use != "prohibited" {
		t.Attributes = append(t.Attributes, a)
	}
}

// maxNesting bounds groups that refer to each other.
const maxNesting = 50

func (l *loader) particle(s source, depth int) *Particle {
	p := &Particle{}
	p.Min, p.Max = occurs(s.node)
	if depth > maxNesting {
		return p
	}
	switch s.node.Name().Local {
	case "element":
		p.Order = Single
		p.Element = l.localElement(s)
	case "any":
		p.Order = Single
		p.Wildcard = wildcard(s.node, s.file.Target)
	case "group":
		if g, ok := l.nodes[component{"group", qname(s.node, attr(s.node, "ref"))}]; ok {
			for c := range elements(g.node) {
				p.Parts = append(p.Parts, l.particle(g.at(c), depth+1))
			}
		}
	case "choice":
		p.Order = Choice
		fallthrough
	default:
		if s.node.Name().Local == "all" {
			p.Order = All
		}
		for c := range elements(s.node) {
			p.Parts = append(p.Parts, l.particle(s.at(c), depth+1))
		}
	}
	return p
}

func (l *loader) localElement(s source) *Element {
	if ref := attr(s.node, "ref"); ref != "" {
		name := qname(s.node, ref)
		if e := l.element(name); e != nil {
			return e
		}
		return &Element{Name: name, Type: anyType}
	}
	e := &Element{Name: Name{Local: attr(s.node, "name")}}
	form := attr(s.node, "form")
	if form == "qualified" || form == "" && s.qualifiedElements {
		e.Name.Space = s.file.Target
	}
	l.declare(e, s)
	return e
}

func wildcard(n xmltree.Node, target string) *Wildcard {
	w := &Wildcard{lax: attr(n, "processContents") == "lax"}
	switch v := attr(n, "namespace"); v {
	case "", "##any":
		w.any = true
	case "##other":
		w.other = target
	default:
		w.spaces = strings.Fields(v)
		for i, s := range w.spaces {
			switch s {
			case "##local":
				w.spaces[i] = ""
			case "##targetNamespace":
				w.spaces[i] = target
			}
		}
	}
	return w
}
