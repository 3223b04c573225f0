package plan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// many is how many parts hostile input has: enough that anything worse than linear
// shows. OVF_LONG=1 asks for more.
func many() int {
	if os.Getenv("OVF_LONG") != "" {
		return 100_000
	}
	return 10_000
}

// head begins a descriptor with the usual prefixes.
const head = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
`

// head2 is head for OVF 2.x.
const head2 = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:epasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_EthernetPortAllocationSettingData.xsd"
  xmlns:sasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_StorageAllocationSettingData.xsd"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
`

// el writes an element: its attributes are the parts that begin with "@", its
// children the other ones of the form Name=text, in alphabetical order.
func el(name, prefix string, parts ...string) string {
	var b strings.Builder
	b.WriteString("<" + name)
	var children []string
	for _, p := range parts {
		if a, ok := strings.CutPrefix(p, "@"); ok {
			k, v, _ := strings.Cut(a, "=")
			fmt.Fprintf(&b, ` ovf:%s="%s"`, k, v)
		} else {
			children = append(children, p)
		}
	}
	b.WriteString(">\n")
	slices.SortStableFunc(children, func(a, b string) int {
		x, _, _ := strings.Cut(a, "=")
		y, _, _ := strings.Cut(b, "=")
		return strings.Compare(x, y)
	})
	for _, c := range children {
		k, v, _ := strings.Cut(c, "=")
		fmt.Fprintf(&b, "  <%s:%s>%s</%[1]s:%[2]s>\n", prefix, k, v)
	}
	return b.String() + "</" + name + ">\n"
}

// itemXML writes an Item of a type.
func itemXML(id string, typ int, parts ...string) string {
	return el("Item", "rasd", append([]string{"ElementName=E", "InstanceID=" + id, fmt.Sprintf("ResourceType=%d", typ)}, parts...)...)
}

// options writes a DeploymentOptionSection; a name with a star is the default.
func options(ids ...string) string {
	s := "<DeploymentOptionSection><Info>O</Info>\n"
	for _, id := range ids {
		def := ""
		if name, ok := strings.CutSuffix(id, "*"); ok {
			id, def = name, ` ovf:default="true"`
		}
		s += fmt.Sprintf(`<Configuration ovf:id="%s"%s><Label>%[1]s</Label><Description>D</Description></Configuration>`+"\n", id, def)
	}
	return s + "</DeploymentOptionSection>\n"
}

// hardware writes a VirtualHardwareSection for the families of a list.
func hardware(types string, items ...string) string {
	return "<VirtualHardwareSection><Info>H</Info>\n" +
		el("System", "vssd", "ElementName=F", "InstanceID=0", "VirtualSystemType="+types) + strings.Join(items, "") + "</VirtualHardwareSection>\n"
}

// machine writes a VirtualSystem with some sections.
func machine(id string, sections ...string) string {
	return fmt.Sprintf("<VirtualSystem ovf:id=%q><Info>M</Info>\n%s</VirtualSystem>\n", id, strings.Join(sections, ""))
}

// collection writes a VirtualSystemCollection.
func collection(id string, content ...string) string {
	return fmt.Sprintf("<VirtualSystemCollection ovf:id=%q><Info>C</Info>\n%s</VirtualSystemCollection>\n", id, strings.Join(content, ""))
}

// envelopeOf joins the parts of a descriptor.
func envelopeOf(parts ...string) string {
	return head + "<References/>\n" + strings.Join(parts, "") + "</Envelope>\n"
}

// one is a descriptor of one machine with Items, and options.
func one(ids []string, items ...string) string {
	var o string
	if len(ids) > 0 {
		o = options(ids...)
	}
	return envelopeOf(o, machine("m", hardware("vmx-13", items...)))
}

// result is what came of a resolve.
type result struct {
	plan  *Plan
	diags diag.List
}

func resolveText(t testing.TB, text string, c Choices) result {
	t.Helper()
	p, err := Resolve(context.Background(), Input{Envelope: readEnvelope(t, text)}, c)
	if err == nil {
		return result{p, p.Diagnostics}
	}
	var l diag.List
	if !errors.As(err, &l) {
		t.Fatal(err)
	}
	if p != nil {
		t.Fatal("a plan together with an error")
	}
	return result{nil, l}
}

// rules returns the rules of the diagnostics of a severity, each once, in order.
func (r result) rules(s diag.Severity) string {
	var out []string
	for _, d := range r.diags {
		if d.Severity == s && !slices.Contains(out, d.Rule) {
			out = append(out, d.Rule)
		}
	}
	return strings.Join(out, " ")
}

// brief writes what a table of a test compares: processors and memory with their
// ranges in plain numbers, drives and adapters.
func (p *Plan) brief() string {
	var out []string
	for _, m := range p.Machines {
		h := &m.Hardware
		s := m.ID + ":"
		if h.CPUs.Value > 0 {
			s += " cpu=" + h.CPUs.brief()
		}
		if h.Memory.Value > 0 {
			s += " mem=" + h.Memory.brief()
		}
		for _, d := range append(slices.Clone(h.Disks), h.CDROMs...) {
			s += fmt.Sprintf(" %s@%s%s/%d=%s%s", d.InstanceID, d.Bus, d.Controller, d.Unit, d.Disk, d.File)
		}
		for _, n := range h.NICs {
			s += fmt.Sprintf(" nic%s=%s", n.InstanceID, strings.Join(n.Networks, ","))
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func (q *Quantity) brief() string {
	s := fmt.Sprint(q.Value)
	if q.Min == nil && q.Max == nil {
		return s
	}
	s += "["
	if q.Min != nil {
		s += fmt.Sprint(*q.Min)
	}
	s += ".."
	if q.Max != nil {
		s += fmt.Sprint(*q.Max)
	}
	return s + "]"
}
