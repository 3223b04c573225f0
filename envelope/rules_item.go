package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// itemRules are the rules about what an Item is, for which configurations it
// counts, and what it is connected to (DSP0243 8.3, 9.8).
var itemRules = []diag.Rule{
	{Name: "item-resource-type-missing", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "An Item does not say what kind of resource it is.",
		Why:     "No consumer can create it."},
	{Name: "item-resource-type-conflict", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "Two Items with one InstanceID are of different kinds.",
		Why:     "They would be merged into one device."},
	{Name: "item-resource-type-reserved", Layer: diag.Semantic, Severity: diag.Info, Clause: "CIM", Since: "0.1.0",
		Summary: "The kind of an Item is a number that CIM reserves.",
		Why:     "Other consumers read it as something else one day."},
	{Name: "item-instance-id-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "Two unconditional Items have one InstanceID.",
		Why:     "They are merged into one device although two were probably meant."},
	{Name: "item-instance-id-number", Layer: diag.Semantic, Severity: diag.Info, Clause: "interop", Since: "0.1.0",
		Summary: "The InstanceID of an Item is no number.",
		Why:     "CIM allows any text, several importers do not."},
	{Name: "item-configuration", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "An Item belongs to a configuration that does not exist.",
		Why:     "It is never used."},
	{Name: "item-connection", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.2", Since: "0.1.0",
		Summary: "An adapter is connected to a network that the package does not list.",
		Why:     "The operator cannot map it."},
	{Name: "item-connection-missing", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 8.3", Since: "0.1.0",
		Summary: "An adapter is connected to no network.",
		Why:     "It stays unplugged, or gets what the consumer has as default."},
}

// items checks each Item, and those of one device against each other.
func (c *checker) items(hw *hardware) {
	for i := range hw.items {
		it := &hw.items[i]
		c.itemType(it)
		c.itemConfiguration(it)
		if it.network() && it.normal() {
			c.itemConnection(it)
		}
	}
	for i := range hw.devices {
		c.oneInstance(&hw.devices[i])
	}
}

func (c *checker) itemType(it *item) {
	switch {
	case it.typ == nil && !it.mistyped("ResourceType"):
		c.at("item-resource-type-missing", it.Location("ResourceType"), "the Item %s has no ResourceType", it.label()).
			hint("add ResourceType, as 3 for a processor, 4 for memory, 10 for a network adapter, 17 for a disk").add()
	case it.typ != nil && !it.typ.Defined() && !it.typ.Vendor() && it.normal():
		c.at("item-resource-type-reserved", it.Location("ResourceType"), "the ResourceType %d of the Item %s has no meaning", *it.typ, it.label()).
			hint("use 1 with OtherResourceType, or a number from 32768 on").add()
	}
}

// maxWords is how many entries of one list are reported.
const maxWords = 8

func (c *checker) itemConfiguration(it *item) {
	if it.configuration == nil {
		return
	}
	bad := 0
	for w := range strings.FieldsSeq(*it.configuration) {
		if c.options.get(w) != nil {
			continue
		}
		f := c.at("item-configuration", it.Location("@configuration"), "the Item %s is for the configuration %s, which does not exist", it.label(), diag.Quote(w))
		if strings.Contains(w, ",") {
			f.hint("separate ids by blanks, not commas").add()
		} else {
			nearest(f, &c.options, w, "Configuration", "add a Configuration with that id to the DeploymentOptionSection").add()
		}
		if bad++; bad == maxWords {
			return
		}
	}
}

func (c *checker) itemConnection(it *item) {
	for i, name := range it.connection {
		name = trim(name)
		if i == maxWords {
			return
		}
		if name == "" || c.networks.get(name) != nil {
			continue
		}
		f := c.at("item-connection", it.Location(nth("Connection", i)), "the adapter %s is connected to the network %s, which is not in the NetworkSection", it.label(), diag.Quote(name))
		nearest(f, &c.networks, name, "Network", "add a Network with that name").add()
	}
}

// oneInstance compares the Items of one device.
func (c *checker) oneInstance(d *device) {
	if !d.hasNormal {
		return
	}
	var always *item
	for it := range d.items {
		if !it.normal() {
			continue
		}
		conflict := it.typ != nil && d.typeItem != nil && *it.typ != *d.typeItem.typ
		if conflict {
			c.at("item-resource-type-conflict", it.Location("ResourceType"), "the InstanceID %s is of ResourceType %d here and %d before", diag.Quote(d.id), *it.typ, *d.typeItem.typ).
				related(d.typeItem.Location("ResourceType"), "the first one").
				hint("give each device an InstanceID of its own").add()
		}
		if it.conditional() {
			continue
		}
		if always != nil && !conflict {
			c.at("item-instance-id-repeated", it.Location("InstanceID"), "two Items have the InstanceID %s, and neither is for a configuration only", diag.Quote(d.id)).
				related(always.Location("InstanceID"), "the first one").
				hint("give each device an InstanceID of its own").add()
		}
		always = it
	}
	if d.id != "" && !digits(d.id) {
		c.at("item-instance-id-number", d.first.Location("InstanceID"), "the InstanceID %s is no number", diag.Quote(d.id)).
			hint("number the Items").add()
	}
	if d.is(rasd.EthernetAdapter) || d.typeItem == nil && d.first.kind == portItem {
		c.unconnected(d)
	}
}

func (c *checker) unconnected(d *device) {
	for m := range c.variants(d) {
		if m.from[fieldConnection] == nil {
			c.at("item-connection-missing", m.last.Location(""), "the adapter %s has no Connection", d.label()).
				hint("add a Connection with the name of a Network").add()
			return
		}
	}
}
