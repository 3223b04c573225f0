package plan

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// fact is one thing that a plan says: what it is about, the value, why, and the
// facts that are parts of it. Text and difference are made from the same facts.
type fact struct {
	kind   string // "machine", "memory"
	id     string // tells it from others of the kind; shown in quotes
	value  string // as shown; ready for a terminal
	exact  string // compared in place of the value, if it is not empty; never shown
	reason string
	parts  []fact
}

// add appends a part unless it says nothing.
func (f *fact) add(p fact) {
	if p.value != "" || p.id != "" || len(p.parts) > 0 {
		f.parts = append(f.parts, p)
	}
}

// say appends a part of a kind and a value.
func (f *fact) say(kind, value string) { f.add(fact{kind: kind, value: value}) }

// facts returns what the plan says, the whole first and each machine on its own.
func (p *Plan) facts() []fact {
	root := &fact{}
	root.say("package", "OVF "+p.OVFVersion+", conformance level "+strconv.Itoa(p.ConformanceLevel))
	root.say("locale", p.Locale)
	if p.Option != nil {
		root.say("deployment option", diag.Quote(p.Option.ID))
	}
	for i := range p.Options {
		o := &p.Options[i]
		root.add(fact{kind: "option", id: o.ID, value: o.Label.quoted(), reason: condition(o.Default, "default")})
	}
	for i := range p.Eulas {
		e := &p.Eulas[i]
		root.add(fact{kind: "licence", id: e.Content, value: e.License.quoted(), exact: e.License.Text, reason: e.Location.String()})
	}
	for i := range p.Annotations {
		a := &p.Annotations[i]
		root.add(fact{kind: "note", id: a.Content, value: a.Text.quoted(), exact: a.Text.Text, reason: a.Location.String()})
	}
	for i := range p.Networks {
		root.add(p.Networks[i].fact())
	}
	for i := range p.Disks {
		root.add(p.Disks[i].fact())
	}
	for i := range p.ScaleOuts {
		s := &p.ScaleOuts[i]
		root.add(fact{kind: "replicas of", id: s.Prototype, value: s.Count.text(), reason: s.Count.Origin.text()})
	}
	for _, c := range p.Collections {
		root.add(c.fact())
	}
	for _, m := range p.Machines {
		root.add(m.fact())
	}
	stages(root, "start", p.Startup)
	stages(root, "stop", p.Shutdown)
	return root.parts
}

func (n *Network) fact() fact {
	f := fact{kind: "network", id: n.Name, reason: n.Location.String()}
	if n.Target != "" {
		f.value, f.reason = "is "+diag.Quote(n.Target), "operator"
	}
	return f
}

func (d *Disk) fact() fact {
	size := Quantity{Value: d.Capacity, Unit: byteUnit, Origin: d.CapacityOrigin}
	f := fact{kind: "disk", id: d.ID, value: size.text(), reason: d.CapacityOrigin.text()}
	if d.File == "" {
		f.say("content", "blank")
	} else {
		f.say("content", "file "+diag.Quote(d.File)+" at "+diag.Quote(d.Href))
	}
	f.say("format", quoted(d.Format))
	f.say("parent", quoted(d.Parent))
	if d.Populated > 0 {
		f.say("populated", (&Quantity{Unit: byteUnit}).amountText(d.Populated))
	}
	if d.Shared {
		f.say("shared", "by all of its machines"+condition(d.ReadOnly, ", read only"))
	}
	return f
}

func (c *Collection) fact() fact {
	f := fact{kind: "collection", id: c.ID, value: c.Name.quoted(), reason: c.Location.String()}
	f.say("in", quoted(c.Parent))
	for i := range c.Products {
		f.add(c.Products[i].fact())
	}
	for i := range c.Limits {
		f.add(c.Limits[i].fact("shares"))
	}
	for i := range c.Properties {
		f.add(c.Properties[i].fact())
	}
	return f
}

func (m *Machine) fact() fact {
	f := fact{kind: "machine", id: m.ID, value: m.Name.quoted(), reason: m.Location.String()}
	f.say("in", quotedList(m.Path))
	if m.OS != nil {
		f.say("system", strings.TrimSpace(m.OS.Name+" "+m.OS.Version)+" ("+strconv.Itoa(int(m.OS.ID))+")")
	}
	for i := range m.Products {
		f.add(m.Products[i].fact())
	}
	h := &m.Hardware
	if h.Location.Line > 0 {
		f.add(fact{kind: "hardware", value: first(quotedList(h.SystemTypes), "for every platform"), reason: h.Location.String()})
	}
	f.say("transport", quotedList(h.Transports))
	h.facts(&f)
	for i := range m.Properties {
		f.add(m.Properties[i].fact())
	}
	if m.Install != nil {
		f.say("install", first(seconds(m.Install.InitialBootStopDelay), "at the first boot, without limit"))
	}
	return f
}

// facts adds what the machine has. Drives and adapters stand for their devices.
func (h *Hardware) facts(f *fact) {
	at := map[string]string{} // InstanceID to place
	for i := range h.Devices {
		if d := &h.Devices[i]; len(d.Locations) > 0 {
			at[d.InstanceID] = d.Locations[0].String()
		}
	}
	said := map[string]bool{}
	say := func(p fact) {
		p.reason = at[p.id]
		said[p.id] = true
		f.add(p)
	}
	for _, of := range [...]struct {
		kind string
		typ  rasd.ResourceType
		sum  *Quantity
	}{{"processors", rasd.Processor, &h.CPUs}, {"memory", rasd.Memory, &h.Memory}} {
		p := fact{kind: of.kind, reason: of.sum.Origin.text()}
		if of.sum.Value > 0 {
			p.value = of.sum.text()
		}
		for i := range h.Devices {
			if d := &h.Devices[i]; d.ResourceType == of.typ {
				p.parts = append(p.parts, d.shares()...)
				said[d.InstanceID] = true
			}
		}
		f.add(p)
	}
	for i := range h.Disks {
		say(h.Disks[i].fact("disk drive"))
	}
	for i := range h.CDROMs {
		say(h.CDROMs[i].fact("CD drive"))
	}
	for i := range h.NICs {
		say(h.NICs[i].fact())
	}
	for i := range h.Devices {
		if d := &h.Devices[i]; !said[d.InstanceID] {
			f.add(d.fact("device"))
		}
	}
}

func (p *Product) fact() fact {
	id := p.Class
	if p.Instance != "" {
		id += "." + p.Instance
	}
	f := fact{kind: "product", id: id, value: p.Name.quoted()}
	f.say("vendor", p.Vendor.quoted())
	f.say("version", quoted(first(p.FullVersion, p.Version)))
	f.say("address", quoted(p.AppURL))
	return f
}

func (d *DiskDrive) fact(kind string) fact {
	what := "empty"
	switch {
	case d.Disk != "":
		what = "disk " + diag.Quote(d.Disk)
	case d.File != "":
		what = "file " + diag.Quote(d.File)
	}
	if d.Controller != "" {
		what += ", " + strings.TrimSpace(d.Bus+" controller") + " " + diag.Quote(d.Controller)
	}
	if d.Unit >= 0 {
		what += ", unit " + strconv.Itoa(d.Unit)
	}
	return fact{kind: kind, id: d.InstanceID, value: what}
}

func (n *NIC) fact() fact {
	what := "not on a network"
	if len(n.Networks) > 0 {
		what = "network " + quotedList(n.Networks)
	}
	if n.Model != "" {
		what += ", model " + diag.Quote(n.Model)
	}
	if n.MAC != "" {
		what += ", address " + diag.Quote(n.MAC)
	}
	return fact{kind: "adapter", id: n.InstanceID, value: what + condition(!n.Connected, ", not connected at the start")}
}

// fact describes a device, with what the lists of drives and adapters leave out.
func (d *Device) fact(kind string) fact {
	f := fact{kind: kind, id: d.InstanceID, value: strings.TrimSpace(d.Name.quoted() + " " + d.ResourceType.String() + condition(!d.Required, ", may be left out"))}
	if len(d.Locations) > 0 {
		f.reason = d.Locations[0].String()
	}
	f.say("model", quoted(d.ResourceSubType))
	if d.Quantity != nil {
		f.add(fact{kind: "quantity", value: d.Quantity.text(), reason: d.Quantity.Origin.text()})
	}
	f.parts = append(f.parts, d.shares()...)
	f.say("parent", quoted(d.Parent))
	return f
}

// shares returns what a device is guaranteed, and what it may take at most.
func (d *Device) shares() []fact {
	var f fact
	if q := d.Reservation; q != nil {
		f.add(fact{kind: "reservation", value: q.text(), reason: q.Origin.text()})
	}
	if q := d.Limit; q != nil {
		f.add(fact{kind: "limit", value: q.text(), reason: q.Origin.text()})
	}
	if d.Weight != nil {
		f.say("weight", strconv.FormatUint(uint64(*d.Weight), 10))
	}
	return f.parts
}

func (p *Property) fact() fact {
	f := fact{kind: "property", id: p.Name, value: diag.Quote(p.Value), exact: p.Value, reason: p.Origin.text()}
	if p.Password {
		f.value = hidden
	}
	return f
}

func stages(root *fact, kind string, list []Stage) {
	for i := range list {
		stage := fact{kind: kind, id: strconv.Itoa(i + 1)}
		for _, s := range list[i].Steps {
			what := s.Action
			if s.Delay > 0 {
				what += ", then " + strconv.FormatUint(s.Delay, 10) + " seconds"
			}
			what += condition(s.WaitForGuest, " or until the guest is ready") + condition(s.Install, ", installs itself first")
			stage.add(fact{kind: "machine", id: s.Machine, value: what, reason: s.Location.String()})
		}
		root.add(stage)
	}
}

// text writes a quantity with its range.
func (q *Quantity) text() string {
	s := q.amountText(q.Value)
	switch {
	case q.Min != nil && q.Max != nil:
		s += ", from " + q.amountText(*q.Min) + " to " + q.amountText(*q.Max)
	case q.Min != nil:
		s += ", at least " + q.amountText(*q.Min)
	case q.Max != nil:
		s += ", at most " + q.amountText(*q.Max)
	}
	return s
}

// text says where a value comes from, with the place if there is one.
func (o Origin) text() string {
	var why string
	switch o.Kind {
	case FromOption:
		why = "option " + diag.Quote(o.From)
	case FromDefault:
		why = "default"
	case FromStandard:
		why = "default of the standard"
	case FromOperator:
		why = first(o.From, "operator")
	case FromParent:
		why = "from " + diag.Quote(o.From)
	}
	at := o.Location.String()
	if why != "" && at != "" {
		why += ", "
	}
	return why + at
}

// quoted is the text in quotes, safe for a terminal; "" for none.
func (t Text) quoted() string { return quoted(t.Text) }

// quoted quotes one line of a text; "" stays "".
func quoted(s string) string {
	if s == "" {
		return ""
	}
	return diag.Quote(strings.Join(strings.Fields(s), " "))
}

func quotedList(list []string) string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = diag.Quote(list[i])
	}
	return strings.Join(out, ", ")
}

// seconds describes a limit of time; "" for none.
func seconds(n uint64) string {
	if n == 0 {
		return ""
	}
	return "at the first boot, at most " + strconv.FormatUint(n, 10) + " seconds"
}

func condition(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
