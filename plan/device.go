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
		out.Locations = append(out.Locations, position(it, ""))
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
	var items []*T // the last one first: what it has counts
	for it := d.first; it != nil; it = it.next {
		if it.kind == d.first.kind { // the others were reported by rule item-kind
			items = append(items, &list[it.index])
		}
	}
	slices.Reverse(items)
	out := new(T)
	to := reflect.ValueOf(out).Elem()
	fields := settings[to.Type()]
	var ext openContent
	for _, it := range items {
		from := reflect.ValueOf(it).Elem()
		x := from.FieldByIndex(fields.ext).Addr().Interface().(*xmltree.Ext)
		ext.add(x, func(name string) bool { // before the child is taken
			i, ok := fields.byName[name]
			return ok && !from.Field(i).IsZero() && to.Field(i).IsZero()
		})
		for _, i := range fields.merged {
			if to.Field(i).IsZero() {
				to.Field(i).Set(from.Field(i))
			}
		}
	}
	to.FieldByIndex(fields.ext).Set(reflect.ValueOf(ext.ext()))
	return out
}

// itemFields are the fields of one of the three kinds of Items.
type itemFields struct {
	merged []int // all but the open content and what selects an Item
	byName map[string]int
	ext    []int
}

var settings = map[reflect.Type]itemFields{
	reflect.TypeFor[rasd.Item]():             fieldsOf(reflect.TypeFor[rasd.Item]()),
	reflect.TypeFor[rasd.EthernetPortItem](): fieldsOf(reflect.TypeFor[rasd.EthernetPortItem]()),
	reflect.TypeFor[rasd.StorageItem]():      fieldsOf(reflect.TypeFor[rasd.StorageItem]()),
}

func fieldsOf(t reflect.Type) itemFields {
	f := itemFields{byName: map[string]int{}}
	for i := range t.NumField() {
		switch name := t.Field(i).Name; {
		case name == "Ext":
			f.ext = t.Field(i).Index
		case t.Field(i).IsExported() && name != "Configuration" && name != "Bound":
			f.merged = append(f.merged, i)
			f.byName[name] = i
		}
	}
	return f
}

// openContent gathers the open content of Items, the last one first: what has
// the name of something in a later Item is left out.
type openContent struct {
	seen       map[any]bool // names of elements and attributes, prefixes
	namespaces []xmltree.Namespace
	attrs      []xmltree.Attr
	elements   []*xmltree.Element
	markup     []xmltree.Markup
}

type attrName xmltree.Name

// add takes the open content of one more Item, and how those of its children are
// written that count.
func (o *openContent) add(x *xmltree.Ext, counts func(name string) bool) {
	if o.seen == nil && len(x.Namespaces)+len(x.Attrs)+len(x.Elements) > 0 {
		o.seen = map[any]bool{}
	}
	for _, n := range slices.Backward(x.Namespaces) {
		if !o.seen[n.Prefix] {
			o.seen[n.Prefix] = true
			o.namespaces = append(o.namespaces, n)
		}
	}
	for _, a := range slices.Backward(x.Attrs) {
		if !o.seen[attrName(a.Name)] {
			o.seen[attrName(a.Name)] = true
			o.attrs = append(o.attrs, a)
		}
	}
	for _, e := range slices.Backward(x.Elements) {
		if !o.seen[e.Name] {
			o.elements = append(o.elements, e)
		}
	}
	for _, e := range x.Elements { // several of one Item stay together
		o.seen[e.Name] = true
	}
	for _, m := range slices.Backward(x.Markup) {
		if counts(m.Field) {
			o.markup = append(o.markup, m)
		}
	}
}

// ext returns it all in document order.
func (o *openContent) ext() xmltree.Ext {
	slices.Reverse(o.namespaces)
	slices.Reverse(o.attrs)
	slices.Reverse(o.elements)
	slices.Reverse(o.markup)
	return xmltree.Ext{Namespaces: o.namespaces, Attrs: o.attrs, Elements: o.elements, Markup: o.markup}
}
