package xmlbind

import (
	"strings"

	"github.com/ovfkit/ovf/xmltree"
)

// merger writes structs over the text they were read from.
type merger struct {
	b    *Binder
	text string // of the document
	out  []byte
	err  error

	reserved map[string]bool // see fresh
}

// newMerger prepares to write over a document.
func newMerger(b *Binder) *merger {
	m := &merger{b: b, text: b.doc.Source(), reserved: map[string]bool{}}
	m.out = make([]byte, 0, len(m.text)+1024)
	for id := range b.doc.NameCount() {
		if n := b.doc.Name(id); n.Space == "" {
			if prefix, _, ok := strings.Cut(n.Local, ":"); ok {
				m.reserved[prefix] = true
			}
		}
	}
	return m
}

func (m *merger) copy(from, to int) { m.out = append(m.out, m.text[from:to]...) }

// kid writes a child over the element n it was read from.
func (m *merger) kid(k *outKid, n xmltree.Node) {
	switch {
	case k.codec != nil:
		if m.b.CheckAt(k.codec, n) {
			m.copy(n.Span())
			return
		}
		m.element(collect(k.codec, m.b.root), n)
	case k.elem != nil:
		if k.elem.Unchanged(n) {
			m.copy(n.Span())
			return
		}
		m.open(k.elem, n)
	default:
		m.simple(k, n)
	}
}

// simple writes a child with simple content: only the text that differs.
func (m *merger) simple(k *outKid, n xmltree.Node) {
	attrs := make([]outAttr, len(k.attrs))
	for i, a := range k.attrs {
		attrs[i] = outAttr{name: a.Name, value: a.Value}
	}
	m.tagged(n, attrs, n.Declared(), k.text == n.Text() || k.text != "" && k.text == strings.Trim(n.Text(), xmlSpace), func() { m.content(n, k.text) }, k.text == "")
}

// element merges a struct that differs from its source.
func (m *merger) element(e *Emitter, n xmltree.Node) {
	if e.err != nil && m.err == nil {
		m.err = e.err
	}
	if e.typ.Text && (len(e.kids) == 0 && simple(n) || e.text != n.Text()) {
		m.tagged(n, e.attrs, e.ext.Namespaces, e.text == n.Text(), func() { m.content(n, e.text) }, e.text == "")
		return
	}
	m.tagged(n, e.attrs, e.ext.Namespaces, false, func() { m.children(e.sorted(), n) }, len(e.kids) == 0)
}

// open merges an element of open content that differs from its source.
func (m *merger) open(e *xmltree.Element, n xmltree.Node) {
	attrs := make([]outAttr, len(e.Attrs))
	for i, a := range e.Attrs {
		attrs[i] = outAttr{name: a.Name, value: a.Value}
	}
	var kids []outKid
	mixed := false
	for _, c := range e.Content {
		switch c := c.(type) {
		case *xmltree.Element:
			kids = append(kids, outKid{list: true, name: c.Name, elem: c})
		case xmltree.Text:
			mixed = mixed || strings.Trim(string(c), xmlSpace) != ""
		}
	}
	switch {
	case mixed && len(kids) == 0 && simple(n):
		m.tagged(n, attrs, e.Namespaces, e.Text() == n.Text(), func() { m.content(n, e.Text()) }, false)
	case mixed || n.HasText():
		m.fresh(n.Parent(), n, outKid{name: e.Name, elem: e}, "")
	default:
		m.tagged(n, attrs, e.Namespaces, false, func() { m.children(kids, n) }, len(kids) == 0)
	}
}

// tagged writes start tag, content and end tag. The content is copied where
// same is set, else written by the function given.
func (m *merger) tagged(n xmltree.Node, attrs []outAttr, spaces []xmltree.Namespace, same bool, content func(), hollow bool) {
	start, end := n.Span()
	open, closing := n.Content()
	pos := m.startTag(n, attrs, spaces, start)
	switch {
	case same:
		m.copy(pos, end)
	case n.IsEmptyTag() && hollow:
		m.copy(pos, end)
	case n.IsEmptyTag():
		m.copy(pos, end-len("/>"))
		for len(m.out) > 0 && strings.IndexByte(xmlSpace, m.out[len(m.out)-1]) >= 0 {
			m.out = m.out[:len(m.out)-1]
		}
		m.out = append(m.out, '>')
		content()
		m.out = append(append(append(m.out, "</"...), n.RawName()...), '>')
	default:
		m.copy(pos, open)
		content()
		m.copy(closing, end)
	}
}

// startTag writes a start tag up to its closing bracket, with the attributes
// changed as they must be, and returns where the rest of the tag begins.
func (m *merger) startTag(n xmltree.Node, attrs []outAttr, spaces []xmltree.Namespace, pos int) int {
	kept := make([]bool, len(attrs))
	separator := " "
	if n.Attrs() == 0 {
		name := pos + len("<") + len(n.RawName())
		m.copy(pos, name)
		pos = name
	}
	for i := range n.Attrs() {
		start, vstart, vend := n.AttrSpan(i)
		before := start
		for strings.IndexByte(xmlSpace, m.text[before-1]) >= 0 {
			before--
		}
		m.copy(pos, before)
		pos = vend + 1
		separator = m.text[before:start]
		if n.AttrIsNamespace(i) {
			if declares(spaces, n, i) {
				m.copy(before, pos)
			}
			continue
		}
		k := matchAttr(attrs, kept, n.AttrName(i))
		switch {
		case k < 0:
		case attrs[k].value == n.AttrValue(i):
			m.copy(before, pos)
		default:
			m.copy(before, vstart)
			m.out = xmltree.AppendAttr(m.out, attrs[k].value, m.text[vstart-1])
			m.copy(vend, pos)
		}
	}
	w := m.writer(n)
	for _, ns := range spaces {
		if !declared(n, ns) {
			m.out = appendDeclaration(m.out, ns)
			w.scope = append(w.scope, ns)
		}
	}
	for k, a := range attrs {
		if !kept[k] {
			text := w.attr(nil, a)
			for _, ns := range w.missing {
				m.out = appendDeclaration(m.out, ns)
				w.scope = append(w.scope, ns)
			}
			w.missing = nil
			m.out = append(append(m.out, separator...), text...)
		}
	}
	return pos
}

func matchAttr(attrs []outAttr, kept []bool, n xmltree.Name) int {
	for k := range attrs {
		if !kept[k] && attrs[k].name.Same(n) {
			kept[k] = true
			return k
		}
	}
	return -1
}

func declares(spaces []xmltree.Namespace, n xmltree.Node, i int) bool {
	name, uri := n.AttrName(i), n.AttrValue(i)
	for _, ns := range spaces {
		if ns.URI == uri && (ns.Prefix == name.Local && name.Prefix != "" || ns.Prefix == "" && name.Prefix == "") {
			return true
		}
	}
	return false
}

func declared(n xmltree.Node, ns xmltree.Namespace) bool {
	for i := range n.Attrs() {
		if n.AttrIsNamespace(i) && declares([]xmltree.Namespace{ns}, n, i) {
			return true
		}
	}
	return false
}

// content writes changed text in the manner of the text it replaces: inside a
// CDATA section if that was all there was, and with the same space around it.
func (m *merger) content(n xmltree.Node, text string) {
	const open, end = "<![CDATA[", "]]>"
	from, to := n.Content()
	old := m.text[from:to]
	if body, ok := strings.CutPrefix(old, open); ok && strings.Index(body, end) == len(body)-len(end) && !strings.Contains(text, end) && !strings.Contains(text, "\r") {
		m.out = append(append(append(m.out, open...), text...), end...)
		return
	}
	trimmed := strings.Trim(old, xmlSpace)
	lead := strings.Index(old, trimmed)
	if trimmed == "" || strings.Trim(text, xmlSpace) != text || !isToken(trimmed) || !isToken(text) {
		m.out = xmltree.AppendText(m.out, text)
		return
	}
	m.copy(from, from+lead)
	m.out = xmltree.AppendText(m.out, text)
	m.copy(from+lead+len(trimmed), to)
}

// isToken reports whether text is one word, whose surrounding space does not
// count: a number or a truth value.
func isToken(s string) bool {
	_, isUint := parseUint[uint64](s)
	_, isInt := parseInt[int64](s)
	_, _, isBool := parseBool(s)
	return isUint || isInt || isBool
}

// writer makes a writer of new elements for use inside n.
func (m *merger) writer(n xmltree.Node) *fresh {
	w := &fresh{root: m.b.root, wish: "-", reserved: m.reserved}
	for ns := range n.Prefixes {
		w.scope = append(w.scope, ns)
	}
	for i, j := 0, len(w.scope)-1; i < j; i, j = i+1, j-1 {
		w.scope[i], w.scope[j] = w.scope[j], w.scope[i]
	}
	return w
}

// fresh writes a child that has no source of its own into the element in.
// Where it can it copies the manner of its neighbour like.
func (m *merger) fresh(in, like xmltree.Node, k outKid, newline string) {
	if src := k.source(); src.Valid() && src.Document() == m.b.doc && src.Parent().Valid() && src.Parent().SameScope(in) {
		m.kid(&k, src)
		return
	}
	w := m.writer(in)
	w.out, w.newline = m.out, newline
	w.unit = m.unit(in, like)
	if like.Valid() {
		w.wish, _, _ = strings.Cut(like.RawName(), ":")
		if w.wish == like.RawName() {
			w.wish = ""
		}
	}
	w.top(k)
	m.out = w.out
	if w.err != nil && m.err == nil {
		m.err = w.err
	}
}

// indent returns the line end and white space before a node, or "" if
// something else stands before it on its line.
func (m *merger) indent(n xmltree.Node) string {
	start, _ := n.Span()
	i := start
	for i > 0 && (m.text[i-1] == ' ' || m.text[i-1] == '\t') {
		i--
	}
	if i == 0 || m.text[i-1] != '\n' {
		return ""
	}
	i--
	for i > 0 && m.text[i-1] == '\r' { // some producers write two
		i--
	}
	return m.text[i:start]
}

// unit guesses one step of indentation from an element and a child of it.
func (m *merger) unit(n, child xmltree.Node) string {
	const usual = "  "
	for ; n.Valid() && n.Kind() == xmltree.Elem; n, child = n.Parent(), n {
		if !child.Valid() {
			continue
		}
		outer, inner := m.indent(n), m.indent(child)
		if step, ok := strings.CutPrefix(inner, outer); ok && outer != "" && step != "" {
			return step
		}
	}
	return usual
}
