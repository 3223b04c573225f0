package property

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Qualifier is one entry of Property/@qualifiers, as MinLen(8).
type Qualifier struct {
	Name   string   // as written; names are compared without letter case
	Args   []string // with quotes removed and escapes resolved; nil without brackets
	Offset int      // of the name, in bytes
	End    int      // after the last byte
}

// The bounds of qualifiers: a list of all time zones has 400 values.
const (
	maxQualifiersLen = 1 << 20
	maxQualifierArgs = 1 << 16
)

// SyntaxError is a text that cannot be read at one place.
type SyntaxError struct {
	Offset int // in bytes
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("at offset %d: %s", e.Offset, e.Reason)
}

// ParseQualifiers reads the value of Property/@qualifiers: a list, separated by
// commas, of names with arguments in round or curly brackets (DSP0243 9.5):
//
//	MinLen(8), MaxLen(20), ValueMap{"small", "large, really"}
//
// Arguments stand in double or single quotes or bare. In quotes, a backslash
// escapes a quote or a backslash, and brackets and commas have no meaning. On an
// error the entries before it are returned with a *SyntaxError.
//
// Entries without a comma between them are read; missing then has the offset of
// each entry that lacks one.
func ParseQualifiers(text string) (list []Qualifier, missing []int, err error) {
	if len(text) > maxQualifiersLen {
		return nil, nil, &SyntaxError{maxQualifiersLen, fmt.Sprintf("the qualifiers are longer than %d bytes", maxQualifiersLen)}
	}
	s := scanner{text: text}
	comma := true // before the first entry none is needed
	for {
		s.blanks()
		if s.end() {
			if comma && len(list) > 0 {
				return list, missing, &SyntaxError{s.pos, "a qualifier is expected after the comma"}
			}
			return list, missing, nil
		}
		q, err := s.qualifier()
		if err != nil {
			return list, missing, err
		}
		if !comma {
			missing = append(missing, q.Offset)
		}
		list = append(list, q)
		s.blanks()
		comma = s.take(',')
	}
}

// scanner reads qualifiers and lists of values.
type scanner struct {
	text string
	pos  int
	args int // read so far, over all lists
}

func (s *scanner) end() bool { return s.pos >= len(s.text) }

func (s *scanner) blanks() {
	for !s.end() && strings.IndexByte(" \t\r\n", s.text[s.pos]) >= 0 {
		s.pos++
	}
}

func (s *scanner) take(c byte) bool {
	if s.end() || s.text[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) fail(at int, format string, args ...any) error {
	return &SyntaxError{at, fmt.Sprintf(format, args...)}
}

// qualifier reads a name with its arguments, if it has any.
func (s *scanner) qualifier() (Qualifier, error) {
	q := Qualifier{Offset: s.pos}
	for !s.end() && isNameByte(s.text[s.pos]) {
		s.pos++
	}
	if q.Name = s.text[q.Offset:s.pos]; q.Name == "" {
		r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
		return q, s.fail(s.pos, "expected the name of a qualifier, as MinLen or ValueMap, found %q", r)
	}
	q.End = s.pos
	s.blanks()
	open := s.pos
	var closing byte
	switch {
	case s.take('('):
		closing = ')'
	case s.take('{'):
		closing = '}'
	default:
		s.pos = q.End
		return q, nil
	}
	var err error
	if q.Args, err = s.list(closing); err != nil {
		return q, err
	}
	if !s.take(closing) {
		return q, s.fail(open, "the bracket %q is never closed with %q", s.text[open], closing)
	}
	q.End = s.pos
	return q, nil
}

// list reads values separated by commas up to the closing byte, which it
// leaves, or up to the end if closing is 0.
func (s *scanner) list(closing byte) ([]string, error) {
	values := []string{}
	s.blanks()
	if s.end() || s.text[s.pos] == closing {
		return values, nil
	}
	for {
		s.blanks()
		v, err := s.value(closing)
		if err != nil {
			return nil, err
		}
		if s.args++; s.args > maxQualifierArgs {
			return nil, s.fail(s.pos, "more than %d values", maxQualifierArgs)
		}
		values = append(values, v)
		s.blanks()
		if s.end() || s.text[s.pos] == closing {
			return values, nil
		}
		if !s.take(',') {
			r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
			return nil, s.fail(s.pos, "expected a comma or the end of the list, found %q", r)
		}
	}
}

// value reads one quoted or bare value.
func (s *scanner) value(closing byte) (string, error) {
	start := s.pos
	if !s.end() && (s.text[s.pos] == '"' || s.text[s.pos] == '\'') {
		return s.quoted()
	}
	for !s.end() && s.text[s.pos] != ',' && s.text[s.pos] != closing && strings.IndexByte(`"{}()`, s.text[s.pos]) < 0 {
		s.pos++
	}
	v := strings.TrimRight(s.text[start:s.pos], " \t\r\n")
	if v == "" {
		if s.end() {
			return "", s.fail(start, "expected a value, found the end")
		}
		r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
		return "", s.fail(start, "expected a value, found %q", r)
	}
	return v, nil
}

// quoted reads a value in quotes of either kind.
func (s *scanner) quoted() (string, error) {
	start := s.pos
	quote := s.text[start]
	s.pos++
	from := s.pos
	var b strings.Builder
	for !s.end() {
		switch c := s.text[s.pos]; {
		case c == quote:
			b.WriteString(s.text[from:s.pos])
			s.pos++
			return b.String(), nil
		case c == '\\' && s.pos+1 < len(s.text) && strings.IndexByte(`\"'`, s.text[s.pos+1]) >= 0:
			b.WriteString(s.text[from:s.pos])
			from = s.pos + 1
			s.pos += 2
		default:
			s.pos++
		}
	}
	return "", s.fail(start, "the quote %q is never closed", quote)
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
