package rasd

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a unit. Real units have less than forty characters and powers
// up to 2^60; the bounds keep hostile ones cheap.
const (
	maxUnitLen      = 256
	maxUnitExponent = 1024
	maxUnitBits     = 512 // of the numerator and of the denominator
)

// ParseUnit reads a programmatic unit (DSP0004 Annex C.1), as Item/AllocationUnits,
// Item/VirtualQuantityUnits and Disk/@capacityAllocationUnits hold it. Blanks
// around it do not count.
//
// The grammar is one base unit, then more base units multiplied, then base
// units divided, then at most one number, then at most one power, each joined
// by "*" or "/" with at most one blank on each side. Text that breaks this order
// or spacing, that names base units in another letter case or in the plural, or
// that uses the words of older producers ("MegaBytes", "MHz") is read as well:
// [Unit.Deviation] tells. Text with no certain meaning is a [*UnitError]: an
// unknown word never counts as 1.
//
// The empty text is the empty unit.
func ParseUnit(text string) (Unit, error) {
	p := unitParser{text: text, num: big.NewInt(1), den: big.NewInt(1)}
	if len(text) > maxUnitLen {
		return Unit{}, p.fail(maxUnitLen, "it is longer than %d bytes", maxUnitLen)
	}
	if err := p.parse(); err != nil {
		return Unit{}, err
	}
	return p.unit(), nil
}

// unitParser collects the parts of one unit.
type unitParser struct {
	text      string
	pos       int
	bases     []power
	num, den  *big.Int
	stage     stage
	deviation Deviation
	note      string
}

// stage is the latest kind of part seen. DSP0004 has them in this order.
type stage uint8

const (
	multiplied stage = iota
	divided
	number
	powered
)

func (p *unitParser) parse() error {
	p.blanks()
	if p.pos == len(p.text) {
		return nil
	}
	for divide := false; ; {
		if err := p.part(divide); err != nil {
			return err
		}
		before := p.blanks()
		if p.pos == len(p.text) {
			return nil
		}
		switch p.text[p.pos] {
		case '*':
			divide = false
		case '/':
			divide = true
		default:
			return p.fail(p.pos, "expected \"*\" or \"/\", found %s", p.found())
		}
		p.pos++
		if after := p.blanks(); before > 1 || after > 1 {
			p.deviate(Spelling, "DSP0004 has at most one blank on each side of an operator")
		}
	}
}

// part reads one base unit, number or power.
func (p *unitParser) part(divide bool) error {
	if p.pos == len(p.text) {
		return p.fail(p.pos, "it ends after an operator")
	}
	switch c := p.text[p.pos]; {
	case c >= '0' && c <= '9', c == '+', c == '-':
		return p.number(divide)
	case isNameStart(p.peek()):
		return p.baseUnit(divide)
	}
	return p.fail(p.pos, "expected a base unit or a number, found %s", p.found())
}

// baseUnit reads the name of a base unit: letters, digits, "_", "-" and ":"
// with blanks inside.
func (p *unitParser) baseUnit(divide bool) error {
	start := p.pos
	name, single := p.name()
	if name == "decibel" {
		name += p.reference()
	}
	w, ok := lookup(name)
	if !ok {
		return p.fail(start, "%s is not a base unit of DSP0004", quote(name))
	}
	if !single {
		p.deviate(Spelling, "DSP0004 has single blanks in a name")
	}
	if w.deviation > p.deviation {
		p.deviate(w.deviation, wordNote(name, w))
	}
	want := multiplied
	if divide {
		want = divided
	}
	p.advance(want)
	exp := 1
	if divide {
		exp = -1
	}
	if i := slices.IndexFunc(p.bases, func(b power) bool { return b.name == w.base }); i >= 0 {
		p.bases[i].exp += exp
	} else {
		p.bases = append(p.bases, power{w.base, exp})
	}
	return p.scale(start, w.factor(), divide)
}

// name reads a name and reports whether all blanks in it are single ones.
func (p *unitParser) name() (name string, single bool) {
	single = true
	start := p.pos
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		if isNamePart(r) {
			p.pos += size
			continue
		}
		end := p.pos
		n := p.blanks()
		if n == 0 || !isNamePart(p.peek()) {
			p.pos = end
			break
		}
		if n > 1 || p.text[end] != ' ' {
			single = false
		}
	}
	name = p.text[start:p.pos]
	if !single {
		name = strings.Join(strings.Fields(name), " ")
	}
	return name, single
}

// reference reads the reference level of a decibel, as "(A)", or nothing.
func (p *unitParser) reference() string {
	start := p.pos
	p.blanks()
	if strings.HasPrefix(p.text[p.pos:], "(") {
		p.pos++
		p.blanks()
		name, _ := p.name()
		p.blanks()
		if strings.HasPrefix(p.text[p.pos:], ")") {
			p.pos++
			return "(" + name + ")"
		}
	}
	p.pos = start
	return ""
}

// number reads a plain number or, if "^" follows, a power.
func (p *unitParser) number(divide bool) error {
	start := p.pos
	mantissa := p.digits(true)
	if mantissa == "" {
		return p.fail(p.pos, "expected a digit, found %s", p.found())
	}
	end := p.pos
	before := p.blanks()
	if p.pos < len(p.text) && p.text[p.pos] == '^' {
		p.pos++
		after := p.blanks()
		if before > 1 || after > 1 {
			p.deviate(Spelling, "DSP0004 has at most one blank on each side of an operator")
		}
		return p.power(start, mantissa, divide)
	}
	p.pos = end
	p.checkNumber(mantissa)
	p.advance(number)
	r, ok := new(big.Rat).SetString(mantissa)
	if !ok {
		return p.fail(start, "%s is not a number", quote(mantissa))
	}
	if err := p.scale(start, r.Num(), divide); err != nil {
		return err
	}
	return p.scale(start, r.Denom(), !divide)
}

// power reads the exponent after "^" and applies base^exponent.
func (p *unitParser) power(start int, base string, divide bool) error {
	if strings.ContainsAny(base, ".+-") {
		return p.fail(start, "the base of a power is a whole number without sign, found %s", quote(base))
	}
	at := p.pos
	exponent := p.digits(false)
	if exponent == "" {
		return p.fail(p.pos, "expected a whole number as exponent, found %s", p.found())
	}
	k, err := strconv.Atoi(exponent)
	if err != nil || k > maxUnitExponent || k < -maxUnitExponent {
		return p.fail(at, "the exponent %s is beyond %d", exponent, maxUnitExponent)
	}
	p.checkNumber(base)
	p.checkNumber(exponent)
	if k == 0 {
		p.deviate(Spelling, "DSP0004 has no exponent 0")
	}
	p.advance(powered)
	if k < 0 {
		k, divide = -k, !divide
	}
	b, _ := new(big.Int).SetString(base, 10)
	if b.Sign() == 0 {
		return p.fail(start, "a factor of 0 makes no unit")
	}
	if (b.BitLen()-1)*k > maxUnitBits { // before the expensive part
		return p.fail(start, "the factor is too large")
	}
	return p.scale(start, b.Exp(b, big.NewInt(int64(k)), nil), divide)
}

// digits reads an optional sign and digits, with a decimal point if wanted. It
// returns "" if no digit follows.
func (p *unitParser) digits(point bool) string {
	start := p.pos
	if c := p.text[p.pos:]; c != "" && (c[0] == '+' || c[0] == '-') {
		p.pos++
	}
	n := p.pos
	for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
		p.pos++
	}
	if p.pos == n {
		return ""
	}
	if point && p.pos < len(p.text) && p.text[p.pos] == '.' {
		p.pos++
		for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
			p.pos++
		}
	}
	return p.text[start:p.pos]
}

// checkNumber notes leading zeros, which the grammar does not have.
func (p *unitParser) checkNumber(s string) {
	s = strings.TrimLeft(s, "+-")
	if len(s) > 1 && s[0] == '0' && s[1] != '.' {
		p.deviate(Spelling, "DSP0004 has no leading zeros")
	}
}

// scale multiplies or divides the factor by n.
func (p *unitParser) scale(at int, n *big.Int, divide bool) error {
	if n.Sign() == 0 {
		return p.fail(at, "a factor of 0 makes no unit")
	}
	side := p.num
	if divide {
		side = p.den
	}
	if side.Mul(side, n); side.BitLen() > maxUnitBits {
		return p.fail(at, "the factor is too large")
	}
	return nil
}

// advance notes a part that comes before its place in DSP0004's order, or a
// second number or power.
func (p *unitParser) advance(to stage) {
	switch {
	case to < p.stage, to == p.stage && to >= number:
		p.deviate(Spelling, "DSP0004 has base units first, then at most one number and one power")
	case to >= number && len(p.bases) == 0:
		p.deviate(Spelling, "DSP0004 has a base unit first")
	}
	p.stage = max(p.stage, to)
}

// deviate records the gravest deviation; of equals the first one stays.
func (p *unitParser) deviate(d Deviation, note string) {
	if d > p.deviation {
		p.deviation, p.note = d, note
	}
}

// unit returns what was collected.
func (p *unitParser) unit() Unit {
	u := Unit{text: strings.Trim(p.text, blankBytes), deviation: p.deviation, note: p.note}
	u.bases = slices.DeleteFunc(p.bases, func(b power) bool { return b.exp == 0 })
	if u.text == "" {
		return u
	}
	if !slices.ContainsFunc(u.bases, func(b power) bool { return b.exp > 0 }) {
		u.addCount()
	}
	slices.SortFunc(u.bases, func(a, b power) int {
		if (a.exp > 0) != (b.exp > 0) {
			return b.exp - a.exp
		}
		return strings.Compare(a.name, b.name)
	})
	u.factor = new(big.Rat).SetFrac(p.num, p.den)
	if u.factor.IsInt() && u.factor.Num().IsUint64() {
		u.whole = u.factor.Num().Uint64()
	}
	if u.note != "" {
		u.note = fmt.Sprintf("%s: %s; it is %q", quote(u.text), u.note, u.String())
	}
	return u
}

// addCount gives a unit without a multiplied base unit the base "count".
func (u *Unit) addCount() {
	u.bases = slices.DeleteFunc(u.bases, func(b power) bool { return b.name == baseCount })
	u.bases = append(u.bases, power{baseCount, 1})
}

// wordNote explains a word outside DSP0004.
func wordNote(name string, w word) string {
	if w.why != "" {
		return quote(name) + " is not a unit of DSP0004, " + w.why
	}
	return quote(name) + " is not spelt as DSP0004 does"
}

const blankBytes = " \t\n\r"

// blanks skips white space and returns how many characters it had.
func (p *unitParser) blanks() int {
	start := p.pos
	for p.pos < len(p.text) && strings.IndexByte(blankBytes, p.text[p.pos]) >= 0 {
		p.pos++
	}
	return p.pos - start
}

func (p *unitParser) peek() rune {
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return r
}

// found names what is at the position, for a message.
func (p *unitParser) found() string {
	if p.pos >= len(p.text) {
		return "the end"
	}
	return strconv.QuoteRune(p.peek())
}

func (p *unitParser) fail(at int, format string, args ...any) error {
	return &UnitError{Unit: p.text, Offset: at, Reason: fmt.Sprintf(format, args...)}
}

func isNameStart(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' ||
		r >= utf8.RuneSelf && r != utf8.RuneError && unicode.IsLetter(r)
}

func isNamePart(r rune) bool {
	return isNameStart(r) || r >= '0' && r <= '9' || r == '-' || r == ':'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
