package grammar

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/schemas/internal/xsdset"
	"github.com/ovfkit/ovf/xmltree"
)

// Load makes the model of a schema set.
func Load(set *xsdset.Set) *Grammar {
	g := &Grammar{
		elements:   map[Name]*Element{},
		types:      map[Name]*Type{},
		attributes: map[Name]*Attribute{},
		members:    map[Name][]Name{},
	}
	l := &loader{g: g, nodes: map[component]source{}, simple: map[Name]*Simple{}, pending: map[*Type]source{}}
	for _, f := range set.Files {
		l.index(f)
	}
	for c := range l.nodes {
		switch c.kind {
		case "element":
			l.element(c.name)
		case "complexType":
			l.typ(c.name)
		case "attribute":
			l.attribute(c.name)
		}
	}
	for len(l.pending) > 0 {
		for t := range l.pending {
			l.build(t)
		}
	}
	for _, e := range g.elements {
		if e.head.Local != "" {
			g.members[e.head] = append(g.members[e.head], e.Name)
		}
	}
	for _, m := range g.members {
		slices.SortFunc(m, func(a, b Name) int { return strings.Compare(a.Local, b.Local) })
	}
	return g
}

type component struct {
	kind string
	name Name
}

// source is where a component is declared.
type source struct {
	file *xsdset.File
	node xmltree.Node
	// elements and attributes declared inside are in the target namespace
	qualifiedElements, qualifiedAttributes bool
}

func (s source) at(n xmltree.Node) source { s.node = n; return s }

type loader struct {
	g       *Grammar
	nodes   map[component]source
	simple  map[Name]*Simple
	pending map[*Type]source // complex types not built yet, so that types may refer to each other
}

func (l *loader) index(f *xsdset.File) {
	root := f.Doc.Root()
	s := source{
		file:                f,
		qualifiedElements:   attr(root, "elementFormDefault") == "qualified",
		qualifiedAttributes: attr(root, "attributeFormDefault") == "qualified",
	}
	for n := range elements(root) {
		if name := attr(n, "name"); name != "" {
			c := component{n.Name().Local, Name{f.Target, name}}
			if _, twice := l.nodes[c]; !twice {
				l.nodes[c] = s.at(n)
			}
		}
	}
}

// elements yields the child elements of XML Schema, annotations left out.
func elements(n xmltree.Node) func(func(xmltree.Node) bool) {
	return func(yield func(xmltree.Node) bool) {
		for c := n.First(); c.Valid(); c = c.Next() {
			if c.Kind() == xmltree.Elem && c.Name().Space == xsdset.Namespace && c.Name().Local != "annotation" && !yield(c) {
				return
			}
		}
	}
}

func attr(n xmltree.Node, local string) string {
	v, _ := n.Attr("", local)
	return strings.TrimSpace(v)
}

// qname resolves a name with a prefix as the declarations at n say.
func qname(n xmltree.Node, s string) Name {
	prefix, local, ok := strings.Cut(s, ":")
	if !ok {
		prefix, local = "", s
	}
	name := Name{Local: local}
	if prefix == "xml" {
		name.Space = "http://www.w3.org/XML/1998/namespace"
	}
	for ns := range n.Prefixes {
		if ns.Prefix == prefix {
			name.Space = ns.URI
			break
		}
	}
	return name
}

func (l *loader) element(n Name) *Element {
	if e, ok := l.g.elements[n]; ok {
		return e
	}
	s, ok := l.nodes[component{"element", n}]
	if !ok {
		return nil
	}
	e := &Element{Name: n}
	l.g.elements[n] = e
	l.declare(e, s)
	return e
}

// declare fills in an element declaration, global or local.
func (l *loader) declare(e *Element, s source) {
	e.Nillable = attr(s.node, "nillable") == "true"
	if h := attr(s.node, "substitutionGroup"); h != "" {
		e.head = qname(s.node, h)
	}
	if t := attr(s.node, "type"); t != "" {
		e.Type = l.typ(qname(s.node, t))
		return
	}
	for c := range elements(s.node) {
		switch c.Name().Local {
		case "complexType":
			e.Type = &Type{}
			l.pending[e.Type] = s.at(c)
		case "simpleType":
			e.Type = &Type{Simple: l.simpleType(s.at(c))}
		}
	}
	if e.Type == nil && e.head.Local != "" {
		if h := l.element(e.head); h != nil {
			e.Type = h.Type
		}
	}
	if e.Type == nil {
		e.Type = anyType
	}
}

// anyType is read-only.
var anyType = &Type{Any: true, AnyAttribute: true, laxAttribute: true}

// typ returns a named type, complex or simple; xs:anyType for one that nobody
// declares. A complex type may not be built yet.
func (l *loader) typ(n Name) *Type {
	if t, ok := l.g.types[n]; ok {
		return t
	}
	if s, ok := l.nodes[component{"complexType", n}]; ok {
		t := &Type{}
		l.g.types[n] = t
		l.pending[t] = s
		return t
	}
	if simple := l.namedSimple(n); simple != nil {
		t := &Type{Simple: simple}
		l.g.types[n] = t
		return t
	}
	return anyType
}

func (l *loader) attribute(n Name) *Attribute {
	if a, ok := l.g.attributes[n]; ok {
		return a
	}
	s, ok := l.nodes[component{"attribute", n}]
	if !ok {
		return nil
	}
	a := &Attribute{Name: n, Type: l.attributeType(s)}
	l.g.attributes[n] = a
	return a
}

func (l *loader) attributeType(s source) *Simple {
	if t := attr(s.node, "type"); t != "" {
		return l.namedSimple(qname(s.node, t))
	}
	for c := range elements(s.node) {
		if c.Name().Local == "simpleType" {
			return l.simpleType(s.at(c))
		}
	}
	return nil
}

// occurs reads minOccurs and maxOccurs.
func occurs(n xmltree.Node) (lo, hi int) {
	lo, hi = 1, 1
	if v, err := strconv.Atoi(attr(n, "minOccurs")); err == nil {
		lo = v
	}
	switch v := attr(n, "maxOccurs"); {
	case v == "unbounded":
		hi = Unbounded
	case v != "":
		if m, err := strconv.Atoi(v); err == nil {
			hi = m
		}
	}
	return lo, hi
}
