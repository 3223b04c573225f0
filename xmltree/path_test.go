package xmltree

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// checkPaths compares the path of every element with one that is put together
// on the way down, by counting the siblings each time.
func checkPaths(t testing.TB, n Node, path string) {
	t.Helper()
	for k := n.First(); k.Valid(); k = k.Next() {
		want := path
		if k.Kind() == Elem {
			number, all := 0, 0
			for s := n.First(); s.Valid(); s = s.Next() {
				if s.Kind() == Elem && s.RawName() == k.RawName() {
					if all++; s == k {
						number = all
					}
				}
			}
			if want += "/" + k.RawName(); all > 1 {
				want += fmt.Sprintf("[%d]", number)
			}
			checkPaths(t, k, want)
		}
		if got := k.Path(); got != want {
			t.Fatalf("the path is %s, want %s", got, want)
		}
		d := n.Document()
		checkLocationAt(t, d, k.Location())
		if k.Kind() == Elem {
			if k.HasText() && !k.First().Valid() {
				checkLocationAt(t, d, k.TextLocation())
			}
			for i := range k.Attrs() {
				checkLocationAt(t, d, k.AttrLocation(i))
			}
		}
	}
}

// checkLocationAt finds a location again by its beginning alone.
func checkLocationAt(t testing.TB, d *Document, want diag.Location) {
	t.Helper()
	if got := d.LocationAt(want.Offset); got != want {
		t.Fatalf("at %d is %+v, want %+v", want.Offset, got, want)
	}
}

func TestPath(t *testing.T) {
	d := parse(t, "<a><b/><c/><p:b xmlns:p='u'/><b/><!--c--><c><b/></c><p:b xmlns:p='v'/></a>")
	checkPaths(t, d.Node(), "")
	if got := last(d.Root()).Path(); got != "/a/p:b[2]" {
		t.Errorf("the path is %s", got)
	}
	for i := range 300 {
		text := randomDocument(rand.New(rand.NewPCG(uint64(i), 11)))
		checkPaths(t, parse(t, text).Node(), "")
		if !strings.HasPrefix(text, "<?xml") { // else it may say that it is UTF-8
			checkPaths(t, parse(t, string(encodeUTF16(binary.LittleEndian, "\uFEFF"+text))).Node(), "")
		}
	}
	d = parse(t, "<?p?><a>x<b/></a> ")
	for _, at := range []struct {
		offset int64
		want   string
	}{{-1, ""}, {0, ""}, {4, ""}, {5, "/a"}, {8, "/a"}, {9, "/a/b"}, {12, "/a/b"}, {13, "/a"}, {16, "/a"}, {17, ""}, {18, ""}, {1000, ""}} {
		if got := d.LocationAt(at.offset).Path; got != at.want {
			t.Errorf("at %d is %q, want %q", at.offset, got, at.want)
		}
	}
	corpus(t, func(t *testing.T, path string, data []byte) {
		if d, err := Parse(path, data, Limits{}); err == nil && len(data) < 100_000 {
			checkPaths(t, d.Node(), "")
		}
	})
}
