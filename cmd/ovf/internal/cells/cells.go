package cells

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// maxMarks is how many combining marks one character may carry.
const maxMarks = 4

// Clean returns s as one line: runs of white space become one space, control
// characters become their pictures, other invisible characters and bytes that
// are not UTF-8 are named, as <U+202E> and <0xFF>.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	gap := false
	marks := maxMarks // of the character before; a mark cannot stand first
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if unicode.IsSpace(r) && r != '\u0085' {
			gap, marks = true, maxMarks
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		mark := r > unicode.MaxLatin1 && unicode.In(r, unicode.Mn, unicode.Me)
		switch {
		case mark && marks < maxMarks:
			marks++
			b.WriteRune(r)
			continue
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "<0x%02X>", s[i-1])
		case r < ' ':
			b.WriteRune('\u2400' + r)
		case r == 0x7f:
			b.WriteRune('\u2421')
		case mark || !unicode.IsGraphic(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
			marks = 0
			continue
		}
		marks = maxMarks
	}
	return b.String()
}

// plain reports whether s is printable ASCII with single spaces inside.
func plain(s string) bool {
	space := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && space {
			return false
		}
		space = s[i] == ' '
	}
	return !space || s == ""
}

// Width returns how many columns s takes.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += columns(r)
	}
	return n
}

func columns(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Cut returns s if it fits into n columns, else its start with … behind it.
func Cut(s string, n int) string {
	used := 0
	fits := 0 // bytes that leave a column for the dots
	for i, r := range s {
		w := columns(r)
		if used+w > n {
			return s[:fits] + "…"
		}
		used += w
		if used <= n-1 {
			fits = i + utf8.RuneLen(r)
		}
	}
	return s
}

// Pad appends spaces to s until it takes n columns.
func Pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-Width(s)))
}

// Wrap breaks s into lines of at most n columns, at spaces where it can.
func Wrap(s string, n int) []string {
	var lines []string
	for len(s) > 0 {
		used, space, end := 0, -1, len(s)
		for i, r := range s {
			if used += columns(r); used > n && i > 0 {
				end = i
				break
			}
			if r == ' ' {
				space = i
			}
		}
		switch {
		case end == len(s):
			return append(lines, s)
		case s[end] == ' ': // the line ends just there
			lines, s = append(lines, s[:end]), s[end+1:]
		case space > 0:
			lines, s = append(lines, s[:space]), s[space+1:]
		default:
			lines, s = append(lines, s[:end]), s[end:]
		}
	}
	return lines
}
