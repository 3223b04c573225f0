package xsdgen

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/internal/sym"
)

// kind says how a field is read and written.
type kind int

const (
	kindText     kind = iota // string
	kindUint                 // uint8 … uint64
	kindInt                  // int32, int64
	kindBool                 // bool
	kindStruct               // another generated struct
	kindUnion                // member of a substitution group or choice
	kindElements             // anything: *xmltree.Element
)

// field is one field of a generated struct.
type field struct {
	name     string // of the Go field
	schema   string // schema name, "@" before that of an attribute
	sym      sym.Name
	kind     kind
	typ      string // Go type without pointer or slice, qualified for use in another package
	attr     bool
	list     bool
	required bool
	doc      string
	fallback string // what the schema says of an absent attribute
	since    string
	union    *union
}

// structType is one generated struct.
type structType struct {
	pkg, name string
	schema    string   // as ovf:File_Type
	element   sym.Name // the global element of this type, if there is one
	doc       string
	since     string
	text      bool // simple content
	fields    []*field
	group     string // names the file it goes to
	from      *file
	needs     bool // some part is required
}

// builder makes structs from one version of the schemas.
type builder struct {
	set   *schemaSet
	types map[string]*structType // by schema key
	order []string
}

// build makes a struct for each complex type of the set that has a place in
// the model.
func build(set *schemaSet) (*builder, error) {
	b := &builder{set: set, types: map[string]*structType{}}
	for _, f := range set.files {
		for q, t := range sorted(set.types) {
			if q.space != f.target || t.file != f || t.XMLName.Local != "complexType" || t.attr("abstract") == "true" {
				continue
			}
			class, _ := sym.ClassOf(q.space)
			if class == sym.Other {
				continue
			}
			if _, err := b.complexType(key(class, q.local), class, q.local, t, ""); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func key(c sym.Class, local string) string { return c.Prefix() + ":" + local }

// complexType makes the struct of one type; anonymous ones are reached through
// the elements that hold them.
func (b *builder) complexType(k string, class sym.Class, local string, t *element, group string) (*structType, error) {
	if s, ok := b.types[k]; ok {
		return s, nil
	}
	pkg, name := goType(k, class, local)
	if group == "" {
		group = strings.ToLower(name)
	}
	s := &structType{pkg: pkg, name: name, schema: k, doc: t.doc(), since: b.set.version, group: group, from: t.file}
	b.types[k] = s
	b.order = append(b.order, k)
	for q, e := range sorted(b.set.elements) {
		if ty := e.attr("type"); ty != "" && e.resolve(ty) == (qname{t.file.target, t.attr("name")}) && t.attr("name") != "" {
			c, _ := sym.ClassOf(q.space)
			s.element = sym.Name{Class: c, Local: q.local}
			if s.doc == "" {
				s.doc = e.doc()
			}
		}
	}
	if err := b.content(s, t); err != nil {
		return nil, fmt.Errorf("%s: %w", k, err)
	}
	s.sortFields()
	for _, f := range s.fields {
		s.needs = s.needs || f.required
	}
	return s, nil
}

// sortFields puts attributes before children.
func (s *structType) sortFields() {
	var attrs, kids []*field
	for _, f := range s.fields {
		if f.attr {
			attrs = append(attrs, f)
		} else {
			kids = append(kids, f)
		}
	}
	s.fields = append(attrs, kids...)
}

// content adds the fields of a complex type, those of its base first.
func (b *builder) content(s *structType, t *element) error {
	for _, c := range t.Children {
		var err error
		switch c.XMLName.Local {
		case "sequence":
			err = b.sequence(s, c)
		case "choice":
			err = b.choice(s, c)
		case "attribute":
			err = b.attribute(s, c)
		case "complexContent":
			x := c.child("extension")
			if x == nil {
				return fmt.Errorf("complexContent without extension")
			}
			base, ok := b.set.types[x.resolve(x.attr("base"))]
			if !ok {
				return fmt.Errorf("unknown base %s", x.attr("base"))
			}
			if err = b.content(s, base); err == nil {
				err = b.content(s, x)
			}
		case "simpleContent":
			s.text = true
			if x := c.child("extension"); x != nil {
				err = b.content(s, x)
			}
		case "annotation", "anyAttribute":
		default:
			err = fmt.Errorf("unexpected %s", c.XMLName.Local)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) sequence(s *structType, seq *element) error {
	for _, c := range seq.Children {
		var err error
		switch c.XMLName.Local {
		case "element":
			err = b.particle(s, c)
		case "choice":
			err = b.choice(s, c)
		case "any", "annotation":
		default:
			err = fmt.Errorf("unexpected %s in a sequence", c.XMLName.Local)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attribute adds the field of an attribute.
func (b *builder) attribute(s *structType, a *element) error {
	q, decl := qname{a.file.target, a.attr("name")}, a
	if ref := a.attr("ref"); ref != "" {
		q = a.resolve(ref)
		if d, ok := b.set.attributes[q]; ok {
			decl = d
		}
	}
	class, _ := sym.ClassOf(q.space)
	f := &field{schema: "@" + q.local, sym: sym.Name{Class: class, Local: q.local}, attr: true,
		required: a.attr("use") == "required", doc: decl.doc(), since: b.set.version}
	if d := a.doc(); d != "" {
		f.doc = d
	}
	f.fallback = decl.attr("default")
	if d := a.attr("default"); d != "" {
		f.fallback = d
	}
	base := qname{xsdSpace, "string"}
	if t := decl.attr("type"); t != "" {
		base = decl.resolve(t)
	}
	var err error
	f.kind, f.typ, err = simpleType(base)
	s.add(f)
	return err
}

// particle adds the field of a child element.
func (b *builder) particle(s *structType, e *element) error {
	q, decl := qname{e.file.target, e.attr("name")}, e
	if ref := e.attr("ref"); ref != "" {
		q = e.resolve(ref)
		d, ok := b.set.elements[q]
		if !ok {
			return fmt.Errorf("unknown element %s", ref)
		}
		decl = d
	}
	class, _ := sym.ClassOf(q.space)
	f := &field{schema: q.local, sym: sym.Name{Class: class, Local: q.local}, list: e.attr("maxOccurs") == "unbounded",
		required: e.attr("minOccurs") != "0", doc: decl.doc(), since: b.set.version}
	if d := e.doc(); d != "" {
		f.doc = d
	}
	if f.list {
		f.required = false // an empty list says it all
	}
	if u := headUnion(class, q.local); u != nil {
		f.kind, f.union, f.typ = kindUnion, u, u.name
		s.add(f)
		return nil
	}
	if err := b.typeOf(s, f, q, class, decl); err != nil {
		return fmt.Errorf("%s: %w", q.local, err)
	}
	s.add(f)
	return nil
}

// typeOf finds what an element holds.
func (b *builder) typeOf(s *structType, f *field, q qname, class sym.Class, decl *element) error {
	if anon := decl.child("complexType"); anon != nil {
		if base, ok := b.restricted(anon); ok {
			var err error
			f.kind, f.typ, err = simpleType(base)
			return err
		}
		t, err := b.complexType(s.schema+"/"+q.local, class, q.local, anon, s.group)
		if err == nil {
			f.kind, f.typ = kindStruct, t.pkg+"."+t.name
		}
		return err
	}
	base := decl.resolve(decl.attr("type"))
	if k, typ, err := simpleType(base); err == nil {
		f.kind, f.typ = k, typ
		return nil
	}
	t, ok := b.set.types[base]
	if !ok {
		return fmt.Errorf("unknown type %s", decl.attr("type"))
	}
	c, _ := sym.ClassOf(base.space)
	st, err := b.complexType(key(c, base.local), c, base.local, t, "")
	if err == nil {
		f.kind, f.typ = kindStruct, st.pkg+"."+st.name
	}
	return err
}

// restricted looks through an anonymous type that restricts a simple one, as
// the enumerations of CIM do, and returns the simple type under it.
func (b *builder) restricted(anon *element) (qname, bool) {
	c := anon.child("simpleContent")
	if c == nil {
		return qname{}, false
	}
	r := c.child("restriction")
	if r == nil {
		return qname{}, false
	}
	for u := r.child("simpleType"); u != nil; {
		switch {
		case u.child("union") != nil:
			u = u.child("union").child("simpleType")
		case u.child("restriction") != nil:
			return u.resolve(u.child("restriction").attr("base")), true
		default:
			return qname{}, false
		}
	}
	return r.resolve(r.attr("base")), true
}

// choice adds the field of a repeated choice; one among foreign elements stays
// open content.
func (b *builder) choice(s *structType, c *element) error {
	u := choiceUnion(s.schema)
	if u == nil {
		return nil
	}
	f := &field{name: u.field, schema: u.field, kind: kindUnion, union: u, typ: u.name, list: true, doc: u.doc, since: b.set.version}
	for _, e := range c.Children {
		if e.XMLName.Local != "element" {
			continue
		}
		class, _ := sym.ClassOf(e.file.target)
		m := u.member(e.attr("name"))
		if m == nil {
			return fmt.Errorf("the choice has no member %s", e.attr("name"))
		}
		var t *structType
		if anon := e.child("complexType"); anon != nil {
			var err error
			if t, err = b.complexType(s.schema+"/"+e.attr("name"), class, e.attr("name"), anon, s.group); err != nil {
				return err
			}
		} else {
			t = b.wrapper(s, e, class)
		}
		if t.doc == "" {
			t.doc = e.doc()
		}
		t.element = sym.Name{Class: class, Local: e.attr("name")}
		t.name = m.name
	}
	s.fields = append(s.fields, f)
	return nil
}

// wrapper makes a struct for a member of a choice whose type is shared or
// simple, so that the member has a Go type of its own.
func (b *builder) wrapper(s *structType, e *element, class sym.Class) *structType {
	k := s.schema + "/" + e.attr("name")
	if t, ok := b.types[k]; ok {
		return t
	}
	t := &structType{pkg: s.pkg, schema: k, doc: e.doc(), since: b.set.version, text: true, group: s.group, from: e.file}
	b.types[k] = t
	b.order = append(b.order, k)
	if base, ok := b.set.types[e.resolve(e.attr("type"))]; ok {
		_ = b.content(t, base)
	}
	return t
}

// add gives the field its Go name and type.
func (s *structType) add(f *field) {
	if f.name == "" {
		f.name = goField(s.schema, f.schema)
	}
	if t := goEnum(s.pkg, s.schema, f.schema); t != "" {
		f.typ = t
	}
	s.fields = append(s.fields, f)
}
