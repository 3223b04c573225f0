package xmltree

import (
	"cmp"
	"slices"
	"strings"
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

// stride is how many bytes lie between two marks. A position is counted from
// the mark before it, so it costs the same in a document of one long line as in
// one of many, and the marks of either take little memory.
const stride = 1 << 8

// advance moves a mark on to an offset, or behind the character that holds it.
func (d *Document) advance(m mark, offset int) mark {
	if d.encoding == UTF8 {
		return d.advanceUTF8(m, offset)
	}
	unit := d.encoding.units()
	for int(m.offset) < offset {
		c, n := d.text[m.offset], 1
		if c >= utf8.RuneSelf {
			_, n = utf8.DecodeRuneInString(d.text[m.offset:])
		}
		m.offset += uint32(n)
		m.stored += uint32(unit[n])
		m.column++
		if c == '\n' {
			m.line++
			m.column = 0
		}
	}
	return m
}

// advanceUTF8 is advance where the text is as it is stored: whole lines are
// counted at once.
func (d *Document) advanceUTF8(m mark, offset int) mark {
	for offset < len(d.text) && !utf8.RuneStart(d.text[offset]) {
		offset++
	}
	from := int(m.offset)
	if offset <= from {
		return m
	}
	text := d.text[from:offset]
	if end := strings.LastIndexByte(text, '\n'); end >= 0 {
		m.line += uint32(strings.Count(text, "\n"))
		m.column = 0
		text = text[end+1:]
	}
	m.column += uint32(utf8.RuneCountInString(text))
	m.stored += uint32(offset - from)
	m.offset = uint32(offset)
	return m
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
	d.marksOnce.Do(func() {
		d.marks = make([]mark, len(d.text)/stride+1)
		for k := 1; k < len(d.marks); k++ {
			d.marks[k] = d.advance(d.marks[k-1], k*stride)
		}
	})
	offset = min(offset, len(d.text))
	m := d.marks[offset/stride]
	if int(m.offset) > offset { // the mark is behind the character at offset
		m = d.marks[offset/stride-1]
	}
	return d.advance(m, offset)
}

// Position turns an offset into [Document.Source] into a line and a column,
// both from 1, the column in characters. Lines end at line feeds. An offset
// inside a character counts as behind it; one beyond the end, as the end.
func (d *Document) Position(offset int) (line, column int) {
	m := d.find(offset)
	return int(m.line) + 1, int(m.column) + 1
}

// Location returns the place of a range of [Document.Source]. Its Offset counts
// bytes of the document as stored.
func (d *Document) Location(start, end int) diag.Location {
	m := d.find(start)
	l := diag.Location{
		File: d.file, Offset: int64(d.bom) + int64(m.stored),
		Line: int(m.line) + 1, Column: int(m.column) + 1,
	}
	if end > start {
		if end = min(end, len(d.text)); end-start < stride {
			m = d.advance(m, end) // closer than the next mark
		} else {
			m = d.find(end)
		}
		l.EndLine, l.EndColumn = int(m.line)+1, int(m.column)+1
	}
	return l
}

// LocationAt returns the whole location of what begins at a byte of the document
// as stored, which is how [diag.Location] counts: that of an attribute, of the
// content of an element, or else of the innermost node around. So whoever has
// thousands of places can keep what [Document.Location] gives for their beginnings,
// and complete those that somebody is to see: a path takes longer than all the rest.
func (d *Document) LocationAt(offset int64) diag.Location {
	at := d.textOffset(offset)
	k, found := slices.BinarySearchFunc(d.nodes[1:], at, func(n node, at int) int { return int(n.start) - at })
	if found {
		k++
	}
	n := Node{d, int32(k)} // the last one that begins at or before it
	for n.Kind() != Root && at >= int(n.rec().end) {
		n = n.Parent()
	}
	r := n.rec()
	if r.kind == Elem && at == int(r.open) {
		return n.TextLocation()
	}
	for i := range n.Attrs() {
		if int(n.attr(i).start) == at {
			return n.AttrLocation(i)
		}
	}
	return n.Location()
}

// textOffset is the reverse of mark.stored.
func (d *Document) textOffset(offset int64) int {
	stored := max(offset-int64(d.bom), 0)
	if d.encoding == UTF8 {
		return int(min(stored, int64(len(d.text))))
	}
	d.find(0) // makes the marks
	k, found := slices.BinarySearchFunc(d.marks, stored, func(m mark, stored int64) int { return cmp.Compare(int64(m.stored), stored) })
	if !found {
		k--
	}
	m := d.marks[k]
	for int64(m.stored) < stored && int(m.offset) < len(d.text) {
		m = d.advance(m, int(m.offset)+1)
	}
	return int(m.offset)
}
