package plan

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
)

// properties reads lines of the form name=value as Java does.
func (f *settingsFile) properties() {
	for offset := 0; offset < len(f.data); {
		line, next := logicalLine(f.data, offset)
		start := offset + len(line) - len(bytes.TrimLeft(line, " \t\f"))
		offset = next
		line = bytes.TrimLeft(line, " \t\f")
		if len(bytes.Trim(line, "\r\n")) == 0 || line[0] == '#' || line[0] == '!' {
			continue
		}
		end := nameEnd(line)
		rest := bytes.TrimLeft(line[end:], " \t\f")
		if len(rest) > 0 && (rest[0] == '=' || rest[0] == ':') {
			rest = bytes.TrimLeft(rest[1:], " \t\f")
		}
		key, ok := f.unescape(line[:end], start)
		value, ok2 := f.unescape(rest, start+len(line)-len(rest))
		if ok && ok2 {
			f.add(key, value, f.at(start))
		}
	}
}

// logicalLine returns the line at an offset with the lines that continue it, and
// where the next one starts. A comment is never continued.
func logicalLine(data []byte, offset int) (line []byte, next int) {
	comment := false
	if text := bytes.TrimLeft(data[offset:], " \t\f"); len(text) > 0 {
		comment = text[0] == '#' || text[0] == '!'
	}
	for i := offset; i < len(data); i++ {
		switch {
		case data[i] == '\\' && !comment:
			i++ // whatever follows belongs to the line
			if i+1 < len(data) && data[i] == '\r' && data[i+1] == '\n' {
				i++
			}
		case data[i] == '\n' || data[i] == '\r':
			return data[offset:i], i + 1
		}
	}
	return data[offset:], len(data)
}

// nameEnd returns where the name ends: before the first "=", ":" or blank that is
// not escaped.
func nameEnd(line []byte) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '=', ':', ' ', '\t', '\f':
			return i
		}
	}
	return len(line)
}

// unescape resolves the escapes of a name or value that starts at an offset.
func (f *settingsFile) unescape(text []byte, offset int) (string, bool) {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text), true
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			b.WriteByte(text[i])
			continue
		}
		if i++; i == len(text) {
			break // Java drops a backslash at the end of the file
		}
		switch c := text[i]; c {
		case 't':
			b.WriteByte('\t')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			r, n := unicodeEscape(text[i-1:])
			if n == 0 {
				f.report("settings-syntax", f.at(offset+i-1), `"\u" is not followed by four hexadecimal digits`).Hint = `write \u00e9, or the character itself; double a backslash that is meant as one`
				return "", false
			}
			b.WriteRune(r)
			i += n - 2
		case '\r', '\n': // the line goes on without the blanks that indent it
			if c == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			for i+1 < len(text) && (text[i+1] == ' ' || text[i+1] == '\t' || text[i+1] == '\f') {
				i++
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), true
}

// unicodeEscape reads \uXXXX, or two of them that are a surrogate pair, and
// returns how many bytes that were; 0 if it is none.
func unicodeEscape(text []byte) (r rune, n int) {
	unit := func(t []byte) (rune, bool) {
		if len(t) < 6 || t[0] != '\\' || t[1] != 'u' {
			return 0, false
		}
		v, err := strconv.ParseUint(string(t[2:6]), 16, 16)
		return rune(v), err == nil
	}
	r, ok := unit(text)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		if low, ok := unit(text[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != '\ufffd' {
				return pair, 12
			}
		}
	}
	return r, 6
}
