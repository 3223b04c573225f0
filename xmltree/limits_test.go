package xmltree

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestLimits tries each bound at its value and one beyond.
func TestLimits(t *testing.T) {
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	tests := []struct {
		name   string
		limits Limits
		field  string // what the hint names
		doc    func(n int) string
		n      int // the most that is accepted
		line   int // of the error
		column int
	}{
		{"bytes", Limits{Bytes: 10}, "Bytes", func(n int) string { return "<a>" + strings.Repeat("x", n-7) + "</a>" }, 10, 1, 1},
		{"bytes in UTF-8", Limits{Bytes: 60}, "Bytes", func(n int) string {
			return "<?xml version='1.0' encoding='ISO-8859-1'?><a>" + strings.Repeat("\xE9", n) + "</a>"
		}, 5, 1, 1},
		{"depth", Limits{Depth: 7}, "Depth", func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }, 7, 1, 22},
		{"depth of an empty tag", Limits{Depth: 2}, "Depth", func(n int) string { return strings.Repeat("<a>", n-1) + "<a/>" + strings.Repeat("</a>", n-1) }, 2, 1, 7},
		{"default depth", Limits{}, "Depth", func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }, 256, 1, 256*3 + 1},
		{"attributes", Limits{Attributes: 3}, "Attributes", func(n int) string {
			return "<a\n" + many(n, func(i int) string { return fmt.Sprintf("b%d=''\n", i) }) + "/>"
		}, 3, 5, 1},
		{"name", Limits{Name: 4}, "Name", func(n int) string { return "<" + strings.Repeat("a", n) + "/>" }, 4, 1, 2},
		{"name of an attribute", Limits{Name: 4}, "Name", func(n int) string { return "<a " + strings.Repeat("b", n) + "=''/>" }, 4, 1, 4},
		{"name of an instruction", Limits{Name: 4}, "Name", func(n int) string { return "<?" + strings.Repeat("b", n) + "?><a/>" }, 4, 1, 3},
		{"default name", Limits{}, "Name", func(n int) string { return "<" + strings.Repeat("é", n/2) + "/>" }, 1024, 1, 2},
		{"names", Limits{Names: 4}, "Names", func(n int) string {
			return "<a>" + many(n-1, func(i int) string { return fmt.Sprintf("<b%d/><b%d/>", i, i) }) + "</a>"
		}, 4, 1, 34},
		{"names of attributes", Limits{Names: 4}, "Names", func(n int) string {
			return "<a " + many(n-1, func(i int) string { return fmt.Sprintf("b%d='' ", i) }) + "/>"
		}, 4, 1, 1},
		{"text", Limits{Text: 6}, "Text", func(n int) string { return "<a>\n\t" + strings.Repeat("x", n) + "</a>" }, 6, 2, 2},
		{"text of a CDATA section", Limits{Text: 6}, "Text", func(n int) string { return "<a><![CDATA[" + strings.Repeat("x", n) + "]]></a>" }, 6, 1, 13},
		{"text of an attribute", Limits{Text: 6}, "Text", func(n int) string { return "<a b='" + strings.Repeat("x", n) + "'/>" }, 6, 1, 4},
		{"text of a comment", Limits{Text: 6}, "Text", func(n int) string { return "<!--" + strings.Repeat("x", n) + "--><a/>" }, 6, 1, 5},
		{"text of an instruction", Limits{Text: 6}, "Text", func(n int) string { return "<?a " + strings.Repeat("x", n-1) + "?><a/>" }, 6, 1, 4},
		{"nodes", Limits{Nodes: 5}, "Nodes", func(n int) string { return "<a>" + strings.Repeat("<b/>", n-2) + "<?c?></a>" }, 5, 1, 20},
		{"nodes beside the root", Limits{Nodes: 5}, "Nodes", func(n int) string { return strings.Repeat("<!---->", n-1) + "<a/>" }, 5, 1, 36},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse("doc.xml", []byte(tt.doc(tt.n)), tt.limits); err != nil {
				t.Errorf("%d is within the limit: %v", tt.n, err)
			}
			more := tt.n + 1
			if tt.name == "default name" {
				more = tt.n + 2
			}
			e := failure(t, []byte(tt.doc(more)), tt.limits)
			if e.Rule != RuleLimit || !errors.Is(e, ErrLimit) || !strings.Contains(e.Hint, "Limits."+tt.field+" ") {
				t.Errorf("%d: got %v, hint %q", more, e, e.Hint)
			}
			if e.Location.Line != tt.line || e.Location.Column != tt.column {
				t.Errorf("the error is at %d:%d, want %d:%d", e.Location.Line, e.Location.Column, tt.line, tt.column)
			}
		})
	}
}

func TestLimitsWithDefaults(t *testing.T) {
	zero := Limits{}.WithDefaults()
	if zero != (Limits{256 << 20, 256, 4096, 1024, 16384, 16 << 20, 4 << 20}) {
		t.Errorf("the defaults are %+v", zero)
	}
	all := Limits{-1, -1, -1, -1, -1, -1, -1}.WithDefaults()
	if all.Bytes < 1<<31 || all.Depth < 1<<30 || all.Attributes != 65535 || all.Name < 1<<30 || all.Names < 1<<30 || all.Text < 1<<30 || all.Nodes < 1<<30 {
		t.Errorf("without bounds they are %+v", all)
	}
	set := Limits{1, 2, 3, 4, 5, 6, 7}
	if set.WithDefaults() != set {
		t.Errorf("set limits became %+v", set.WithDefaults())
	}
	if _, err := Parse("doc.xml", []byte("<a>"+strings.Repeat("<b c='d'>e</b>", 1000)+"</a>"), Limits{-1, -1, -1, -1, -1, -1, -1}); err != nil {
		t.Error(err)
	}
}
