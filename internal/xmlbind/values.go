package xmlbind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// ClonePtr copies what an optional field points to.
func ClonePtr[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// EqualPtr compares optional fields.
func EqualPtr[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// model is what every generated struct can do.
type model[T any] interface {
	*T
	Clone() *T
	Equal(*T) bool
}

// CloneList copies a list of structs.
func CloneList[T any, P model[T]](list []T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i := range list {
		out[i] = *P(&list[i]).Clone()
	}
	return out
}

// EqualList compares lists of structs.
func EqualList[T any, P model[T]](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !P(&a[i]).Equal(&b[i]) {
			return false
		}
	}
	return true
}

// CloneElements copies a list of elements.
func CloneElements(list []*xmltree.Element) []*xmltree.Element {
	out := slices.Clone(list)
	for i := range out {
		out[i] = out[i].Clone()
	}
	return out
}

// EqualElements compares lists of elements.
func EqualElements(a, b []*xmltree.Element) bool {
	return slices.EqualFunc(a, b, (*xmltree.Element).Equal)
}

// CloneEach copies a list of members of a union.
func CloneEach[L ~[]M, M any](list L, clone func(M) M) L {
	out := slices.Clone(list)
	for i := range out {
		out[i] = clone(out[i])
	}
	return out
}

// StripEach makes members of a union forget their source.
func StripEach[L ~[]M, M Coder](list L) {
	for _, m := range list {
		if c := m.Codec(); c != nil {
			c.Strip()
		} else if o, ok := any(m).(interface{ StripSource() }); ok {
			o.StripSource()
		}
	}
}

// Locate returns where a field of a struct was read: an attribute by "@" and
// its name, a child by its name, optionally with "[n]" counted from 1.
func Locate(n xmltree.Node, field string) diag.Location {
	switch k, attr := find(n, field); {
	case !k.Valid():
		return diag.Location{}
	case attr >= 0:
		return k.AttrLocation(attr)
	case k != n && simple(k):
		return k.TextLocation()
	default:
		return k.Location()
	}
}

// Position is Locate without end and path, which [xmltree.Document.LocationAt]
// finds.
func Position(n xmltree.Node, field string) diag.Location {
	k, attr := find(n, field)
	if !k.Valid() {
		return diag.Location{}
	}
	start, _ := k.Span()
	if attr >= 0 {
		start, _, _ = k.AttrSpan(attr)
	} else if open, end := k.Content(); k != n && open != end && simple(k) {
		start = open
	}
	return k.Document().Location(start, start)
}

// find returns the element of a field, or that of the struct if there is none, and
// the number of the attribute, or -1.
func find(n xmltree.Node, field string) (xmltree.Node, int) {
	if !n.Valid() || field == "" {
		return n, -1
	}
	if name, ok := strings.CutPrefix(field, "@"); ok {
		for i := range n.Attrs() {
			if !n.AttrIsNamespace(i) && n.AttrName(i).Local == name {
				return n, i
			}
		}
		return n, -1
	}
	name, index := field, 1
	if head, rest, ok := strings.Cut(field, "["); ok {
		if v, err := strconv.Atoi(strings.TrimSuffix(rest, "]")); err == nil {
			name, index = head, v
		}
	}
	for k := n.First(); k.Valid(); k = k.Next() {
		if k.Kind() == xmltree.Elem && k.Name().Local == name {
			if index--; index == 0 {
				return k, -1
			}
		}
	}
	return n, -1
}

// OneMember reads a child into a field that holds one member of a substitution
// group. It returns false for a second one.
func OneMember[M Coder](f *Frame, bit int, p *M, k xmltree.Node, s sym.Sym, fresh func(sym.Sym) M) bool {
	f.order(bit)
	if !f.once(bit) {
		return false
	}
	if !f.b.check {
		*p = fresh(s)
		(*p).Codec().Bind(f.b, k)
		return true
	}
	if any(*p) == nil || (*p).Codec().Schema().Element != s {
		f.b.differs = true
		return true
	}
	(*p).Codec().Bind(f.b, k)
	return true
}

// ChildElement reads an optional child that may hold anything.
func ChildElement(f *Frame, bit int, k xmltree.Node, p **xmltree.Element) bool {
	f.order(bit)
	if !f.once(bit) {
		return false
	}
	if f.b.check {
		f.differ(*p == nil || !(*p).Unchanged(k))
	} else {
		*p = xmltree.NewElement(k)
	}
	return true
}

// ChildUints reads one of a list of numbers.
func ChildUints[T Unsigned](f *Frame, bit int, k xmltree.Node, p *[]T, i *int) bool {
	f.order(bit)
	if !simple(k) {
		return false
	}
	s := k.Text()
	v, ok := parseUint[T](s)
	if !ok {
		f.invalidChild(k, ok, uintForm[T]())
		return false
	}
	f.facts++
	f.mask |= 1 << bit
	if f.b.check {
		f.differ(*i >= len(*p) || (*p)[*i] != v)
	} else {
		*p = append(*p, v)
	}
	f.markChild(bit, *i, k, lexicalInt(s))
	*i++
	return true
}

// EmitChildUints gives a list of numbers.
func EmitChildUints[T Unsigned](e *Emitter, bit int, list []T) {
	for i, v := range list {
		e.child(bit, i, true, formatUint(v), sameUint(v))
	}
}

// EmitChildElement gives an optional child that may hold anything.
func EmitChildElement(e *Emitter, bit int, x *xmltree.Element) {
	if x != nil {
		e.kids = append(e.kids, outKid{order: bit, name: x.Name, elem: x})
	}
}

// Required gives a child that must be there, unless it was missing when read
// and says nothing.
func (e *Emitter) Required(bit int, c Codec) {
	if !e.absent(bit) || !Zero(c) {
		e.Struct(bit, c)
	}
}
