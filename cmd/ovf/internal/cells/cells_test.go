package cells

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"   ":                             "",
		"plain text":                      "plain text",
		" a \t\n  b ":                     "a b",
		"a\u00a0b":                        "a b",
		"\x1b[31mred\x1b[0m":              "␛[31mred␛[0m",
		"bell\a, delete\x7f":              "bell␇, delete␡",
		"\u009b31m, \u0085":               "<U+009B>31m, <U+0085>",
		"abc\u202egpj.exe":                "abc<U+202E>gpj.exe",
		"zero\u200bwidth\ufeff":           "zero<U+200B>width<U+FEFF>",
		"broken \xff\xc3":                 "broken <0xFF><0xC3>",
		"genuine \ufffd":                  "genuine \ufffd",
		"e\u0301 \u0301":                  "e\u0301 <U+0301>",
		"z\u0301\u0301\u0301\u0301\u0301": "z\u0301\u0301\u0301\u0301<U+0301>",
		"宠物商店":                            "宠物商店",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestWidth(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "größe": 5, "e\u0301": 1, "宠物商店": 8, "ｱ": 1, "Ａ": 2, "🐶": 2} {
		if got := Width(in); got != want {
			t.Errorf("Width(%q) is %d, want %d", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"宠物商店", 8, "宠物商店"}, {"宠物商店", 7, "宠物商…"},
		{"宠物商店", 6, "宠物…"}, {"abc", 1, "…"}, {"宠物", 1, "…"}, {"", 0, ""},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		if got := Cut(c.in, c.n); got != c.want {
			t.Errorf("Cut(%q, %d) is %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want []string
	}{
		{"", 5, nil},
		{"a b c", 5, []string{"a b c"}},
		{"aa bb cc", 5, []string{"aa bb", "cc"}},
		{"aa bbb cc", 5, []string{"aa", "bbb", "cc"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"宠物商店", 5, []string{"宠物", "商店"}},
		{"宠物", 1, []string{"宠", "物"}},
	} {
		if got := Wrap(c.in, c.n); !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d) is %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a b", "\x1b[2J", "\u202e", "宠物e\u0301", "\xff"} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, in string, n int) {
		s := Clean(in)
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Fatalf("%q is not clean", s)
		}
		if Clean(s) != s {
			t.Errorf("%q becomes %q the second time", s, Clean(s))
		}
		n = max(2, min(n, 200))
		if c := Cut(s, n); Width(c) > n {
			t.Errorf("%q has more than %d columns", c, n)
		}
		lines := Wrap(s, n)
		for _, l := range lines {
			if Width(l) > n {
				t.Errorf("line %q has more than %d columns", l, n)
			}
		}
		squeeze := strings.NewReplacer(" ", "")
		if squeeze.Replace(strings.Join(lines, "")) != squeeze.Replace(s) {
			t.Errorf("%q became %q", s, lines)
		}
	})
}
