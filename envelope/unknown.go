package envelope

import (
	"iter"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/xmltree"
)

// UnknownContent is what a consumer meets that only knows the standard: a section
// without struct, or a child of a section that is of a foreign namespace. What
// stands deeper, and attributes, need not be understood (DSP0243 7.3).
type UnknownContent struct {
	Name    xmltree.Name
	Content Content // the system or collection it is about; nil for the package
	Section Section // the unknown section, or the one that the child stands in
	// Child is nil for a section.
	Child *xmltree.Element
	// Required says that a consumer which does not understand it must
	// stop. For a child, whoever does not understand it does not understand its section:
	// Required is false if that is optional.
	Required bool
}

// Info returns what the vendor says about a section: its Info in the language of
// the descriptor, or that of the section around a child.
func (u *UnknownContent) Info() string {
	if m := u.Section.SectionInfo(); m != nil {
		return m.Text
	}
	return ""
}

// Location returns where it was read.
func (u *UnknownContent) Location() diag.Location {
	if u.Child != nil {
		return elementLocation(u.Child)
	}
	return sectionLocation(u.Section)
}

// Unknown yields what is unknown: in the sections of the envelope, then in those
// of each system and collection. A section for which the caller registered a type
// (see [DecodeOptions.Sections]) is not unknown.
func (t *Envelope) Unknown() iter.Seq[UnknownContent] {
	return func(yield func(UnknownContent) bool) {
		if !t.unknownIn(nil, t.Section, yield) {
			return
		}
		for c := range Walk(t.Content) {
			if !t.unknownIn(c, c.Sections(), yield) {
				return
			}
		}
	}
}

func (t *Envelope) unknownIn(c Content, sections []Section, yield func(UnknownContent) bool) bool {
	for _, s := range sections {
		if none(s) {
			continue
		}
		if u, ok := s.(*UnknownSection); ok {
			if u.Element != nil && !yield(UnknownContent{Name: u.Element.Name, Content: c, Section: s, Required: u.SectionRequired()}) {
				return false
			}
			continue
		}
		if s.Codec() == nil {
			continue
		}
		_, encryption := s.(*EncryptionSection)
		for _, e := range s.Codec().Extra().Elements {
			if e == nil || !t.foreign(e.Name.Space) || encryption && strings.HasPrefix(e.Name.Space, "http://www.w3.org/") {
				continue
			}
			if !yield(UnknownContent{Name: e.Name, Content: c, Section: s, Child: e, Required: mustUnderstand(e) && s.SectionRequired()}) {
				return false
			}
		}
	}
	return true
}
