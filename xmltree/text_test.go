package xmltree

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestText holds XML 1.0 2.11 (line ends), 2.7 (CDATA) and 4.4 (references).
func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		" \t\n ":                            " \t\n ",
		"a\r\nb\rc\nd\r\r\ne":               "a\nb\nc\nd\n\ne",
		"a&#13;&#xA;b":                      "a\r\nb",
		"\r":                                "\n",
		"&lt;&gt;&amp;&quot;&apos;":         `<>&"'`,
		"&amp;lt;":                          "&lt;",
		"&#65;&#x41;&#x1F600;&#x0000E9;":    "AA\U0001F600é",
		"<![CDATA[&lt;\r\n<a>]]>":           "&lt;\n<a>",
		"x<![CDATA[]]>y<![CDATA[z]]]]>&gt;": "xyz]]>",
		"a<b>no</b>c<!--no-->d<?no no?>e":   "acde",
		" <b/>\r\n<b/>&#32;":                " \n ",
		"]]":                                "]]",
	} {
		d := parse(t, "<a>"+in+"</a>")
		if got := d.Root().Text(); got != want {
			t.Errorf("the text of %q is %q, want %q", in, got, want)
		}
		if blank := strings.Trim(want, " \t\r\n") == "" && !strings.ContainsAny(in, "&["); d.Root().HasText() == blank {
			t.Errorf("HasText of %q is %v", in, !blank)
		}
	}
	d := parse(t, "<?xml version='1.0'?>\r\n<!--a\r\nb\rc--><?pi  d\r\ne ?><a/>\r")
	comment := d.Node().First()
	if got := comment.Text(); got != "a\nb\nc" {
		t.Errorf("the comment is %q", got)
	}
	if got := comment.Next().Text(); got != "pi  d\ne " {
		t.Errorf("the instruction is %q", got)
	}
	if got := d.Node().Text(); got != "\n\n" {
		t.Errorf("the text of the document is %q", got)
	}
}

// TestAttrValue holds XML 1.0 3.3.3: white space becomes spaces, except where
// it is written as a reference; line ends count as one.
func TestAttrValue(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"\n\nxyz":                          "  xyz",
		"a\r\nb\rc\nd\te  f":               "a b c d e  f",
		"\r\r\n":                           "  ",
		"&#xD;&#xD;A&#xA;&#xA;B&#xD;&#xA;": "\r\rA\n\nB\r\n",
		"&#9;&#32;":                        "\t ",
		"\r&#10;":                          " \n",
		"&lt;&gt;&amp;&quot;&apos;":        `<>&"'`,
		"&amp;#10;":                        "&#10;",
		">]]>'":                            ">]]>'",
		"é€\U0001F600":                     "é€\U0001F600",
	} {
		n := parse(t, "<a b=\""+in+"\"/>").Root()
		if got := n.AttrValue(0); got != want {
			t.Errorf("the value of %q is %q, want %q", in, got, want)
		}
		if got, ok := n.Attr("", "b"); !ok || got != want {
			t.Errorf("Attr of %q gives %q, %v", in, got, ok)
		}
	}
}

// TestTextAgainstStandardLibrary compares the text of every element of made
// documents with encoding/xml, which joins and decodes text in its own way.
func TestTextAgainstStandardLibrary(t *testing.T) {
	for i := range 1000 {
		s := randomDocument(rand.New(rand.NewPCG(uint64(i), 5)))
		want, err := standardTexts(s)
		if err != nil {
			continue // it knows no astral characters in names, and more
		}
		var got []string
		each(parse(t, s).Root(), func(n Node) {
			if n.Kind() == Elem {
				got = append(got, n.Name().Local+" "+n.Text())
			}
		})
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("document %d: the texts of %q are\n%q, want\n%q", i, s, got, want)
		}
	}
}

// each calls f for a node and everything in it, in document order.
func each(n Node, f func(Node)) {
	f(n)
	for k := n.First(); k.Valid(); k = k.Next() {
		each(k, f)
	}
}

func standardTexts(s string) ([]string, error) {
	d := xml.NewDecoder(strings.NewReader(s))
	var texts []string
	var open []int
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			open = append(open, len(texts))
			texts = append(texts, tok.Name.Local+" ")
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				texts[open[len(open)-1]] += string(tok)
			}
		}
	}
}
