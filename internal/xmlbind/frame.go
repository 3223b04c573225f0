package xmlbind

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// Frame is the state of reading one element into one struct.
type Frame struct {
	b     *Binder
	n     xmltree.Node
	typ   *Type
	ext   *xmltree.Ext
	mask  uint64 // fields that have been filled
	last  int    // field of the last child
	facts int    // parts seen, to compare with those of the struct

	spaces, attrs, elems, marks int // next entry of each part of ext when checking
	disordered                  bool
}

// Begin starts reading an element.
func (b *Binder) Begin(n xmltree.Node, c Codec) Frame {
	if !b.check {
		*c.Origin() = n
	}
	f := Frame{b: b, n: n, typ: c.Schema(), ext: c.Extra()}
	switch inside := n.Parent().Kind() == xmltree.Elem; {
	case inside && b.syms[n.NameID()].as:
		f.mark(xmltree.Markup{Name: n.Name()})
		b.noteName(n)
	case !inside && n.Name().Space == "":
		f.mark(xmltree.Markup{Name: n.Name()})
	}
	return f
}

// Skip reports whether the rest need not be looked at: a difference has been
// found already.
func (f *Frame) Skip() bool { return f.b.differs && f.b.check }

// End finishes an element. facts is how many parts the struct has now.
func (f *Frame) End(facts int) {
	for missing := f.typ.Required &^ f.mask; missing != 0; missing &= missing - 1 {
		f.mark(xmltree.Markup{Field: f.typ.Fields[bits.TrailingZeros64(missing)].Name, Absent: true})
	}
	if !f.typ.Text && f.n.HasText() {
		f.mark(xmltree.Markup{Field: "#text", Text: strings.Join(strings.Fields(f.n.Text()), " ")})
	}
	if f.disordered && !f.b.check {
		f.b.noteOrder(f.n)
	}
	if f.b.check && (f.facts != facts || f.marks != len(f.ext.Markup)) {
		f.b.differs = true
	}
}

// Facts adds up the parts of an Ext other than markup.
func Facts(x *xmltree.Ext) int { return len(x.Namespaces) + len(x.Attrs) + len(x.Elements) }

// Absent reports whether a required part was missing when it was read.
func Absent(x *xmltree.Ext, field string) bool {
	if len(x.Markup) == 0 {
		return false
	}
	m := x.Find(field, 0)
	return m != nil && m.Absent
}

// differ notes a difference while checking.
func (f *Frame) differ(d bool) { f.b.differs = f.b.differs || d }

// mark adds markup, or compares it.
func (f *Frame) mark(m xmltree.Markup) {
	if !f.b.check {
		f.ext.Markup = append(f.ext.Markup, m)
		return
	}
	same := f.marks < len(f.ext.Markup)
	if same {
		o := &f.ext.Markup[f.marks]
		same = o.Field == m.Field && o.Index == m.Index && o.Name.Same(m.Name) && o.Text == m.Text && o.Absent == m.Absent &&
			slices.EqualFunc(o.Attrs, m.Attrs, xmltree.Attr.Same)
	}
	f.marks++
	f.differ(!same)
}

// once claims a field for its first occurrence.
func (f *Frame) once(bit int) bool {
	if f.mask&(1<<bit) != 0 {
		return false
	}
	f.mask |= 1 << bit
	f.facts++
	return true
}

// order watches the order of children against the schema.
func (f *Frame) order(bit int) {
	if bit < f.last {
		f.disordered = true
	}
	f.last = bit
}

// OtherAttr keeps an attribute that fits no field.
func (f *Frame) OtherAttr(i int) {
	n := f.n
	f.facts++
	if n.AttrIsNamespace(i) {
		f.namespace(i)
		return
	}
	if !f.b.check {
		f.ext.Attrs = append(f.ext.Attrs, xmltree.Attr{Name: n.AttrName(i), Value: n.AttrValue(i)})
		return
	}
	same := f.attrs < len(f.ext.Attrs)
	if same {
		a := &f.ext.Attrs[f.attrs]
		same = a.Name.Same(n.AttrName(i)) && a.Value == n.AttrValue(i)
	}
	f.attrs++
	f.differ(!same)
}

func (f *Frame) namespace(i int) {
	name := f.n.AttrName(i)
	ns := xmltree.Namespace{URI: f.n.AttrValue(i)}
	if name.Prefix != "" {
		ns.Prefix = name.Local
	}
	if !f.b.check {
		f.ext.Namespaces = append(f.ext.Namespaces, ns)
		return
	}
	f.differ(f.spaces >= len(f.ext.Namespaces) || f.ext.Namespaces[f.spaces] != ns)
	f.spaces++
}

// OtherElement keeps a child that fits no field.
func (f *Frame) OtherElement(k xmltree.Node) {
	f.facts++
	if !f.b.check {
		f.noteOther(k)
		f.ext.Elements = append(f.ext.Elements, xmltree.NewElement(k))
		return
	}
	f.differ(f.elems >= len(f.ext.Elements) || !f.ext.Elements[f.elems].Unchanged(k))
	f.elems++
}

// Struct claims a single struct field; the caller then binds it.
func (f *Frame) Struct(bit int) bool {
	f.order(bit)
	return f.once(bit)
}

// Optional claims an optional struct field and returns what to bind the child
// to: a new struct, or the present one when checking; nil if there is nothing
// to bind. ok is false for a repeated child.
func Optional[T any](f *Frame, bit int, p **T) (v *T, ok bool) {
	f.order(bit)
	if !f.once(bit) {
		return nil, false
	}
	if !f.b.check {
		*p = new(T)
	} else if *p == nil {
		f.b.differs = true
	}
	return *p, true
}

// Next returns the next element of a list field to bind a child to, or nil
// when checking finds none.
func Next[T any](f *Frame, bit int, list *[]T, i *int, k xmltree.Node) *T {
	f.order(bit)
	f.facts++
	f.mask |= 1 << bit
	if !f.b.check {
		if *list == nil {
			*list = make([]T, 0, siblings(k))
		}
		var zero T
		*list = append(*list, zero)
	} else if *i >= len(*list) {
		f.b.differs = true
		return nil
	}
	*i++
	return &(*list)[*i-1]
}

// siblings counts the node and those behind it of the same name, so that a
// list gets its room at once.
func siblings(k xmltree.Node) int {
	n := 0
	id := k.NameID()
	for ; k.Valid(); k = k.Next() {
		if k.Kind() == xmltree.Elem && k.NameID() == id {
			n++
		}
	}
	return n
}

// Coder is a member of a substitution group or choice.
type Coder interface{ Codec() Codec }

// Member reads a child into an ordered list of the members of a substitution
// group or choice. s must be the element of one of them; fresh makes its struct.
func Member[M Coder](f *Frame, bit int, list *[]M, i *int, k xmltree.Node, s sym.Sym, fresh func(sym.Sym) M) {
	f.order(bit)
	f.facts++
	f.mask |= 1 << bit
	*i++
	if !f.b.check {
		if *list == nil {
			*list = make([]M, 0, children(k))
		}
		m := fresh(s)
		*list = append(*list, m)
		m.Codec().Bind(f.b, k)
		return
	}
	if *i > len(*list) {
		f.b.differs = true
		return
	}
	c := (*list)[*i-1].Codec()
	if c == nil || c.Schema().Element != s {
		f.b.differs = true
		return
	}
	c.Bind(f.b, k)
}

// Opener is an open member of a substitution group: one that is kept as an
// element, or that a caller's type converts to and from one.
type Opener interface {
	OpenElement() (*xmltree.Element, error)
}

// OpenMember reads a child that is no known member of the group. fresh makes
// the value that holds it.
func OpenMember[M any](f *Frame, bit int, list *[]M, i *int, k xmltree.Node, fresh func(*xmltree.Element) M) {
	f.order(bit)
	f.facts++
	*i++
	if !f.b.check {
		if *list == nil {
			*list = make([]M, 0, children(k))
		}
		*list = append(*list, fresh(xmltree.NewElement(k)))
		return
	}
	if *i > len(*list) {
		f.b.differs = true
		return
	}
	o, ok := any((*list)[*i-1]).(Opener)
	if !ok {
		f.b.differs = true
		return
	}
	e, err := o.OpenElement()
	f.differ(err != nil || !e.Unchanged(k))
}

// children counts the element and those behind it.
func children(k xmltree.Node) int {
	n := 0
	for ; k.Valid(); k = k.Next() {
		if k.Kind() == xmltree.Elem {
			n++
		}
	}
	return n
}

// TypeName returns the element symbol for the type that xsi:type of an element
// names, as older descriptors mark their sections.
func (f *Frame) TypeName(k xmltree.Node, c sym.Class) sym.Sym {
	v, ok := k.Attr(sym.NSXSI, "type")
	if !ok {
		return sym.None
	}
	if _, local, ok := strings.Cut(v, ":"); ok {
		v = local
	}
	return sym.Of(c, strings.TrimSuffix(v, "_Type"))
}
