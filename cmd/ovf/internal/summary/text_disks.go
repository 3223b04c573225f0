package summary

import (
	"fmt"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

// disks writes the disks, each below the one that it changes.
func (p *printer) disks(s *Summary) {
	if len(s.Disks) == 0 {
		return
	}
	p.heading("Disks", "")
	f := &diskForest{p: p, disks: s.Disks, at: map[string]int{}, below: map[int][]int{}, seen: make([]bool, len(s.Disks))}
	for i, d := range s.Disks {
		if _, ok := f.at[d.ID]; !ok {
			f.at[d.ID] = i
		}
	}
	var roots []int
	for i, d := range s.Disks {
		if k, ok := f.at[d.Parent]; ok && d.Parent != "" && k != i {
			f.below[k] = append(f.below[k], i)
		} else {
			roots = append(roots, i)
		}
	}
	for _, i := range roots {
		f.add(i, "  ", "  ", "")
	}
	for i := range s.Disks {
		if !f.seen[i] { // its parents go round in a circle
			f.add(i, "  ", "  ", "changes "+p.clean(s.Disks[i].Parent)+" in a circle")
		}
	}
	n := p.shown(len(f.rows))
	p.table(f.rows[:n])
	p.moreRows(len(f.rows)-n, "  ")
}

type diskForest struct {
	p     *printer
	disks []Disk
	at    map[string]int // by id
	below map[int][]int  // children
	seen  []bool
	rows  []row
}

// branch is a disk to add.
type branch struct {
	disk       int
	lead, hang string
	remark     string
}

// add appends a disk and those below it, without recursion: a chain may be as
// long as the list. From some depth on the tree grows no wider.
func (f *diskForest) add(i int, lead, hang, remark string) {
	for stack := []branch{{i, lead, hang, remark}}; len(stack) > 0; {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if f.seen[b.disk] {
			continue
		}
		f.seen[b.disk] = true
		d := &f.disks[b.disk]
		if _, ok := f.at[d.Parent]; !ok && d.Parent != "" {
			b.remark = "changes " + f.p.clean(d.Parent) + ", which is not there"
		}
		f.rows = append(f.rows, row{b.lead, f.p.clean(d.ID), parts(f.describe(d), b.remark)})
		kids := f.below[b.disk]
		for n := len(kids) - 1; n >= 0; n-- {
			k := branch{disk: kids[n], lead: b.hang + "├─ ", hang: b.hang + "│  "}
			switch {
			case cells.Width(b.hang) > maxLabel/2:
				k = branch{disk: kids[n], lead: b.hang, hang: b.hang, remark: "changes " + f.p.clean(d.ID)}
			case n == len(kids)-1:
				k.lead, k.hang = b.hang+"└─ ", b.hang+"   "
			}
			stack = append(stack, k)
		}
	}
}

func (f *diskForest) describe(d *Disk) string {
	p := f.p
	content := p.clean(d.File)
	switch {
	case content != "":
	case d.FileID != "":
		content = "file " + p.clean(d.FileID) + " is not in References"
	case d.Parent == "":
		content = "empty"
	}
	populated := ""
	if d.Populated != nil && *d.Populated > 0 {
		populated = Size(uint64(*d.Populated)) + " in use"
	}
	return parts(capacity(p, d), p.clean(d.Format), content, populated, when(d.Shared, "shared"), when(d.ReadOnly, "read-only"))
}

// capacity writes the size of a disk.
func capacity(p *printer, d *Disk) string {
	switch {
	case d.Property != "" && d.Bytes > 0:
		return fmt.Sprintf("%s by ${%s}", Size(d.Bytes), p.clean(d.Property))
	case d.Bytes > 0:
		return Size(d.Bytes)
	case d.Units != "":
		return p.clean(d.Capacity + " × " + d.Units)
	}
	return p.clean(d.Capacity)
}
