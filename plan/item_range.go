package plan

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// rangeRules are the rules about ranges (DSP0243 8.4).
var rangeRules = []diag.Rule{
	{Name: "range-without-item", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.2.0",
		Summary: "The end of a range belongs to no Item.",
		Why:     "A range marker is no device of its own."},
	{Name: "range-kind", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.2.0",
		Summary: "A range is of another kind than its Item.",
		Why:     "It cannot limit it."},
	{Name: "range-repeated", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.2.0",
		Summary: "A range has two lower or two upper ends.",
		Why:     "Which one counts is undefined."},
	{Name: "range-order", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.2.0",
		Summary: "A range ends before it begins, or the value lies outside.",
		Why:     "No deployment can satisfy it."},
	{Name: "range-unit", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.2.0",
		Summary: "A range and its Item do not measure the same.",
		Why:     "They cannot be compared."},
	{Name: "range-unused", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.4", Since: "0.2.0",
		Summary: "A range limits a number that the Item does not have.",
		Why:     "There is no value to start from."},
}

// mark takes a range marker for its device. One for the chosen option takes the
// place of one for every option, as Items do.
func (a *assembly) mark(it *item) {
	k, ok := a.byID[it.id]
	if !ok {
		if !a.elsewhere(it.id) {
			a.r.at("range-without-item", it.Location(""), "the Item %s with the bound %s has no Item without bound", it.label(), it.bound).
				hint("add the Item itself, with the same InstanceID").add()
		}
		return
	}
	d := &a.devices[k]
	if d.typ != nil && it.typ != nil && *it.typ != *d.typ.typ || d.first.kind != it.kind {
		a.r.at("range-kind", it.Location("ResourceType"), "the range of the Item %s is of another ResourceType than the Item", it.label()).
			related(d.first.Location("ResourceType"), "the Item itself").
			hint("give both the same").add()
		return
	}
	p := &d.low
	if it.bound == rasd.BoundMax {
		p = &d.high
	}
	if was := *p; was != nil {
		if blank(it.configuration) == blank(was.configuration) {
			a.r.at("range-repeated", it.Location("@bound"), "the Item %s has two markers with the bound %s", it.label(), it.bound).
				related(was.Location("@bound"), "the other one").
				hint("remove one of them, or give each a configuration of its own").add()
			return
		}
		if blank(it.configuration) {
			return
		}
	}
	*p = it
}

// elsewhere reports whether a device with the InstanceID is there under another
// option: then a range for every option is no mistake.
func (a *assembly) elsewhere(id string) bool {
	normal := func(b *rasd.Bound) bool { return b == nil || *b == "" || *b == rasd.BoundNormal }
	if a.hidden == nil {
		a.hidden = map[string]bool{}
		for i := range a.from.items {
			if t := &a.from.items[i]; normal(t.Bound) {
				a.hidden[trim(t.InstanceID)] = true
			}
		}
		for i := range a.from.ports {
			if t := &a.from.ports[i]; normal(t.Bound) {
				a.hidden[trim(t.InstanceID)] = true
			}
		}
		for i := range a.from.storage {
			if t := &a.from.storage[i]; normal(t.Bound) {
				a.hidden[trim(t.InstanceID)] = true
			}
		}
	}
	return a.hidden[id]
}

// limits sets the range of a quantity from the markers of its device.
func (a *assembly) limits(d *device, m measure, q *Quantity) {
	ends := [...]struct {
		marker *item
		side   **uint64
	}{{d.low, &q.Min}, {d.high, &q.Max}}
	for _, e := range ends {
		if e.marker == nil || e.marker.numbers[m] == nil {
			continue
		}
		text := trim(value(e.marker.units))
		if m == quantity && !blank(e.marker.quantityUnits) {
			text = trim(*e.marker.quantityUnits)
		}
		if text == "" {
			text, _ = d.unitOf(m)
		}
		n, base, ok := a.amount(d, m, e.marker, text)
		switch {
		case !ok:
		case base != q.Unit:
			a.r.at("range-unit", e.marker.Location(m.String()), "the %s of the range of the Item %s is in %s, that of the Item in %s", m, d.first.label(), unitName(base), unitName(q.Unit)).
				related(d.numbers[m].Location(m.String()), "the Item itself").
				hint("give both units of one kind").add()
		default:
			*e.side = &n
		}
	}
	switch {
	case q.Min != nil && q.Max != nil && *q.Min > *q.Max:
		a.r.at("range-order", d.high.Location(m.String()), "the maximum %s of the Item %s is below its minimum %s", q.amountText(*q.Max), d.first.label(), q.amountText(*q.Min)).
			related(d.low.Location(m.String()), "the minimum").
			hint("exchange the bounds").add()
	case q.Min != nil && q.Value < *q.Min:
		a.r.at("range-order", d.numbers[m].Location(m.String()), "the %s %s of the Item %s is below its minimum %s", m, q.amountText(q.Value), d.first.label(), q.amountText(*q.Min)).
			related(d.low.Location(m.String()), "the minimum").
			hint("change the Item or its range").add()
	case q.Max != nil && q.Value > *q.Max:
		a.r.at("range-order", d.numbers[m].Location(m.String()), "the %s %s of the Item %s is above its maximum %s", m, q.amountText(q.Value), d.first.label(), q.amountText(*q.Max)).
			related(d.high.Location(m.String()), "the maximum").
			hint("change the Item or its range").add()
	}
}

// rangeless reports markers with a number that the Item itself has not.
func (a *assembly) rangeless(d *device, m measure) {
	for _, marker := range [...]*item{d.low, d.high} {
		if marker != nil && marker.numbers[m] != nil {
			a.r.at("range-unused", marker.Location(m.String()), "the range of the Item %s has a %s, the Item has none", d.first.label(), m).
				hint("give the Item the value to start from").add()
			return
		}
	}
}
