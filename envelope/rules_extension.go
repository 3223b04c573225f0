package envelope

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// extensionRules are the rules of extensions and of the conformance level
// (DSP0243 7.3, 7.4).
var extensionRules = []diag.Rule{
	{Name: "attribute-unknown", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 7.3", Since: "0.1.0",
		Summary: "An attribute is not one of the standard.",
		Why:     "The schema lets it pass and everybody ignores it: it is misspelt, or stands on the wrong element."},
	{Name: "extension-namespace", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.3", Since: "0.1.0",
		Summary: "An extension uses the namespace of OVF.",
		Why:     "A later version of the standard may give the name another meaning."},
	{Name: "extension-required", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 7.3", Since: "0.1.0",
		Summary: "An extension must be understood by every consumer.",
		Why:     "A consumer that does not know it has to refuse the package (conformance level 3)."},
	{Name: "conformance-level", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 7.4", Since: "0.1.0",
		Summary: "The descriptor has extensions.",
		Why:     "It is of conformance level 2 if all of them may be ignored, of level 3 if one must be understood."},
	{Name: "ovf-version-attribute", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 7.1", Since: "0.1.0",
		Summary: "The Envelope has an attribute version.",
		Why:     "The standard has no such attribute: the namespace tells the version."},
}

func (c *checker) extensions() {
	visitor(c.undeclared).envelope(c.env)
	for s := range c.sections() {
		if s.Codec() == nil {
			c.undeclaredElement(sectionElement(s), "section")
		}
	}
	required, optional := 0, 0
	c.env.extensions(func(x extension) {
		if !x.required {
			optional++
			return
		}
		required++
		what := "element"
		if x.kind == sectionExtension {
			what = "section"
		}
		c.at("extension-required", x.location(), "the %s %s must be understood by every consumer", what, quoteName(x.name)).
			hint("write ovf:required=\"false\" on it if the package can be deployed without it").add()
	})
	if required+optional == 0 {
		return
	}
	level := 2
	if required > 0 {
		level = 3
	}
	c.at("conformance-level", c.env.Location(""), "the descriptor is of conformance level %d: it has %s, %d of them required",
		level, plural(required+optional, "extension"), required).add()
}

// plural writes a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// quoteName writes a name from the descriptor with its prefix.
func quoteName(n xmltree.Name) string { return diag.Quote(n.String()) }

// undeclared looks for attributes and children with names in the namespaces of
// the standard that the schema does not have.
func (c *checker) undeclared(p xmlbind.Codec) {
	x := p.Extra()
	for _, a := range x.Attrs {
		if c.ownName(a.Name) && !declared(p.Schema(), a.Name.Local) {
			c.attribute(p, a.Name)
		}
	}
	for i := range x.Markup {
		m := &x.Markup[i]
		for _, a := range m.Attrs {
			if c.ownName(a.Name) && !(a.Name.Local == "msgid" && ofCIM(p.Schema(), m.Field)) {
				c.attribute(p, a.Name)
			}
		}
	}
	for _, e := range x.Elements {
		c.undeclaredElement(e, "element")
	}
}

// ownName reports whether an attribute calls itself one of OVF.
func (c *checker) ownName(n xmltree.Name) bool {
	k, _ := sym.ClassOf(n.Space)
	return n.Space == "" || k == sym.OVF || n.Space == c.env.Namespace
}

// declared reports whether the schema has the attribute: one that is kept as
// open content all the same has a value that does not fit its type.
func declared(t *xmlbind.Type, local string) bool {
	for i := range t.Fields {
		if t.Fields[i].Name[0] == '@' && t.Fields[i].Name[1:] == local {
			return true
		}
	}
	return false
}

// ofCIM reports whether a child is of CIM: its text may be translated, and so
// have a msgid (DSP0243 10.1).
func ofCIM(t *xmlbind.Type, field string) bool {
	for i := range t.Fields {
		if t.Fields[i].Name == field {
			return t.Fields[i].Sym.Name().Class != sym.OVF
		}
	}
	return false
}

// renamed are attributes that authors write for one of the standard.
var renamed = map[string]string{"defaultValue": "value", "default": "value", "isPassword": "password", "configurableByUser": "userConfigurable"}

func (c *checker) attribute(p xmlbind.Codec, name xmltree.Name) {
	_, root := p.(*envelopeCodec)
	if root && name.Local == "version" {
		if c.env.Version() != Version09 {
			c.at("ovf-version-attribute", attrLocation(*p.Origin(), name), "the Envelope has the attribute version, which the standard does not have").
				hint("leave it out: the namespace %s tells the version", diag.Quote(c.env.Namespace)).add()
		}
		return
	}
	f := c.at("attribute-unknown", attrLocation(*p.Origin(), name), "the attribute %s is not one of the standard here", quoteName(name))
	if right := nearestAttr(p.Schema(), name.Local); right != "" {
		f.hint("write ovf:%s", right)
	} else {
		f.hint("leave it out, or give it a namespace of your own")
	}
	f.add()
}

// nearestAttr returns the attribute of the schema that was probably meant.
func nearestAttr(t *xmlbind.Type, local string) string {
	most := min(1+len(local)/5, 3) // letters that may differ
	best := ""
	for i := range t.Fields {
		name, ok := strings.CutPrefix(t.Fields[i].Name, "@")
		if !ok {
			continue
		}
		if renamed[local] == name {
			return name
		}
		if d := editDistance(strings.ToLower(local), strings.ToLower(name), most); d <= most {
			best, most = name, d-1
		}
	}
	return best
}

// editDistance returns how many letters must be put in, left out or replaced to
// turn a into b; most+1 if that is more than most.
func editDistance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d = min(d, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return min(row[len(b)], most+1)
}

// undeclaredElement reports an element in the namespace of OVF that the schemas
// do not have, also inside an extension. One that they have stands in the wrong
// place, which is for the reader to report; names of CIM are for the schema, since
// CIM has more of them than OVF uses.
func (c *checker) undeclaredElement(e *xmltree.Element, what string) {
	if e == nil || c.env.Version() == Version09 {
		return
	}
	k, _ := sym.ClassOf(e.Name.Space)
	if k != sym.OVF {
		for _, child := range e.Content {
			if child, ok := child.(*xmltree.Element); ok {
				c.undeclaredElement(child, "element")
			}
		}
		return
	}
	if sym.Of(k, e.Name.Local) == sym.None {
		c.at("extension-namespace", elementLocation(e), "the %s %s is in the namespace of OVF, which does not have it", what, quoteName(e.Name)).
			hint("put extensions into a namespace of your own").add()
	}
}
