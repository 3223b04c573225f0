package envelope

import (
	"slices"
	"strings"
)

// MainProduct returns the product section that describes the whole of a content:
// one with a Product and without class if there is one, else one with a Product,
// else the first. Without content it is that of the envelope or its outermost
// content, or else of the only content that has any. The error is a
// [*LookupError].
func (t *Envelope) MainProduct(within Content) (*ProductSection, error) {
	if within != nil {
		if p := mainProduct(within.Sections()); p != nil {
			return p, nil
		}
		return nil, unknown(kindProduct, "", nil)
	}
	if p := mainProduct(t.Section); p != nil {
		return p, nil
	}
	var hits []placed
	for i, p := range t.placedContents() {
		if found := mainProduct(p.content.Sections()); found != nil {
			if i == 0 {
				return found, nil
			}
			hits = append(hits, p)
		}
	}
	switch len(hits) {
	case 0:
		return nil, unknown(kindProduct, "", nil)
	case 1:
		return mainProduct(hits[0].content.Sections()), nil
	}
	return nil, &LookupError{Kind: "virtual system or collection with a product section", Names: paths(hits), Err: ErrAmbiguous}
}

const kindProduct = "product section"

func mainProduct(sections []Section) *ProductSection {
	var best *ProductSection
	score := -1
	for p := range All[*ProductSection](sections) {
		s := 0
		if p.Product != nil {
			s += 2
			if p.Class == nil || *p.Class == "" {
				s++
			}
		}
		if s > score {
			best, score = p, s
		}
	}
	return best
}

// ProductFor returns the product section that a property with the given name
// belongs to, and the key that it has there: the section whose class and
// instance the name has around the key, the longest match first, or one without
// class and instance. Where none fits but there is only one section, the whole
// name is the key in it. The error is a [*LookupError].
func ProductFor(c Content, name string) (*ProductSection, string, error) {
	var best *ProductSection
	key, around := "", -1
	var names []string
	for s := range All[*ProductSection](c.Sections()) {
		names = append(names, PropertyRef{Section: s, Property: &Property{Key: "KEY"}}.FullName())
		if k, ok := s.keyOf(name); ok && len(name)-len(k) > around {
			best, key, around = s, k, len(name)-len(k)
		}
	}
	switch {
	case best != nil:
		return best, key, nil
	case len(names) == 1:
		s, _ := First[*ProductSection](c.Sections())
		return s, name, nil
	}
	return nil, "", unknown("product section for the property", name, names)
}

// keyOf cuts class and instance off a full name.
func (t *ProductSection) keyOf(name string) (key string, ok bool) {
	if t.Class != nil && *t.Class != "" {
		if name, ok = strings.CutPrefix(name, *t.Class+"."); !ok {
			return "", false
		}
	}
	if t.Instance != nil && *t.Instance != "" {
		if name, ok = strings.CutSuffix(name, "."+*t.Instance); !ok {
			return "", false
		}
	}
	return name, name != ""
}

// AddProduct adds an empty product section to a content and returns it.
func AddProduct(c Content) *ProductSection {
	p := &ProductSection{Info: Msg{Text: "Information about the product"}}
	switch c := c.(type) {
	case *VirtualSystem:
		c.Section = slices.Insert(c.Section, 0, Section(p))
	case *VirtualSystemCollection:
		c.Section = slices.Insert(c.Section, 0, Section(p))
	}
	return p
}

// SetVersion sets Version. FullVersion is set too if it says the same as Version
// did; else it stays, since the new one is not known, and SetVersion reports
// true.
func (t *ProductSection) SetVersion(version string) (fullVersionStays bool) {
	switch {
	case t.FullVersion == nil:
	case t.Version != nil && *t.Version == *t.FullVersion:
		t.FullVersion = &version
	default:
		fullVersionStays = *t.FullVersion != version
	}
	t.Version = &version
	return fullVersionStays
}

// SetText sets an optional text, as VirtualSystem.Name or ProductSection.Vendor.
// It keeps the msgid, under which bundles may have translations that still say
// the old text.
func SetText(m **Msg, text string) {
	if *m == nil {
		*m = &Msg{}
	}
	(*m).Text = text
}
