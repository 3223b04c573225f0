package envelope

import (
	"github.com/ovfkit/ovf/diag"
)

// placeRules are the rules about where sections stand (DSP0243 9).
var placeRules = []diag.Rule{
	{Name: "section-place", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9", Since: "0.1.0",
		Summary: "A section stands where the standard does not allow it.",
		Why:     "Consumers do not look for it there."},
	{Name: "section-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9", Since: "0.1.0",
		Summary: "A section that stands alone is given twice.",
		Why:     "Most consumers read one of the two."},
}

// place is where a section can stand.
type place uint8

const (
	inEnvelope place = 1 << iota
	inSystem
	inCollection
)

// String names the places in words.
func (p place) String() string {
	switch p {
	case inEnvelope:
		return "in the Envelope"
	case inSystem:
		return "in a VirtualSystem"
	case inCollection:
		return "in a VirtualSystemCollection"
	}
	return "in a VirtualSystem or VirtualSystemCollection"
}

// sectionPlace is what the standard says about a kind of section.
type sectionPlace struct {
	name     string
	clause   string
	allowed  place
	severity diag.Severity // of one elsewhere
	alone    bool          // there is one of it at a place
}

// placeOf returns the zero sectionPlace for a section that may stand anywhere.
func placeOf(s Section) sectionPlace {
	switch s.(type) {
	case *DiskSection:
		return sectionPlace{"DiskSection", "DSP0243 9.1", inEnvelope, diag.Error, true}
	case *NetworkSection:
		return sectionPlace{"NetworkSection", "DSP0243 9.2", inEnvelope, diag.Error, true}
	case *DeploymentOptionSection:
		return sectionPlace{"DeploymentOptionSection", "DSP0243 9.8", inEnvelope, diag.Error, true}
	case *SharedDiskSection:
		return sectionPlace{"SharedDiskSection", "DSP0243 9", inEnvelope, diag.Error, true}
	case *PlacementGroupSection:
		return sectionPlace{"PlacementGroupSection", "DSP0243 9", inEnvelope, diag.Error, false}
	case *VirtualHardwareSection:
		return sectionPlace{"VirtualHardwareSection", "DSP0243 8.1", inSystem, diag.Error, false}
	case *OperatingSystemSection:
		return sectionPlace{"OperatingSystemSection", "DSP0243 9", inSystem, diag.Error, true}
	case *InstallSection:
		return sectionPlace{"InstallSection", "DSP0243 9.10", inSystem, diag.Error, true}
	case *BootDeviceSection:
		return sectionPlace{"BootDeviceSection", "DSP0243 9", inSystem, diag.Error, false}
	case *EnvironmentFilesSection:
		return sectionPlace{"EnvironmentFilesSection", "DSP0243 9", inSystem, diag.Warning, false}
	case *StartupSection:
		return sectionPlace{"StartupSection", "DSP0243 9.7", inCollection, diag.Error, true}
	case *ResourceAllocationSection:
		return sectionPlace{"ResourceAllocationSection", "DSP0243 9", inCollection, diag.Error, true}
	case *ScaleOutSection:
		return sectionPlace{"ScaleOutSection", "DSP0243 9", inSystem | inCollection, diag.Warning, false}
	case *ProductSection:
		return sectionPlace{"ProductSection", "DSP0243 9.5", inSystem | inCollection, diag.Warning, false}
	case *EulaSection:
		return sectionPlace{"EulaSection", "DSP0243 9.6", inSystem | inCollection, diag.Warning, false}
	case *AnnotationSection:
		return sectionPlace{"AnnotationSection", "DSP0243 9", inSystem | inCollection, diag.Warning, false}
	}
	return sectionPlace{}
}

// places checks where sections stand and how often.
func (c *checker) places() {
	var at *scope
	seen := map[string]Section{} // of the sections at one place
	for s, sc := range c.sections() {
		if sc != at {
			at = sc
			clear(seen)
		}
		p := placeOf(s)
		l, ok := s.(located)
		if p.name == "" || !ok {
			continue
		}
		if here := sc.place(); p.allowed&here == 0 {
			f := c.at("section-place", l.Location(""), "a %s stands %s", p.name, here).as(p.severity)
			f.d.Clause = p.clause
			f.hint("move it: it belongs %s", p.allowed).add()
			continue
		}
		if !p.alone {
			continue
		}
		if was, ok := seen[p.name].(located); ok {
			f := c.at("section-repeated", l.Location(""), "there is a second %s %s", p.name, sc.place())
			f.d.Clause = p.clause
			f.related(was.Location(""), "the first one").hint("put everything into one").add()
			continue
		}
		seen[p.name] = s
	}
}

// place returns what kind of place a scope is; nil is the envelope.
func (s *scope) place() place {
	switch {
	case s == nil:
		return inEnvelope
	case s.system() != nil:
		return inSystem
	}
	return inCollection
}
