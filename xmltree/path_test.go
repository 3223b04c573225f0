package xmltree

import (
	"fmt"
	"math/rand/v2"
	"testing"
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
	}
}

func TestPath(t *testing.T) {
	d := parse(t, "<a><b/><c/><p:b xmlns:p='u'/><b/><!--c--><c><b/></c><p:b xmlns:p='v'/></a>")
	checkPaths(t, d.Node(), "")
	if got := last(d.Root()).Path(); got != "/a/p:b[2]" {
		t.Errorf("the path is %s", got)
	}
	for i := range 300 {
		checkPaths(t, parse(t, randomDocument(rand.New(rand.NewPCG(uint64(i), 11)))).Node(), "")
	}
	corpus(t, func(t *testing.T, path string, data []byte) {
		if d, err := Parse(path, data, Limits{}); err == nil && len(data) < 100_000 {
			checkPaths(t, d.Node(), "")
		}
	})
}
