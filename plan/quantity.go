package plan

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// quantityRules are the rules about numbers and their units (DSP0243 8.3,
// DSP0004 Annex C.1).
var quantityRules = []diag.Rule{
	{Name: "quantity-unit", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3, 9.1, DSP0004 C.1", Since: "0.2.0",
		Summary: "The unit of a number cannot be read.",
		Why:     "Taking it for 1 or for 2^20 is how machines with 4 MB of memory come about."},
	{Name: "quantity-unit-missing", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "A number has no unit.",
		Why:     "Bytes or megabytes? Consumers differ."},
	{Name: "quantity-unit-word", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0004 C.1", Since: "0.2.0",
		Summary: "A unit is not in the form of the standard.",
		Why:     "What it means had to be chosen; other consumers choose otherwise."},
	{Name: "quantity-measure", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3, 9.1", Since: "0.2.0",
		Summary: "The unit does not measure this resource.",
		Why:     "Memory of 4 hertz is no size."},
	{Name: "quantity-size", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "A number times its unit is no possible amount.",
		Why:     "The product would wrap or be rounded."},
	{Name: "quantity-several", Layer: diag.Semantic, Severity: diag.Warning, Clause: "interop", Since: "0.2.0",
		Summary: "A machine has several devices for its processors or its memory.",
		Why:     "The plan adds them up; some consumers take one of them."},
}

// The base units that have a name in this package.
const (
	byteUnit  = "byte"
	hertzUnit = "hertz"
)

// unitOf returns the text of the unit of a number, and the Item that has it.
func (d *device) unitOf(m measure) (string, *item) {
	if m == quantity {
		if t := text(d.quantityUnits, func(it *item) *string { return it.quantityUnits }); t != "" {
			return t, d.quantityUnits
		}
	}
	return text(d.units, func(it *item) *string { return it.units }), d.units
}

// quantity returns one of the numbers of a device with its range, in base units;
// nil if it has none, or none that can be understood.
func (a *assembly) quantity(d *device, m measure) *Quantity {
	it := d.numbers[m]
	if it == nil {
		a.rangeless(d, m)
		return nil
	}
	unit, _ := d.unitOf(m)
	n, base, ok := a.amount(d, m, it, unit)
	if !ok {
		return nil
	}
	q := &Quantity{Value: n, Unit: base, Origin: a.r.origin(it.configuration, position(it, m.String()))}
	if d.low != nil || d.high != nil {
		a.limits(d, m, q)
	}
	return q
}

// amount returns a number of an Item in base units. The VirtualQuantity of a
// processor counts processors: AllocationUnits is for the other two.
func (a *assembly) amount(d *device, m measure, it *item, unit string) (n uint64, base string, ok bool) {
	n = *it.numbers[m]
	processor, memory := d.is(rasd.Processor), d.is(rasd.Memory)
	if processor && m == quantity {
		return n, "", true
	}
	if unit == "" {
		if memory {
			return a.assumed(d, m, it)
		}
		if processor {
			a.r.at("quantity-unit-missing", it.Location(m.String()), "the %s %d of the Item %s has no unit", m, n, d.first.label()).
				hint("add AllocationUnits, as \"hertz * 10^6\"").add()
		}
		return n, "", true
	}
	u, err := a.r.unit(unit)
	if err != nil {
		f := a.r.at("quantity-unit", a.unitPlace(d, m, it), "the unit %s of the Item %s cannot be read: %s", diag.Quote(unit), d.first.label(), unitReason(err))
		if !processor && !memory {
			f.as(diag.Warning)
		}
		f.hint("write it as \"byte * 2^20\" or \"hertz * 10^6\"").add()
		return 0, "", false
	}
	a.r.unitWord(u, func() diag.Location { return a.unitPlace(d, m, it) })
	if memory && u.Base() != byteUnit && u.Base() != "bit" {
		a.r.at("quantity-measure", a.unitPlace(d, m, it), "the unit %s of the Item %s does not measure memory", diag.Quote(unit), d.first.label()).
			hint("use a unit such as \"byte * 2^20\"").add()
		return 0, "", false
	}
	n, base, err = scale(n, u)
	if err != nil {
		a.r.at("quantity-size", it.Location(m.String()), "the %s of the Item %s is not possible: %v", m, d.first.label(), err).
			because(err).hint("check number and unit").add()
		return 0, "", false
	}
	return n, base, true
}

// assumed reads memory without unit as a number of MiB: what producers that
// leave the unit out mean, since no machine runs with that many bytes.
func (a *assembly) assumed(d *device, m measure, it *item) (uint64, string, bool) {
	n := *it.numbers[m]
	a.r.at("quantity-unit-missing", it.Location(m.String()), "the %s %d of the memory %s has no unit; it is read as \"byte * 2^20\"", m, n, d.first.label()).
		hint("add AllocationUnits with the unit that is meant").add()
	mib, err := a.r.unit("byte * 2^20")
	if err == nil {
		n, err = mib.Bytes(n)
	}
	if err != nil {
		a.r.at("quantity-size", it.Location(m.String()), "the %s of the Item %s is not possible: %v", m, d.first.label(), err).
			because(err).hint("check the number").add()
		return 0, "", false
	}
	return n, byteUnit, true
}

// unitPlace returns where the unit of a number stands.
func (a *assembly) unitPlace(d *device, m measure, it *item) diag.Location {
	own := func(it *item) (string, bool) {
		switch {
		case it == nil:
		case m == quantity && !blank(it.quantityUnits):
			return "VirtualQuantityUnits", true
		case !blank(it.units):
			return "AllocationUnits", true
		}
		return "", false
	}
	if it.bound.Marker() {
		if field, ok := own(it); ok {
			return it.Location(field)
		}
	}
	_, from := d.unitOf(m)
	field, _ := own(from)
	return from.Location(field)
}

// unitReason says why a text is no unit.
func unitReason(err error) string {
	var e *rasd.UnitError
	if errors.As(err, &e) {
		return e.Reason
	}
	return err.Error()
}

// unitWord reports a unit that is not in the form of the standard, once for
// each text.
func (r *resolver) unitWord(u rasd.Unit, place func() diag.Location) {
	if u.Deviation() == rasd.Conforming || r.unitWords[u.Text()] {
		return
	}
	if r.unitWords == nil {
		r.unitWords = map[string]bool{}
	}
	r.unitWords[u.Text()] = true
	f := r.at("quantity-unit-word", place(), "the unit %s", u.Note())
	if u.Deviation() == rasd.Spelling {
		f.as(diag.Info)
	}
	f.hint("write %s", diag.Quote(u.String())).add()
}

// scale returns n units in the base of the unit, which is "" for plain numbers;
// bits are turned into bytes. Nothing is rounded.
func scale(n uint64, u rasd.Unit) (uint64, string, error) {
	switch base := u.Base(); base {
	case byteUnit, "bit":
		n, err := u.Bytes(n)
		return n, byteUnit, err
	case hertzUnit:
		n, err := u.Hertz(n)
		return n, base, err
	case "", "count":
		n, err := u.Count(n)
		return n, "", err
	default:
		p := new(big.Rat).SetInt(new(big.Int).SetUint64(n))
		p.Mul(p, u.Factor())
		fail := func(class error) (uint64, string, error) {
			return 0, base, fmt.Errorf("%d times %s: %w", n, diag.Quote(u.Text()), class)
		}
		switch {
		case p.Sign() < 0:
			return fail(rasd.ErrNegative)
		case !p.IsInt():
			return fail(rasd.ErrInexact)
		case !p.Num().IsUint64():
			return fail(rasd.ErrOverflow)
		}
		return p.Num().Uint64(), base, nil
	}
}

// total adds up the quantities of several devices; those of one are as they are.
func (a *assembly) total(list []*Quantity, devices []*device, what string) Quantity {
	switch len(list) {
	case 0:
		return Quantity{}
	case 1:
		return *list[0]
	}
	f := a.r.at("quantity-several", devices[1].first.Location(""), "the machine has %d Items for its %s; they are added up", len(list), what).
		related(devices[0].first.Location(""), "the first one")
	f.hint("put the whole amount into one Item; what is for one option only has the same InstanceID").add()
	sum := Quantity{Unit: list[0].Unit, Origin: list[0].Origin}
	low, high := new(uint64), new(uint64)
	ranged := false
	for i, q := range list {
		l, h := &q.Value, &q.Value
		if q.Min != nil || q.Max != nil {
			ranged = true
			l, h = q.Min, q.Max
		}
		var ok bool
		if sum.Value, ok = add(sum.Value, q.Value); !ok {
			a.r.at("quantity-size", devices[i].first.Location(""), "the Items for the %s of the machine are more than %d together", what, ^uint64(0)).
				hint("check their numbers and units").add()
			return Quantity{}
		}
		low, high = addEnds(low, l), addEnds(high, h)
	}
	if ranged {
		sum.Min, sum.Max = low, high
	}
	return sum
}

// addEnds adds two ends of ranges; nil is without bound.
func addEnds(a, b *uint64) *uint64 {
	if a == nil || b == nil {
		return nil
	}
	n, ok := add(*a, *b)
	if !ok {
		return nil
	}
	return &n
}

func add(a, b uint64) (uint64, bool) { return a + b, a+b >= a }

// unitName names a base unit in a message.
func unitName(base string) string {
	if base == "" {
		return "plain numbers"
	}
	return base
}

// amountText writes an amount in the unit of the quantity for people: bytes and
// hertz with the largest prefix that leaves a whole number.
func (q *Quantity) amountText(n uint64) string {
	type step struct {
		size uint64
		name string
	}
	var steps []step
	switch q.Unit {
	case "":
		return strconv.FormatUint(n, 10)
	case byteUnit:
		steps = []step{{1 << 60, "EiB"}, {1 << 50, "PiB"}, {1 << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}}
	case hertzUnit:
		steps = []step{{1e9, "GHz"}, {1e6, "MHz"}, {1e3, "kHz"}}
	}
	for _, s := range steps {
		if n >= s.size && n%s.size == 0 {
			return strconv.FormatUint(n/s.size, 10) + " " + s.name
		}
	}
	name := q.Unit
	if name == byteUnit && n != 1 {
		name = "bytes"
	}
	return strconv.FormatUint(n, 10) + " " + name
}

// trim removes white space around a value.
func trim(s string) string { return strings.TrimSpace(s) }
