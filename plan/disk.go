package plan

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// diskRules are the rules about disks (DSP0243 9.1).
var diskRules = []diag.Rule{
	{Name: "plan-disk-repeated", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.2.0",
		Summary: "Two disks have one id.",
		Why:     "Which of them a drive has is undefined."},
	{Name: "plan-disk-file", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.2.0",
		Summary: "A disk has a file that does not exist.",
		Why:     "It would be empty."},
	{Name: "plan-disk-parent", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.2.0",
		Summary: "The parent of a disk does not exist, or is a child of it.",
		Why:     "Most of the content of the disk is missing."},
	{Name: "plan-disk-capacity", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.2.0",
		Summary: "The capacity of a disk is no whole number of bytes.",
		Why:     "The disk cannot be made; 2^34 times 2^30 is 0 where the product wraps."},
	{Name: "plan-disk-capacity-file", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.2.0",
		Summary: "A disk with a file takes its capacity from a property.",
		Why:     "The file already has a size; only a blank disk can be made in any size."},
}

// diskEntry is a Disk or SharedDisk of the package.
type diskEntry struct {
	envelope.Disk
	located
	id       string
	shared   bool
	readOnly bool
	users    []*scope // machines with a drive that has it
	state    diskState
}

// diskState says how far a disk is on its way into the plan.
type diskState uint8

const (
	diskUnseen diskState = iota
	diskOpen             // its parents are being looked at
	diskDone
)

// indexDisks finds the disks and files by their ids.
func (r *resolver) indexDisks() {
	r.files = make(map[string]*envelope.File, len(r.env.References.File))
	for i := range r.env.References.File {
		if f := &r.env.References.File[i]; r.files[f.ID] == nil {
			r.files[f.ID] = f
		}
	}
	r.disksByID = map[string]*diskEntry{}
	for _, s := range r.whole.disks {
		for i := range s.Disk {
			d := &s.Disk[i]
			r.indexDisk(&diskEntry{Disk: *d, located: d})
		}
	}
	for _, s := range r.whole.shared {
		for i := range s.SharedDisk {
			d := &s.SharedDisk[i]
			r.indexDisk(&diskEntry{located: d, shared: true, readOnly: value(d.ReadOnly), Disk: envelope.Disk{DiskID: d.DiskID, FileRef: d.FileRef,
				Capacity: d.Capacity, CapacityAllocationUnits: d.CapacityAllocationUnits, Format: d.Format, PopulatedSize: d.PopulatedSize, ParentRef: d.ParentRef}})
		}
	}
}

func (r *resolver) indexDisk(e *diskEntry) {
	e.id = trim(e.DiskID)
	if was := r.disksByID[e.id]; was != nil {
		r.at("plan-disk-repeated", e.located.Location("@diskId"), "two disks have the id %s", diag.Quote(e.id)).
			related(was.located.Location("@diskId"), "the first one").
			hint("give each a diskId of its own").add()
		return
	}
	r.disksByID[e.id] = e
	r.diskList = append(r.diskList, e)
}

// disk returns the disk with an id, which may have percent escapes; nil for none.
func (r *resolver) disk(id string) *diskEntry {
	if e := r.disksByID[id]; e != nil {
		return e
	}
	if plain, ok := unescaped(id); ok {
		return r.disksByID[plain]
	}
	return nil
}

// file returns the file with an id, which may have percent escapes; nil for none.
func (r *resolver) file(id string) *envelope.File {
	if f := r.files[id]; f != nil {
		return f
	}
	if plain, ok := unescaped(id); ok {
		return r.files[plain]
	}
	return nil
}

func (r *resolver) diskIDs() []string {
	ids := make([]string, len(r.diskList))
	for i, e := range r.diskList {
		ids[i] = e.id
	}
	return ids
}

// disks puts the disks that some machine uses into the plan, in the order of the
// descriptor, yet parents before their children.
func (r *resolver) disks(ps *properties) {
	r.plan.Disks = make([]Disk, 0, len(r.diskList))
	for _, e := range r.diskList {
		if len(e.users) > 0 {
			r.addDisk(ps, e)
		}
	}
}

// addDisk adds a disk behind its parents. It follows them in a loop: a chain may
// be as long as the descriptor.
func (r *resolver) addDisk(ps *properties, e *diskEntry) {
	var chain []*diskEntry
	for e != nil && e.state == diskUnseen {
		e.state = diskOpen
		chain = append(chain, e)
		if blank(e.ParentRef) {
			break
		}
		parent := r.disksByID[trim(*e.ParentRef)]
		switch {
		case parent == nil:
			f := r.at("plan-disk-parent", e.located.Location("@parentRef"), "the parent of the disk %s is the disk %s, which does not exist", diag.Quote(e.id), diag.Quote(trim(*e.ParentRef)))
			if name, ok := near(r.diskIDs(), *e.ParentRef); ok {
				f.hint("write %s", diag.Quote(name)).add()
			} else {
				f.hint("add a Disk with that diskId to the DiskSection").add()
			}
		case parent.state == diskOpen:
			r.at("plan-disk-parent", e.located.Location("@parentRef"), "following parentRef, the disk %s is its own ancestor", diag.Quote(parent.id)).
				hint("let the first disk of a chain have no parentRef").add()
		}
		e = parent
	}
	for i := len(chain) - 1; i >= 0; i-- {
		chain[i].state = diskDone
		r.plan.Disks = append(r.plan.Disks, r.planDisk(ps, chain[i]))
	}
}

func (r *resolver) planDisk(ps *properties, e *diskEntry) Disk {
	d := Disk{ID: e.id, Format: trim(value(e.Format)), Parent: trim(value(e.ParentRef)), Shared: e.shared, ReadOnly: e.readOnly, Location: position(e.located, "")}
	if n := value(e.PopulatedSize); n > 0 {
		d.Populated = uint64(n)
	}
	if ref := trim(value(e.FileRef)); ref != "" {
		if f := r.file(ref); f != nil {
			d.File, d.Href = f.ID, f.Href
		} else {
			r.at("plan-disk-file", e.located.Location("@fileRef"), "the file of the disk %s is %s, which is not in References", diag.Quote(e.id), diag.Quote(ref)).
				hint("add a File with that id, or leave fileRef out for a blank disk").add()
		}
	}
	d.Capacity, d.CapacityOrigin = r.capacity(ps, e)
	return d
}

// capacity returns the size of a disk in bytes, and where it comes from.
func (r *resolver) capacity(ps *properties, e *diskEntry) (uint64, Origin) {
	at := position(e.located, "@capacity")
	origin := Origin{Kind: FromDescriptor, Location: at}
	number := trim(e.Capacity)
	name, isRef := envelope.Reference(number)
	if isRef {
		if !blank(e.FileRef) {
			r.at("plan-disk-capacity-file", at, "the disk %s has a file, and the property %s for its capacity", diag.Quote(e.id), diag.Quote(name)).
				related(e.located.Location("@fileRef"), "the file").
				hint("write the capacity of the image as a number, or leave fileRef out").add()
			return 0, origin
		}
		p := ps.diskProperty(e, name, at)
		if p == nil {
			return 0, origin
		}
		number = trim(p.value)
		origin = p.base.origin
	}
	n, err := wholeNumber(number)
	if err != nil {
		switch {
		case isRef:
			r.at("plan-disk-capacity", at, "the capacity of the disk %s is the property %s, whose value is no whole number below 2^63", diag.Quote(e.id), diag.Quote(name)).
				related(origin.Location, "its value").
				hint("give the property a number, in units of %s", diag.Quote(capacityUnit(e))).add()
		default:
			r.at("plan-disk-capacity", at, "the capacity %s of the disk %s is neither a whole number below 2^63 nor one ${property}", diag.Quote(e.Capacity), diag.Quote(e.id)).
				hint("write the number alone and its unit into capacityAllocationUnits, as capacity=\"4\" capacityAllocationUnits=\"byte * 2^30\"").add()
		}
		return 0, origin
	}
	bytes, ok := r.capacityBytes(e, n, at)
	if ok && bytes == 0 {
		r.at("plan-disk-capacity", at, "the capacity of the disk %s is 0", diag.Quote(e.id)).
			hint("give the size that the guest is to see").add()
	}
	return bytes, origin
}

// capacityUnit returns the text of the unit of a capacity.
func capacityUnit(e *diskEntry) string {
	if blank(e.CapacityAllocationUnits) {
		return byteUnit
	}
	return trim(*e.CapacityAllocationUnits)
}

func (r *resolver) capacityBytes(e *diskEntry, n int64, at diag.Location) (uint64, bool) {
	const field = "@capacityAllocationUnits"
	unit := capacityUnit(e)
	u, err := r.unit(unit)
	switch {
	case err != nil:
		r.at("quantity-unit", e.located.Location(field), "the unit %s of the disk %s cannot be read: %s", diag.Quote(unit), diag.Quote(e.id), unitReason(err)).
			hint("write it as \"byte * 2^30\"").add()
		return 0, false
	case u.Base() != byteUnit:
		r.at("quantity-measure", e.located.Location(field), "the unit %s of the disk %s does not measure bytes", diag.Quote(unit), diag.Quote(e.id)).
			hint("use a unit whose base is byte, as \"byte * 2^30\"").add()
		return 0, false
	}
	r.unitWord(u, func() diag.Location { return e.located.Location(field) })
	bytes, err := u.Capacity(n)
	if err != nil {
		r.at("plan-disk-capacity", at, "the capacity of the disk %s is not possible: %v", diag.Quote(e.id), err).
			because(err).hint("check number and unit").add()
		return 0, false
	}
	return uint64(bytes), true
}

// wholeNumber reads a number of xs:long that is not negative.
func wholeNumber(s string) (int64, error) {
	s = strings.TrimPrefix(s, "+")
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") {
		return 0, rasd.ErrNegative
	}
	return strconv.ParseInt(s, 10, 64)
}

// diskProperty returns the property that the capacity of a disk names: one of
// the machines that use the disk, or else of the collections around them, by
// its full name or else by its key; where they have none, any one of the package.
// DSP0243 9.1 does not say whose properties are searched.
func (ps *properties) diskProperty(e *diskEntry, name string, at diag.Location) *prop {
	var found []*prop
	seen := map[*scope]bool{}
	for _, s := range e.users {
		for ; s != nil && !seen[s]; s = s.parent {
			seen[s] = true
			if list := ps.of[s].find(name); len(list) > 0 {
				found = append(found, list...)
				break
			}
		}
	}
	if len(found) == 0 {
		return ps.capacity(e.id, name, at)
	}
	return ps.oneCapacity(e.id, name, found, at)
}
