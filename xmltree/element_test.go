package xmltree

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestElement reads made documents into elements and back.
func TestElement(t *testing.T) {
	for i := range 300 {
		s := randomDocument(rand.New(rand.NewPCG(uint64(i), 10)))
		root := parse(t, s).Root()
		e := NewElement(root)
		if e.Source() != root || !e.Unchanged(root) {
			t.Fatalf("document %d: the element of %q says something else", i, s)
		}
		if e.Text() != root.Text() {
			t.Fatalf("document %d: the text is %q, want %q", i, e.Text(), root.Text())
		}
		c := e.Clone()
		if !c.Equal(e) || c.Source() != root {
			t.Fatalf("document %d: the clone is another one", i)
		}
		c.Strip()
		if !c.Equal(e) || c.Source().Valid() || !c.Unchanged(root) {
			t.Fatalf("document %d: stripped, the clone is another one", i)
		}
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back Element
		if err := json.Unmarshal(b, &back); err != nil || !back.Equal(e) {
			t.Fatalf("document %d: the JSON form reads back as another element, error %v: %s", i, err, b)
		}
	}
}

// TestElementChanged changes each part of an element: none may pass for what was
// read.
func TestElementChanged(t *testing.T) {
	const doc = `<p:a xmlns:p="urn:p" b="1" p:c="2">text<!--comment--><d e="3"><f/></d><?pi data?>end</p:a>`
	root := parse(t, doc).Root()
	changes := map[string]func(e *Element){
		"name":                func(e *Element) { e.Name.Local = "x" },
		"namespace":           func(e *Element) { e.Name.Space = "urn:x" },
		"declaration":         func(e *Element) { e.Namespaces[0].URI = "urn:x" },
		"declaration removed": func(e *Element) { e.Namespaces = nil },
		"attribute":           func(e *Element) { e.Attrs[0].Value = "x" },
		"attribute renamed":   func(e *Element) { e.Attrs[1].Name.Space = "" },
		"attribute removed":   func(e *Element) { e.Attrs = e.Attrs[:1] },
		"attribute added":     func(e *Element) { e.Attrs = append(e.Attrs, Attr{Name{Local: "g"}, ""}) },
		"attributes swapped":  func(e *Element) { slices.Reverse(e.Attrs) },
		"text":                func(e *Element) { e.Content[0] = Text("x") },
		"text for comment":    func(e *Element) { e.Content[1] = Text("comment") },
		"comment":             func(e *Element) { e.Content[1] = CommentText("x") },
		"child":               func(e *Element) { e.Child("", "d").Attrs[0].Value = "x" },
		"grandchild":          func(e *Element) { e.Child("", "d").Child("", "f").Name.Local = "x" },
		"child emptied":       func(e *Element) { e.Child("", "d").Content = nil },
		"instruction":         func(e *Element) { e.Content[3] = Instruction{"pi", "x"} },
		"content removed":     func(e *Element) { e.Content = e.Content[:4] },
		"content added":       func(e *Element) { e.Content = append(e.Content, Text("")) },
	}
	original := NewElement(root)
	for name, change := range changes {
		e := original.Clone()
		change(e)
		equal := strings.HasPrefix(name, "declaration") // says the same, in another way
		if e.Unchanged(root) || e.Equal(original) != equal || original.Equal(e) != equal {
			t.Errorf("%s: unchanged %v, equal %v", name, e.Unchanged(root), e.Equal(original))
		}
	}
	if !original.Unchanged(root) {
		t.Error("a change of a clone reached the original")
	}
	e := original.Clone()
	e.Name.Prefix = "q"
	if !e.Equal(original) || !e.Unchanged(root) {
		t.Error("a prefix counts")
	}
	if original.Unchanged(root.First()) || (*Element)(nil).Equal(original) || !(*Element)(nil).Equal(nil) || (*Element)(nil).Clone() != nil {
		t.Error("a comment or nil is taken for the element")
	}
	if v, ok := original.Attr("urn:p", "c"); v != "2" || !ok {
		t.Errorf("the attribute is %q, %v", v, ok)
	}
	if _, ok := original.Attr("", "c"); ok || original.Child("urn:p", "d") != nil {
		t.Error("names are found in other namespaces")
	}
	if i, ok := original.Content[3].(Instruction); !ok || i != (Instruction{"pi", "data"}) {
		t.Errorf("the instruction is %v", original.Content[3])
	}
}

func TestElementJSON(t *testing.T) {
	e := &Element{
		Name:       Name{"urn:a", "b", "p"},
		Namespaces: []Namespace{{"p", "urn:a"}},
		Attrs:      []Attr{{Name{Local: "c"}, "d"}},
		Content:    []Content{Text("t"), &Element{Name: Name{Local: "e"}}, CommentText("c"), Instruction{Target: "i"}},
	}
	const want = `{"name":{"space":"urn:a","local":"b","prefix":"p"},"namespaces":[{"prefix":"p","uri":"urn:a"}],` +
		`"attrs":[{"name":{"local":"c"},"value":"d"}],"content":[{"text":"t"},{"element":{"name":{"local":"e"}}},{"comment":"c"},{"instruction":{"target":"i"}}]}`
	b, err := json.Marshal(e)
	if err != nil || string(b) != want {
		t.Errorf("got %s, error %v\nwant %s", b, err, want)
	}
	for _, bad := range []string{`{"content":[{}]}`, `{"content":[{"element":{"content":[{"other":1}]}}]}`, `{"name":1}`, `[]`} {
		if err := json.Unmarshal([]byte(bad), new(Element)); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

// FuzzElementJSON reads anything as the JSON form of an element: what is read
// is written and read again as an equal element.
func FuzzElementJSON(f *testing.F) {
	f.Add([]byte(`{"name":{"space":"urn:a","local":"b","prefix":"p"},"namespaces":[{"prefix":"p","uri":"urn:a"}],"content":[{"text":"t"},{"element":{"name":{"local":"e"}}}]}`))
	f.Add([]byte(`{"content":[{"comment":"c"},{"instruction":{"target":"i","data":"d"}}],"attrs":[{"name":{"local":"c"},"value":"d"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e, back Element
		if json.Unmarshal(data, &e) != nil {
			return
		}
		b, err := json.Marshal(&e)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &back); err != nil || !back.Equal(&e) {
			t.Fatalf("%s reads back as another element: %v", b, err)
		}
	})
}

func TestExt(t *testing.T) {
	doc := parse(t, "<a><b c='d'/></a>")
	x := Ext{
		Namespaces: []Namespace{{"p", "urn:p"}},
		Attrs:      []Attr{{Name{"urn:p", "a", "p"}, "1"}},
		Elements:   []*Element{NewElement(doc.Root().First())},
		Markup:     []Markup{{Field: "Info", Attrs: []Attr{{Name{Local: "x"}, "y"}}}, {Field: "@id", Text: "007"}},
	}
	c := x.Clone()
	if !c.Equal(&x) || !x.Equal(&c) {
		t.Error("the clone is another one")
	}
	slices.Reverse(c.Markup)
	c.Namespaces = nil
	if !c.Equal(&x) {
		t.Error("the order of Markup or a declaration counts")
	}
	for name, change := range map[string]func(x *Ext){
		"attribute":         func(x *Ext) { x.Attrs[0].Value = "2" },
		"element":           func(x *Ext) { x.Elements[0].Attrs[0].Value = "e" },
		"markup":            func(x *Ext) { x.Markup[1].Text = "7" },
		"markup attribute":  func(x *Ext) { x.Markup[0].Attrs[0].Value = "z" },
		"markup removed":    func(x *Ext) { x.Markup = x.Markup[:1] },
		"markup of another": func(x *Ext) { x.Markup[0].Index = 1 },
	} {
		c := x.Clone()
		change(&c)
		if c.Equal(&x) || x.Equal(&c) {
			t.Errorf("%s: the change is not seen", name)
		}
	}
	if v, ok := x.Attr("urn:p", "a"); v != "1" || !ok {
		t.Errorf("the attribute is %q, %v", v, ok)
	}
	if m := x.Find("@id", 0); m == nil || m.Text != "007" || x.Find("@id", 1) != nil {
		t.Errorf("the markup is %v", m)
	}
	x.Strip()
	if x.Elements[0].Source().Valid() {
		t.Error("the source is not forgotten")
	}
}

// TestEscape writes every character and reads it back, by Parse and by another
// parser.
func TestEscape(t *testing.T) {
	var all strings.Builder
	for r := rune(0); r < 0x3000; r++ {
		if validChar(r) {
			all.WriteRune(r)
		}
	}
	all.WriteString("]]>\uFFFD\U0001F600\U0010FFFF &amp; \r\n")
	s := all.String()
	for _, quote := range []byte{'"', '\''} {
		doc := fmt.Sprintf("<a b=%c%s%c>%s</a>", quote, AppendAttr(nil, s, quote), quote, AppendText(nil, s))
		n := parse(t, doc).Root()
		if n.AttrValue(0) != s || n.Text() != s {
			t.Errorf("%c: it reads back differently", quote)
		}
		var other struct {
			Attr string `xml:"b,attr"`
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte(doc), &other); err != nil || other.Attr != s || other.Text != s {
			t.Errorf("%c: encoding/xml reads it back differently, error %v", quote, err)
		}
	}
}
