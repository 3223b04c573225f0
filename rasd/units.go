package rasd

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Unit is a programmatic unit as DSP0004 Annex C.1 defines it: base units with
// their powers, times an exact factor. "byte * 2^20" has the base "byte" and the
// factor 1048576; "bit / second * 10^6" has the base "bit / second".
//
// The zero Unit is the empty unit: no base, factor 1. A Unit is immutable and
// safe for concurrent use. Compare units with [Unit.Equal], not with ==.
type Unit struct {
	text      string   // as written, outer blanks removed
	bases     []power  // sorted: multiplied ones first, each group by name
	factor    *big.Rat // nil is 1
	whole     uint64   // the factor if it is a whole number that fits, else 0
	deviation Deviation
	note      string
}

// power is one base unit with its exponent, which is never 0.
type power struct {
	name string
	exp  int
}

// Deviation says how far the text of a [Unit] is from the grammar of DSP0004.
type Deviation uint8

const (
	// Conforming text follows the grammar and uses the base units of DSP0004.
	Conforming Deviation = iota
	// Spelling is text outside the grammar that has only one possible meaning:
	// "byte*1024*1024" (two numbers), "Hertz * 10^6", "GiB", "MHz".
	Spelling
	// Assumption is text whose meaning had to be chosen: "MegaBytes", "GB".
	// [Unit.Note] says what was chosen.
	Assumption
)

// String returns "conforming", "spelling" or "assumption".
func (d Deviation) String() string {
	switch d {
	case Conforming:
		return "conforming"
	case Spelling:
		return "spelling"
	case Assumption:
		return "assumption"
	}
	return "deviation(" + strconv.Itoa(int(d)) + ")"
}

// The classes of failure behind [UnitError] and [QuantityError].
var (
	ErrUnit      = errors.New("not a programmatic unit")
	ErrDimension = errors.New("the unit measures something else")
	ErrOverflow  = errors.New("the quantity is too large")
	ErrInexact   = errors.New("the quantity is not a whole number")
	ErrNegative  = errors.New("the quantity is negative")
)

// UnitError reports text that is no programmatic unit. It unwraps to [ErrUnit].
type UnitError struct {
	Unit   string // the whole text
	Offset int    // where it goes wrong, in bytes from the start of Unit
	Reason string // what is wrong there and what would be accepted
}

func (e *UnitError) Error() string {
	return fmt.Sprintf("unit %s: %s (at offset %d); write it as \"byte * 2^20\" or \"hertz * 10^6\" (DSP0004 Annex C.1)",
		quote(e.Unit), e.Reason, e.Offset)
}

// Unwrap returns [ErrUnit].
func (e *UnitError) Unwrap() error { return ErrUnit }

// QuantityError reports a quantity that cannot be expressed in the wanted
// measure. It unwraps to [ErrDimension], [ErrOverflow], [ErrInexact] or
// [ErrNegative].
type QuantityError struct {
	Quantity string // the number that was to be scaled, in decimal
	Unit     string // the unit as it was written
	Measure  string // what was wanted: "byte", "hertz" or "count"
	Max      uint64 // the largest result that fits; 0 unless Err is ErrOverflow
	Err      error
}

func (e *QuantityError) Error() string {
	switch e.Err {
	case ErrDimension:
		return fmt.Sprintf("unit %s does not measure %s: use a unit whose base is %s, as \"%s * %s\"",
			quote(e.Unit), plural(e.Measure), e.Measure, e.Measure, exampleFactor(e.Measure))
	case ErrOverflow:
		return fmt.Sprintf("%s times %s is more than the largest possible %d %s",
			e.Quantity, quote(e.Unit), e.Max, plural(e.Measure))
	case ErrInexact:
		return fmt.Sprintf("%s times %s is not a whole number of %s", e.Quantity, quote(e.Unit), plural(e.Measure))
	case ErrNegative:
		return fmt.Sprintf("%s times %s is less than zero %s", e.Quantity, quote(e.Unit), plural(e.Measure))
	}
	return fmt.Sprintf("%s times %s: %v", e.Quantity, quote(e.Unit), e.Err)
}

// Unwrap returns the class of the failure.
func (e *QuantityError) Unwrap() error { return e.Err }

// Text returns the unit as it was written, without blanks around it.
func (u Unit) Text() string { return u.text }

// Deviation says how far the text is from DSP0004.
func (u Unit) Deviation() Deviation { return u.deviation }

// Note explains a [Deviation] other than [Conforming] in one sentence; it is
// empty for a conforming unit.
func (u Unit) Note() string { return u.note }

// Factor returns the exact factor on the base units. The caller owns it.
func (u Unit) Factor() *big.Rat {
	if u.factor == nil {
		return big.NewRat(1, 1)
	}
	return new(big.Rat).Set(u.factor)
}

// Base returns the base units alone in the form of DSP0004, as "byte" or
// "bit / second". It is empty for the empty unit only: where no base unit is
// left, as in "1" or "byte / byte", the base is "count".
func (u Unit) Base() string {
	var b strings.Builder
	for _, p := range u.bases {
		n := p.exp
		op := " * "
		if n < 0 {
			n, op = -n, " / "
		}
		for range n {
			if b.Len() > 0 {
				b.WriteString(op)
			}
			b.WriteString(p.name)
		}
	}
	return b.String()
}

// String returns the unit in the form of DSP0004 whatever the input looked like:
// "byte*1024*1024" and "MegaBytes" become "byte * 2^20". [ParseUnit] reads it
// back to an equal unit unless dozens of base units make it too long for that.
func (u Unit) String() string {
	base := u.Base()
	if u.factor == nil || u.factor.Cmp(one) == 0 {
		return base
	}
	num, den := u.factor.Num(), u.factor.Denom()
	if num.Cmp(one.Num()) == 0 {
		return base + " / " + factorText(den, false)
	}
	if den.Cmp(one.Num()) == 0 {
		return base + " * " + factorText(num, false)
	}
	// The grammar has one plain number and then one power, in this order.
	return base + " * " + num.String() + " / " + factorText(den, true)
}

// Equal reports whether both units have the same base units and factor; how
// they were spelt does not matter.
func (u Unit) Equal(v Unit) bool {
	return slices.Equal(u.bases, v.bases) && u.Factor().Cmp(v.Factor()) == 0
}

// Bytes returns n of this unit in bytes. The base of the unit must be byte or
// bit; a result that is not a whole number of bytes or does not fit is a
// [*QuantityError], never a rounded or wrapped number.
func (u Unit) Bytes(n uint64) (uint64, error) {
	return u.scale(n, baseByte, math.MaxUint64)
}

// Hertz returns n of this unit in hertz, under the same rules as [Unit.Bytes].
func (u Unit) Hertz(n uint64) (uint64, error) {
	return u.scale(n, baseHertz, math.MaxUint64)
}

// Count returns n of this unit as a plain number. The base of the unit must be
// count; the empty unit counts too.
func (u Unit) Count(n uint64) (uint64, error) {
	return u.scale(n, baseCount, math.MaxUint64)
}

// Capacity returns the size in bytes of a disk of n units, as Disk/@capacity and
// Disk/@capacityAllocationUnits give it (DSP0243 9.1). A negative n and a size
// above the largest int64 are errors.
func (u Unit) Capacity(n int64) (int64, error) {
	if n < 0 {
		return 0, &QuantityError{Quantity: strconv.FormatInt(n, 10), Unit: u.text, Measure: baseByte, Err: ErrNegative}
	}
	v, err := u.scale(uint64(n), baseByte, math.MaxInt64)
	return int64(v), err
}

// scale returns n units in the wanted measure if that is a whole number from 0
// to limit.
func (u Unit) scale(n uint64, measure string, limit uint64) (uint64, error) {
	fail := func(class error) (uint64, error) {
		e := &QuantityError{Quantity: strconv.FormatUint(n, 10), Unit: u.text, Measure: measure, Err: class}
		if class == ErrOverflow {
			e.Max = limit
		}
		return 0, e
	}
	divisor := u.divisor(measure)
	if divisor == 0 {
		return fail(ErrDimension)
	}
	if u.whole != 0 && divisor == 1 {
		hi, lo := bits.Mul64(n, u.whole)
		if hi != 0 || lo > limit {
			return fail(ErrOverflow)
		}
		return lo, nil
	}
	r := u.Factor()
	r.Mul(r, new(big.Rat).SetFrac(new(big.Int).SetUint64(n), new(big.Int).SetUint64(divisor)))
	switch {
	case r.Sign() < 0:
		return fail(ErrNegative)
	case !r.IsInt():
		return fail(ErrInexact)
	case r.Num().Cmp(new(big.Int).SetUint64(limit)) > 0:
		return fail(ErrOverflow)
	}
	return r.Num().Uint64(), nil
}

// divisor returns how many of the base of u make one of the measure: 1 for the
// measure itself, 8 for bits in a byte, 0 if u measures something else.
func (u Unit) divisor(measure string) uint64 {
	if len(u.bases) == 0 && measure == baseCount {
		return 1
	}
	if len(u.bases) != 1 || u.bases[0].exp != 1 {
		return 0
	}
	switch name := u.bases[0].name; {
	case name == measure:
		return 1
	case name == baseBit && measure == baseByte:
		return 8
	}
	return 0
}

var one = big.NewRat(1, 1)

// factorText writes a whole factor as DSP0004 does: a power of two or ten from
// the third on as one, everything else in digits. With mustPower the result is
// a power whatever it costs.
func factorText(n *big.Int, mustPower bool) string {
	if k := n.TrailingZeroBits(); n.Sign() > 0 && k >= 3 && n.BitLen() == int(k)+1 {
		return "2^" + strconv.Itoa(int(k))
	}
	s := n.String()
	if k := len(s) - 1; k >= 3 && s[0] == '1' && strings.Count(s, "0") == k {
		return "10^" + strconv.Itoa(k)
	}
	if mustPower {
		return s + "^1"
	}
	return s
}

func plural(measure string) string {
	if measure == baseHertz {
		return measure
	}
	return measure + "s"
}

func exampleFactor(measure string) string {
	if measure == baseByte {
		return "2^20"
	}
	return "10^6"
}

// quote puts text in quotes, cut to a length that fits a message.
func quote(s string) string {
	const most = 64
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}
