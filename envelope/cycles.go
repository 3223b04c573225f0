package envelope

import (
	"iter"
	"slices"
)

// maxRelated is how many places a finding points at besides its own.
const maxRelated = 8

// cycles yields each cycle of a graph in which everything has at most one
// parent, given by position or -1. A cycle begins with its lowest position. It
// takes time in proportion to the size of the graph.
func cycles(parents []int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		seen := make([]int, len(parents)) // by which walk, from 1
		for i := range parents {
			at := i
			for at >= 0 && seen[at] == 0 {
				seen[at] = i + 1
				at = parents[at]
			}
			if at < 0 || seen[at] != i+1 {
				continue // an end, or what an earlier walk has seen
			}
			cycle := []int{at}
			for k := parents[at]; k != at; k = parents[k] {
				cycle = append(cycle, k)
			}
			low := slices.Index(cycle, slices.Min(cycle))
			cycle = slices.Concat(cycle[low:], cycle[:low])
			if !yield(cycle) {
				return
			}
		}
	}
}
