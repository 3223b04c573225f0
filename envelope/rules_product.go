package envelope

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
)

// productRules are the rules of ProductSection as a whole (DSP0243 9.5).
var productRules = []diag.Rule{
	{Name: "product-class-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "Two product sections of a system have one class and instance.",
		Why:     "Their properties fall into one namespace, and a value can no longer be assigned to one of them."},
	{Name: "icon-file-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "An icon refers to a file that the package does not list.",
		Why:     "It cannot be shown."},
}

// props are the properties of one scope: of the envelope, a virtual system or a
// collection.
type props struct {
	scope *scope // nil for the envelope
	list  []prop
	index *property.Index // see [props.names]
	near  names[prop]     // by full name and by key, see [props.similar]
}

// prop is a property with what its rules need to know.
type prop struct {
	*Property
	section  *ProductSection
	name     property.Name
	spec     property.Spec
	problems []property.Problem
	secret   bool // a password: its values never appear in a message
}

// names returns the index of the properties by full name and by key.
func (p *props) names() *property.Index {
	if p.index == nil {
		list := make([]property.Name, len(p.list))
		for i := range p.list {
			list[i] = p.list[i].name
		}
		x := property.NewIndex(list)
		p.index = &x
	}
	return p.index
}

// similar returns the name of a property that differs from the wanted one in
// letter case or blanks only.
func (p *props) similar(want string) (string, bool) {
	if p.near.first == nil {
		for i := range p.list {
			p.near.add(p.list[i].name.String(), &p.list[i])
		}
		for i := range p.list {
			p.near.add(p.list[i].Key, &p.list[i])
		}
	}
	return p.near.near(want)
}

// products checks the product sections of every scope, parents before children.
func (c *checker) products() {
	of := make(map[*scope]*props, len(c.scopes)+1)
	check := func(sc *scope, sections []Section) {
		p := c.props(sc, sections)
		of[sc] = p
		if len(p.list) == 0 {
			return
		}
		var parent *props // of the collection around the scope
		if sc != nil && sc.parent != nil {
			parent = of[sc.parent]
		}
		c.propertyNames(p, parent)
		for i := range p.list {
			c.property(&p.list[i])
			c.propertyValues(&p.list[i])
		}
		c.propertyRefs(p, of)
	}
	check(nil, c.env.Section)
	for _, sc := range c.scopes {
		check(sc, sc.content.Sections())
	}
}

// props collects the properties of a scope and checks its sections as such.
func (c *checker) props(sc *scope, sections []Section) *props {
	out := &props{scope: sc}
	type pair struct{ class, instance string }
	var seen map[pair]*ProductSection
	for s := range All[*ProductSection](sections) {
		if s == nil {
			continue
		}
		p := pair{text(s.Class), text(s.Instance)}
		if was := seen[p]; was != nil {
			c.at("product-class-unique", s.Location(""), "a second ProductSection has the class %s and the instance %s", diag.Quote(p.class), diag.Quote(p.instance)).
				related(was.Location(""), "the first one").
				hint("give each ProductSection a class or an instance of its own").add()
		} else {
			if seen == nil {
				seen = map[pair]*ProductSection{}
			}
			seen[p] = s
		}
		for i := range s.Icon {
			c.icon(&s.Icon[i])
		}
		for _, e := range s.Entry {
			if e, ok := e.(*Property); ok && e != nil {
				out.list = append(out.list, newProp(s, e))
			}
		}
	}
	return out
}

func newProp(s *ProductSection, p *Property) prop {
	out := prop{Property: p, section: s, name: property.Name{Class: text(s.Class), Key: p.Key, Instance: text(s.Instance)}}
	out.spec, out.problems = property.ParseSpec(p.Type, text(p.Qualifiers))
	out.secret = p.Password != nil && *p.Password || out.spec.Type.Secret || looksSecret(p.Key)
	return out
}

func (c *checker) icon(i *Icon) {
	if blank(i.FileRef) || c.files.get(i.FileRef) != nil {
		return
	}
	f := c.at("icon-file-ref", i.Location("@fileRef"), "the icon refers to the file %s, which is not in References", diag.Quote(i.FileRef))
	c.hintFile(f, i.FileRef).add()
}

// hintFile adds what a reference to a file may have meant.
func (c *checker) hintFile(f *finding, id string) *finding {
	return nearest(f, &c.files, id, "File", "add a File with this id to References, or correct the reference")
}

// text returns what an optional attribute holds as it stands, "" if it is absent.
func text[T ~string](s *T) string {
	if s == nil {
		return ""
	}
	return string(*s)
}
