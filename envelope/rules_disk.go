package envelope

import "github.com/ovfkit/ovf/diag"

// diskRules are the rules of DiskSection but those about capacity and parents
// (DSP0243 9.1).
var diskRules = []diag.Rule{
	{Name: "disk-id-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "Two disks have one id.",
		Why:     "Items and delta disks refer to disks by id; which of the two a consumer takes differs."},
	{Name: "disk-file-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A disk refers to a file that the package does not list.",
		Why:     "The disk has no content; consumers fail, or make it blank."},
	{Name: "disk-file-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "Two disks have one file.",
		Why:     "Each disk needs content of its own; sharing is by parentRef, or by two Items on one Disk."},
	{Name: "disk-format-missing", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A disk with a file does not say its format.",
		Why:     "Guessing the format of a disk from its bytes lets an attacker choose it, so readers must not."},
	{Name: "disk-format-uri", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 5.2", Since: "0.1.0",
		Summary: "The format of a disk is not the URI of a known specification.",
		Why:     "A consumer cannot tell how to read the disk."},
	{Name: "disk-unused", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "No machine uses a disk.",
		Why:     "A reference to it is missing, or the disk is ballast."},
}

// diskView is a Disk or, in OVF 2.x, a SharedDisk.
type diskView struct {
	*Disk
	at     located
	shared bool
}

// Location is that of the disk itself: the Disk made of a SharedDisk has none.
func (d diskView) Location(field string) diag.Location { return d.at.Location(field) }

// diskSection checks the disks of the package.
func (c *checker) diskSection() {
	var all []diskView
	for s := range c.sections() {
		switch s := s.(type) {
		case *DiskSection:
			for i := range s.Disk {
				all = append(all, diskView{Disk: &s.Disk[i], at: &s.Disk[i]})
			}
		case *SharedDiskSection:
			for i := range s.SharedDisk {
				d := &s.SharedDisk[i]
				all = append(all, diskView{&Disk{DiskID: d.DiskID, FileRef: d.FileRef, Capacity: d.Capacity,
					CapacityAllocationUnits: d.CapacityAllocationUnits, Format: d.Format, PopulatedSize: d.PopulatedSize,
					ParentRef: d.ParentRef, Ext: d.Ext}, d, true})
			}
		}
	}
	ids := make(map[string]int, len(all)) // the first of each id
	files := make(map[string]int, len(all))
	for i, d := range all {
		if k, ok := ids[d.DiskID]; !ok {
			ids[d.DiskID] = i
		} else if !blank(d.DiskID) {
			c.onDisk(d, "disk-id-unique", "@diskId", "the disk id %s is used twice", diag.Quote(d.DiskID)).
				related(all[k].Location("@diskId"), "first used here").
				hint("give each Disk an id of its own").add()
		}
		if ref := value(d.FileRef); ref != "" {
			if k, ok := files[ref]; !ok {
				files[ref] = i
			} else {
				c.onDisk(d, "disk-file-unique", "@fileRef", "the disks %s and %s have the same file %s", diag.Quote(all[k].DiskID), diag.Quote(d.DiskID), diag.Quote(ref)).
					related(all[k].Location("@fileRef"), "first used here").
					hint("give each Disk a file of its own, or let several Items name one Disk").add()
			}
		}
		c.diskFile(d)
		c.diskCapacity(d)
		c.diskUse(d)
	}
	c.diskParents(all, ids)
}

// onDisk begins a finding about a disk. What is said of shared disks rests on
// Disk by analogy, so that it is a warning at most.
func (c *checker) onDisk(d diskView, rule, field, format string, args ...any) *finding {
	f := c.at(rule, d.Location(field), format, args...)
	if d.shared && f.d.Severity == diag.Error {
		f.as(diag.Warning)
	}
	return f
}

// diskFile checks the file and format of a disk.
func (c *checker) diskFile(d diskView) {
	ref, format := value(d.FileRef), trim(value(d.Format))
	if ref != "" && c.files.get(ref) == nil && !d.shared { // shared-disk-ref for those
		f := c.onDisk(d, "disk-file-ref", "@fileRef", "the disk %s refers to the file %s, which is not in References", diag.Quote(d.DiskID), diag.Quote(ref))
		nearest(f, &c.files, ref, "File", "add a File with that id, or leave fileRef out for an empty disk").add()
	}
	if format == "" {
		if ref != "" {
			c.onDisk(d, "disk-format-missing", "", "the disk %s has the file %s and no format", diag.Quote(d.DiskID), diag.Quote(ref)).
				hint("add format, as %s", URIVMDKStream).add()
		}
		return
	}
	switch {
	case schemeOf(format) == "":
		c.onDisk(d, "disk-format-uri", "@format", "the format %s is no URI", diag.Quote(format)).
			hint("give the URI of its specification, as %s", formatHint(format)).add()
	case DiskFormatOf(format) == FormatUnknown:
		c.onDisk(d, "disk-format-uri", "@format", "the format %s is not one in use", diag.Quote(format)).as(diag.Info).
			hint("if it is a known format, write its usual URI, as %s", URIVMDKStream).add()
	}
}

// formatHint guesses the URI for the short name of a format.
func formatHint(name string) string {
	switch DiskFormatOf(name) {
	case FormatVHD:
		return URIVHD
	case FormatQCOW2:
		return URIQCOW2
	case FormatISO:
		return URIISO
	}
	return URIVMDKStream
}

// diskUse notes disks that no machine has.
func (c *checker) diskUse(d diskView) {
	if !blank(d.DiskID) && !c.uses().disks[d.DiskID] {
		c.onDisk(d, "disk-unused", "", "no Item has the disk %s as HostResource, and no disk builds on it", diag.Quote(d.DiskID)).
			hint("add an Item of ResourceType 17 with the HostResource %s, or remove the Disk", diag.Quote("ovf:/disk/"+d.DiskID)).add()
	}
}

// nearest gives a dangling reference a hint: a name that was probably meant, or
// else what to do.
func nearest[T any](f *finding, n *names[T], want, kind, otherwise string) *finding {
	if name, ok := n.near(want); ok {
		return f.hint("there is a %s %s; letter case and blanks count", kind, diag.Quote(name))
	}
	return f.hint("%s", otherwise)
}
