package xmltree

import (
	"slices"
	"strconv"
)

// Path returns the way to an element in the form of XPath, with names as
// written and a number where siblings share one: /Envelope/DiskSection/Disk[2].
// For a comment or instruction it is the path of the element around it.
func (n Node) Path() string {
	var room [16]Node
	up := room[:0]
	for ; n.Valid() && n.Kind() != Root; n = n.Parent() {
		if n.Kind() == Elem {
			up = append(up, n)
		}
	}
	var buf [256]byte
	b := buf[:0]
	for _, e := range slices.Backward(up) {
		b = append(b, '/')
		b = append(b, e.doc.names[e.rec().name].raw...)
		if k := e.doc.ordinal(e.id); k > 0 {
			b = append(b, '[')
			b = strconv.AppendUint(b, uint64(k), 10)
			b = append(b, ']')
		}
	}
	return string(b)
}

// ordinal returns the number of an element among its siblings of the same name
// as written, from 1, or 0 if it is the only one. The numbers of all elements are
// counted at once: whoever reports a mistake in each of a million siblings must
// not count a million siblings each time.
func (d *Document) ordinal(id int32) uint32 {
	d.ordinalsOnce.Do(d.countOrdinals)
	return d.ordinals[id]
}

func (d *Document) countOrdinals() {
	d.ordinals = make([]uint32, len(d.nodes))
	words := map[string]int32{}
	word := make([]int32, len(d.names)) // of each name: the same for all written alike
	for i := range d.names {
		w, ok := words[d.names[i].raw]
		if !ok {
			w = int32(len(words))
			words[d.names[i].raw] = w
		}
		word[i] = w
	}
	count := make([]uint32, len(words))
	for i := range d.nodes {
		first := d.nodes[i].first
		for c := first; c != 0; c = d.nodes[c].next {
			w := word[d.nodes[c].name]
			count[w]++
			d.ordinals[c] = count[w]
		}
		for c := first; c != 0; c = d.nodes[c].next {
			switch w := word[d.nodes[c].name]; {
			case count[w] == 1:
				d.ordinals[c], count[w] = 0, 0
			case count[w] == d.ordinals[c]: // the last one
				count[w] = 0
			}
		}
	}
}
