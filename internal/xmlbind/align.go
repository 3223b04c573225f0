package xmlbind

import (
	"slices"
	"strings"

	"github.com/ovfkit/ovf/xmltree"
)

// children writes the children of an element whose list differs from its
// source: those that have a place there keep it, new ones go next to their
// like, and what has no child any more goes with the space before it.
func (m *merger) children(kids []outKid, n xmltree.Node) {
	var src []xmltree.Node
	for k := n.First(); k.Valid(); k = k.Next() {
		if k.Kind() == xmltree.Elem {
			src = append(src, k)
		}
	}
	p := plan(kids, n, src)
	pos, closing := n.Content()
	if len(src) == 0 {
		m.only(kids, n)
		return
	}
	for _, d := range p.first {
		sep := m.indent(src[0])
		m.out = append(m.out, sep...)
		m.fresh(n, src[0], kids[d], sep)
	}
	for s, k := range src {
		start, end := k.Span()
		d := p.at[s]
		if d < 0 {
			gap := m.text[pos:start]
			m.out = append(m.out, strings.TrimRight(gap, xmlSpace)...)
			pos = end
		} else {
			m.copy(pos, start)
			for _, b := range p.before[s] {
				m.fresh(n, k, kids[b], m.indent(k))
				m.out = append(m.out, m.indent(k)...)
			}
			from := kids[d].source()
			if !from.Valid() || from.Document() != m.b.doc || from.Parent() != n {
				from = k
			}
			m.kid(&kids[d], from)
			pos = end
		}
		if len(p.after[s]) == 0 {
			continue
		}
		next := closing
		if s+1 < len(src) {
			next, _ = src[s+1].Span()
		}
		rest := restOfLine(m.text[pos:next])
		m.copy(pos, pos+rest)
		pos += rest
		for _, a := range p.after[s] {
			sep := m.indent(k)
			m.out = append(m.out, sep...)
			m.fresh(n, k, kids[a], sep)
		}
	}
	m.copy(pos, closing)
}

// only writes children into an element that had none.
func (m *merger) only(kids []outKid, n xmltree.Node) {
	pos, closing := n.Content()
	if len(kids) == 0 {
		m.copy(pos, closing)
		return
	}
	outer := m.indent(n)
	inner := ""
	if outer != "" {
		inner = outer + m.unit(n.Parent(), n)
	}
	m.out = append(m.out, strings.TrimRight(m.text[pos:closing], xmlSpace)...)
	for _, k := range kids {
		m.out = append(m.out, inner...)
		m.fresh(n, xmltree.Node{}, k, inner)
	}
	m.out = append(m.out, outer...)
}

// restOfLine returns how much of the text after an element still belongs to
// its line: a comment behind it, but no more.
func restOfLine(gap string) int {
	i := strings.IndexByte(gap, '\n')
	if i < 0 {
		return 0
	}
	for i > 0 && gap[i-1] == '\r' {
		i--
	}
	if strings.Count(gap[:i], "<!--") != strings.Count(gap[:i], "-->") {
		return 0
	}
	return i
}

// layout says which child goes where among the elements of the source.
type layout struct {
	at            []int // for each source element the child in its place, or -1
	first         []int // children before all others
	before, after map[int][]int
}

// plan aligns children with the elements of the source.
func plan(kids []outKid, n xmltree.Node, src []xmltree.Node) layout {
	l := layout{at: slices.Repeat([]int{-1}, len(src)), before: map[int][]int{}, after: map[int][]int{}}
	slot := slices.Repeat([]int{-1}, len(kids))
	byID := make(map[xmltree.Node]int, len(src))
	for s, k := range src {
		byID[k] = s
	}
	for d := range kids { // by where they were read
		if s, ok := byID[kids[d].source()]; ok && l.at[s] < 0 {
			slot[d], l.at[s] = s, d
		}
	}
	matchSimple(kids, src, slot, l.at)
	for d := range kids { // a struct put in place of another one
		if slot[d] >= 0 || kids[d].list || kids[d].codec == nil {
			continue
		}
		if s := free(src, l.at, kids[d].name); s >= 0 {
			slot[d], l.at[s] = s, d
		}
	}
	keepOrder(kids, slot, l.at)
	l.insert(kids, slot)
	return l
}

// free returns the first source element of that name that has no child yet.
func free(src []xmltree.Node, at []int, name xmltree.Name) int {
	for s, k := range src {
		if at[s] < 0 && k.Name().Same(name) {
			return s
		}
	}
	return -1
}

// matchSimple aligns children with simple content: equal text first, in order,
// then what is left by position.
func matchSimple(kids []outKid, src []xmltree.Node, slot, at []int) {
	isSimple := func(d int) bool { return slot[d] < 0 && kids[d].codec == nil && kids[d].elem == nil }
	for d := 0; d < len(kids); d++ {
		if !isSimple(d) {
			continue
		}
		var want, have []int
		for e := d; e < len(kids) && kids[e].order == kids[d].order; e++ {
			if isSimple(e) {
				want = append(want, e)
			}
		}
		for s, k := range src {
			if at[s] < 0 && k.Name().Same(kids[d].name) && simple(k) {
				have = append(have, s)
			}
		}
		if len(want) != len(have) {
			from := 0
			for _, e := range want {
				for h := from; h < len(have); h++ {
					if src[have[h]].Text() == kids[e].text {
						slot[e], at[have[h]] = have[h], e
						from = h + 1
						break
					}
				}
			}
		}
		h := 0
		for _, e := range want {
			for h < len(have) && at[have[h]] >= 0 {
				h++
			}
			if slot[e] < 0 && h < len(have) && !crosses(want, have, slot, e, have[h]) {
				slot[e], at[have[h]] = have[h], e
			}
		}
		d = want[len(want)-1]
	}
}

// crosses reports whether giving child e the source element s would put it on
// the wrong side of one that has its place.
func crosses(want, have, slot []int, e, s int) bool {
	for _, o := range want {
		if slot[o] >= 0 && (o < e) != (slot[o] < s) {
			return true
		}
	}
	return false
}

// keepOrder hands the places of each list to its children in the order of the
// list, so that moving one moves it in the text.
func keepOrder(kids []outKid, slot, at []int) {
	for d := 0; d < len(kids); {
		e := d
		var mine []int
		for ; e < len(kids) && kids[e].order == kids[d].order; e++ {
			if slot[e] >= 0 {
				mine = append(mine, slot[e])
			}
		}
		if !slices.IsSorted(mine) {
			slices.Sort(mine)
			i := 0
			for k := d; k < e; k++ {
				if slot[k] >= 0 {
					slot[k] = mine[i]
					at[mine[i]] = k
					i++
				}
			}
		}
		d = e
	}
}

// insert finds a place for every child that has none: behind the one before it
// in its list, else before the one behind it, else where the schema puts it.
func (l *layout) insert(kids []outKid, slot []int) {
	for d := range kids {
		if slot[d] >= 0 {
			continue
		}
		if d > 0 && kids[d-1].order == kids[d].order && slot[d-1] >= 0 {
			slot[d] = slot[d-1] // those that follow go behind this one
			l.after[slot[d]] = append(l.after[slot[d]], d)
			continue
		}
		next := -1
		for e := d + 1; e < len(kids) && kids[e].order == kids[d].order; e++ {
			if slot[e] >= 0 && l.at[slot[e]] == e {
				next = slot[e]
				break
			}
		}
		if next >= 0 {
			l.before[next] = append(l.before[next], d)
			continue
		}
		last := -1
		for s, e := range l.at {
			if e >= 0 && kids[e].order <= kids[d].order {
				last = s
			}
		}
		if last < 0 {
			l.first = append(l.first, d)
			continue
		}
		slot[d] = last
		l.after[last] = append(l.after[last], d)
	}
}
