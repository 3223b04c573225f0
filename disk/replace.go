package disk

import (
	"slices"
	"strconv"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// Replace writes the result of [Delta] into a descriptor: disks that are there get
// their new file, format and parent, others are added, and every parent stands before
// its children. The disks named in drop, which are needed no longer, are removed
// with their files. Everything else stays as it is.
func Replace(env *envelope.Envelope, stored []Stored, drop []string) {
	r := replacer{env: env, stored: map[string]*Stored{}}
	for i := range stored {
		r.stored[stored[i].ID] = &stored[i]
	}
	r.drop(drop)
	section := r.section()
	for i := range stored {
		r.disk(section, &stored[i])
	}
	section.Disk = ordered(section.Disk)
}

type replacer struct {
	env    *envelope.Envelope
	stored map[string]*Stored
}

// section returns the DiskSection that all disks concerned are in: those of further
// sections move into the first, since a parent may stand in one of them.
func (r *replacer) section() *envelope.DiskSection {
	var first *envelope.DiskSection
	at := 0
	var rest envelope.Sections
	for _, s := range r.env.Section {
		d, ok := s.(*envelope.DiskSection)
		switch {
		case !ok:
			rest = append(rest, s)
		case first == nil:
			first, at = d, len(rest)
			rest = append(rest, s)
		default:
			first.Disk = append(first.Disk, d.Disk...)
		}
	}
	if first == nil {
		first = &envelope.DiskSection{Info: envelope.Msg{Text: "The disks"}}
		rest = slices.Insert(rest, at, envelope.Section(first))
	}
	r.env.Section = rest
	return first
}

func (r *replacer) drop(ids []string) {
	if len(ids) == 0 {
		return
	}
	gone, kept := map[string]bool{}, map[string]bool{}
	for s := range envelope.All[*envelope.DiskSection](r.env.Section) {
		s.Disk = slices.DeleteFunc(s.Disk, func(d envelope.Disk) bool {
			drop := slices.Contains(ids, d.DiskID)
			if drop {
				gone[text(d.FileRef)] = true
			} else {
				kept[text(d.FileRef)] = true
			}
			return drop
		})
	}
	refs := &r.env.References
	refs.File = slices.DeleteFunc(refs.File, func(f envelope.File) bool { return gone[f.ID] && !kept[f.ID] })
}

// disk writes one disk and its file.
func (r *replacer) disk(s *envelope.DiskSection, st *Stored) {
	i := slices.IndexFunc(s.Disk, func(d envelope.Disk) bool { return d.DiskID == st.ID })
	if i < 0 {
		i = len(s.Disk)
		s.Disk = append(s.Disk, envelope.Disk{DiskID: st.ID})
		r.capacity(&s.Disk[i], st)
	}
	d := &s.Disk[i]
	if n, err := (source{Disk: d, at: func(string) diag.Location { return diag.Location{} }}).bytes(); err != nil || n != st.Capacity {
		d.Capacity, d.CapacityAllocationUnits = strconv.FormatInt(st.Capacity, 10), nil
	}
	uri := envelope.URIVMDKStream
	d.Format, d.ParentRef = &uri, nil
	if st.Parent != "" {
		parent := st.Parent
		d.ParentRef = &parent
	}
	f := r.file(s, d, st)
	size := uint64(st.FileSize)
	f.Href, f.Size, f.Compression, f.ChunkSize = st.File, &size, nil, nil
}

// capacity gives a new parent the capacity of a child, in its words.
func (r *replacer) capacity(d *envelope.Disk, st *Stored) {
	for s := range envelope.All[*envelope.DiskSection](r.env.Section) {
		for i := range s.Disk {
			c := &s.Disk[i]
			if other := r.stored[c.DiskID]; other != nil && c.Capacity != "" && other.Capacity == st.Capacity {
				d.Capacity = c.Capacity
				if u := c.CapacityAllocationUnits; u != nil {
					units := *u
					d.CapacityAllocationUnits = &units
				}
				return
			}
		}
	}
}

// file returns the File of a disk, which is that of no other disk.
func (r *replacer) file(s *envelope.DiskSection, d *envelope.Disk, st *Stored) *envelope.File {
	refs := &r.env.References
	if id := text(d.FileRef); id != "" {
		alone := true
		for i := range s.Disk {
			alone = alone && (&s.Disk[i] == d || text(s.Disk[i].FileRef) != id)
		}
		if i := slices.IndexFunc(refs.File, func(f envelope.File) bool { return f.ID == id }); i >= 0 && alone {
			return &refs.File[i]
		}
	}
	id := st.ID + "-file"
	for n := 2; slices.ContainsFunc(refs.File, func(f envelope.File) bool { return f.ID == id }); n++ {
		id = st.ID + "-file-" + strconv.Itoa(n)
	}
	d.FileRef = &id
	refs.File = append(refs.File, envelope.File{ID: id})
	return &refs.File[len(refs.File)-1]
}

// bytes returns the capacity as a number, if it is one.
func (s source) bytes() (int64, error) {
	var d Disk
	if rule, _, _, _ := s.capacity(&d); rule != "" || d.Property != "" {
		return 0, ErrCapacity
	}
	return d.Capacity, nil
}

// ordered moves parents before their children and leaves the order alone
// otherwise.
func ordered(disks []envelope.Disk) []envelope.Disk {
	at := make(map[string]int, len(disks))
	for i := range disks {
		at[disks[i].DiskID] = i
	}
	placed := make([]bool, len(disks))
	out := make([]envelope.Disk, 0, len(disks))
	for i := range disks {
		// The way up is placed from its end; marked first, so that a cycle ends.
		var way []int
		for k, ok := i, true; ok && !placed[k]; k, ok = at[text(disks[k].ParentRef)] {
			placed[k] = true
			way = append(way, k)
		}
		for n := len(way) - 1; n >= 0; n-- {
			out = append(out, disks[way[n]])
		}
	}
	return out
}
