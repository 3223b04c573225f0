package xmltree

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// expand reads the reference that begins at s[i]. It returns the character, the
// end of the reference, and what is wrong with it, or "".
func expand(s string, i int) (r rune, end int, msg string) {
	j := i + 1
	if j < len(s) && s[j] == '#' {
		return expandNumber(s, i)
	}
	for j < len(s) && (class[s[j]]&isName != 0 || s[j] >= utf8.RuneSelf) {
		j++
	}
	if j == i+1 || j == len(s) || s[j] != ';' || !nameStart(s[i+1:]) {
		return 0, i + 1, "& begins no reference: neither a name and ; nor # follow it"
	}
	end = j + 1
	switch s[i+1 : j] {
	case "lt":
		return '<', end, ""
	case "gt":
		return '>', end, ""
	case "amp":
		return '&', end, ""
	case "quot":
		return '"', end, ""
	case "apos":
		return '\'', end, ""
	}
	return 0, end, fmt.Sprintf("the entity %s is not defined", diag.Quote(s[i+1:j]))
}

// expandNumber is expand for a reference that begins with "&#".
func expandNumber(s string, i int) (r rune, end int, msg string) {
	j, base := i+2, rune(10)
	if j < len(s) && s[j] == 'x' {
		j, base = j+1, 16
	}
	first := j
	for ; j < len(s) && hexDigit(s[j]) < base; j++ {
		r = min(r*base+hexDigit(s[j]), utf8.MaxRune+1)
	}
	switch {
	case j == first:
		return 0, j, fmt.Sprintf("the character reference %s has no digits", s[i:j])
	case j == len(s) || s[j] != ';':
		return 0, j, fmt.Sprintf("the character reference %s is not a number followed by ;", diag.Quote(s[i:j]))
	}
	if end = j + 1; !validChar(r) {
		return 0, end, fmt.Sprintf("the character reference %s names a character that XML does not allow", diag.Quote(s[i:end]))
	}
	return r, end, ""
}

func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return 16
}

// attrText returns the value of an attribute as XML normalises it: references
// replaced, each white space character a space.
func attrText(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '&':
			r, end, _ := expand(s, i)
			b.WriteRune(r)
			i = end
		case '\r':
			b.WriteByte(' ')
			if i++; i < len(s) && s[i] == '\n' {
				i++
			}
		case '\t', '\n':
			b.WriteByte(' ')
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// appendText appends character data as XML normalises it: references replaced,
// CDATA sections opened, line ends as line feeds.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '&':
			r, end, _ := expand(s, i)
			b = utf8.AppendRune(b, r)
			i = end
		case '\r':
			b = append(b, '\n')
			if i++; i < len(s) && s[i] == '\n' {
				i++
			}
		case '<': // only a CDATA section can begin here
			end := strings.Index(s[i:], "]]>") + i
			b = appendLines(b, s[i+len("<![CDATA["):end])
			i = end + len("]]>")
		default:
			b = append(b, c)
			i++
		}
	}
	return b
}

// appendLines appends text with its line ends as line feeds.
func appendLines(b []byte, s string) []byte {
	for {
		k := strings.IndexByte(s, '\r')
		if k < 0 {
			return append(b, s...)
		}
		b = append(append(b, s[:k]...), '\n')
		s = strings.TrimPrefix(s[k+1:], "\n")
	}
}
