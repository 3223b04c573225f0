package property

import "strings"

// SegmentKind says what a [Segment] is.
type SegmentKind uint8

// The kinds of segments.
const (
	Literal   SegmentKind = iota + 1 // text that stands for itself
	Reference                        // ${name}
	Broken                           // a "${" that starts no reference
)

// Segment is one part of a value. The segments of a value cover it without gaps.
type Segment struct {
	Kind   SegmentKind
	Text   string // the literal text with escapes resolved, the name, or what is wrong
	Offset int    // in bytes
	End    int    // after the last byte
}

// Scan cuts a value at its ${name} references (DSP0243 9.5). The name is
// everything up to the next "}" and may hold dots, blanks and colons, but no
// brace and no dollar sign; what it means is the caller's business.
//
// The standard does not say how to write "${" itself. Here a doubled dollar
// sign does it, as in many template languages: "$${" stands for "${". Dollar
// signs elsewhere stand for themselves.
//
// A "${" that is never closed, that holds another one, or that has no name
// gives a [Broken] segment of these two bytes, and the scan goes on after it.
func Scan(value string) []Segment {
	var out []Segment
	literal := 0 // where the pending literal starts
	var text strings.Builder
	copied := 0 // what text has of value, from literal on
	flush := func(end int) {
		if text.WriteString(value[copied:end]); end > literal {
			out = append(out, Segment{Literal, text.String(), literal, end})
		}
		text.Reset()
	}
	for pos := 0; ; {
		i := strings.Index(value[pos:], "${")
		if i < 0 {
			flush(len(value))
			return out
		}
		brace := pos + i + 1
		first := brace - 1 // of the run of dollar signs before the brace
		for first > pos && value[first-1] == '$' {
			first--
		}
		n := brace - first
		text.WriteString(value[copied:first])
		if n%2 == 0 { // doubled: half of them and the brace are text
			text.WriteString(value[first : first+n/2])
			copied, pos = brace, brace+1
			continue
		}
		text.WriteString(value[first : first+(n-1)/2])
		start := brace - 1
		copied = start
		flush(start)
		seg := reference(value, start)
		out = append(out, seg)
		pos, copied, literal = seg.End, seg.End, seg.End
	}
}

// reference reads the "${" at start.
func reference(value string, start int) Segment {
	broken := func(why string) Segment { return Segment{Broken, why, start, start + 2} }
	rest := value[start+2:]
	i := strings.IndexAny(rest, "${}")
	switch {
	case i < 0:
		return broken("\"${\" is never closed with \"}\"")
	case rest[i] != '}':
		return broken("the name after \"${\" holds a dollar sign or a brace; references do not nest")
	case i == 0:
		return broken("\"${}\" names no property")
	}
	return Segment{Reference, rest[:i], start, start + 2 + i + 1}
}

// HasReference reports whether a value holds a reference or a broken one.
func HasReference(value string) bool {
	if !strings.Contains(value, "${") {
		return false
	}
	for _, s := range Scan(value) {
		if s.Kind != Literal {
			return true
		}
	}
	return false
}

// Escape returns the text of a value that stands for literal: [Scan] gives it
// back as one literal segment.
func Escape(literal string) string {
	if !strings.Contains(literal, "${") {
		return literal
	}
	var b strings.Builder
	for pos := 0; pos < len(literal); {
		n := 0
		for pos+n < len(literal) && literal[pos+n] == '$' {
			n++
		}
		run := literal[pos : pos+n]
		if pos += n; pos < len(literal) {
			if literal[pos] == '{' {
				b.WriteString(run) // the run twice
			}
			run += literal[pos : pos+1]
			pos++
		}
		b.WriteString(run)
	}
	return b.String()
}

// macros are the names before the colon in the expressions that vSphere computes
// by itself, as ${autoIp:VM Network}.
var macros = map[string]bool{
	"autoIp": true, "dns": true, "domainName": true, "gateway": true, "hostPrefix": true,
	"httpProxy": true, "ip": true, "net": true, "netmask": true, "searchPath": true,
	"subnet": true, "vimIp": true,
}

// Macro cuts the name of a reference that only vSphere can compute, as
// "gateway:VM Network", into the macro and its argument, the name of a network.
func Macro(name string) (macro, network string, ok bool) {
	macro, network, ok = strings.Cut(name, ":")
	if !ok || !macros[macro] {
		return "", "", false
	}
	return macro, network, true
}
