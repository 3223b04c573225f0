package xsdgen

import (
	"fmt"
	"strings"
)

// bind writes the method that reads the struct.
func (w *writer) bind(t *structType) {
	low := lower(t.name)
	w.p("")
	w.p("func (c *%sCodec) Bind(b *xmlbind.Binder, n xmltree.Node) {", low)
	w.p("\tf := b.Begin(n, c)")
	w.p("\tif f.Skip() { return }")
	w.p("\tt := (*%s)(c)", t.name)
	if t.text {
		w.p("\tf.Text(&t.Text)")
	}
	attrs, kids, lists := false, false, []string{}
	for i, f := range t.fields {
		attrs, kids = attrs || f.attr, kids || !f.attr
		if f.list {
			lists = append(lists, fmt.Sprintf("i%d", i))
		}
	}
	w.p("\tfor i := range n.Attrs() {")
	if attrs {
		w.p("\t\tok := false")
		w.p("\t\tswitch b.Attr(n, i) {")
		for i, f := range t.fields {
			if f.attr {
				w.p("\t\tcase sym.%s:", symbol(f.sym))
				opt := "Opt"
				if f.required {
					opt = ""
				}
				w.p("\t\t\tok = xmlbind.Attr%s%s(&f, %d, i, &t.%s)", opt, kindName(f.kind), i, f.name)
			}
		}
		w.p("\t\t}")
		w.p("\t\tif !ok { f.OtherAttr(i) }")
	} else {
		w.p("\t\tf.OtherAttr(i)")
	}
	w.p("\t}")
	if len(lists) > 0 {
		w.p("\tvar %s int", strings.Join(lists, ", "))
	}
	w.p("\tfor k := n.First(); k.Valid(); k = k.Next() {")
	if !kids {
		w.p("\t\tif b.Child(k) != sym.Skip { f.OtherElement(k) }")
	} else {
		w.p("\t\tok := false")
		w.p("\t\tswitch b.Child(k) {")
		w.p("\t\tcase sym.Skip:")
		w.p("\t\t\tcontinue")
		for i, f := range t.fields {
			if !f.attr {
				w.bindChild(i, f)
			}
		}
		w.p("\t\t}")
		w.p("\t\tif !ok { f.OtherElement(k) }")
	}
	w.p("\t}")
	w.p("\tf.End(c.facts())")
	w.p("}")
	w.facts(t)
	w.imports[module+"internal/sym"] = true
}

func kindName(k kind) string {
	return [...]string{"Text", "Uint", "Int", "Bool"}[k]
}

// bindChild writes the case for one child field.
func (w *writer) bindChild(i int, f *field) {
	if f.kind == kindUnion {
		w.bindUnion(i, f)
		return
	}
	w.p("\t\tcase sym.%s:", symbol(f.sym))
	switch {
	case f.kind == kindStruct && f.list:
		w.p("\t\t\tif v := xmlbind.Next(&f, %d, &t.%s, &i%d, k); v != nil { v.Codec().Bind(b, k) }", i, f.name, i)
		w.p("\t\t\tok = true")
	case f.kind == kindStruct && w.pointer(f):
		w.p("\t\t\tv, claimed := xmlbind.Optional(&f, %d, &t.%s)", i, f.name)
		w.p("\t\t\tif v != nil { v.Codec().Bind(b, k) }")
		w.p("\t\t\tok = claimed")
	case f.kind == kindStruct:
		w.p("\t\t\tif ok = f.Struct(%d); ok { t.%s.Codec().Bind(b, k) }", i, f.name)
	case f.kind == kindElements && f.list:
		w.p("\t\t\txmlbind.ChildElements(&f, %d, k, &t.%s, &i%d)", i, f.name, i)
		w.p("\t\t\tok = true")
	case f.kind == kindElements:
		w.p("\t\t\tok = xmlbind.ChildElement(&f, %d, k, &t.%s)", i, f.name)
	case f.list:
		w.p("\t\t\tok = xmlbind.Child%ss(&f, %d, k, &t.%s, &i%d)", kindName(f.kind), i, f.name, i)
	default:
		opt := "Opt"
		if f.required {
			opt = ""
		}
		w.p("\t\t\tok = xmlbind.Child%s%s(&f, %d, k, &t.%s)", opt, kindName(f.kind), i, f.name)
	}
}

func (w *writer) bindUnion(i int, f *field) {
	u := f.union
	var cases []string
	for _, m := range w.model.members(u) {
		cases = append(cases, "sym."+symbol(m.element))
	}
	w.p("\t\tcase %s:", strings.Join(cases, ",\n\t\t\t"))
	if f.list {
		w.p("\t\t\txmlbind.Member(&f, %d, (*[]%s)(&t.%s), &i%d, k, b.Child(k), new%s)", i, u.name, f.name, i, u.name)
		w.p("\t\t\tok = true")
	} else {
		w.p("\t\t\tok = xmlbind.OneMember(&f, %d, &t.%s, k, b.Child(k), new%s)", i, f.name, u.name)
	}
	if u.head.Local == "" {
		return
	}
	w.p("\t\tcase sym.%s:", symbol(u.head))
	w.p("\t\t\tif s := f.TypeName(k, sym.%s); is%s(s) {", className(u), u.name)
	if f.list {
		w.p("\t\t\t\txmlbind.Member(&f, %d, (*[]%s)(&t.%s), &i%d, k, s, new%s)", i, u.name, f.name, i, u.name)
		w.p("\t\t\t\tok = true")
	} else {
		w.p("\t\t\t\tok = xmlbind.OneMember(&f, %d, &t.%s, k, s, new%s)", i, f.name, u.name)
	}
	if u.open {
		w.p("\t\t\t} else {")
		w.p("\t\t\t\tok = openMember%s(&f, %d, &t.%s, &i%d, k)", u.name, i, f.name, i)
	}
	w.p("\t\t\t}")
	if u.open {
		w.p("\t\tdefault:")
		w.p("\t\t\tok = openMember%s(&f, %d, &t.%s, &i%d, k)", u.name, i, f.name, i)
	}
}

func className(u *union) string {
	if u.pkg == "environment" {
		return "OVFEnv"
	}
	return "OVF"
}

// facts writes the method that counts the parts of the struct.
func (w *writer) facts(t *structType) {
	w.p("")
	w.p("func (c *%sCodec) facts() int {", lower(t.name))
	w.p("\tn := xmlbind.Facts(&c.Ext)")
	for _, f := range t.fields {
		switch {
		case f.list:
			w.p("\tn += len(c.%s)", f.name)
		case !f.required || f.kind == kindUnion || w.pointer(f):
			w.p("\tif c.%s != nil { n++ }", f.name)
		case f.kind == kindStruct:
			w.p("\tif !xmlbind.Absent(&c.Ext, %q) || !xmlbind.Zero(c.%s.Codec()) { n++ }", f.schema, f.name)
		default:
			w.p("\tif c.%s != %s || !xmlbind.Absent(&c.Ext, %q) { n++ }", f.name, zero(f.kind), f.schema)
		}
	}
	w.p("\treturn n")
	w.p("}")
}

func zero(k kind) string {
	return [...]string{`""`, "0", "0", "false"}[k]
}

// emit writes the method that lists the parts for writing.
func (w *writer) emit(t *structType) {
	w.p("")
	w.p("func (c *%sCodec) Emit(e *xmlbind.Emitter) {", lower(t.name))
	if t.text {
		w.p("\te.Text(c.Text)")
	}
	for i, f := range t.fields {
		opt := "Opt"
		if f.required {
			opt = ""
		}
		switch {
		case f.attr:
			w.p("\txmlbind.EmitAttr%s%s(e, %d, c.%s)", opt, kindName(f.kind), i, f.name)
		case f.kind == kindUnion && f.list:
			w.p("\tfor _, m := range c.%s { e.Member(%d, true, m, %s) }", f.name, i, headSymbol(f.union))
		case f.kind == kindUnion:
			w.p("\tif c.%s != nil { e.Member(%d, false, c.%s, %s) }", f.name, i, f.name, headSymbol(f.union))
		case f.kind == kindStruct && f.list:
			w.p("\tfor i := range c.%s { e.Item(%d, c.%s[i].Codec()) }", f.name, i, f.name)
		case f.kind == kindStruct && w.pointer(f):
			w.p("\tif c.%s != nil { e.Struct(%d, c.%s.Codec()) }", f.name, i, f.name)
		case f.kind == kindStruct:
			w.p("\te.Required(%d, c.%s.Codec())", i, f.name)
		case f.kind == kindElements && f.list:
			w.p("\txmlbind.EmitChildElements(e, %d, c.%s)", i, f.name)
		case f.kind == kindElements:
			w.p("\txmlbind.EmitChildElement(e, %d, c.%s)", i, f.name)
		case f.list:
			w.p("\txmlbind.EmitChild%ss(e, %d, c.%s)", kindName(f.kind), i, f.name)
		default:
			w.p("\txmlbind.EmitChild%s%s(e, %d, c.%s)", opt, kindName(f.kind), i, f.name)
		}
	}
	w.p("}")
}

func headSymbol(u *union) string {
	if u.head.Local == "" {
		return "sym.None"
	}
	return "sym." + symbol(u.head)
}
