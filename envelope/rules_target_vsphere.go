package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
	"github.com/ovfkit/ovf/xmltree"
)

// nsVMware is the namespace of VMware's extensions.
const nsVMware = "http://www.vmware.com/schema/ovf"

// vsphereRules are what OVF Tool and vCenter refuse or do otherwise.
var vsphereRules = []diag.Rule{
	targetRule("vsphere-hardware-missing", diag.Error, "A virtual system has no hardware.",
		"OVF Tool refuses it with \"Missing child element VirtualHardwareSection\". Evidence: cyphonmdr/cyphon issue 176; VMware's own test suite."),
	targetRule("vsphere-hardware-family", diag.Error, "No hardware of a system is of a family that vSphere knows.",
		"The import stops with \"Unsupported hardware family\". Evidence: librenms/packer-builds issues 31 and 36."),
	targetRule("vsphere-ovf2", diag.Error, "The descriptor uses OVF 2.",
		"The import stops with \"Unsupported element\". Evidence: BlackArch/blackarch issue 1937."),
	targetRule("vsphere-gzip", diag.Error, "A disk is in a compressed file.",
		"vSphere 6.5 and later refuse gzip. Evidence: EMCECS/ECS-CommunityEdition issue 329, sexibytes/sexilog issue 49."),
	targetRule("vsphere-disk-format", diag.Warning, "A disk is not a stream-optimized VMDK.",
		"vSphere imports VMDK only, and wants it stream-optimized. Evidence: documentation of OVF Tool."),
	targetRule("vsphere-delta-capacity", diag.Warning, "A delta disk and its parent differ in capacity.",
		"OVF Tool combines disks of equal capacity only. Evidence: documentation of OVF Tool on delta disks."),
	targetRule("vsphere-extra-config", diag.Warning, "The hardware has vmw:ExtraConfig.",
		"It is dropped or refused unless the operator allows it with --allowExtraConfig. Evidence: documentation of OVF Tool."),
	targetRule("vsphere-config-required", diag.Warning, "A vmw:Config is required.",
		"A host that does not know the key refuses the package; with ovf:required=\"false\" it only warns. Evidence: sexibytes/sexigraf issue 240, vmware/ansible-vsphere-gos-validation issue 268."),
	targetRule("vsphere-property-hidden", diag.Info, "A property cannot be set by the operator.",
		"vSphere hides it; a tool needs --X:enableHiddenProperties to set it. Evidence: vmware/govmomi issue 288."),
	targetRule("vsphere-nvram", diag.Info, "The firmware is EFI, and no NVRAM file is in the package.",
		"Boot entries and secure boot keys are lost. Evidence: packer-plugin-vsphere issue 95, packer-examples-for-vsphere issue 1045."),
	targetRule("vsphere-extension", diag.Error, "A required section is of a namespace that vSphere does not know.",
		"The import stops, as it must. Evidence: xcp-ng/xenadmin issue 202."),
}

func (c *checker) vsphere() {
	if c.env.Version() == Version2 {
		c.at("vsphere-ovf2", c.env.Location(""), "the descriptor is one of OVF 2").
			hint("write it as OVF 1.1, without the sections and items of OVF 2").add()
	}
	for _, sc := range c.scopes {
		if vs := sc.system(); vs != nil {
			c.vsphereSystem(vs)
		}
	}
	for d := range c.eachDisk() {
		c.vsphereDisk(d)
	}
	c.vsphereProperties()
	c.vsphereFirmware()
	c.env.extensions(func(x extension) {
		switch {
		case x.kind == sectionExtension && x.required && x.name.Space != nsVMware:
			c.at("vsphere-extension", x.location(), "the section %s must be understood, and vSphere does not know its namespace %s", quoteName(x.name), diag.Quote(x.name.Space)).
				hint("write ovf:required=\"false\" on it").add()
		case x.kind == elementExtension && x.required && x.name.Is(nsVMware, "Config"):
			c.at("vsphere-config-required", x.location(), "a vmw:Config with the key %s is required", diag.Quote(vmwareAttr(x.element, "key"))).
				hint("write ovf:required=\"false\" on it").add()
		}
	})
}

func (c *checker) vsphereSystem(vs *VirtualSystem) {
	var hardware, typed *VirtualHardwareSection
	known := false
	for h := range All[*VirtualHardwareSection](vs.Section) {
		if h == nil {
			continue
		}
		if hardware == nil {
			hardware = h
		}
		c.vsphereHardware(h)
		if h.System == nil || h.System.VirtualSystemType == nil {
			continue
		}
		if typed == nil {
			typed = h
		}
		for _, word := range strings.FieldsFunc(*h.System.VirtualSystemType, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' }) {
			known = known || strings.HasPrefix(word, "vmx-")
		}
	}
	switch {
	case hardware == nil:
		c.at("vsphere-hardware-missing", vs.Location(""), "the system %s has no VirtualHardwareSection", diag.Quote(vs.ID)).
			hint("add one with the type vmx-13 or later").add()
	case known:
	case typed != nil:
		c.at("vsphere-hardware-family", typed.System.Location("VirtualSystemType"), "the hardware family of %s is %s", diag.Quote(vs.ID), diag.Quote(*typed.System.VirtualSystemType)).
			hint("name a family such as vmx-13").add()
	default:
		c.at("vsphere-hardware-family", hardware.Location(""), "the hardware of %s names no family", diag.Quote(vs.ID)).as(diag.Warning).
			hint("add vssd:VirtualSystemType, as vmx-13").add()
	}
}

func (c *checker) vsphereHardware(h *VirtualHardwareSection) {
	if n := len(h.EthernetPortItem) + len(h.StorageItem); n > 0 && c.env.Version() != Version2 {
		where := h.Location("StorageItem")
		if len(h.EthernetPortItem) > 0 {
			where = h.Location("EthernetPortItem")
		}
		c.at("vsphere-ovf2", where, "the hardware has %s of OVF 2", plural(n, "item")).
			hint("write them as Item").add()
	}
	var first *xmltree.Element
	n := 0
	for _, e := range h.Ext.Elements {
		if e != nil && e.Name.Is(nsVMware, "ExtraConfig") {
			if n++; n == 1 {
				first = e
			}
		}
	}
	if n > 0 {
		c.at("vsphere-extra-config", elementLocation(first), "the hardware has vmw:ExtraConfig (%d), the first for %s", n, diag.Quote(vmwareAttr(first, "key"))).
			hint("leave it out, or tell the operator to use --allowExtraConfig").add()
	}
}

// vmwareAttr returns an attribute of VMware's.
func vmwareAttr(e *xmltree.Element, local string) string {
	v, _ := e.Attr(nsVMware, local)
	return v
}

func (c *checker) vsphereDisk(d *Disk) {
	if ref := value(d.FileRef); ref != "" {
		if f := c.files.get(ref); f != nil && f.Compression != nil && f.Compression.Compressed() {
			c.at("vsphere-gzip", f.Location("@compression"), "the file %s of disk %s is compressed with %s", diag.Quote(f.ID), diag.Quote(d.DiskID), diag.Quote(string(*f.Compression))).
				hint("store a stream-optimized VMDK, which is compressed by itself").add()
		}
		switch format := text(d.Format); {
		case format == "":
		case DiskFormatOf(format) != FormatVMDK:
			c.at("vsphere-disk-format", d.Location("@format"), "the disk %s is in the format %s, no VMDK", diag.Quote(d.DiskID), diag.Quote(format)).
				hint("convert it to a stream-optimized VMDK").add()
		case !StreamOptimized(format):
			c.at("vsphere-disk-format", d.Location("@format"), "the disk %s is a VMDK, but not stream-optimized", diag.Quote(d.DiskID)).as(diag.Info).
				hint("convert it to a stream-optimized VMDK").add()
		}
	}
	if ref := value(d.ParentRef); ref != "" {
		parent := c.disks.get(ref)
		if parent == nil {
			return
		}
		own, ok := c.bytes(diskView{Disk: d, at: d})
		size, ok2 := c.bytes(diskView{Disk: parent, at: parent})
		if ok && ok2 && own != size {
			c.at("vsphere-delta-capacity", d.Location("@capacity"), "the disk %s has %d bytes, its parent %s has %d", diag.Quote(d.DiskID), own, diag.Quote(ref), size).
				related(parent.Location("@capacity"), "the parent").
				hint("give both the same capacity").add()
		}
	}
}

// vsphereProperties reports, once for each product, the properties that an
// operator would have to unhide.
func (c *checker) vsphereProperties() {
	used := map[string]bool{}
	refs := func(value string) {
		if strings.Contains(value, "${") {
			for _, s := range property.Scan(value) {
				if s.Kind == property.Reference {
					used[s.Text] = true
				}
			}
		}
	}
	var hidden []prop
	for s := range c.sections() {
		product, ok := s.(*ProductSection)
		if !ok {
			continue
		}
		for _, e := range product.Entry {
			p, ok := e.(*Property)
			if !ok || p == nil {
				continue
			}
			refs(text(p.Value))
			for i := range p.Values {
				refs(p.Values[i].Value)
			}
			if p.UserConfigurable == nil || !*p.UserConfigurable {
				hidden = append(hidden, prop{Property: p, section: product, name: property.Name{Class: text(product.Class), Key: p.Key, Instance: text(product.Instance)}})
			}
		}
	}
	for d := range c.eachDisk() {
		refs(d.Capacity)
	}
	for i := 0; i < len(hidden); {
		first, n := -1, 0
		section := hidden[i].section
		for ; i < len(hidden) && hidden[i].section == section; i++ {
			if p := &hidden[i]; !used[p.Key] && !used[p.name.String()] {
				if n++; n == 1 {
					first = i
				}
			}
		}
		if n > 0 {
			p := &hidden[first]
			c.at("vsphere-property-hidden", p.Location("@key"), "the operator cannot set %s of the product, the first is %s", plural(n, "property"), diag.Quote(p.Key)).
				hint("add ovf:userConfigurable=\"true\" where the operator is to choose").add()
		}
	}
}

// vsphereFirmware looks for EFI machines whose NVRAM is not in the package.
func (c *checker) vsphereFirmware() {
	for i := range c.env.References.File {
		if strings.HasSuffix(strings.ToLower(c.env.References.File[i].Href), ".nvram") {
			return
		}
	}
	for h := range c.hardwareSections() {
		for _, e := range h.Ext.Elements {
			if e != nil && e.Name.Is(nsVMware, "Config") && vmwareAttr(e, "key") == "firmware" && strings.EqualFold(vmwareAttr(e, "value"), "efi") {
				c.at("vsphere-nvram", elementLocation(e), "the firmware is EFI, and no file of the package is its NVRAM").
					hint("export the machine with its .nvram file, if boot entries or keys matter").add()
			}
		}
	}
}
