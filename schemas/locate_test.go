package schemas

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/xmltree"
)

// TestLocate compares places worked out together with those that package xmltree
// works out one by one.
func TestLocate(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "full-2.x.ovf"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := xmltree.Parse("full-2.x.ovf", data, xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var reports []report
	var want []string
	var walk func(n xmltree.Node)
	walk = func(n xmltree.Node) {
		for c := n.First(); c.Valid(); c = c.Next() {
			if c.Kind() != xmltree.Elem {
				continue
			}
			reports = append(reports, report{spot: elementSpot(c), related: []report{also(n.Document().Root(), "")}}, report{spot: contentSpot(c)})
			want = append(want, at(c.Location().String(), c.Location().Path), at(c.TextLocation().String(), c.TextLocation().Path))
			for i := range c.Attrs() {
				reports = append(reports, report{spot: attributeSpot(c, i)})
				want = append(want, at(c.AttrLocation(i).String(), c.AttrLocation(i).Path))
			}
			walk(c)
		}
	}
	walk(doc.Node())
	for i, d := range locate(doc, reports) {
		if got := at(d.Location.String(), d.Location.Path); got != want[i] {
			t.Errorf("%s, want %s", got, want[i])
		}
	}
	if len(reports) < 600 {
		t.Errorf("only %d places", len(reports))
	}
}

func at(where, path string) string { return where + " " + path }
