package sign

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// deviation is a set of departures from the line grammar of DSP0243 5.1,
//
//	ALG(name)= hex LF
//
// that leave no doubt about what is meant. Each is reported once per file.
type deviation uint16

const (
	devSpacing    deviation = 1 << iota // SHA256 (name) = hex, as VirtualBox and sha256sum --tag write
	devLabelCase                        // sha256(name)= hex
	devLabelAlias                       // SHA2-256(name)= hex, as OpenSSL 3 writes
	devHexCase                          // upper-case hex digits
	devLineEnd                          // CR LF, as ovftool on Windows writes, or CR
	devNoNewline                        // the last line has no end
	devBlank                            // empty lines, or padding with spaces as ovftool 4.0 writes
	devBOM                              // a UTF-8 byte order mark
	devCount      = iota
)

// deviationRules is indexed by the number of the bit.
var deviationRules = [devCount]struct{ rule, what, hint string }{
	{ruleLineSpacing, "has spaces that the form ALG(name)= hex does not have", "write no space before \"(\" and \"=\", and one after \"=\""},
	{ruleLineLabelCase, "writes the name of the algorithm in lower case", "write SHA1, SHA256, SHA384 or SHA512"},
	{ruleLineLabelAlias, "gives the algorithm another name than the standard", "write SHA1, SHA256, SHA384 or SHA512, without a hyphen"},
	{ruleLineHexCase, "writes hexadecimal digits in upper case", "write them in lower case: some readers compare the text"},
	{ruleLineEnding, "does not end in a line feed alone", "end every line with LF"},
	{ruleLineEnding, "is the last one and has no line feed", "end every line with LF"},
	{ruleLineBlank, "is blank", "remove blank lines and padding"},
	{ruleLineBOM, "starts with a byte order mark", "save the file without a byte order mark"},
}

// notes counts the deviations of one file.
type notes struct {
	file  string
	count [devCount]int
	first [devCount]diag.Location
}

func (n *notes) add(d deviation, l diag.Location) {
	for i := range devCount {
		if d&(1<<i) == 0 {
			continue
		}
		if n.count[i] == 0 {
			n.first[i] = l
		}
		n.count[i]++
	}
}

func (n *notes) list() diag.List {
	var out diag.List
	for i, c := range n.count {
		if c == 0 {
			continue
		}
		r := deviationRules[i]
		msg := "the line " + r.what
		if c > 1 {
			msg += " (" + plural(c, "line", "lines") + " in all)"
		}
		out = append(out, problem(r.rule, n.first[i], msg, r.hint, nil))
	}
	return out
}

// line is one line of a text file, without its end.
type line struct {
	text   string
	number int   // from 1
	offset int64 // of the first byte
	dev    deviation
}

func (l line) at(file string, byteInLine int) diag.Location {
	return diag.Location{
		File:   file,
		Line:   l.number,
		Column: utf8.RuneCountInString(l.text[:byteInLine]) + 1,
		Offset: l.offset + int64(byteInLine),
	}
}

// lineReader cuts a file at LF, CR LF and CR.
type lineReader struct {
	data   []byte
	offset int64
	number int
}

func (r *lineReader) next() (line, bool) {
	if len(r.data) == 0 {
		return line{}, false
	}
	r.number++
	l := line{number: r.number, offset: r.offset}
	end := bytes.IndexAny(r.data, "\r\n")
	width := 1
	switch {
	case end < 0:
		end, width, l.dev = len(r.data), 0, devNoNewline
	case r.data[end] == '\r':
		l.dev = devLineEnd
		if end+1 < len(r.data) && r.data[end+1] == '\n' {
			width = 2
		}
	}
	l.text = string(r.data[:end])
	r.data = r.data[end+width:]
	r.offset += int64(end + width)
	return l, true
}

// utf8BOM may stand before a text that a Windows editor saved.
var utf8BOM = []byte("\xef\xbb\xbf")

// wideText reports whether data looks like UTF-16 or UTF-32, the form that a
// redirection in Windows PowerShell gives a text file.
func wideText(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return true
	}
	head := data[:min(len(data), 64)]
	return len(head) >= 8 && bytes.Count(head, []byte{0})*3 >= len(head) && bytes.ContainsAny(head, "(SHAsha")
}

// blank reports whether a line holds nothing but padding.
func blank(s string) bool { return strings.Trim(s, " \t\x00") == "" }

// digestLine is a line cut at its marks; what stands between them is unchecked.
type digestLine struct {
	label, name, value       string
	labelAt, nameAt, valueAt int // byte offsets in the line
	alg                      Algorithm
	dev                      deviation
}

// cutDigestLine finds the parts of "ALG(name)= value". The name ends at the
// last ")", since the value has none, so a name may hold parentheses.
func cutDigestLine(s string) (digestLine, bool) {
	open, end := strings.IndexByte(s, '('), strings.LastIndexByte(s, ')')
	if open < 0 || end < open {
		return digestLine{}, false
	}
	d := digestLine{name: s[open+1 : end], nameAt: open + 1}
	d.label = strings.Trim(s[:open], " \t")
	d.labelAt = strings.Index(s, d.label)
	rest := strings.TrimLeft(s[end+1:], " \t")
	if d.label == "" || strings.ContainsAny(d.label, " \t") || !strings.HasPrefix(rest, "=") {
		return digestLine{}, false
	}
	d.value = strings.Trim(rest[1:], " \t\x00")
	d.valueAt = end + 1 + strings.Index(s[end+1:], "=") + 1
	d.valueAt += len(s[d.valueAt:]) - len(strings.TrimLeft(s[d.valueAt:], " \t"))
	if s != d.label+"("+d.name+")= "+d.value {
		d.dev |= devSpacing
	}
	var dev deviation
	d.alg, dev = lookupAlgorithm(d.label)
	d.dev |= dev
	return d, true
}

// hexDigits returns how many hexadecimal digits s starts with.
func hexDigits(s string) int {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return i
		}
	}
	return len(s)
}

// printable returns s as it is if a terminal shows it as one plain word,
// else quoted.
func printable(s string) string {
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return diag.Quote(s)
		}
	}
	return s
}

// plural joins a count and a noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
