package plan

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/property"
)

// properties are the properties of the package that count for the chosen
// option, scope by scope. They are resolved in the order of the scopes, each
// collection before what it holds; since a reference reaches the collection
// around only, what it names is resolved already. So no recursion is needed, and
// no cycle can be written.
type properties struct {
	r      *resolver
	limits Limits
	list   []*scopeProperties
	of     map[*scope]*scopeProperties // nil is the key of those of the envelope
	specs  map[specText]*property.Spec
	names  *nameIndex // of all; see [properties.index]
	bytes  int        // of all values so far
}

// scopeProperties are the properties that one machine or collection declares.
type scopeProperties struct {
	scope *scope // nil for the envelope
	list  []prop
	// these are made when first needed, the first two only for long lists
	byFull    map[string]*prop
	byKey     map[string][]*prop
	spellings spellings
}

// prop is a property of one scope.
type prop struct {
	*envelope.Property
	section  *envelope.ProductSection
	category *envelope.Category
	scope    *scope // nil for the envelope
	name     property.Name
	full     string
	spec     *property.Spec
	secret   bool          // the value must not be shown
	place    diag.Location // see [prop.where]

	setting *Setting // of the operator
	base    base
	state   state
	value   string
	refs    []Reference
	depth   int  // how many references lead from the value to the farthest one
	macro   bool // part of the value is for the platform to compute
}

// base is the value of a property before its references are resolved.
type base struct {
	text    string
	literal bool // a ${ in it is plain text
	absent  bool // the descriptor has none
	origin  Origin
}

// state says how far a property is.
type state uint8

const (
	pending state = iota
	good
	failed // reported; what refers to it fails without a word
)

type specText struct {
	typ, qualifiers string
	secret          bool
}

func newProperties(r *resolver) *properties {
	ps := &properties{r: r, limits: r.c.Limits.withDefaults(), of: map[*scope]*scopeProperties{}, specs: map[specText]*property.Spec{}}
	ps.collect(nil, r.env.Section)
	for _, s := range r.scopes {
		ps.collect(s, s.sections())
	}
	return ps
}

// collect notes the properties that a scope declares.
func (ps *properties) collect(s *scope, sections []envelope.Section) {
	most := 0
	for range declared(sections) {
		most++
	}
	if most == 0 {
		return
	}
	sp := &scopeProperties{scope: s, list: make([]prop, 0, most)} // which does not move
	if most > fewProperties {
		sp.byFull = make(map[string]*prop, most)
	}
	for ref := range declared(sections) {
		if ps.r.env.Version() == envelope.Version2 && !ps.r.selected(ref.Property.Configuration, ref.Property) {
			continue
		}
		sp.list = append(sp.list, prop{Property: ref.Property, section: ref.Section, category: ref.Category, scope: s,
			name: property.Name{Class: value(ref.Section.Class), Key: ref.Property.Key, Instance: value(ref.Section.Instance)}})
		p := &sp.list[len(sp.list)-1]
		p.full = p.name.String()
		p.secret = ref.Property.Secret()
		p.spec = ps.spec(p)
		p.secret = p.spec.Type.Secret
		if was := sp.full(p.full); was != p && was != nil {
			ps.collision(p, was)
			sp.list = sp.list[:len(sp.list)-1]
		} else if sp.byFull != nil {
			sp.byFull[p.full] = p
		}
	}
	if len(sp.list) == 0 {
		return
	}
	ps.list = append(ps.list, sp)
	ps.of[s] = sp
}

// collision reports two properties that the guest cannot tell apart. If they say
// the same, it makes no difference.
func (ps *properties) collision(p, was *prop) {
	f := ps.r.at("property-collision", p.Location("@key"), "two properties%s have the full name %s", p.of(), diag.Quote(p.full)).
		related(was.Location("@key"), "the first one").
		hint("rename the key of one, or put it into a ProductSection of another class")
	if p.Equal(was.Property) {
		f.as(diag.Warning).hint("remove one: they say the same")
	}
	f.add()
}

// declared yields the properties of some sections in document order.
func declared(sections []envelope.Section) func(yield func(envelope.PropertyRef) bool) {
	return func(yield func(envelope.PropertyRef) bool) {
		for s := range envelope.All[*envelope.ProductSection](sections) {
			ref := envelope.PropertyRef{Section: s}
			for _, e := range s.Entry {
				switch e := e.(type) {
				case *envelope.Category:
					ref.Category = e
				case *envelope.Property:
					if ref.Property = e; e != nil && !yield(ref) {
						return
					}
				}
			}
		}
	}
}

// spec returns what a property accepts. Descriptors have few different ones,
// many times.
func (ps *properties) spec(p *prop) *property.Spec {
	k := specText{p.Type, value(p.Qualifiers), p.secret}
	s, ok := ps.specs[k]
	if !ok {
		spec, _ := property.ParseSpec(k.typ, k.qualifiers)
		spec.Type.Secret = spec.Type.Secret || p.secret
		s = &spec
		ps.specs[k] = s
	}
	return s
}

// fewProperties is how many are looked through one by one.
const fewProperties = 8

// full returns the property of a scope with a full name, or nil.
func (sp *scopeProperties) full(name string) *prop {
	if sp == nil {
		return nil
	}
	if sp.byFull != nil {
		return sp.byFull[name]
	}
	for i := range sp.list {
		if sp.list[i].full == name {
			return &sp.list[i]
		}
	}
	return nil
}

// find returns the properties of a scope with a full name, or else those with
// a key.
func (sp *scopeProperties) find(name string) []*prop {
	if p := sp.full(name); p != nil {
		return []*prop{p}
	}
	if sp == nil {
		return nil
	}
	if sp.byKey != nil {
		return sp.byKey[name]
	}
	if len(sp.list) > fewProperties {
		sp.byKey = make(map[string][]*prop, len(sp.list))
	}
	var out []*prop
	for i := range sp.list {
		p := &sp.list[i]
		if sp.byKey != nil {
			sp.byKey[p.Key] = append(sp.byKey[p.Key], p)
		}
		if p.Key == name {
			out = append(out, p)
		}
	}
	return out
}

// fullNames returns the full names of some properties.
func fullNames(list []*prop) []string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.full
	}
	return names
}

// of says in a message where a property belongs: " of DB1".
func (p *prop) of() string {
	if p.scope == nil {
		return ""
	}
	return " of " + diag.Quote(p.scope.id)
}

// path is a name that means this property alone: "DB1/com.example.db.ip".
func (p *prop) path() string {
	if p.scope == nil {
		return p.full
	}
	return p.scope.id + "/" + p.full
}

// where returns the place of the property. Finding it takes time, and each
// reference needs it.
func (p *prop) where() diag.Location {
	if p.place == (diag.Location{}) {
		p.place = position(p, "")
	}
	return p.place
}

func (p *prop) configurable() bool { return value(p.UserConfigurable) }

// deliver fills in what each machine and collection gets. In the order of the
// standard (DSP0243 11.1) a machine sees its own properties and those of the
// collection around it; its own hide those of the same name.
func (ps *properties) deliver() {
	n := 0
	for _, s := range ps.r.scopes {
		var own []prop
		sp := ps.of[s]
		if sp != nil {
			own = sp.list
		}
		var parent []Property
		if s.machine != nil && s.parent != nil {
			parent = s.parent.collection.Properties
		}
		if n += len(own) + len(parent); n > ps.limits.Properties {
			ps.r.at("value-limit", s.content.(located).Location(""), "the machines have more than %d properties, inherited ones counted for each", ps.limits.Properties).
				hint("split the package; a caller may raise Limits.Properties").add()
			return
		}
		list := make([]Property, len(own), len(own)+len(parent))
		for i := range own {
			ps.property(&list[i], &own[i])
		}
		if s.collection != nil {
			s.collection.Properties = list
			continue
		}
		for i := range parent {
			if sp.full(parent[i].Name) != nil {
				continue // overridden
			}
			list = append(list, parent[i])
			o := &list[len(list)-1].Origin
			o.Kind, o.From = FromParent, s.parent.id
		}
		s.machine.Properties = list
	}
	for _, s := range ps.r.scopes {
		products := s.products()
		i := 0
		for section := range envelope.All[*envelope.ProductSection](s.sections()) {
			products[i].AppURL = ps.url(s, section)
			i++
		}
	}
}

// products are those of the machine or collection, one for each ProductSection.
func (s *scope) products() []Product {
	if s.machine != nil {
		return s.machine.Products
	}
	return s.collection.Products
}

// property fills in the public form.
func (ps *properties) property(out *Property, p *prop) {
	*out = Property{Name: p.full, Class: p.name.Class, Key: p.Key, Instance: p.name.Instance, Value: p.value,
		Type: strings.TrimSpace(p.Type), Password: p.secret, UserConfigurable: p.configurable(),
		Label: ps.r.texts.msg(p.Label), Description: ps.r.texts.msg(p.Description), Category: ps.r.texts.category(p.category),
		Origin: p.base.origin, References: p.refs, Location: p.where()}
	if len(p.refs) > 0 || p.macro {
		out.Raw = p.base.text
	}
}
