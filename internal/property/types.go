package property

import (
	"math/big"
	"strings"
)

// Kind groups the types by how their values are written.
type Kind uint8

// The kinds of values. The zero Kind is [String], the reading of every text that
// is no known type.
const (
	String Kind = iota
	Boolean
	Unsigned
	Signed
	Real
	IP
	Expression // VMware: the platform computes the value
)

// Type is a property type. The zero Type is String with no text.
type Type struct {
	Text    string // as written
	Name    string // as DSP0243 writes it, as "uint16"; a VMware word as VMware writes it; "" if unknown
	Kind    Kind
	Bits    int    // size of a number: 8 to 64; 0 for the other kinds
	Network string // the network of VMware's "ip:NETWORK"
	Secret  bool   // VMware's "password": never show a value
	limits  Limits // of VMware's forms such as "string(1..20)"
	origin  origin
}

type origin uint8

const (
	unknown  origin = iota
	standard        // DSP0243 table 6
	vendor          // VMware's vApp property types
)

// types holds the type names in lower case; DSP0243 files are seen with every
// letter case, "string" and "String" alike.
var types = map[string]Type{
	"uint8":   {Name: "uint8", Kind: Unsigned, Bits: 8, origin: standard},
	"sint8":   {Name: "sint8", Kind: Signed, Bits: 8, origin: standard},
	"uint16":  {Name: "uint16", Kind: Unsigned, Bits: 16, origin: standard},
	"sint16":  {Name: "sint16", Kind: Signed, Bits: 16, origin: standard},
	"uint32":  {Name: "uint32", Kind: Unsigned, Bits: 32, origin: standard},
	"sint32":  {Name: "sint32", Kind: Signed, Bits: 32, origin: standard},
	"uint64":  {Name: "uint64", Kind: Unsigned, Bits: 64, origin: standard},
	"sint64":  {Name: "sint64", Kind: Signed, Bits: 64, origin: standard},
	"string":  {Name: "String", Kind: String, origin: standard},
	"boolean": {Name: "Boolean", Kind: Boolean, origin: standard},
	"real32":  {Name: "Real32", Kind: Real, Bits: 32, origin: standard},
	"real64":  {Name: "Real64", Kind: Real, Bits: 64, origin: standard},

	"int":        {Name: "int", Kind: Signed, Bits: 32, origin: vendor},
	"real":       {Name: "real", Kind: Real, Bits: 64, origin: vendor},
	"password":   {Name: "password", Kind: String, Secret: true, origin: vendor},
	"ip":         {Name: "ip", Kind: IP, origin: vendor},
	"expression": {Name: "expression", Kind: Expression, origin: vendor},
}

// ParseType reads the value of Property/@type. It never fails: a text that is no
// known type gives a Type with an empty Name, whose values are any text.
//
// Beside the twelve types of DSP0243 it reads those of VMware's vApp properties,
// which real descriptors use: int, real, password, ip, ip:NETWORK, expression,
// and ranges and choices such as string(1..20), int(0..255) and string["a","b"].
func ParseType(text string) Type {
	name := strings.ToLower(strings.TrimSpace(text))
	if t, ok := types[name]; ok {
		t.Text = text
		return t
	}
	t := vendorType(strings.TrimSpace(text))
	t.Text = text
	return t
}

// Known reports whether the text is a type of the standard or of VMware.
func (t Type) Known() bool { return t.origin != unknown }

// Standard reports whether DSP0243 has the type.
func (t Type) Standard() bool { return t.origin == standard }

// Numeric reports whether values are numbers.
func (t Type) Numeric() bool {
	return t.Kind == Unsigned || t.Kind == Signed || t.Kind == Real
}

// bounds returns the least and the largest value of an integer type.
func (t Type) bounds() (low, high *big.Int) {
	one := big.NewInt(1)
	if t.Kind == Unsigned {
		high = new(big.Int).Lsh(one, uint(t.Bits))
		return new(big.Int), high.Sub(high, one)
	}
	high = new(big.Int).Lsh(one, uint(t.Bits)-1)
	low = new(big.Int).Neg(high)
	return low, high.Sub(high, one)
}

// vendorType reads the composed types of VMware.
func vendorType(text string) Type {
	if network, ok := cutPrefixFold(text, "ip:"); ok && network != "" {
		return Type{Name: "ip:network", Kind: IP, Network: network, origin: vendor}
	}
	open := strings.IndexAny(text, "([")
	if open < 0 || open == len(text)-1 {
		return Type{}
	}
	base, ok := types[strings.ToLower(strings.TrimSpace(text[:open]))]
	if !ok {
		return Type{}
	}
	inner := text[open+1 : len(text)-1]
	switch closing := text[len(text)-1]; {
	case text[open] == '[' && closing == ']' && base.Kind == String:
		s := scanner{text: inner}
		values, err := s.list(0)
		if err != nil || len(values) == 0 || !s.end() {
			return Type{}
		}
		base.limits.Values = values
	case text[open] == '(' && closing == ')':
		low, high, ok := strings.Cut(inner, "..")
		if !ok || !base.setRange(strings.TrimSpace(low), strings.TrimSpace(high)) {
			return Type{}
		}
	default:
		return Type{}
	}
	base.origin = vendor
	return base
}

// setRange applies the two ends of "x..y"; either may be empty.
func (t *Type) setRange(low, high string) bool {
	switch {
	case t.Kind == String:
		var ok1, ok2 bool
		t.limits.MinLen, ok1 = optionalLen(low)
		t.limits.MaxLen, ok2 = optionalLen(high)
		return ok1 && ok2
	case t.Numeric():
		var ok1, ok2 bool
		t.limits.MinValue, ok1 = optionalNumber(low)
		t.limits.MaxValue, ok2 = optionalNumber(high)
		// VMware: int(0..255) stands for any size of integer
		if t.Kind == Signed && t.Name == "int" && t.limits.MinValue != nil && t.limits.MaxValue != nil {
			t.Bits = 64
			if t.limits.MinValue.Sign() >= 0 {
				t.Kind = Unsigned
			}
		}
		return ok1 && ok2
	}
	return false
}

func optionalLen(s string) (*int, bool) {
	if s == "" {
		return nil, true
	}
	n, ok := parseLen(s)
	return &n, ok
}

func optionalNumber(s string) (*big.Rat, bool) {
	if s == "" {
		return nil, true
	}
	return parseNumber(s)
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}
