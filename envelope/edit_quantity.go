package envelope

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

// ErrQuantity is the class of errors for a quantity that cannot be what it is
// to be.
var ErrQuantity = errors.New("the quantity is not possible")

// set writes the amount into an Item.
func (s *quantitySetter) set(i int) error {
	it := &s.items[i]
	if s.typ != rasd.Memory {
		s.quantity(i, s.amount.n)
		return nil
	}
	text := s.unit(i)
	u, err := rasd.ParseUnit(text)
	known := text != "" && err == nil
	if known {
		if one, err := u.Bytes(1); err == nil && one > 0 && s.amount.n%one == 0 {
			s.quantity(i, s.amount.n/one)
			return nil
		}
	}
	if k := s.dependent(i); k >= 0 {
		return s.err.because(s.items[k].Location(""), ErrQuantity, "it is no whole number of %s, and another Item of the same device takes its unit from this one; give a multiple of that", strconv.Quote(text))
	}
	if it.VirtualQuantityUnits != nil {
		unit, size := fittingUnit(s.amount.n)
		s.change(i, "VirtualQuantityUnits", &it.VirtualQuantityUnits, &unit)
		s.quantity(i, s.amount.n/size)
		return nil
	}
	var amounts []uint64 // what has to be a whole number of the new unit
	for _, q := range []*uint64{it.Reservation, it.Limit} {
		if q == nil {
			continue
		}
		b, err := u.Bytes(*q)
		if !known || err != nil {
			return s.err.because(it.Location("AllocationUnits"), ErrQuantity, "the unit has to change for it, and Reservation and Limit in %s cannot be converted", strconv.Quote(text))
		}
		amounts = append(amounts, b)
	}
	unit, size := fittingUnit(append(amounts, s.amount.n)...)
	s.change(i, "AllocationUnits", &it.AllocationUnits, &unit)
	s.quantity(i, s.amount.n/size)
	if it.Reservation != nil {
		s.number(i, "Reservation", &it.Reservation, amounts[0]/size)
	}
	if it.Limit != nil {
		s.number(i, "Limit", &it.Limit, amounts[len(amounts)-1]/size)
	}
	return nil
}

// dependent returns another Item of the device that a new unit of Item i would
// change the meaning of, or -1: one with an amount but no unit of its own; and
// where i has none itself, one whose Reservation or Limit it is merged with.
func (s *quantitySetter) dependent(i int) int {
	inherits := ownUnit(&s.items[i]) == ""
	for k := range s.items {
		it := &s.items[k]
		if k == i || it.InstanceID != s.items[i].InstanceID || !together(it, &s.items[i]) {
			continue
		}
		marker := it.Bound != nil && it.Bound.Marker()
		limits := it.Reservation != nil || it.Limit != nil
		switch {
		case inherits && limits && !marker:
			return k
		case !inherits && ownUnit(it) == "" && (limits || it.VirtualQuantity != nil && (marker || s.option != "")):
			return k
		}
	}
	return -1
}

// fittingUnit returns the largest binary unit of which all amounts are whole
// numbers, and its size in bytes.
func fittingUnit(amounts ...uint64) (string, uint64) {
	for shift := 30; shift > 0; shift -= 10 {
		size := uint64(1) << shift
		if !slices.ContainsFunc(amounts, func(n uint64) bool { return n%size != 0 }) {
			return "byte * 2^" + strconv.Itoa(shift), size
		}
	}
	return "byte", 1
}

func (s *quantitySetter) quantity(i int, n uint64) {
	s.number(i, "VirtualQuantity", &s.items[i].VirtualQuantity, n)
}

// number sets a number of an Item and notes the change.
func (s *quantitySetter) number(i int, field string, p **uint64, n uint64) {
	if *p != nil && **p == n {
		return
	}
	old := s.unread(i, field)
	if *p != nil {
		old = strconv.FormatUint(**p, 10)
	}
	s.note(i, field, old, strconv.FormatUint(n, 10))
	*p = &n
}

// unread takes out a child of that name which is no number, as the placeholder
// of a template, and returns its text.
func (s *quantitySetter) unread(i int, field string) string {
	it := &s.items[i]
	k := slices.IndexFunc(it.Ext.Elements, func(e *xmltree.Element) bool { return e.Name.Local == field && Standard(e.Name.Space) })
	if k < 0 {
		return ""
	}
	text := it.Ext.Elements[k].Text()
	it.Ext.Elements = slices.Delete(slices.Clone(it.Ext.Elements), k, k+1)
	return text
}

// change sets a text of an Item and notes the change.
func (s *quantitySetter) change(i int, field string, p **string, v *string) {
	old := ""
	if *p != nil {
		old = **p
	}
	s.note(i, field, old, *v)
	*p = v
}

func (s *quantitySetter) note(i int, field, old, value string) {
	at := field
	if field == "configuration" {
		at = "@configuration"
	}
	s.changes = append(s.changes, Change{Location: s.items[i].Location(at), What: s.what(i, field), Old: old, New: value})
}

func (s *quantitySetter) what(i int, field string) string {
	it := &s.items[i]
	w := s.prefix + "Item " + it.InstanceID
	if it.Configuration != nil {
		w += " (" + strings.Join(configurations(it.Configuration), ", ") + ")"
	}
	return w + " " + field
}

func joined(ids []string) *string { return new(strings.Join(ids, " ")) }
