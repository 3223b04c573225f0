package envelope

import (
	"iter"
	"strings"
)

// field is a child of an Item that merging is about.
type field uint8

const (
	fieldType field = iota
	fieldUnits
	fieldQuantityUnits
	fieldQuantity
	fieldReservation
	fieldLimit
	fieldWeight
	fieldParent
	fieldAddress
	fieldHost
	fieldConnection
	fields // how many
)

// fieldNames are the names of the schema.
var fieldNames = [fields]string{"ResourceType", "AllocationUnits", "VirtualQuantityUnits", "VirtualQuantity", "Reservation", "Limit", "Weight",
	"Parent", "AddressOnParent", "HostResource", "Connection"}

// has reports whether the Item has the child.
func (it *item) has(f field) bool {
	switch f {
	case fieldType:
		return it.typ != nil
	case fieldUnits:
		return it.units != nil
	case fieldQuantityUnits:
		return it.quantityUnits != nil
	case fieldQuantity:
		return it.quantity != nil
	case fieldReservation:
		return it.reservation != nil
	case fieldLimit:
		return it.limit != nil
	case fieldWeight:
		return it.weight != nil
	case fieldParent:
		return it.parent != nil
	case fieldAddress:
		return it.address != nil
	case fieldHost:
		return len(it.host) > 0
	case fieldConnection:
		return len(it.connection) > 0
	}
	return false
}

// merged is a device under one configuration: for each child the Item that it
// comes from, nil if none has it (DSP0243 9.8). Of like-named children that of
// the later Item counts.
type merged struct {
	option string // "" for every configuration that has no Item of its own
	from   [fields]*item
	last   *item // the last Item that counts
	count  int   // of Items
}

// add takes the children of one more Item, which stands behind those before.
func (m *merged) add(it *item) {
	for f := range fields {
		if it.has(f) {
			m.from[f] = it
		}
	}
	m.last = it
	m.count++
}

// with returns what the Items of both make up.
func (m *merged) with(o *merged) merged {
	out := *m
	out.count += o.count
	for f, it := range o.from {
		if it != nil && (out.from[f] == nil || out.from[f].position < it.position) {
			out.from[f] = it
		}
	}
	if out.last == nil || o.last != nil && out.last.position < o.last.position {
		out.last = o.last
	}
	return out
}

// variants yields what a device is under each configuration that makes a
// difference. It takes time in proportion to the Items and the ids they list.
func (c *checker) variants(d *device) iter.Seq[*merged] {
	return func(yield func(*merged) bool) {
		var base merged
		var own map[string]*merged // Items for the configuration alone
		var order []string
		for it := range d.items {
			switch {
			case !it.normal():
			case !it.conditional():
				base.add(it)
			default:
				for w := range strings.FieldsSeq(*it.configuration) {
					if !d.options[w] {
						continue // an unknown id
					}
					m := own[w]
					if m == nil {
						m = &merged{option: w}
						if own == nil {
							own = map[string]*merged{}
						}
						own[w] = m
						order = append(order, w)
					}
					if m.last != it { // else the id is in the list twice
						m.add(it)
					}
				}
			}
		}
		// Where every configuration has Items of its own, the rest alone is never
		// deployed.
		if base.count > 0 && (len(own) == 0 || len(own) < len(c.optionIDs)) && !yield(&base) {
			return
		}
		for _, w := range order {
			m := own[w].with(&base)
			if !yield(&m) {
				return
			}
		}
	}
}
