package xmltree

import (
	"github.com/ovfkit/ovf/diag"
)

// Node is a handle of one node of a [Document]: cheap to copy, comparable,
// and valid as long as anything holds it. The zero Node is no node.
type Node struct {
	doc *Document
	id  int32
}

func (n Node) rec() *node { return &n.doc.nodes[n.id] }

// Valid reports whether there is a node.
func (n Node) Valid() bool { return n.doc != nil }

// Document returns the document of the node, nil for the zero Node.
func (n Node) Document() *Document { return n.doc }

// Kind tells what the node is; [None] for the zero Node.
func (n Node) Kind() Kind {
	if n.doc == nil {
		return None
	}
	return n.rec().kind
}

// Parent returns the node this one stands in, the zero Node for the document.
func (n Node) Parent() Node {
	if p := n.rec().parent; p >= 0 {
		return Node{n.doc, p}
	}
	return Node{}
}

// First returns the first child of any kind, or the zero Node.
func (n Node) First() Node { return n.at(n.rec().first) }

// Next returns the next sibling of any kind, or the zero Node.
func (n Node) Next() Node { return n.at(n.rec().next) }

func (n Node) at(id int32) Node {
	if id == 0 {
		return Node{}
	}
	return Node{n.doc, id}
}

// Name returns the name of an element.
func (n Node) Name() Name { return n.doc.names[n.rec().name].Name }

// NameID returns the index of the name of an element, for [Document.Name].
// One name has several indexes if it is written with several prefixes.
func (n Node) NameID() int { return int(n.rec().name) }

// Attrs returns how many attributes an element has, namespace declarations
// included.
func (n Node) Attrs() int { return int(n.rec().nattr) }

func (n Node) attr(i int) *attr {
	r := n.rec()
	return &n.doc.attrs[int(r.attr)+i]
}

// AttrNameID returns the index of the name of attribute i.
func (n Node) AttrNameID(i int) int { return int(n.attr(i).name) }

// AttrName returns the name of attribute i.
func (n Node) AttrName(i int) Name { return n.doc.names[n.attr(i).name].Name }

// AttrIsNamespace reports whether attribute i is a namespace declaration.
func (n Node) AttrIsNamespace(i int) bool { return n.attr(i).namespaces }

// AttrValue returns the normalised value of attribute i. It shares memory with
// the document where the value holds no reference.
func (n Node) AttrValue(i int) string {
	a := n.attr(i)
	s := n.doc.text[a.vstart:a.vend]
	if a.needsFix {
		return attrText(s)
	}
	return s
}

// AttrSpan returns where attribute i stands: name start, value start and value
// end as offsets into [Document.Source]. The quotes are around the value.
func (n Node) AttrSpan(i int) (start, vstart, vend int) {
	a := n.attr(i)
	return int(a.start), int(a.vstart), int(a.vend)
}

// Attr returns the value of the attribute with that namespace and local name.
func (n Node) Attr(space, local string) (string, bool) {
	for i := range n.Attrs() {
		if n.AttrName(i).Is(space, local) {
			return n.AttrValue(i), true
		}
	}
	return "", false
}

// HasText reports whether character data other than white space stands
// directly in the element.
func (n Node) HasText() bool { return n.rec().flags&hasText != 0 }

// IsEmptyTag reports whether the element is written as <name/>.
func (n Node) IsEmptyTag() bool { return n.rec().flags&empty != 0 }

// Text returns the character data that stands directly in an element, the
// parts around its children joined. For a comment or instruction it returns
// the body.
func (n Node) Text() string {
	r := n.rec()
	if r.kind == Comment || r.kind == ProcInst {
		return string(appendLines(nil, n.doc.text[r.open:r.close]))
	}
	if r.first == 0 {
		s := n.doc.text[r.open:r.close]
		if r.flags&needsFix == 0 {
			return s
		}
		return string(appendText(nil, s))
	}
	var b []byte
	from := r.open
	for c := r.first; c != 0; c = n.doc.nodes[c].next {
		k := &n.doc.nodes[c]
		b = appendText(b, n.doc.text[from:k.start])
		from = k.end
	}
	return string(appendText(b, n.doc.text[from:r.close]))
}

// gap returns the character data between two offsets that hold no node.
func (n Node) gap(from, to int) string {
	return string(appendText(nil, n.doc.text[from:to]))
}

// Span returns where the node begins and ends as offsets into
// [Document.Source].
func (n Node) Span() (start, end int) {
	r := n.rec()
	return int(r.start), int(r.end)
}

// Content returns where the content of an element begins and ends: behind its
// start tag and before its end tag. For <name/> both are the end of the tag. The
// content of the document begins behind the XML declaration.
func (n Node) Content() (start, end int) {
	r := n.rec()
	return int(r.open), int(r.close)
}

// Source returns the text of the node as written.
func (n Node) Source() string {
	r := n.rec()
	return n.doc.text[r.start:r.end]
}

// Prefixes calls yield for each prefix that is bound where the node stands,
// innermost first, until it returns false. A prefix that is hidden further in
// is left out. The prefix xml is not listed.
func (n Node) Prefixes(yield func(Namespace) bool) {
	d := n.doc
	hidden := map[string]bool{}
	for s := n.rec().scope; s >= 0; s = d.scopes[s].parent {
		for k := int(d.scopes[s].to) - 1; k >= int(d.scopes[s].from); k-- {
			ns := d.decls[k]
			if hidden[ns.Prefix] {
				continue
			}
			hidden[ns.Prefix] = true
			if !yield(ns) {
				return
			}
		}
	}
}

// SameScope reports whether the same namespace declarations are in force at
// both nodes.
func (n Node) SameScope(o Node) bool {
	return n.doc == o.doc && n.rec().scope == o.rec().scope
}

// Declared returns the namespaces declared on the element itself.
func (n Node) Declared() []Namespace {
	var out []Namespace
	for i := range n.Attrs() {
		if n.AttrIsNamespace(i) {
			name := n.AttrName(i)
			ns := Namespace{Prefix: name.Local, URI: n.AttrValue(i)}
			if name.Prefix == "" {
				ns.Prefix = ""
			}
			out = append(out, ns)
		}
	}
	return out
}

// Location returns the place of the node; of an element, that of its start tag.
func (n Node) Location() diag.Location {
	r := n.rec()
	end := r.end
	if r.kind == Elem {
		end = r.open
	}
	l := n.doc.Location(int(r.start), int(end))
	l.Path = n.Path()
	return l
}

// AttrLocation returns the place of attribute i, name and value.
func (n Node) AttrLocation(i int) diag.Location {
	a := n.attr(i)
	l := n.doc.Location(int(a.start), int(a.vend)+1)
	l.Path = n.Path() + "/@" + n.doc.names[a.name].raw
	return l
}

// TextLocation returns the place of the content of an element.
func (n Node) TextLocation() diag.Location {
	r := n.rec()
	if r.open == r.close {
		return n.Location()
	}
	l := n.doc.Location(int(r.open), int(r.close))
	l.Path = n.Path()
	return l
}
