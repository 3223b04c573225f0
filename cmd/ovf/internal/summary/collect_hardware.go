package summary

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// item is what the three kinds of Items have in common.
type item struct {
	id, name, subType, parent, unit, address string
	typ                                      rasd.ResourceType
	other                                    string
	bound                                    rasd.Bound
	required                                 *bool
	configuration                            *string
	connection, host                         []string
	quantity                                 *uint64
	quantityUnits, allocationUnits           *string
}

func (it *item) marker() bool { return it.bound.Marker() }

// items returns all Items of a section, in document order of each kind.
func items(hw *envelope.VirtualHardwareSection) []item {
	var out []item
	for i := range hw.Item {
		t := &hw.Item[i]
		out = append(out, item{
			id: t.InstanceID, name: t.ElementName, subType: value(t.ResourceSubType), parent: value(t.Parent), unit: value(t.AddressOnParent),
			address: value(t.Address), typ: value(t.ResourceType), other: value(t.OtherResourceType), bound: value(t.Bound), required: t.Required,
			configuration: t.Configuration, connection: t.Connection, host: t.HostResource, quantity: t.VirtualQuantity,
			quantityUnits: t.VirtualQuantityUnits, allocationUnits: t.AllocationUnits,
		})
	}
	for i := range hw.EthernetPortItem {
		t := &hw.EthernetPortItem[i]
		it := item{
			id: t.InstanceID, name: t.ElementName, subType: value(t.ResourceSubType), parent: value(t.Parent), unit: value(t.AddressOnParent),
			address: value(t.Address), typ: value(t.ResourceType), other: value(t.OtherResourceType), bound: value(t.Bound), required: t.Required,
			configuration: t.Configuration, connection: t.Connection, host: t.HostResource,
		}
		if it.typ == 0 {
			it.typ = rasd.EthernetAdapter
		}
		out = append(out, it)
	}
	for i := range hw.StorageItem {
		t := &hw.StorageItem[i]
		it := item{
			id: t.InstanceID, name: t.ElementName, subType: value(t.ResourceSubType), parent: value(t.Parent), unit: value(t.AddressOnParent),
			address: value(t.Address), typ: value(t.ResourceType), other: value(t.OtherResourceType), bound: value(t.Bound), required: t.Required,
			configuration: t.Configuration, host: t.HostResource,
		}
		if it.typ == 0 {
			it.typ = rasd.StorageExtent
		}
		out = append(out, it)
	}
	return out
}

func hardware(hw *envelope.VirtualHardwareSection) Hardware {
	out := Hardware{ID: value(hw.ID), Transports: envelope.Transports(value(hw.Transport))}
	if hw.System != nil {
		out.Families = strings.Fields(value(hw.System.VirtualSystemType))
	}
	all := items(hw)
	names := map[string]*item{}
	for i := range all {
		if it := &all[i]; it.id != "" && names[it.id] == nil {
			names[it.id] = it
		}
	}
	for i := range all {
		it := &all[i]
		switch it.typ {
		case rasd.Processor:
			if q, ok := quantity(it, names[it.id], false); ok {
				out.CPUs = append(out.CPUs, q)
			}
			continue
		case rasd.Memory:
			if q, ok := quantity(it, names[it.id], true); ok {
				out.Memory = append(out.Memory, q)
			}
			continue
		}
		d := device(it, names)
		switch it.typ {
		case rasd.DiskDrive, rasd.StorageExtent, rasd.LogicalDisk, rasd.StorageVolume:
			out.Disks = append(out.Disks, d)
		case rasd.EthernetAdapter, rasd.OtherNetworkAdapter, rasd.EthernetConnection, rasd.EthernetSwitchPort:
			out.NICs = append(out.NICs, d)
		default:
			out.Others = append(out.Others, d)
		}
	}
	return out
}

// quantity reads VirtualQuantity. first is the first Item of the device, whose
// unit counts where the Item has none (DSP0243 9.8). ok is false where the Item
// says nothing about the quantity.
func quantity(it, first *item, memory bool) (q Quantity, ok bool) {
	if it.quantity == nil {
		return q, false
	}
	q = Quantity{Options: strings.Fields(value(it.configuration))}
	if it.marker() {
		q.Bound = string(it.bound)
	}
	if !memory {
		q.Value = *it.quantity
		return q, true
	}
	unit := memoryUnit(it)
	if unit == "" && first != nil {
		unit = memoryUnit(first)
	}
	u, err := rasd.ParseUnit(unit)
	if err == nil && unit != "" {
		if q.Value, err = u.Bytes(*it.quantity); err == nil {
			return q, true
		}
	}
	q.Written = strconv.FormatUint(*it.quantity, 10)
	if unit != "" {
		q.Written += " × " + unit
	}
	return q, true
}

func memoryUnit(it *item) string {
	if it.quantityUnits != nil {
		return *it.quantityUnits
	}
	return value(it.allocationUnits)
}

func device(it *item, names map[string]*item) Device {
	d := Device{
		InstanceID: it.id, Name: it.name, ResourceType: uint16(it.typ), Type: typeName(it), SubType: it.subType,
		Unit: it.unit, Networks: it.connection, Address: it.address,
		Optional: it.required != nil && !*it.required, Options: strings.Fields(value(it.configuration)),
	}
	if it.marker() {
		d.Bound = string(it.bound)
	}
	if p := names[it.parent]; p != nil && it.parent != "" {
		d.Controller = p.name
		if d.Controller == "" {
			d.Controller = typeName(p)
		}
	}
	for _, h := range it.host {
		// the scheme is often left out (interop)
		path := strings.TrimPrefix(strings.TrimSpace(h), "ovf:")
		if id, ok := strings.CutPrefix(path, "/disk/"); ok {
			d.Disk = id
		} else if id, ok := strings.CutPrefix(path, "/file/"); ok {
			d.File = id
		}
	}
	return d
}

func typeName(it *item) string {
	if it.typ == 0 {
		return "device of no type"
	}
	if it.typ == rasd.Other && it.other != "" {
		return it.other
	}
	return it.typ.String()
}
