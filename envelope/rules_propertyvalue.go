package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
)

// propertyValueRules are the rules of the default values of a property (DSP0243
// 9.5).
var propertyValueRules = []diag.Rule{
	{Name: "property-default-type", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "The default of a property is no value of its type.",
		Why:     "The guest gets what it cannot read."},
	{Name: "property-default-qualifiers", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "The default of a property breaks its qualifiers.",
		Why:     "A deployer refuses the descriptor's own default."},
	{Name: "property-value-configuration", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5, 9.8", Since: "0.1.0",
		Summary: "A value belongs to a configuration that does not exist.",
		Why:     "It is never used."},
	{Name: "property-value-no-configuration", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "An alternative value belongs to no configuration.",
		Why:     "The standard does not say when it counts."},
	{Name: "property-value-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A property has two values for one configuration.",
		Why:     "Which one counts is undefined."},
	{Name: "property-value-blank", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A value has a blank beside its reference.",
		Why:     "The blank becomes part of the address or name that the guest reads."},
}

// defaultValue is Property/@value or one Value/@value.
type defaultValue struct {
	text string
	of   located
}

func (d *defaultValue) location() diag.Location { return d.of.Location("@value") }

// defaults yields the values of a property in document order.
func (p *prop) defaults(yield func(defaultValue) bool) {
	if p.Value != nil && !yield(defaultValue{*p.Value, p.Property}) {
		return
	}
	for i := range p.Values {
		if !yield(defaultValue{p.Values[i].Value, &p.Values[i]}) {
			return
		}
	}
}

// pureReference reports whether a value is one ${name} and nothing else.
func pureReference(value string) bool {
	seg := property.Scan(value)
	return len(seg) == 1 && seg[0].Kind == property.Reference
}

// propertyValues checks the values of a property.
func (c *checker) propertyValues(p *prop) {
	for d := range p.defaults {
		segments := []property.Segment{{Kind: property.Literal, Text: d.text}}
		if strings.Contains(d.text, "${") {
			segments = property.Scan(d.text)
		}
		if len(segments) == 1 && segments[0].Kind == property.Literal && d.text != "" {
			c.literalDefault(p, d, segments[0].Text)
		}
		references := false
		for _, s := range segments {
			references = references || s.Kind == property.Reference
		}
		if references && strings.TrimSpace(d.text) != d.text {
			c.at("property-value-blank", d.location(), "the value of property %s starts or ends with a blank beside its reference", diag.Quote(p.Key)).
				hint("remove the blank").add()
		}
	}
	c.configurations(p.Property, p.Property.Configuration, p.Key)
	var seen map[string]*PropertyValue
	for i := range p.Values {
		v := &p.Values[i]
		words := list(v.Configuration)
		if len(words) == 0 {
			c.at("property-value-no-configuration", v.Location(""), "a Value of property %s names no configuration", diag.Quote(p.Key)).
				hint("add ovf:configuration, or make it the value of the property itself").add()
		}
		c.configurations(v, v.Configuration, p.Key)
		for _, w := range words {
			if was := seen[w]; was != nil && was != v {
				c.at("property-value-repeated", v.Location("@configuration"), "property %s has a second Value for the configuration %s", diag.Quote(p.Key), diag.Quote(w)).
					related(was.Location("@configuration"), "the first one").
					hint("take the configuration out of one of the lists").add()
				continue
			}
			if seen == nil {
				seen = map[string]*PropertyValue{}
			}
			seen[w] = v
		}
	}
}

// literalDefault checks a default without references against type and
// qualifiers. What only VMware defines gives a warning.
func (c *checker) literalDefault(p *prop, d defaultValue, value string) {
	err, ok := p.spec.Check(value).(*property.ValueError)
	if !ok {
		return
	}
	text := err.Error()
	if p.secret {
		text = "the default, which is not shown since it is a password, " + err.Reason
	}
	rule, standard := "property-default-qualifiers", property.Spec{Type: p.spec.Type}
	if standard.Check(value) != nil {
		rule = "property-default-type"
	} else { // MinValue and MaxValue are not certain to be the standard's
		standard.Limits = p.spec.Limits
		standard.Limits.MinValue, standard.Limits.MaxValue = nil, nil
	}
	f := c.at(rule, d.location(), "property %s: %s", diag.Quote(p.Key), text)
	if !p.spec.Type.Standard() || standard.Check(value) == nil {
		f.as(diag.Warning)
	}
	f.hint("correct the value, the type or the qualifiers").add()
}

// configurations checks that the configurations of a property or value exist.
func (c *checker) configurations(of located, words *string, key string) {
	for _, w := range list(words) {
		if c.options.get(w) != nil {
			continue
		}
		f := c.at("property-value-configuration", of.Location("@configuration"), "property %s names the configuration %s, which DeploymentOptionSection does not have", diag.Quote(key), diag.Quote(w))
		c.hintOption(f, w).add()
	}
}

// hintOption adds what the name of a configuration may have meant.
func (c *checker) hintOption(f *finding, id string) *finding {
	if strings.Contains(id, ",") {
		return f.hint("separate configurations by blanks, not by commas")
	}
	return nearest(f, &c.options, id, "Configuration", "name a Configuration of the DeploymentOptionSection, or add one")
}
