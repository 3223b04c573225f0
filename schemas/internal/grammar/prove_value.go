package grammar

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// check is a simple type made quick to use.
type check struct {
	text     bool // any text of the right length
	min, max int  // length in characters; max 0: no limit
	boolean  bool
	uri      bool
	language bool
	numbers  [][2]uint64 // ranges of whole numbers
	words    []string
	members  []*check
}

// newCheck returns the check of a type; nil, which proves nothing, for types
// that are left out.
func newCheck(s *Simple) *check {
	if s == nil {
		return &check{text: true}
	}
	c := &check{min: s.MinLen, max: s.MaxLen}
	limited := c.min > 0 || c.max > 0
	if r, ok := s.ranges(); ok {
		if limited {
			return nil
		}
		for _, r := range r {
			if lo, hi, ok := natural(r); ok {
				c.numbers = append(c.numbers, [2]uint64{lo, hi})
			}
		}
		return c
	}
	switch {
	case s.Item != nil || s.Pattern != "" || s.Min != "" || s.Max != "":
		return nil
	case len(s.Members) > 0:
		for _, m := range s.Members {
			c.members = append(c.members, newCheck(m))
		}
	case s.Enum != nil:
		// other types compare values, not texts: equal texts are equal values
		c.words = s.Enum
	case s.Base == "string" || s.Base == "anySimpleType":
		c.text = true
	case limited:
		return nil
	case s.Base == "boolean":
		c.boolean = true
	case s.Base == "anyURI":
		c.uri = true
	case s.Base == "language":
		c.language = true
	default:
		return nil
	}
	return c
}

// natural returns the part of a range that is not below zero, as far as it fits.
func natural(r span) (lo, hi uint64, ok bool) {
	zero := new(big.Int)
	hi = 1<<64 - 1
	if r.lo != nil && r.lo.Sign() > 0 {
		if !r.lo.IsUint64() {
			return 0, 0, false
		}
		lo = r.lo.Uint64()
	}
	if r.hi != nil {
		if r.hi.Cmp(zero) < 0 {
			return 0, 0, false
		}
		if r.hi.IsUint64() {
			hi = r.hi.Uint64()
		}
	}
	return lo, hi, true
}

// proves reports whether a value is valid for sure.
func (c *check) proves(v string) bool {
	switch {
	case c == nil:
		return false
	case c.text:
		if c.min == 0 && c.max == 0 {
			return true
		}
		n := utf8.RuneCountInString(v)
		return c.min <= n && (c.max == 0 || n <= c.max)
	case c.numbers != nil:
		return c.number(v)
	case c.boolean:
		return v == "true" || v == "false" || v == "1" || v == "0"
	case c.uri:
		return plainURI(v)
	case c.language:
		return plainLanguage(v)
	}
	for _, w := range c.words {
		if v == w {
			return true
		}
	}
	for _, m := range c.members {
		if m.proves(v) {
			return true
		}
	}
	return false
}

func (c *check) number(v string) bool {
	if v == "" || v[0] < '0' || v[0] > '9' { // signs and spaces are for engines
		return false
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		return false
	}
	for _, r := range c.numbers {
		if r[0] <= n && n <= r[1] {
			return true
		}
	}
	return false
}

// plainURI reports whether a value is a path, perhaps with a host before it, in
// characters that need no escape.
func plainURI(v string) bool {
	for _, scheme := range []string{"http://", "https://"} {
		if rest, ok := strings.CutPrefix(v, scheme); ok {
			v = rest
			break
		}
	}
	return v != "" && only(v, "-._~/")
}

func plainLanguage(v string) bool {
	for i, part := range strings.Split(v, "-") {
		if part == "" || len(part) > 8 || !only(part, "") || i == 0 && strings.ContainsAny(part, "0123456789") {
			return false
		}
	}
	return true
}

// only reports whether a value has letters and digits of ASCII and the given
// characters alone.
func only(v, more string) bool {
	for i := range len(v) {
		c := v[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(more, c) >= 0) {
			return false
		}
	}
	return true
}
