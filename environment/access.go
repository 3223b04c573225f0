package environment

import "iter"

// Properties goes over the properties of the sections in their order.
func (l Sections) Properties() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, s := range l {
			s, ok := s.(*PropertySection)
			if !ok {
				continue
			}
			for i := range s.Property {
				if !yield(s.Property[i].Key, s.Property[i].Value) {
					return
				}
			}
		}
	}
}

// Lookup returns the value of a property by its full name, and whether there is
// one. If there are several, which is wrong, it is the first.
func (l Sections) Lookup(key string) (string, bool) {
	for k, v := range l.Properties() {
		if k == key {
			return v, true
		}
	}
	return "", false
}

// Properties goes over the properties of the guest itself, by full name and in
// the order of the document.
func (t *Environment) Properties() iter.Seq2[string, string] { return t.Section.Properties() }

// Lookup returns the value of a property of the guest itself, and whether there
// is one.
func (t *Environment) Lookup(key string) (string, bool) { return t.Section.Lookup(key) }

// Platform returns the section about the platform; nil if there is none.
func (t *Environment) Platform() *PlatformSection {
	for _, s := range t.Section {
		if s, ok := s.(*PlatformSection); ok {
			return s
		}
	}
	return nil
}

// Sibling returns what the document says about another member of the same
// collection; nil if there is no such member. Environment.Entity has all of them.
func (t *Environment) Sibling(id string) *Entity {
	for i := range t.Entity {
		if t.Entity[i].ID == id {
			return &t.Entity[i]
		}
	}
	return nil
}

// Properties goes over the properties of the sibling, by full name; there is none
// for nil.
func (t *Entity) Properties() iter.Seq2[string, string] {
	if t == nil {
		return Sections(nil).Properties()
	}
	return t.Section.Properties()
}

// Lookup returns the value of a property of the sibling, and whether there is
// one; there is none for nil.
func (t *Entity) Lookup(key string) (string, bool) {
	if t == nil {
		return "", false
	}
	return t.Section.Lookup(key)
}
