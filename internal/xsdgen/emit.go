package xsdgen

import (
	"bytes"
	"fmt"
	"go/format"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/internal/sym"
)

const (
	module = "github.com/ovfkit/ovf/"
	first  = "1.0.0" // the version that needs no mention
)

// writer makes the Go source of one file.
type writer struct {
	bytes.Buffer
	pkg     string
	imports map[string]bool
	model   *builder
}

func (w *writer) p(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// use qualifies a Go type for the package being written.
func (w *writer) use(typ string) string {
	star := ""
	if t, ok := strings.CutPrefix(typ, "*"); ok {
		star, typ = "*", t
	}
	pkg, name, ok := strings.Cut(typ, ".")
	switch {
	case !ok:
		return star + typ
	case pkg == w.pkg:
		return star + name
	}
	w.imports[module+pkg] = true
	return star + pkg + "." + name
}

// symbol returns the constant of a name.
func symbol(n sym.Name) string {
	class := [...]string{"", "OVF", "RASD", "VSSD", "EPASD", "SASD", "BootConfig", "BootSource", "OVFEnv", "XML", "XSI"}[n.Class]
	return class + "_" + n.Local
}

// structDecl writes type, codec and methods of one struct.
func (w *writer) structDecl(t *structType) {
	w.p("")
	w.comment(t.name, t.doc, "")
	w.p("//")
	w.p("// Schema type %s, since OVF %s. The zero value is ready to be filled in. Reading it", t.schema, t.since)
	w.p("// from several goroutines is safe, changing it is not.")
	w.p("type %s struct {", t.name)
	if t.root() {
		w.p("\t// Namespace is the one that names of OVF have in the document; empty means that of OVF 1.x, or of the document it is part of.")
		w.p("\tNamespace string `json:\"namespace,omitempty\"`")
	}
	if t.text {
		w.p("\t// Text is the content of the element.")
		w.p("\tText string `json:\"text\"`")
	}
	for _, f := range t.fields {
		w.fieldDecl(t, f)
	}
	w.p("\t// Ext holds what no field is for.")
	w.p("\tExt xmltree.Ext `json:\"ext,omitzero\"`")
	w.p("")
	w.p("\tsrc xmltree.Node")
	w.p("}")
	w.typeTable(t)
	w.codec(t)
	w.bind(t)
	w.emit(t)
	w.values(t)
}

// comment writes a doc comment that begins with the name; the documentation
// of the schema continues it.
func (w *writer) comment(name, doc, indent string) {
	if doc == "" {
		doc = "is an element of the schema."
	}
	line := indent + "// " + name
	for _, word := range strings.Fields(doc) {
		if len(line)+1+len(word) > 100 {
			w.p("%s", line)
			line = indent + "//"
		}
		line += " " + word
	}
	w.p("%s", line)
}

func (w *writer) fieldDecl(t *structType, f *field) {
	doc := f.doc
	if doc == "" {
		doc = "is the " + map[bool]string{true: "attribute ", false: "element "}[f.attr] + strings.TrimPrefix(f.schema, "@") + "."
	}
	if f.required {
		doc += " Required."
	}
	if f.fallback != "" {
		doc += " Absent means " + f.fallback + "."
	}
	if f.since > t.since {
		doc += " Since OVF " + f.since + "."
	}
	w.comment(f.name, doc, "\t")
	json := strings.TrimPrefix(f.schema, "@")
	if f.name == "Values" {
		json = "values"
	}
	if !f.required {
		json += ",omitempty"
	}
	w.p("\t%s %s `json:%q`", f.name, w.goType(f), json)
}

// goType returns the Go type of a field with pointer or slice.
func (w *writer) goType(f *field) string {
	typ := w.use(f.typ)
	switch {
	case f.kind == kindUnion && f.list:
		return w.use(f.union.pkg + "." + f.union.list())
	case f.kind == kindUnion:
		return w.use(f.union.pkg + "." + f.union.name)
	case f.list:
		return "[]" + typ
	case f.kind == kindElements:
		return typ
	case f.required && f.kind == kindStruct && w.model.needs(f):
		return "*" + typ
	case f.required:
		return typ
	}
	return "*" + typ
}

// needs reports whether the struct of a field has required parts: then it is
// held by pointer, so that leaving it out can be told from leaving it empty.
func (b *builder) needs(f *field) bool {
	for _, t := range b.types {
		if t.pkg+"."+t.name == f.typ {
			return t.needs
		}
	}
	return false
}

// pointer reports whether a struct field is a pointer.
func (w *writer) pointer(f *field) bool { return !f.list && strings.HasPrefix(w.goType(f), "*") }

func (w *writer) typeTable(t *structType) {
	low := lower(t.name)
	w.p("")
	w.p("var %sType = xmlbind.Type{", low)
	w.p("\tName: %q,", t.schema)
	if t.element.Local != "" {
		w.p("\tElement: sym.%s,", symbol(t.element))
	}
	if t.text {
		w.p("\tText: true,")
	}
	var required []string
	for i, f := range t.fields {
		if f.required {
			required = append(required, fmt.Sprintf("1<<%d", i))
		}
	}
	if required != nil {
		w.p("\tRequired: %s,", strings.Join(required, "|"))
	}
	if t.since > first {
		w.p("\tSince: %q,", t.since)
	}
	w.p("\tFields: []xmlbind.Field{")
	for _, f := range t.fields {
		s := "None"
		if f.sym.Local != "" {
			s = symbol(f.sym)
		}
		since := ""
		if f.since > t.since {
			since = fmt.Sprintf(", Since: %q", f.since)
		}
		w.p("\t\t{Name: %q, Sym: sym.%s%s},", f.schema, s, since)
	}
	w.p("\t},")
	w.p("}")
}

func (w *writer) codec(t *structType) {
	low := lower(t.name)
	w.p("")
	w.p("// Codec connects the struct to the reader and writer of this module; it is of no use to others.")
	w.p("func (t *%s) Codec() xmlbind.Codec { return (*%sCodec)(t) }", t.name, low)
	w.p("")
	w.p("// Location returns where a field was read, by its schema name (\"@\" before that of an attribute), or the")
	w.p("// struct itself for \"\". It is the zero Location where there is no source.")
	w.p("func (t *%s) Location(field string) diag.Location { return xmlbind.Locate(t.src, field) }", t.name)
	w.p("")
	w.p("type %sCodec %s", low, t.name)
	w.p("")
	w.p("func (c *%sCodec) Schema() *xmlbind.Type { return &%sType }", low, low)
	w.p("func (c *%sCodec) Origin() *xmltree.Node { return &c.src }", low)
	w.p("func (c *%sCodec) Extra() *xmltree.Ext { return &c.Ext }", low)
}

// values writes Clone, Equal and Strip.
func (w *writer) values(t *structType) {
	w.p("")
	w.p("// Clone returns a deep copy, which remembers the same source; nil for nil.")
	w.p("func (t *%s) Clone() *%s {", t.name, t.name)
	w.p("\tif t == nil { return nil }")
	w.p("\tc := *t")
	for _, f := range t.fields {
		switch {
		case f.kind == kindUnion && f.list:
			w.p("\tc.%s = t.%s.Clone()", f.name, f.name)
		case f.kind == kindUnion:
			w.p("\tc.%s = clone%s(t.%s)", f.name, f.union.name, f.name)
		case f.kind == kindStruct && f.list:
			w.p("\tc.%s = xmlbind.CloneList(t.%s)", f.name, f.name)
		case f.kind == kindStruct && w.pointer(f):
			w.p("\tc.%s = t.%s.Clone()", f.name, f.name)
		case f.kind == kindStruct:
			w.p("\tc.%s = *t.%s.Clone()", f.name, f.name)
		case f.kind == kindElements && f.list:
			w.p("\tc.%s = xmlbind.CloneElements(t.%s)", f.name, f.name)
		case f.kind == kindElements:
			w.p("\tc.%s = t.%s.Clone()", f.name, f.name)
		case f.list:
			w.p("\tc.%s = slices.Clone(t.%s)", f.name, f.name)
			w.imports["slices"] = true
		case w.pointer(f):
			w.p("\tc.%s = xmlbind.ClonePtr(t.%s)", f.name, f.name)
		}
	}
	w.p("\tc.Ext = t.Ext.Clone()")
	w.p("\treturn &c")
	w.p("}")
	w.p("")
	w.p("// Equal reports whether both say the same; sources and prefixes do not count.")
	w.p("func (t *%s) Equal(o *%s) bool {", t.name, t.name)
	w.p("\tif t == nil || o == nil { return t == o }")
	terms := []string{}
	if t.root() {
		terms = append(terms, "t.Namespace == o.Namespace")
	}
	if t.text {
		terms = append(terms, "t.Text == o.Text")
	}
	for _, f := range t.fields {
		terms = append(terms, w.equal(f))
	}
	terms = append(terms, "t.Ext.Equal(&o.Ext)")
	w.p("\treturn %s", strings.Join(terms, " &&\n\t\t"))
	w.p("}")
	w.p("")
	w.p("func (c *%sCodec) Strip() {", lower(t.name))
	w.p("\tc.src = xmltree.Node{}")
	w.p("\tc.Ext.Strip()")
	for _, f := range t.fields {
		switch {
		case f.kind == kindUnion && f.list:
			w.p("\tc.%s.strip()", f.name)
		case f.kind == kindUnion:
			w.p("\tif c.%s != nil { c.%s.Codec().Strip() }", f.name, f.name)
		case f.kind == kindStruct && f.list:
			w.p("\tfor i := range c.%s { c.%s[i].Codec().Strip() }", f.name, f.name)
		case f.kind == kindStruct && w.pointer(f):
			w.p("\tif c.%s != nil { c.%s.Codec().Strip() }", f.name, f.name)
		case f.kind == kindStruct:
			w.p("\tc.%s.Codec().Strip()", f.name)
		case f.kind == kindElements && f.list:
			w.p("\tfor _, e := range c.%s { e.Strip() }", f.name)
		case f.kind == kindElements:
			w.p("\tif c.%s != nil { c.%s.Strip() }", f.name, f.name)
		}
	}
	w.p("}")
}

func (w *writer) equal(f *field) string {
	a, b := "t."+f.name, "o."+f.name
	switch {
	case f.kind == kindUnion && f.list:
		return a + ".Equal(" + b + ")"
	case f.kind == kindUnion:
		return "equal" + f.union.name + "(" + a + ", " + b + ")"
	case f.kind == kindStruct && f.list:
		return "xmlbind.EqualList(" + a + ", " + b + ")"
	case f.kind == kindStruct && w.pointer(f):
		return a + ".Equal(" + b + ")"
	case f.kind == kindStruct:
		return a + ".Equal(&" + b + ")"
	case f.kind == kindElements && f.list:
		return "xmlbind.EqualElements(" + a + ", " + b + ")"
	case f.kind == kindElements:
		return a + ".Equal(" + b + ")"
	case f.list:
		w.imports["slices"] = true
		return "slices.Equal(" + a + ", " + b + ")"
	case w.pointer(f):
		return "xmlbind.EqualPtr(" + a + ", " + b + ")"
	}
	return a + " == " + b
}

// root reports whether the struct is the root of a document of its own.
func (t *structType) root() bool {
	switch t.schema {
	case "ovf:EnvelopeType", "ovf:Strings_Type", "oe:Environment_Type":
		return true
	}
	return false
}

// source returns the finished file.
func (w *writer) source(header string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(header)
	fmt.Fprintf(&out, "\npackage %s\n\nimport (\n", w.pkg)
	paths := []string{}
	for p := range w.imports {
		paths = append(paths, p)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if x, y := strings.Contains(a, "."), strings.Contains(b, "."); x != y {
			if y {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	std := true
	for _, p := range paths {
		if std && strings.Contains(p, ".") {
			std = false
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "\t%q\n", p)
	}
	out.WriteString(")\n")
	out.Write(w.Bytes())
	src, err := format.Source(out.Bytes())
	if err != nil {
		return out.Bytes(), err
	}
	return src, nil
}

// lower makes a Go name unexported.
func lower(s string) string {
	i := 0
	for i < len(s) && s[i] >= 'A' && s[i] <= 'Z' {
		i++
	}
	if i > 1 && i < len(s) {
		i--
	}
	return strings.ToLower(s[:i]) + s[i:]
}
