package schemas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas/internal/grammar"
	"github.com/ovfkit/ovf/xmltree"
)

// child is one child of an element whose content is explained.
type child struct {
	node xmltree.Node
	slot int  // in the row; -1: none takes it
	kept bool // stands in the right order with the others that are kept
}

// children compares the children of an element with the row of slots that its
// type has, and reports the fewest changes that make them fit: what no slot
// takes, what stands in the wrong order or too often, and what is missing. It
// reports false where it has nothing to say, as for a type that is no plain row.
func (x *explainer) children(parent xmltree.Node) bool {
	t := x.typing(parent).typ
	if t == nil {
		return false
	}
	row, ok := t.Slots()
	if !ok {
		return false
	}
	if len(row) == 0 {
		return x.noChildren(parent)
	}
	list := x.assign(parent, row)
	keep(list, row)
	filled := make([]int, len(row))
	for _, c := range list {
		if c.slot >= 0 {
			filled[c.slot]++
		}
	}
	before := x.errors
	seen := make([]int, len(row)) // kept children so far
	first := make([]xmltree.Node, len(row))
	for i, c := range list {
		if x.full() {
			return true
		}
		switch {
		case c.slot < 0:
			x.unexpected(parent, c.node, row, filled)
		case row[c.slot].Max != grammar.Unbounded && filled[c.slot] > row[c.slot].Max && (!c.kept || seen[c.slot] == row[c.slot].Max):
			x.repeated(parent, c.node, row[c.slot].Max, first[c.slot])
		case !c.kept:
			x.misplaced(parent, list, i)
		}
		if c.slot >= 0 && c.kept {
			seen[c.slot]++
			if !first[c.slot].Valid() {
				first[c.slot] = c.node
			}
		}
	}
	for i := range row {
		if filled[i] < row[i].Min {
			x.missing(parent, row, i, list)
		}
	}
	return x.errors > before
}

// assign finds the slot of each child.
func (x *explainer) assign(parent xmltree.Node, row []grammar.Slot) []child {
	var list []child
	known := map[grammar.Name]int{}
	for n := parent.First(); n.Valid(); n = n.Next() {
		if n.Kind() != xmltree.Elem || x.vendors[n] {
			continue
		}
		name := nameOf(n)
		slot, ok := known[name]
		if !ok {
			slot = slices.IndexFunc(row, func(s grammar.Slot) bool { return x.grammar.Accepts(&s, name) })
			known[name] = slot
		}
		list = append(list, child{node: n, slot: slot})
	}
	return list
}

// keep marks as many children as possible that stand in the order of the row: a
// longest run of slots that never goes back.
func keep(list []child, row []grammar.Slot) {
	var ends []int                 // of runs by length: the child with the least slot that ends one
	from := make([]int, len(list)) // the child before in the best run
	for i, c := range list {
		from[i] = -1
		if c.slot < 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(ends, c.slot, func(e, slot int) int {
			// a slot for one child ends a run that reaches it; others let it grow
			if s := list[e].slot; s < slot || s == slot && row[slot].Max != 1 {
				return -1
			}
			return 1
		})
		if at > 0 {
			from[i] = ends[at-1]
		}
		switch {
		case at == len(ends):
			ends = append(ends, i)
		case list[ends[at]].slot != c.slot: // of two that are too many, the first is kept
			ends[at] = i
		}
	}
	if len(ends) == 0 {
		return
	}
	for i := ends[len(ends)-1]; i >= 0; i = from[i] {
		list[i].kept = true
	}
}

// noChildren reports the first child of an element that may have none.
func (x *explainer) noChildren(parent xmltree.Node) bool {
	for n := parent.First(); n.Valid(); n = n.Next() {
		if n.Kind() != xmltree.Elem {
			continue
		}
		what := "may have no content"
		if t := x.typing(parent).typ; t != nil && t.Simple != nil {
			what = "holds text, not elements"
		}
		x.report(RuleUnexpected, elementSpot(n), fmt.Sprintf("the element %s stands in %s, which %s",
			diag.Quote(n.Name().String()), diag.Quote(parent.Name().String()), what), "")
		return true
	}
	return false
}

// unexpected reports a child that no slot takes.
func (x *explainer) unexpected(parent, n xmltree.Node, row []grammar.Slot, filled []int) {
	name := n.Name()
	hint := laterSection(parent.Name(), name)
	var names []grammar.Name
	for i, s := range row {
		for _, e := range s.Elements {
			for _, m := range x.stands(e) {
				switch {
				case hint != "":
				case m.Local == name.Local && name.Space == "":
					hint = fmt.Sprintf("write %s: the element needs its namespace", x.elementName(n, m))
				case m.Local == name.Local:
					hint = fmt.Sprintf("%s is in the namespace %s", m.Local, m.Space)
				case similar(m.Local, name.Local):
					hint = fmt.Sprintf("is %s meant?", x.elementName(n, m))
				}
			}
			if s.Max == grammar.Unbounded || filled[i] < s.Max {
				names = append(names, e.Name)
			}
		}
	}
	message := fmt.Sprintf("the element %s is not expected in %s", diag.Quote(name.String()), diag.Quote(parent.Name().String()))
	if len(names) > 0 {
		message += ": it may still have " + x.list(n, names)
	}
	x.report(RuleUnexpected, elementSpot(n), message, hint)
}

// stands returns the names by which an element of the grammar may appear: its
// own, or those of its substitutes.
func (x *explainer) stands(e *grammar.Element) []grammar.Name {
	if m := x.grammar.Members(e.Name); len(m) > 0 {
		return m
	}
	return []grammar.Name{e.Name}
}

// laterSection returns a hint for a section of OVF 2.x in a document of 1.x.
func laterSection(parent, n xmltree.Name) string {
	if parent.Space != NamespaceEnvelope1 {
		return ""
	}
	added := []string{"EnvironmentFilesSection", "BootDeviceSection", "SharedDiskSection", "ScaleOutSection",
		"PlacementGroupSection", "PlacementSection", "EncryptionSection"}
	if n.Space == NamespaceEnvelope2 || n.Space == parent.Space && slices.Contains(added, n.Local) {
		return "OVF 2.x has this section, this document is in the namespace of OVF 1.x"
	}
	return ""
}

// repeated reports a child too many.
func (x *explainer) repeated(parent, n xmltree.Node, most int, first xmltree.Node) {
	times := "once"
	if most != 1 {
		times = fmt.Sprintf("%d times", most)
	}
	hint := "remove one of them"
	if n.Name().Local == "VirtualSystem" && isOVF(n.Name().Space) {
		hint = "put several virtual systems into a VirtualSystemCollection"
	}
	var related []report
	if first.Valid() {
		related = []report{also(first, "the first one")}
	}
	x.report(RuleRepeated, elementSpot(n), fmt.Sprintf("%s may stand in %s only %s",
		diag.Quote(n.Name().String()), diag.Quote(parent.Name().String()), times), hint, related...)
}

// misplaced reports child i, which stands before or behind its place.
func (x *explainer) misplaced(parent xmltree.Node, list []child, i int) {
	n := list[i].node
	where, other := "", xmltree.Node{}
	for _, c := range list[:i] { // the first one that must follow it
		if c.kept && c.slot > list[i].slot {
			where, other = "before", c.node
			break
		}
	}
	if where == "" {
		for j := len(list) - 1; j > i; j-- { // the last one that must precede it
			if list[j].kept && list[j].slot < list[i].slot {
				where, other = "behind", list[j].node
				break
			}
		}
	}
	name, within := diag.Quote(n.Name().String()), diag.Quote(parent.Name().String())
	if where == "" { // two of a slot for one
		x.repeated(parent, n, 1, xmltree.Node{})
		return
	}
	start, _ := other.Span()
	line, _ := x.doc.Position(start)
	x.report(RuleOrder, elementSpot(n), fmt.Sprintf("%s stands out of order in %s: its place is %s %s", name, within, where, diag.Quote(other.Name().String())),
		fmt.Sprintf("move it %s line %d", where, line), also(other, "its place is "+where+" this"))
}

// missing reports a slot that has too few children.
func (x *explainer) missing(parent xmltree.Node, row []grammar.Slot, slot int, list []child) {
	var names []grammar.Name
	for _, e := range row[slot].Elements {
		names = append(names, x.stands(e)...)
	}
	what := "an element of another namespace"
	if len(names) > 0 {
		what = x.list(parent, names)
	}
	place := ""
	for _, c := range list {
		if c.kept && c.slot > slot {
			place = ": its place is before " + diag.Quote(c.node.Name().String())
			break
		}
	}
	x.report(RuleMissing, elementSpot(parent), fmt.Sprintf("%s has no %s%s", diag.Quote(parent.Name().String()), what, place), "")
}

// unexplainedChild reports a child, or the lack of one, where the grammar gives
// no row to compare with.
func (x *explainer) unexplainedChild(f Finding, parent xmltree.Node) {
	name := diag.Quote(parent.Name().String())
	if f.Kind == Incomplete {
		x.report(RuleMissing, elementSpot(parent), fmt.Sprintf("%s lacks a child that its type requires", name), "")
		return
	}
	message := fmt.Sprintf("the element %s is not expected there in %s", diag.Quote(f.Node.Name().String()), name)
	if x.typing(f.Node).declared == nil && strings.Contains(f.Text, "wildcard") {
		message = fmt.Sprintf("the element %s is declared by no schema at hand, and %s takes declared ones only", diag.Quote(f.Node.Name().String()), name)
	}
	x.report(RuleUnexpected, elementSpot(f.Node), message, "")
}

// maxNames is how many names a message lists.
const maxNames = 8

// maxMembers is how many substitutes a message lists by name.
const maxMembers = 3

// list writes names as "a, b or c", those of heads by their substitutes.
func (x *explainer) list(n xmltree.Node, names []grammar.Name) string {
	var parts []string
	for _, name := range names {
		members := x.grammar.Members(name)
		s := x.elementName(n, name)
		switch {
		case len(members) > maxMembers:
			s = fmt.Sprintf("a %s such as %s", strings.ToLower(name.Local), x.elementName(n, members[0]))
		case len(members) > 0:
			s = x.list(n, members)
		}
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	rest := ""
	if len(parts) > maxNames {
		rest = fmt.Sprintf(" or %d others", len(parts)-maxNames)
		parts = parts[:maxNames]
	}
	if last := len(parts) - 1; last > 0 && rest == "" {
		return strings.Join(parts[:last], ", ") + " or " + parts[last]
	}
	return strings.Join(parts, ", ") + rest
}

// elementName writes a name with the prefix that it has at an element.
func (x *explainer) elementName(n xmltree.Node, name grammar.Name) string {
	if own := n.Name(); own.Space == name.Space {
		own.Local = name.Local
		return own.String()
	}
	for ns := range n.Prefixes {
		if ns.URI == name.Space {
			if ns.Prefix == "" {
				return name.Local
			}
			return ns.Prefix + ":" + name.Local
		}
	}
	return name.Local
}

// attributeName does so for an attribute, which has no default namespace.
func (x *explainer) attributeName(n xmltree.Node, name grammar.Name) string {
	if name.Space == "" {
		return name.Local
	}
	for ns := range n.Prefixes {
		if ns.URI == name.Space && ns.Prefix != "" {
			return ns.Prefix + ":" + name.Local
		}
	}
	return "ovf:" + name.Local
}

// similar reports whether two names differ by case or one or two letters.
func similar(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	const far = 2
	if len(a)-len(b) > far || len(b)-len(a) > far || len(a) < 4 || len(a) > 64 || len(b) > 64 {
		return false
	}
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		cur := make([]int, len(b)+1)
		cur[0] = i + 1
		for j := range len(b) {
			cur[j+1] = min(prev[j+1], cur[j]) + 1
			if a[i] == b[j] {
				cur[j+1] = min(cur[j+1], prev[j])
			} else {
				cur[j+1] = min(cur[j+1], prev[j]+1)
			}
		}
		prev = cur
	}
	return prev[len(b)] <= far
}
