package schemas

import (
	"strings"

	"github.com/ovfkit/ovf/xmltree"
)

const (
	nsXSI = "http://www.w3.org/2001/XMLSchema-instance"
	// dmtf is how every namespace of the standard begins. No vendor's may.
	dmtf = "http://schemas.dmtf.org/"
)

// view is a document as the engines shall see it.
type view struct {
	text    string         // as long as the source of the document
	vendors []xmltree.Node // undeclared sections, overwritten in text
}

// prepare overwrites, byte for byte so that positions stay right, what no
// engine shall see: undeclared vendor sections, which would hide the rest of
// their parent; schema locations, which must not be followed; an encoding
// declaration, since the text is UTF-8 by now; and colons and attributes that
// break the rules of namespaces, which the parser has reported.
func prepare(doc *xmltree.Document, declared func(space string) bool) view {
	v := view{text: doc.Source()}
	e := eraser{text: v.text}
	e.erase(0, oddDeclaration(v.text))
	v.vendors = vendorSections(doc.Root(), declared)
	for _, n := range v.vendors {
		e.erase(n.Span())
	}
	located := strings.Contains(v.text, "chemaLocation")
	if located || len(doc.Problems()) > 0 {
		e.attributes(doc.Root(), len(doc.Problems()) > 0)
	}
	if e.out != nil {
		v.text = string(e.out)
	}
	return v
}

// oddDeclaration returns the end of an XML declaration that names another
// encoding than UTF-8, or another version than 1.0; else 0. The parser has read the
// document all the same, as UTF-8 and 1.0.
func oddDeclaration(text string) int {
	rest, ok := strings.CutPrefix(text, "<?xml")
	if !ok || strings.TrimLeft(rest, " \t\r\n") == rest {
		return 0
	}
	end := strings.Index(text, "?>") + len("?>")
	decl := strings.ToLower(text[:end])
	plain := strings.Contains(decl, `"1.0"`) || strings.Contains(decl, "'1.0'")
	if plain && (!strings.Contains(decl, "encoding") || strings.Contains(decl, "utf-8")) {
		return 0
	}
	return end
}

// vendorSections returns the sections in namespaces of vendors that no schema
// at hand declares, where a section may stand: behind the head of an envelope or
// content, before the next content or bundle.
func vendorSections(root xmltree.Node, declared func(string) bool) []xmltree.Node {
	space := root.Name().Space
	if space != NamespaceEnvelope1 && space != NamespaceEnvelope2 || root.Name().Local != "Envelope" {
		return nil
	}
	var out []xmltree.Node
	var walk func(parent xmltree.Node)
	walk = func(parent xmltree.Node) {
		var found, inner []xmltree.Node
		head, tail := false, false
		for n := parent.First(); n.Valid(); n = n.Next() {
			if n.Kind() != xmltree.Elem {
				continue
			}
			name := n.Name()
			switch {
			case name.Space == "" || strings.HasPrefix(name.Space, dmtf) && name.Space != space:
			case name.Space != space:
				if head && !tail && !declared(name.Space) {
					found = append(found, n)
				}
			case name.Local == "References" || name.Local == "Info" || name.Local == "Name":
				head = true
				found = nil // what stood before is out of order
			case name.Local == "VirtualSystem" || name.Local == "VirtualSystemCollection":
				tail = true
				inner = append(inner, n)
			case name.Local == "Strings":
				tail = true
			}
		}
		out = append(out, found...)
		for _, n := range inner {
			walk(n)
		}
	}
	walk(root)
	return out
}

// eraser overwrites parts of a text.
type eraser struct {
	text string
	out  []byte // nil until something is overwritten
}

func (e *eraser) bytes() []byte {
	if e.out == nil {
		e.out = []byte(e.text)
	}
	return e.out
}

// erase makes a range white space, line ends kept.
func (e *eraser) erase(from, to int) {
	if from == to {
		return
	}
	b := e.bytes()[from:to]
	for i, c := range b {
		if c != '\n' && c != '\r' {
			b[i] = ' '
		}
	}
}

// attributes erases the schema locations of an element and all in it. With
// problems it also makes the names with undeclared prefixes names without
// colon, as parsers without namespaces read them, and erases declarations that
// are none and attributes that are there twice.
func (e *eraser) attributes(n xmltree.Node, problems bool) {
	start, end := n.Span()
	if problems && n.Name().Space == "" {
		name := n.Name().String()
		e.colons(start+1, len(name))
		if _, close := n.Content(); close < end && !n.IsEmptyTag() {
			e.colons(close+2, len(name))
		}
	}
	for i := range n.Attrs() {
		name := n.AttrName(i)
		at, _, vend := n.AttrSpan(i)
		switch {
		case name.Space == nsXSI && (name.Local == "schemaLocation" || name.Local == "noNamespaceSchemaLocation"):
			e.erase(at, vend+1)
		case !problems:
		case n.AttrIsNamespace(i):
			if badDeclaration(name, n.AttrValue(i)) {
				e.erase(at, vend+1)
			}
		case name.Space == "":
			e.colons(at, len(name.String()))
		case repeats(n, i):
			e.erase(at, vend+1)
		}
	}
	for c := n.First(); c.Valid(); c = c.Next() {
		if c.Kind() == xmltree.Elem {
			e.attributes(c, problems)
		}
	}
}

func (e *eraser) colons(at, n int) {
	for i := at; i < at+n; i++ {
		if e.text[i] == ':' {
			e.bytes()[i] = '_'
		}
	}
}

// badDeclaration reports whether a namespace declaration is one that parsers
// refuse: a prefix bound to nothing, or a reserved one bound at all.
func badDeclaration(name xmltree.Name, uri string) bool {
	prefixed := name.Prefix != ""
	switch {
	case prefixed && uri == "":
		return true
	case prefixed && (name.Local == "xml" || name.Local == "xmlns"):
		return true
	}
	return uri == xmltree.XMLNamespace || uri == xmltree.XMLNSNamespace
}

// repeats reports whether an attribute has the name of an earlier one.
func repeats(n xmltree.Node, i int) bool {
	for j := range i {
		if n.AttrName(j).Same(n.AttrName(i)) {
			return true
		}
	}
	return false
}
