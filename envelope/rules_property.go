package envelope

import (
	"strings"
	"unicode"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
)

// propertyRules are the rules of a Property, its values aside (DSP0243 9.5).
var propertyRules = []diag.Rule{
	{Name: "property-key-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "Two properties have one name.",
		Why:     "One of the two values is lost in the environment document."},
	{Name: "property-name-ambiguous", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5, 11.1", Since: "0.1.0",
		Summary: "Two properties cannot be told apart by their full name.",
		Why:     "Key c of class a.b and key b.c of class a are both a.b.c in the guest."},
	{Name: "property-key-form", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5.1", Since: "0.1.0",
		Summary: "The key of a property holds a character that is reserved.",
		Why:     "Dots join class, key and instance: readers split the name in the wrong place."},
	{Name: "property-type", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "The type of a property is unknown.",
		Why:     "Its values cannot be checked, and a form for it is a guess."},
	{Name: "property-type-vendor", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "The type of a property is VMware's.",
		Why:     "Others read it as text. For passwords the standard has password=\"true\"."},
	{Name: "property-qualifiers", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "The qualifiers of a property cannot be used as they stand.",
		Why:     "Consumers leave them out, and values are not checked."},
	{Name: "property-qualifiers-impossible", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "No value can satisfy the qualifiers of a property.",
		Why:     "Deployment cannot go on."},
	{Name: "property-unsettable", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A property has no value and the operator may not set one.",
		Why:     "The guest always sees it empty."},
	{Name: "property-password-default", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A password has a default in the descriptor.",
		Why:     "Everybody who gets the package can read it, and every deployment has the same one."},
	{Name: "property-password-plain", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.5", Since: "0.1.0",
		Summary: "A property looks like a password and is not marked as one.",
		Why:     "User interfaces show what is typed."},
}

// propertyNames checks that every name in a scope stands for one property.
func (c *checker) propertyNames(own, parent *props) {
	seen := make(map[property.Name]*sameName, len(own.list))
	full := make(map[string]*prop, len(own.list))
	for i := range own.list {
		p := &own.list[i]
		was := seen[p.name]
		if was == nil {
			was = &sameName{}
			seen[p.name] = was
		}
		if first := was.add(p, c.env.Version() == Version2); first != nil {
			c.at("property-key-unique", p.Location("@key"), "a second property has the key %s in this class and instance", diag.Quote(p.Key)).
				related(first.Location("@key"), "the first one").
				hint("rename one of them, or put it into a ProductSection of another class").add()
		}
		name := p.name.String()
		if other := full[name]; other == nil {
			full[name] = p
		} else if other.name != p.name {
			c.ambiguousName(p, other)
		}
		if parent != nil {
			same := parent.names().Full(name)
			for _, j := range same[:min(len(same), 4)] { // more of one name are mistakes of their own
				if other := &parent.list[j]; other.name != p.name {
					c.ambiguousName(p, other)
					break
				}
			}
		}
	}
}

func (c *checker) ambiguousName(p, other *prop) {
	c.at("property-name-ambiguous", p.Location("@key"), "two different properties have the full name %s", diag.Quote(p.name.String())).
		related(other.Location("@key"), "the other one, of class %s", diag.Quote(other.name.Class)).
		hint("rename one of the keys").add()
}

// sameName holds the properties of one name. In OVF 2.x several may stand side
// by side if no configuration selects two of them.
type sameName struct {
	first  *prop
	always *prop // one without configuration
	by     map[string]*prop
}

// add returns the property that the new one collides with, or nil.
func (s *sameName) add(p *prop, configurations bool) (clash *prop) {
	var words []string
	if configurations {
		words = list(p.Configuration)
	}
	if len(words) == 0 {
		clash = s.first
		s.always = p
	} else {
		clash = s.always
		if s.by == nil {
			s.by = map[string]*prop{}
		}
		for _, w := range words {
			if clash == nil {
				clash = s.by[w]
			}
			s.by[w] = p
		}
	}
	if s.first == nil {
		s.first = p
	}
	return clash
}

// property checks one property by itself.
func (c *checker) property(p *prop) {
	c.propertyKey(p)
	for i := range p.problems {
		c.propertyProblem(p, &p.problems[i])
	}
	c.unsettable(p)
	if p.Password != nil && *p.Password || p.spec.Type.Secret {
		for d := range p.defaults {
			if d.text != "" && !pureReference(d.text) {
				c.at("property-password-default", d.location(), "the password %s has a default in the descriptor", diag.Quote(p.Key)).
					hint("leave the value out, and let the operator or the guest choose one").add()
			}
		}
	} else if p.spec.Type.Kind == property.String && looksSecret(p.Key) {
		c.at("property-password-plain", p.Location("@key"), "the property %s looks like a password", diag.Quote(p.Key)).
			hint("add ovf:password=\"true\" if it is one").add()
	}
}

// looksSecret reports whether a key speaks of a secret.
func looksSecret(key string) bool {
	low := strings.ToLower(key)
	return strings.Contains(low, "passw") || strings.Contains(low, "secret") || strings.Contains(low, "passphrase")
}

func (c *checker) propertyKey(p *prop) {
	i := strings.IndexFunc(p.Key, func(r rune) bool { return r == '.' || r == ':' || unicode.IsSpace(r) || unicode.IsControl(r) })
	if i < 0 {
		return
	}
	f := c.at("property-key-form", p.Location("@key"), "the key %s holds %q, which a key may not", diag.Quote(p.Key), []rune(p.Key[i:])[0])
	if class, key, ok := cutLast(p.Key, '.'); ok && p.name.Class == "" {
		f.hint("give the ProductSection the class %s and the property the key %s: the guest then sees the same name", diag.Quote(class), diag.Quote(key))
	} else {
		f.hint("use letters, digits, _ and -")
	}
	f.add()
}

// cutLast cuts around the last separator, if there is something on both sides.
func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i <= 0 || i == len(s)-1 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// propertyProblem reports what is wrong with type or qualifiers.
func (c *checker) propertyProblem(p *prop, x *property.Problem) {
	rule, field, hint := "property-qualifiers", "@qualifiers", "write a list as MinLen(8),MaxLen(20) or ValueMap{\"a\",\"b\"}"
	switch x.Kind {
	case property.UnknownType:
		rule, field, hint = "property-type", "@type", ""
	case property.VendorType:
		rule, field, hint = "property-type-vendor", "@type", ""
		if p.spec.Type.Secret {
			hint = "write ovf:type=\"string\" ovf:password=\"true\""
		}
	case property.QualifierImpossible:
		rule, hint = "property-qualifiers-impossible", "correct the limits so that they leave room for a value"
	}
	text := x.Message
	if p.secret {
		text = secretProblem(p, x)
	}
	f := c.at(rule, p.Location(field), "property %s: %s", diag.Quote(p.Key), text).hint("%s", hint)
	if x.Kind == property.UnknownType && strings.TrimSpace(p.Type) == "" {
		f.as(diag.Error)
	}
	f.add()
}

// secretProblem says what is wrong with the type or the qualifiers of a password
// without the values that they may list.
func secretProblem(p *prop, x *property.Problem) string {
	switch name, _, _ := strings.Cut(p.Type, "["); x.Kind {
	case property.UnknownType:
		if strings.TrimSpace(name) == "" {
			return x.Message
		}
		return diag.Quote(name) + " is not a property type"
	case property.VendorType:
		return diag.Quote(name) + " is a type of VMware, not of the standard"
	case property.UnknownQualifier, property.QualifierRepeated, property.QualifierSeparator:
		return x.Message
	}
	return "the qualifiers cannot be used as they stand; they are not shown, since the property is a password"
}

// unsettable reports a property that stays empty. An empty text written out is a
// value; so is what vSphere computes for the types that it adds.
func (c *checker) unsettable(p *prop) {
	if p.UserConfigurable != nil && *p.UserConfigurable || p.spec.Type.Network != "" {
		return
	}
	for d := range p.defaults {
		if d.text != "" {
			return
		}
	}
	if p.Value != nil {
		switch p.spec.Type.Kind {
		case property.Expression, property.IP:
			return
		case property.String:
			if p.spec.Check("") == nil {
				return
			}
		}
	}
	c.at("property-unsettable", p.Location(""), "the property %s has no value, and the operator may not set one", diag.Quote(p.Key)).
		hint("add ovf:userConfigurable=\"true\", or a value").add()
}
