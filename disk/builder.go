package disk

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/envelope"
)

// builder makes a Graph and notes what is wrong.
type builder struct {
	g     *Graph
	from  []source // of each disk
	found diag.Collector
}

// report notes a problem of a disk. With fault set, the disk has no content that
// could be read.
func (b *builder) report(d *Disk, fault bool, rule, field string, at func(string) diag.Location, message, hint string) {
	f := finding(rule, at(field), message, hint)
	if fault {
		f.Severity = diag.Error // whatever the rule is otherwise
		if d.fault == nil {
			d.fault = &f
		}
	}
	b.found.Add(f)
}

func (b *builder) add(s source) {
	d := &Disk{ID: s.DiskID, URI: strings.TrimSpace(text(s.Format)), Shared: s.shared, ReadOnly: s.readOnly, Location: s.at("")}
	d.Format = envelope.DiskFormatOf(d.URI)
	if p := s.PopulatedSize; p != nil && *p > 0 {
		d.Populated = *p
	}
	b.g.Disks = append(b.g.Disks, d)
	b.from = append(b.from, s)
	if first := b.g.byID[d.ID]; first != nil {
		b.report(d, true, "disk-id-unique", "@diskId", s.at, fmt.Sprintf("the disk id %s is used twice", diag.Quote(d.ID)), "give each Disk an id of its own")
	} else {
		b.g.byID[d.ID] = d
	}
	if rule, field, message, hint := s.capacity(d); rule != "" {
		b.report(d, false, rule, field, s.at, message, hint)
	}
	ref := text(s.FileRef)
	if ref == "" {
		return
	}
	d.File = b.g.fileID[ref]
	switch {
	case d.File == nil:
		b.report(d, true, "disk-file-ref", "@fileRef", s.at, fmt.Sprintf("the disk %s refers to the file %s, which is not in References", diag.Quote(d.ID), diag.Quote(ref)), "add a File with that id, or leave fileRef out for an empty disk")
	case d.URI == "":
		b.report(d, true, "disk-format-missing", "", s.at, fmt.Sprintf("the disk %s has the file %s and no format; the format is not guessed", diag.Quote(d.ID), diag.Quote(ref)), "add format, as "+envelope.URIVMDKStream)
	case d.Format == envelope.FormatUnknown:
		b.report(d, true, RuleImageSupported, "@format", s.at, fmt.Sprintf("the disk %s is in the format %s, which is not known here", diag.Quote(d.ID), diag.Quote(d.URI)), "if it is a known format, write its usual URI, as "+envelope.URIVMDKStream)
	}
}

// parents connects the disks.
func (b *builder) parents() {
	pos := make(map[*Disk]int, len(b.g.Disks))
	for i, d := range b.g.Disks {
		pos[d] = i
	}
	for i, d := range b.g.Disks {
		s := b.from[i]
		ref := text(s.ParentRef)
		if ref == "" {
			continue
		}
		p := b.g.byID[ref]
		if p == nil {
			b.report(d, true, "disk-parent-ref", "@parentRef", s.at, fmt.Sprintf("the parent of the disk %s is the disk %s, which does not exist", diag.Quote(d.ID), diag.Quote(ref)), "add the parent before this Disk, or leave parentRef out")
			continue
		}
		d.Parent = p
	}
	b.cycles(pos)
	b.depths(pos)
	for i, d := range b.g.Disks {
		p := d.Parent
		if p == nil {
			continue
		}
		p.Children = append(p.Children, d)
		if pos[p] > i {
			// Everything that is needed is there: no fault.
			b.report(d, false, "disk-parent-order", "@parentRef", b.from[i].at, fmt.Sprintf("the disk %s stands before its parent %s", diag.Quote(d.ID), diag.Quote(p.ID)), "move the parent in front of it")
		}
		if d.Capacity != p.Capacity || d.Property != p.Property {
			b.report(d, true, "disk-parent-capacity", "@capacity", b.from[i].at, fmt.Sprintf("the disk %s has %s and its parent %s has %s", diag.Quote(d.ID), d.measure(), diag.Quote(p.ID), p.measure()), "give both the same capacity")
		}
		if d.Format != p.Format && d.File != nil && p.File != nil {
			b.report(d, false, "disk-parent-format", "@format", b.from[i].at, fmt.Sprintf("the disk %s is in the format %s and its parent %s in %s", diag.Quote(d.ID), d.Format, diag.Quote(p.ID), p.Format), "convert one of the two")
		}
	}
}

func (d *Disk) measure() string {
	switch {
	case d.Property != "":
		return "as many as the property " + diag.Quote(d.Property) + " says"
	case d.Capacity == 0:
		return "an unknown capacity"
	}
	return fmt.Sprintf("%d bytes", d.Capacity)
}

// cycles cuts the disks of each cycle apart and reports it once.
func (b *builder) cycles(pos map[*Disk]int) {
	state := make([]uint8, len(b.g.Disks)) // 1: on the way, 2: done
	for i := range b.g.Disks {
		var way []*Disk
		d := b.g.Disks[i]
		for ; d != nil && state[pos[d]] == 0; d = d.Parent {
			state[pos[d]] = 1
			way = append(way, d)
		}
		if d != nil && state[pos[d]] == 1 {
			b.cycle(d, pos)
		}
		for _, w := range way {
			state[pos[w]] = 2
		}
	}
}

// maxDepth is the longest chain that [Graph.Chain] walks, so that asking for the
// chain of each disk stays cheap. Far shorter ones can be opened.
const maxDepth = 1024

// depths refuses chains that are too long; the first disk too many is reported.
func (b *builder) depths(pos map[*Disk]int) {
	depth := make([]int, len(b.g.Disks)) // 0: not known yet
	for _, d := range b.g.Disks {
		var way []*Disk
		for ; d != nil && depth[pos[d]] == 0; d = d.Parent {
			way = append(way, d)
		}
		n := 0
		if d != nil {
			n = depth[pos[d]]
		}
		for i := len(way) - 1; i >= 0; i-- {
			n++
			d := way[i]
			depth[pos[d]] = n
			switch {
			case n == maxDepth+1:
				b.report(d, true, image.RuleChainDepth, "@parentRef", b.from[pos[d]].at, fmt.Sprintf("the disk %s builds on %d others", diag.Quote(d.ID), maxDepth), "flatten some of the disks")
			case n > maxDepth && d.fault == nil:
				d.fault = d.Parent.fault
			}
		}
	}
}

func (b *builder) cycle(first *Disk, pos map[*Disk]int) {
	var all []*Disk
	for d := first; ; {
		all = append(all, d)
		if d = d.Parent; d == first {
			break
		}
	}
	s := b.from[pos[first]]
	b.report(first, true, "disk-parent-cycle", "@parentRef", s.at, fmt.Sprintf("following parentRef from the disk %s leads back to it, over %d disks", diag.Quote(first.ID), len(all)), "let the chain end in a disk without parentRef")
	for _, d := range all {
		d.Parent = nil
		if d.fault == nil {
			d.fault = first.fault
		}
	}
}

// users notes which devices have which disk (DSP0243 8.3).
func (b *builder) users(env *envelope.Envelope) {
	for vs := range env.Systems() {
		for s := range envelope.All[*envelope.VirtualHardwareSection](vs.Section) {
			for i := range s.Item {
				it := &s.Item[i]
				if it.Bound == nil || !it.Bound.Marker() {
					b.user(it.HostResource, User{vs.ID, it.InstanceID, it.ElementName, options(it.Configuration)})
				}
			}
			for i := range s.StorageItem {
				it := &s.StorageItem[i]
				if it.Bound == nil || !it.Bound.Marker() {
					b.user(it.HostResource, User{vs.ID, it.InstanceID, it.ElementName, options(it.Configuration)})
				}
			}
		}
	}
}

func options(configuration *string) []string { return strings.Fields(text(configuration)) }

func (b *builder) user(hosts []string, u User) {
	for _, h := range hosts {
		rest := strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(h), "ovf:"), "/")
		id, ok := strings.CutPrefix(rest, "disk/")
		if !ok {
			continue
		}
		d := b.g.byID[id]
		if plain, err := url.PathUnescape(id); d == nil && err == nil {
			d = b.g.byID[plain]
		}
		if d != nil {
			d.Users = append(d.Users, u)
		}
	}
}
