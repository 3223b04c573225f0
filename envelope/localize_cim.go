package envelope

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

// MessageID returns the msgid of a child of CIM settings: field is ElementName,
// Caption or Description, x the Ext of the settings, as of a [rasd.Item]. It is
// empty if the child has none (DSP0243 10).
func MessageID(x *xmltree.Ext, field string) string {
	if m := x.Find(field, 0); m != nil {
		return messageID(m.Attrs)
	}
	return ""
}

// messageID returns the msgid among attributes, empty if there is none.
func messageID(attrs []xmltree.Attr) string {
	for _, a := range attrs {
		if a.Name.Local != "msgid" {
			continue
		}
		if k, _ := sym.ClassOf(a.Name.Space); k == sym.OVF || a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// settings takes the texts of the CIM settings in a section.
func (l *messageList) settings(s Section) {
	switch s := s.(type) {
	case *VirtualHardwareSection:
		if s == nil {
			return
		}
		if t := s.System; t != nil {
			l.cim(&t.Ext, t, t.ElementName, t.Caption, t.Description)
		}
		l.items(s.Item, s.EthernetPortItem, s.StorageItem)
	case *ResourceAllocationSection:
		if s != nil {
			l.items(s.Item, s.EthernetPortItem, s.StorageItem)
		}
	}
}

func (l *messageList) items(items []rasd.Item, ports []rasd.EthernetPortItem, storage []rasd.StorageItem) {
	for i := range items {
		t := &items[i]
		l.cim(&t.Ext, t, t.ElementName, t.Caption, t.Description)
	}
	for i := range ports {
		t := &ports[i]
		l.cim(&t.Ext, t, t.ElementName, t.Caption, t.Description)
	}
	for i := range storage {
		t := &storage[i]
		l.cim(&t.Ext, t, t.ElementName, t.Caption, t.Description)
	}
}

// cim takes the three texts that settings have for people.
func (l *messageList) cim(x *xmltree.Ext, t located, name string, caption, description *string) {
	if len(x.Markup) == 0 {
		return
	}
	l.add(MessageID(x, "Caption"), value(caption), childSource{t, "Caption"})
	l.add(MessageID(x, "Description"), value(description), childSource{t, "Description"})
	l.add(MessageID(x, "ElementName"), name, childSource{t, "ElementName"})
}

// element takes the texts of an element of open content and of all in it.
func (l *messageList) element(e *xmltree.Element) {
	for stack := []*xmltree.Element{e}; len(stack) > 0; {
		e = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if e == nil {
			continue
		}
		if id := messageID(e.Attrs); id != "" {
			l.add(id, e.Text(), elementSource{e})
		}
		for i := len(e.Content) - 1; i >= 0; i-- {
			if k, ok := e.Content[i].(*xmltree.Element); ok {
				stack = append(stack, k)
			}
		}
	}
}

// childSource is a child of a struct as the source of a text.
type childSource struct {
	of    located
	field string
}

func (p childSource) Location(string) diag.Location { return p.of.Location(p.field) }

// elementSource is an element of open content as the source of a text.
type elementSource struct{ *xmltree.Element }

func (e elementSource) Location(string) diag.Location { return elementLocation(e.Element) }
