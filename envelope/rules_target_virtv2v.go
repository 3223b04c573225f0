package envelope

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// virtv2vRules are what virt-v2v refuses or misreads.
var virtv2vRules = []diag.Rule{
	targetRule("v2v-collection", diag.Error, "The content is a collection.",
		"virt-v2v reads a VirtualSystem that stands directly in the Envelope, and nothing else. Evidence: input/OVF.ml."),
	targetRule("v2v-options", diag.Warning, "Items belong to deployment options.",
		"virt-v2v takes all items. Evidence: input/OVF.ml."),
	targetRule("v2v-memory-unit", diag.Error, "The unit of memory is not 2^20 bytes.",
		"virt-v2v does not read the unit: the number is taken for MiB. Evidence: input/OVF.ml."),
	targetRule("v2v-chunk", diag.Error, "A file is chunked.",
		"virt-v2v takes the chunks for snapshots and uses the last one only. Evidence: libguestfs/virt-v2v issue 189, pull request 193."),
	targetRule("v2v-ovf2", diag.Error, "The descriptor is one of OVF 2.",
		"virt-v2v does not find its elements. Evidence: libguestfs/virt-v2v issue 18."),
	targetRule("v2v-parent-ref", diag.Warning, "A disk is a delta disk.",
		"virt-v2v does not read parentRef and takes the delta for the whole disk. Evidence: input/OVF.ml has no such attribute."),
	targetRule("v2v-properties", diag.Info, "The product has properties.",
		"virt-v2v drops properties and languages. Evidence: input/OVF.ml."),
	targetRule("v2v-producer", diag.Info, "The descriptor was not exported by VMware.",
		"virt-v2v supports exports of VMware only. Evidence: its manual page."),
}

func (c *checker) virtv2v() {
	if c.env.Version() == Version2 {
		c.at("v2v-ovf2", c.env.Location(""), "the descriptor is one of OVF 2").
			hint("write it as OVF 1.1").add()
	}
	if col := c.rootCollection(); col != nil {
		c.at("v2v-collection", col.Location(""), "the content is the collection %s", diag.Quote(col.ID)).
			hint("make a descriptor for each machine").add()
	}
	for i := range c.env.References.File {
		if f := &c.env.References.File[i]; f.ChunkSize != nil {
			c.at("v2v-chunk", f.Location("@chunkSize"), "the file %s is chunked", diag.Quote(f.ID)).
				hint("put the chunks together and leave out ovf:chunkSize").add()
		}
	}
	for d := range c.eachDisk() {
		if ref := value(d.ParentRef); ref != "" {
			c.at("v2v-parent-ref", d.Location("@parentRef"), "the disk %s is a delta of %s", diag.Quote(d.DiskID), diag.Quote(ref)).
				hint("flatten it into a whole disk").add()
		}
	}
	if p := c.firstProperty(); p != nil {
		c.at("v2v-properties", p.Location(""), "the properties, the first of which is %s, are dropped", diag.Quote(p.Key)).
			hint("set in the guest what they configure").add()
	}
	for h := range c.hardwareSections() {
		c.virtv2vHardware(h)
	}
	if !c.mentionsVMware() {
		c.at("v2v-producer", c.env.Location(""), "nothing in the descriptor is of VMware's namespace").
			hint("check the result with care").add()
	}
}

func (c *checker) virtv2vHardware(h *VirtualHardwareSection) {
	if i, n := configured(h); n > 0 {
		c.at("v2v-options", i.Location("@configuration"), "there are items for single deployment options (%d in this section), and all would be used", n).
			hint("resolve one option into a descriptor of its own").add()
	}
	units := map[string]string{} // by InstanceID: an Item that says none has that of the one before (DSP0243 9.8)
	for i := range h.Item {
		item := &h.Item[i]
		if !memoryItem(item) {
			continue
		}
		unit := text(item.AllocationUnits)
		if unit == "" {
			unit = units[item.InstanceID]
		}
		units[item.InstanceID] = unit
		if u, err := c.unit(unit); err == nil {
			if n, err := u.Bytes(1); err == nil && n == 1<<20 {
				continue
			}
		}
		c.at("v2v-memory-unit", item.Location("AllocationUnits"), "the unit of memory is %s", diag.Quote(unit)).
			hint("write the quantity in \"byte * 2^20\"").add()
	}
}

// mentionsVMware reports whether VMware's namespace is declared or used.
func (c *checker) mentionsVMware() bool {
	found := false
	visitor(func(p xmlbind.Codec) {
		x := p.Extra()
		for _, n := range x.Namespaces {
			found = found || n.URI == nsVMware
		}
		for _, a := range x.Attrs {
			found = found || a.Name.Space == nsVMware
		}
		for _, e := range x.Elements {
			found = found || e != nil && (e.Name.Space == nsVMware || declares(e, nsVMware))
		}
	}).envelope(c.env)
	for s := range c.sections() {
		if e := sectionElement(s); e != nil {
			found = found || e.Name.Space == nsVMware || declares(e, nsVMware)
		}
	}
	return found
}

// declares reports whether an element declares a namespace.
func declares(e *xmltree.Element, uri string) bool {
	for _, n := range e.Namespaces {
		if n.URI == uri {
			return true
		}
	}
	return false
}
