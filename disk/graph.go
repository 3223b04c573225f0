package disk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// Graph is the disks of a package and how they build on each other. It is not
// changed after [NewGraph]; several goroutines may use it.
type Graph struct {
	// Disks are those of the DiskSection and the SharedDiskSection, in the
	// order of the descriptor.
	Disks []*Disk
	// Files are those of References.
	Files []*FileRef

	byID   map[string]*Disk
	fileID map[string]*FileRef
}

// Disk is a Disk or, in OVF 2.x, a SharedDisk of the descriptor (DSP0243 9.1).
type Disk struct {
	ID string
	// Capacity is the size that the guest is to see, in bytes; 0 if it is not
	// known: see Property.
	Capacity int64
	// Property is the name in a capacity that is a reference, "size" for "${size}".
	// Its value counts in units of Unit: see [Disk.Size].
	Property string
	// Unit is the unit of the capacity, as a number of bytes; 0 if the descriptor
	// has one that is not possible.
	Unit int64
	// File holds the content; nil for a disk that is created empty.
	File *FileRef
	// URI is the format as the descriptor writes it, Format its family.
	URI    string
	Format envelope.DiskFormat
	// Parent is the disk that has what is absent from this one; nil if there is none
	// or the descriptor names one that does not exist.
	Parent *Disk
	// Children are the disks that build on this one, in order.
	Children []*Disk
	// Populated is an estimate of the bytes in use; 0 if the descriptor has none.
	Populated int64
	// Shared is set for a SharedDisk, ReadOnly if its users may only read it.
	Shared, ReadOnly bool
	// Users are the devices that have the disk.
	Users    []User
	Location diag.Location

	fault *diag.Diagnostic // why there is no content, parents left aside
}

// FileRef is a File of References (DSP0243 7.1).
type FileRef struct {
	ID   string
	Href string // as the descriptor writes it
	// Size is the length as it is stored, in bytes; -1 if the descriptor does not say it.
	Size int64
}

// User is a device of a virtual system that has a disk.
type User struct {
	System   string // ovf:id of the VirtualSystem
	Instance string // InstanceID of the Item
	Name     string // ElementName of the Item
	// Options are the deployment options for which the Item counts; nil for all.
	Options []string
}

// NewGraph reads the disks of a descriptor. The list says what is wrong with them,
// by rules of package envelope; the graph is there nevertheless, and what does not
// depend on the problem can be used. Of a flood of problems the first thousand are
// in the list.
func NewGraph(env *envelope.Envelope) (*Graph, diag.List) {
	b := builder{g: &Graph{byID: map[string]*Disk{}, fileID: map[string]*FileRef{}}}
	for i := range env.References.File {
		f := &env.References.File[i]
		file := &FileRef{ID: f.ID, Href: f.Href, Size: -1}
		if f.Size != nil && *f.Size <= 1<<62 {
			file.Size = int64(*f.Size)
		}
		b.g.Files = append(b.g.Files, file)
		if b.g.fileID[f.ID] == nil {
			b.g.fileID[f.ID] = file
		}
	}
	for _, s := range env.Section {
		switch s := s.(type) {
		case *envelope.DiskSection:
			for i := range s.Disk {
				b.add(source{&s.Disk[i], s.Disk[i].Location, false, false})
			}
		case *envelope.SharedDiskSection:
			for i := range s.SharedDisk {
				d := &s.SharedDisk[i]
				b.add(source{&envelope.Disk{DiskID: d.DiskID, FileRef: d.FileRef, Capacity: d.Capacity, CapacityAllocationUnits: d.CapacityAllocationUnits,
					Format: d.Format, PopulatedSize: d.PopulatedSize, ParentRef: d.ParentRef}, d.Location, true, d.ReadOnly != nil && *d.ReadOnly})
			}
		}
	}
	b.parents()
	b.users(env)
	found := b.found.List()
	found.Sort()
	return b.g, found
}

// Disk returns the disk with that id.
func (g *Graph) Disk(id string) (*Disk, bool) {
	d, ok := g.byID[id]
	return d, ok
}

// Chain returns the disks that make up the content of a disk, in the order in
// which they are needed: the base first, the disk itself last. The error is a
// [*diag.Diagnostic] for a chain that the descriptor does not describe properly, or
// wraps [ErrNoDisk].
func (g *Graph) Chain(id string) ([]*Disk, error) {
	d, ok := g.byID[id]
	if !ok {
		return nil, &Error{id, ErrNoDisk}
	}
	var chain []*Disk
	for ; d != nil; d = d.Parent {
		if d.fault != nil {
			return nil, d.fault
		}
		chain = append(chain, d)
	}
	slices.Reverse(chain)
	return chain, nil
}

// Download is what some disks take to fetch.
type Download struct {
	// Files are the files that are needed, each once, in an order in which no disk
	// comes before its parent.
	Files []*FileRef
	// Bytes is the sum of their sizes, as they are stored.
	Bytes int64
	// Separate is the sum if each disk came with its parents in a package of its
	// own, so that what is shared counts once for each disk.
	Separate int64
	// Unknown is how many of Files have no size in the descriptor; they count as 0.
	Unknown int
}

// Download returns what must be fetched for the disks with these ids.
func (g *Graph) Download(ids ...string) (Download, error) {
	var out Download
	seen := map[*FileRef]bool{}
	for _, id := range ids {
		chain, err := g.Chain(id)
		if err != nil {
			return Download{}, err
		}
		for _, d := range chain {
			f := d.File
			if f == nil {
				continue
			}
			size := max(f.Size, 0)
			out.Separate = addSizes(out.Separate, size)
			if seen[f] {
				continue
			}
			seen[f] = true
			out.Files = append(out.Files, f)
			out.Bytes = addSizes(out.Bytes, size)
			if f.Size < 0 {
				out.Unknown++
			}
		}
	}
	return out, nil
}

// addSizes adds without wrapping.
func addSizes(a, b int64) int64 {
	if a > 1<<62-b {
		return 1 << 62
	}
	return a + b
}

// Size returns the capacity in bytes. For one that is the value of a property it
// asks the function, which may be nil; the error wraps [ErrCapacity] where there is no
// possible number.
func (d *Disk) Size(property func(name string) (value string, ok bool)) (int64, error) {
	if d.Capacity > 0 {
		return d.Capacity, nil
	}
	if d.Property == "" || d.Unit == 0 || property == nil {
		return 0, &Error{d.ID, ErrCapacity}
	}
	text, ok := property(d.Property)
	if !ok {
		return 0, &Error{d.ID, fmt.Errorf("%w: the property %s has no value", ErrCapacity, diag.Quote(d.Property))}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n <= 0 || n > (1<<63-1)/d.Unit {
		return 0, &Error{d.ID, fmt.Errorf("%w: the value %s of the property %s is no possible size in units of %d bytes", ErrCapacity, diag.Quote(text), diag.Quote(d.Property), d.Unit)}
	}
	return n * d.Unit, nil
}

// Leaves returns the ids of the disks that are there for their own sake: those that
// devices have, and those that no other disk builds on.
func (g *Graph) Leaves() []string {
	var out []string
	for _, d := range g.Disks {
		if g.byID[d.ID] == d && (len(d.Users) > 0 || len(d.Children) == 0) { // of two with one id the first counts
			out = append(out, d.ID)
		}
	}
	return out
}

// source is a disk as the descriptor has it.
type source struct {
	*envelope.Disk
	at               func(field string) diag.Location
	shared, readOnly bool
}

// capacity reads capacity and unit into a disk.
func (s source) capacity(d *Disk) (rule, field, message, hint string) {
	units := text(s.CapacityAllocationUnits)
	if units == "" {
		units = "byte"
	}
	const unitField = "@capacityAllocationUnits"
	u, err := rasd.ParseUnit(units)
	if err == nil {
		d.Unit, err = u.Capacity(1)
	}
	if err != nil {
		d.Unit = 0
		return "disk-capacity-units", unitField, fmt.Sprintf("the unit %s of the capacity of the disk %s cannot be used: %v", diag.Quote(units), diag.Quote(s.DiskID), err), "write it as \"byte * 2^30\""
	}
	if name, ok := envelope.Reference(s.Capacity); ok {
		d.Property = name
		return "", "", "", ""
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s.Capacity), 10, 64)
	if err != nil || n < 0 {
		return "disk-capacity", "@capacity", fmt.Sprintf("the capacity %s of the disk %s is neither a whole number nor one ${property}", diag.Quote(s.Capacity), diag.Quote(s.DiskID)), "write the number alone, and its unit into capacityAllocationUnits"
	}
	if d.Capacity, err = u.Capacity(n); err != nil {
		d.Capacity = 0
		return "disk-capacity-overflow", "@capacity", fmt.Sprintf("the capacity of the disk %s is not possible: %v", diag.Quote(s.DiskID), err), "check number and unit"
	}
	return "", "", "", ""
}

// text returns an optional reference; a blank one counts as absent.
func text(p *string) string {
	if p == nil || strings.TrimSpace(*p) == "" {
		return ""
	}
	return *p
}
