package xmltree

import (
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// mark is a place in the text whose line, column and stored offset are known.
type mark struct {
	offset uint32 // in the text
	stored uint32 // in the document as stored, behind the byte order mark
	line   uint32 // from 0
	column uint32 // from 0
}

// stride is how many bytes lie between two marks at most, so that a position
// costs no more in a document of a single line.
const stride = 1 << 10

// index makes the marks: one for each line, and more in long lines.
func (d *Document) index() {
	d.marks = make([]mark, 1, len(d.text)/64+1)
	m := mark{}
	unit := d.encoding.units()
	for next := stride; int(m.offset) < len(d.text); {
		i := int(m.offset)
		c := d.text[i]
		n := 1
		if c >= utf8.RuneSelf {
			_, n = utf8.DecodeRuneInString(d.text[i:])
		}
		m.offset += uint32(n)
		m.stored += uint32(unit[n])
		m.column++
		if c == '\n' {
			m.line++
			m.column = 0
		} else if int(m.offset) < next {
			continue
		}
		d.marks = append(d.marks, m)
		next = int(m.offset) + stride
	}
}

// units returns how many stored bytes a character takes that has 1, 2, 3 or 4
// bytes in UTF-8.
func (e Encoding) units() [5]uint8 {
	switch e {
	case UTF8:
		return [5]uint8{0, 1, 2, 3, 4}
	case UTF16LE, UTF16BE:
		return [5]uint8{0, 2, 2, 2, 4}
	}
	return [5]uint8{0, 1, 1, 1, 1}
}

// find returns line, column and stored offset of an offset into the text.
func (d *Document) find(offset int) mark {
	d.indexOnce.Do(d.index)
	lo, hi := 0, len(d.marks)
	for hi-lo > 1 {
		if m := (lo + hi) / 2; int(d.marks[m].offset) <= offset {
			lo = m
		} else {
			hi = m
		}
	}
	m := d.marks[lo]
	unit := d.encoding.units()
	for int(m.offset) < offset {
		_, n := utf8.DecodeRuneInString(d.text[m.offset:])
		m.offset += uint32(n)
		m.stored += uint32(unit[n])
		m.column++
	}
	return m
}

// Position turns an offset into [Document.Source] into a line and a column,
// both from 1, the column in characters. Lines end at line feeds. An offset
// inside a character counts as behind it; one beyond the end, as the end.
func (d *Document) Position(offset int) (line, column int) {
	m := d.find(min(offset, len(d.text)))
	return int(m.line) + 1, int(m.column) + 1
}

// Location returns the place of a range of [Document.Source]. Its Offset counts
// bytes of the document as stored.
func (d *Document) Location(start, end int) diag.Location {
	m := d.find(min(start, len(d.text)))
	l := diag.Location{
		File: d.file, Offset: int64(d.bom) + int64(m.stored),
		Line: int(m.line) + 1, Column: int(m.column) + 1,
	}
	if end > start {
		l.EndLine, l.EndColumn = d.Position(end)
	}
	return l
}
