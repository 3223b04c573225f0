package plan

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// driveRules are the rules about what stands behind drives and adapters
// (DSP0243 8.3, 9.1, 9.2).
var driveRules = []diag.Rule{
	{Name: "drive-backing", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "The disk or file behind a drive does not exist.",
		Why:     "The machine would start without it."},
	{Name: "drive-backing-form", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "What stands behind a drive is not written as ovf:/disk/ or ovf:/file/.",
		Why:     "Strict consumers do not find it; if it is nothing of the package, the drive stays empty."},
	{Name: "drive-backing-several", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "Several things stand behind one drive.",
		Why:     "The plan takes the first one; other consumers take another."},
	{Name: "drive-place", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "Two drives have one place on their controller.",
		Why:     "The order of the disks is undefined."},
	{Name: "nic-network", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.2", Since: "0.2.0",
		Summary: "An adapter is connected to a network that the package does not list.",
		Why:     "The operator cannot map it."},
}

// connect finds out what the devices of a machine are attached to and what
// stands behind them. devices and h.Devices are parallel.
func (a *assembly) connect(s *scope, devices []device, h *Hardware) {
	var drives []*device
	for i := range devices {
		d, pub := &devices[i], &h.Devices[i]
		controller := a.controller(d, pub)
		switch d.resourceType {
		case rasd.DiskDrive, rasd.LogicalDisk, rasd.StorageExtent, rasd.StorageVolume:
			h.Disks = append(h.Disks, a.drive(s, d, pub, controller))
			drives = append(drives, d)
		case rasd.CDDrive, rasd.DVDDrive:
			h.CDROMs = append(h.CDROMs, a.drive(s, d, pub, controller))
			drives = append(drives, d)
		case rasd.EthernetAdapter, rasd.OtherNetworkAdapter, rasd.EthernetConnection:
			h.NICs = append(h.NICs, a.nic(d, pub))
		}
	}
	for i := range devices {
		d, pub := &devices[i], &h.Devices[i]
		if d.isParent || d.controls() {
			h.Controllers = append(h.Controllers, Controller{InstanceID: d.id, Bus: d.bus(), Number: ordinal(pub.Address), Model: pub.ResourceSubType})
		}
	}
	if len(drives) > 1 {
		a.places(drives)
	}
}

// controller returns the device that a device sits on, or nil.
func (a *assembly) controller(d *device, pub *Device) *device {
	if pub.Parent == "" {
		return nil
	}
	k, ok := a.byID[pub.Parent]
	if !ok {
		f := a.r.at("device-parent", d.parent.Location("Parent"), "the parent of the Item %s is the Item %s, which is not there", d.first.label(), diag.Quote(pub.Parent))
		if a.elsewhere(pub.Parent) {
			f.hint("the parent is for other options only: let both be for the same").add()
		} else {
			f.hint("give the InstanceID of a controller in the same section").add()
		}
		return nil
	}
	p := &a.devices[k]
	if d.is(rasd.FloppyDrive, rasd.CDDrive, rasd.DVDDrive, rasd.DiskDrive, rasd.LogicalDisk, rasd.StorageExtent, rasd.StorageVolume, rasd.TapeDrive) {
		p.isParent = true
	}
	return p
}

// drive reads a disk drive or optical drive.
func (a *assembly) drive(s *scope, d *device, pub *Device, controller *device) DiskDrive {
	out := DiskDrive{InstanceID: d.id, Controller: pub.Parent, Unit: ordinal(pub.AddressOnParent)}
	if controller != nil {
		out.Bus = controller.bus()
	}
	if len(pub.HostResources) == 0 {
		return out
	}
	if n := len(pub.HostResources); n > 1 {
		a.r.at("drive-backing-several", d.host.Location("HostResource[2]"), "%d disks or files stand behind the drive %s", n, d.first.label()).
			hint("make an Item for each").add()
	}
	host := pub.HostResources[0]
	kind, id := backing(host)
	if kind == "" {
		a.r.at("drive-backing-form", d.host.Location("HostResource"), "the HostResource %s of the drive %s is neither a disk nor a file of the package; the drive stays empty", diag.Quote(host), d.first.label()).
			hint("write ovf:/disk/ and the diskId of a Disk, or ovf:/file/ and the id of a File").add()
		return out
	}
	if right := "ovf:/" + kind + "/" + id; host != right {
		a.r.at("drive-backing-form", d.host.Location("HostResource"), "the HostResource %s of the drive %s is not in the form of the standard", diag.Quote(host), d.first.label()).
			hint("write %s", diag.Quote(right)).add()
	}
	if kind == "file" {
		out.File = a.file(d, id)
		return out
	}
	e := a.r.disk(id)
	if e == nil {
		f := a.r.at("drive-backing", d.host.Location("HostResource"), "behind the drive %s is the disk %s, which does not exist", d.first.label(), diag.Quote(id))
		if name, ok := near(a.r.diskIDs(), id); ok {
			f.hint("write %s", diag.Quote("ovf:/disk/"+name)).add()
		} else {
			f.hint("add a Disk with that diskId to the DiskSection").add()
		}
		return out
	}
	out.Disk = e.id
	s.drives = append(s.drives, e)
	return out
}

// file returns the id of a file that stands behind a drive, or "".
func (a *assembly) file(d *device, id string) string {
	if f := a.r.file(id); f != nil {
		return f.ID
	}
	a.r.at("drive-backing", d.host.Location("HostResource"), "behind the drive %s is the file %s, which does not exist", d.first.label(), diag.Quote(id)).
		hint("add a File with that id to References").add()
	return ""
}

// nic reads a network adapter.
func (a *assembly) nic(d *device, pub *Device) NIC {
	for i, name := range pub.Connections {
		if _, ok := a.r.network(name); ok {
			continue
		}
		field := "Connection"
		if i > 0 {
			field += "[" + strconv.Itoa(i+1) + "]"
		}
		f := a.r.at("nic-network", d.connection.Location(field), "the adapter %s is connected to the network %s, which is not in the NetworkSection", d.first.label(), diag.Quote(name))
		if right, ok := near(a.r.networkNames(), name); ok {
			f.hint("write %s", diag.Quote(right)).add()
		} else {
			f.hint("add a Network with that name").add()
		}
	}
	return NIC{InstanceID: d.id, Networks: pub.Connections, Model: pub.ResourceSubType, MAC: pub.Address, Connected: pub.Automatic}
}

// backing reads a HostResource, also in the forms that producers write by
// mistake: without the scheme, or with two slashes. kind is "disk", "file" or ""
// for anything else.
func backing(s string) (kind, id string) {
	rest := strings.TrimPrefix(s, "ovf:")
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "/"), "/")
	kind, id, ok := strings.Cut(rest, "/")
	if !ok || id == "" || kind != "disk" && kind != "file" {
		return "", ""
	}
	return kind, id
}

// unescaped returns an id without percent escapes, if it has some.
func unescaped(id string) (string, bool) {
	if !strings.Contains(id, "%") {
		return "", false
	}
	plain, err := url.PathUnescape(id)
	return plain, err == nil && plain != id
}

// controls reports whether the device is a controller whatever sits on it.
func (d *device) controls() bool {
	switch d.resourceType {
	case rasd.IDEController, rasd.ParallelSCSIHBA, rasd.FCHBA, rasd.ISCSIHBA, rasd.USBController, rasd.IEEE1394Controller:
		return true
	case rasd.OtherStorageDevice:
		return d.bus() != ""
	}
	return false
}

// bus names the bus of a controller. CIM has no numbers for SATA and NVMe:
// producers write 20 and name the model.
func (d *device) bus() string {
	switch d.resourceType {
	case rasd.IDEController:
		return "ide"
	case rasd.ParallelSCSIHBA:
		return "scsi"
	case rasd.FCHBA:
		return "fc"
	case rasd.ISCSIHBA:
		return "iscsi"
	case rasd.USBController:
		return "usb"
	case rasd.IEEE1394Controller:
		return "ieee1394"
	case rasd.OtherStorageDevice, rasd.Other:
		model := strings.ToLower(text(d.subType, func(it *item) *string { return it.subType }))
		switch {
		case strings.Contains(model, "nvme"):
			return "nvme"
		case strings.Contains(model, "ahci"), strings.Contains(model, "sata"), d.isParent && model == "" && d.is(rasd.OtherStorageDevice):
			return "sata"
		case strings.Contains(model, "scsi"):
			return "scsi"
		}
	}
	return ""
}

// ordinal reads the number of a place, -1 for none.
func ordinal(s string) int {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

// places reports drives at one place of one controller.
func (a *assembly) places(drives []*device) {
	type place struct{ parent, unit string }
	taken := make(map[place]*device, len(drives))
	for _, d := range drives {
		p := place{text(d.parent, func(it *item) *string { return it.parent }), text(d.place, func(it *item) *string { return it.place })}
		if p.parent == "" || p.unit == "" {
			continue
		}
		was := taken[p]
		if was == nil {
			taken[p] = d
			continue
		}
		a.r.at("drive-place", d.place.Location("AddressOnParent"), "the drives %s and %s are both at %s of the Item %s", was.first.label(), d.first.label(), diag.Quote(p.unit), diag.Quote(p.parent)).
			related(was.place.Location("AddressOnParent"), "the first one").
			hint("give each an AddressOnParent of its own").add()
	}
}
