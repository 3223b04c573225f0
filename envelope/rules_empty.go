package envelope

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/xmltree"
)

// emptyRules are about names and references that are there but empty.
var emptyRules = []diag.Rule{
	{Name: "reference-empty", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "A reference is present but empty.",
		Why:     "It is read as absent; other consumers look for an object without a name."},
}

// empty checks ids, which everything refers to, and references for text.
func (c *checker) empty() {
	for i := range c.env.References.File {
		f := &c.env.References.File[i]
		c.emptyID(f, &f.Ext, "@id", f.ID)
	}
	for _, s := range c.scopes {
		if at, ok := s.content.(located); ok {
			c.emptyID(at, s.content.Codec().Extra(), "@id", s.content.ContentID())
		}
	}
	for s := range c.sections() {
		c.emptyIn(s)
	}
	for i := range c.env.Strings {
		s := &c.env.Strings[i]
		c.emptyRef(s, "@fileRef", s.FileRef)
	}
}

func (c *checker) emptyIn(s Section) {
	switch s := s.(type) {
	case *DiskSection:
		for i := range s.Disk {
			d := &s.Disk[i]
			c.emptyID(d, &d.Ext, "@diskId", d.DiskID)
			c.emptyRef(d, "@fileRef", d.FileRef)
			c.emptyRef(d, "@parentRef", d.ParentRef)
		}
	case *SharedDiskSection:
		for i := range s.SharedDisk {
			d := &s.SharedDisk[i]
			c.emptyID(d, &d.Ext, "@diskId", d.DiskID)
			c.emptyRef(d, "@fileRef", d.FileRef)
			c.emptyRef(d, "@parentRef", d.ParentRef)
		}
	case *NetworkSection:
		for i := range s.Network {
			n := &s.Network[i]
			c.emptyID(n, &n.Ext, "@name", n.Name)
		}
	case *DeploymentOptionSection:
		for i := range s.Configuration {
			o := &s.Configuration[i]
			c.emptyID(o, &o.Ext, "@id", o.ID)
		}
	case *ProductSection:
		for i := range s.Icon {
			if p := &s.Icon[i]; !absent(&p.Ext, "@fileRef") {
				c.emptyRef(p, "@fileRef", &p.FileRef)
			}
		}
		for _, e := range s.Entry {
			if p, ok := e.(*Property); ok && p != nil {
				c.emptyID(p, &p.Ext, "@key", p.Key)
			}
		}
	}
}

// located is a part of the envelope that knows where it was read.
type located interface {
	Location(field string) diag.Location
}

func (c *checker) emptyID(at located, x *xmltree.Ext, field, id string) {
	if blank(id) && !absent(x, field) {
		c.at("reference-empty", at.Location(field), "%s is empty", field[1:]).as(diag.Error).
			hint("give it a name that nothing else of its kind has").add()
	}
}

func (c *checker) emptyRef(at located, field string, id *string) {
	if id != nil && blank(*id) {
		c.at("reference-empty", at.Location(field), "%s is empty", field[1:]).
			hint("leave the attribute out").add()
	}
}

// absent reports whether a required attribute or child was left out, which is
// the business of the schema.
func absent(x *xmltree.Ext, field string) bool { return xmlbind.Absent(x, field) }
