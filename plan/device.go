package plan

import (
	"reflect"
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

// build makes the public form of merged Items.
func (a *assembly) build(devices []device) []Device {
	if len(devices) == 0 {
		return nil
	}
	out := make([]Device, len(devices))
	for i := range devices {
		a.buildOne(&devices[i], &out[i])
	}
	return out
}

func (a *assembly) buildOne(d *device, out *Device) {
	*out = Device{InstanceID: d.id, ResourceType: d.resourceType, Automatic: true, Required: true,
		ResourceSubType: text(d.subType, func(it *item) *string { return it.subType }),
		Parent:          text(d.parent, func(it *item) *string { return it.parent }),
		Address:         text(d.address, func(it *item) *string { return it.address }),
		AddressOnParent: text(d.place, func(it *item) *string { return it.place }),
		Quantity:        a.quantity(d, quantity),
		Reservation:     a.quantity(d, reservation),
		Limit:           a.quantity(d, limit),
	}
	if it := d.name; it != nil {
		out.Name = a.r.texts.cim(it.name, it.ext, "ElementName")
	}
	if it := d.description; it != nil {
		out.Description = a.r.texts.cim(*it.description, it.ext, "Description")
	}
	if d.weight != nil {
		out.Weight = d.weight.weight
	}
	if d.host != nil {
		out.HostResources = trimmed(d.host.host)
	}
	if d.connection != nil {
		out.Connections = trimmed(d.connection.connection)
	}
	if d.automatic != nil {
		out.Automatic = *d.automatic.automatic
	}
	if d.required != nil {
		out.Required = *d.required.required
	}
	out.Locations = make([]diag.Location, 0, d.count)
	for it := d.first; it != nil; it = it.next {
		out.Locations = append(out.Locations, it.Location(""))
	}
	switch d.first.kind {
	case plainItem:
		out.Item = joined(d, a.from.items)
	case portItem:
		out.Port = joined(d, a.from.ports)
	case storageItem:
		out.Storage = joined(d, a.from.storage)
	}
}

// trimmed returns the texts that are not blank, without blanks around them.
func trimmed(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = trim(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// joined returns the Items of a device merged into one, with all settings: that
// of a single Item itself.
func joined[T rasd.Item | rasd.EthernetPortItem | rasd.StorageItem](d *device, list []T) *T {
	if d.count == 1 {
		return &list[d.first.index]
	}
	out := new(T)
	to := reflect.ValueOf(out).Elem()
	for it := d.first; it != nil; it = it.next {
		if it.kind != d.first.kind {
			continue // reported by rule item-kind
		}
		from := reflect.ValueOf(&list[it.index]).Elem()
		for i := range to.NumField() {
			f := to.Type().Field(i)
			switch {
			case !f.IsExported() || from.Field(i).IsZero():
			case f.Type == reflect.TypeFor[xmltree.Ext]():
				joinExt(to.Field(i).Addr().Interface().(*xmltree.Ext), from.Field(i).Addr().Interface().(*xmltree.Ext), from)
			default:
				to.Field(i).Set(from.Field(i))
			}
		}
	}
	for _, selector := range [...]string{"Configuration", "Bound"} {
		to.FieldByName(selector).SetZero()
	}
	return out
}

// joinExt adds the open content of one more Item, which is from: what has the
// name of something there takes its place.
func joinExt(to, ext *xmltree.Ext, from reflect.Value) {
	to.Attrs = slices.DeleteFunc(to.Attrs, func(a xmltree.Attr) bool {
		return slices.ContainsFunc(ext.Attrs, func(b xmltree.Attr) bool { return a.Name == b.Name })
	})
	to.Attrs = append(to.Attrs, ext.Attrs...)
	to.Elements = slices.DeleteFunc(to.Elements, func(a *xmltree.Element) bool {
		return slices.ContainsFunc(ext.Elements, func(b *xmltree.Element) bool { return a.Name == b.Name })
	})
	to.Elements = append(to.Elements, ext.Elements...)
	to.Namespaces = append(to.Namespaces, ext.Namespaces...)
	// How a child is written goes with the child.
	to.Markup = slices.DeleteFunc(to.Markup, func(m xmltree.Markup) bool {
		f := from.FieldByName(m.Field)
		return f.IsValid() && !f.IsZero()
	})
	to.Markup = append(to.Markup, ext.Markup...)
}
