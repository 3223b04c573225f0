package xmltree

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// Sentinels for errors.Is.
var (
	ErrLimit   = errors.New("beyond a limit")
	ErrDoctype = errors.New("document type declaration")
)

// maxProblems bounds how many errors of namespaces are kept.
const maxProblems = 100

// scanner reads one document. Its methods advance i through the text s and
// append what they find to the document.
type scanner struct {
	doc *Document
	s   string
	i   int
	lim Limits

	cur   int32 // open element, 0: none
	last  int32 // last child of cur so far, 0: none
	depth int
	stack []frame
	names nameTable
}

// frame is what an open element needs restored when it ends.
type frame struct {
	last  int32 // last child of the parent
	scope int32
}

func (p *scanner) diagnostic(start, end int, rule, msg, hint string) *diag.Diagnostic {
	return &diag.Diagnostic{Severity: diag.Error, Layer: diag.WellFormed, Rule: rule,
		Clause: clause(rule), Location: p.doc.Location(start, end), Message: msg, Hint: hint}
}

// fail makes the error that ends the parse.
func (p *scanner) fail(start, end int, rule, msg, hint string) error {
	d := p.diagnostic(start, end, rule, msg, hint)
	switch rule {
	case RuleLimit:
		d.Err = ErrLimit
	case RuleDoctype:
		d.Err = ErrDoctype
	}
	return d
}

func (p *scanner) syntax(start, end int, format string, args ...any) error {
	return p.fail(start, end, RuleSyntax, fmt.Sprintf(format, args...), "")
}

// problem notes an error of namespaces and lets the parse go on.
func (p *scanner) problem(start, end int, format string, args ...any) {
	if len(p.doc.problems) < maxProblems {
		p.doc.problems = append(p.doc.problems, *p.diagnostic(start, end, RuleNamespace, fmt.Sprintf(format, args...), ""))
	}
}

// document reads prolog, root element and what follows it.
func (p *scanner) document() error {
	d := p.doc
	p.s = d.text
	p.reserve()
	d.nodes = append(d.nodes, node{kind: Root, end: uint32(len(p.s)), close: uint32(len(p.s)), parent: -1})
	d.scopes = append(d.scopes, scope{parent: -1})
	p.names.init(d)
	if err := p.xmlDeclaration(); err != nil {
		return err
	}
	d.nodes[0].open = uint32(p.i)
	if err := p.content(); err != nil {
		return err
	}
	if d.root == 0 {
		if p.s == "" {
			return p.syntax(0, 0, "the document is empty")
		}
		return p.syntax(len(p.s), len(p.s), "the document has no root element")
	}
	d.nodes = trim(d.nodes)
	d.attrs = trim(d.attrs)
	return nil
}

// reserve makes room by counting brackets and equals signs, bounded so that a
// hostile input cannot ask for much more memory than it has bytes.
func (p *scanner) reserve() {
	const most = 1 << 20
	n := min(strings.Count(p.s, "<")*5/8, len(p.s)/16, most) + 4
	a := min(strings.Count(p.s, "="), len(p.s)/8, most) + 4
	p.doc.nodes = make([]node, 0, n)
	p.doc.attrs = make([]attr, 0, a)
}

// trim gives back room that was reserved in vain.
func trim[T any](s []T) []T {
	if cap(s)-len(s) <= len(s)/4+16 {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}

// content reads everything after the XML declaration.
func (p *scanner) content() error {
	for {
		if err := p.text(); err != nil {
			return err
		}
		if p.i == len(p.s) {
			break
		}
		var err error
		switch start := p.i; { // p.s[start] is '<'
		case start+1 == len(p.s):
			err = p.syntax(start, len(p.s), "the document ends inside a tag")
		case p.s[start+1] == '/':
			err = p.endTag()
		case p.s[start+1] == '?':
			err = p.instruction()
		case p.s[start+1] == '!':
			err = p.markup()
		default:
			err = p.startTag()
		}
		if err != nil {
			return err
		}
	}
	if p.cur != 0 {
		n := p.doc.nodes[p.cur]
		line, _ := p.doc.Position(int(n.start))
		return p.syntax(len(p.s), len(p.s), "the document ends before the end tag of %s, which line %d opens", diag.Quote(p.doc.names[n.name].raw), line)
	}
	return nil
}

// text reads character data up to the next '<' or the end of the document.
func (p *scanner) text() error {
	s, i := p.s, p.i
	for i < len(s) && s[i] != '\r' && class[s[i]]&isSpace != 0 {
		i++
	}
	if i < len(s) && s[i] == '<' {
		p.i = i
		return nil
	}
	start := i
	flags := uint8(0)
	for i < len(s) {
		c := s[i]
		if class[c]&isSpace != 0 {
			if c == '\r' {
				flags |= needsFix
			}
			i++
			continue
		}
		if class[c]&isText != 0 {
			flags |= hasText
			for i++; i < len(s) && class[s[i]]&isText != 0; i++ {
			}
			continue
		}
		if c == '<' {
			break
		}
		switch c {
		case '&':
			flags |= hasText | needsFix
			end, err := p.reference(i)
			if err != nil {
				return err
			}
			i = end
		case ']':
			if strings.HasPrefix(s[i:], "]]>") {
				return p.syntax(i, i+3, "]]> stands in text outside a CDATA section: write ]]&gt;")
			}
			flags |= hasText
			i++
		default:
			n, err := p.character(i)
			if err != nil {
				return err
			}
			flags |= hasText
			i += n
		}
	}
	if p.cur == 0 && flags&hasText != 0 {
		for start < i && space(s[start]) {
			start++
		}
		if p.doc.root == 0 {
			return p.syntax(start, i, "text stands before the root element")
		}
		return p.syntax(start, i, "text stands after the root element")
	}
	if i-start > p.lim.Text {
		return p.tooLong(start, "a text run")
	}
	p.doc.nodes[p.cur].flags |= flags
	p.i = i
	return nil
}

func (p *scanner) tooLong(at int, what string) error {
	return p.fail(at, at, RuleLimit, fmt.Sprintf("%s is longer than the limit of %d bytes", what, p.lim.Text), "raise Limits.Text if the source is trusted")
}

// character checks one character that its first byte does not settle, and
// returns its length.
func (p *scanner) character(i int) (int, error) {
	r, n := utf8.DecodeRuneInString(p.s[i:])
	if validChar(r) {
		return n, nil
	}
	return 0, p.fail(i, i+n, RuleCharacter, fmt.Sprintf("the character %U is not allowed in XML", r), "remove it; XML 1.0 has no way to write it")
}

// reference reads an entity or character reference and returns its end.
func (p *scanner) reference(i int) (int, error) {
	_, end, msg := expand(p.s, i)
	if msg == "" {
		return end, nil
	}
	return 0, p.fail(i, end, RuleEntity, msg, "write &amp; for an ampersand, or use lt, gt, amp, quot, apos or a character number")
}

// markup reads what begins with "<!": a comment, a CDATA section or what is
// refused.
func (p *scanner) markup() error {
	s, start := p.s, p.i
	switch {
	case strings.HasPrefix(s[start:], "<!--"):
		return p.comment()
	case strings.HasPrefix(s[start:], "<![CDATA["):
		if p.cur == 0 {
			return p.syntax(start, start+9, "a CDATA section stands outside the root element")
		}
		k := strings.Index(s[start+9:], "]]>")
		if k < 0 {
			return p.syntax(start, start+9, "the CDATA section has no end: ]]> is missing")
		}
		end := start + 9 + k
		if err := p.characters(start+9, end); err != nil {
			return err
		}
		p.doc.nodes[p.cur].flags |= hasText | needsFix
		p.i = end + 3
		return nil
	case strings.HasPrefix(s[start:], "<!DOCTYPE"):
		return p.fail(start, start+9, RuleDoctype, "a document type declaration is refused", "remove the line that begins with <!DOCTYPE")
	}
	return p.syntax(start, start+2, "<! begins neither a comment nor a CDATA section")
}

// characters checks a range in which every allowed character may stand.
func (p *scanner) characters(i, end int) error {
	if end-i > p.lim.Text {
		return p.tooLong(i, "a comment, instruction or CDATA section")
	}
	for i < end {
		c := p.s[i]
		if c >= 0x20 && c != 0xEF || class[c]&isSpace != 0 {
			i++
			continue
		}
		n, err := p.character(i)
		if err != nil {
			return err
		}
		i += n
	}
	return nil
}

func (p *scanner) comment() error {
	start := p.i
	k := strings.Index(p.s[start+4:], "--")
	if k < 0 {
		return p.syntax(start, start+4, "the comment has no end: --> is missing")
	}
	end := start + 4 + k
	if err := p.characters(start+4, end); err != nil {
		return err
	}
	if end+2 == len(p.s) || p.s[end+2] != '>' {
		return p.syntax(end, end+2, "-- stands inside a comment")
	}
	return p.leaf(node{kind: Comment, start: uint32(start), end: uint32(end + 3), open: uint32(start + 4), close: uint32(end)})
}

func (p *scanner) instruction() error {
	s, start := p.s, p.i
	p.i += 2
	target, err := p.name("the target of a processing instruction")
	if err != nil {
		return err
	}
	raw := s[target.start:target.end]
	if strings.EqualFold(raw, "xml") {
		return p.syntax(start, p.i, "an XML declaration may only stand at the very start of the document")
	}
	if strings.Contains(raw, ":") {
		p.problem(target.start, target.end, "the target %s of a processing instruction has a colon", diag.Quote(raw))
	}
	k := strings.Index(s[p.i:], "?>")
	if k < 0 {
		return p.syntax(start, p.i, "the processing instruction has no end: ?> is missing")
	}
	if k > 0 && !space(s[p.i]) {
		return p.syntax(p.i, p.i+1, "white space is missing after the target %s of a processing instruction", diag.Quote(raw))
	}
	end := p.i + k
	if err := p.characters(p.i, end); err != nil {
		return err
	}
	return p.leaf(node{kind: ProcInst, start: uint32(start), end: uint32(end + 2), open: uint32(target.start), close: uint32(end)})
}

// leaf adds a node without children and continues behind it.
func (p *scanner) leaf(n node) error {
	p.i = int(n.end)
	_, err := p.add(n)
	return err
}

// add links a node as the next child of the open element.
func (p *scanner) add(n node) (int32, error) {
	d := p.doc
	if len(d.nodes) > p.lim.Nodes { // the document itself is one more
		return 0, p.fail(int(n.start), int(n.start), RuleLimit, fmt.Sprintf("the document has more nodes than the limit of %d", p.lim.Nodes), "raise Limits.Nodes if the source is trusted")
	}
	id := int32(len(d.nodes))
	n.parent = p.cur
	if p.last == 0 {
		d.nodes[p.cur].first = id
	} else {
		d.nodes[p.last].next = id
	}
	p.last = id
	d.nodes = append(d.nodes, n)
	return id, nil
}
