package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// cell is one or more characters of a source that are printed as a unit: a base
// with its combining marks, an expanded tab, or the visible form of what is
// invisible.
type cell struct {
	text  string
	width int // terminal columns
	chars int // characters of the source, at least 1
	first int // column of the first of them
}

// tabWidth is the distance of tab stops in source lines.
const tabWidth = 4

// maxMarks is how many combining marks join their base; more are shown by
// number, or one cell could hide a megabyte.
const maxMarks = 4

// cells splits the line of the source at offset, which is in column, into cells
// up to the column before limit. It reports whether the line ends there.
func (s *source) cells(offset, column, limit int) (cells []cell, whole bool) {
	used := 0
	for ; column < limit; column++ {
		if s.lineEnd(offset) {
			return cells, true
		}
		r, size := utf8.DecodeRune(s.text[offset:])
		n := len(cells)
		if r > unicode.MaxLatin1 && unicode.In(r, unicode.Mn, unicode.Me) && n > 0 && cells[n-1].chars <= maxMarks && joins(cells[n-1].text) {
			cells[n-1].text += string(r)
			cells[n-1].chars++
			offset += size
			continue
		}
		c := cell{chars: 1, first: column}
		if r == '\t' {
			c.width = tabWidth - used%tabWidth
			c.text = strings.Repeat(" ", c.width)
		} else {
			c.text, c.width = visibleRune(r, s.text[offset], size)
		}
		cells = append(cells, c)
		used += c.width
		offset += size
	}
	return cells, s.lineEnd(offset)
}

// joins reports whether a combining mark may follow the text of a cell: only
// after a visible character that is printed as itself, not after an escape. A <
// looks like the start of one, and is worth telling from ≮ in XML.
func joins(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return r != '<' && unicode.In(r, unicode.L, unicode.N, unicode.S, unicode.P)
}

// cellAt returns the index of the cell that holds a column, or len(cells) if the
// column lies behind them.
func cellAt(cells []cell, column int) int {
	for i, c := range cells {
		if column < c.first+c.chars {
			return i
		}
	}
	return len(cells)
}

func cellsWidth(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}

// visibleRune returns how a character is printed, and its width in terminal
// columns. b is its first byte, size its length, to tell a broken byte from a
// genuine U+FFFD.
func visibleRune(r rune, b byte, size int) (string, int) {
	switch {
	case ' ' <= r && r < 0x7f:
		return string(r), 1
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("<0x%02X>", b), len("<0xFF>")
	case r < ' ':
		return string('\u2400' + r), 1 // the control pictures
	case r == 0x7f:
		return "\u2421", 1
	case !unicode.IsGraphic(r), unicode.In(r, unicode.Mn, unicode.Me):
		s := fmt.Sprintf("<U+%04X>", r)
		return s, len(s)
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return string(r), 2
	}
	return string(r), 1
}

// visible returns a message with all that is not printable made visible. It
// keeps combining marks, which need no column here.
func visible(s string) string {
	clean := true
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.In(r, unicode.Mn, unicode.Me) {
			b.WriteRune(r)
		} else {
			text, _ := visibleRune(r, s[i], size)
			b.WriteString(text)
		}
		i += size
	}
	return b.String()
}
