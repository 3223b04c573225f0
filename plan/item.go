package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

// itemRules are the rules about Items and how they are merged (DSP0243 8.3,
// 9.8).
var itemRules = []diag.Rule{
	{Name: "item-number", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "A number of an Item is not one.",
		Why:     "Nobody knows how much of the resource is meant."},
	{Name: "item-kind", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.2.0",
		Summary: "Items with one InstanceID are of different kinds.",
		Why:     "They make up one device, which cannot be two things."},
	{Name: "item-kind-missing", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.2.0",
		Summary: "A device has no ResourceType.",
		Why:     "No consumer can create it."},
	{Name: "item-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.8", Since: "0.2.0",
		Summary: "Two Items for every option have one InstanceID.",
		Why:     "They are merged into one device although two were probably meant."},
	{Name: "item-bound", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.4", Since: "0.2.0",
		Summary: "A bound is none of min, max and normal.",
		Why:     "Whether the Item is a device or the end of a range is undefined."},
}

// item is an Item, EthernetPortItem or StorageItem. The pointers are those of
// the original.
type item struct {
	located
	kind          itemKind
	index         int    // in the list of its kind
	id            string // InstanceID without blanks around it
	name          string
	description   *string
	configuration *string
	required      *bool
	automatic     *bool
	typ           *rasd.ResourceType
	subType       *string
	units         *string // AllocationUnits
	quantityUnits *string
	numbers       [measures]*uint64
	weight        *uint32
	parent        *string
	place         *string // AddressOnParent
	address       *string
	host          []string
	connection    []string
	ext           *xmltree.Ext
	bound         rasd.Bound
	wrongType     bool // the ResourceType is no number, which was reported

	next *item // of the same device
}

type itemKind uint8

const (
	plainItem itemKind = iota
	portItem
	storageItem
)

// measure is one of the numbers of an Item that have a unit.
type measure uint8

const (
	quantity measure = iota
	reservation
	limit
	measures // how many
)

// String returns the name in the schema.
func (m measure) String() string {
	return [measures]string{"VirtualQuantity", "Reservation", "Limit"}[m]
}

// label names the Item in a message.
func (it *item) label() string {
	switch {
	case it.id != "":
		return diag.Quote(it.id)
	case strings.TrimSpace(it.name) != "":
		return diag.Quote(it.name)
	}
	return "without InstanceID"
}

// resource is a VirtualHardwareSection or ResourceAllocationSection.
type resource struct {
	items   []rasd.Item
	ports   []rasd.EthernetPortItem
	storage []rasd.StorageItem
}

// assembly turns the Items of one section into devices. Its memory is used
// again for the next section.
type assembly struct {
	r       *resolver
	from    resource
	items   []item
	devices []device
	byID    map[string]int // InstanceID to device
	amounts []*Quantity
	sources []*device
	hidden  map[string]bool // InstanceIDs of normal Items for any option; nil until asked for
}

// device is what the selected Items with one InstanceID make up: for each child
// the last Item that has it (DSP0243 9.8). Items without that child are nil.
type device struct {
	id          string
	first, last *item // normal ones
	count       int
	low, high   *item // range markers

	typ, subType, name, description *item
	numbers                         [measures]*item
	weight, units, quantityUnits    *item
	parent, place, address          *item
	host, connection                *item
	required, automatic             *item
	isParent                        bool // a drive sits on it
	resourceType                    rasd.ResourceType
}

// assemble selects the Items for the chosen option and merges those with one
// InstanceID, child by child in document order. What it yields is overwritten
// by the next call.
func (a *assembly) assemble(from resource) []device {
	a.from, a.hidden = from, nil
	a.items, a.devices = a.items[:0], a.devices[:0]
	// A small map is emptied and used again; a large one costs as much to empty
	// as it ever held.
	if len(a.byID) > 64 || a.byID == nil {
		a.byID = map[string]int{}
	} else {
		clear(a.byID)
	}
	a.read()
	for i := range a.items {
		if it := &a.items[i]; it.bound == rasd.BoundNormal {
			a.merge(it)
		}
	}
	for i := range a.items {
		if it := &a.items[i]; it.bound != rasd.BoundNormal {
			a.mark(it)
		}
	}
	for i := range a.devices {
		a.settleType(&a.devices[i])
	}
	return a.devices
}

// read lists the Items that count for the chosen option.
func (a *assembly) read() {
	for i := range a.from.items {
		t := &a.from.items[i]
		if !a.r.selected(t.Configuration, t) {
			continue
		}
		a.add(item{located: t, index: i, id: t.InstanceID, name: t.ElementName, description: t.Description, configuration: t.Configuration,
			required: t.Required, automatic: t.AutomaticAllocation, typ: t.ResourceType, subType: t.ResourceSubType, units: t.AllocationUnits,
			quantityUnits: t.VirtualQuantityUnits, numbers: [measures]*uint64{t.VirtualQuantity, t.Reservation, t.Limit}, weight: t.Weight,
			parent: t.Parent, place: t.AddressOnParent, address: t.Address, host: t.HostResource, connection: t.Connection, ext: &t.Ext,
			bound: value(t.Bound)})
	}
	for i := range a.from.ports {
		t := &a.from.ports[i]
		if !a.r.selected(t.Configuration, t) {
			continue
		}
		a.add(item{located: t, kind: portItem, index: i, id: t.InstanceID, name: t.ElementName, description: t.Description, configuration: t.Configuration,
			required: t.Required, automatic: t.AutomaticAllocation, typ: t.ResourceType, subType: t.ResourceSubType, units: t.AllocationUnits,
			quantityUnits: t.VirtualQuantityUnits, numbers: [measures]*uint64{t.VirtualQuantity, t.Reservation, t.Limit}, weight: t.Weight,
			parent: t.Parent, place: t.AddressOnParent, address: t.Address, host: t.HostResource, connection: t.Connection, ext: &t.Ext,
			bound: value(t.Bound)})
	}
	for i := range a.from.storage {
		t := &a.from.storage[i]
		if !a.r.selected(t.Configuration, t) {
			continue
		}
		a.add(item{located: t, kind: storageItem, index: i, id: t.InstanceID, name: t.ElementName, description: t.Description, configuration: t.Configuration,
			required: t.Required, automatic: t.AutomaticAllocation, typ: t.ResourceType, subType: t.ResourceSubType, units: t.AllocationUnits,
			quantityUnits: t.VirtualQuantityUnits, numbers: [measures]*uint64{t.VirtualQuantity, t.Reservation, t.Limit}, weight: t.Weight,
			parent: t.Parent, place: t.AddressOnParent, address: t.Address, host: t.HostResource, connection: t.Connection, ext: &t.Ext,
			bound: value(t.Bound)})
	}
}

// add takes an Item if its bound is one of the standard.
func (a *assembly) add(it item) {
	it.id = strings.TrimSpace(it.id)
	if !it.bound.Valid() {
		f := a.r.at("item-bound", it.Location("@bound"), "the bound %s of the Item %s is none of the standard", diag.Quote(string(it.bound)), it.label())
		if b := rasd.Bound(strings.ToLower(strings.TrimSpace(string(it.bound)))); b.Valid() && b != "" {
			f.hint("write %s", diag.Quote(string(b))).add()
		} else {
			f.hint("use min or max, or leave the attribute out for the Item itself").add()
		}
		return
	}
	if it.bound == "" {
		it.bound = rasd.BoundNormal
	}
	a.mistyped(&it)
	a.items = append(a.items, it)
}

// mistyped reports numbers that could not be read: they are in the open content.
func (a *assembly) mistyped(it *item) {
	for _, e := range it.ext.Elements {
		if !numeric(e) {
			continue
		}
		text := trim(e.Text())
		bits := 64
		switch e.Name.Local {
		case "Weight":
			bits = 32
		case "ResourceType":
			bits = 16
		}
		if _, err := strconv.ParseUint(text, 10, bits); err == nil {
			at := it.Location(e.Name.Local + "[2]")
			if at == it.Location("") {
				at = it.Location(e.Name.Local)
			}
			a.r.at("item-number", at, "the Item %s has a %s that is not used: it is the second one, or of another namespace", it.label(), e.Name.Local).
				as(diag.Warning).hint("remove it, or correct its namespace").add()
			continue
		}
		it.wrongType = it.wrongType || e.Name.Local == "ResourceType"
		f := a.r.at("item-number", it.Location(e.Name.Local), "the %s %s of the Item %s is no whole number in its range", e.Name.Local, diag.Quote(text), it.label())
		if strings.Contains(text, "${") {
			f.hint("write the number: only values of properties and the capacity of disks can refer to properties").add()
		} else {
			f.hint("write digits only, and the unit into AllocationUnits").add()
		}
	}
}

// numeric reports whether an element that is left in the open content of an Item
// is one of its numbers. An empty one says nothing.
func numeric(e *xmltree.Element) bool {
	switch e.Name.Local {
	case "VirtualQuantity", "Reservation", "Limit", "Weight", "ResourceType":
		return envelope.Standard(e.Name.Space) && trim(e.Text()) != ""
	}
	return false
}

// merge adds a normal Item to its device. An Item without InstanceID, which the
// schema refuses, is a device of its own.
func (a *assembly) merge(it *item) {
	k, ok := a.byID[it.id]
	if !ok || it.id == "" {
		k = len(a.devices)
		a.devices = append(a.devices, device{id: it.id, first: it})
		a.byID[it.id] = k
	}
	d := &a.devices[k]
	if d.last != nil {
		a.compatible(d, it)
		d.last.next = it
	}
	d.last = it
	d.count++
	d.add(it)
}

// compatible compares one more Item of a device with those before it.
func (a *assembly) compatible(d *device, it *item) {
	switch {
	case d.first.kind != it.kind:
		a.r.at("item-kind", it.Location("InstanceID"), "the InstanceID %s is that of another kind of Item, too", diag.Quote(d.id)).
			related(d.first.Location("InstanceID"), "the first one").
			hint("give each device an InstanceID of its own").add()
	case d.typ != nil && it.typ != nil && *d.typ.typ != *it.typ:
		a.r.at("item-kind", it.Location("ResourceType"), "the InstanceID %s is of ResourceType %d here and %d before", diag.Quote(d.id), *it.typ, *d.typ.typ).
			related(d.typ.Location("ResourceType"), "the first one").
			hint("give each device an InstanceID of its own").add()
	case blank(it.configuration) && blank(d.last.configuration):
		a.r.at("item-repeated", it.Location("InstanceID"), "two Items have the InstanceID %s, and neither is for an option only; they are merged into one device", diag.Quote(d.id)).
			related(d.last.Location("InstanceID"), "the one before").
			hint("give each device an InstanceID of its own").add()
	}
}

// add takes the children of one more Item, which stands behind those before.
func (d *device) add(it *item) {
	set := func(p **item, has bool) {
		if has {
			*p = it
		}
	}
	if d.typ == nil {
		set(&d.typ, it.typ != nil)
	}
	set(&d.subType, it.subType != nil)
	set(&d.name, it.name != "")
	set(&d.description, it.description != nil)
	for m := range measures {
		set(&d.numbers[m], it.numbers[m] != nil)
	}
	set(&d.weight, it.weight != nil)
	set(&d.units, it.units != nil)
	set(&d.quantityUnits, it.quantityUnits != nil)
	set(&d.parent, it.parent != nil)
	set(&d.place, it.place != nil)
	set(&d.address, it.address != nil)
	set(&d.host, len(it.host) > 0)
	set(&d.connection, len(it.connection) > 0)
	set(&d.required, it.required != nil)
	set(&d.automatic, it.automatic != nil)
}

// settleType sets the type of a device; the Items of OVF 2.x for ports and
// storage say by their element what they are.
func (a *assembly) settleType(d *device) {
	switch {
	case d.typ != nil:
		d.resourceType = *d.typ.typ
	case d.first.kind == portItem:
		d.resourceType = rasd.EthernetAdapter
	case d.first.kind == storageItem:
		d.resourceType = rasd.StorageExtent
	case !d.first.wrongType:
		a.r.at("item-kind-missing", d.first.Location(""), "the Item %s has no ResourceType", d.first.label()).
			hint("add ResourceType, as 3 for a processor, 4 for memory, 10 for a network adapter, 17 for a disk").add()
	}
}

// is reports whether the device is of one of the types.
func (d *device) is(types ...rasd.ResourceType) bool { return slices.Contains(types, d.resourceType) }

// text returns an optional text of the Item that it comes from, without blanks
// around it.
func text(it *item, field func(*item) *string) string {
	if it == nil {
		return ""
	}
	return strings.TrimSpace(value(field(it)))
}
