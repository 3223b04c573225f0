package summary

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

func disks(env *envelope.Envelope, hrefs map[string]string) []Disk {
	var out []Disk
	defaults := capacityDefaults(env)
	for s := range everywhere[*envelope.DiskSection](env) {
		for i := range s.Disk {
			d := &s.Disk[i]
			out = append(out, Disk{
				ID: d.DiskID, Capacity: d.Capacity, Units: value(d.CapacityAllocationUnits), FormatURI: value(d.Format),
				FileID: value(d.FileRef), Populated: d.PopulatedSize, Parent: value(d.ParentRef),
			})
		}
	}
	for s := range everywhere[*envelope.SharedDiskSection](env) {
		for i := range s.SharedDisk {
			d := &s.SharedDisk[i]
			out = append(out, Disk{
				ID: d.DiskID, Capacity: d.Capacity, Units: value(d.CapacityAllocationUnits), FormatURI: value(d.Format),
				FileID: value(d.FileRef), Populated: d.PopulatedSize, Parent: value(d.ParentRef), Shared: true, ReadOnly: value(d.ReadOnly),
			})
		}
	}
	for i := range out {
		d := &out[i]
		d.File = hrefs[d.FileID]
		if d.FormatURI != "" {
			d.Format = envelope.DiskFormatOf(d.FormatURI).String()
			if envelope.StreamOptimized(d.FormatURI) {
				d.Format = "stream-optimized " + d.Format
			}
		}
		d.measure(defaults)
	}
	return out
}

// measure sets Bytes and Property.
func (d *Disk) measure(defaults map[string]string) {
	number := strings.TrimSpace(d.Capacity)
	if name, ok := envelope.Reference(number); ok {
		d.Property = name
		number = strings.TrimSpace(defaults[d.Property])
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return
	}
	units := d.Units
	if units == "" {
		units = "byte" // DSP0243 9.1
	}
	u, err := rasd.ParseUnit(units)
	if err != nil {
		return
	}
	if b, err := u.Capacity(n); err == nil {
		d.Bytes = uint64(b)
	}
}

// capacityDefaults returns the default values of properties by key and by full
// name; without those that differ from one product to the other.
func capacityDefaults(env *envelope.Envelope) map[string]string {
	out := map[string]string{}
	for r := range env.Properties() {
		if r.Property.Value == nil || r.Property.Secret() {
			continue
		}
		v := *r.Property.Value
		name, key := r.FullName(), r.Property.Key
		for _, n := range []string{name, key} {
			if old, ok := out[n]; ok && old != v {
				v = "" // no single default
			}
			out[n] = v
			if name == key {
				break
			}
		}
	}
	return out
}
