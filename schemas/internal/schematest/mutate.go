package schematest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/xmltree"
)

// foreign is the prefix that a mutation uses for a namespace of nobody; mutated
// documents declare it on their root element, together with xsi.
const (
	foreign = "mut"
	declare = ` xmlns:mut="urn:example:mutation" xmlns:mutxsi="http://www.w3.org/2001/XMLSchema-instance"`
)

// bad are values that some types accept and others do not.
var bad = []string{"", "abc", "-1", "70000", "99999999999999999999", " true ", "1.5"}

// Mutations returns copies of a document that each differ from it in one way:
// an element dropped, doubled, moved, renamed, emptied, put into another
// namespace, given text or a wrong value; an attribute dropped, added, misspelt,
// mistyped or put into another namespace. Of all such copies it makes the first of
// every step.
func Mutations(t testing.TB, d Document, step int) []Document {
	t.Helper()
	tree, err := xmltree.Parse(d.Name, d.Data, xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m := mutator{name: d.Name, text: tree.Source(), step: step}
	root := tree.Root()
	start, _ := root.Span()
	m.insert = start + 1 + len(root.Name().String())
	m.element(root, true)
	return m.docs
}

type mutator struct {
	name   string
	text   string
	insert int // where the namespaces are declared
	step   int
	count  int // of mutations so far, also those that are left out
	docs   []Document
}

// edit is one replacement of a range of the text.
type edit struct {
	from, to int
	text     string
}

// add makes a document from edits in the order of the text.
func (m *mutator) add(what string, edits ...edit) {
	m.count++
	if (m.count-1)%m.step != 0 {
		return
	}
	var b strings.Builder
	at := 0
	put := func(e edit) {
		b.WriteString(m.text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	if edits[0].from >= m.insert {
		put(edit{m.insert, m.insert, declare})
	}
	for _, e := range edits {
		put(e)
	}
	b.WriteString(m.text[at:])
	m.docs = append(m.docs, Document{fmt.Sprintf("%s#%d %s", m.name, edits[0].from, what), []byte(b.String())})
}

func (m *mutator) element(n xmltree.Node, root bool) {
	start, end := n.Span()
	open, end2 := n.Content()
	name := n.Name().String()
	afterName := start + 1 + len(name)
	if !root {
		m.add("drop", edit{start, end, ""})
		m.add("double", edit{end, end, m.text[start:end]})
		m.swap(n)
	}
	m.rename(n, "rename", name+"X")
	m.rename(n, "foreign", foreign+":"+n.Name().Local)
	m.rename(n, "no namespace", "mut_"+n.Name().Local)
	if !root {
		m.add("nil", edit{afterName, afterName, ` mutxsi:nil="true"`})
		m.add("type", edit{afterName, afterName, ` mutxsi:type="nope"`})
	}
	m.add("attribute of nobody", edit{afterName, afterName, ` mut:added="1"`})
	m.add("attribute without namespace", edit{afterName, afterName, ` added="1"`})
	if !n.IsEmptyTag() {
		m.add("text", edit{open, open, "stray"})
		m.add("child", edit{end2, end2, "<mut:added/>"})
		if !root && open < end2 {
			m.add("empty", edit{open, end2, ""})
		}
		if leaf(n) {
			for _, v := range bad {
				m.add("value "+v, edit{open, end2, v})
			}
		}
	}
	for i := range n.Attrs() {
		if !n.AttrIsNamespace(i) {
			m.attribute(n, i)
		}
	}
	for c := n.First(); c.Valid(); c = c.Next() {
		if c.Kind() == xmltree.Elem {
			m.element(c, false)
		}
	}
}

// leaf reports whether an element has text alone.
func leaf(n xmltree.Node) bool {
	for c := n.First(); c.Valid(); c = c.Next() {
		if c.Kind() == xmltree.Elem {
			return false
		}
	}
	return true
}

// rename changes the name in the start tag and the end tag.
func (m *mutator) rename(n xmltree.Node, what, name string) {
	start, end := n.Span()
	old := n.Name().String()
	edits := []edit{{start + 1, start + 1 + len(old), name}}
	if n.Parent().Kind() == xmltree.Root {
		edits[0].text += declare
	}
	if _, close := n.Content(); close < end && !n.IsEmptyTag() {
		edits = append(edits, edit{close + 2, close + 2 + len(old), name})
	}
	m.add(what, edits...)
}

// swap moves the element behind its next sibling, and to the end of its parent.
func (m *mutator) swap(n xmltree.Node) {
	next := n.Next()
	for next.Valid() && next.Kind() != xmltree.Elem {
		next = next.Next()
	}
	if !next.Valid() {
		return
	}
	start, end := n.Span()
	_, behind := next.Span()
	m.add("move", edit{start, end, ""}, edit{behind, behind, m.text[start:end]})
	if _, last := n.Parent().Content(); last > behind {
		m.add("move last", edit{start, end, ""}, edit{last, last, m.text[start:end]})
	}
}

func (m *mutator) attribute(n xmltree.Node, i int) {
	start, vstart, vend := n.AttrSpan(i)
	name := n.AttrName(i)
	end := start + len(name.String())
	m.add("drop attribute", edit{start, vend + 1, ""})
	m.add("misspell attribute", edit{end, end, "x"})
	m.add("foreign attribute", edit{start, end, foreign + ":" + name.Local})
	if name.Prefix != "" {
		m.add("attribute loses prefix", edit{start, end, name.Local})
	}
	for _, v := range bad {
		m.add("attribute value "+v, edit{vstart, vend, v})
	}
}
