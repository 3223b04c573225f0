package envelope

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

// hardware is a VirtualHardwareSection or ResourceAllocationSection with its
// Items of all kinds in one list, and the devices that they make up.
type hardware struct {
	scope   *scope                  // nil in the envelope itself
	virtual *VirtualHardwareSection // nil for a ResourceAllocationSection
	section located
	items   []item
	devices []device
	byID    map[string]int // InstanceID to device
}

// item is an Item, EthernetPortItem or StorageItem. Only what the checks need is
// here.
type item struct {
	located
	kind          itemKind
	id            string // InstanceID without blanks around it
	name          string
	configuration *string
	bound         rasd.Bound
	typ           *rasd.ResourceType
	units         *string // AllocationUnits
	quantityUnits *string
	quantity      *uint64
	reservation   *uint64
	limit         *uint64
	weight        *uint32
	parent        *string
	address       *string // AddressOnParent
	host          []string
	connection    []string
	subType       *string
	guestAddress  *string
	ext           *xmltree.Ext

	position int   // in the list
	next     *item // of the device, nil for the last
	done     done  // what has been said about it
}

type itemKind uint8

const (
	plainItem itemKind = iota
	portItem
	storageItem
)

// device is what all Items with one InstanceID are about.
type device struct {
	id          string
	first, last *item
	typeItem    *item           // the first normal Item with a type; nil for none
	hasNormal   bool            // not only range markers
	always      bool            // some normal Item counts for every configuration
	options     map[string]bool // the configurations of the others
}

// normal reports whether the Item is a device or part of one. One with a bound
// that the standard does not have is neither that nor a range marker.
func (it *item) normal() bool { return it.bound == "" || it.bound == rasd.BoundNormal }

// conditional reports whether the Item counts for some configurations only. An
// empty list counts as absent.
func (it *item) conditional() bool { return value(it.configuration) != "" }

// is reports whether the Item says that it is of a type.
func (it *item) is(types ...rasd.ResourceType) bool {
	if it.typ == nil {
		return false
	}
	for _, t := range types {
		if *it.typ == t {
			return true
		}
	}
	return false
}

// label names the Item in a message, behind the word for what it is.
func (it *item) label() string {
	switch {
	case it.id != "":
		return diag.Quote(it.id)
	case !blank(it.name):
		return diag.Quote(it.name)
	}
	return "without InstanceID"
}

// mistyped reports whether there is a child of one of the names whose text is
// no value of its type, which the schema refuses.
func (it *item) mistyped(names ...string) bool {
	for _, e := range it.ext.Elements {
		if e == nil || !slices.Contains(names, e.Name.Local) {
			continue
		}
		for _, c := range e.Content {
			if t, ok := c.(xmltree.Text); ok && !blank(string(t)) {
				return true
			}
		}
	}
	return false
}

// network reports whether the Item is a network adapter.
func (it *item) network() bool {
	return it.kind == portItem || it.is(rasd.EthernetAdapter, rasd.OtherNetworkAdapter, rasd.EthernetConnection)
}

// number returns one of the numbers of an Item that a range can limit.
func (it *item) number(f field) (uint64, bool) {
	var p *uint64
	switch f {
	case fieldQuantity:
		p = it.quantity
	case fieldReservation:
		p = it.reservation
	case fieldLimit:
		p = it.limit
	case fieldWeight:
		if it.weight != nil {
			return uint64(*it.weight), true
		}
	}
	if p == nil {
		return 0, false
	}
	return *p, true
}

// hardware yields every hardware section. What it yields is overwritten by the
// next.
func (c *checker) hardware() iter.Seq[*hardware] {
	return func(yield func(*hardware) bool) {
		var hw hardware
		for s, sc := range c.sections() {
			switch s := s.(type) {
			case *VirtualHardwareSection:
				hw.begin(sc, s, s)
				hw.fill(s.Item, s.EthernetPortItem, s.StorageItem)
			case *ResourceAllocationSection:
				hw.begin(sc, nil, s)
				hw.fill(s.Item, s.EthernetPortItem, s.StorageItem)
			default:
				continue
			}
			c.group(&hw)
			if !yield(&hw) {
				return
			}
		}
	}
}

func (hw *hardware) begin(sc *scope, virtual *VirtualHardwareSection, section located) {
	hw.scope, hw.virtual, hw.section = sc, virtual, section
	hw.items, hw.devices = hw.items[:0], hw.devices[:0]
	// A small map is emptied and used again; emptying a large one costs as much
	// as it ever held, so that one huge section would slow down all behind it.
	if len(hw.byID) > 64 || hw.byID == nil {
		hw.byID = map[string]int{}
	} else {
		clear(hw.byID)
	}
}

func (hw *hardware) fill(items []rasd.Item, ports []rasd.EthernetPortItem, storage []rasd.StorageItem) {
	for i := range items {
		t := &items[i]
		hw.items = append(hw.items, item{located: t, id: trim(t.InstanceID), name: t.ElementName, configuration: t.Configuration,
			bound: bound(t.Bound), typ: t.ResourceType, units: t.AllocationUnits, quantityUnits: t.VirtualQuantityUnits, quantity: t.VirtualQuantity,
			reservation: t.Reservation, limit: t.Limit, weight: t.Weight, parent: t.Parent, address: t.AddressOnParent, host: t.HostResource,
			connection: t.Connection, subType: t.ResourceSubType, guestAddress: t.Address, ext: &t.Ext})
	}
	for i := range ports {
		t := &ports[i]
		hw.items = append(hw.items, item{located: t, kind: portItem, id: trim(t.InstanceID), name: t.ElementName, configuration: t.Configuration,
			bound: bound(t.Bound), typ: t.ResourceType, units: t.AllocationUnits, quantityUnits: t.VirtualQuantityUnits, quantity: t.VirtualQuantity,
			reservation: t.Reservation, limit: t.Limit, weight: t.Weight, parent: t.Parent, address: t.AddressOnParent, host: t.HostResource,
			connection: t.Connection, subType: t.ResourceSubType, guestAddress: t.Address, ext: &t.Ext})
	}
	for i := range storage {
		t := &storage[i]
		hw.items = append(hw.items, item{located: t, kind: storageItem, id: trim(t.InstanceID), name: t.ElementName, configuration: t.Configuration,
			bound: bound(t.Bound), typ: t.ResourceType, units: t.AllocationUnits, quantityUnits: t.VirtualQuantityUnits, quantity: t.VirtualQuantity,
			reservation: t.Reservation, limit: t.Limit, weight: t.Weight, parent: t.Parent, address: t.AddressOnParent, host: t.HostResource,
			connection: t.Connection, subType: t.ResourceSubType, guestAddress: t.Address, ext: &t.Ext})
	}
}

func bound(b *rasd.Bound) rasd.Bound {
	if b == nil {
		return ""
	}
	return *b
}

// group joins the Items into devices. Items without InstanceID, which the schema
// refuses, are a device each.
func (c *checker) group(hw *hardware) {
	for i := range hw.items {
		it := &hw.items[i]
		it.position = i
		k, ok := hw.byID[it.id]
		if !ok || it.id == "" {
			k = len(hw.devices)
			hw.devices = append(hw.devices, device{id: it.id, first: it, last: it})
			hw.byID[it.id] = k
		}
		d := &hw.devices[k]
		if d.last != it {
			d.last.next, d.last = it, it
		}
		if !it.normal() {
			continue
		}
		d.hasNormal = true
		if d.typeItem == nil && it.typ != nil {
			d.typeItem = it
		}
		if !it.conditional() {
			d.always = true
			continue
		}
		for w := range strings.FieldsSeq(*it.configuration) {
			if c.options.get(w) != nil {
				if d.options == nil {
					d.options = map[string]bool{}
				}
				d.options[w] = true
			}
		}
	}
}

// items yields the Items of a device in document order.
func (d *device) items(yield func(*item) bool) {
	for it := d.first; it != nil; it = it.next {
		if !yield(it) {
			return
		}
	}
}

// label names the device in a message.
func (d *device) label() string { return d.first.label() }

// is reports whether the device is of a type.
func (d *device) is(types ...rasd.ResourceType) bool {
	return d.typeItem != nil && d.typeItem.is(types...)
}

// meets reports whether both devices are there in some configuration.
func (d *device) meets(o *device) bool {
	if d.always && (o.always || len(o.options) > 0) || o.always && len(d.options) > 0 {
		return true
	}
	a, b := d.options, o.options
	if len(a) > len(b) {
		a, b = b, a
	}
	for w := range a {
		if b[w] {
			return true
		}
	}
	return false
}

// done marks what has been said about an Item, so that it is said once however
// many configurations show it.
type done uint16

const (
	saidBackings done = 1 << iota
	saidDiskQuantity
	saidDimension
	saidUnitsMissing
	saidOverflow
	saidZero
	saidOrder
)

// once reports whether something is said for the first time.
func (it *item) once(d done) bool {
	first := it.done&d == 0
	it.done |= d
	return first
}

// nth names one of the children of a name, counted from 0, for Location.
func nth(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "[" + strconv.Itoa(i+1) + "]"
}
