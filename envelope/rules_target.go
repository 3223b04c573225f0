package envelope

import (
	"iter"
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// targetRule is a rule about one consumer. No clause of the standard demands
// what these do: the evidence for each is in Why.
func targetRule(name string, s diag.Severity, summary, why string) diag.Rule {
	return diag.Rule{Name: name, Layer: diag.Target, Severity: s, Since: "0.1.0", Summary: summary, Why: why}
}

// target checks what one consumer demands.
func (c *checker) target(t Target) {
	switch t {
	case TargetVSphere:
		c.vsphere()
	case TargetVirtualBox:
		c.virtualbox()
	case TargetVirtV2V:
		c.virtv2v()
	case TargetStrict:
		c.strict()
	}
}

// hardwareSections yields every VirtualHardwareSection.
func (c *checker) hardwareSections() iter.Seq[*VirtualHardwareSection] {
	return func(yield func(*VirtualHardwareSection) bool) {
		for s := range c.sections() {
			if h, ok := s.(*VirtualHardwareSection); ok && !yield(h) {
				return
			}
		}
	}
}

// memoryItem is the entry for memory of one machine.
func memoryItem(i *rasd.Item) bool { return i.ResourceType != nil && *i.ResourceType == rasd.Memory }

// eachDisk yields the disks of the envelope.
func (c *checker) eachDisk() iter.Seq[*Disk] {
	return func(yield func(*Disk) bool) {
		for s := range c.sections() {
			d, ok := s.(*DiskSection)
			if !ok {
				continue
			}
			for i := range d.Disk {
				if !yield(&d.Disk[i]) {
					return
				}
			}
		}
	}
}

// configured returns the first Item that counts for some deployment options
// only, and how many there are.
func configured(h *VirtualHardwareSection) (first *rasd.Item, n int) {
	for i := range h.Item {
		if len(list(h.Item[i].Configuration)) > 0 {
			if n++; n == 1 {
				first = &h.Item[i]
			}
		}
	}
	return first, n
}

// rootCollection returns the collection that is the content of the envelope, or
// nil.
func (c *checker) rootCollection() *VirtualSystemCollection {
	if len(c.scopes) == 0 {
		return nil
	}
	return c.scopes[0].collection()
}

// firstProperty returns the first property of the descriptor, or nil.
func (c *checker) firstProperty() *Property {
	for s := range c.sections() {
		p, ok := s.(*ProductSection)
		if !ok {
			continue
		}
		i := slices.IndexFunc(p.Entry, func(e ProductEntry) bool {
			p, ok := e.(*Property)
			return ok && p != nil
		})
		if i >= 0 {
			return p.Entry[i].(*Property)
		}
	}
	return nil
}
