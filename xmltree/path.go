package xmltree

import (
	"slices"
	"strconv"
	"sync"
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
// as written, from 1, or 0 if it is the only one. The numbers of all siblings are
// counted at once: whoever reports a mistake in each of a million siblings must
// not count a million siblings each time.
func (d *Document) ordinal(id int32) uint32 {
	o := &d.ordinals
	o.Lock()
	defer o.Unlock()
	if o.of == nil {
		o.prepare(d)
	}
	if parent := d.nodes[id].parent; !o.counted[parent] {
		o.counted[parent] = true
		o.count(d, d.nodes[parent].first)
	}
	return o.of[id]
}

// ordinals are the numbers of elements among their siblings, as far as somebody
// asked for them.
type ordinals struct {
	sync.Mutex
	of      []uint32 // by node
	counted []bool   // whether the children of a node are
	word    []int32  // of each name: the same for all written alike
	seen    []uint32 // of each word; all 0 between calls
}

func (o *ordinals) prepare(d *Document) {
	o.of, o.counted, o.word = make([]uint32, len(d.nodes)), make([]bool, len(d.nodes)), make([]int32, len(d.names))
	words := map[string]int32{}
	for i := range d.names {
		w, ok := words[d.names[i].raw]
		if !ok {
			w = int32(len(words))
			words[d.names[i].raw] = w
		}
		o.word[i] = w
	}
	o.seen = make([]uint32, len(words))
}

// count numbers a node and the siblings behind it.
func (o *ordinals) count(d *Document, first int32) {
	for c := first; c != 0; c = d.nodes[c].next {
		w := o.word[d.nodes[c].name]
		o.seen[w]++
		o.of[c] = o.seen[w]
	}
	for c := first; c != 0; c = d.nodes[c].next {
		switch w := o.word[d.nodes[c].name]; {
		case o.seen[w] == 1:
			o.of[c], o.seen[w] = 0, 0
		case o.seen[w] == o.of[c]: // the last one
			o.seen[w] = 0
		}
	}
}
