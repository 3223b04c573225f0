package plan

import (
	"fmt"
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

// extensionRules are the rules about content that the standard does not define.
var extensionRules = []diag.Rule{
	{Name: "extension-not-understood", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 7.3", Since: "0.2.0",
		Summary: "A section or element must be understood, and nobody here does.",
		Why:     "Its vendor says that the package does not work without it."},
	{Name: "extension-optional", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 7.3", Since: "0.2.0",
		Summary: "Optional content of a vendor is passed over.",
		Why:     "Consumers that know it may deploy the package differently."},
	{Name: "extension-ignore-unused", Layer: diag.Usage, Severity: diag.Warning, Since: "0.2.0",
		Summary: "An extension that is to be ignored does not occur.",
		Why:     "The name may be misspelt."},
}

// extensions reports the content that must be understood and that neither the
// standard defines nor the caller takes (DSP0243 7.3), and what is passed over.
func extensions(env *envelope.Envelope, c Choices) diag.List {
	var found diag.Collector
	report := func(rule int, where diag.Location, hint, format string, args ...any) {
		r := &extensionRules[rule]
		found.Add(diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: r.Name, Clause: r.Clause, Location: where,
			Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	type passed struct {
		first envelope.UnknownContent
		count int
	}
	var optional []*passed
	byName := map[string]*passed{}
	met := map[string]bool{} // names to ignore
	var names []string       // of what is required, some of them
	for u := range env.Unknown() {
		name := extensionName(u.Name)
		ignored := slices.Contains(c.Ignore, name)
		if ignored {
			met[name] = true
		}
		if !u.Required {
			p := byName[name]
			if p == nil {
				p = &passed{first: u}
				byName[name] = p
				optional = append(optional, p)
			}
			p.count++
			continue
		}
		if len(names) < maxNames && !slices.Contains(names, name) {
			names = append(names, name)
		}
		if ignored || c.Handle != nil && c.Handle(extensionOf(&u)) {
			continue
		}
		info := ""
		if s := u.Info(); s != "" {
			info = ": " + diag.Quote(s)
		}
		report(0, u.Location(), "deploy with software that knows it; or, if the package can do without, let "+diag.Quote(name)+" be ignored",
			"the %s %s%s must be understood by whoever deploys the package%s", kindOf(&u), diag.Quote(u.Name.String()), of(u.Content), info)
	}
	for _, p := range optional {
		times := ""
		if p.count > 1 {
			times = fmt.Sprintf("; there are %d of them", p.count)
		}
		report(1, p.first.Location(), "", "the %s %s is optional and passed over%s", kindOf(&p.first), diag.Quote(p.first.Name.String()), times)
	}
	for i, name := range c.Ignore {
		if met[name] || slices.Contains(c.Ignore[:i], name) {
			continue
		}
		hint := "write a name as {namespace}Name"
		if len(names) > 0 {
			hint = "what must be understood: " + listed(names)
		}
		report(2, diag.Location{}, hint, "the package has no extension %s to ignore", diag.Quote(name))
	}
	return found.List()
}

// extensionName writes a name as [Extension] has it.
func extensionName(n xmltree.Name) string { return "{" + n.Space + "}" + n.Local }

func extensionOf(u *envelope.UnknownContent) Extension {
	e := Extension{Name: extensionName(u.Name), Info: u.Info(), Location: u.Location()}
	if u.Content != nil {
		e.Content = u.Content.ContentID()
	}
	return e
}

func kindOf(u *envelope.UnknownContent) string {
	if u.Child != nil {
		return "element"
	}
	return "section"
}

// of names what something is about.
func of(c envelope.Content) string {
	if c == nil {
		return ""
	}
	return " of " + diag.Quote(c.ContentID())
}
