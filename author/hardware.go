package author

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/vssd"
)

// bus is a kind of controller for drives.
type bus struct {
	name       string
	controller rasd.ResourceType
	model      string // if the spec names none
	units      []int  // places on one controller, in order
	places     int    // on all controllers that there can be
}

var buses = map[string]bus{
	// 7 is the place of the controller itself
	"scsi": {"SCSI", rasd.ParallelSCSIHBA, "lsilogic", []int{0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15}, 60},
	"sata": {"SATA", rasd.OtherStorageDevice, "AHCI", count(30), 120},
	"ide":  {"IDE", rasd.IDEController, "PIIX4", count(2), 4},
	"nvme": {"NVMe", rasd.OtherStorageDevice, "vmware.nvme.controller", count(15), 60},
}

func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (m *Machine) bus() string {
	if m.DiskBus == "" {
		return "scsi"
	}
	return m.DiskBus
}

// os returns the guest system and its name.
func (m *Machine) os() (envelope.OSType, string, error) {
	if m.OS == "" {
		return 1, "Other", nil
	}
	if n, err := strconv.ParseUint(m.OS, 10, 16); err == nil {
		return envelope.OSType(n), envelope.OSType(n).String(), nil
	}
	id, ok := envelope.OSTypeByName(m.OS)
	if !ok {
		return 0, "", fmt.Errorf("%s is no operating system that the standard has a number for", diag.Quote(m.OS))
	}
	return id, id.String(), nil
}

func system(v *Machine) *vssd.System {
	out := &vssd.System{}
	out.ElementName, out.InstanceID, out.VirtualSystemType = "Virtual hardware", "0", optional(words(v.SystemTypes))
	return out
}

func words(list []string) string { return strings.Join(list, " ") }

// hardware collects Items.
type hardware struct {
	section *envelope.VirtualHardwareSection
	options []Option
	last    int // InstanceID
}

// item adds an Item with the next InstanceID, which it returns.
func (h *hardware) item(it rasd.Item) string {
	h.last++
	it.InstanceID = strconv.Itoa(h.last)
	h.section.Item = append(h.section.Item, it)
	return it.InstanceID
}

// amount adds the Items for processors or memory: the value, those of options, and
// the bounds of its range (DSP0243 8.4, 9.8). The unit of memory becomes finer where
// the amounts ask for it.
func (h *hardware) amount(a *Amount, t rasd.ResourceType, units string, unit uint64, what string) {
	all := []Size{a.Value, a.Min, a.Max}
	for _, v := range a.Options {
		all = append(all, v)
	}
	for _, v := range all {
		if uint64(v)%unit != 0 {
			units, unit = "byte", 1
		}
	}
	var shown *string
	if t == rasd.Memory {
		shown = &units
	}
	quantity := func(v Size) *uint64 { return new(uint64(v) / unit) }
	name := func(v Size) string {
		if v == 1 {
			return "1 " + strings.TrimSuffix(what, "s")
		}
		return v.String() + " " + what
	}
	id := h.item(rasd.Item{ElementName: name(a.Value), AllocationUnits: shown, ResourceType: &t, VirtualQuantity: quantity(a.Value)})
	also := func(it rasd.Item) {
		it.InstanceID, it.AllocationUnits, it.ResourceType = id, shown, &t
		h.section.Item = append(h.section.Item, it)
	}
	for i := range h.options {
		option := h.options[i].ID
		if v, ok := a.Options[option]; ok {
			also(rasd.Item{ElementName: name(v), Configuration: &option, VirtualQuantity: quantity(v)})
		}
	}
	if a.Min != 0 {
		also(rasd.Item{ElementName: "At least " + name(a.Min), Bound: new(rasd.BoundMin), VirtualQuantity: quantity(a.Min)})
	}
	if a.Max != 0 {
		also(rasd.Item{ElementName: "At most " + name(a.Max), Bound: new(rasd.BoundMax), VirtualQuantity: quantity(a.Max)})
	}
}

// drives adds controllers, disks and CD drives. CD drives of a machine with SCSI or
// NVMe disks are on an IDE controller, since many guests boot from no others.
func (h *hardware) drives(v *Machine) {
	b := buses[v.bus()]
	if v.DiskController != "" {
		b.model = v.DiskController
	}
	disks := &shelf{h: h, bus: b}
	for i, id := range v.Disks {
		disks.add(rasd.Item{ElementName: "Disk " + strconv.Itoa(i+1), ResourceType: new(rasd.DiskDrive), HostResource: []string{"ovf:/disk/" + id}})
	}
	cdroms := disks
	if v.bus() == "scsi" || v.bus() == "nvme" {
		cdroms = &shelf{h: h, bus: buses["ide"]}
	}
	for i, id := range v.CDROMs {
		it := rasd.Item{ElementName: "CD drive " + strconv.Itoa(i+1), ResourceType: new(rasd.CDDrive), AutomaticAllocation: new(id != "")}
		if id != "" {
			it.HostResource = []string{"ovf:/file/" + id}
		} else {
			it.Required = new(false)
		}
		cdroms.add(it)
	}
}

// shelf puts drives on controllers of one kind, and adds a controller when one is
// full.
type shelf struct {
	h           *hardware
	bus         bus
	drives      int
	controllers int
	parent      string
}

func (s *shelf) add(it rasd.Item) {
	unit := s.bus.units[s.drives%len(s.bus.units)]
	if s.drives%len(s.bus.units) == 0 {
		s.parent = s.h.item(rasd.Item{ElementName: s.bus.name + " controller " + strconv.Itoa(s.controllers+1), Address: new(strconv.Itoa(s.controllers)), ResourceType: &s.bus.controller, ResourceSubType: &s.bus.model})
		s.controllers++
	}
	s.drives++
	it.Parent, it.AddressOnParent = &s.parent, new(strconv.Itoa(unit))
	s.h.item(it)
}
