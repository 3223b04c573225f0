package envelope

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/xmltree"
)

// Format returns the descriptor in house style: UTF-8, attributes and elements
// in the order of the schema, two spaces of indentation, and start tags beyond
// 120 characters with one attribute a line. Like gofmt it has no options.
//
// What the descriptor says is kept: every element, attribute, text, comment and
// processing instruction, and the prefixes of namespaces. A comment moves with
// the element that follows it, or that it stands behind on one line. One blank
// line between elements is kept. Not kept are how texts and attributes were
// written where XML has several ways (character references, CDATA sections,
// quotes, white space between attributes) and white space between elements,
// also in vendor sections, unless text stands there too or xml:space is preserve.
//
// An error says that a value cannot stand in XML.
func Format(env *Envelope) ([]byte, error) {
	plain, err := Encode(env.WithoutSource())
	if err != nil {
		return nil, err
	}
	doc, err := xmltree.Parse("", plain, xmltree.Limits{Bytes: -1, Depth: -1, Attributes: -1, Name: -1, Names: -1, Text: -1, Nodes: -1})
	if err != nil {
		return nil, err
	}
	was := xmltree.Node{}
	if d := env.Document(); d != nil {
		was = d.Node()
	}
	f := formatter{text: doc.Source()}
	f.out.Grow(len(plain) + len(plain)/8)
	f.out.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	for i, p := range pieces(doc.Node(), was) {
		if i > 0 && p.blank() {
			f.out.WriteByte('\n')
		}
		f.piece(p, 0)
		f.out.WriteByte('\n')
	}
	return f.out.Bytes(), nil
}

// maxTag is how long the line of a start tag may become.
const maxTag = 120

// formatter writes a tree with indentation.
type formatter struct {
	text string // of the document that is written
	out  bytes.Buffer
}

func (f *formatter) newline(depth int) {
	f.out.WriteByte('\n')
	for range depth {
		f.out.WriteString("  ")
	}
}

// piece writes one node and the comments behind it.
func (f *formatter) piece(p piece, depth int) {
	f.node(p, depth)
	for _, c := range p.behind {
		f.out.WriteByte(' ')
		f.markup(c)
	}
}

func (f *formatter) node(p piece, depth int) {
	if p.is.Kind() != xmltree.Elem {
		f.markup(p.is)
		return
	}
	inside := pieces(p.is, p.was)
	empty := p.is.IsEmptyTag() && len(inside) == 0
	f.startTag(p.is, depth, empty)
	switch {
	case empty:
		return
	case depth < 0 || p.is.HasText() || !hasElement(p.is) || preserves(p.is):
		f.mixed(p.is, inside)
	default:
		for i, k := range inside {
			if i > 0 && k.blank() {
				f.out.WriteByte('\n')
			}
			f.newline(depth + 1)
			f.piece(k, depth+1)
		}
		f.newline(depth)
	}
	f.out.WriteString("</" + p.is.RawName() + ">")
}

// mixed writes content in which white space may matter: as it is, with the
// comments in between, or behind a text without elements. Elements in it have
// the depth -1.
func (f *formatter) mixed(n xmltree.Node, inside []piece) {
	from, end := n.Content()
	if !n.First().Valid() {
		f.out.WriteString(f.text[from:end])
		from = end
	}
	for _, p := range inside {
		if p.is.Document() == n.Document() {
			start, after := p.is.Span()
			f.out.WriteString(f.text[from:start])
			from = after
		}
		f.node(p, -1)
		for _, c := range p.behind {
			f.markup(c)
		}
	}
	f.out.WriteString(f.text[from:end])
}

// markup writes a comment or instruction as it was written.
func (f *formatter) markup(n xmltree.Node) {
	f.out.WriteString(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(n.Source()))
}

// startTag writes a start tag in one line if it fits, else with its attributes
// in lines of their own.
func (f *formatter) startTag(n xmltree.Node, depth int, empty bool) {
	f.out.WriteString("<" + n.RawName())
	start, _ := n.Span()
	open, _ := n.Content()
	wrap := depth >= 0 && n.Attrs() > 1 && utf8.RuneCountInString(f.text[start:open])+2*depth > maxTag
	for i := range n.Attrs() {
		if wrap {
			f.newline(depth + 2)
		} else {
			f.out.WriteByte(' ')
		}
		from, _, to := n.AttrSpan(i)
		f.out.WriteString(f.text[from : to+1])
	}
	if empty {
		f.out.WriteByte('/')
	}
	f.out.WriteByte('>')
}

func hasElement(n xmltree.Node) bool {
	for k := n.First(); k.Valid(); k = k.Next() {
		if k.Kind() == xmltree.Elem {
			return true
		}
	}
	return false
}

// preserves reports whether xml:space asks to keep white space.
func preserves(n xmltree.Node) bool {
	for ; n.Kind() == xmltree.Elem; n = n.Parent() {
		if v, ok := n.Attr(xmltree.XMLNamespace, "space"); ok {
			return v == "preserve"
		}
	}
	return false
}

// piece is one node of the content of an element as it will be written.
type piece struct {
	is     xmltree.Node   // of the new document, or a comment or instruction of the old one
	was    xmltree.Node   // the same in the old document, if it is there
	behind []xmltree.Node // comments of the old document on the same line
}

// blank reports whether a blank line stood before it.
func (p piece) blank() bool {
	return p.was.Valid() && strings.Count(gapBefore(p.was), "\n") > 1
}

// gapBefore returns the white space before a node.
func gapBefore(n xmltree.Node) string {
	start, _ := n.Span()
	text := n.Document().Source()[:start]
	return text[len(strings.TrimRight(text, " \t\r\n")):]
}

// pieces returns the content of an element of the new document, with the
// comments and instructions that the same element of the old one has: each
// before the element that it stood before, behind the one on its line, or last.
func pieces(n, was xmltree.Node) []piece {
	var out []piece
	carried := false // open content comes with its comments
	for k := n.First(); k.Valid(); k = k.Next() {
		out = append(out, piece{is: k})
		carried = carried || k.Kind() != xmltree.Elem
	}
	if !was.Valid() {
		return out
	}
	at := match(out, was)
	before := make([][]piece, len(out)+1)
	count := len(out)
	var waiting []piece
	last := count // the element before
	for k := was.First(); k.Valid(); k = k.Next() {
		switch {
		case k.Kind() == xmltree.Elem:
			var ok bool
			if last, ok = at[k]; !ok {
				last = count
			}
			before[last] = append(before[last], waiting...)
			waiting = nil
		case carried:
		case last < count && len(waiting) == 0 && !strings.Contains(gapBefore(k), "\n"):
			out[last].behind = append(out[last].behind, k)
		default:
			waiting = append(waiting, piece{is: k, was: k})
		}
	}
	before[count] = append(before[count], waiting...)
	var all []piece
	for i, p := range out {
		all = append(append(all, before[i]...), p)
	}
	return append(all, before[count]...)
}

// match pairs the elements of the old content with those of the new one: the
// first of a name with the first of that name, and so on. It returns where each
// old one is, and notes it in the pieces.
func match(out []piece, was xmltree.Node) map[xmltree.Node]int {
	type key struct{ space, local string }
	byName := map[key][]int{}
	for i, p := range out {
		if p.is.Kind() == xmltree.Elem {
			k := key{p.is.Name().Space, p.is.Name().Local}
			byName[k] = append(byName[k], i)
		}
	}
	at := map[xmltree.Node]int{}
	for k := was.First(); k.Valid(); k = k.Next() {
		if k.Kind() != xmltree.Elem {
			continue
		}
		name := key{k.Name().Space, k.Name().Local}
		if list := byName[name]; len(list) > 0 {
			byName[name] = list[1:]
			at[k] = list[0]
			out[list[0]].was = k
		}
	}
	return at
}
