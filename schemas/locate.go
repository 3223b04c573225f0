package schemas

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/xmltree"
)

// spot is a place in a document: a range of its source, and the element that
// it belongs to.
type spot struct {
	node       xmltree.Node
	start, end int
	suffix     string // of the path, behind that of the element
}

// report is a diagnostic whose locations are not worked out yet: finding the
// number of an element among its siblings takes a look at all of them.
type report struct {
	diag.Diagnostic
	spot    spot
	related []report
}

// elementSpot is the spot of a start tag.
func elementSpot(n xmltree.Node) spot {
	start, _ := n.Span()
	end, _ := n.Content()
	return spot{node: n, start: start, end: end}
}

// contentSpot is the spot of what an element holds; of nothing, its tag.
func contentSpot(n xmltree.Node) spot {
	start, end := n.Content()
	if start == end {
		return elementSpot(n)
	}
	return spot{node: n, start: start, end: end}
}

// attributeSpot is the spot of an attribute, its value included.
func attributeSpot(n xmltree.Node, i int) spot {
	start, _, end := n.AttrSpan(i)
	return spot{node: n, start: start, end: end + 1, suffix: "/@" + n.AttrName(i).String()}
}

// also is a place that takes part in a diagnostic.
func also(n xmltree.Node, message string) report {
	return report{Diagnostic: diag.Diagnostic{Message: message}, spot: elementSpot(n)}
}

// locate works out the locations of reports. It looks at the children of each
// element once, however many reports are about them.
func locate(doc *xmltree.Document, reports []report) diag.List {
	steps := map[xmltree.Node]string{} // of a path, by element
	parents := map[xmltree.Node]bool{}
	need := func(n xmltree.Node) {
		for ; n.Kind() == xmltree.Elem; n = n.Parent() {
			if _, ok := steps[n]; ok {
				return
			}
			steps[n] = ""
			parents[n.Parent()] = true
		}
	}
	for _, r := range reports {
		need(r.spot.node)
		for _, also := range r.related {
			need(also.spot.node)
		}
	}
	for p := range parents {
		number(p, steps)
	}
	place := func(s spot) diag.Location {
		l := doc.Location(s.start, s.end)
		var path []string
		for n := s.node; n.Kind() == xmltree.Elem; n = n.Parent() {
			path = append(path, steps[n])
		}
		var b strings.Builder
		for i := len(path) - 1; i >= 0; i-- {
			b.WriteString("/" + path[i])
		}
		l.Path = b.String() + s.suffix
		return l
	}
	var list diag.List
	for _, r := range reports {
		r.Location = place(r.spot)
		for _, also := range r.related {
			r.Related = append(r.Related, diag.Related{Location: place(also.spot), Message: also.Message})
		}
		list = append(list, r.Diagnostic)
	}
	return list
}

// number writes the steps of the children that have one, as [xmltree.Node.Path]
// does: the name, with a number where siblings share it.
func number(parent xmltree.Node, steps map[xmltree.Node]string) {
	count := map[string]int{}
	var nodes []xmltree.Node
	var at []int
	for n := parent.First(); n.Valid(); n = n.Next() {
		if n.Kind() != xmltree.Elem {
			continue
		}
		name := n.Name().String()
		count[name]++
		if _, ok := steps[n]; ok {
			nodes, at = append(nodes, n), append(at, count[name])
		}
	}
	for i, n := range nodes {
		name := n.Name().String()
		if count[name] > 1 {
			name += "[" + strconv.Itoa(at[i]) + "]"
		}
		steps[n] = name
	}
}
