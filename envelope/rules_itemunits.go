package envelope

import (
	"errors"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// itemUnitRules are the rules about amounts and their units (DSP0243 8.3,
// DSP0004 Annex C.1).
var itemUnitRules = []diag.Rule{
	{Name: "item-units", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3, DSP0004 C.1", Since: "0.1.0",
		Summary: "The unit of a quantity is not a programmatic unit.",
		Why:     "Readers take 2^20, or refuse."},
	{Name: "item-units-dimension", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "The unit does not measure this resource.",
		Why:     "Memory of 4 hertz is no size."},
	{Name: "item-units-missing", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "A quantity has no unit.",
		Why:     "Bytes or megabytes? Consumers differ."},
	{Name: "unit-legacy", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0004 C.1", Since: "0.1.0",
		Summary: "A unit is a word that the standard does not define.",
		Why:     "It is 2^20 to most readers and 10^6 to some."},
	{Name: "unit-spelling", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0004 C.1", Since: "0.1.0",
		Summary: "A unit is spelt differently from the standard.",
		Why:     "A strict reader does not know it."},
	{Name: "item-quantity-overflow", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "A quantity is not a possible number of bytes or hertz.",
		Why:     "The product of number and unit wraps."},
	{Name: "item-quantity-zero", Layer: diag.Semantic, Severity: diag.Warning, Clause: "interop", Since: "0.1.0",
		Summary: "A machine has no memory or no processor.",
		Why:     "It cannot start."},
	{Name: "item-name-quantity", Layer: diag.Semantic, Severity: diag.Info, Clause: "interop", Since: "0.1.0",
		Summary: "The name of an Item states another quantity than the Item.",
		Why:     "Somebody changed one and forgot the other; people read the name."},
}

// parsedUnit is what ParseUnit made of a text.
type parsedUnit struct {
	unit rasd.Unit
	err  error
}

// unit reads a unit. Descriptors have few different ones, many times.
func (c *checker) unit(text string) (rasd.Unit, error) {
	p, ok := c.units[text]
	if !ok {
		p.unit, p.err = rasd.ParseUnit(text)
		if c.units == nil {
			c.units = map[string]parsedUnit{}
		}
		c.units[text] = p
	}
	return p.unit, p.err
}

// unitReason says why a text is no unit.
func unitReason(err error) string {
	var e *rasd.UnitError
	if errors.As(err, &e) {
		return e.Reason
	}
	return err.Error()
}

// unitSpelling reports a unit that is not in the form of the standard.
func (c *checker) unitSpelling(at located, where string, u rasd.Unit) {
	rule := "unit-legacy"
	switch u.Deviation() {
	case rasd.Conforming:
		return
	case rasd.Spelling:
		rule = "unit-spelling"
	}
	c.at(rule, at.Location(where), "the unit %s", u.Note()).
		hint("write %s", diag.Quote(u.String())).add()
}

// itemUnits checks the amounts of all devices.
func (c *checker) itemUnits(hw *hardware) {
	for i := range hw.items {
		it := &hw.items[i]
		c.itemUnit(it, "AllocationUnits", it.units)
		c.itemUnit(it, "VirtualQuantityUnits", it.quantityUnits)
	}
	for i := range hw.devices {
		d := &hw.devices[i]
		memory := d.is(rasd.Memory)
		if !memory && !d.is(rasd.Processor) {
			continue
		}
		for m := range c.variants(d) {
			for _, f := range [...]field{fieldQuantity, fieldReservation, fieldLimit} {
				if it := m.from[f]; it != nil {
					c.amount(hw, d, m, it, f, memory)
				}
			}
			if hw.virtual != nil {
				c.nothing(d, m, memory)
			}
		}
		for it := range d.items {
			if it.normal() {
				c.nameQuantity(it, memory)
			}
		}
	}
}

func (c *checker) itemUnit(it *item, field string, text *string) {
	s := value(text)
	if s == "" {
		return
	}
	u, err := c.unit(s)
	if err == nil {
		c.unitSpelling(it, field, u)
		return
	}
	f := c.at("item-units", it.Location(field), "the unit %s of the Item %s cannot be read: %s", diag.Quote(s), it.label(), unitReason(err))
	if !it.is(rasd.Processor, rasd.Memory) {
		f.as(diag.Warning)
	}
	f.hint("write it as \"byte * 2^20\" or \"hertz * 10^6\"").add()
}

// unitFor returns the text of the unit of a number and the Item that has it; ""
// for none.
func (m *merged) unitFor(f field) (string, *item) {
	if f == fieldQuantity {
		if it := m.from[fieldQuantityUnits]; it != nil && value(it.quantityUnits) != "" {
			return *it.quantityUnits, it
		}
	}
	if it := m.from[fieldUnits]; it != nil {
		return value(it.units), it
	}
	return "", nil
}

// amount checks one number of a device. VirtualQuantity of a processor counts
// processors and needs no unit.
func (c *checker) amount(hw *hardware, d *device, m *merged, it *item, f field, memory bool) {
	if !memory && f == fieldQuantity {
		return
	}
	text, from := m.unitFor(f)
	if text == "" {
		if (memory || hw.virtual == nil) && it.once(saidUnitsMissing) {
			example := "hertz * 10^6"
			if memory {
				example = "byte * 2^20"
			}
			c.at("item-units-missing", it.Location(fieldNames[f]), "the %s of the Item %s has no unit", fieldNames[f], d.label()).
				hint("add AllocationUnits, as %s", diag.Quote(example)).add()
		}
		return
	}
	u, err := c.unit(text)
	if err != nil {
		return // rule item-units
	}
	n, _ := it.number(f)
	if memory {
		_, err = u.Bytes(n)
	} else {
		_, err = u.Hertz(n)
	}
	var q *rasd.QuantityError
	switch {
	case err == nil || !errors.As(err, &q):
	case q.Err != rasd.ErrDimension:
		if it.once(saidOverflow) {
			c.at("item-quantity-overflow", it.Location(fieldNames[f]), "the %s of the Item %s is not possible: %v", fieldNames[f], d.label(), err).
				hint("check number and unit").add()
		}
	case !memory && (u.Base() == "count" || u.Base() == "percent"):
	case from.once(saidDimension):
		field := "AllocationUnits"
		if f == fieldQuantity && from == m.from[fieldQuantityUnits] {
			field = "VirtualQuantityUnits"
		}
		what, example := "a processor", "hertz * 10^6"
		if memory {
			what, example = "memory", "byte * 2^20"
		}
		w := c.at("item-units-dimension", from.Location(field), "the unit %s does not measure %s", diag.Quote(text), what)
		if !memory {
			w.as(diag.Warning)
		}
		w.hint("use a unit such as %s", diag.Quote(example)).add()
	}
}

// nothing reports a machine without memory or processors.
func (c *checker) nothing(d *device, m *merged, memory bool) {
	what, how := "processors", "many"
	if memory {
		what, how = "memory", "much"
	}
	q := m.from[fieldQuantity]
	switch {
	case q == nil && m.last.mistyped("VirtualQuantity"):
	case q == nil && m.last.once(saidZero):
		c.at("item-quantity-zero", m.last.Location(""), "the Item %s does not say how %s %s the machine has", d.label(), how, what).as(diag.Info).
			hint("add VirtualQuantity").add()
	case q != nil && *q.quantity == 0 && q.once(saidZero):
		c.at("item-quantity-zero", q.Location("VirtualQuantity"), "the Item %s gives the machine 0 %s", d.label(), what).
			hint("give at least 1").add()
	}
}

// statedUnit is a word behind the number at the start of a name.
type statedUnit struct {
	word   string
	size   uint64 // in bytes or hertz; 0 for a number of processors
	memory bool
}

var statedUnits = []statedUnit{{"MB", 1 << 20, true}, {"GB", 1 << 30, true}, {"TB", 1 << 40, true},
	{"MHz", 1e6, false}, {"GHz", 1e9, false}, {"CPU", 0, false}, {"virtual CPU", 0, false}}

// stated reads the quantity at the start of a name.
func stated(name string) (n uint64, u statedUnit, ok bool) {
	name = trim(name)
	end := 0
	for end < len(name) && name[end] >= '0' && name[end] <= '9' {
		end++
	}
	if end == 0 {
		return 0, u, false
	}
	n, err := strconv.ParseUint(name[:end], 10, 64)
	rest := strings.TrimLeft(name[end:], " ")
	for _, u := range statedUnits {
		if behind, ok := strings.CutPrefix(rest, u.word); ok && (behind == "" || !letter(behind[0]) || behind == "s") {
			return n, u, err == nil
		}
	}
	return 0, u, false
}

// nameQuantity compares the quantity in the name of an Item with the Item's.
func (c *checker) nameQuantity(it *item, memory bool) {
	n, unit, ok := stated(it.name)
	if !ok || memory != unit.memory {
		return
	}
	var said []string
	for _, f := range [...]field{fieldQuantity, fieldReservation, fieldLimit} {
		have, ok := it.number(f)
		// VirtualQuantity of a processor counts; Reservation and Limit are hertz.
		if !ok || !memory && (unit.size == 0) != (f == fieldQuantity) {
			continue
		}
		if unit.size > 0 {
			if have, ok = c.baseAmount(it, f, have, memory); !ok {
				return
			}
		}
		if size := max(unit.size, 1); have%size == 0 && have/size == n {
			return
		}
		said = append(said, fieldNames[f])
	}
	if len(said) > 0 {
		c.at("item-name-quantity", it.Location("ElementName"), "the name %s states another quantity than %s of the Item", diag.Quote(it.name), strings.Join(said, " and ")).
			hint("correct the one that is wrong").add()
	}
}

// baseAmount returns a number of the Item in bytes or hertz by the unit of the
// Item itself.
func (c *checker) baseAmount(it *item, f field, n uint64, memory bool) (uint64, bool) {
	text := value(it.units)
	if f == fieldQuantity && value(it.quantityUnits) != "" {
		text = *it.quantityUnits
	}
	u, err := c.unit(text)
	if err != nil || text == "" {
		return 0, false
	}
	if memory {
		n, err = u.Bytes(n)
	} else {
		n, err = u.Hertz(n)
	}
	return n, err == nil
}
