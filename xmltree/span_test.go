package xmltree

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// checkSpans proves that every byte of a document belongs to exactly one of its
// nodes, tags, attributes or gaps: it writes down the document from these
// parts, in order, and compares the whole.
func checkSpans(t testing.TB, d *Document) {
	t.Helper()
	c := &spanChecker{t: t, d: d, s: d.Source()}
	n := d.Node()
	if n.Kind() != Root || n.Parent().Valid() || n.Next().Valid() {
		t.Fatalf("the document node has the kind %v, a parent or a sibling", n.Kind())
	}
	start, end := n.Span()
	open, shut := n.Content()
	if start != 0 || end != len(c.s) || shut != len(c.s) {
		t.Fatalf("the document spans %d-%d-%d-%d of %d", start, open, shut, end, len(c.s))
	}
	if decl := c.s[:open]; decl != "" && (!strings.HasPrefix(decl, "<?xml") || !strings.HasSuffix(decl, "?>")) {
		t.Fatalf("the content of the document begins behind %q", decl)
	}
	c.add(0, open)
	c.content(n)
	if c.at != len(c.s) {
		t.Fatalf("the parts end at %d of %d", c.at, len(c.s))
	}
	if root := d.Root(); root.Kind() != Elem || root.Parent() != n {
		t.Fatalf("the root element is %v", root)
	}
	checkRaw(t, d)
}

type spanChecker struct {
	t  testing.TB
	d  *Document
	s  string
	at int // all before is accounted for
}

func (c *spanChecker) add(from, to int) {
	c.t.Helper()
	if from != c.at || to < from {
		c.t.Fatalf("the part %d-%d does not follow %d in %.200q", from, to, c.at, c.s)
	}
	c.at = to
}

// content walks the children of a node and the gaps between them.
func (c *spanChecker) content(n Node) {
	c.t.Helper()
	text := false
	gap := func(to int) {
		s := c.s[c.at:to]
		c.add(c.at, to)
		rest := s
		for { // only CDATA sections have a bracket
			before, after, ok := strings.Cut(rest, "<![CDATA[")
			if strings.Contains(before, "<") || n.Kind() == Root && strings.Trim(before, " \t\r\n") != "" {
				c.t.Fatalf("the gap %q holds markup", s)
			}
			if strings.Trim(before, " \t\r\n") != "" {
				text = true
			}
			if !ok {
				break
			}
			text = true
			if _, rest, ok = strings.Cut(after, "]]>"); !ok {
				c.t.Fatalf("the gap %q holds an open CDATA section", s)
			}
		}
	}
	for k := n.First(); k.Valid(); k = k.Next() {
		start, _ := k.Span()
		gap(start)
		if k.Parent() != n {
			c.t.Fatalf("a child at %d has another parent", start)
		}
		c.node(k)
	}
	_, end := n.Content()
	gap(end)
	if n.Kind() == Elem && n.HasText() != text {
		c.t.Fatalf("HasText is %v of %q", n.HasText(), n.Source())
	}
}

func (c *spanChecker) node(n Node) {
	c.t.Helper()
	start, end := n.Span()
	src := c.s[start:end]
	if src != n.Source() {
		c.t.Fatalf("Source gives %q for %q", n.Source(), src)
	}
	switch n.Kind() {
	case Comment:
		c.add(start, end)
		if len(src) < 7 || !strings.HasPrefix(src, "<!--") || !strings.HasSuffix(src, "-->") || strings.Contains(src[4:len(src)-3], "--") {
			c.t.Fatalf("%q is no comment", src)
		}
	case ProcInst:
		c.add(start, end)
		if !strings.HasPrefix(src, "<?") || strings.Index(src, "?>") != len(src)-2 {
			c.t.Fatalf("%q is no processing instruction", src)
		}
	case Elem:
		open, shut := n.Content()
		c.startTag(n)
		if n.IsEmptyTag() {
			if open != end || shut != end || n.First().Valid() {
				c.t.Fatalf("the empty tag %q has content", src)
			}
			return
		}
		c.content(n)
		tag := c.s[shut:end]
		name := n.Name().String()
		if !strings.HasPrefix(tag, "</"+name) || strings.TrimLeft(tag[2+len(name):], " \t\r\n") != ">" {
			c.t.Fatalf("%q does not end with an end tag", src)
		}
		c.add(shut, end)
	default:
		c.t.Fatalf("a child has the kind %d", n.Kind())
	}
}

// startTag accounts for a start tag: name, attributes, and nothing else but
// white space and an equals sign between them.
func (c *spanChecker) startTag(n Node) {
	c.t.Helper()
	start, _ := n.Span()
	open, _ := n.Content()
	name := n.Name().String()
	if !strings.HasPrefix(c.s[start:], "<"+name) {
		c.t.Fatalf("%.50q does not begin with the name %q", c.s[start:], name)
	}
	c.add(start, start+1+len(name))
	for i := range n.Attrs() {
		from, vfrom, vto := n.AttrSpan(i)
		if from <= c.at || strings.Trim(c.s[c.at:from], " \t\r\n") != "" {
			c.t.Fatalf("%q stands before attribute %d", c.s[c.at:from], i)
		}
		attr := n.AttrName(i).String()
		between, ok := strings.CutPrefix(c.s[from:vfrom], attr)
		quote := c.s[vfrom-1 : vfrom]
		if !ok || strings.Trim(between, " \t\r\n") != "="+quote && !equalsSign(between, quote) {
			c.t.Fatalf("attribute %d is %q", i, c.s[from:vto])
		}
		if quote != `"` && quote != "'" || c.s[vto:vto+1] != quote || strings.Contains(c.s[vfrom:vto], quote) {
			c.t.Fatalf("the value of attribute %d is not in quotes: %q", i, c.s[vfrom-1:vto+1])
		}
		c.add(c.at, vto+1)
	}
	rest := strings.TrimLeft(c.s[c.at:open], " \t\r\n")
	if n.IsEmptyTag() && rest != "/>" || !n.IsEmptyTag() && rest != ">" {
		c.t.Fatalf("the start tag ends with %q", c.s[c.at:open])
	}
	c.add(c.at, open)
}

func equalsSign(s, quote string) bool {
	s, ok := strings.CutSuffix(s, quote)
	return ok && strings.Trim(s, " \t\r\n") == "="
}

// checkRaw compares the text with the bytes as stored, read by other means.
func checkRaw(t testing.TB, d *Document) {
	t.Helper()
	raw := string(d.Raw())
	var want string
	switch d.Encoding() {
	case UTF8, ASCII:
		want = strings.TrimPrefix(raw, "\xEF\xBB\xBF")
	case UTF16LE:
		want = decodeAll(binary.LittleEndian, raw)
	case UTF16BE:
		want = decodeAll(binary.BigEndian, raw)
	case ISO8859_1:
		want, _ = charmap.ISO8859_1.NewDecoder().String(raw)
	case Windows1252:
		want, _ = charmap.Windows1252.NewDecoder().String(raw)
	}
	if want != d.Source() || !utf8.ValidString(want) {
		t.Fatalf("the text in %v is %.100q, want %.100q", d.Encoding(), d.Source(), want)
	}
}

func decodeAll(order binary.ByteOrder, raw string) string {
	var u []uint16
	for b := []byte(raw); len(b) > 1; b = b[2:] {
		u = append(u, order.Uint16(b))
	}
	return strings.TrimPrefix(string(utf16.Decode(u)), "\uFEFF")
}

func TestSpansCorpus(t *testing.T) {
	corpus(t, func(t *testing.T, path string, data []byte) {
		if d, err := Parse(path, data, Limits{}); err == nil {
			checkSpans(t, d)
		}
	})
}

func TestSpansRandom(t *testing.T) {
	for i := range 2000 {
		s := randomDocument(rand.New(rand.NewPCG(uint64(i), 4)))
		d, err := Parse("doc.xml", []byte(s), Limits{})
		if err != nil {
			t.Fatalf("document %d: %v: %q", i, err, s)
		}
		checkSpans(t, d)
	}
}
