package diag

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The text form of any place in any source keeps its promises: printable
// characters only, never wider than asked, and the mark below the right
// character.
func FuzzWriteText(f *testing.F) {
	f.Add([]byte("<a>\n\t<b c='d'/>\r\n</a>\n"), "message", 2, 5, 2, 10, 60)
	f.Add([]byte("\ufeffe\u0301\u0301\u0301\u0301\u0301\u0301日本\x00\x1b\xff\u202e"), "a\nb\x9b", 1, 9, 3, 1, 30)
	f.Add(bytes.Repeat([]byte("日e\u0301\t<"), 300), "m", 1, 701, 0, 9000, 50)
	f.Add([]byte("\n\r\n"), "m", 3, 1, 0, 0, 0)
	f.Add([]byte("ab"), "m", 1, 1<<62, 1, 1<<62, 1<<10)
	f.Fuzz(func(t *testing.T, src []byte, message string, line, column, endLine, endColumn, width int) {
		width %= 500
		d := Diagnostic{Severity: Error, Rule: "r", Message: message, Location: Location{File: "f", Line: line, Column: column, EndLine: endLine, EndColumn: endColumn}}
		out := text(t, List{d}, TextOptions{Width: width, Source: func(string) ([]byte, error) { return src, nil }})
		if !utf8.ValidString(out) || !strings.HasSuffix(out, "\n") {
			t.Fatalf("not lines of UTF-8: %q", out)
		}
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) > 3 {
			t.Fatalf("%d lines: %q", len(lines), out)
		}
		for _, r := range out {
			if r != '\n' && !unicode.IsGraphic(r) {
				t.Fatalf("%U in the output: %q", r, out)
			}
		}
		if len(lines) == 1 {
			return
		}
		if width == 0 {
			width = DefaultWidth
		}
		_, code, _ := strings.Cut(lines[1], "|")
		gutter := len(lines[1]) - len(code)
		code = strings.TrimPrefix(code, " ")
		if n := displayWidth(code); n > max(minExcerpt, width-gutter-1) {
			t.Fatalf("%d columns of source for width %d: %q", n, width, out)
		}
		if len(lines) < 3 {
			return
		}
		_, under, _ := strings.Cut(lines[2], "| ")
		indent := strings.IndexByte(under, '^')
		if indent < 0 || strings.Trim(under, " ^~") != "" || len(under) > max(minExcerpt, width-gutter-1)+1 {
			t.Fatalf("mark %q: %q", under, out)
		}
		// Where the source has a plain character, the mark stands below it.
		if want, ok := naiveAt(src, line, column); ok && want > ' ' && want < 0x7f {
			at := 0
			for i, r := range code {
				if at == indent && runeWidth(r) > 0 {
					if r != want {
						t.Fatalf("mark below %q (byte %d), want %q: %q", r, i, want, out)
					}
					return
				}
				at += runeWidth(r)
			}
			t.Fatalf("mark behind the line, want below %q: %q", want, out)
		}
	})
}

// naiveAt finds the character at a place by splitting the text.
func naiveAt(src []byte, line, column int) (rune, bool) {
	lines := strings.Split(strings.TrimPrefix(string(src), "\ufeff"), "\n")
	if line < 1 || line > len(lines) {
		return 0, false
	}
	runes := []rune(strings.TrimSuffix(lines[line-1], "\r"))
	if column < 1 || column > len(runes) {
		return 0, false
	}
	return runes[column-1], true
}

// fuzzList makes a list out of arbitrary parts.
func fuzzList(severity byte, a, b, c string, line, column, endLine, endColumn int) List {
	loc := Location{File: a, Line: line, Column: column, EndLine: endLine, EndColumn: endColumn, Path: b}
	return List{
		{Severity: Severity(severity), Layer: Layer(c), Rule: a, Clause: b, Location: loc, Message: c, Hint: a, Related: []Related{{loc, a}, {loc, a}, {Message: b}}},
		{Severity: Info, Rule: b, Message: a, Location: Location{File: c}},
	}
}

func seedLists(f *testing.F) {
	f.Add(byte(1), "petstore.ovf", "/Envelope/DiskSection/Disk[2]/@capacity", "message <&>", 3, 4, 3, 9)
	f.Add(byte(3), "a\x00b\xff", "\u2028]({0}", "../x:y#z", 1<<62, -1, 0, 1<<62)
	f.Add(byte(0), "", "", "", 0, 0, 0, 0)
	f.Add(byte(2), "https://u:p@h/a?b", "C:\\x", "//h/x", 5, 5, 4, 1)
}

// A list with valid severities is always written as valid JSON, and reads back
// equal as far as its strings are UTF-8 and its numbers positions.
func FuzzMarshalJSON(f *testing.F) {
	seedLists(f)
	f.Fuzz(func(t *testing.T, severity byte, a, b, c string, line, column, endLine, endColumn int) {
		l := fuzzList(severity, a, b, c, line, column, endLine, endColumn)
		doc, err := json.Marshal(l)
		if valid := severity >= 1 && severity <= 3; valid != (err == nil) {
			t.Fatalf("severity %d: %v", severity, err)
		}
		if err != nil {
			return
		}
		if !json.Valid(doc) || !utf8.Valid(doc) {
			t.Fatalf("not JSON: %q", doc)
		}
		var back List
		err = json.Unmarshal(doc, &back)
		if negative := min(line, column, endLine, endColumn) < 0; negative != (err != nil) {
			t.Fatalf("reads back with %v: %s", err, doc)
		}
		if err == nil && utf8.ValidString(a+" "+b+" "+c) && utf8.ValidString(a) && utf8.ValidString(b) && !reflect.DeepEqual(back, l) {
			t.Fatalf("reads back as %+v, want %+v", back, l)
		}
	})
}

// Whatever is read as a list is a list that can be written and read again.
func FuzzUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`[{"severity":"error","layer":"semantic","rule":"r","file":"f","line":1,"message":"m","related":[{"file":"f","message":"n"}]}]`))
	f.Add([]byte(`[{"severity":"info","related":[]},null]`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var l List
		if json.Unmarshal(doc, &l) != nil || slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == 0 }) {
			return // an element null leaves the zero Diagnostic
		}
		again, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		var back List
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
		third, err := json.Marshal(back)
		if err != nil || !bytes.Equal(again, third) {
			t.Fatalf("%v: %s, then %s", err, again, third)
		}
	})
}

// Every SARIF log keeps to the standard.
func FuzzWriteSARIF(f *testing.F) {
	seedLists(f)
	f.Fuzz(func(t *testing.T, severity byte, a, b, c string, line, column, endLine, endColumn int) {
		l := fuzzList(severity, a, b, c, line, column, endLine, endColumn)
		rules := []Rule{{Name: a, Severity: Severity(severity), Summary: b, Why: c}, {Name: c, Clause: b}, {Name: a}}
		doc := sarif(t, l, rules, b)
		if err := checkSARIF(doc); err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
	})
}
