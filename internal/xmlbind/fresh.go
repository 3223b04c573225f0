package xmlbind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// fresh writes elements that have no source. Namespaces that are not in force
// are declared on the outermost element it writes.
type fresh struct {
	out     []byte
	root    string              // the namespace for names of OVF
	scope   []xmltree.Namespace // in force, innermost last
	missing []xmltree.Namespace // to declare on the outermost element
	wish    string              // prefix that neighbours use for OVF, "-" for none known
	newline string              // line end with the indentation of the outermost element; empty for one line
	unit    string              // one step of indentation
	err     error

	// reserved are prefixes that the document uses without declaring them: a
	// declaration would change what is there.
	reserved map[string]bool
}

// top writes one outermost element and what it needs declared.
func (w *fresh) top(k outKid) {
	at := len(w.out)
	outer := len(w.scope)
	w.kid(k, w.newline)
	w.scope = w.scope[:outer]
	if len(w.missing) == 0 {
		return
	}
	var decl []byte
	for _, ns := range w.missing {
		decl = appendDeclaration(decl, ns)
	}
	at++ // '<'
	for !strings.ContainsRune(" \t\r\n/>", rune(w.out[at])) {
		at++
	}
	w.out = slices.Insert(w.out, at, decl...)
}

func appendDeclaration(b []byte, ns xmltree.Namespace) []byte {
	b = append(b, " xmlns"...)
	if ns.Prefix != "" {
		b = append(append(b, ':'), ns.Prefix...)
	}
	b = append(b, `="`...)
	b = xmltree.AppendAttr(b, ns.URI, '"')
	return append(b, '"')
}

// kid writes one child; newline is the line end with its indentation.
func (w *fresh) kid(k outKid, newline string) {
	switch {
	case k.codec != nil:
		e := collect(k.codec, w.root)
		if e.err != nil && w.err == nil {
			w.err = e.err
		}
		if e.typ.Text {
			newline = "" // white space would become part of the text
		}
		w.element(k.name, e.ext.Namespaces, e.attrs, e.sorted(), e.text, newline)
	case k.elem != nil:
		w.open(k.elem)
	default:
		var attrs []outAttr
		for _, a := range k.attrs {
			attrs = append(attrs, outAttr{name: a.Name, value: a.Value})
		}
		w.element(k.name, nil, attrs, nil, k.text, newline)
	}
}

// element writes an element whose children are put on lines of their own.
func (w *fresh) element(name xmltree.Name, spaces []xmltree.Namespace, attrs []outAttr, kids []outKid, text, newline string) {
	outer := len(w.scope)
	raw := w.startTag(name, spaces, attrs)
	if len(kids) == 0 && text == "" {
		w.out = append(w.out, "/>"...)
		w.scope = w.scope[:outer]
		return
	}
	w.out = append(w.out, '>')
	w.out = xmltree.AppendText(w.out, text)
	inner := newline
	if newline != "" {
		inner += w.unit
	}
	for _, k := range kids {
		w.out = append(w.out, inner...)
		w.kid(k, inner)
	}
	if len(kids) > 0 {
		w.out = append(w.out, newline...)
	}
	w.endTag(raw)
	w.scope = w.scope[:outer]
}

// open writes an element of open content as it is, without white space of its
// own: text may matter there.
func (w *fresh) open(e *xmltree.Element) {
	attrs := make([]outAttr, len(e.Attrs))
	for i, a := range e.Attrs {
		attrs[i] = outAttr{name: a.Name, value: a.Value}
	}
	outer := len(w.scope)
	raw := w.startTag(e.Name, e.Namespaces, attrs)
	if len(e.Content) == 0 {
		w.out = append(w.out, "/>"...)
		w.scope = w.scope[:outer]
		return
	}
	w.out = append(w.out, '>')
	for _, c := range e.Content {
		switch c := c.(type) {
		case *xmltree.Element:
			w.open(c)
		case xmltree.Text:
			w.out = xmltree.AppendText(w.out, string(c))
		case xmltree.CommentText:
			w.out = append(append(append(w.out, "<!--"...), c...), "-->"...)
		case xmltree.Instruction:
			w.out = append(append(w.out, "<?"...), c.Target...)
			if c.Data != "" {
				w.out = append(append(w.out, ' '), c.Data...)
			}
			w.out = append(w.out, "?>"...)
		}
	}
	w.endTag(raw)
	w.scope = w.scope[:outer]
}

// startTag writes the start tag without its closing bracket and returns the
// name as written.
func (w *fresh) startTag(name xmltree.Name, spaces []xmltree.Namespace, attrs []outAttr) string {
	w.out = append(w.out, '<')
	w.scope = append(w.scope, spaces...)
	undeclare := false
	if name.Space == "" && w.bound("") != "" && !strings.Contains(name.Local, ":") {
		undeclare = true
		w.scope = append(w.scope, xmltree.Namespace{})
	}
	raw := name.Local
	if p := w.prefix(name, false); p != "" {
		raw = p + ":" + raw
	}
	w.out = append(w.out, raw...)
	if undeclare && !slices.Contains(spaces, xmltree.Namespace{}) {
		w.out = append(w.out, ` xmlns=""`...)
	}
	for _, ns := range spaces {
		w.out = appendDeclaration(w.out, ns)
	}
	for _, a := range attrs {
		w.out = append(w.out, ' ')
		w.out = w.attr(w.out, a)
	}
	return raw
}

// attr appends name="value".
func (w *fresh) attr(b []byte, a outAttr) []byte {
	if p := w.prefix(a.name, true); p != "" {
		b = append(append(b, p...), ':')
	}
	b = append(append(b, a.name.Local...), `="`...)
	return append(xmltree.AppendAttr(b, a.value, '"'), '"')
}

func (w *fresh) endTag(raw string) {
	w.out = append(append(append(w.out, "</"...), raw...), '>')
}

// bound returns what a prefix stands for, or "".
func (w *fresh) bound(prefix string) string {
	for i := len(w.scope) - 1; i >= 0; i-- {
		if w.scope[i].Prefix == prefix {
			return w.scope[i].URI
		}
	}
	for _, ns := range w.missing {
		if ns.Prefix == prefix {
			return ns.URI
		}
	}
	return ""
}

// prefix finds or makes a prefix for a name. Attributes cannot use the default
// namespace.
func (w *fresh) prefix(n xmltree.Name, attr bool) string {
	switch n.Space {
	case "":
		return ""
	case xmltree.XMLNamespace:
		return "xml"
	case xmltree.XMLNSNamespace: // wrong, but it was read
		return "xmlns"
	}
	usable := func(p string) bool { return (p != "" || !attr) && w.bound(p) == n.Space }
	if !attr && n.Space == w.root && w.wish != "-" && usable(w.wish) {
		return w.wish
	}
	if n.Prefix != "" && usable(n.Prefix) {
		return n.Prefix
	}
	if usable("") {
		return ""
	}
	for i := len(w.scope) - 1; i >= 0; i-- {
		if p := w.scope[i].Prefix; usable(p) {
			return p
		}
	}
	for _, ns := range w.missing {
		if usable(ns.Prefix) {
			return ns.Prefix
		}
	}
	return w.declare(n)
}

// declare chooses a prefix for a namespace that has none.
func (w *fresh) declare(n xmltree.Name) string {
	wish := n.Prefix
	if c, exact := sym.ClassOf(n.Space); c != sym.Other && (exact || wish == "") {
		wish = c.Prefix()
		if n.Space == sym.NSEnvelope2 && w.root != sym.NSEnvelope2 {
			wish = "ovf2"
		}
	}
	if wish == "" {
		wish = "ns"
	}
	p := wish
	for i := 1; w.bound(p) != "" || p == "xml" || p == "xmlns" || w.reserved[p]; i++ {
		p = wish + strconv.Itoa(i)
	}
	w.missing = append(w.missing, xmltree.Namespace{Prefix: p, URI: n.Space})
	return p
}

// document writes a whole document with the root element k.
func (w *fresh) document(k outKid) []byte {
	w.out = append(w.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"...)
	w.top(k)
	return append(w.out, '\n')
}
