package xmlbind

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/xmltree"
)

// The functions in this file put one attribute or simple child into a field,
// or compare it when checking. They return false if it does not belong there:
// a repetition, or text that is no value of the type. The caller then keeps it
// as open content.

// AttrText reads a required attribute.
func AttrText[T ~string](f *Frame, bit, i int, p *T) bool {
	if !f.once(bit) {
		return false
	}
	v := T(f.n.AttrValue(i))
	if f.b.check {
		f.differ(*p != v)
	} else {
		*p = v
	}
	f.markAttr(bit, i, "")
	return true
}

// AttrOptText reads an optional attribute.
func AttrOptText[T ~string](f *Frame, bit, i int, p **T) bool {
	if !f.once(bit) {
		return false
	}
	v := f.n.AttrValue(i)
	if f.b.check {
		f.differ(*p == nil || string(**p) != v)
	} else {
		setText(f.b, p, v)
	}
	f.markAttr(bit, i, "")
	return true
}

// setText points p to a text; plain strings come from a slab.
func setText[T ~string](b *Binder, p **T, v string) {
	if s, ok := any(p).(**string); ok {
		*s = b.strings.new(v)
		return
	}
	t := T(v)
	*p = &t
}

// Unsigned and Signed are the integer types of the schemas.
type (
	Unsigned interface {
		~uint8 | ~uint16 | ~uint32 | ~uint64
	}
	Signed interface {
		~int8 | ~int16 | ~int32 | ~int64
	}
)

// AttrUint reads a required attribute.
func AttrUint[T Unsigned](f *Frame, bit, i int, p *T) bool {
	s := f.n.AttrValue(i)
	v, ok := parseUint[T](s)
	if !ok || !f.once(bit) {
		f.invalidAttr(i, ok, uintForm[T]())
		return false
	}
	if f.b.check {
		f.differ(*p != v)
	} else {
		*p = v
	}
	f.markAttr(bit, i, lexicalInt(s))
	return true
}

// AttrOptUint reads an optional attribute.
func AttrOptUint[T Unsigned](f *Frame, bit, i int, p **T) bool {
	s := f.n.AttrValue(i)
	v, ok := parseUint[T](s)
	if !ok || !f.once(bit) {
		f.invalidAttr(i, ok, uintForm[T]())
		return false
	}
	setNumber(f, p, v)
	f.markAttr(bit, i, lexicalInt(s))
	return true
}

// setNumber fills an optional field, or compares it.
func setNumber[T comparable](f *Frame, p **T, v T) {
	if f.b.check {
		f.differ(*p == nil || **p != v)
		return
	}
	*p = newNumber[T](f.b)
	**p = v
}

func newNumber[T any](b *Binder) *T {
	var zero T
	switch any(zero).(type) {
	case uint64:
		return any(b.uint64s.new(0)).(*T)
	case bool:
		return any(b.bools.new(false)).(*T)
	}
	return new(T)
}

// AttrOptInt reads an optional attribute.
func AttrOptInt[T Signed](f *Frame, bit, i int, p **T) bool {
	s := f.n.AttrValue(i)
	v, ok := parseInt[T](s)
	if !ok || !f.once(bit) {
		f.invalidAttr(i, ok, "an integer")
		return false
	}
	setNumber(f, p, v)
	f.markAttr(bit, i, lexicalInt(s))
	return true
}

// AttrOptBool reads an optional attribute.
func AttrOptBool(f *Frame, bit, i int, p **bool) bool {
	s := f.n.AttrValue(i)
	v, lexical, ok := parseBool(s)
	if !ok || !f.once(bit) {
		f.invalidAttr(i, ok, "true or false")
		return false
	}
	setNumber(f, p, v)
	f.markAttr(bit, i, lexical)
	return true
}

// ChildText reads a required child with simple content.
func ChildText[T ~string](f *Frame, bit int, k xmltree.Node, p *T) bool {
	f.order(bit)
	if !simple(k) || !f.once(bit) {
		return false
	}
	v := T(k.Text())
	if f.b.check {
		f.differ(*p != v)
	} else {
		*p = v
	}
	f.markChild(bit, 0, k, "")
	return true
}

// ChildOptText reads an optional child with simple content.
func ChildOptText[T ~string](f *Frame, bit int, k xmltree.Node, p **T) bool {
	f.order(bit)
	if !simple(k) || !f.once(bit) {
		return false
	}
	v := k.Text()
	if f.b.check {
		f.differ(*p == nil || string(**p) != v)
	} else {
		setText(f.b, p, v)
	}
	f.markChild(bit, 0, k, "")
	return true
}

// ChildTexts reads one of a list of children with simple content.
func ChildTexts[T ~string](f *Frame, bit int, k xmltree.Node, p *[]T, i *int) bool {
	f.order(bit)
	if !simple(k) {
		return false
	}
	f.facts++
	f.mask |= 1 << bit
	v := T(k.Text())
	if f.b.check {
		f.differ(*i >= len(*p) || (*p)[*i] != v)
	} else {
		*p = append(*p, v)
	}
	f.markChild(bit, *i, k, "")
	*i++
	return true
}

// ChildOptUint reads an optional child with simple content.
func ChildOptUint[T Unsigned](f *Frame, bit int, k xmltree.Node, p **T) bool {
	f.order(bit)
	if !simple(k) {
		return false
	}
	s := k.Text()
	v, ok := parseUint[T](s)
	if !ok || !f.once(bit) {
		f.invalidChild(k, ok, uintForm[T]())
		return false
	}
	setNumber(f, p, v)
	f.markChild(bit, 0, k, lexicalInt(s))
	return true
}

// ChildOptInt reads an optional child with simple content.
func ChildOptInt[T Signed](f *Frame, bit int, k xmltree.Node, p **T) bool {
	f.order(bit)
	if !simple(k) {
		return false
	}
	s := k.Text()
	v, ok := parseInt[T](s)
	if !ok || !f.once(bit) {
		f.invalidChild(k, ok, "an integer")
		return false
	}
	setNumber(f, p, v)
	f.markChild(bit, 0, k, lexicalInt(s))
	return true
}

// ChildOptBool reads an optional child with simple content.
func ChildOptBool(f *Frame, bit int, k xmltree.Node, p **bool) bool {
	f.order(bit)
	if !simple(k) {
		return false
	}
	v, lexical, ok := parseBool(k.Text())
	if !ok || !f.once(bit) {
		f.invalidChild(k, ok, "true or false")
		return false
	}
	setNumber(f, p, v)
	f.markChild(bit, 0, k, lexical)
	return true
}

// ChildElements reads one of a list of children that may hold anything.
func ChildElements(f *Frame, bit int, k xmltree.Node, p *[]*xmltree.Element, i *int) {
	f.order(bit)
	f.facts++
	f.mask |= 1 << bit
	if f.b.check {
		f.differ(*i >= len(*p) || !(*p)[*i].Unchanged(k))
	} else {
		*p = append(*p, xmltree.NewElement(k))
	}
	*i++
}

// Text reads the text of a struct with simple content.
func (f *Frame) Text(p *string) {
	v := f.n.Text()
	if f.b.check {
		f.differ(*p != v)
	} else {
		*p = v
	}
}

// simple reports whether an element has no element inside.
func simple(k xmltree.Node) bool {
	for c := k.First(); c.Valid(); c = c.Next() {
		if c.Kind() == xmltree.Elem {
			return false
		}
	}
	return true
}

func (f *Frame) markAttr(bit, i int, lexical string) {
	as := f.b.syms[f.n.AttrNameID(i)].as
	if !as && lexical == "" {
		return
	}
	m := xmltree.Markup{Field: f.typ.Fields[bit].Name, Text: lexical}
	if as {
		m.Name = f.n.AttrName(i)
		f.b.noteAttrName(f.n, i)
	}
	f.mark(m)
}

func (f *Frame) markChild(bit, index int, k xmltree.Node, lexical string) {
	as := f.b.syms[k.NameID()].as
	if !as && lexical == "" && k.Attrs() == 0 {
		return
	}
	m := xmltree.Markup{Field: f.typ.Fields[bit].Name, Index: index, Text: lexical}
	if as {
		m.Name = k.Name()
		f.b.noteName(k)
	}
	for i := range k.Attrs() {
		if !k.AttrIsNamespace(i) {
			m.Attrs = append(m.Attrs, xmltree.Attr{Name: k.AttrName(i), Value: k.AttrValue(i)})
		}
	}
	if as || lexical != "" || m.Attrs != nil {
		f.mark(m)
	}
}

const xmlSpace = " \t\r\n"

func parseUint[T Unsigned](s string) (T, bool) {
	s = strings.Trim(s, xmlSpace)
	s = strings.TrimPrefix(s, "+")
	v, err := strconv.ParseUint(s, 10, 64)
	return T(v), err == nil && uint64(T(v)) == v
}

func parseInt[T Signed](s string) (T, bool) {
	v, err := strconv.ParseInt(strings.Trim(s, xmlSpace), 10, 64)
	return T(v), err == nil && int64(T(v)) == v
}

// parseBool takes the forms of xs:boolean in any case. lexical is the text
// where it is not the usual one.
func parseBool(s string) (v bool, lexical string, ok bool) {
	switch s {
	case "true":
		return true, "", true
	case "false":
		return false, "", true
	}
	t := strings.Trim(s, xmlSpace)
	switch {
	case t == "1" || strings.EqualFold(t, "true"):
		return true, s, true
	case t == "0" || strings.EqualFold(t, "false"):
		return false, s, true
	}
	return false, "", false
}

// lexicalInt returns an integer as written if that is not the shortest way.
func lexicalInt(s string) string {
	d := strings.TrimPrefix(s, "-")
	if d == "0" && d == s || d != "" && d[0] >= '1' && d[0] <= '9' && d[len(d)-1] >= '0' && d[len(d)-1] <= '9' {
		return ""
	}
	return s
}

func uintForm[T Unsigned]() string {
	return "an integer from 0 to " + strconv.FormatUint(uint64(^T(0)), 10)
}
