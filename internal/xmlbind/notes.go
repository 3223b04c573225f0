package xmlbind

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// Names of the rules for what is read leniently.
const (
	RuleNamespace   = "namespace-misprint"
	RuleOldVersion  = "envelope-0.9"
	RuleUnqualified = "attribute-unqualified"
	RuleVersion     = "namespace-other-version"
	RuleOldName     = "element-old-name"
	RuleOrder       = "element-order"
	RuleUnknown     = "element-unknown"
	RuleRepeated    = "element-repeated"
	RuleValue       = "value-form"
)

// Rules lists what reading leniently reports.
func Rules() []diag.Rule {
	r := func(name, clause, summary, why string, s diag.Severity) diag.Rule {
		return diag.Rule{Name: name, Layer: diag.Schema, Severity: s, Clause: clause, Since: "0.1.0", Summary: summary, Why: why}
	}
	return []diag.Rule{
		r(RuleNamespace, "DSP0243 6", "A namespace is spelled otherwise than the standard does.",
			"Consumers that compare namespaces see no OVF descriptor, or skip the elements in question.", diag.Warning),
		r(RuleOldVersion, "interop", "The descriptor is in the form that VMware used before OVF 1.0.",
			"Few consumers still read it; write it anew as OVF 1.1.", diag.Warning),
		r(RuleUnqualified, "DSP8023", "An attribute of OVF is written without its namespace.",
			"The schema wants every attribute qualified; strict consumers do not see this one.", diag.Warning),
		r(RuleVersion, "DSP8023", "A name of another version of OVF stands in the descriptor.",
			"Consumers that know one version only take it for a foreign extension.", diag.Info),
		r(RuleOldName, "interop", "An element has the name it had before OVF 1.0.",
			"Strict consumers do not find it.", diag.Warning),
		r(RuleOrder, "DSP8023", "Children stand in another order than the schema gives.",
			"The schema fixes the order; validating consumers refuse the descriptor.", diag.Warning),
		r(RuleUnknown, "DSP8023", "An element of the standard's namespace stands where the standard has none of that name.",
			"Consumers ignore it or refuse the descriptor.", diag.Warning),
		r(RuleRepeated, "DSP8023", "An element stands twice where the schema has it once.",
			"Consumers disagree about which one counts.", diag.Warning),
		r(RuleValue, "DSP8023", "A value is not of the type that the schema gives.",
			"Consumers fail on it, or read zero.", diag.Warning),
	}
}

// notes collects diagnostics, one for each rule and name; further ones are
// counted.
type notes struct {
	found diag.List
	count []int
	index map[noteKey]int
}

type noteKey struct{ rule, name string }

// add notes one finding and reports whether it is the first of its kind.
func (s *notes) add(rule, name string) bool {
	if s.index == nil {
		s.index = map[noteKey]int{}
	}
	k := noteKey{rule, name}
	if i, ok := s.index[k]; ok {
		s.count[i]++
		return false
	}
	s.index[k] = len(s.found)
	s.count = append(s.count, 0)
	return true
}

func (s *notes) list() diag.List {
	for i, n := range s.count {
		if n > 0 {
			s.found[i].Message += fmt.Sprintf(" (and %d more like it)", n)
		}
		s.count[i] = 0
	}
	return s.found
}

func (b *Binder) note(rule string, at diag.Location, msg, hint string) {
	for _, r := range Rules() {
		if r.Name == rule {
			b.notes.found = append(b.notes.found, diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: rule,
				Clause: r.Clause, Location: at, Message: msg, Hint: hint})
		}
	}
}

func (b *Binder) noteName(n xmltree.Node) {
	if b.check {
		return
	}
	b.noteAlias(b.syms[n.NameID()], n.Name(), n.Location, "element")
}

func (b *Binder) noteAttrName(n xmltree.Node, i int) {
	if b.check {
		return
	}
	b.noteAlias(b.syms[n.AttrNameID(i)], n.AttrName(i), func() diag.Location { return n.AttrLocation(i) }, "attribute")
}

func (b *Binder) noteAlias(s nameSym, n xmltree.Name, at func() diag.Location, kind string) {
	switch s.alias {
	case unqualified:
		if b.notes.add(RuleUnqualified, n.Local) {
			b.note(RuleUnqualified, at(), fmt.Sprintf("the attribute %s is written without the namespace of OVF", n.Local), "write ovf:"+n.Local)
		}
	case otherVersion:
		if b.notes.add(RuleVersion, n.Space) {
			b.note(RuleVersion, at(), fmt.Sprintf("the %s %s is of the namespace %s, the descriptor of %s", kind, n, n.Space, b.root), "")
		}
	case misprint:
		if b.notes.add(RuleNamespace, n.Space) {
			b.note(RuleNamespace, at(), fmt.Sprintf("the namespace %q is read as %q", n.Space, s.class.Space()), "correct the xmlns declaration")
		}
	case oldName:
		if b.notes.add(RuleOldName, n.Local) {
			b.note(RuleOldName, at(), fmt.Sprintf("the %s %s is read as %s", kind, n, s.sym.Name().Local), "rename it")
		}
	}
}

// NoteRoot reports an unusual namespace of the root element.
func (b *Binder) NoteRoot(n xmltree.Node) {
	c, exact := sym.ClassOf(b.root)
	if c != sym.Other && exact {
		return
	}
	b.notes.add("root", "")
	switch {
	case b.root == sym.NSVMware09:
		b.note(RuleOldVersion, n.Location(), "the descriptor is in the form of OVF 0.9", "convert it to OVF 1.1")
	case c == sym.Other:
		b.note(RuleNamespace, n.Location(), fmt.Sprintf("the root element %s has the namespace %q, which is none of OVF", n.Name(), b.root), "use "+sym.NSEnvelope1)
		b.notes.found[len(b.notes.found)-1].Severity = diag.Error
	default:
		right := c.Space()
		if strings.Contains(b.root, "2") && c == sym.OVF {
			right = sym.NSEnvelope2
		}
		b.note(RuleNamespace, n.Location(), fmt.Sprintf("the namespace %q is read as %q", b.root, right), "correct the xmlns declaration")
	}
}

func (b *Binder) noteOrder(n xmltree.Node) {
	if b.notes.add(RuleOrder, n.Name().Local) {
		b.note(RuleOrder, n.Location(), fmt.Sprintf("the children of %s stand in another order than the schema's", n.Name()), "ovf fmt --canonical puts them in order")
	}
}

// noteOther reports an element of the standard that fits no field. One whose
// value is not of its type has been reported already.
func (f *Frame) noteOther(k xmltree.Node) {
	b, s := f.b, f.b.syms[k.NameID()]
	if s.class == sym.Other || s.alias == unqualified {
		return
	}
	rule, msg := RuleUnknown, fmt.Sprintf("the element %s has no place here in %s", k.Name(), f.n.Name())
	for i := range f.typ.Fields {
		if f.typ.Fields[i].Sym != s.sym || s.sym == sym.None || f.typ.Fields[i].Name[0] == '@' {
			continue
		}
		switch {
		case f.mask&(1<<i) != 0:
			rule, msg = RuleRepeated, fmt.Sprintf("the element %s stands a second time in %s", k.Name(), f.n.Name())
		case simple(k):
			return
		default:
			rule, msg = RuleValue, fmt.Sprintf("the element %s holds other elements, where only a value may stand", k.Name())
		}
	}
	if rule == RuleUnknown && s.class != sym.OVF && strings.HasPrefix(k.Name().Local, "CIM_") && k.Name().Space != f.n.Name().Space {
		return // a whole setting of CIM, as a boot source: types are open for those of other namespaces
	}
	if b.notes.add(rule, f.n.Name().Local+"/"+k.Name().Local) {
		b.note(rule, k.Location(), msg, "")
	}
}

func (f *Frame) invalidAttr(i int, ok bool, want string) {
	if ok || f.b.check {
		return
	}
	n := f.n
	if f.b.notes.add(RuleValue, n.AttrName(i).Local) {
		f.b.note(RuleValue, n.AttrLocation(i), fmt.Sprintf("the attribute %s has the value %q, which is not %s", n.AttrName(i), clip(n.AttrValue(i)), want), "")
	}
}

func (f *Frame) invalidChild(k xmltree.Node, ok bool, want string) {
	if ok || f.b.check {
		return
	}
	if v, _ := k.Attr(sym.NSXSI, "nil"); strings.TrimSpace(v) == "true" || strings.TrimSpace(v) == "1" {
		return // it says that it has no value
	}
	if f.b.notes.add(RuleValue, k.Name().Local) {
		f.b.note(RuleValue, k.TextLocation(), fmt.Sprintf("the element %s has the value %q, which is not %s", k.Name(), clip(k.Text()), want), "")
	}
}

// clip shortens a value for a message.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	for i := range s {
		if i >= most {
			return s[:i] + "…"
		}
	}
	return s
}
