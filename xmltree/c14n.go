package xmltree

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// CanonicalOptions chooses one of the canonical forms of XML. The zero value is
// Canonical XML 1.0 without comments.
type CanonicalOptions struct {
	// Exclusive chooses Exclusive XML Canonicalization 1.0, which writes a
	// namespace declaration only where a name uses it.
	Exclusive bool
	// Comments keeps the comments.
	Comments bool
	// Prefixes is the InclusiveNamespaces PrefixList of the exclusive form:
	// prefixes whose declarations are written as in the inclusive form. Both ""
	// and "#default" mean the default namespace. Without Exclusive it has no
	// effect.
	Prefixes []string
}

// Canonical writes the canonical form of a node to w, in UTF-8: of a whole
// document for [Document.Node], else of the element with everything in it, cut
// out of its document. The inclusive form of an element gets the namespaces in
// force around it and the xml: attributes of its ancestors, as Canonical XML
// 1.0 2.4 demands.
//
// A name with an undeclared prefix (see [Document.Problems]) is written as it
// stands, as libxml2 does. A relative namespace URI has no canonical form: it
// ends the writing with a *[diag.Diagnostic]. Any other error is one of w. What
// was written before an error is of no use.
func (n Node) Canonical(w io.Writer, o CanonicalOptions) error {
	if !n.Valid() {
		return nil
	}
	c := &canonical{doc: n.doc, o: o, w: w, number: map[string]int{}}
	for _, p := range o.Prefixes {
		if p == "#default" {
			p = ""
		}
		c.state[c.prefix(p)].listed = true
	}
	if n.Kind() == Root {
		c.document()
	} else {
		c.subtree(n)
	}
	c.flush()
	return c.err
}

// canonicalBuffer is how much is gathered before it is written.
const canonicalBuffer = 16 << 10

// canonical writes one canonical form.
type canonical struct {
	doc *Document
	o   CanonicalOptions
	w   io.Writer
	buf []byte
	err error

	number map[string]int // of a prefix: index into state
	state  []prefixState
	undo   []prefixChange
	frames []canonicalFrame

	render []int   // prefixes to declare on an element
	attrs  []int32 // attributes of an element, as indexes into doc.attrs
}

// prefixState says what a prefix means; "" is nothing, or no namespace.
type prefixState struct {
	prefix  string
	bound   string // in the document, here
	written string // in the output, here
	listed  bool   // in the PrefixList
}

// prefixChange is what to restore when an element ends.
type prefixChange struct {
	prefix         int
	bound, written string
}

// canonicalFrame says how much to restore behind an element; only elements that
// changed something have one.
type canonicalFrame struct {
	node int32
	undo int
}

// document writes the root element and the comments and instructions beside
// it, each in a line of its own.
func (c *canonical) document() {
	for k := c.doc.Node().First(); k.Valid() && c.err == nil; k = k.Next() {
		switch {
		case k.id == c.doc.root:
			c.subtree(k)
		case k.Kind() == Comment && !c.o.Comments:
		case k.id < c.doc.root:
			c.leaf(k)
			c.put("\n")
		default:
			c.put("\n")
			c.leaf(k)
		}
	}
}

// subtree writes a node and everything in it. It needs no recursion, so depth
// costs no stack.
func (c *canonical) subtree(top Node) {
	if top.Kind() != Elem {
		c.leaf(top)
		return
	}
	n := top
	from := uint32(0) // character data up to here is written
	for c.err == nil {
		r := n.rec()
		if n != top {
			c.text(c.doc.text[from:r.start])
		}
		from = r.end
		if r.kind == Elem {
			c.start(n, n == top)
			if r.first != 0 {
				from = r.open
				n = n.First()
				continue
			}
			c.text(c.doc.text[r.open:r.close])
			c.end(n)
		} else {
			c.leaf(n)
		}
		for n != top && n.rec().next == 0 {
			n = n.Parent()
			r = n.rec()
			c.text(c.doc.text[from:r.close])
			c.end(n)
			from = r.end
		}
		if n == top {
			return
		}
		n = n.Next()
	}
}

// leaf writes a comment or an instruction.
func (c *canonical) leaf(n Node) {
	r := n.rec()
	body := c.doc.text[r.open:r.close]
	if r.kind == Comment {
		if c.o.Comments {
			c.put("<!--")
			c.lines(body)
			c.put("-->")
		}
		return
	}
	c.put("<?")
	if k := strings.IndexAny(body, " \t\r\n"); k >= 0 {
		c.put(body[:k])
		if data := strings.TrimLeft(body[k:], " \t\r\n"); data != "" {
			c.put(" ")
			c.lines(data)
		}
	} else {
		c.put(body)
	}
	c.put("?>")
}

// start writes a start tag.
func (c *canonical) start(n Node, apex bool) {
	undo := len(c.undo)
	c.namespaces(n, apex)
	if len(c.undo) > undo {
		c.frames = append(c.frames, canonicalFrame{n.id, undo})
	}
	c.collectAttrs(n, apex)

	c.put("<")
	c.put(c.raw(n))
	for _, id := range c.render {
		s := &c.state[id]
		c.put(" xmlns")
		if s.prefix != "" {
			c.put(":")
			c.put(s.prefix)
		}
		c.put(`="`)
		c.value(s.written)
		c.put(`"`)
	}
	for _, k := range c.attrs {
		a := &c.doc.attrs[k]
		c.put(" ")
		c.put(c.doc.names[a.name].raw)
		c.put(`="`)
		c.source(a)
		c.put(`"`)
	}
	c.put(">")
}

// end writes an end tag and goes back to the namespaces around the element.
func (c *canonical) end(n Node) {
	c.put("</")
	c.put(c.raw(n))
	c.put(">")
	k := len(c.frames) - 1
	if k < 0 || c.frames[k].node != n.id {
		return
	}
	for u := len(c.undo) - 1; u >= c.frames[k].undo; u-- {
		s := &c.state[c.undo[u].prefix]
		s.bound, s.written = c.undo[u].bound, c.undo[u].written
	}
	c.undo = c.undo[:c.frames[k].undo]
	c.frames = c.frames[:k]
}

func (c *canonical) raw(n Node) string { return c.doc.names[n.rec().name].raw }

// namespaces notes what an element declares and finds out which declarations to
// write: those that the output does not have already, sorted by prefix.
func (c *canonical) namespaces(n Node, apex bool) {
	c.render = c.render[:0]
	declare := func(ns Namespace) bool {
		if ns.URI != "" && !absolute(ns.URI) {
			c.relative(n, ns)
		}
		id := c.prefix(ns.Prefix)
		c.save(id)
		c.state[id].bound = ns.URI
		if !c.o.Exclusive || c.state[id].listed {
			c.use(id)
		}
		return true
	}
	r := n.rec()
	if apex {
		n.Prefixes(declare)
	} else if r.scope != c.doc.nodes[r.parent].scope {
		s := c.doc.scopes[r.scope]
		for _, ns := range c.doc.decls[s.from:s.to] {
			declare(ns)
		}
	}
	if c.o.Exclusive {
		c.use(c.prefix(n.Name().Prefix))
		for i := range n.Attrs() {
			if p := n.AttrName(i).Prefix; p != "" && !n.AttrIsNamespace(i) {
				c.use(c.prefix(p))
			}
		}
	}
	slices.SortFunc(c.render, func(a, b int) int { return strings.Compare(c.state[a].prefix, c.state[b].prefix) })
}

// use makes the output say what a prefix means, unless it does so already.
func (c *canonical) use(id int) {
	s := &c.state[id]
	if s.bound == s.written || s.prefix == "xml" {
		return
	}
	c.save(id)
	s.written = s.bound
	c.render = append(c.render, id)
}

// save remembers what a prefix means, for the end of the element.
func (c *canonical) save(id int) {
	c.undo = append(c.undo, prefixChange{id, c.state[id].bound, c.state[id].written})
}

// prefix returns the number of a prefix.
func (c *canonical) prefix(p string) int {
	id, ok := c.number[p]
	if !ok {
		id = len(c.state)
		c.number[p] = id
		c.state = append(c.state, prefixState{prefix: p})
	}
	return id
}

// collectAttrs gathers the attributes to write, sorted by namespace and local
// name.
func (c *canonical) collectAttrs(n Node, apex bool) {
	c.attrs = c.attrs[:0]
	c.addAttrs(n.rec(), func(a *attr) bool { return true })
	if apex && !c.o.Exclusive {
		c.inherit(n)
	}
	slices.SortFunc(c.attrs, func(a, b int32) int {
		x, y := &c.doc.names[c.doc.attrs[a].name], &c.doc.names[c.doc.attrs[b].name]
		return cmp.Or(strings.Compare(x.Space, y.Space), strings.Compare(x.Local, y.Local), cmp.Compare(a, b))
	})
}

func (c *canonical) addAttrs(r *node, want func(*attr) bool) {
	for k := r.attr; k < r.attr+uint32(r.nattr); k++ {
		if a := &c.doc.attrs[k]; !a.namespaces && want(a) {
			c.attrs = append(c.attrs, int32(k))
		}
	}
}

// inherit adds the xml: attributes of the ancestors of an element, the nearest
// of each name, unless the element has its own.
func (c *canonical) inherit(n Node) {
	seen := map[string]bool{}
	isNew := func(a *attr) bool {
		name := &c.doc.names[a.name]
		if name.Space != XMLNamespace || seen[name.Local] {
			return false
		}
		seen[name.Local] = true
		return true
	}
	for _, k := range c.attrs {
		isNew(&c.doc.attrs[k])
	}
	for p := n.Parent(); p.Kind() == Elem; p = p.Parent() {
		c.addAttrs(p.rec(), isNew)
	}
}

// relative ends the writing because of a namespace URI without a scheme.
func (c *canonical) relative(n Node, ns Namespace) {
	if c.err == nil {
		c.err = &diag.Diagnostic{
			Severity: diag.Error, Layer: diag.WellFormed, Rule: RuleNamespace, Clause: "Canonical XML 1.0 2.1",
			Location: n.Location(),
			Message:  fmt.Sprintf("the namespace URI %s is relative: it has no canonical form", diag.Quote(ns.URI)),
			Hint:     "use an absolute URI, which begins with a scheme such as http:",
		}
	}
}

// absolute reports whether a URI begins with a scheme (RFC 3986 3.1).
func absolute(uri string) bool {
	for i := range len(uri) {
		switch b := uri[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
		case b >= '0' && b <= '9', b == '+', b == '-', b == '.':
			if i == 0 {
				return false
			}
		default:
			return b == ':' && i > 0
		}
	}
	return false
}

// put writes what needs no change.
func (c *canonical) put(s string) {
	if len(c.buf)+len(s) > canonicalBuffer {
		c.flush()
		if len(s) > canonicalBuffer {
			if c.err == nil {
				_, c.err = io.WriteString(c.w, s)
			}
			return
		}
	}
	c.buf = append(c.buf, s...)
}

func (c *canonical) flush() {
	if c.err == nil && len(c.buf) > 0 {
		_, c.err = c.w.Write(c.buf)
	}
	c.buf = c.buf[:0]
}

// text writes character data as it stands in the document.
func (c *canonical) text(s string) {
	from := 0
	for i := 0; i < len(s); {
		switch s[i] {
		case '>':
			c.put(s[from:i])
			c.put("&gt;")
			i++
		case '\r':
			c.put(s[from:i])
			c.put("\n")
			if i++; i < len(s) && s[i] == '\n' {
				i++
			}
		case '&':
			c.put(s[from:i])
			r, end, _ := expand(s, i)
			c.char(r, false)
			i = end
		case '<': // only a CDATA section can begin here
			c.put(s[from:i])
			i += len("<![CDATA[")
			end := i + strings.Index(s[i:], "]]>")
			c.section(s[i:end])
			i = end + len("]]>")
		default:
			i++
			continue
		}
		from = i
	}
	c.put(s[from:])
}

// section writes the content of a CDATA section.
func (c *canonical) section(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '&', '<', '>':
			c.put(s[from:i])
			c.char(rune(s[i]), false)
		case '\r':
			c.put(s[from:i])
			if i+1 < len(s) && s[i+1] == '\n' {
				i++
			}
			c.put("\n")
		default:
			continue
		}
		from = i + 1
	}
	c.put(s[from:])
}

// lines writes the body of a comment or instruction, in which only line ends
// change.
func (c *canonical) lines(s string) {
	for {
		k := strings.IndexByte(s, '\r')
		if k < 0 {
			c.put(s)
			return
		}
		c.put(s[:k])
		c.put("\n")
		s = strings.TrimPrefix(s[k+1:], "\n")
	}
}

// source writes the value of an attribute from where it stands.
func (c *canonical) source(a *attr) {
	s := c.doc.text[a.vstart:a.vend]
	if !a.needsFix {
		c.value(s)
		return
	}
	from := 0
	for i := 0; i < len(s); {
		switch s[i] {
		case '"':
			c.put(s[from:i])
			c.put("&quot;")
			i++
		case '\t', '\n', '\r':
			c.put(s[from:i])
			c.put(" ")
			if i++; s[i-1] == '\r' && i < len(s) && s[i] == '\n' {
				i++
			}
		case '&':
			c.put(s[from:i])
			r, end, _ := expand(s, i)
			c.char(r, true)
			i = end
		default:
			i++
			continue
		}
		from = i
	}
	c.put(s[from:])
}

// value writes an attribute value that is normalised already.
func (c *canonical) value(s string) {
	for {
		k := strings.IndexAny(s, "\"&<\t\n\r")
		if k < 0 {
			c.put(s)
			return
		}
		c.put(s[:k])
		c.char(rune(s[k]), true)
		s = s[k+1:]
	}
}

// char writes one character of text or of an attribute value.
func (c *canonical) char(r rune, attr bool) {
	switch {
	case r == '&':
		c.put("&amp;")
	case r == '<':
		c.put("&lt;")
	case r == '\r':
		c.put("&#xD;")
	case r == '>' && !attr:
		c.put("&gt;")
	case r == '"' && attr:
		c.put("&quot;")
	case r == '\t' && attr:
		c.put("&#x9;")
	case r == '\n' && attr:
		c.put("&#xA;")
	default:
		var b [utf8.UTFMax]byte
		c.put(string(b[:utf8.EncodeRune(b[:], r)]))
	}
}
