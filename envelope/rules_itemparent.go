package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// itemParentRules are the rules about devices and the controllers they sit on
// (DSP0243 8.3).
var itemParentRules = []diag.Rule{
	{Name: "item-parent", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "The parent of an Item does not exist.",
		Why:     "The device has no controller to sit on."},
	{Name: "item-parent-cycle", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "Items are parents of each other.",
		Why:     "No bus can hold them."},
	{Name: "item-parent-type", Layer: diag.Semantic, Severity: diag.Info, Clause: "CIM", Since: "0.1.0",
		Summary: "A drive sits on an Item that is no controller.",
		Why:     "Importers look for a controller of a known kind."},
	{Name: "item-address-clash", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "Two devices have one address on their controller.",
		Why:     "The order of disks is undefined."},
	{Name: "item-address-no-parent", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "An Item has an address on a parent that it does not name.",
		Why:     "The address says nothing."},
}

// itemParents checks what sits on what.
func (c *checker) itemParents(hw *hardware) {
	parents := make([]int, len(hw.devices))
	some := false
	for i := range hw.devices {
		d := &hw.devices[i]
		parents[i] = -1
		for it := range d.items {
			if it.normal() {
				if k := c.itemParent(hw, d, it); k >= 0 {
					parents[i] = k
					some = true
				}
			}
		}
	}
	if some {
		c.parentCycles(hw, parents)
	}
	c.addresses(hw)
}

// itemParent checks the parent of an Item and returns its position among the
// devices, -1 for none.
func (c *checker) itemParent(hw *hardware, d *device, it *item) int {
	id := trim(value(it.parent))
	if id == "" {
		return -1
	}
	k, ok := hw.byID[id]
	if !ok || !hw.devices[k].hasNormal {
		c.at("item-parent", it.Location("Parent"), "the parent of the Item %s is the Item %s, which does not exist", d.label(), diag.Quote(id)).
			hint("give the InstanceID of a controller in the same section").add()
		return -1
	}
	p := &hw.devices[k]
	if !p.always && len(p.options) > 0 && c.apart(it, p) {
		c.at("item-parent", it.Location("Parent"), "the parent of the Item %s is the Item %s, which no configuration has together with it", d.label(), diag.Quote(id)).
			related(p.first.Location(""), "the parent").
			hint("let both be for the same configurations").add()
	}
	if t := p.typeItem; t != nil && d.is(rasd.FloppyDrive, rasd.CDDrive, rasd.DVDDrive, rasd.DiskDrive, rasd.TapeDrive, rasd.LogicalDisk) && !controller(*t.typ) {
		f := c.at("item-parent-type", it.Location("Parent"), "the drive %s sits on the Item %s of ResourceType %d, %s", d.label(), diag.Quote(id), *t.typ, *t.typ)
		if !t.typ.Defined() {
			f.as(diag.Warning)
		}
		f.related(t.Location("ResourceType"), "the parent").
			hint("let it sit on a controller, as one of ResourceType 5 (IDE), 6 (SCSI) or 20 (SATA)").add()
	}
	return k
}

// apart reports whether an Item counts for configurations, and a device that is
// not always there is in none of them.
func (c *checker) apart(it *item, p *device) bool {
	if !it.conditional() {
		return false
	}
	known := false
	for w := range strings.FieldsSeq(*it.configuration) {
		if p.options[w] {
			return false
		}
		known = known || c.options.get(w) != nil
	}
	return known
}

// controller reports whether a drive may sit on a resource of the type; what
// vendors define is not known.
func controller(t rasd.ResourceType) bool {
	switch t {
	case rasd.Other, rasd.IDEController, rasd.ParallelSCSIHBA, rasd.FCHBA, rasd.ISCSIHBA, rasd.IOSlot, rasd.IODevice,
		rasd.OtherStorageDevice, rasd.USBController, rasd.IEEE1394Controller:
		return true
	}
	return t.Vendor()
}

func (c *checker) parentCycles(hw *hardware, parents []int) {
	for cycle := range cycles(parents) {
		d := &hw.devices[cycle[0]]
		f := c.at("item-parent-cycle", d.first.Location("Parent"), "following Parent from the Item %s leads back to it, over %d Items", d.label(), len(cycle))
		for n, k := range cycle {
			if n > 0 && n <= maxRelated {
				o := &hw.devices[k]
				f.related(o.first.Location("Parent"), "the Item %s", o.label())
			}
		}
		f.hint("let controllers have no Parent").add()
	}
}

// slot is a place on a controller under a configuration.
type slot struct{ parent, address, option string }

// someOption stands for the first configuration that fills a place; no id is a
// blank.
const someOption = " "

// slots tells which device is at a place.
type slots map[slot]*device

// take puts a device at a place and returns one that is there with it, or nil.
func (t slots) take(s slot, d *device) *device {
	was := t[s]
	if was == nil {
		t[s] = d
	}
	if was != nil && was != d {
		return was
	}
	other := slot{s.parent, s.address, someOption}
	if s.option != "" {
		if t[other] == nil {
			t[other] = d
		}
		other.option = ""
	}
	o := t[other]
	if o == nil || o == d || s.option != "" && o.options[s.option] || s.option == "" && !d.meets(o) {
		return nil // or it is elsewhere under this configuration
	}
	return o
}

// addresses looks for devices at one place, and for places on nothing.
func (c *checker) addresses(hw *hardware) {
	var taken slots
	for i := range hw.devices {
		d := &hw.devices[i]
		if !d.addressed() {
			continue
		}
		if taken == nil {
			taken = slots{}
		}
		said := false
		for m := range c.variants(d) {
			at := m.from[fieldAddress]
			if said || at == nil || value(at.address) == "" {
				continue
			}
			s := slot{address: trim(*at.address), option: m.option}
			if p := m.from[fieldParent]; p != nil {
				s.parent = trim(value(p.parent))
			}
			if s.parent == "" {
				said = c.loose(d, at, s.address)
			} else if was := taken.take(s, d); was != nil {
				said = true
				c.at("item-address-clash", at.Location("AddressOnParent"), "the Items %s and %s are both at %s of the Item %s", was.label(), d.label(), diag.Quote(s.address), diag.Quote(s.parent)).
					related(was.first.Location("AddressOnParent"), "the first one").
					hint("give each an AddressOnParent of its own").add()
			}
		}
	}
}

// loose reports a device with an address on no parent, of the types for which
// producers do not write one as a matter of course.
func (c *checker) loose(d *device, at *item, address string) bool {
	if !d.is(rasd.IDEController, rasd.ParallelSCSIHBA, rasd.DiskDrive, rasd.OtherStorageDevice, rasd.LogicalDisk) {
		return false
	}
	c.at("item-address-no-parent", at.Location("AddressOnParent"), "the Item %s has the address %s on no parent", d.label(), diag.Quote(address)).
		hint("name the controller in Parent, or use Address for the number of a controller").add()
	return true
}

// addressed reports whether a normal Item of the device has an address.
func (d *device) addressed() bool {
	for it := range d.items {
		if it.normal() && it.address != nil {
			return true
		}
	}
	return false
}
