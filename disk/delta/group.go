package delta

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// family is a set of images that are stored together, in one of two ways: as a
// tree in which each image is the child of one that is like it, or as a star, in
// which all are children of a parent that holds what most of them have.
type family struct {
	members []int
	edges   []edge // of the tree
	tree    int64  // units stored
	star    int64
}

func (f *family) cost() int64 { return min(f.tree, f.star) }

// edge joins two images that have a number of units in common.
type edge struct {
	a, b   int
	shared int64
}

// A zero over content costs a block too, which compresses to next to nothing.
const zeroCost = 64 // such blocks count as one

// plan chooses families. What an image stores as a child is all it has but what
// it shares with its parent, so the best tree is the one that shares most; it is
// built edge by edge, the best first, as long as each makes the whole
// smaller.
func (t *tables) plan() *Plan {
	of := make([]*family, len(t.sums)) // of each image
	own := make([]int64, len(t.sums))
	p := &Plan{}
	for i, sums := range t.sums {
		own[i] = stored(sums)
		p.Full += t.bytes(own[i])
		of[i] = &family{members: []int{i}, tree: own[i], star: own[i]}
	}
	for _, e := range t.edges() {
		x, y := of[e.a], of[e.b]
		if x == y || e.shared*100 < min(own[e.a], own[e.b]) {
			continue
		}
		f := &family{
			members: slices.Concat(x.members, y.members),
			edges:   append(slices.Concat(x.edges, y.edges), e),
			tree:    x.tree + y.tree - e.shared,
		}
		slices.Sort(f.members)
		f.star = f.tree
		if len(f.members) > 2 {
			f.star = t.starCost(f.members)
		}
		if f.cost() >= x.cost()+y.cost() {
			continue
		}
		for _, i := range f.members {
			of[i] = f
		}
	}
	for i, f := range of {
		switch {
		case f.members[0] != i:
		case f.star < f.tree:
			t.addStar(p, f)
		default:
			t.addTree(p, f)
		}
	}
	return p
}

func stored(sums []uint32) int64 {
	n := int64(0)
	for _, s := range sums {
		if s != 0 {
			n++
		}
	}
	return n
}

// edges returns all pairs of images that share content, the best first.
func (t *tables) edges() []edge {
	var list []edge
	for a := range t.sums {
		for b := a + 1; b < len(t.sums); b++ {
			e := edge{a: a, b: b}
			for u, s := range t.sums[a] {
				if s != 0 && s == t.sums[b][u] {
					e.shared++
				}
			}
			if e.shared > 0 {
				list = append(list, e)
			}
		}
	}
	slices.SortStableFunc(list, func(x, y edge) int { return int(y.shared - x.shared) })
	return list
}

// starCost returns how many units a parent for the members and its children
// store.
func (t *tables) starCost(members []int) int64 {
	var units, zeros int64
	column := make([]uint32, len(members))
	for u := range t.sums[members[0]] {
		for i, m := range members {
			column[i] = t.sums[m][u]
		}
		common := vote(len(column), func(i int) bool { return column[i] == 0 },
			func(i, k int) bool { return column[i] == column[k] })
		if common != None {
			units++
		}
		for _, s := range column {
			switch {
			case common == None && s == 0, common != None && s == column[common]:
			case s == 0:
				zeros++
			default:
				units++
			}
		}
	}
	return units + zeros/zeroCost
}

// vote chooses which of n contents a parent should hold, or None if it should
// hold zeros: the one that most have, if at least two have it.
func vote(n int, zero func(i int) bool, equal func(i, k int) bool) int {
	best, most := None, 1
	for i := range n {
		if zero(i) {
			continue
		}
		count := 1
		for k := i + 1; k < n; k++ {
			if !zero(k) && equal(i, k) {
				count++
			}
		}
		if count > most {
			best, most = i, count
		}
	}
	return best
}

// addTree adds the disks of a family of which one image is the parent of all.
// That is its first one, so that the order of the images has a say.
func (t *tables) addTree(p *Plan, f *family) {
	index := map[int]int{} // of the disk of an image
	add := func(m, parent int) {
		d := Disk{Image: m, Parent: None, Sum: t.sum(t.sums[m])}
		if parent == None {
			d.Stored = t.bytes(stored(t.sums[m]))
		} else {
			d.Parent = index[parent]
			d.Stored = t.difference(t.sums[m], t.sums[parent])
		}
		index[m] = len(p.Disks)
		p.Disks = append(p.Disks, d)
	}
	add(f.members[0], None)
	for len(index) < len(f.members) {
		for _, m := range f.members {
			if _, done := index[m]; done {
				continue
			}
			for _, e := range f.edges {
				parent := None
				switch m {
				case e.a:
					parent = e.b
				case e.b:
					parent = e.a
				}
				if _, done := index[parent]; done {
					add(m, parent)
					break
				}
			}
		}
	}
}

// addStar adds the disks of a family under a parent of its own.
func (t *tables) addStar(p *Plan, f *family) {
	parent := make([]uint32, len(t.sums[0]))
	for u := range parent {
		common := vote(len(f.members), func(i int) bool { return t.sums[f.members[i]][u] == 0 },
			func(i, k int) bool { return t.sums[f.members[i]][u] == t.sums[f.members[k]][u] })
		if common != None {
			parent[u] = t.sums[f.members[common]][u]
		}
	}
	at := len(p.Disks)
	p.Disks = append(p.Disks, Disk{Image: None, Parent: None, Stored: t.bytes(stored(parent)), Sum: t.sum(parent)})
	for _, m := range f.members {
		p.Disks = append(p.Disks, Disk{Image: m, Parent: at, Stored: t.difference(t.sums[m], parent), Sum: t.sum(t.sums[m])})
	}
}

// difference returns how many bytes a child stores.
func (t *tables) difference(child, parent []uint32) int64 {
	var units, zeros int64
	for u, s := range child {
		switch {
		case s == parent[u]:
		case s == 0:
			zeros++
		default:
			units++
		}
	}
	return t.bytes(units + zeros/zeroCost)
}

// sum returns a checksum of checksums.
func (t *tables) sum(sums []uint32) uint32 {
	sum := uint32(0)
	var b [12]byte
	for u, s := range sums {
		if s != 0 {
			binary.BigEndian.PutUint64(b[:], uint64(u))
			binary.BigEndian.PutUint32(b[8:], s)
			sum = crc32.Update(sum, castagnoli, b[:])
		}
	}
	return sum
}
