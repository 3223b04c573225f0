package schemas

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas/internal/grammar"
	"github.com/ovfkit/ovf/xmltree"
)

// explainer turns the findings of an engine into diagnostics: it looks up in the
// grammar what would have been accepted.
type explainer struct {
	doc     *xmltree.Document
	grammar *grammar.Grammar
	clause  string
	types   map[xmltree.Node]typing
	vendors map[xmltree.Node]bool // sections that were set aside
	once    map[xmltree.Node]bool // elements whose type was reported
	max     int
	errors  int // also those beyond max
	out     []report
}

func newExplainer(doc *xmltree.Document, g *grammar.Grammar, clause string, vendors []xmltree.Node, max int) *explainer {
	x := &explainer{
		doc: doc, grammar: g, clause: clause, max: max,
		types:   map[xmltree.Node]typing{},
		vendors: map[xmltree.Node]bool{},
		once:    map[xmltree.Node]bool{},
	}
	for _, n := range vendors {
		x.vendors[n] = true
	}
	return x
}

// typing is what the grammar says an element is.
type typing struct {
	declared *grammar.Element // nil for one that nobody declares
	typ      *grammar.Type    // nil likewise
}

// typing returns the declaration and type of an element.
func (x *explainer) typing(n xmltree.Node) typing {
	if t, ok := x.types[n]; ok {
		return t
	}
	var t typing
	if p := n.Parent(); p.Kind() == xmltree.Root {
		t.declared = x.grammar.Root(nameOf(n))
	} else {
		t.declared = x.grammar.Child(x.typing(p).typ, nameOf(n))
	}
	if t.declared != nil {
		t.typ = t.declared.Type
	}
	if named, ok := n.Attr(nsXSI, "type"); ok {
		if override := x.grammar.NamedType(resolve(n, named)); override != nil {
			t.typ = override
		}
	}
	x.types[n] = t
	return t
}

func nameOf(n xmltree.Node) grammar.Name {
	name := n.Name()
	return grammar.Name{Space: name.Space, Local: name.Local}
}

// resolve finds what a name with a prefix means at an element.
func resolve(n xmltree.Node, qname string) grammar.Name {
	prefix, local, ok := strings.Cut(strings.TrimSpace(qname), ":")
	if !ok {
		prefix, local = "", prefix
	}
	for ns := range n.Prefixes {
		if ns.Prefix == prefix {
			return grammar.Name{Space: ns.URI, Local: local}
		}
	}
	return grammar.Name{Local: local}
}

// explain makes the diagnostics of findings.
func (x *explainer) explain(found []Finding) {
	parents := map[xmltree.Node]bool{} // whose children were explained
	untyped := map[xmltree.Node]bool{} // whose type is wrong: the rest about them follows from that
	for _, f := range found {
		if f.Kind == BadType {
			untyped[f.Node] = true
		}
	}
	for _, f := range found {
		n := f.Node
		if f.Kind != BadType && (untyped[n] || f.Kind == BadChild && untyped[n.Parent()]) {
			continue
		}
		switch f.Kind {
		case BadChild, Incomplete:
			if f.Kind == BadChild {
				if n = n.Parent(); n.Kind() == xmltree.Root {
					x.badRoot()
					continue
				}
			}
			explained, done := parents[n]
			if !done {
				explained = x.children(n)
				parents[n] = explained
			}
			if !explained {
				x.unexplainedChild(f, n)
			}
		case BadRoot:
			x.badRoot()
		case BadText:
			x.text(n)
		case BadValue:
			x.value(n, f)
		case BadAttr, MissingAttr, UnknownAttr:
			x.attribute(n, f)
		case BadNil:
			x.nilled(n)
		case BadIdentifier:
			x.identifier(n, f)
		default:
			x.badType(n, f)
		}
	}
}

// printable makes a text of an engine fit for a message.
func printable(s string) string {
	q := diag.Quote(s)
	return q[1 : len(q)-1]
}

// full reports whether there is no room for another error.
func (x *explainer) full() bool { return x.errors >= x.max }

// report adds an error.
func (x *explainer) report(rule string, at spot, message, hint string, related ...report) {
	if x.errors++; x.errors > x.max {
		return
	}
	x.out = append(x.out, report{
		Diagnostic: diag.Diagnostic{
			Severity: diag.Error, Layer: diag.Schema, Rule: rule, Clause: x.clause, Message: message, Hint: hint,
		},
		spot:    at,
		related: related,
	})
}

// unknownRoot is the diagnostic for a root element that no schema knows.
func unknownRoot(doc *xmltree.Document) diag.Diagnostic {
	root := doc.Root()
	name := root.Name()
	d := diag.Diagnostic{
		Severity: diag.Error, Layer: diag.Schema, Rule: RuleRoot, Clause: "DSP8023, DSP8027",
		Location: root.Location(),
		Message: fmt.Sprintf("the root element %s in the namespace %s is none that OVF defines: expected is Envelope in %s or %s, or Environment in %s",
			diag.Quote(name.Local), diag.Quote(name.Space), NamespaceEnvelope1, NamespaceEnvelope2, NamespaceEnvironment),
	}
	switch {
	case strings.HasPrefix(name.Space, "http://www.vmware.com/schema/ovf"):
		d.Hint = "this is a draft of before the standard (OVF 0.9): convert the package with a current tool"
	case name.Space == "":
		d.Hint = "declare the namespace on the root element"
	case isOVF(name.Space):
		d.Hint = "the namespace is right, the element is not"
	default:
		d.Hint = "check the spelling of the namespace"
	}
	return d
}

// badRoot reports the root element.
func (x *explainer) badRoot() {
	d := unknownRoot(x.doc)
	x.report(d.Rule, elementSpot(x.doc.Root()), d.Message, d.Hint)
}

// vendorSection reports a section that nobody declares.
func (x *explainer) vendorSection(n xmltree.Node) {
	name := n.Name()
	d := diag.Diagnostic{
		Severity: diag.Warning, Layer: diag.Schema, Rule: RuleVendorSection, Clause: "DSP0243 7.3",
		Message: fmt.Sprintf("the section %s of the vendor namespace %s is declared by no schema at hand: nothing in it was checked",
			diag.Quote(name.String()), diag.Quote(name.Space)),
		Hint: "load the vendor's schema from a folder to check the section too",
	}
	if required, ok := n.Attr(NamespaceEnvelope1, "required"); !ok || required != "false" {
		if required, ok := n.Attr(NamespaceEnvelope2, "required"); !ok || required != "false" {
			d.Message += "; without ovf:required=\"false\", products that do not know it must refuse the package"
		}
	}
	x.out = append(x.out, report{Diagnostic: d, spot: elementSpot(n)})
}

// text reports character data between elements, at the first piece of it.
func (x *explainer) text(n xmltree.Node) {
	source := x.doc.Source()
	from, to := n.Content()
	next := n.First()
	for {
		end := to
		if next.Valid() {
			end, _ = next.Span()
		}
		piece := source[from:end]
		if s := strings.TrimSpace(piece); s != "" {
			start := from + strings.Index(piece, s)
			x.report(RuleText, spot{node: n, start: start, end: start + len(s)}, fmt.Sprintf("the text %s stands in %s, which may hold elements only", diag.Quote(s), diag.Quote(n.Name().String())), "remove it, or put it in a comment")
			return
		}
		if !next.Valid() {
			break
		}
		_, from = next.Span()
		next = next.Next()
	}
	x.report(RuleText, elementSpot(n), fmt.Sprintf("text stands in %s, which may hold elements only", diag.Quote(n.Name().String())), "")
}

// value reports the content of an element.
func (x *explainer) value(n xmltree.Node, f Finding) {
	name := diag.Quote(n.Name().String())
	t := x.typing(n).typ
	if t == nil || t.Simple == nil {
		x.report(RuleValue, contentSpot(n), fmt.Sprintf("the content %s of %s has the wrong form: %s", diag.Quote(n.Text()), name, printable(f.Text)), "")
		return
	}
	x.report(RuleValue, contentSpot(n), fmt.Sprintf("%s has the value %s: expected is %s", name, diag.Quote(n.Text()), t.Simple), "")
}

// attribute reports an attribute that is missing, unknown or wrong.
func (x *explainer) attribute(n xmltree.Node, f Finding) {
	t := x.typing(n).typ
	element := diag.Quote(n.Name().String())
	if f.Kind == MissingAttr {
		want := grammar.Name{Local: f.Attr}
		if t != nil {
			for _, a := range t.Attributes {
				if a.Required && a.Name.Local == f.Attr {
					want = a.Name
				}
			}
		}
		x.missingAttribute(n, want)
		return
	}
	i := x.findAttribute(n, t, f)
	if i < 0 {
		x.report(RuleAttrUnknown, elementSpot(n), fmt.Sprintf("%s: %s", element, printable(f.Text)), "")
		return
	}
	name := n.AttrName(i)
	if name.Is(nsXSI, "nil") {
		x.nilled(n)
		return
	}
	if f.Kind == UnknownAttr {
		x.report(RuleAttrUnknown, attributeSpot(n, i), fmt.Sprintf("the attribute %s is not allowed in %s", diag.Quote(name.String()), element), "")
		return
	}
	expected := printable(f.Text)
	if s := x.attributeType(n, i); s != nil {
		if s.Base == "ID" {
			x.identifier(n, f)
			return
		}
		expected = "expected is " + s.String()
	}
	x.wrongAttribute(RuleValue, n, i, expected)
}

// wrongAttribute reports the value of an attribute.
func (x *explainer) wrongAttribute(rule string, n xmltree.Node, i int, expected string) {
	x.report(rule, attributeSpot(n, i), fmt.Sprintf("the attribute %s of %s has the value %s: %s",
		diag.Quote(n.AttrName(i).String()), diag.Quote(n.Name().String()), diag.Quote(n.AttrValue(i)), expected), "")
}

// attributeType returns the type that an attribute is declared with, or nil.
func (x *explainer) attributeType(n xmltree.Node, i int) *grammar.Simple {
	t := x.typing(n).typ
	if t == nil {
		return nil
	}
	name := n.AttrName(i)
	a := x.grammar.Attribute(t, grammar.Name{Space: name.Space, Local: name.Local})
	if a == nil {
		return nil
	}
	return a.Type
}

// identifier reports an xs:ID, or what refers to one.
func (x *explainer) identifier(n xmltree.Node, f Finding) {
	for i := range n.Attrs() {
		if s := x.attributeType(n, i); s != nil && s.Base == "ID" {
			x.wrongAttribute(RuleIdentifier, n, i, "expected is "+s.String())
			return
		}
	}
	x.report(RuleIdentifier, elementSpot(n), fmt.Sprintf("%s: %s", diag.Quote(n.Name().String()), printable(f.Text)), "")
}

// findAttribute returns the number of the attribute that a finding is about: of
// those with its local name, one whose type can be wrong, if there is one.
func (x *explainer) findAttribute(n xmltree.Node, t *grammar.Type, f Finding) int {
	found := -1
	for i := range n.Attrs() {
		name := n.AttrName(i)
		if n.AttrIsNamespace(i) || f.Attr != "" && name.Local != f.Attr {
			continue
		}
		if t != nil {
			a := x.grammar.Attribute(t, grammar.Name{Space: name.Space, Local: name.Local})
			if f.Kind == BadAttr && a != nil && a.Type != nil && a.Type.Base != "string" {
				return i
			}
			if f.Kind == UnknownAttr && a == nil {
				return i
			}
		}
		if found < 0 {
			found = i
		}
	}
	return found
}

// missingAttribute reports a required attribute; one that is there without its
// prefix, or nearly spelt so, makes the hint.
func (x *explainer) missingAttribute(n xmltree.Node, want grammar.Name) {
	name := x.attributeName(n, want)
	hint := ""
	for i := range n.Attrs() {
		a := n.AttrName(i)
		switch {
		case n.AttrIsNamespace(i):
		case a.Local == want.Local && a.Space == "" && want.Space != "":
			hint = fmt.Sprintf("write %s: %s without prefix is another attribute", name, diag.Quote(a.Local))
		case a.Local == want.Local:
			hint = fmt.Sprintf("write %s: %s is an attribute of another namespace", name, diag.Quote(a.String()))
		case similar(a.Local, want.Local) && hint == "":
			hint = fmt.Sprintf("is %s meant by %s?", name, diag.Quote(a.String()))
		}
	}
	x.report(RuleAttrMissing, elementSpot(n), fmt.Sprintf("%s has no attribute %s", diag.Quote(n.Name().String()), diag.Quote(name)), hint)
}

// badType reports an abstract element, a wrong xsi:type, or what has no kind.
func (x *explainer) badType(n xmltree.Node, f Finding) {
	if x.once[n] {
		return
	}
	x.once[n] = true
	name := diag.Quote(n.Name().String())
	for i := range n.Attrs() {
		if f.Kind != BadType || !n.AttrName(i).Is(nsXSI, "type") {
			continue
		}
		hint := "remove it"
		if n.Name().Local == "Section" {
			hint = "name the element after the kind of section, as DiskSection, instead of using xsi:type"
		}
		x.report(RuleType, attributeSpot(n, i), fmt.Sprintf("xsi:type %s of %s names no type that fits there", diag.Quote(n.AttrValue(i)), name), hint)
		return
	}
	if d := x.typing(n).declared; d != nil && f.Kind == BadType {
		if members := x.grammar.Members(d.Name); len(members) > 0 {
			x.report(RuleType, elementSpot(n), fmt.Sprintf("%s stands for others and cannot be used itself: expected is %s", name, x.list(n, members)), "")
			return
		}
	}
	x.report(RuleType, elementSpot(n), fmt.Sprintf("%s: %s", name, printable(f.Text)), "")
}

// nilled reports a wrong xsi:nil. An element that nobody declares may have it.
func (x *explainer) nilled(n xmltree.Node) {
	if _, ok := n.Attr(nsXSI, "nil"); !ok && n.Parent().Kind() == xmltree.Elem {
		n = n.Parent() // the engine points at what it must not have inside
	}
	t := x.typing(n)
	if t.declared == nil {
		return
	}
	name := diag.Quote(n.Name().String())
	for i := range n.Attrs() {
		if v := strings.TrimSpace(n.AttrValue(i)); n.AttrName(i).Is(nsXSI, "nil") && v != "true" && v != "1" && v != "false" && v != "0" {
			x.wrongAttribute(RuleNil, n, i, "expected is true or false")
			return
		}
	}
	if t.declared.Nillable {
		x.report(RuleNil, elementSpot(n), fmt.Sprintf("%s has xsi:nil and must be empty then", name), "remove the content, or the attribute")
		return
	}
	x.report(RuleNil, elementSpot(n), fmt.Sprintf("%s may not have xsi:nil: it must have a value", name), "")
}
