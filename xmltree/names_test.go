package xmltree

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestNamesAgainstStandardLibrary compares the namespace and local name of every
// element and attribute with encoding/xml.
func TestNamesAgainstStandardLibrary(t *testing.T) {
	compared := 0
	check := func(name, s string) {
		want, err := standardNames(s)
		d, perr := Parse(name, []byte(s), Limits{})
		if err != nil || perr != nil || len(d.Problems()) > 0 {
			return // it knows no astral characters in names, and more
		}
		compared++
		var got []string
		each(d.Root(), func(n Node) {
			if n.Kind() != Elem {
				return
			}
			got = append(got, n.Name().Space+" "+n.Name().Local)
			for i := range n.Attrs() {
				if !n.AttrIsNamespace(i) {
					got = append(got, "@"+n.AttrName(i).Space+" "+n.AttrName(i).Local)
				}
			}
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%s: the names are\n%q, want\n%q", name, got, want)
		}
	}
	for i := range 1000 {
		check(fmt.Sprint("document ", i), randomDocument(rand.New(rand.NewPCG(uint64(i), 6))))
	}
	if compared < 300 {
		t.Errorf("%d documents compared only", compared)
	}
	corpus(t, func(t *testing.T, path string, data []byte) { check(path, string(data)) })
}

func standardNames(s string) ([]string, error) {
	d := xml.NewDecoder(strings.NewReader(s))
	var names []string
	for {
		tok, err := d.Token()
		if tok == nil {
			if err != nil && err.Error() == "EOF" {
				err = nil
			}
			return names, err
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		space := func(n xml.Name) string {
			if n.Space == "xml" {
				return XMLNamespace
			}
			return n.Space
		}
		names = append(names, space(e.Name)+" "+e.Name.Local)
		for _, a := range e.Attr {
			if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
				names = append(names, "@"+space(a.Name)+" "+a.Name.Local)
			}
		}
	}
}

func TestNames(t *testing.T) {
	d := parse(t, `<a xmlns="urn:d" xmlns:p="urn:p" xmlns:xml="http://www.w3.org/XML/1998/namespace" b="1" p:b="2" xml:lang="de">`+
		`<p:c xmlns:p="urn:q" p:b="3"><d xmlns=""/></p:c><p:c/><q:c/></a>`)
	a := d.Root()
	c := a.First()
	inner := c.First()
	second := c.Next()
	unknown := second.Next()
	for _, tt := range []struct {
		got, want Name
	}{
		{a.Name(), Name{"urn:d", "a", ""}},
		{a.AttrName(0), Name{XMLNSNamespace, "xmlns", ""}},
		{a.AttrName(1), Name{XMLNSNamespace, "p", "xmlns"}},
		{a.AttrName(3), Name{"", "b", ""}},
		{a.AttrName(4), Name{"urn:p", "b", "p"}},
		{a.AttrName(5), Name{XMLNamespace, "lang", "xml"}},
		{c.Name(), Name{"urn:q", "c", "p"}},
		{c.AttrName(1), Name{"urn:q", "b", "p"}},
		{inner.Name(), Name{"", "d", ""}},
		{second.Name(), Name{"urn:p", "c", "p"}},
		{unknown.Name(), Name{"", "q:c", ""}},
	} {
		if tt.got != tt.want {
			t.Errorf("got the name %#v, want %#v", tt.got, tt.want)
		}
	}
	if d.Name(c.NameID()) != c.Name() || d.Name(a.AttrNameID(5)) != a.AttrName(5) || c.NameID() == second.NameID() {
		t.Error("the ids do not lead to the names")
	}
	for i := range d.NameCount() {
		for k := range i {
			if d.Name(i).Same(d.Name(k)) && d.Name(i).String() == d.Name(k).String() {
				t.Errorf("the name %v has the ids %d and %d", d.Name(i), k, i)
			}
		}
	}
	if v, ok := a.Attr("urn:p", "b"); v != "2" || !ok {
		t.Errorf("the attribute p:b is %q, %v", v, ok)
	}
	if v, ok := a.Attr("urn:q", "b"); v != "" || ok {
		t.Errorf("an attribute that is not there is %q, %v", v, ok)
	}
	if got := slices.Collect(c.Prefixes); !slices.Equal(got, []Namespace{{"p", "urn:q"}, {"", "urn:d"}}) {
		t.Errorf("the prefixes at c are %v", got)
	}
	if got := slices.Collect(inner.Prefixes); !slices.Equal(got, []Namespace{{"", ""}, {"p", "urn:q"}}) {
		t.Errorf("the prefixes at d are %v", got)
	}
	for ns := range inner.Prefixes {
		if ns.Prefix != "" {
			t.Errorf("the innermost prefix is %v", ns)
		}
		break
	}
	if !a.SameScope(second) || a.SameScope(c) || c.SameScope(inner) || a.SameScope(parse(t, "<a/>").Root()) {
		t.Error("SameScope is wrong")
	}
	if got := a.Declared(); !slices.Equal(got, []Namespace{{"", "urn:d"}, {"p", "urn:p"}, {"xml", XMLNamespace}}) {
		t.Errorf("a declares %v", got)
	}
	if got := unknown.Declared(); got != nil {
		t.Errorf("q:c declares %v", got)
	}
}

func TestName(t *testing.T) {
	n := Name{"urn:a", "b", "p"}
	if n.String() != "p:b" || (Name{Local: "b"}).String() != "b" {
		t.Error("String is wrong")
	}
	if !n.Is("urn:a", "b") || n.Is("", "b") || n.Is("urn:a", "c") || !n.Same(Name{"urn:a", "b", ""}) || n.Same(Name{"urn:b", "b", "p"}) {
		t.Error("Is or Same is wrong")
	}
}

func TestNode(t *testing.T) {
	d := parse(t, "<?pi?><a><!--c--><b/></a><!--end-->")
	if d.File() != "doc.xml" || string(d.Raw()) != d.Source() {
		t.Error("File or Raw is wrong")
	}
	var none Node
	if none.Valid() || none.Kind() != None || none.Document() != nil {
		t.Error("the zero Node is a node")
	}
	top := d.Node()
	pi := top.First()
	a := pi.Next()
	b := a.First().Next()
	if pi.Kind() != ProcInst || a != d.Root() || a.First().Kind() != Comment || b.Kind() != Elem || a.Next().Kind() != Comment {
		t.Error("the kinds are wrong")
	}
	if a.Parent() != top || b.Parent() != a || top.Parent().Valid() || b.First().Valid() || b.Next().Valid() || a.Next().Next().Valid() {
		t.Error("the tree is wrong")
	}
	if a.Document() != d || !b.IsEmptyTag() || a.IsEmptyTag() || pi.Name() != (Name{}) || pi.Attrs() != 0 {
		t.Error("the properties are wrong")
	}
}
