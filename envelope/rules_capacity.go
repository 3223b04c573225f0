package envelope

import (
	"errors"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
	"github.com/ovfkit/ovf/rasd"
)

// capacityRules are the rules about the size of disks (DSP0243 9.1).
var capacityRules = []diag.Rule{
	{Name: "disk-capacity", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The capacity of a disk is neither a number nor one property.",
		Why:     "The disk cannot be made; one importer takes 0."},
	{Name: "disk-capacity-units", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1, DSP0004 C.1", Since: "0.1.0",
		Summary: "The unit of a capacity is not a programmatic unit of bytes.",
		Why:     "Readers take 1 or 2^20, or refuse."},
	{Name: "disk-capacity-overflow", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The capacity of a disk is not a possible number of bytes.",
		Why:     "The product of number and unit wraps: 2^34 times 2^30 is 0 in a known importer."},
	{Name: "disk-capacity-property", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The capacity of a disk names a property that nobody defines.",
		Why:     "The size stays unknown."},
	{Name: "disk-capacity-property-ambiguous", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The capacity of a disk can mean several properties.",
		Why:     "Known importers take the last one without a word."},
	{Name: "disk-capacity-property-type", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The property behind a capacity is no whole number.",
		Why:     "The disk cannot be made."},
	{Name: "disk-capacity-property-file", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A disk with a file takes its capacity from a property.",
		Why:     "The file already has a size; only an empty disk can be made in any size."},
	{Name: "disk-populated-size", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A disk holds more than its capacity, or less than nothing.",
		Why:     "One of the two numbers is wrong; planning of space fails."},
}

// diskCapacity checks the size of a disk.
func (c *checker) diskCapacity(d diskView) {
	if absent(&d.Ext, "@capacity") {
		return // what the schema refuses
	}
	unit, unitOK := c.capacityUnit(d)
	text := trim(d.Capacity)
	if n, err := capacityNumber(text); err == nil {
		c.capacityBytes(d, n, unit, unitOK)
	} else if segments := property.Scan(text); len(segments) == 1 && segments[0].Kind == property.Reference {
		c.capacityProperty(d, segments[0].Text)
	} else {
		c.onDisk(d, "disk-capacity", "@capacity", "the capacity %s of the disk %s is neither a whole number nor one ${property}", diag.Quote(d.Capacity), diag.Quote(d.DiskID)).
			hint("write the number alone and its unit into capacityAllocationUnits, as capacity=\"4\" capacityAllocationUnits=\"byte * 2^30\"").add()
	}
	if p := d.PopulatedSize; p != nil && *p < 0 {
		c.onDisk(d, "disk-populated-size", "@populatedSize", "the populated size of the disk %s is %d", diag.Quote(d.DiskID), *p).
			hint("give the bytes in use, or leave populatedSize out").add()
	}
}

// errCapacity says that a text is no number for a capacity.
var errCapacity = errors.New("no whole number")

// capacityNumber reads a number of xs:long that is not negative.
func capacityNumber(text string) (int64, error) {
	text = strings.TrimPrefix(text, "+")
	if !digits(text) {
		return 0, errCapacity
	}
	return strconv.ParseInt(text, 10, 64)
}

// capacityUnit reads the unit; without one it is a byte.
func (c *checker) capacityUnit(d diskView) (rasd.Unit, bool) {
	text := value(d.CapacityAllocationUnits)
	if text == "" {
		text = "byte"
	}
	const field = "@capacityAllocationUnits"
	u, err := c.unit(text)
	switch {
	case err != nil:
		c.onDisk(d, "disk-capacity-units", field, "the unit %s of the capacity cannot be read: %s", diag.Quote(text), unitReason(err)).
			hint("write it as \"byte * 2^30\"").add()
	case u.Base() != "byte":
		c.onDisk(d, "disk-capacity-units", field, "the unit %s does not measure bytes", diag.Quote(text)).
			hint("use a unit whose base is byte, as \"byte * 2^30\"").add()
	default:
		c.unitSpelling(d.at, field, u)
		return u, true
	}
	return u, false
}

func (c *checker) capacityBytes(d diskView, n int64, unit rasd.Unit, unitOK bool) {
	if n == 0 {
		c.onDisk(d, "disk-capacity", "@capacity", "the capacity of the disk %s is 0", diag.Quote(d.DiskID)).as(diag.Warning).
			hint("give the size that the guest is to see").add()
		return
	}
	if !unitOK {
		return
	}
	bytes, err := unit.Capacity(n)
	if err != nil {
		c.onDisk(d, "disk-capacity-overflow", "@capacity", "the capacity of the disk %s is not possible: %v", diag.Quote(d.DiskID), err).
			hint("check number and unit").add()
		return
	}
	if p := d.PopulatedSize; p != nil && *p > bytes {
		c.onDisk(d, "disk-populated-size", "@populatedSize", "the disk %s is populated with %d bytes, more than its capacity of %d bytes", diag.Quote(d.DiskID), *p, bytes).
			related(d.Location("@capacity"), "the capacity").
			hint("populatedSize is in bytes whatever the unit of the capacity").add()
	}
}

// bytes returns the capacity of a disk if it is a possible number.
func (c *checker) bytes(d diskView) (int64, bool) {
	text := value(d.CapacityAllocationUnits)
	if text == "" {
		text = "byte"
	}
	n, err := capacityNumber(trim(d.Capacity))
	if err != nil {
		return 0, false
	}
	u, err := c.unit(text)
	if err != nil {
		return 0, false
	}
	bytes, err := u.Capacity(n)
	return bytes, err == nil
}

// capacityProperty checks a capacity that a property gives.
func (c *checker) capacityProperty(d diskView, name string) {
	if value(d.FileRef) != "" {
		c.onDisk(d, "disk-capacity-property-file", "@capacity", "the disk %s has a file, and a property for its capacity", diag.Quote(d.DiskID)).
			related(d.Location("@fileRef"), "the file").
			hint("write the capacity of the image as a number, or leave fileRef out").add()
	}
	all := c.properties()
	found := all.index.Full(name)
	if len(found) == 0 {
		found = all.index.Key(name)
	}
	switch len(found) {
	case 0:
		f := c.onDisk(d, "disk-capacity-property", "@capacity", "the capacity of the disk %s is the property %s, which no ProductSection has", diag.Quote(d.DiskID), diag.Quote(name))
		nearest(f, &all.keys, name, "property", "add a Property with that key, or write the number").add()
	case 1:
		c.capacityType(d, all.list[found[0]])
	default:
		p, q := all.list[found[0]], all.list[found[1]]
		c.onDisk(d, "disk-capacity-property-ambiguous", "@capacity", "the capacity of the disk %s is the property %s, and %d properties have that name", diag.Quote(d.DiskID), diag.Quote(name), len(found)).
			related(p.Location(""), "one of them").related(q.Location(""), "another").
			hint("write its full name with class and instance, and give it one that no other has").add()
	}
}

func (c *checker) capacityType(d diskView, p *Property) {
	t := property.ParseType(p.Type)
	if t.Kind == property.Unsigned || t.Kind == property.Signed {
		return
	}
	f := c.onDisk(d, "disk-capacity-property-type", "@capacity", "the capacity of the disk %s is the property %s of type %s", diag.Quote(d.DiskID), diag.Quote(p.Key), diag.Quote(p.Type)).
		related(p.Location("@type"), "the property").
		hint("give the property an integer type, as uint32")
	def := trim(value(p.Value))
	_, err := capacityNumber(def)
	text := t.Kind == property.String || t.Kind == property.Expression
	if err == nil || def == "" && text {
		f.as(diag.Warning) // a whole number in spite of its type
	}
	f.add()
}

// allProperties are the properties of the package in document order.
type allProperties struct {
	list  []*Property
	index property.Index
	keys  names[Property]
}

// properties returns every Property of the package, whatever its scope.
func (c *checker) properties() *allProperties {
	if c.allProps != nil {
		return c.allProps
	}
	all := &allProperties{}
	var known []property.Name
	for s := range c.sections() {
		ps, ok := s.(*ProductSection)
		if !ok {
			continue
		}
		for _, e := range ps.Entry {
			if p, ok := e.(*Property); ok && p != nil {
				all.list = append(all.list, p)
				all.keys.add(p.Key, p)
				known = append(known, property.Name{Class: value(ps.Class), Key: p.Key, Instance: value(ps.Instance)})
			}
		}
	}
	all.index = property.NewIndex(known)
	c.allProps = all
	return all
}
