package plan

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// hardwareRules are the rules about the hardware of a machine as a whole
// (DSP0243 8.1).
var hardwareRules = []diag.Rule{
	{Name: "choice-system-type", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 8.1", Since: "0.2.0",
		Summary: "No hardware of a machine is for a platform that the operator has.",
		Why:     "The machine would get devices that its platform does not know."},
	{Name: "hardware-none", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.1", Since: "0.2.0",
		Summary: "A machine has no hardware.",
		Why:     "What it gets is up to the platform."},
	{Name: "device-parent", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 8.3", Since: "0.2.0",
		Summary: "A device sits on one that is not there.",
		Why:     "It has no controller under the chosen option."},
}

// hardware sets the hardware of every machine and the limits of every
// collection. Replicas of one prototype share theirs.
func (r *resolver) hardware() {
	a := &assembly{r: r}
	done := map[envelope.Content]*scope{}
	shared := len(r.plan.ScaleOuts) > 0
	for _, s := range r.scopes {
		if was := done[s.content]; was != nil {
			s.drives = was.drives
			if s.machine != nil {
				s.machine.Hardware = was.machine.Hardware
			} else {
				s.collection.Limits = was.collection.Limits
			}
		} else if s.machine != nil {
			r.machineHardware(a, s)
		} else {
			s.collection.Limits = r.collectionLimits(a, s)
		}
		if shared {
			done[s.content] = s
		}
		for _, d := range s.drives {
			d.users = append(d.users, s)
		}
	}
}

// machineHardware chooses a hardware section and reads it.
func (r *resolver) machineHardware(a *assembly, s *scope) {
	section := r.chooseHardware(s)
	if section == nil {
		return
	}
	h := &s.machine.Hardware
	h.Section, h.Location = value(section.ID), position(section, "")
	h.SystemTypes = systemTypes(section)
	h.Transports = envelope.Transports(value(section.Transport))
	devices := a.assemble(resource{section.Item, section.EthernetPortItem, section.StorageItem})
	h.Devices = a.build(devices)
	a.totals(devices, h)
	a.connect(s, devices, h)
}

// collectionLimits reads the ResourceAllocationSections of a collection: what
// all of its members share (DSP0243 9.9).
func (r *resolver) collectionLimits(a *assembly, s *scope) []Device {
	var out []Device
	for section := range envelope.All[*envelope.ResourceAllocationSection](s.sections()) {
		out = append(out, a.build(a.assemble(resource{section.Item, section.EthernetPortItem, section.StorageItem}))...)
	}
	return out
}

// chooseHardware returns the alternative that the operator's platform likes
// best: by the order of its types, then by that of the sections. One that names
// no type is for every platform, yet comes after those that do.
func (r *resolver) chooseHardware(s *scope) *envelope.VirtualHardwareSection {
	var all []*envelope.VirtualHardwareSection
	for h := range envelope.All[*envelope.VirtualHardwareSection](s.sections()) {
		all = append(all, h)
	}
	if len(all) == 0 {
		r.at("hardware-none", s.machine.Location, "the machine %s has no VirtualHardwareSection", diag.Quote(s.content.ContentID())).
			hint("describe at least processors and memory").add()
		return nil
	}
	if len(r.c.SystemTypes) == 0 {
		return all[0]
	}
	var offered []string
	var general *envelope.VirtualHardwareSection
	types := make([][]string, len(all))
	for i, h := range all {
		types[i] = systemTypes(h)
		offered = append(offered, types[i]...)
		if len(types[i]) == 0 && general == nil {
			general = h
		}
	}
	for _, want := range r.c.SystemTypes {
		for i, h := range all {
			if _, ok := near(types[i], want); ok {
				return h
			}
		}
	}
	if general == nil {
		r.at("choice-system-type", all[0].Location(""), "the machine %s has no hardware for %s", diag.Quote(s.content.ContentID()), listed(r.c.SystemTypes)).
			hint("it has hardware for %s", listed(offered)).add()
	}
	return general
}

// systemTypes returns the families of virtual hardware that a section is for:
// VirtualSystemType, a list separated by blanks or commas.
func systemTypes(h *envelope.VirtualHardwareSection) []string {
	if h.System == nil || h.System.VirtualSystemType == nil {
		return nil
	}
	return strings.FieldsFunc(*h.System.VirtualSystemType, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r' })
}

// totals sets processors and memory of a machine.
func (a *assembly) totals(devices []device, h *Hardware) {
	for _, of := range [...]struct {
		typ  rasd.ResourceType
		what string
		sum  *Quantity
	}{{rasd.Processor, "processors", &h.CPUs}, {rasd.Memory, "memory", &h.Memory}} {
		a.amounts, a.sources = a.amounts[:0], a.sources[:0]
		for i := range devices {
			if q := h.Devices[i].Quantity; q != nil && devices[i].is(of.typ) {
				a.amounts, a.sources = append(a.amounts, q), append(a.sources, &devices[i])
			}
		}
		*of.sum = a.total(a.amounts, a.sources, of.what)
	}
}
