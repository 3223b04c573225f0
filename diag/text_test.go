package diag

import (
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

func text(t testing.TB, l List, o TextOptions) string {
	t.Helper()
	var b strings.Builder
	if err := WriteText(&b, l, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func fixed(s string) func(string) ([]byte, error) {
	return func(string) ([]byte, error) { return []byte(s), nil }
}

func TestWriteText(t *testing.T) {
	at := func(line, column, endLine, endColumn int) Location {
		return Location{File: "f", Line: line, Column: column, EndLine: endLine, EndColumn: endColumn}
	}
	long := strings.Repeat("0123456789", 50)
	for _, c := range []struct {
		name   string
		source string
		width  int
		d      Diagnostic
		want   string
	}{
		{"point", "ab<cd\n", 0, Diagnostic{Location: at(1, 3, 0, 0)},
			"f:1:3: error: m\n    1 | ab<cd\n      |   ^\n"},
		{"range", "ab<cd\n", 0, Diagnostic{Location: at(1, 3, 1, 6)},
			"f:1:3: error: m\n    1 | ab<cd\n      |   ^~~\n"},
		{"range past the end", "ab\n", 0, Diagnostic{Location: at(1, 2, 1, 90)},
			"f:1:2: error: m\n    1 | ab\n      |  ^\n"},
		{"range over lines", "abcd\nef\n", 0, Diagnostic{Location: at(1, 2, 2, 2)},
			"f:1:2: error: m\n    1 | abcd\n      |  ^~~\n"},
		{"range that ends before it starts", "abcd\n", 0, Diagnostic{Location: at(1, 3, 1, 2)},
			"f:1:3: error: m\n    1 | abcd\n      |   ^\n"},
		{"column past the end", "ab\ncd", 0, Diagnostic{Location: at(1, 99, 0, 0)},
			"f:1:99: error: m\n    1 | ab\n      |   ^\n"},
		{"end of text", "ab\n", 0, Diagnostic{Location: at(2, 1, 0, 0)},
			"f:2:1: error: m\n    2 |\n      | ^\n"},
		{"line past the end", "ab\n", 0, Diagnostic{Location: at(3, 1, 0, 0), Hint: "h"},
			"f:3:1: error: m\n      = hint: h\n"},
		{"column unknown", "ab\ncd\n", 0, Diagnostic{Location: at(2, 0, 0, 0)},
			"f:2: error: m\n    2 | cd\n"},
		{"no place", "", 0, Diagnostic{Rule: "r", Clause: "DSP0243 9.1"},
			"error: m [r]\n      = clause: DSP0243 9.1\n"},
		{"path only", "", 0, Diagnostic{Location: Location{File: "f", Path: "/Envelope"}},
			"f: error: m\n      = at: /Envelope\n"},
		{"byte order mark", "\ufeffab\n", 0, Diagnostic{Location: at(1, 1, 1, 2)},
			"f:1:1: error: m\n    1 | ab\n      | ^\n"},
		{"carriage return before line feed", "ab\r\ncd\r\n", 0, Diagnostic{Location: at(1, 3, 0, 0)},
			"f:1:3: error: m\n    1 | ab\n      |   ^\n"},
		{"tabs", "\ta\tb\n", 0, Diagnostic{Location: at(1, 4, 1, 5)},
			"f:1:4: error: m\n    1 |     a   b\n      |         ^\n"},
		{"on a tab", "a\tb\n", 0, Diagnostic{Location: at(1, 2, 1, 3)},
			"f:1:2: error: m\n    1 | a   b\n      |  ^~~\n"},
		{"wide", "日本語x\n", 0, Diagnostic{Location: at(1, 2, 1, 4)},
			"f:1:2: error: m\n    1 | 日本語x\n      |   ^~~~\n"},
		{"combining", "e\u0301e\u0301x\n", 0, Diagnostic{Location: at(1, 5, 1, 6)},
			"f:1:5: error: m\n    1 | e\u0301e\u0301x\n      |   ^\n"},
		{"on a combining mark", "ae\u0301x\n", 0, Diagnostic{Location: at(1, 3, 1, 4)},
			"f:1:3: error: m\n    1 | ae\u0301x\n      |  ^\n"},
		{"combining after a tag", "<\u0338\n", 0, Diagnostic{Location: at(1, 2, 0, 0)},
			"f:1:2: error: m\n    1 | <<U+0338>\n      |  ^~~~~~~~\n"},
		{"control and invisible", "a\x00\x1b\x7f\u202e\u200bz\n", 0, Diagnostic{Location: at(1, 7, 0, 0)},
			"f:1:7: error: m\n    1 | a␀␛␡<U+202E><U+200B>z\n      |                     ^\n"},
		{"broken UTF-8", "a\xffz\n", 0, Diagnostic{Location: at(1, 3, 0, 0)},
			"f:1:3: error: m\n    1 | a<0xFF>z\n      |        ^\n"},
		{"lone carriage return", "a\rb\n", 0, Diagnostic{Location: at(1, 3, 0, 0)},
			"f:1:3: error: m\n    1 | a␍b\n      |   ^\n"},
		{"long, at the start", long, 40, Diagnostic{Location: at(1, 5, 1, 8)},
			"f:1:5: error: m\n    1 | 012345678901234567890123456789…\n      |     ^~~\n"},
		{"long, in the middle", long, 40, Diagnostic{Location: at(1, 101, 1, 104)},
			"f:1:101: error: m\n    1 | …012345678901234567890123456789…\n      |            ^~~\n"},
		{"long, at the end", long, 40, Diagnostic{Location: at(1, 500, 1, 501)},
			"f:1:500: error: m\n    1 | …012345678901234567890123456789\n      |                               ^\n"},
		{"long, past the end", long, 40, Diagnostic{Location: at(1, 1000, 0, 0)},
			"f:1:1000: error: m\n    1 | …012345678901234567890123456789\n      |                                ^\n"},
		{"long range", long, 40, Diagnostic{Location: at(1, 25, 1, 400)},
			"f:1:25: error: m\n    1 | …456789012345678901234567890123…\n      |            ^~~~~~~~~~~~~~~~~~~~\n"},
		{"just fits", strings.Repeat("x", 32), 40, Diagnostic{Location: at(1, 32, 0, 0)},
			"f:1:32: error: m\n    1 | " + strings.Repeat("x", 32) + "\n      | " + strings.Repeat(" ", 31) + "^\n"},
		{"large line number", strings.Repeat("\n", 1234566) + "x", 0, Diagnostic{Location: at(1234567, 1, 0, 0), Hint: "h"},
			"f:1234567:1: error: m\n1234567 | x\n        | ^\n        = hint: h\n"},
		{"related", "ab\ncd\n", 0, Diagnostic{Location: at(1, 1, 0, 0), Related: []Related{{at(2, 2, 0, 0), "here"}, {Location{}, "nowhere"}}},
			"f:1:1: error: m\n    1 | ab\n      | ^\nf:2:2: note: here\n    2 | cd\n      |  ^\nnote: nowhere\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.Severity, c.d.Message = Error, "m"
			got := text(t, List{c.d}, TextOptions{Source: fixed(c.source), Width: c.width})
			if got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// Nothing from an input may start a line or reach the terminal as a command.
func TestWriteTextCannotBeForged(t *testing.T) {
	evil := "\x1b[2Jx\nf:1:1: error: forged\r\u202e\x9b31m"
	d := Diagnostic{Severity: Warning, Rule: evil, Clause: evil, Message: evil, Hint: evil,
		Location: Location{File: evil, Path: evil}, Related: []Related{{Location{File: evil}, evil}}}
	got := text(t, List{d}, TextOptions{})
	if n := strings.Count(got, "\n"); n != 5 {
		t.Errorf("%d lines, want 5:\n%q", n, got)
	}
	for _, r := range got {
		if r != '\n' && !unicode.IsGraphic(r) {
			t.Errorf("%U reaches the output", r)
		}
	}
}

func TestWriteTextColor(t *testing.T) {
	d := Diagnostic{Severity: Warning, Rule: "r", Message: "m", Location: Location{File: "f", Line: 1, Column: 2}}
	o := TextOptions{Source: fixed("abc"), Color: true}
	got := text(t, List{d}, o)
	want := "\x1b[1mf:1:2:\x1b[0m \x1b[1;33mwarning:\x1b[0m m \x1b[2m[r]\x1b[0m\n" +
		"    \x1b[2m1 |\x1b[0m abc\n      \x1b[2m|\x1b[0m  \x1b[1;33m^\x1b[0m\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestWriteTextSource(t *testing.T) {
	calls := map[string]int{}
	o := TextOptions{Source: func(file string) ([]byte, error) {
		calls[file]++
		if file == "gone" {
			return []byte("not to be shown"), io.ErrUnexpectedEOF
		}
		return []byte("text of " + file), nil
	}}
	var l List
	for range 3 {
		for _, f := range []string{"a", "b", "gone", "a"} {
			l = append(l, Diagnostic{Severity: Info, Message: "m", Location: Location{File: f, Line: 1}})
		}
	}
	got := text(t, l, o)
	if n := strings.Count(got, "text of "); n != 9 {
		t.Errorf("%d source lines, want 9:\n%s", n, got)
	}
	if strings.Contains(got, "not to be") {
		t.Error("text shown in spite of the error")
	}

	// Two files in turn are read once each.
	calls = map[string]int{}
	l = nil
	for range 5 {
		l = append(l, Diagnostic{Severity: Info, Message: "m", Location: Location{File: "a", Line: 1},
			Related: []Related{{Location{File: "b", Line: 1}, "x"}}})
	}
	text(t, l, o)
	if calls["a"] != 1 || calls["b"] != 1 {
		t.Errorf("source called %v, want once each", calls)
	}
}

type failingWriter struct{}

var errFull = errors.New("full")

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	l := List{{Severity: Error, Message: strings.Repeat("m", 10000)}}
	if err := WriteText(failingWriter{}, l, TextOptions{}); !errors.Is(err, errFull) {
		t.Errorf("WriteText: %v", err)
	}
	if err := WriteSARIF(failingWriter{}, l, nil, ""); !errors.Is(err, errFull) {
		t.Errorf("WriteSARIF: %v", err)
	}
}

// longLine is a text of one line of 3 MB, and findings all over it.
func longLine(findings int) ([]byte, List) {
	src := []byte(strings.Repeat("<x a='é'/>\t", 1<<18))
	var l List
	for i := range findings {
		l = append(l, Diagnostic{Severity: Error, Message: "m", Location: Location{File: "f", Line: 1, Column: 1 + i*99991%(2<<20)}})
	}
	return src, l
}

func TestWriteTextLongLine(t *testing.T) {
	src, l := longLine(200)
	got := text(t, l, TextOptions{Source: func(string) ([]byte, error) { return src, nil }})
	if n := strings.Count(got, "\n"); n != 600 {
		t.Errorf("%d lines, want 600", n)
	}
	for line := range strings.Lines(got) {
		if n := displayWidth(strings.TrimSuffix(line, "\n")); n > DefaultWidth {
			t.Fatalf("%d columns: %s", n, line)
		}
	}
}

// A finding in a long line costs the same wherever it is: the time of each
// stays in the microseconds, though the line has millions of characters.
func BenchmarkWriteTextLongLine(b *testing.B) {
	src, l := longLine(20000)
	for b.Loop() {
		if err := WriteText(io.Discard, l, TextOptions{Source: func(string) ([]byte, error) { return src, nil }}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(l)), "ns/finding")
}

func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	switch k := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case k == width.EastAsianWide, k == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Every position of a text is found where a plain count of lines and runes
// finds it.
func TestSourceFind(t *testing.T) {
	src := "\ufeff" + strings.Repeat("aé日\xff\r\n", 1000) + strings.Repeat("x\r", 6000) + "\n\n" + strings.Repeat("日", 5000)
	s := newSource("f", []byte(src), true)
	if n := len(s.marks); n < 20 || n > 60 {
		t.Errorf("%d marks for %d bytes", n, len(src))
	}
	line, column := 1, 1
	for o := 3; ; {
		if m, ok := s.find(line, column); !ok || m != (mark{o, line, column}) && !s.lineEnd(m.offset) {
			t.Fatalf("find(%d, %d) = %v, %v; want offset %d", line, column, m, ok, o)
		}
		if o == len(src) {
			break
		}
		r, size := utf8.DecodeRuneInString(src[o:])
		o += size
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	if m, ok := s.find(2, 1000); !ok || m.column != 5 || src[m.offset] != '\r' {
		t.Errorf("find past the end of line 2: %v, %v", m, ok)
	}
	if _, ok := s.find(line+1, 1); ok {
		t.Error("a line too many")
	}
	if _, ok := s.find(0, 1); ok {
		t.Error("line 0")
	}
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		e, w, i int
		want    string
	}{{0, 0, 0, "no problems"}, {1, 0, 0, "1 error"}, {2, 1, 0, "2 errors, 1 warning"}, {0, 2, 1, "2 warnings, 1 info"}, {0, 0, 5, "5 infos"}} {
		var l List
		for s, n := range map[Severity]int{Error: c.e, Warning: c.w, Info: c.i} {
			for range n {
				l = append(l, Diagnostic{Severity: s})
			}
		}
		if got := l.Summary(); got != c.want {
			t.Errorf("%v: %q, want %q", c, got, c.want)
		}
	}
}
