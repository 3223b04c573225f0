package grammar

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/schemas/internal/xsdset"
)

// Simple is a simple type, reduced to what a message needs.
type Simple struct {
	Base    string // name of the built-in type, "" for a union or list
	Enum    []string
	Min     string // least number, "" for the base's own
	Max     string
	MinLen  int // least length in characters
	MaxLen  int // greatest length, if positive
	Pattern string
	Members []*Simple // of a union
	Item    *Simple   // of a list
}

// namedSimple returns a built-in or named simple type, or nil. One that is not in
// builtins is just a name.
func (l *loader) namedSimple(n Name) *Simple {
	if s, ok := l.simple[n]; ok {
		return s
	}
	if n.Space == xsdset.Namespace {
		if n.Local == "anyType" {
			return nil
		}
		return &Simple{Base: n.Local}
	}
	s, ok := l.nodes[component{"simpleType", n}]
	if !ok {
		return nil
	}
	l.simple[n] = &Simple{Base: "anySimpleType"} // for a circle
	out := l.simpleType(s)
	l.simple[n] = out
	return out
}

// simpleType reads a simpleType element.
func (l *loader) simpleType(s source) *Simple {
	for c := range elements(s.node) {
		switch c.Name().Local {
		case "restriction":
			base := &Simple{Base: "anySimpleType"}
			if b := attr(c, "base"); b != "" {
				if named := l.namedSimple(qname(c, b)); named != nil {
					base = named
				}
			}
			return l.restrict(base, s.at(c))
		case "union":
			out := &Simple{}
			for _, m := range strings.Fields(attr(c, "memberTypes")) {
				if named := l.namedSimple(qname(c, m)); named != nil {
					out.Members = append(out.Members, named)
				}
			}
			for m := range elements(c) {
				out.Members = append(out.Members, l.simpleType(s.at(m)))
			}
			return out
		case "list":
			out := &Simple{Item: l.namedSimple(qname(c, attr(c, "itemType")))}
			for m := range elements(c) {
				out.Item = l.simpleType(s.at(m))
			}
			return out
		}
	}
	return &Simple{Base: "anySimpleType"}
}

// restrict applies the facets of a restriction, or the type inside it.
func (l *loader) restrict(base *Simple, s source) *Simple {
	out := *base
	var enum []string
	for c := range elements(s.node) {
		v := attr(c, "value")
		switch c.Name().Local {
		case "simpleType":
			out = *l.simpleType(s.at(c))
		case "enumeration":
			enum = append(enum, v)
		case "minInclusive":
			out.Min = v
		case "maxInclusive":
			out.Max = v
		case "length":
			out.MinLen, out.MaxLen = length(v), length(v)
		case "minLength":
			out.MinLen = length(v)
		case "maxLength":
			out.MaxLen = length(v)
		case "pattern":
			out.Pattern = v
		}
	}
	if enum != nil {
		out.Enum = enum
	}
	return &out
}

// length reads the value of a facet; 0 if it is no number.
func length(v string) int {
	n, _ := strconv.Atoi(v)
	return max(n, 0)
}

// builtins are the types of XML Schema in words, with the range of those of
// whole numbers.
var builtins = map[string]struct{ words, min, max string }{
	"anySimpleType":      {words: "any text"},
	"string":             {words: "any text"},
	"normalizedString":   {words: "any text"},
	"token":              {words: "any text"},
	"anyURI":             {words: "a URI reference"},
	"boolean":            {words: "true or false"},
	"language":           {words: "a language tag such as en-US"},
	"Name":               {words: "an XML name"},
	"NCName":             {words: "an XML name without colon"},
	"NMTOKEN":            {words: "an XML name token"},
	"ID":                 {words: "an XML name that no other ID of the document has"},
	"IDREF":              {words: "the ID of an element"},
	"QName":              {words: "an XML name with a declared prefix"},
	"decimal":            {words: "a decimal number"},
	"float":              {words: "a number"},
	"double":             {words: "a number"},
	"date":               {words: "a date such as 2026-11-22"},
	"time":               {words: "a time such as 23:59:59Z"},
	"dateTime":           {words: "a date and time such as 2026-11-22T23:59:59Z"},
	"duration":           {words: "a duration such as PT5M"},
	"base64Binary":       {words: "data in base 64"},
	"hexBinary":          {words: "data in hexadecimal"},
	"integer":            {words: "a whole number"},
	"nonNegativeInteger": {words: "a whole number", min: "0"},
	"positiveInteger":    {words: "a whole number", min: "1"},
	"nonPositiveInteger": {words: "a whole number", max: "0"},
	"negativeInteger":    {words: "a whole number", max: "-1"},
	"byte":               {"a whole number", "-128", "127"},
	"short":              {"a whole number", "-32768", "32767"},
	"int":                {"a whole number", "-2147483648", "2147483647"},
	"long":               {"a whole number", "-9223372036854775808", "9223372036854775807"},
	"unsignedByte":       {"a whole number", "0", "255"},
	"unsignedShort":      {"a whole number", "0", "65535"},
	"unsignedInt":        {"a whole number", "0", "4294967295"},
	"unsignedLong":       {"a whole number", "0", "18446744073709551615"},
}

// maxEnum is how many values of an enumeration a message lists.
const maxEnum = 12

// String says what values the type accepts, as "a whole number from 0 to 255".
func (s *Simple) String() string {
	if s == nil {
		return "any text"
	}
	if r, ok := s.ranges(); ok && len(r) > 0 {
		parts := make([]string, len(r))
		for i, v := range r {
			parts[i] = v.String()
		}
		return "a whole number " + strings.Join(parts, " or ")
	}
	switch {
	case s.Item != nil:
		return "a list, separated by spaces, of " + s.Item.String()
	case len(s.Members) > 0:
		var parts []string
		for _, m := range s.Members {
			if w := m.String(); !slices.Contains(parts, w) {
				parts = append(parts, w)
			}
		}
		return strings.Join(parts, ", or ")
	case len(s.Enum) == 1 && s.Enum[0] == "":
		return "nothing"
	case len(s.Enum) > maxEnum:
		return "one of " + strings.Join(s.Enum[:maxEnum], ", ") + fmt.Sprintf(" or %d more", len(s.Enum)-maxEnum)
	case len(s.Enum) > 0:
		return "one of " + strings.Join(s.Enum, ", ")
	}
	words := builtins[s.Base].words
	if words == "" {
		words = "a value of type " + s.Base
	}
	switch {
	case s.MinLen > 0 && s.MinLen == s.MaxLen:
		words += fmt.Sprintf(" of exactly %d characters", s.MinLen)
	case s.MinLen > 0 && s.MaxLen > 0:
		words += fmt.Sprintf(" of %d to %d characters", s.MinLen, s.MaxLen)
	case s.MinLen > 0:
		words += fmt.Sprintf(" of at least %d characters", s.MinLen)
	case s.MaxLen > 0:
		words += fmt.Sprintf(" of at most %d characters", s.MaxLen)
	}
	if s.Pattern != "" {
		words += " of the form " + s.Pattern
	}
	return words
}

// span is a range of whole numbers; a nil end is open.
type span struct{ lo, hi *big.Int }

func (r span) String() string {
	switch {
	case r.lo == nil && r.hi == nil:
		return ""
	case r.lo == nil:
		return "up to " + r.hi.String()
	case r.hi == nil:
		return "from " + r.lo.String() + " up"
	case r.lo.Cmp(r.hi) == 0:
		return r.lo.String()
	}
	return "from " + r.lo.String() + " to " + r.hi.String()
}

// ranges returns the numbers that a type of whole numbers accepts, as few ranges
// as possible in order; ok is false for any other type. So the union by which CIM
// writes a value map comes out as the one range that it is.
func (s *Simple) ranges() (out []span, ok bool) {
	switch {
	case s.Item != nil || s.Pattern != "":
		return nil, false
	case len(s.Members) > 0:
		for _, m := range s.Members {
			r, ok := m.ranges()
			if !ok {
				return nil, false
			}
			out = append(out, r...)
		}
	default:
		b, known := builtins[s.Base]
		if !known || b.min == "" && b.max == "" {
			return nil, false
		}
		for _, v := range s.Enum {
			n, ok := new(big.Int).SetString(v, 10)
			if !ok {
				return nil, false
			}
			out = append(out, span{n, n})
		}
		if s.Enum == nil {
			out = []span{{number(s.Min, b.min), number(s.Max, b.max)}}
		}
	}
	return join(out), true
}

func number(s, def string) *big.Int {
	if s == "" {
		s = def
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return nil
	}
	return n
}

// join sorts ranges and makes one of those that touch.
func join(in []span) []span {
	for _, r := range in {
		if r.lo == nil || r.hi == nil {
			return in
		}
	}
	slices.SortFunc(in, func(a, b span) int { return a.lo.Cmp(b.lo) })
	var out []span
	for _, r := range in {
		if n := len(out); n > 0 && new(big.Int).Sub(r.lo, out[n-1].hi).Cmp(big.NewInt(1)) <= 0 {
			if r.hi.Cmp(out[n-1].hi) > 0 {
				out[n-1].hi = r.hi
			}
			continue
		}
		out = append(out, r)
	}
	return out
}
