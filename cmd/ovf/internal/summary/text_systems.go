package summary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

// content writes one node of the tree of systems and what is below it.
func (p *printer) content(s *Summary, c *Content, lead, hang string) {
	if p.left--; p.left < 0 && !p.o.All {
		p.count(c)
		return
	}
	if cells.Width(hang) > maxDeep {
		lead, hang = strings.Repeat("·", 8)+" ", strings.Repeat("·", 8)+" "
	}
	title := parts(
		p.clean(c.ID)+when(c.Name != "" && c.Name != c.ID, "  "+p.quote(c.Name)),
		when(c.Kind == Collection, "collection"),
		when(c.StartOrder != nil, fmt.Sprintf("start order %d", value(c.StartOrder))),
		when(c.Install, "boots once to install itself"),
	)
	p.wrap(lead, hang+"    ", title)
	d := details{p, hang + "  "}
	if c.OS != nil {
		name := c.OS.Description
		if name == "" {
			name = strings.TrimSpace(c.OS.Name + " " + c.OS.Version)
		}
		d.say("OS", p.clean(name))
	}
	for i := range c.Hardware {
		if len(c.Hardware) > 1 {
			d.say("hardware", parts(fmt.Sprintf("alternative %d of %d", i+1, len(c.Hardware)), p.clean(c.Hardware[i].ID)))
		}
		d.hardware(s, &c.Hardware[i])
	}
	for i := range c.Content {
		if i == len(c.Content)-1 {
			p.content(s, &c.Content[i], hang+"└─ ", hang+"   ")
		} else {
			p.content(s, &c.Content[i], hang+"├─ ", hang+"│  ")
		}
	}
}

// count counts what is not shown.
func (p *printer) count(c *Content) {
	for i := range c.Content {
		p.left--
		p.count(&c.Content[i])
	}
}

// details writes the lines below a system.
type details struct {
	*printer
	lead string
}

func (d details) say(label, text string) {
	const column = 8
	if text != "" {
		d.wrap(d.lead+cells.Pad(label, column), d.lead+cells.Pad("", column), text)
	}
}

func (d details) hardware(s *Summary, h *Hardware) {
	d.say("family", d.list(h.Families))
	d.say("env by", d.list(h.Transports))
	d.say("CPUs", d.quantities(h.CPUs, func(q *Quantity) string { return fmt.Sprint(q.Value) }))
	d.say("memory", d.quantities(h.Memory, func(q *Quantity) string {
		if q.Written != "" {
			return d.clean(q.Written)
		}
		return Size(q.Value)
	}))
	d.devices("disk", h.Disks, func(x *Device) string {
		name, size := x.Disk, ""
		if i := slices.IndexFunc(s.Disks, func(k Disk) bool { return k.ID == x.Disk }); i >= 0 && x.Disk != "" {
			size = capacity(d.printer, &s.Disks[i])
		}
		if name == "" {
			name = x.File
		}
		if name == "" {
			name = x.Name
		}
		return parts(d.clean(name), size, d.place(x))
	})
	d.devices("NIC", h.NICs, func(x *Device) string {
		model := x.SubType
		if model == "" {
			model = x.Type
		}
		on := "not connected"
		if len(x.Networks) > 0 {
			on = "on " + d.list(x.Networks)
		}
		return parts(d.clean(model)+" "+on, d.clean(x.Address))
	})
	d.others(h.Others)
}

// place says where a device is attached.
func (d details) place(x *Device) string {
	switch {
	case x.Controller == "":
		return ""
	case x.Unit == "":
		return d.clean(x.Controller)
	}
	return d.clean(x.Controller) + " place " + d.clean(x.Unit)
}

func (d details) devices(label string, list []Device, describe func(*Device) string) {
	list = slices.DeleteFunc(slices.Clone(list), func(x Device) bool { return x.Bound != "" })
	n := d.shown(len(list))
	for i := range list[:n] {
		x := &list[i]
		d.say(label, parts(describe(x), when(x.Optional, "optional"), when(len(x.Options) > 0, "only with "+d.list(x.Options))))
	}
	d.moreRows(len(list)-n, d.lead)
}

// others lists the rest of the devices in one line, equal ones counted.
func (d details) others(list []Device) {
	var names []string
	count := map[string]int{}
	for i := range list {
		x := &list[i]
		if x.Bound != "" {
			continue
		}
		name := x.Type + when(x.SubType != "", " ("+x.SubType+")") + when(x.File != "", " with "+x.File) + when(x.Optional, ", optional")
		if count[name]++; count[name] == 1 {
			names = append(names, name)
		}
	}
	n := d.shown(len(names))
	var out []string
	for _, name := range names[:n] {
		out = append(out, when(count[name] > 1, fmt.Sprintf("%d × ", count[name]))+d.clean(name))
	}
	if n < len(names) {
		out = append(out, fmt.Sprintf("… and %d more", len(names)-n))
	}
	d.say("other", strings.Join(out, "; "))
}

// quantities writes the amounts of one resource: that without option first, its
// range in brackets, then what options change.
func (d details) quantities(list []Quantity, amount func(*Quantity) string) string {
	var base, options []string
	low, high := "", ""
	for i := range list {
		q := &list[i]
		a := amount(q)
		switch {
		case len(q.Options) > 0:
			bound := map[string]string{"min": "at least ", "max": "at most "}[q.Bound]
			options = append(options, "with "+d.list(q.Options)+" "+bound+a)
		case q.Bound == "min":
			low = a
		case q.Bound == "max":
			high = a
		default:
			base = append(base, a)
		}
	}
	text := strings.Join(base, " + ")
	switch {
	case low != "" && high != "":
		text += " (" + low + " to " + high + ")"
	case low != "":
		text += " (at least " + low + ")"
	case high != "":
		text += " (at most " + high + ")"
	}
	n := d.shown(len(options))
	text = strings.TrimPrefix(text+"; "+strings.Join(options[:n], "; "), "; ")
	if n < len(options) {
		text += fmt.Sprintf("; … and %d more", len(options)-n)
	}
	return strings.TrimSuffix(strings.TrimSpace(text), ";")
}
