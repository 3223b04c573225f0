package envelope

import (
	"regexp"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// hardwareRules are the rules of hardware sections as a whole (DSP0243 8.1,
// 11.2).
var hardwareRules = []diag.Rule{
	{Name: "hardware-missing", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 8.1", Since: "0.1.0",
		Summary: "A virtual system has no hardware.",
		Why:     "Most consumers cannot create it."},
	{Name: "hardware-id-unique", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.1", Since: "0.1.0",
		Summary: "Alternative hardware sections cannot be told apart.",
		Why:     "A deployer picks one and cannot name it."},
	{Name: "hardware-type-missing", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 8.1", Since: "0.1.0",
		Summary: "Alternative hardware does not say for which platform it is.",
		Why:     "A deployer chooses by VirtualSystemType."},
	{Name: "hardware-no-cpu", Layer: diag.Semantic, Severity: diag.Info, Clause: "interop", Since: "0.1.0",
		Summary: "The hardware has no processor.",
		Why:     "The default of the consumer decides."},
	{Name: "hardware-no-memory", Layer: diag.Semantic, Severity: diag.Info, Clause: "interop", Since: "0.1.0",
		Summary: "The hardware has no memory.",
		Why:     "The default of the consumer decides."},
	{Name: "hardware-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "interop", Since: "0.1.0",
		Summary: "The hardware has two processor or two memory entries.",
		Why:     "Consumers use one of them or add them up."},
	{Name: "hardware-transport", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 11.2", Since: "0.1.0",
		Summary: "A transport is neither iso nor named after a specification.",
		Why:     "No deployer can offer it."},
	{Name: "hardware-transport-separator", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 11.2", Since: "0.1.0",
		Summary: "Transports are separated by commas.",
		Why:     "The later schemas separate them by blanks; readers take the list for one name."},
	{Name: "environment-unreachable", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 11.2", Since: "0.1.0",
		Summary: "A system has properties but no transport to bring them in.",
		Why:     "The guest never sees its environment document."},
}

// virtualHardware checks all hardware sections and what is in them.
func (c *checker) virtualHardware() {
	users := map[string]diskUser{}
	for hw := range c.hardware() {
		if hw.virtual != nil {
			c.transport(hw.virtual)
			c.presence(hw, rasd.Processor, "hardware-no-cpu", "processor")
			c.presence(hw, rasd.Memory, "hardware-no-memory", "memory")
			c.oneDevice(hw, rasd.Processor, "processor")
			c.oneDevice(hw, rasd.Memory, "memory")
		}
		c.items(hw)
		c.backings(hw, users)
		c.itemParents(hw)
		c.itemUnits(hw)
		c.bounds(hw)
	}
	c.machines()
}

// machines checks the hardware sections of each system against each other.
func (c *checker) machines() {
	properties := map[*scope]bool{}
	for s, sc := range c.sections() {
		if ps, ok := s.(*ProductSection); ok && !properties[sc] {
			for _, e := range ps.Entry {
				if p, ok := e.(*Property); ok && p != nil {
					properties[sc] = true
					break
				}
			}
		}
	}
	var all []*VirtualHardwareSection
	for _, sc := range c.scopes {
		vs := sc.system()
		if vs == nil {
			continue
		}
		all = all[:0]
		for s := range All[*VirtualHardwareSection](vs.Section) {
			if s != nil {
				all = append(all, s)
			}
		}
		c.alternatives(vs, all)
		if len(all) > 0 && (properties[sc] || sc.parent != nil && properties[sc.parent]) {
			c.reachable(vs, all)
		}
	}
}

func (c *checker) alternatives(vs *VirtualSystem, all []*VirtualHardwareSection) {
	if len(all) == 0 {
		c.at("hardware-missing", vs.Location(""), "the virtual system %s has no VirtualHardwareSection", diag.Quote(vs.ID)).
			hint("describe at least processors and memory").add()
	}
	if len(all) < 2 {
		return
	}
	seen := map[string]*VirtualHardwareSection{}
	for _, s := range all {
		id := value(s.ID)
		if was := seen[id]; was != nil {
			f := c.at("hardware-id-unique", s.Location("@id"), "two hardware sections of the virtual system %s have the id %s", diag.Quote(vs.ID), diag.Quote(id))
			if id == "" {
				f = c.at("hardware-id-unique", s.Location(""), "two hardware sections of the virtual system %s have no id", diag.Quote(vs.ID))
			}
			f.related(was.Location(""), "the other one").hint("give each an ovf:id of its own").add()
		} else {
			seen[id] = s
		}
		if s.System == nil || value(s.System.VirtualSystemType) == "" {
			c.at("hardware-type-missing", s.Location(""), "one of %d hardware sections of the virtual system %s has no VirtualSystemType", len(all), diag.Quote(vs.ID)).
				hint("add System with a VirtualSystemType, as vmx-13 or kvm").add()
		}
	}
}

// reachable checks that the guest can get its environment document.
func (c *checker) reachable(vs *VirtualSystem, all []*VirtualHardwareSection) {
	for _, s := range all {
		if value(s.Transport) != "" {
			return
		}
	}
	c.at("environment-unreachable", all[0].Location(""), "the virtual system %s has properties, and no hardware section has a transport", diag.Quote(vs.ID)).
		hint("add ovf:transport=\"iso\" if the guest reads its environment document").add()
}

// namedTransport is the form of a URI or of a name in reverse domain order.
var namedTransport = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:\S+$|^[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+$`)

func (c *checker) transport(s *VirtualHardwareSection) {
	if s.Transport == nil {
		return
	}
	text := *s.Transport
	var unknown []string
	for _, w := range Transports(text) {
		if w != TransportISO && w != TransportGuestInfo && !namedTransport.MatchString(w) && len(unknown) < maxRelated {
			unknown = append(unknown, diag.Quote(w))
		}
	}
	if len(unknown) > 0 {
		c.at("hardware-transport", s.Location("@transport"), "the transport %s is neither iso nor a URI", strings.Join(unknown, ", ")).
			hint("use iso, or the name that a specification gives, as %s", TransportGuestInfo).add()
	}
	if strings.Contains(text, ",") {
		c.at("hardware-transport-separator", s.Location("@transport"), "the transports %s are separated by commas", diag.Quote(text)).
			hint("write %s", diag.Quote(strings.Join(Transports(text), " "))).add()
	}
}

// presence notes that some configuration has no device of a type.
func (c *checker) presence(hw *hardware, t rasd.ResourceType, rule, what string) {
	var covered map[string]bool
	for i := range hw.devices {
		d := &hw.devices[i]
		if !d.is(t) {
			continue
		}
		if d.always {
			return
		}
		if covered == nil {
			covered = map[string]bool{}
		}
		for w := range d.options {
			covered[w] = true
		}
	}
	if len(covered) == 0 {
		c.at(rule, hw.section.Location(""), "no Item is of ResourceType %d, %s", t, what).hint("add one").add()
		return
	}
	for _, id := range c.optionIDs {
		if !covered[id] {
			c.at(rule, hw.section.Location(""), "no Item of ResourceType %d, %s, counts for the configuration %s", t, what, diag.Quote(id)).
				hint("add one, or one without configuration for all").add()
			return
		}
	}
}

// oneDevice reports two devices of a type that one configuration has.
func (c *checker) oneDevice(hw *hardware, t rasd.ResourceType, what string) {
	var always, some *device // the first of each kind
	var own map[string]*device
	for i := range hw.devices {
		d := &hw.devices[i]
		if !d.is(t) || !d.always && len(d.options) == 0 {
			continue
		}
		was := always
		if d.always && was == nil {
			was = some
		}
		for w := range d.options {
			if o := own[w]; o != nil && was == nil {
				was = o
			}
			if own == nil {
				own = map[string]*device{}
			}
			own[w] = d
		}
		if was != nil {
			c.at("hardware-repeated", d.first.Location("ResourceType"), "the Items %s and %s are both %s of one machine", was.label(), d.label(), what).
				related(was.first.Location("ResourceType"), "the first one").
				hint("put the whole amount into one Item; what is for one configuration only has the same InstanceID").add()
		}
		if d.always && always == nil {
			always = d
		}
		if some == nil {
			some = d
		}
	}
}
