package envelope

import (
	"iter"
	"strings"

	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// Section is a part of an envelope, virtual system or collection: a pointer to
// one of the section structs of this package, an [*UnknownSection], or a type
// of the caller's that embeds one (DSP0243 7.2).
type Section interface {
	Codec() xmlbind.Codec

	// SectionInfo returns the Info of the section; nil if it has none.
	SectionInfo() *Msg
	// SectionRequired reports whether a consumer that does not understand the
	// section must stop: ovf:required, true by default (DSP0243 7.3).
	SectionRequired() bool
}

// UnknownSection is a section that this package has no struct for, kept as the
// element it is. Types for such sections embed it and add fields; see
// [DecodeOptions.Sections].
type UnknownSection struct {
	Element *xmltree.Element
}

// Codec returns nil: the section is written as an element.
func (s *UnknownSection) Codec() xmlbind.Codec { return nil }

// OpenElement returns the element to write. A type that embeds UnknownSection
// and has fields of its own overrides it to put them into the element.
func (s *UnknownSection) OpenElement() (*xmltree.Element, error) { return s.Element, nil }

// StripSource makes the section forget where it was read.
func (s *UnknownSection) StripSource() {
	if s.Element != nil {
		s.Element.Strip()
	}
}

// SectionInfo returns the Info of the section, of any version of OVF.
func (s *UnknownSection) SectionInfo() *Msg {
	if s.Element == nil {
		return nil
	}
	for _, c := range s.Element.Content {
		e, ok := c.(*xmltree.Element)
		if !ok || e.Name.Local != "Info" {
			continue
		}
		m := &Msg{Text: e.Text()}
		for _, a := range e.Attrs {
			if a.Name.Local == "msgid" {
				m.MsgID = &a.Value
			}
		}
		return m
	}
	return nil
}

// SectionRequired reports whether the section must be understood.
func (s *UnknownSection) SectionRequired() bool {
	if s.Element == nil {
		return false
	}
	for _, a := range s.Element.Attrs {
		if c, _ := sym.ClassOf(a.Name.Space); a.Name.Local == "required" && (c == sym.OVF || a.Name.Space == "") {
			v := strings.TrimSpace(a.Value)
			return v != "false" && v != "0"
		}
	}
	return true
}

// First returns the first section of one type, and whether there is one:
//
//	disks, ok := envelope.First[*envelope.DiskSection](env.Section)
func First[S Section](sections []Section) (S, bool) {
	for s := range All[S](sections) {
		return s, true
	}
	var none S
	return none, false
}

// All yields the sections of one type in order.
func All[S Section](sections []Section) iter.Seq[S] {
	return func(yield func(S) bool) {
		for _, s := range sections {
			if s, ok := s.(S); ok && !yield(s) {
				return
			}
		}
	}
}

// openMemberSection reads a child that is no section of the standard. Elements
// of other namespaces and those that call themselves sections are kept in the
// list; false is returned for anything else.
func openMemberSection(f *xmlbind.Frame, bit int, list *Sections, i *int, k xmltree.Node) bool {
	name := k.Name()
	if c, _ := sym.ClassOf(name.Space); c != sym.Other && !strings.HasSuffix(name.Local, "Section") {
		return false
	}
	xmlbind.OpenMember(f, bit, (*[]Section)(list), i, k, func(e *xmltree.Element) Section {
		if s, ok := f.Open(e).(Section); ok {
			return s
		}
		return &UnknownSection{Element: e}
	})
	return true
}

// cloneOpenSection copies a section without struct. A caller's type is copied
// by its own CloneSection, or shared if it has none.
func cloneOpenSection(s Section) Section {
	switch s := s.(type) {
	case *UnknownSection:
		return &UnknownSection{Element: s.Element.Clone()}
	case interface{ CloneSection() Section }:
		return s.CloneSection()
	}
	return s
}

func equalOpenSection(a, b Section) bool {
	x, ok := a.(xmlbind.Opener)
	y, ok2 := b.(xmlbind.Opener)
	if !ok || !ok2 {
		return false
	}
	p, err := x.OpenElement()
	q, err2 := y.OpenElement()
	return err == nil && err2 == nil && p.Equal(q)
}

func openJSONSection(e *xmltree.Element) Section { return &UnknownSection{Element: e} }
