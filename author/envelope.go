package author

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// Envelope returns the descriptor that the spec describes, in OVF 1.x. It is valid
// under the schemas of all versions of 1.x, and [envelope.Validate] finds no error in
// it. A disk with a source needs its Capacity for that; [Build] takes it from the
// image. Sizes of files are left to the writer of the package.
//
// The error is a [diag.List]: that of [Spec.Check], or the disks without capacity.
func (s *Spec) Envelope() (*envelope.Envelope, error) {
	if err := s.Check().Err(); err != nil {
		return nil, err
	}
	c := &checker{spec: s}
	for i := range s.Disks {
		if d := &s.Disks[i]; d.Capacity == 0 && d.CapacityProperty == "" {
			c.add(RuleMissing, fmt.Sprintf("disks[%d].capacity", i), "the capacity of disk "+diag.Quote(d.ID)+" is not known without its image", "say it here, or build the package together with its disks")
		}
	}
	if err := c.diags.Err(); err != nil {
		return nil, err
	}
	return (&maker{spec: s}).envelope(), nil
}

// Messages returns the texts by the ids that [Spec.Texts] translates. The spec must
// be free of errors (see [Spec.Check]).
func (s *Spec) Messages() map[string]string {
	m := &maker{spec: s, messages: map[string]string{}}
	m.envelope()
	return m.messages
}

// maker makes the descriptor of a spec that has been checked.
type maker struct {
	spec     *Spec
	messages map[string]string // by id, if they are wanted
}

// msg returns a text. It has an id if the spec has translations.
func (m *maker) msg(id, text string) envelope.Msg {
	out := envelope.Msg{Text: text}
	if m.messages != nil {
		m.messages[id] = text
	}
	if m.messages != nil || m.translated(id) {
		out.MsgID = &id
	}
	return out
}

// translated reports whether some language has the text.
func (m *maker) translated(id string) bool {
	for _, texts := range m.spec.Texts {
		if _, ok := texts[id]; ok {
			return true
		}
	}
	return false
}

// text is msg for a text that may be left out.
func (m *maker) text(id, text string) *envelope.Msg {
	if text == "" {
		return nil
	}
	return new(m.msg(id, text))
}

func (m *maker) envelope() *envelope.Envelope {
	env := &envelope.Envelope{Namespace: envelope.Namespace1, Lang: new(m.spec.lang())}
	m.files(env)
	m.disks(env)
	m.networks(env)
	m.options(env)
	switch {
	case m.spec.Machine != nil:
		env.Content = m.machine(m.spec.Machine)
	case m.spec.Group != nil:
		env.Content = m.group(m.spec.Group)
	}
	for _, lang := range slices.Sorted(maps.Keys(m.spec.Texts)) {
		s := envelope.Strings{Lang: &lang}
		for _, id := range slices.Sorted(maps.Keys(m.spec.Texts[lang])) {
			s.Msg = append(s.Msg, envelope.StringsMsg{MsgID: id, Text: m.spec.Texts[lang][id]})
		}
		env.Strings = append(env.Strings, s)
	}
	return env
}

func (m *maker) files(env *envelope.Envelope) {
	for i := range m.spec.Files {
		f := &m.spec.Files[i]
		env.References.File = append(env.References.File, envelope.File{ID: f.ID, Href: f.href()})
	}
	for i := range m.spec.Disks {
		if d := &m.spec.Disks[i]; d.Source != "" {
			env.References.File = append(env.References.File, envelope.File{ID: d.fileID(), Href: d.href()})
		}
	}
}

func (m *maker) disks(env *envelope.Envelope) {
	if len(m.spec.Disks) == 0 {
		return
	}
	s := &envelope.DiskSection{Info: m.msg("info.disks", "The virtual disks")}
	for i := range m.spec.Disks {
		d := &m.spec.Disks[i]
		out := envelope.Disk{DiskID: d.ID, Capacity: strconv.FormatUint(uint64(d.Capacity), 10)}
		if d.Source != "" {
			out.FileRef = new(d.fileID())
			out.Format = new(envelope.URIVMDKStream)
		}
		if d.CapacityProperty != "" {
			out.Capacity, out.CapacityAllocationUnits = "${"+d.CapacityProperty+"}", new("byte * 2^30")
		}
		if d.Parent != "" {
			out.ParentRef = &d.Parent
		}
		s.Disk = append(s.Disk, out)
	}
	env.Section = append(env.Section, s)
}

// networks lists the networks of the spec, then those that machines only name.
func (m *maker) networks(env *envelope.Envelope) {
	s := &envelope.NetworkSection{Info: m.msg("info.networks", "The networks that machines are attached to")}
	seen := map[string]bool{}
	for i := range m.spec.Networks {
		n := &m.spec.Networks[i]
		seen[n.Name] = true
		s.Network = append(s.Network, envelope.Network{Name: n.Name, Description: m.text("network."+n.Name+".description", n.Description)})
	}
	for machine := range m.spec.machines {
		for _, name := range machine.Networks {
			if !seen[name] {
				seen[name] = true
				s.Network = append(s.Network, envelope.Network{Name: name})
			}
		}
	}
	if len(s.Network) > 0 {
		env.Section = append(env.Section, s)
	}
}

func (m *maker) options(env *envelope.Envelope) {
	if len(m.spec.Options) == 0 {
		return
	}
	s := &envelope.DeploymentOptionSection{Info: m.msg("info.options", "The sizes in which it can be deployed")}
	for i := range m.spec.Options {
		o := &m.spec.Options[i]
		out := envelope.Configuration{ID: o.ID, Label: m.msg("option."+o.ID+".label", o.Label), Description: m.msg("option."+o.ID+".description", o.Description)}
		if o.Default {
			out.Default = new(true)
		}
		s.Configuration = append(s.Configuration, out)
	}
	env.Section = append(env.Section, s)
}

func (m *maker) group(g *Group) *envelope.VirtualSystemCollection {
	out := &envelope.VirtualSystemCollection{ID: g.ID, Info: m.msg(g.ID+".info", cmp.Or(g.Info, "Machines that are deployed together")), Name: m.text(g.ID+".name", g.Name)}
	out.Section = m.described(g.ID, g.Product, g.Properties, g.Eula, g.Note)
	if s := m.startup(g); s != nil {
		out.Section = append(out.Section, s)
	}
	for i := range g.Members {
		if member := &g.Members[i]; member.Machine != nil {
			out.Content = append(out.Content, m.machine(member.Machine))
		} else {
			out.Content = append(out.Content, m.group(member.Group))
		}
	}
	return out
}

func (m *maker) startup(g *Group) *envelope.StartupSection {
	s := &envelope.StartupSection{Info: m.msg(g.ID+".startup", "The order in which the machines start")}
	for i := range g.Members {
		member := &g.Members[i]
		st := member.Start
		if st == nil {
			continue
		}
		item := envelope.StartupItem{ID: member.id(), Order: st.Order}
		if st.Delay != 0 {
			item.StartDelay = &st.Delay
		}
		if st.WaitForGuest {
			item.WaitingForGuest = new(true)
		}
		if st.StopDelay != 0 {
			item.StopDelay = &st.StopDelay
		}
		if st.Stop != "" {
			item.StopAction = new(envelope.StopAction(st.Stop))
		}
		s.Item = append(s.Item, item)
	}
	if len(s.Item) == 0 {
		return nil
	}
	return s
}

// described returns the sections that tell what a machine or group is.
func (m *maker) described(id string, p *Product, props []Property, eula, note string) envelope.Sections {
	var out envelope.Sections
	if p != nil || len(props) > 0 {
		out = append(out, m.product(id, p, props))
	}
	if eula != "" {
		out = append(out, &envelope.EulaSection{Info: m.msg("info.eula", "The licence agreement"), License: m.msg(id+".eula", eula)})
	}
	if note != "" {
		out = append(out, &envelope.AnnotationSection{Info: m.msg("info.note", "A note"), Annotation: m.msg(id+".note", note)})
	}
	return out
}

func (m *maker) machine(v *Machine) *envelope.VirtualSystem {
	out := &envelope.VirtualSystem{ID: v.ID, Info: m.msg(v.ID+".info", cmp.Or(v.Info, "A virtual machine")), Name: m.text(v.ID+".name", v.Name)}
	out.Section = m.described(v.ID, v.Product, v.Properties, v.Eula, v.Note)
	id, name, _ := v.os() // has been checked
	os := &envelope.OperatingSystemSection{ID: id, Info: m.msg("info.os", "The guest operating system"), Description: &envelope.Msg{Text: name}}
	if v.OSVersion != "" {
		os.Version = &v.OSVersion
	}
	out.Section = append(out.Section, os)
	if v.Install != nil {
		out.Section = append(out.Section, &envelope.InstallSection{Info: m.msg("info.install", "The machine installs itself when it boots first"), InitialBootStopDelay: v.Install.StopDelay})
	}
	out.Section = append(out.Section, m.hardware(v))
	return out
}

func (m *maker) product(id string, p *Product, props []Property) *envelope.ProductSection {
	s := &envelope.ProductSection{Info: m.msg("info.product", "The product and its settings")}
	if p != nil {
		s.Class, s.Version, s.FullVersion = optional(p.Class), optional(p.Version), optional(p.FullVersion)
		s.ProductURL, s.VendorURL, s.AppURL = optional(p.URL), optional(p.VendorURL), optional(p.AppURL)
		s.Product, s.Vendor = m.text(id+".product", p.Name), m.text(id+".vendor", p.Vendor)
		if p.Icon != "" {
			s.Icon = []envelope.Icon{{FileRef: p.Icon}}
		}
	}
	category := ""
	for i := range props {
		p := &props[i]
		if p.Category != "" && p.Category != category {
			category = p.Category
			c := m.msg("category."+category, category)
			s.Entry = append(s.Entry, &envelope.Category{Text: c.Text, MsgID: c.MsgID})
		}
		s.Entry = append(s.Entry, m.property(id, p))
	}
	return s
}

func (m *maker) property(id string, p *Property) *envelope.Property {
	out := &envelope.Property{Key: p.Key, Type: p.typeName(), Qualifiers: optional(p.qualifiers()), Value: optional(p.Value)}
	out.Label = m.text(id+"."+p.Key+".label", p.Label)
	out.Description = m.text(id+"."+p.Key+".description", p.Description)
	if p.Configurable {
		out.UserConfigurable = new(true)
	}
	if p.Password {
		out.Password = new(true)
	}
	for i := range m.spec.Options {
		option := m.spec.Options[i].ID
		if v, ok := p.Options[option]; ok {
			out.Values = append(out.Values, envelope.PropertyValue{Value: v, Configuration: &option})
		}
	}
	return out
}

// hardware makes the VirtualHardwareSection: processors, memory, adapters,
// controllers and drives, numbered from 1.
func (m *maker) hardware(v *Machine) *envelope.VirtualHardwareSection {
	h := &hardware{section: &envelope.VirtualHardwareSection{Info: m.msg("info.hardware", "The virtual hardware"), System: system(v), Transport: optional(words(v.Transports))}, options: m.spec.Options}
	h.amount(&v.CPUs, rasd.Processor, "hertz * 10^6", 1, "processors")
	h.amount(&v.Memory, rasd.Memory, "byte * 2^20", 1<<20, "memory")
	for _, n := range v.Networks {
		h.item(rasd.Item{ElementName: "Adapter on " + n, ResourceType: new(rasd.EthernetAdapter), ResourceSubType: optional(v.NIC), Connection: []string{n}, AutomaticAllocation: new(true)})
	}
	h.drives(v)
	return h.section
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
