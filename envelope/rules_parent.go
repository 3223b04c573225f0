package envelope

import (
	"github.com/ovfkit/ovf/diag"
)

// parentRules are the rules about delta disks (DSP0243 9.1).
var parentRules = []diag.Rule{
	{Name: "disk-parent-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A delta disk refers to a parent that does not exist.",
		Why:     "Blocks that the delta lacks cannot be found."},
	{Name: "disk-parent-order", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A delta disk stands before its parent.",
		Why:     "Readers that make disks in order have no parent yet."},
	{Name: "disk-parent-cycle", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "Delta disks are parents of each other.",
		Why:     "No content is at the bottom."},
	{Name: "disk-parent-capacity", Layer: diag.Semantic, Severity: diag.Warning, Clause: "interop", Since: "0.1.0",
		Summary: "A delta disk and its parent differ in capacity.",
		Why:     "Consumers combine only disks of equal capacity."},
	{Name: "disk-parent-format", Layer: diag.Semantic, Severity: diag.Warning, Clause: "interop", Since: "0.1.0",
		Summary: "A delta disk and its parent are in different formats.",
		Why:     "Few consumers mix formats in one chain."},
	{Name: "disk-parent-blank", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A delta disk builds on an empty disk.",
		Why:     "Nothing is shared; probably the fileRef of the parent is missing."},
	{Name: "disk-delta-empty", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A delta disk has no content of its own.",
		Why:     "It is a copy of its parent; that may be meant."},
}

// diskParents checks the chains of delta disks. ids has the position of each.
func (c *checker) diskParents(all []diskView, ids map[string]int) {
	parents := make([]int, len(all)) // positions, -1 for none
	for i, d := range all {
		parents[i] = -1
		ref := value(d.ParentRef)
		if ref == "" {
			continue
		}
		if k, ok := ids[ref]; ok {
			parents[i] = k
			continue
		}
		f := c.onDisk(d, "disk-parent-ref", "@parentRef", "the parent of the disk %s is the disk %s, which does not exist", diag.Quote(d.DiskID), diag.Quote(ref))
		nearest(f, &c.disks, ref, "Disk", "add the parent before this Disk, or leave parentRef out").add()
	}
	inCycle := c.diskCycles(all, parents)
	for i, d := range all {
		if k := parents[i]; k >= 0 && !inCycle[i] {
			c.diskParent(d, all[k], k > i)
		}
	}
}

// diskCycles reports each cycle once and returns which disks are in one.
func (c *checker) diskCycles(all []diskView, parents []int) []bool {
	in := make([]bool, len(all))
	for cycle := range cycles(parents) {
		d := all[cycle[0]]
		f := c.onDisk(d, "disk-parent-cycle", "@parentRef", "following parentRef from the disk %s leads back to it, over %d disks", diag.Quote(d.DiskID), len(cycle))
		for n, k := range cycle {
			in[k] = true
			if n > 0 && n <= maxRelated {
				f.related(all[k].Location("@parentRef"), "the disk %s", diag.Quote(all[k].DiskID))
			}
		}
		f.hint("let the chain end in a disk without parentRef").add()
	}
	return in
}

// diskParent checks one step of a chain.
func (c *checker) diskParent(d, parent diskView, later bool) {
	if later {
		c.onDisk(d, "disk-parent-order", "@parentRef", "the disk %s stands before its parent %s", diag.Quote(d.DiskID), diag.Quote(parent.DiskID)).
			related(parent.Location(""), "the parent").
			hint("move the parent in front of it").add()
	}
	if a, ok := c.bytes(d); ok {
		if b, ok := c.bytes(parent); ok && a != b {
			c.onDisk(d, "disk-parent-capacity", "@capacity", "the disk %s has %d bytes and its parent %s has %d", diag.Quote(d.DiskID), a, diag.Quote(parent.DiskID), b).
				related(parent.Location("@capacity"), "the parent").
				hint("give both the same capacity").add()
		}
	}
	a, b := DiskFormatOf(value(d.Format)), DiskFormatOf(value(parent.Format))
	if a != b && a != FormatUnknown && b != FormatUnknown {
		c.onDisk(d, "disk-parent-format", "@format", "the disk %s is in the format %s and its parent %s in %s", diag.Quote(d.DiskID), a, diag.Quote(parent.DiskID), b).
			related(parent.Location("@format"), "the parent").
			hint("convert one of the two").add()
	}
	if value(parent.FileRef) == "" && value(parent.ParentRef) == "" {
		c.onDisk(d, "disk-parent-blank", "@parentRef", "the parent %s of the disk %s has no file", diag.Quote(parent.DiskID), diag.Quote(d.DiskID)).
			related(parent.Location(""), "the parent").
			hint("give the parent its fileRef").add()
	}
	if value(d.FileRef) == "" {
		c.onDisk(d, "disk-delta-empty", "", "the disk %s has a parent and no file", diag.Quote(d.DiskID)).
			hint("let the Item name the parent if the machine may change it").add()
	}
}
