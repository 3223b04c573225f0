package xmlbind

import (
	"slices"
	"strconv"

	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// Emitter collects the parts of one struct.
type Emitter struct {
	root  string // the namespace for names of OVF
	typ   *Type
	ext   *xmltree.Ext
	attrs []outAttr
	kids  []outKid
	text  string
	err   error
}

type outAttr struct {
	name  xmltree.Name
	value string
	field *Field // nil for one of open content
}

// outKid is one child to write: a struct, an element of open content, or, with
// neither, simple content.
type outKid struct {
	order int // place in the schema; fields first, open content last
	list  bool
	name  xmltree.Name
	codec Codec
	elem  *xmltree.Element
	text  string
	attrs []xmltree.Attr
}

// source returns where the child was read.
func (k *outKid) source() xmltree.Node {
	switch {
	case k.codec != nil:
		return *k.codec.Origin()
	case k.elem != nil:
		return k.elem.Source()
	}
	return xmltree.Node{}
}

// collect asks a struct for its parts. OVF names get the namespace root.
func collect(c Codec, root string) *Emitter {
	e := &Emitter{root: root, typ: c.Schema(), ext: c.Extra()}
	c.Emit(e)
	for _, a := range e.ext.Attrs {
		e.attrs = append(e.attrs, outAttr{name: a.Name, value: a.Value})
	}
	first := len(e.kids)
	for _, x := range e.ext.Elements {
		e.kids = append(e.kids, outKid{order: e.orderOf(x.Name), list: true, name: x.Name, elem: x})
	}
	for i := len(e.kids) - 2; i >= first; i-- { // among themselves they keep their order
		e.kids[i].order = min(e.kids[i].order, e.kids[i+1].order)
	}
	if !e.typ.Text {
		if m := e.ext.Find("#text", 0); m != nil {
			e.text = m.Text
		}
	}
	return e
}

// orderOf returns the place of open content: that of the field of its name if
// there is one, as for a value that did not fit its type, else the end.
func (e *Emitter) orderOf(n xmltree.Name) int {
	for i := range e.typ.Fields {
		if f := &e.typ.Fields[i]; f.Name[0] != '@' && e.name(f.Sym).Same(n) {
			return i
		}
	}
	return len(e.typ.Fields)
}

// sorted returns the children in schema order.
func (e *Emitter) sorted() []outKid {
	kids := slices.Clone(e.kids)
	slices.SortStableFunc(kids, func(a, b outKid) int { return a.order - b.order })
	return kids
}

// name returns the full name of a symbol.
func (e *Emitter) name(s sym.Sym) xmltree.Name { return nameOf(s, e.root) }

func nameOf(s sym.Sym, root string) xmltree.Name {
	n := s.Name()
	space := n.Class.Space()
	if n.Class == sym.OVF || n.Class == sym.OVFEnv {
		space = root
	}
	return xmltree.Name{Space: space, Local: n.Local}
}

func (e *Emitter) attr(bit int, value string, same func(string) bool) {
	f := &e.typ.Fields[bit]
	a := outAttr{e.name(f.Sym), value, f}
	if len(e.ext.Markup) > 0 {
		if m := e.ext.Find(f.Name, 0); m != nil {
			if m.Name.Local != "" {
				a.name = m.Name
			}
			if same != nil && m.Text != "" && same(m.Text) {
				a.value = m.Text
			}
		}
	}
	e.attrs = append(e.attrs, a)
}

func (e *Emitter) child(bit, index int, list bool, value string, same func(string) bool) {
	f := &e.typ.Fields[bit]
	k := outKid{order: bit, list: list, name: e.name(f.Sym), text: value}
	if len(e.ext.Markup) > 0 {
		if m := e.ext.Find(f.Name, index); m != nil {
			if m.Name.Local != "" {
				k.name = m.Name
			}
			if same != nil && m.Text != "" && same(m.Text) {
				k.text = m.Text
			}
			k.attrs = m.Attrs
		}
	}
	e.kids = append(e.kids, k)
}

// absent reports whether a required field that is zero stays out.
func (e *Emitter) absent(bit int) bool { return Absent(e.ext, e.typ.Fields[bit].Name) }

// Text gives the text of a struct with simple content.
func (e *Emitter) Text(s string) { e.text = s }

// Struct gives a child of a single field.
func (e *Emitter) Struct(bit int, c Codec) { e.codec(bit, false, e.typ.Fields[bit].Sym, c) }

// Item gives a child of a list field.
func (e *Emitter) Item(bit int, c Codec) { e.codec(bit, true, e.typ.Fields[bit].Sym, c) }

// Member gives a member of a substitution group or choice. head is the element
// that stands for all members where xsi:type tells them apart.
func (e *Emitter) Member(bit int, list bool, m any, head sym.Sym) {
	if o, ok := m.(Opener); ok {
		x, err := o.OpenElement()
		if err != nil {
			e.err = err
			return
		}
		if x != nil {
			e.kids = append(e.kids, outKid{order: bit, list: list, name: x.Name, elem: x})
		}
		return
	}
	c := m.(Coder).Codec()
	s := c.Schema().Element
	if _, ok := c.Extra().Attr(sym.NSXSI, "type"); ok && head != sym.None {
		s = head
	}
	e.codec(bit, list, s, c)
}

func (e *Emitter) codec(bit int, list bool, s sym.Sym, c Codec) {
	k := outKid{order: bit, list: list, name: e.name(s), codec: c}
	if x := c.Extra(); len(x.Markup) > 0 {
		if m := x.Find("", 0); m != nil && m.Name.Local != "" {
			k.name = m.Name
		}
	}
	e.kids = append(e.kids, k)
}

// Zero reports whether a struct says nothing at all.
func Zero(c Codec) bool {
	e := &Emitter{typ: c.Schema(), ext: c.Extra()}
	c.Emit(e)
	return len(e.attrs)+len(e.kids)+Facts(e.ext)+len(e.ext.Markup) == 0 && e.text == ""
}

// The functions below give one field each.

func EmitAttrText[T ~string](e *Emitter, bit int, v T) {
	if v != "" || !e.absent(bit) {
		e.attr(bit, string(v), nil)
	}
}

func EmitAttrOptText[T ~string](e *Emitter, bit int, p *T) {
	if p != nil {
		e.attr(bit, string(*p), nil)
	}
}

func EmitAttrUint[T Unsigned](e *Emitter, bit int, v T) {
	if v != 0 || !e.absent(bit) {
		e.attr(bit, formatUint(v), sameUint(v))
	}
}

func EmitAttrOptUint[T Unsigned](e *Emitter, bit int, p *T) {
	if p != nil {
		e.attr(bit, formatUint(*p), sameUint(*p))
	}
}

func EmitAttrOptInt[T Signed](e *Emitter, bit int, p *T) {
	if p != nil {
		e.attr(bit, strconv.FormatInt(int64(*p), 10), sameInt(*p))
	}
}

func EmitAttrOptBool(e *Emitter, bit int, p *bool) {
	if p != nil {
		e.attr(bit, strconv.FormatBool(*p), sameBool(*p))
	}
}

func EmitChildText[T ~string](e *Emitter, bit int, v T) {
	if v != "" || !e.absent(bit) {
		e.child(bit, 0, false, string(v), nil)
	}
}

func EmitChildOptText[T ~string](e *Emitter, bit int, p *T) {
	if p != nil {
		e.child(bit, 0, false, string(*p), nil)
	}
}

func EmitChildTexts[T ~string](e *Emitter, bit int, list []T) {
	for i, v := range list {
		e.child(bit, i, true, string(v), nil)
	}
}

func EmitChildOptUint[T Unsigned](e *Emitter, bit int, p *T) {
	if p != nil {
		e.child(bit, 0, false, formatUint(*p), sameUint(*p))
	}
}

func EmitChildOptInt[T Signed](e *Emitter, bit int, p *T) {
	if p != nil {
		e.child(bit, 0, false, strconv.FormatInt(int64(*p), 10), sameInt(*p))
	}
}

func EmitChildOptBool(e *Emitter, bit int, p *bool) {
	if p != nil {
		e.child(bit, 0, false, strconv.FormatBool(*p), sameBool(*p))
	}
}

func EmitChildElements(e *Emitter, bit int, list []*xmltree.Element) {
	for _, x := range list {
		e.kids = append(e.kids, outKid{order: bit, list: true, name: x.Name, elem: x})
	}
}

func formatUint[T Unsigned](v T) string { return strconv.FormatUint(uint64(v), 10) }

func sameUint[T Unsigned](v T) func(string) bool {
	return func(s string) bool { w, ok := parseUint[T](s); return ok && w == v }
}

func sameInt[T Signed](v T) func(string) bool {
	return func(s string) bool { w, ok := parseInt[T](s); return ok && w == v }
}

func sameBool(v bool) func(string) bool {
	return func(s string) bool { w, _, ok := parseBool(s); return ok && w == v }
}
