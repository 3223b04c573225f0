package plan

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// ChangeKind says what happened to a fact from one plan to another.
type ChangeKind string

// The kinds of changes.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// Change is one difference between two plans.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Path leads to what changed: `machine "web"`, `memory`.
	Path []string `json:"path"`
	// Old and New are the values as [WriteText] writes them; passwords are
	// hidden in both. Of something that was added or removed as a whole, there
	// is one Change.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// OldReason and NewReason say why, with the place.
	OldReason string `json:"oldReason,omitempty"`
	NewReason string `json:"newReason,omitempty"`
}

// Diff returns what changes from one plan to another: another deployment option,
// other input, or another version of the package. Machines, devices, disks and
// properties are matched by their ids and names; where a value stands in the
// descriptor makes no difference.
func Diff(a, b *Plan) []Change {
	return diffFacts(nil, a.facts(), b.facts(), nil)
}

// diffFacts compares the parts of one thing and appends to out.
func diffFacts(path []string, a, b []fact, out []Change) []Change {
	old, names := labelled(a)
	now, more := labelled(b)
	for _, n := range more {
		if old[n] == nil {
			names = append(names, n)
		}
	}
	for _, n := range names {
		x, y := old[n], now[n]
		at := append(path[:len(path):len(path)], n)
		switch {
		case y == nil:
			out = append(out, Change{Kind: Removed, Path: at, Old: x.value, OldReason: x.reason})
		case x == nil:
			out = append(out, Change{Kind: Added, Path: at, New: y.value, NewReason: y.reason})
		default:
			if x.value != y.value || x.exact != y.exact {
				out = append(out, Change{Kind: Changed, Path: at, Old: x.value, New: y.value, OldReason: x.reason, NewReason: y.reason})
			}
			out = diffFacts(at, x.parts, y.parts, out)
		}
	}
	return out
}

// labelled returns the facts by their labels, which are made unique by a number,
// and the labels in order.
func labelled(list []fact) (map[string]*fact, []string) {
	m := make(map[string]*fact, len(list))
	names := make([]string, 0, len(list))
	seen := make(map[string]int, len(list))
	for i := range list {
		n := list[i].label()
		if seen[n]++; seen[n] > 1 {
			n += " #" + strconv.Itoa(seen[n])
		}
		m[n] = &list[i]
		names = append(names, n)
	}
	return m, names
}

// WriteDiff writes changes for people, one a line.
func WriteDiff(w io.Writer, changes []Change) error {
	b := bufio.NewWriter(w)
	for _, c := range changes {
		path := strings.Join(c.Path, ", ")
		switch c.Kind {
		case Added:
			b.WriteString("+ " + path + behind(c.New) + "\n")
		case Removed:
			b.WriteString("- " + path + behind(c.Old) + "\n")
		case Changed:
			b.WriteString("~ " + path + ": " + first(c.Old, "nothing") + " -> " + first(c.New, "nothing") + "\n")
		}
	}
	return b.Flush()
}

func behind(value string) string {
	if value == "" {
		return ""
	}
	return ": " + value
}
