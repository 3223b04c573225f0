package xmltree

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Encoding is a character encoding in which documents are read and written.
type Encoding uint8

// The encodings. UTF8 is the zero value.
const (
	UTF8 Encoding = iota
	UTF16LE
	UTF16BE
	ISO8859_1
	Windows1252
	ASCII
)

// String returns the name as an XML declaration spells it.
func (e Encoding) String() string {
	switch e {
	case UTF8:
		return "UTF-8"
	case UTF16LE, UTF16BE:
		return "UTF-16"
	case ISO8859_1:
		return "ISO-8859-1"
	case Windows1252:
		return "windows-1252"
	case ASCII:
		return "US-ASCII"
	}
	return fmt.Sprintf("encoding(%d)", uint8(e))
}

// ErrEncoding is the cause of errors about the character encoding.
var ErrEncoding = errors.New("character encoding")

// lookupEncoding finds the encoding an XML declaration names.
func lookupEncoding(name string) (Encoding, bool) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return UTF8, true
	case "utf-16", "utf16", "utf-16le", "iso-10646-ucs-2":
		return UTF16LE, true
	case "utf-16be":
		return UTF16BE, true
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "iso-latin-1", "latin1", "latin-1", "l1", "ibm819", "cp819":
		return ISO8859_1, true
	case "windows-1252", "cp1252", "cp-1252", "ms-ansi":
		return Windows1252, true
	case "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us":
		return ASCII, true
	}
	return 0, false
}

// cp1252 holds what windows-1252 puts at 0x80..0x9F; 0 is unassigned.
var cp1252 = [32]rune{
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
}

// byteRune maps one byte of a single-byte encoding; ok is false for a byte
// that the encoding leaves unassigned.
func (e Encoding) byteRune(c byte) (r rune, ok bool) {
	switch {
	case c < 0x80:
		return rune(c), true
	case e == ISO8859_1:
		return rune(c), true
	case e == Windows1252 && c >= 0xA0:
		return rune(c), true
	case e == Windows1252:
		r = cp1252[c-0x80]
		return r, r != 0
	}
	return 0, false
}

// runeByte is the reverse of byteRune.
func (e Encoding) runeByte(r rune) (byte, bool) {
	switch {
	case r < 0x80:
		return byte(r), true
	case e == ISO8859_1 && r <= 0xFF:
		return byte(r), true
	case e == Windows1252 && r >= 0xA0 && r <= 0xFF:
		return byte(r), true
	case e == Windows1252:
		for i, v := range cp1252 {
			if v == r {
				return byte(0x80 + i), true
			}
		}
	}
	return 0, false
}

// decode turns bytes into UTF-8. On failure it returns the number of bytes
// before the first bad one. The text shares memory with bytes that are UTF-8
// already, or a large document would be held twice.
func (e Encoding) decode(b []byte) (string, int, bool) {
	switch e {
	case UTF8:
		s := unsafe.String(unsafe.SliceData(b), len(b))
		if utf8.ValidString(s) {
			return s, len(b), true
		}
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n <= 1 {
				return "", i, false
			}
			i += n
		}
		return s, len(b), true
	case UTF16LE, UTF16BE:
		return decodeUTF16(b, e == UTF16BE)
	}
	size := 0
	for i, c := range b {
		r, ok := e.byteRune(c)
		if !ok {
			return "", i, false
		}
		size += utf8.RuneLen(r)
	}
	text := make([]byte, 0, size)
	for _, c := range b {
		r, _ := e.byteRune(c)
		text = utf8.AppendRune(text, r)
	}
	return unsafe.String(unsafe.SliceData(text), len(text)), len(b), true
}

func decodeUTF16(b []byte, bigEndian bool) (string, int, bool) {
	unit := func(i int) rune {
		if bigEndian {
			return rune(b[i])<<8 | rune(b[i+1])
		}
		return rune(b[i]) | rune(b[i+1])<<8
	}
	size := 0
	for i := 0; i+1 < len(b); i += 2 {
		switch r := unit(i); {
		case r < 0x80:
			size++
		case r < 0x800, utf16.IsSurrogate(r): // a pair takes 4 bytes
			size += 2
		default:
			size += 3
		}
	}
	text := make([]byte, 0, size)
	i := 0
	for ; i+1 < len(b); i += 2 {
		r := unit(i)
		if utf16.IsSurrogate(r) {
			if i+3 >= len(b) {
				return "", i, false
			}
			if r = utf16.DecodeRune(r, unit(i+2)); r == utf8.RuneError {
				return "", i, false
			}
			i += 2
		}
		text = utf8.AppendRune(text, r)
	}
	if i != len(b) {
		return "", i, false
	}
	return unsafe.String(unsafe.SliceData(text), len(text)), len(b), true
}

// encode appends UTF-8 text in the encoding. A character that the encoding
// lacks is passed to escape, which returns ASCII to write instead.
func (e Encoding) encode(dst []byte, s string, escape func(rune) string) []byte {
	switch e {
	case UTF8:
		return append(dst, s...)
	case UTF16LE, UTF16BE:
		for _, r := range s {
			if r >= 0x10000 {
				hi, lo := utf16.EncodeRune(r)
				dst = e.unit(e.unit(dst, hi), lo)
			} else {
				dst = e.unit(dst, r)
			}
		}
		return dst
	}
	for _, r := range s {
		if c, ok := e.runeByte(r); ok {
			dst = append(dst, c)
		} else {
			dst = append(dst, escape(r)...)
		}
	}
	return dst
}

func (e Encoding) unit(dst []byte, r rune) []byte {
	if e == UTF16BE {
		return append(dst, byte(r>>8), byte(r))
	}
	return append(dst, byte(r), byte(r>>8))
}
