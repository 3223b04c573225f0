package envelope

import (
	"net/url"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// backingRules are the rules about what stands behind a drive (DSP0243 8.3,
// table 2).
var backingRules = []diag.Rule{
	{Name: "item-host-resource", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "The backing of a drive is no reference into the package.",
		Why:     "The drive stays empty."},
	{Name: "item-host-resource-form", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "A backing is not written as ovf:/disk/ or ovf:/file/.",
		Why:     "Strict consumers do not find the disk."},
	{Name: "item-host-resource-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "The backing of an Item does not exist.",
		Why:     "One importer crashes on it, others leave the disk out."},
	{Name: "item-host-resource-count", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "A device has several backings.",
		Why:     "Consumers take one of them."},
	{Name: "item-disk-quantity", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The size on a disk Item is ignored.",
		Why:     "The capacity of the Disk counts."},
	{Name: "item-disk-copied", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "Several machines use one disk.",
		Why:     "Each gets a copy; sharing needs a SharedDiskSection of OVF 2.x."},
}

// backing is what HostResource of an Item names.
type backing struct {
	kind string // "disk", "file" or "" for anything else
	id   string
}

// parseBacking reads a HostResource, also in the forms that producers write by
// mistake.
func parseBacking(s string) backing {
	rest := strings.TrimPrefix(trim(s), "ovf:")
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "/"), "/")
	kind, id, ok := strings.Cut(rest, "/")
	if !ok || id == "" || kind != "disk" && kind != "file" {
		return backing{}
	}
	return backing{kind, id}
}

// String returns the form of the standard.
func (b backing) String() string { return "ovf:/" + b.kind + "/" + b.id }

// ids yields the id as it is written and, if that differs, without percent
// escapes.
func (b backing) ids(yield func(string) bool) {
	if !yield(b.id) || !strings.Contains(b.id, "%") {
		return
	}
	if plain, err := url.PathUnescape(b.id); err == nil && plain != b.id {
		yield(plain)
	}
}

// diskUser is the first machine that has a disk.
type diskUser struct {
	scope   *scope
	section located
	device  string
	item    located
	field   string
	said    bool // that there is another one
}

// backings checks what stands behind the devices.
func (c *checker) backings(hw *hardware, users map[string]diskUser) {
	for i := range hw.items {
		it := &hw.items[i]
		for k, h := range it.host {
			if k == maxWords {
				break
			}
			if !blank(h) {
				c.backing(hw, it, nth("HostResource", k), h, users)
			}
		}
	}
	for i := range hw.devices {
		c.deviceBacking(&hw.devices[i])
	}
}

func (c *checker) backing(hw *hardware, it *item, field, text string, users map[string]diskUser) {
	b := parseBacking(text)
	if b.kind == "" {
		if it.normal() && (it.kind == storageItem || it.is(rasd.FloppyDrive, rasd.CDDrive, rasd.DVDDrive, rasd.DiskDrive, rasd.StorageExtent,
			rasd.OtherStorageDevice, rasd.LogicalDisk, rasd.StorageVolume)) {
			c.at("item-host-resource", it.Location(field), "the backing %s of the Item %s is neither a disk nor a file of the package", diag.Quote(text), it.label()).
				hint("write ovf:/disk/ and the diskId of a Disk, or ovf:/file/ and the id of a File").add()
		}
		return
	}
	if s := trim(text); s != b.String() {
		c.at("item-host-resource-form", it.Location(field), "the backing %s of the Item %s is not in the form of the standard", diag.Quote(text), it.label()).
			hint("write %s", diag.Quote(b.String())).add()
	}
	if !c.backed(b) {
		f := c.at("item-host-resource-ref", it.Location(field), "the backing of the Item %s is the %s %s, which does not exist", it.label(), b.kind, diag.Quote(b.id))
		if b.kind == "disk" {
			nearest(f, &c.disks, b.id, "Disk", "add a Disk with that diskId to the DiskSection").add()
		} else {
			nearest(f, &c.files, b.id, "File", "add a File with that id to References").add()
		}
		return
	}
	if d := c.disks.get(b.id); b.kind == "disk" && d != nil && c.shared.get(b.id) == nil && value(d.FileRef) != "" && it.normal() && hw.scope != nil {
		c.copied(hw, it, field, b.id, users)
	}
}

// copied notes who has a disk with content, and reports the second one. Empty
// disks have nothing to share.
func (c *checker) copied(hw *hardware, it *item, field, disk string, users map[string]diskUser) {
	was, ok := users[disk]
	if !ok {
		users[disk] = diskUser{scope: hw.scope, section: hw.section, device: it.id, item: it.located, field: field}
		return
	}
	// Other sections of the same system are alternatives to this one.
	if !was.said && (was.scope != hw.scope || was.section == hw.section && was.device != it.id) {
		c.at("item-disk-copied", it.Location(field), "the disk %s is that of several devices; each gets a copy", diag.Quote(disk)).
			related(was.item.Location(was.field), "the first device").
			hint("nothing is to be done if copies are meant").add()
		was.said = true
		users[disk] = was
	}
}

// backed reports whether the thing behind a device exists.
func (c *checker) backed(b backing) bool {
	for id := range b.ids {
		if b.kind == "disk" && (c.disks.get(id) != nil || c.shared.get(id) != nil) || b.kind == "file" && c.files.get(id) != nil {
			return true
		}
	}
	return false
}

// deviceBacking checks number of backings and sizes of a device.
func (c *checker) deviceBacking(d *device) {
	if !d.hosted() {
		return
	}
	for m := range c.variants(d) {
		it := m.from[fieldHost]
		if it == nil {
			continue
		}
		n := 0
		for _, h := range it.host {
			if !blank(h) {
				n++
			}
		}
		if n > 1 && it.once(saidBackings) {
			c.at("item-host-resource-count", it.Location(nth("HostResource", 1)), "the Item %s has %d backings", d.label(), n).
				related(it.Location("HostResource"), "the first one").
				hint("make an Item for each").add()
		}
		q := m.from[fieldQuantity]
		if q != nil && *q.quantity != 1 && parseBacking(it.host[0]).kind == "disk" && q.once(saidDiskQuantity) {
			c.at("item-disk-quantity", q.Location("VirtualQuantity"), "the Item %s has the disk %s and a VirtualQuantity of %d", d.label(), diag.Quote(it.host[0]), *q.quantity).
				hint("leave VirtualQuantity out; the capacity of the Disk counts").add()
		}
	}
}

// hosted reports whether a normal Item of the device has a backing.
func (d *device) hosted() bool {
	for it := range d.items {
		if it.normal() && len(it.host) > 0 {
			return true
		}
	}
	return false
}
