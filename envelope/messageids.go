package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// messageIDs gathers the msgids of a descriptor (DSP0243 10.1).
type messageIDs struct {
	wanted bool           // there are bundles to compare the ids with
	ids    []string       // each once, in document order; those of extensions last
	index  map[string]int // the place of each in ids
	near   names[int]     // see [messageIDs.similar]
	empty  []emptyText
}

// emptyText is an element with a msgid and no text.
type emptyText struct {
	id string
	of xmlbind.Codec
}

func (e *emptyText) location() diag.Location { return xmlbind.Locate(*e.of.Origin(), "") }

func (m *messageIDs) add(id string) {
	if _, ok := m.index[id]; ok || id == "" || !m.wanted {
		return
	}
	if m.index == nil {
		m.index = map[string]int{}
	}
	m.index[id] = len(m.ids)
	m.ids = append(m.ids, id)
}

// similar returns the id that differs from the wanted one in letter case or
// blanks only.
func (m *messageIDs) similar(want string) (string, bool) {
	if m.near.first == nil {
		for i, id := range m.ids {
			m.near.add(id, &i)
		}
	}
	return m.near.near(want)
}

// collect takes the ids of one struct: its own if it is a text, those of its
// CIM children, and those in its open content.
func (m *messageIDs) collect(c xmlbind.Codec) {
	switch t := c.(type) {
	case *msgCodec:
		m.text(t.MsgID, t.Text, c)
	case *categoryCodec:
		m.text(t.MsgID, t.Text, c)
	}
	if !m.wanted {
		return
	}
	x := c.Extra()
	for i := range x.Markup {
		m.attrs(x.Markup[i].Attrs)
	}
	for _, e := range x.Elements {
		m.element(e)
	}
}

func (m *messageIDs) text(id *string, s string, c xmlbind.Codec) {
	if id == nil {
		return
	}
	m.add(*id)
	if strings.TrimSpace(s) == "" && *id != "" {
		m.empty = append(m.empty, emptyText{*id, c})
	}
}

func (m *messageIDs) attrs(list []xmltree.Attr) {
	for _, a := range list {
		if a.Name.Local != "msgid" {
			continue
		}
		if k, _ := sym.ClassOf(a.Name.Space); k == sym.OVF || a.Name.Space == "" {
			m.add(a.Value)
		}
	}
}

// element takes the ids of an element of open content and of all in it.
func (m *messageIDs) element(e *xmltree.Element) {
	for stack := []*xmltree.Element{e}; len(stack) > 0; {
		e = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if e == nil {
			continue
		}
		m.attrs(e.Attrs)
		for i := len(e.Content) - 1; i >= 0; i-- {
			if k, ok := e.Content[i].(*xmltree.Element); ok {
				stack = append(stack, k)
			}
		}
	}
}
