package xmltree

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// rawName is where a name stands, not yet resolved.
type rawName struct{ start, end int }

// quote returns a name for a message.
func (p *scanner) quote(r rawName) string { return diag.Quote(p.s[r.start:r.end]) }

// name reads a name at p.i; what tells what was expected there.
func (p *scanner) name(what string) (rawName, error) {
	s, i := p.s, p.i
	for i < len(s) {
		if class[s[i]]&isName != 0 {
			i++
			continue
		}
		if !nameContinues(s[i:]) {
			break
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	if i == p.i || !nameStart(s[p.i:]) {
		if p.i == len(s) {
			return rawName{}, p.syntax(p.i, p.i, "the document ends where %s should stand", what)
		}
		first := firstRune(s[p.i:])
		return rawName{}, p.syntax(p.i, p.i+len(first), "%s cannot begin with %s", what, diag.Quote(first))
	}
	if i-p.i > p.lim.Name {
		return rawName{}, p.fail(p.i, p.i, RuleLimit, fmt.Sprintf("%s is longer than the limit of %d bytes", what, p.lim.Name), "raise Limits.Name if the source is trusted")
	}
	n := rawName{p.i, i}
	p.i = i
	return n, nil
}

// nameStart reports whether the first character of s may begin a name.
func nameStart(s string) bool {
	if s[0] < utf8.RuneSelf {
		return class[s[0]]&isNameStart != 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	return nameStartRune(r)
}

// nameContinues reports whether the first character of s may continue a name.
func nameContinues(s string) bool {
	if s[0] < utf8.RuneSelf {
		return class[s[0]]&isName != 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	return nameRune(r)
}

// ncName reports whether s, the rest of a name, is a name without colons.
func ncName(s string) bool {
	return s != "" && nameStart(s) && strings.IndexByte(s, ':') < 0
}

func firstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

// startTag reads a start tag or an empty-element tag.
func (p *scanner) startTag() error {
	d, s, start := p.doc, p.s, p.i
	p.i++
	elem, err := p.name("an element name")
	if err != nil {
		return err
	}
	if p.cur == 0 && d.root != 0 {
		return p.syntax(start, p.i, "the document has a second root element %s", p.quote(elem))
	}
	if p.depth++; p.depth > p.lim.Depth {
		return p.fail(start, p.i, RuleLimit, fmt.Sprintf("elements are nested deeper than the limit of %d", p.lim.Depth), "raise Limits.Depth if the source is trusted")
	}
	first := len(d.attrs)
	p.names.pending = p.names.pending[:0]
	declares := false
	for {
		before := p.i
		p.skipSpace()
		if p.i == len(s) {
			return p.syntax(start, p.i, "the document ends inside the start tag of %s", p.quote(elem))
		}
		if c := s[p.i]; c == '>' || c == '/' {
			break
		}
		if before == p.i {
			return p.syntax(p.i, p.i+1, "white space is missing before an attribute of %s", p.quote(elem))
		}
		a, err := p.attribute(&declares)
		if err != nil {
			return err
		}
		if len(d.attrs)-first >= p.lim.Attributes {
			return p.fail(int(a.start), int(a.start), RuleLimit, fmt.Sprintf("the element %s has more attributes than the limit of %d", p.quote(elem), p.lim.Attributes), "raise Limits.Attributes if the source is trusted")
		}
		d.attrs = append(d.attrs, a)
	}
	n := node{kind: Elem, start: uint32(start), attr: uint32(first), nattr: uint16(len(d.attrs) - first)}
	outer := p.names.scope
	if declares {
		p.declare(d.attrs[first:])
	}
	n.scope = p.names.scope
	n.name = p.names.resolve(p, elem, p.names.word(s[elem.start:elem.end]), false)
	id, err := p.add(n)
	if err != nil {
		return err
	}
	if d.root == 0 {
		d.root = id
	}
	if n.nattr > 0 {
		if err := p.names.resolveAttrs(p, id, d.attrs[first:]); err != nil {
			return err
		}
	}
	if len(d.names)-1 > p.lim.Names {
		return p.fail(start, elem.end, RuleLimit, fmt.Sprintf("the document has more different names than the limit of %d", p.lim.Names), "raise Limits.Names if the source is trusted")
	}
	if s[p.i] == '/' {
		if p.i+1 == len(s) || s[p.i+1] != '>' {
			return p.syntax(p.i, p.i+1, "/ is not followed by > in the tag of %s", p.quote(elem))
		}
		p.i += 2
		e := &d.nodes[id]
		e.flags |= empty
		e.open, e.close, e.end = uint32(p.i), uint32(p.i), uint32(p.i)
		p.depth--
		p.names.leave(outer)
		return nil
	}
	p.i++
	d.nodes[id].open = uint32(p.i)
	p.stack = append(p.stack, frame{last: p.last, scope: outer})
	p.cur, p.last = id, 0
	return nil
}

func (p *scanner) skipSpace() {
	for p.i < len(p.s) && space(p.s[p.i]) {
		p.i++
	}
}

// attribute reads name="value". The name is resolved later, when the
// declarations of the tag are known.
func (p *scanner) attribute(declares *bool) (attr, error) {
	s := p.s
	n, err := p.name("an attribute name")
	if err != nil {
		return attr{}, err
	}
	p.names.pending = append(p.names.pending, n)
	a := attr{start: uint32(n.start)}
	if raw := s[n.start:n.end]; strings.HasPrefix(raw, "xmlns") && (len(raw) == 5 || raw[5] == ':' && ncName(raw[6:])) {
		a.namespaces = true
		*declares = true
	}
	p.skipSpace()
	if p.i == len(s) || s[p.i] != '=' {
		return a, p.syntax(n.start, p.i, "the attribute %s has no value: = is missing", p.quote(n))
	}
	p.i++
	p.skipSpace()
	if p.i == len(s) || s[p.i] != '"' && s[p.i] != '\'' {
		return a, p.syntax(n.start, p.i, "the value of the attribute %s is not in quotes", p.quote(n))
	}
	quote := s[p.i]
	i := p.i + 1
	a.vstart = uint32(i)
	for {
		for i < len(s) && class[s[i]]&isValue != 0 {
			i++
		}
		if i == len(s) {
			return a, p.syntax(n.start, n.end, "the value of the attribute %s has no closing %c", p.quote(n), quote)
		}
		switch c := s[i]; c {
		case quote:
			a.vend = uint32(i)
			p.i = i + 1
			if i-int(a.vstart) > p.lim.Text {
				return a, p.tooLong(n.start, "an attribute value")
			}
			return a, nil
		case '"', '\'':
			i++
		case '\t', '\n', '\r':
			a.needsFix = true
			i++
		case '&':
			a.needsFix = true
			if i, err = p.reference(i); err != nil {
				return a, err
			}
		case '<':
			return a, p.syntax(i, i+1, "< stands in the value of the attribute %s: write &lt;, or close the value before it", p.quote(n))
		default:
			k, err := p.character(i)
			if err != nil {
				return a, err
			}
			i += k
		}
	}
}

// declare opens a scope for the namespace declarations among the attributes.
func (p *scanner) declare(attrs []attr) {
	d := p.doc
	sc := scope{parent: p.names.scope, from: uint32(len(d.decls))}
	for _, a := range attrs {
		if !a.namespaces {
			continue
		}
		raw := p.s[a.start:a.vstart]
		prefix := ""
		if raw[5] == ':' {
			prefix = raw[6:]
			prefix = prefix[:strings.IndexAny(prefix, "= \t\r\n")]
		}
		uri := p.s[a.vstart:a.vend]
		if a.needsFix {
			uri = attrText(uri)
		}
		if msg := badDeclaration(prefix, uri, raw[5] == ':'); msg != "" {
			p.problem(int(a.start), int(a.vend)+1, "%s", msg)
			continue
		}
		if prefix == "xml" { // says what is so anyway
			continue
		}
		d.decls = append(d.decls, Namespace{Prefix: prefix, URI: uri})
		p.names.bind(prefix, uri)
	}
	sc.to = uint32(len(d.decls))
	d.scopes = append(d.scopes, sc)
	p.names.scope = int32(len(d.scopes) - 1)
}

// badDeclaration returns what is wrong with a namespace declaration, or "".
func badDeclaration(prefix, uri string, prefixed bool) string {
	switch {
	case prefix == "xmlns":
		return "the prefix xmlns cannot be declared"
	case prefix == "xml" && uri != XMLNamespace:
		return "the prefix xml cannot be bound to another namespace"
	case prefix != "xml" && uri == XMLNamespace:
		return "the namespace of the prefix xml cannot be bound to another prefix"
	case uri == XMLNSNamespace:
		return "the namespace of the prefix xmlns cannot be declared"
	case prefixed && uri == "":
		return fmt.Sprintf("the prefix %s cannot be bound to no namespace", diag.Quote(prefix))
	}
	return ""
}

func (p *scanner) endTag() error {
	d, s, start := p.doc, p.s, p.i
	if p.cur == 0 || !p.ends() {
		return p.badEndTag()
	}
	p.skipSpace()
	if p.i == len(s) || s[p.i] != '>' {
		return p.syntax(start, p.i, "the end tag of %s has no closing >", diag.Quote(d.names[d.nodes[p.cur].name].raw))
	}
	p.i++
	e := &d.nodes[p.cur]
	e.close, e.end = uint32(start), uint32(p.i)
	f := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	p.names.leave(f.scope)
	p.cur, p.last = e.parent, f.last
	p.depth--
	return nil
}

// ends reads the name of the end tag at p.i if it is that of the open element.
func (p *scanner) ends() bool {
	raw := p.doc.names[p.doc.nodes[p.cur].name].raw
	rest, ok := strings.CutPrefix(p.s[p.i+2:], raw)
	if !ok || rest != "" && nameContinues(rest) {
		return false
	}
	p.i += 2 + len(raw)
	return true
}

// badEndTag says what is wrong with the name of the end tag at p.i.
func (p *scanner) badEndTag() error {
	d, start := p.doc, p.i
	p.i += 2
	n, err := p.name("the name of an end tag")
	if err != nil {
		return err
	}
	raw := p.s[n.start:n.end]
	if p.cur == 0 {
		return p.syntax(start, p.i, "the end tag of %s has no start tag", diag.Quote(raw))
	}
	e := d.nodes[p.cur]
	line, _ := d.Position(int(e.start))
	return p.syntax(start, p.i, "the end tag is of %s, but the element to end is %s from line %d", diag.Quote(raw), diag.Quote(d.names[e.name].raw), line)
}
