package envelope

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
)

// propertyRefRules are the rules of ${name} in the values of properties
// (DSP0243 9.5).
var propertyRefRules = []diag.Rule{
	{Name: "property-ref-syntax", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A \"${\" starts no reference.",
		Why:     "Some readers take it for text, others refuse it."},
	{Name: "property-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A value refers to a property that the parent collection does not define.",
		Why:     "The reference stays in the text or becomes empty."},
	{Name: "property-ref-ambiguous", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A reference can mean several properties.",
		Why:     "They differ by class or instance, and consumers take any of them."},
	{Name: "property-ref-vsphere", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A value uses an expression that only vSphere computes.",
		Why:     "Others leave the text as it is."},
}

// propertyRefs checks the references in the values of one scope. of has the
// properties of every scope so far, and so of all around this one.
func (c *checker) propertyRefs(own *props, of map[*scope]*props) {
	for i := range own.list {
		p := &own.list[i]
		for d := range p.defaults {
			if !strings.Contains(d.text, "${") {
				continue
			}
			for _, s := range property.Scan(d.text) {
				switch s.Kind {
				case property.Broken:
					c.at("property-ref-syntax", d.location(), "property %s: %s", diag.Quote(p.Key), s.Text).
						hint("write ${name}, or $${ for the text \"${\" itself").add()
				case property.Reference:
					c.propertyRef(p, d, s.Text, own, of)
				}
			}
		}
	}
}

func (c *checker) propertyRef(p *prop, d defaultValue, name string, own *props, of map[*scope]*props) {
	shown := "a name that is not shown since the property is a password"
	if !p.secret {
		shown = diag.Quote(name)
	}
	if macro, _, ok := property.Macro(name); ok {
		c.at("property-ref-vsphere", d.location(), "property %s: only vSphere computes %s", diag.Quote(p.Key), diag.Quote(macro)).
			hint("let the operator set the value, for consumers other than vSphere").add()
		return
	}
	var parent *props
	if own.scope != nil && own.scope.parent != nil {
		parent = of[own.scope.parent]
	}
	if parent == nil {
		c.at("property-ref", d.location(), "property %s refers to %s, and there is no collection around it that could define it", diag.Quote(p.Key), shown).
			hint("references reach the properties of the VirtualSystemCollection around a system; write $${ for the text \"${\" itself").add()
		return
	}
	index := parent.names()
	if len(index.Full(name)) > 0 {
		return
	}
	switch keys := index.Key(name); len(keys) {
	case 0:
		f := c.at("property-ref", d.location(), "property %s refers to %s, which the collection %s does not define", diag.Quote(p.Key), shown, diag.Quote(parent.scope.content.ContentID()))
		if !p.secret {
			f.hint("%s", meant(name, own, parent, of))
		}
		f.add()
	case 1:
	default:
		full := parent.list[keys[0]].name.String()
		c.at("property-ref-ambiguous", d.location(), "property %s refers to %s, which is the key of %d properties of the collection %s", diag.Quote(p.Key), shown, len(keys), diag.Quote(parent.scope.content.ContentID())).
			hint("write the full name, as ${%s}", shortName(full)).add()
	}
}

// meant says what a reference that leads nowhere may have meant.
func meant(name string, own, parent *props, of map[*scope]*props) string {
	if right, ok := parent.similar(name); ok {
		return "there is a property " + diag.Quote(right)
	}
	has := func(p *props) bool { return len(p.names().Full(name))+len(p.names().Key(name)) > 0 }
	if has(own) {
		return "only properties of the collection around can be referred to, not those beside this one"
	}
	for up, n := parent.scope.parent, 0; up != nil && n < 16; up, n = up.parent, n+1 {
		if has(of[up]) {
			return fmt.Sprintf("the collection %s defines it: define a property in %s that passes it on",
				diag.Quote(up.content.ContentID()), diag.Quote(parent.scope.content.ContentID()))
		}
	}
	return "define the property in the collection, or correct the name"
}

// shortName cuts a name that would not fit a message.
func shortName(s string) string {
	q := diag.Quote(s)
	return q[1 : len(q)-1]
}
