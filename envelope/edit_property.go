package envelope

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
)

// PropertyRef is a property together with where it stands. Its fields point
// into the envelope.
type PropertyRef struct {
	Content  Content         // whose product it belongs to; nil for one of the envelope itself
	Section  *ProductSection // which gives the name its class and instance
	Category *Category       // under which it is shown; nil if none stands before it
	Property *Property
}

// FullName returns the name under which the guest sees the property:
// class.key.instance, without the parts that are empty (DSP0243 9.5).
func (r PropertyRef) FullName() string { return r.name().String() }

func (r PropertyRef) name() property.Name {
	n := property.Name{Key: r.Property.Key}
	if r.Section.Class != nil {
		n.Class = *r.Section.Class
	}
	if r.Section.Instance != nil {
		n.Instance = *r.Section.Instance
	}
	return n
}

// place names the property with the content that it belongs to.
func (r PropertyRef) place() string {
	if r.Content == nil {
		return r.FullName()
	}
	return r.FullName() + " of " + r.Content.ContentID()
}

// Properties yields the properties of the envelope in document order.
func (t *Envelope) Properties() iter.Seq[PropertyRef] {
	return func(yield func(PropertyRef) bool) {
		if !yieldProperties(nil, t.Section, yield) {
			return
		}
		for c := range Walk(t.Content) {
			if !yieldProperties(c, c.Sections(), yield) {
				return
			}
		}
	}
}

func yieldProperties(c Content, sections []Section, yield func(PropertyRef) bool) bool {
	for s := range All[*ProductSection](sections) {
		r := PropertyRef{Content: c, Section: s}
		for _, e := range s.Entry {
			switch e := e.(type) {
			case *Category:
				r.Category = e
			case *Property:
				if r.Property = e; !yield(r) {
					return false
				}
			}
		}
	}
	return true
}

// FindProperty returns the property with the full name class.key.instance, or
// else the only one with that key. If within is not nil, only properties of
// that content itself count. The error is a [*LookupError].
func (t *Envelope) FindProperty(name string, within Content) (PropertyRef, error) {
	var full, key []PropertyRef
	var names []string
	for r := range t.Properties() {
		if within != nil && r.Content != within {
			continue
		}
		if r.name().Matches(name) {
			full = append(full, r)
		}
		if r.Property.Key == name {
			key = append(key, r)
		}
		names = append(names, r.FullName())
	}
	hits := full
	if len(hits) == 0 {
		hits = key
	}
	switch len(hits) {
	case 0:
		return PropertyRef{}, unknown("property", name, names)
	case 1:
		return hits[0], nil
	}
	places := make([]string, len(hits))
	for i, r := range hits {
		places[i] = r.place()
	}
	return PropertyRef{}, &LookupError{Kind: "property", Name: name, Names: places, Err: ErrAmbiguous}
}

// ErrPropertyValue is the class of errors for a value that does not fit the type
// and qualifiers of its property.
var ErrPropertyValue = errors.New("the property does not accept the value")

// PropertyError says why a property cannot be changed. The value of a property
// that holds a password is not in it.
type PropertyError struct {
	Name     string        // full name
	Reason   string        // what is wrong and what would be accepted
	Location diag.Location // of what stands in the way; zero if nothing does
	Err      error         // ErrPropertyValue or ErrPropertyUse, or nil
}

func (e *PropertyError) Error() string {
	return fmt.Sprintf("property %s: %s", diag.Quote(e.Name), e.Reason)
}

// Unwrap returns the class of the failure.
func (e *PropertyError) Unwrap() error { return e.Err }

// SetValue sets the default value of the property. With the id of a deployment
// option it sets the default for that option alone, in a Value element (DSP0243
// 9.5); an element that it shares with other options stays for them.
//
// The value must fit the type and the qualifiers of the property, unless it
// refers to others as ${name}; else the error is a [*PropertyError].
func (r PropertyRef) SetValue(value, option string) error {
	p := r.Property
	if err := p.check(value); err != nil {
		return &PropertyError{Name: r.FullName(), Reason: err.Error(), Err: ErrPropertyValue}
	}
	if option == "" {
		p.Value = &value
		return nil
	}
	for i := range p.Values {
		v := &p.Values[i]
		ids := configurations(v.Configuration)
		k := slices.Index(ids, option)
		switch {
		case k < 0:
		case len(ids) == 1:
			v.Value = value
			return nil
		default:
			v.Configuration = new(strings.Join(slices.Delete(ids, k, k+1), " "))
		}
	}
	p.Values = append(p.Values, PropertyValue{Value: value, Configuration: &option})
	return nil
}

// check compares a value with type and qualifiers.
func (t *Property) check(value string) error {
	if property.HasReference(value) {
		return nil
	}
	qualifiers := ""
	if t.Qualifiers != nil {
		qualifiers = *t.Qualifiers
	}
	spec, _ := property.ParseSpec(t.Type, qualifiers)
	spec.Type.Secret = t.Secret()
	return spec.Check(value)
}

// Secret reports whether values of the property must not be shown: it has
// ovf:password, an attribute of that name of a vendor, or VMware's type password.
func (t *Property) Secret() bool {
	if t.Password != nil && *t.Password || property.ParseType(t.Type).Secret {
		return true
	}
	for _, a := range t.Ext.Attrs {
		if a.Name.Local == "password" && strings.TrimSpace(a.Value) != "false" && strings.TrimSpace(a.Value) != "0" {
			return true
		}
	}
	return false
}

// AddProperty adds a property to a product section: behind the last one of the
// category with that text, which is added if there is none, or for the empty
// text, behind the last one without category. The type must be one of the
// standard or of VMware, the value must fit it, and the key must be new in the
// section; else the error is a [*PropertyError].
func (t *ProductSection) AddProperty(p *Property, category string) error {
	r := PropertyRef{Section: t, Property: p}
	fail := func(class error, format string, args ...any) error {
		return &PropertyError{Name: r.FullName(), Reason: fmt.Sprintf(format, args...), Err: class}
	}
	if p.Key == "" {
		return fail(nil, "a property needs a key")
	}
	if !property.ParseType(p.Type).Known() {
		return fail(nil, "%s is not a property type: use string, boolean, uint8 to uint64, sint8 to sint64, real32 or real64", diag.Quote(p.Type))
	}
	if p.Value != nil {
		if err := p.check(*p.Value); err != nil {
			return fail(ErrPropertyValue, "%v", err)
		}
	}
	at, grouped := -1, category == ""
	for i, e := range t.Entry {
		switch e := e.(type) {
		case *Category:
			if grouped && at < 0 {
				at = i // the group ends here
			}
			if e.Text == category && category != "" {
				grouped, at = true, -1
			}
		case *Property:
			if e.Key == p.Key {
				return &PropertyError{Name: r.FullName(), Reason: "the section has a property of that key already", Location: e.Location("@key"), Err: ErrAmbiguous}
			}
		}
	}
	if !grouped {
		t.Entry = append(t.Entry, &Category{Text: category})
	}
	if at < 0 {
		at = len(t.Entry)
	}
	t.Entry = slices.Insert(t.Entry, at, ProductEntry(p))
	return nil
}

// ErrPropertyUse is the class of errors for a property that something else in
// the descriptor needs.
var ErrPropertyUse = errors.New("the property is in use")

// RemoveProperty removes a property. It refuses, with a [*PropertyError], where
// a disk capacity or another property refers to it as ${name} and no other
// property has the name.
func (t *Envelope) RemoveProperty(r PropertyRef) error {
	others := 0
	for o := range t.Properties() {
		if o.Property != r.Property && (o.FullName() == r.FullName() || o.Property.Key == r.Property.Key) {
			others++
		}
	}
	if at, used := t.use(r); used && others == 0 {
		return &PropertyError{Name: r.FullName(), Reason: "a value refers to it as ${}", Location: at, Err: ErrPropertyUse}
	}
	r.Section.Entry = slices.DeleteFunc(r.Section.Entry, func(e ProductEntry) bool { return e == ProductEntry(r.Property) })
	return nil
}

// use finds a place that refers to a property.
func (t *Envelope) use(r PropertyRef) (diag.Location, bool) {
	name, key := r.FullName(), r.Property.Key
	refers := func(s string) bool {
		for _, g := range property.Scan(s) {
			if g.Kind == property.Reference && (g.Text == name || g.Text == key) {
				return true
			}
		}
		return false
	}
	for s := range All[*DiskSection](t.Section) {
		for i := range s.Disk {
			if refers(s.Disk[i].Capacity) {
				return s.Disk[i].Location("@capacity"), true
			}
		}
	}
	for o := range t.Properties() {
		if o.Property == r.Property {
			continue
		}
		if o.Property.Value != nil && refers(*o.Property.Value) {
			return o.Property.Location("@value"), true
		}
		for i := range o.Property.Values {
			if v := &o.Property.Values[i]; refers(v.Value) {
				return v.Location("@value"), true
			}
		}
	}
	return diag.Location{}, false
}
