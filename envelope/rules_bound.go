package envelope

import (
	"math/big"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// boundRules are the rules about range markers (DSP0243 8.4).
var boundRules = []diag.Rule{
	{Name: "bound-value", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.1.0",
		Summary: "A bound is none of min, max and normal.",
		Why:     "The Item would be taken for a device."},
	{Name: "bound-no-normal", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.1.0",
		Summary: "A range belongs to no Item.",
		Why:     "A range marker is no device of its own."},
	{Name: "bound-type", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.1.0",
		Summary: "A range is of another kind than its Item.",
		Why:     "It cannot limit it."},
	{Name: "bound-repeated", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.1.0",
		Summary: "A range has two lower or two upper ends.",
		Why:     "Which one counts is undefined."},
	{Name: "bound-order", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.1.0",
		Summary: "A value lies outside its range.",
		Why:     "No deployment can satisfy it."},
	{Name: "bound-element", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.4", Since: "0.1.0",
		Summary: "A range marker holds more than numbers.",
		Why:     "Consumers that do not know bounds make a second device of it."},
	{Name: "bound-empty", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.4", Since: "0.1.0",
		Summary: "A range marker has no number.",
		Why:     "It limits nothing."},
}

// bounds checks the range markers of a hardware section.
func (c *checker) bounds(hw *hardware) {
	ranged := false
	for i := range hw.items {
		it := &hw.items[i]
		switch {
		case !it.bound.Valid():
			f := c.at("bound-value", it.Location("@bound"), "the bound %s is none of the standard", diag.Quote(string(it.bound)))
			if low := rasd.Bound(fold(string(it.bound))); low.Valid() && low != "" {
				f.hint("write it %s", diag.Quote(string(low))).add()
			} else {
				f.hint("use min or max, or leave the attribute out for the Item itself").add()
			}
		case it.bound.Marker():
			ranged = true
			c.marker(it)
		}
	}
	if !ranged {
		return
	}
	for i := range hw.devices {
		c.deviceRange(&hw.devices[i])
	}
}

// marker checks a range marker by itself.
func (c *checker) marker(it *item) {
	for _, x := range [...]struct {
		name string
		has  bool
	}{{"HostResource", len(it.host) > 0}, {"Connection", len(it.connection) > 0}, {"Parent", it.parent != nil},
		{"AddressOnParent", it.address != nil}, {"Address", it.guestAddress != nil}, {"ResourceSubType", it.subType != nil}} {
		if x.has {
			c.at("bound-element", it.Location(x.name), "the range marker of the Item %s has a %s", it.label(), x.name).
				hint("let only the Item itself have it").add()
			break
		}
	}
	if it.quantity == nil && it.reservation == nil && it.limit == nil && it.weight == nil && !it.mistyped(fieldNames[fieldQuantity:fieldWeight+1]...) {
		c.at("bound-empty", it.Location(""), "the range marker of the Item %s has no number", it.label()).
			hint("give it a VirtualQuantity, Reservation, Limit or Weight").add()
	}
}

// deviceRange checks the range markers of a device.
func (c *checker) deviceRange(d *device) {
	var r ranges
	for it := range d.items {
		if it.bound.Marker() && c.markerOf(d, it) {
			c.repeated(&r, it)
		}
	}
	if r.min == nil {
		return
	}
	for m := range c.variants(d) {
		c.inRange(d, &r, m, m.option)
		if m.option != "" {
			continue
		}
		for _, o := range r.options {
			if !d.options[o] {
				c.inRange(d, &r, m, o)
			}
		}
	}
	c.emptyRange(d, &r, "")
	for _, o := range r.options {
		c.emptyRange(d, &r, o)
	}
}

// ranges holds the markers of a device: for all configurations under "", and by
// the id of one.
type ranges struct {
	min, max map[string]*item
	options  []string // those that have markers of their own
}

func (r *ranges) side(b rasd.Bound) map[string]*item {
	if r.min == nil {
		r.min, r.max = map[string]*item{}, map[string]*item{}
	}
	if b == rasd.BoundMin {
		return r.min
	}
	return r.max
}

// end returns the marker that counts for a configuration, or nil.
func end(side map[string]*item, option string) *item {
	if it := side[option]; it != nil {
		return it
	}
	return side[""]
}

// markerOf checks that a marker belongs to a device, and reports whether it can
// be compared with it: both are of one kind.
func (c *checker) markerOf(d *device, it *item) bool {
	switch {
	case !d.hasNormal:
		c.at("bound-no-normal", it.Location(""), "the Item %s with the bound %s has no Item without bound", d.label(), it.bound).
			hint("add the Item itself, with the same InstanceID").add()
	case !d.always && len(d.options) > 0 && c.apart(it, d):
		c.at("bound-no-normal", it.Location("@configuration"), "the Item %s with the bound %s is for configurations that have no Item without bound", d.label(), it.bound).
			hint("let both be for the same configurations").add()
	}
	t := d.typeItem
	if t != nil && it.typ != nil && *t.typ != *it.typ {
		c.at("bound-type", it.Location("ResourceType"), "the range marker of the Item %s has the ResourceType %d, the Item itself %d", d.label(), *it.typ, *t.typ).
			related(t.Location("ResourceType"), "the Item itself").
			hint("give both the same").add()
		return false
	}
	return true
}

// repeated notes a marker and reports it if its configuration has one already.
func (c *checker) repeated(r *ranges, it *item) {
	side := r.side(it.bound)
	var was *item
	severity := diag.Error
	if !it.conditional() {
		if was = side[""]; was == nil {
			side[""] = it
		}
	} else {
		for w := range strings.FieldsSeq(*it.configuration) {
			switch o := side[w]; {
			case c.options.get(w) == nil || o == it:
			case o != nil:
				was = o
			default:
				if r.min[w] == nil && r.max[w] == nil {
					r.options = append(r.options, w)
				}
				side[w] = it
			}
		}
		if was == nil && side[""] != nil {
			// Maybe it takes the place of the other, as Items do; the standard
			// does not say so of markers.
			was, severity = side[""], diag.Warning
		}
	}
	if was != nil {
		c.at("bound-repeated", it.Location("@bound"), "the Item %s has two markers with the bound %s", it.label(), it.bound).as(severity).
			related(was.Location("@bound"), "the other one").
			hint("remove one of them, or give each a configuration of its own").add()
	}
}

// inRange checks the numbers of a device under a configuration.
func (c *checker) inRange(d *device, r *ranges, m *merged, option string) {
	for _, marker := range [...]*item{end(r.min, option), end(r.max, option)} {
		if marker == nil {
			continue
		}
		for f := fieldQuantity; f <= fieldWeight; f++ {
			it := m.from[f]
			limit, ok := marker.number(f)
			if it == nil || !ok {
				continue
			}
			n, _ := it.number(f)
			text, _ := m.unitFor(f)
			side := c.measure(n, text, f).cmp(c.measure(limit, markerUnit(marker, f, text), f))
			what := "below its minimum"
			if marker.bound == rasd.BoundMax {
				side, what = -side, "above its maximum"
			}
			if side < 0 && marker.once(saidOrder) {
				c.at("bound-order", it.Location(fieldNames[f]), "the %s %d of the Item %s is %s %d", fieldNames[f], n, d.label(), what, limit).
					related(marker.Location(fieldNames[f]), "the range marker").
					hint("change the Item or its range").add()
			}
		}
	}
}

// emptyRange compares the two ends of the range under a configuration.
func (c *checker) emptyRange(d *device, r *ranges, option string) {
	low, high := end(r.min, option), end(r.max, option)
	if low == nil || high == nil {
		return
	}
	for f := fieldQuantity; f <= fieldWeight; f++ {
		a, ok1 := low.number(f)
		b, ok2 := high.number(f)
		if !ok1 || !ok2 {
			continue
		}
		text := ""
		if d.typeItem != nil {
			text = value(d.typeItem.units)
		}
		if c.measure(a, markerUnit(low, f, text), f).cmp(c.measure(b, markerUnit(high, f, text), f)) > 0 && low.done&saidOrder == 0 && high.once(saidOrder) {
			c.at("bound-order", high.Location(fieldNames[f]), "the maximum %d of the Item %s is below its minimum %d", b, d.label(), a).
				related(low.Location(fieldNames[f]), "the minimum").
				hint("exchange the bounds").add()
		}
	}
}

// markerUnit returns the unit of a number of a marker: its own, or else that of
// the Item.
func markerUnit(it *item, f field, otherwise string) string {
	if f == fieldQuantity && value(it.quantityUnits) != "" {
		return *it.quantityUnits
	}
	if own := value(it.units); own != "" {
		return own
	}
	return otherwise
}

// measure is a number in base units; base is empty for a number without unit.
type measure struct {
	base   string
	amount *big.Rat
	known  bool
}

func (c *checker) measure(n uint64, unit string, f field) measure {
	m := measure{amount: new(big.Rat).SetInt(new(big.Int).SetUint64(n)), known: true}
	if f == fieldWeight || unit == "" {
		return m
	}
	u, err := c.unit(unit)
	if err != nil {
		return measure{}
	}
	m.base = u.Base()
	m.amount.Mul(m.amount, u.Factor())
	return m
}

// cmp compares two amounts; those that cannot be compared are equal.
func (m measure) cmp(o measure) int {
	if !m.known || !o.known || m.base != o.base {
		return 0
	}
	return m.amount.Cmp(o.amount)
}
