package property

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Spec is what a property accepts: its type and the limits on its values.
type Spec struct {
	Type   Type
	Limits Limits
}

// ProblemKind classes what is wrong with a type or with qualifiers.
type ProblemKind uint8

// The kinds of problems.
const (
	UnknownType         ProblemKind = iota + 1 // no type of the standard or of VMware
	VendorType                                 // a type of VMware only
	QualifierSyntax                            // the text cannot be read from there on
	QualifierSeparator                         // no comma between two qualifiers
	UnknownQualifier                           // a name that has no meaning here
	QualifierArgument                          // an argument of the wrong form or number
	QualifierRepeated                          // a second qualifier of one name
	QualifierMismatch                          // a qualifier that does not go with the type
	QualifierImpossible                        // no value can satisfy all of them
)

// Problem is one thing that is wrong with Property/@type or
// Property/@qualifiers. What could be understood is in the Spec all the same.
type Problem struct {
	Kind       ProblemKind
	Qualifiers bool   // in the qualifiers, else in the type
	Offset     int    // in bytes
	Message    string // what is wrong and what would be accepted
}

// ParseSpec reads Property/@type and Property/@qualifiers. The second may be
// empty. Qualifier names are compared without letter case.
//
// DSP0243 has MinLen, MaxLen and ValueMap; MinValue and MaxValue are qualifiers
// of CIM that real descriptors use. The limits of qualifiers and of a composed
// type such as string(1..20) apply together.
func ParseSpec(typeText, qualifiers string) (Spec, []Problem) {
	b := specBuilder{spec: Spec{Type: ParseType(typeText)}}
	b.spec.Limits = b.spec.Type.limits
	switch t := b.spec.Type; {
	case strings.TrimSpace(typeText) == "":
		b.report(UnknownType, 0, "the property has no type: use String, Boolean, uint8 to uint64, sint8 to sint64, Real32 or Real64")
	case !t.Known():
		b.report(UnknownType, 0, "%s is not a property type: use String, Boolean, uint8 to uint64, sint8 to sint64, Real32 or Real64", quote(typeText))
	case !t.Standard():
		b.report(VendorType, 0, "%s is a type of VMware, not of the standard: consumers without it take the value for text", quote(typeText))
	}
	list, missing, err := ParseQualifiers(qualifiers)
	b.inQualifiers = true
	for _, at := range missing {
		b.report(QualifierSeparator, at, "qualifiers are separated by commas: put one before this")
	}
	for _, q := range list {
		b.add(q)
	}
	if err != nil {
		se := err.(*SyntaxError) // the only type that ParseQualifiers returns
		b.report(QualifierSyntax, se.Offset, "%s", se.Reason)
	}
	if b.spec.Limits.empty() {
		b.report(QualifierImpossible, 0, "no value can satisfy %s", quote(qualifiers))
	}
	return b.spec, b.problems
}

// maxWrongValues bounds the problems that one ValueMap gives.
const maxWrongValues = 4

// specBuilder adds qualifiers to a spec.
type specBuilder struct {
	spec         Spec
	problems     []Problem
	inQualifiers bool
	seen         []string
}

func (b *specBuilder) report(kind ProblemKind, at int, format string, args ...any) {
	b.problems = append(b.problems, Problem{kind, b.inQualifiers, at, fmt.Sprintf(format, args...)})
}

// add applies one qualifier.
func (b *specBuilder) add(q Qualifier) {
	t := b.spec.Type
	name := strings.ToLower(q.Name)
	if slices.Contains(b.seen, name) {
		b.report(QualifierRepeated, q.Offset, "%s is given twice: both apply", q.Name)
	}
	b.seen = append(b.seen, name)
	switch name {
	case "minlen", "maxlen":
		if t.Kind != String {
			b.report(QualifierMismatch, q.Offset, "%s limits the length of a text; a value of type %s is none", q.Name, t.label())
			return
		}
		n, ok := 0, len(q.Args) == 1
		if ok {
			n, ok = parseLen(q.Args[0])
		}
		if !ok {
			b.report(QualifierArgument, q.Offset, "%s takes one number of characters, as %s(8)", q.Name, q.Name)
			return
		}
		if name == "minlen" {
			b.limit(Limits{MinLen: &n})
		} else {
			b.limit(Limits{MaxLen: &n})
		}
	case "minvalue", "maxvalue":
		if !t.Numeric() {
			b.report(QualifierMismatch, q.Offset, "%s limits a number; a value of type %s is none", q.Name, t.label())
			return
		}
		var n *big.Rat
		ok := len(q.Args) == 1
		if ok {
			n, ok = parseNumber(q.Args[0])
		}
		if !ok {
			b.report(QualifierArgument, q.Offset, "%s takes one number, as %s(10)", q.Name, q.Name)
			return
		}
		if name == "minvalue" {
			b.limit(Limits{MinValue: n})
		} else {
			b.limit(Limits{MaxValue: n})
		}
	case "valuemap":
		if len(q.Args) == 0 {
			b.report(QualifierArgument, q.Offset, "%s takes the allowed values, as %s{\"a\",\"b\"}", q.Name, q.Name)
			return
		}
		wrong := 0
		for _, v := range q.Args {
			if err := (Spec{Type: t}).check(v); err != nil && !isRange(t, v) {
				if wrong++; wrong > maxWrongValues {
					break // one mistake in the type repeats for each value
				}
				b.report(QualifierArgument, q.Offset, "the value %s of %s is none of type %s: accepted is %s", quote(v), q.Name, t.label(), (Spec{Type: t}).Accepts())
			}
		}
		b.limit(Limits{Values: q.Args})
	case "values": // CIM: the texts to show for the entries of ValueMap
	default:
		b.report(UnknownQualifier, q.Offset, "%s is not a qualifier of a property: use MinLen, MaxLen or ValueMap", q.Name)
	}
}

func (b *specBuilder) limit(l Limits) { b.spec.Limits = b.spec.Limits.and(l) }

// label names a type in a message.
func (t Type) label() string {
	if t.Name == "" {
		return quote(t.Text)
	}
	return t.Name
}

// isRange reports whether v is a range of integers in a CIM ValueMap.
func isRange(t Type, v string) bool {
	_, _, ok := rangeEnds(t, v)
	return ok
}

// rangeEnds cuts "5..10", "..10", "5.." and ".."; nil is no limit.
func rangeEnds(t Type, v string) (low, high *big.Rat, ok bool) {
	if t.Kind != Unsigned && t.Kind != Signed {
		return nil, nil, false
	}
	a, z, ok := strings.Cut(v, "..")
	if !ok {
		return nil, nil, false
	}
	low, ok1 := optionalNumber(strings.TrimSpace(a))
	high, ok2 := optionalNumber(strings.TrimSpace(z))
	return low, high, ok1 && ok2
}
