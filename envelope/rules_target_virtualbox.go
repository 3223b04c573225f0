package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// virtualboxRules are what VirtualBox refuses or misreads.
var virtualboxRules = []diag.Rule{
	targetRule("virtualbox-options", diag.Warning, "Items belong to deployment options.",
		"VirtualBox does not filter items: the sizes of all options are applied on top of each other. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-bound", diag.Warning, "Items are range markers.",
		"VirtualBox takes a marker for a device. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-capacity", diag.Error, "The capacity of a disk is a property.",
		"The import fails: VirtualBox reads numbers only. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-memory-unit", diag.Error, "The unit of memory is not one that VirtualBox knows.",
		"The import fails: VirtualBox compares the text of the unit with six others. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-chunk", diag.Error, "A file is chunked.",
		"VirtualBox does not put chunks together. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-parent-ref", diag.Error, "A disk is a delta disk.",
		"VirtualBox does not read parentRef and takes the delta for the whole disk. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-disk-format", diag.Error, "The format of a disk is not one that VirtualBox knows.",
		"The import fails: VirtualBox compares the URI with a list. Evidence: ApplianceImpl.cpp."),
	targetRule("virtualbox-collection", diag.Warning, "The content is a collection.",
		"VirtualBox flattens it and ignores its start order, resource limits and networks. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-properties", diag.Info, "The product has properties.",
		"VirtualBox passes none to the guest. Evidence: ApplianceImplImport.cpp."),
	targetRule("virtualbox-eula", diag.Info, "A system has several licences.",
		"VirtualBox shows the first one only. Evidence: ovfreader.cpp."),
	targetRule("virtualbox-instance-id", diag.Warning, "An InstanceID is no number.",
		"VirtualBox reads numbers only. Evidence: its test descriptor t7-bad-instance."),
}

// virtualboxFormats are the disk formats that VirtualBox imports, in lower case.
var virtualboxFormats = map[string]bool{
	strings.ToLower(URIISO):                                                true,
	strings.ToLower(URIVMDKStream):                                         true,
	strings.ToLower(URIVMDKSparse):                                         true,
	strings.ToLower(URIVMDKCompressed):                                     true,
	"http://www.vmware.com/interfaces/specifications/vmdk.html#compressed": true,
	strings.ToLower(URIVHD):                                                true,
}

// virtualboxMemoryUnits are the units that VirtualBox compares with, letter by
// letter.
var virtualboxMemoryUnits = map[string]bool{
	"MegaBytes": true, "MB": true, "byte * 2^20": true, "GigaBytes": true, "GB": true, "byte * 2^30": true,
}

func (c *checker) virtualbox() {
	for i := range c.env.References.File {
		if f := &c.env.References.File[i]; f.ChunkSize != nil {
			c.at("virtualbox-chunk", f.Location("@chunkSize"), "the file %s is chunked", diag.Quote(f.ID)).
				hint("put the chunks together and leave out ovf:chunkSize").add()
		}
	}
	for d := range c.eachDisk() {
		c.virtualboxDisk(d)
	}
	if col := c.rootCollection(); col != nil {
		c.at("virtualbox-collection", col.Location(""), "the content is the collection %s", diag.Quote(col.ID)).
			hint("make a descriptor for each machine, if start order or limits matter").add()
	}
	if p := c.firstProperty(); p != nil {
		c.at("virtualbox-properties", p.Location(""), "the properties, the first of which is %s, do not reach the guest", diag.Quote(p.Key)).
			hint("bring them in by an ISO image with the environment document").add()
	}
	for _, sc := range c.scopes {
		n := 0
		for s := range All[*EulaSection](sc.content.Sections()) {
			if s == nil {
				continue
			}
			if n++; n == 2 {
				c.at("virtualbox-eula", s.Location(""), "%s has a second licence", diag.Quote(sc.content.ContentID())).
					hint("join the licences into one text").add()
			}
		}
	}
	for h := range c.hardwareSections() {
		c.virtualboxHardware(h)
	}
}

func (c *checker) virtualboxDisk(d *Disk) {
	if strings.Contains(d.Capacity, "${") {
		c.at("virtualbox-capacity", d.Location("@capacity"), "the capacity of disk %s is %s", diag.Quote(d.DiskID), diag.Quote(d.Capacity)).
			hint("write a number").add()
	}
	if ref := value(d.ParentRef); ref != "" {
		c.at("virtualbox-parent-ref", d.Location("@parentRef"), "the disk %s is a delta of %s", diag.Quote(d.DiskID), diag.Quote(ref)).
			hint("flatten it into a whole disk").add()
	}
	if format := text(d.Format); format != "" && value(d.FileRef) != "" && !virtualboxFormats[strings.ToLower(format)] {
		c.at("virtualbox-disk-format", d.Location("@format"), "VirtualBox does not know the format %s of disk %s", diag.Quote(format), diag.Quote(d.DiskID)).
			hint("use a stream-optimized VMDK and the URI %s", URIVMDKStream).add()
	}
}

func (c *checker) virtualboxHardware(h *VirtualHardwareSection) {
	if i, n := configured(h); n > 0 {
		c.at("virtualbox-options", i.Location("@configuration"), "there are items for single deployment options (%d in this section), and all would be used", n).
			hint("resolve one option into a descriptor of its own").add()
	}
	markers := 0
	for i := range h.Item {
		item := &h.Item[i]
		if item.Bound != nil && item.Bound.Marker() {
			if markers++; markers == 1 {
				c.at("virtualbox-bound", item.Location("@bound"), "the marker of item %s is taken for a device", diag.Quote(item.InstanceID)).
					hint("leave the markers out").add()
			}
		}
		if !digits(item.InstanceID) {
			c.at("virtualbox-instance-id", item.Location("InstanceID"), "the InstanceID %s is no number", diag.Quote(item.InstanceID)).
				hint("number the items").add()
		}
		if memoryItem(item) && !virtualboxMemoryUnits[text(item.AllocationUnits)] {
			c.virtualboxMemory(item)
		}
	}
}

func (c *checker) virtualboxMemory(item *rasd.Item) {
	if item.AllocationUnits == nil {
		c.at("virtualbox-memory-unit", item.Location(""), "the memory has no unit").hint("write byte * 2^20").add()
		return
	}
	c.at("virtualbox-memory-unit", item.Location("AllocationUnits"), "VirtualBox does not know the unit %s", diag.Quote(*item.AllocationUnits)).
		hint("write \"byte * 2^20\", with these blanks").add()
}
