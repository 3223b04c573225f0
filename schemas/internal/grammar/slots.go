package grammar

// A Slot is one place in a sequence of children: how many elements it takes and
// which.
type Slot struct {
	Min, Max  int // Max may be Unbounded
	Elements  []*Element
	Wildcards []*Wildcard
}

// Accepts returns whether an element of that name may stand in the slot.
func (g *Grammar) Accepts(s *Slot, n Name) bool {
	for _, e := range s.Elements {
		if e.Name == n || g.substitute(n, e.Name) != nil {
			return true
		}
	}
	for _, w := range s.Wildcards {
		if w.Accepts(n.Space) {
			return true
		}
	}
	return false
}

// Slots returns the content of a type as a row of slots. ok is false if it is
// no plain row, as where a choice has sequences inside.
func (t *Type) Slots() (row []Slot, ok bool) {
	if t.Any || t.Content == nil {
		return nil, !t.Any
	}
	return flatten(nil, t.Content)
}

func flatten(row []Slot, p *Particle) ([]Slot, bool) {
	switch {
	case p.Order == Single:
		return append(row, single(p)), true
	case p.Order == Choice:
		s := Slot{Min: p.Min, Max: p.Max}
		for _, part := range p.Parts {
			if part.Order != Single || part.Max != 1 {
				return row, false
			}
			if part.Min == 0 {
				s.Min = 0
			}
			one := single(part)
			s.Elements = append(s.Elements, one.Elements...)
			s.Wildcards = append(s.Wildcards, one.Wildcards...)
		}
		return append(row, s), true
	case p.Order == Sequence && p.Max == 1 && (p.Min == 1 || len(p.Parts) == 0):
		for _, part := range p.Parts {
			var ok bool
			if row, ok = flatten(row, part); !ok {
				return row, false
			}
		}
		return row, true
	}
	return row, false
}

func single(p *Particle) Slot {
	s := Slot{Min: p.Min, Max: p.Max}
	if p.Element != nil {
		s.Elements = []*Element{p.Element}
	}
	if p.Wildcard != nil {
		s.Wildcards = []*Wildcard{p.Wildcard}
	}
	return s
}
