package property

import (
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ValueError reports a value that a property does not accept.
type ValueError struct {
	Value   string // empty if the type is secret
	Secret  bool   // the value is a password and must not be shown
	Reason  string // what is wrong, as "has 3 characters"
	Accepts string // the accepted form, as "text of 8 to 20 characters"
}

func (e *ValueError) Error() string {
	subject := "the value"
	if !e.Secret {
		subject = quote(e.Value)
	}
	return fmt.Sprintf("%s %s; accepted: %s", subject, e.Reason, e.Accepts)
}

// Check reports whether the property accepts value. The error is a *ValueError,
// which names the accepted form and never holds the value of a password.
//
// The empty value is text of length 0 and no number, no boolean and no address.
// A value that holds ${name} references must be resolved first.
func (s Spec) Check(value string) error {
	if err := s.check(value); err != nil {
		return err // not directly: a nil *ValueError is no nil error
	}
	return nil
}

func (s Spec) check(value string) *ValueError {
	reason := s.Type.mismatch(value)
	if reason == "" {
		reason = s.outside(value)
	}
	if reason == "" {
		return nil
	}
	e := &ValueError{Value: value, Secret: s.Type.Secret, Reason: reason, Accepts: s.Accepts()}
	if e.Secret {
		e.Value = ""
	}
	return e
}

// mismatch says why value is none of the type; empty if it is one.
func (t Type) mismatch(value string) string {
	if value == "" && t.Kind != String && t.Kind != Expression {
		return "is empty"
	}
	switch t.Kind {
	case Boolean:
		if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
			return "is neither true nor false"
		}
	case Unsigned, Signed:
		n, ok := parseInteger(value)
		if !ok && integerForm.MatchString(value) {
			return "is out of range" // too long to be looked at
		}
		if !ok {
			return "is not a whole number"
		}
		if low, high := t.bounds(); n.Cmp(low) < 0 || n.Cmp(high) > 0 {
			return "is out of range"
		}
	case Real:
		if _, ok := parseNumber(value); !ok {
			return "is not a number"
		}
		if _, err := strconv.ParseFloat(value, t.Bits); err != nil {
			return "is too large for " + t.Name
		}
	case IP:
		if a, err := netip.ParseAddr(value); err != nil || a.Zone() != "" {
			return "is not an IP address"
		}
	}
	return ""
}

// outside says why a value of the type is beyond the limits; empty if it is not.
func (s Spec) outside(value string) string {
	l := s.Limits
	if l.MinLen != nil || l.MaxLen != nil {
		n := utf8.RuneCountInString(value)
		if l.MinLen != nil && n < *l.MinLen || l.MaxLen != nil && n > *l.MaxLen {
			if n == 1 {
				return "has 1 character"
			}
			return fmt.Sprintf("has %d characters", n)
		}
	}
	if l.MinValue != nil || l.MaxValue != nil {
		n, ok := parseNumber(value)
		if ok && (l.MinValue != nil && n.Cmp(l.MinValue) < 0 || l.MaxValue != nil && n.Cmp(l.MaxValue) > 0) {
			return "is out of range"
		}
	}
	if l.Values != nil && !s.listed(value) {
		return "is not one of the allowed values"
	}
	return ""
}

// listed reports whether the value is in the list of allowed ones. Numbers are
// compared as numbers.
func (s Spec) listed(value string) bool {
	number, numeric := parseNumber(value)
	numeric = numeric && s.Type.Numeric()
	for _, v := range s.Limits.Values {
		if v == value || s.Type.Kind == Boolean && strings.EqualFold(v, value) {
			return true
		}
		if !numeric {
			continue
		}
		if n, ok := parseNumber(v); ok && n.Cmp(number) == 0 {
			return true
		}
		if low, high, ok := rangeEnds(s.Type, v); ok &&
			(low == nil || number.Cmp(low) >= 0) && (high == nil || number.Cmp(high) <= 0) {
			return true
		}
	}
	return false
}

// Accepts describes the accepted values, for prompts and messages: "a whole
// number from 0 to 65535", "text of 8 to 20 characters", "\"small\" or \"large\"".
func (s Spec) Accepts() string {
	if s.Limits.Values != nil {
		return valueList(s.Limits.Values, s.Type)
	}
	switch s.Type.Kind {
	case Boolean:
		return "true or false"
	case Unsigned, Signed:
		return "a whole number " + s.span()
	case Real:
		if span := s.span(); span != "" {
			return "a number " + span
		}
		return "a number, as 1.5 or -2e3"
	case IP:
		return "an IPv4 or IPv6 address"
	case Expression:
		return "an expression, as ${name}"
	}
	return "text" + lengthSpan(s.Limits)
}

// span describes the range of a number.
func (s Spec) span() string {
	low, high := s.Limits.MinValue, s.Limits.MaxValue
	if s.Type.Kind != Real {
		l, h := s.Type.bounds()
		if t := new(big.Rat).SetInt(l); low == nil || low.Cmp(t) < 0 {
			low = t
		}
		if t := new(big.Rat).SetInt(h); high == nil || high.Cmp(t) > 0 {
			high = t
		}
	}
	switch {
	case low != nil && high != nil:
		return "from " + numberText(low) + " to " + numberText(high)
	case low != nil:
		return "of at least " + numberText(low)
	case high != nil:
		return "of at most " + numberText(high)
	}
	return ""
}

func lengthSpan(l Limits) string {
	switch {
	case l.MinLen != nil && l.MaxLen != nil && *l.MinLen == *l.MaxLen:
		return fmt.Sprintf(" of %d %s", *l.MinLen, characters(*l.MinLen))
	case l.MinLen != nil && l.MaxLen != nil:
		return fmt.Sprintf(" of %d to %d characters", *l.MinLen, *l.MaxLen)
	case l.MinLen != nil && *l.MinLen > 0:
		return fmt.Sprintf(" of at least %d %s", *l.MinLen, characters(*l.MinLen))
	case l.MaxLen != nil:
		return fmt.Sprintf(" of at most %d %s", *l.MaxLen, characters(*l.MaxLen))
	}
	return ""
}

func characters(n int) string {
	if n == 1 {
		return "character"
	}
	return "characters"
}

// valueList lists allowed values, cut after the first eight.
func valueList(values []string, t Type) string {
	if len(values) == 0 {
		return "nothing: the qualifiers contradict each other"
	}
	const most = 8
	var b strings.Builder
	for i, v := range values {
		if i == most {
			fmt.Fprintf(&b, " … (%d values in all)", len(values))
			break
		}
		switch {
		case i > 0 && i == len(values)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		if t.Numeric() {
			b.WriteString(v)
		} else {
			b.WriteString(quote(v))
		}
	}
	return b.String()
}

// quote puts text in quotes, cut to a length that fits a message.
func quote(s string) string {
	const most = 64
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}
