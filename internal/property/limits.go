package property

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// Limits is what a value must satisfy beyond its type. The zero Limits allows
// everything.
type Limits struct {
	MinLen, MaxLen     *int     // length of a text in characters; nil is no limit
	MinValue, MaxValue *big.Rat // value of a number; nil is no limit
	Values             []string // the allowed values; nil allows all
}

// and returns the limits that satisfy both.
func (l Limits) and(m Limits) Limits {
	if l.MinLen == nil || m.MinLen != nil && *m.MinLen > *l.MinLen {
		l.MinLen = m.MinLen
	}
	if l.MaxLen == nil || m.MaxLen != nil && *m.MaxLen < *l.MaxLen {
		l.MaxLen = m.MaxLen
	}
	if l.MinValue == nil || m.MinValue != nil && m.MinValue.Cmp(l.MinValue) > 0 {
		l.MinValue = m.MinValue
	}
	if l.MaxValue == nil || m.MaxValue != nil && m.MaxValue.Cmp(l.MaxValue) < 0 {
		l.MaxValue = m.MaxValue
	}
	switch {
	case l.Values == nil:
		l.Values = m.Values
	case m.Values != nil:
		other := make(map[string]bool, len(m.Values))
		for _, v := range m.Values {
			other[v] = true
		}
		both := []string{} // not nil: nothing may be left
		for _, v := range l.Values {
			if other[v] {
				both = append(both, v)
			}
		}
		l.Values = both
	}
	return l
}

// empty reports whether no value can satisfy the limits.
func (l Limits) empty() bool {
	return l.MinLen != nil && l.MaxLen != nil && *l.MinLen > *l.MaxLen ||
		l.MinValue != nil && l.MaxValue != nil && l.MinValue.Cmp(l.MaxValue) > 0 ||
		l.Values != nil && len(l.Values) == 0
}

// The written forms of numbers. They are checked before math/big sees a text,
// which reads more than is meant here and takes long for long texts.
var (
	integerForm = regexp.MustCompile(`^[+-]?[0-9]+$`)
	realForm    = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$`)
)

// maxNumberLen bounds the text of a number, and so the work on it.
const maxNumberLen = 100

// parseNumber reads an integer or a decimal number exactly.
func parseNumber(s string) (*big.Rat, bool) {
	if len(s) > maxNumberLen || !realForm.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func parseInteger(s string) (*big.Int, bool) {
	if len(s) > maxNumberLen || !integerForm.MatchString(s) {
		return nil, false
	}
	return new(big.Int).SetString(s, 10)
}

// parseLen reads a length from 0 to 2^31-1.
func parseLen(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil && s[0] != '+'
}

// numberText writes a number as a person would: whole if it is.
func numberText(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	if n, exact := r.FloatPrec(); exact {
		return r.FloatString(n)
	}
	return strings.TrimRight(r.FloatString(20), "0")
}
