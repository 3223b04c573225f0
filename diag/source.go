package diag

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"
)

// source is a text in which lines and columns are found fast: one pass notes a
// mark every kilobyte, and a search walks on from the nearest. That keeps a
// text of one endless line, or of nothing but line ends, as cheap as any other.
type source struct {
	file  string
	known bool // whether there is a text
	text  []byte
	marks []mark
}

// mark is the position of the character that starts at offset.
type mark struct{ offset, line, column int }

// markEvery is the distance of marks in bytes, about.
const markEvery = 1024

func newSource(file string, text []byte, known bool) *source {
	s := &source{file: file, known: known, text: text}
	if !known {
		return s
	}
	m := mark{0, 1, 1}
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		m.offset = 3
	}
	s.marks = append(s.marks, m)
	for next := m.offset + markEvery; ; next += markEvery {
		for m.offset < next {
			if m.offset >= len(text) {
				return s
			}
			m = s.step(m)
		}
		s.marks = append(s.marks, m)
	}
}

// step moves over one character; a byte that is not UTF-8 is one, too.
func (s *source) step(m mark) mark {
	c := s.text[m.offset]
	switch {
	case c == '\n':
		return mark{m.offset + 1, m.line + 1, 1}
	case c < utf8.RuneSelf:
		return mark{m.offset + 1, m.line, m.column + 1}
	}
	_, size := utf8.DecodeRune(s.text[m.offset:])
	return mark{m.offset + size, m.line, m.column + 1}
}

// find returns where a place is, or the end of its line if the line is shorter;
// false if there are fewer lines.
func (s *source) find(line, column int) (mark, bool) {
	i, exact := slices.BinarySearchFunc(s.marks, mark{line: line, column: column}, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	if !exact {
		i--
	}
	if i < 0 {
		return mark{}, false
	}
	m := s.marks[i]
	for m.line < line || m.column < column {
		if m.line == line && s.lineEnd(m.offset) {
			return m, true
		}
		if m.offset >= len(s.text) {
			return m, false
		}
		m = s.step(m)
	}
	return m, true
}

// lineEnd reports whether a line ends at offset: with the text, a line feed, or
// a carriage return before a line feed.
func (s *source) lineEnd(offset int) bool {
	rest := s.text[offset:]
	return len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r' && len(rest) > 1 && rest[1] == '\n'
}

// excerpt is a source line as it is printed, and where the mark goes: below the
// cells from indent on, mark of them (0: no mark).
type excerpt struct {
	text   string
	indent int
	mark   int
}

// excerpt cuts what fits into width cells out of the line of l, around its
// range. It reports false if the text has no such line.
func (s *source) excerpt(l Location, width int) (excerpt, bool) {
	m, ok := s.find(l.Line, max(l.Column, 1))
	if !ok {
		return excerpt{}, false
	}
	column := m.column // not past the end of the line
	m, _ = s.find(l.Line, max(column-width, 1))
	first := m.column
	cells, whole := s.cells(m.offset, first, column+width)
	target := cellAt(cells, column)

	end := column // of the range, last column
	switch {
	case l.EndLine > l.Line:
		end = column + width
	case l.EndColumn > column && (l.EndLine == 0 || l.EndLine == l.Line):
		end = l.EndColumn - 1
	}
	last := cellAt(cells, end)

	from, to := 0, len(cells)
	if first > 1 || !whole || cellsWidth(cells) > width {
		from, to = window(cells, target, first == 1, width-2)
	}
	var e excerpt
	var b []byte
	if from > 0 || first > 1 {
		b = append(b, "…"...)
		e.indent = 1
	}
	for i := from; i < to; i++ {
		b = append(b, cells[i].text...)
		if i < target {
			e.indent += cells[i].width
		} else if i <= last {
			e.mark += cells[i].width
		}
	}
	if to < len(cells) || !whole {
		b = append(b, "…"...)
	}
	e.text = string(bytes.TrimRight(b, " "))
	e.mark = max(e.mark, 1)
	if l.Column <= 0 {
		e.mark = 0
	}
	return e, true
}

// window chooses the cells that are shown of a line too long: from the start of
// the line if the target then lies in the first two thirds of the width, else a
// third of the width before the target, or more if the line ends soon after it.
func window(cells []cell, target int, lineStart bool, width int) (from, to int) {
	before := func(limit int) { // moves from to the left
		for used := cellsWidth(cells[from:to]); from > 0 && used+cells[from-1].width <= limit; from-- {
			used += cells[from-1].width
		}
	}
	if !lineStart || cellsWidth(cells[:min(target+1, len(cells))]) > width*2/3 {
		from, to = target, target
		before(width / 3)
	}
	for used := cellsWidth(cells[from:to]); to < len(cells) && used+cells[to].width <= width; to++ {
		used += cells[to].width
	}
	before(width)
	return from, to
}
