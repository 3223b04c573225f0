package envelope

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/property"
	"github.com/ovfkit/ovf/rasd"
)

// RenameNetworks gives networks new names, all at once: from old to new. It
// changes the Network elements and whatever refers to them by name: the
// Connection of Items, and of properties VMware's type ip:NETWORK and macros
// such as ${gateway:NETWORK} (interop). Vendor sections are left alone.
//
// An old name that neither a Network nor a Connection has, and a new one that
// another network has, are errors ([*LookupError]); then nothing is changed.
func (t *Envelope) RenameNetworks(names map[string]string) ([]Change, error) {
	r := networkRenamer{names: names}
	was := map[string]string{} // from the new name to the old one
	var all []string
	var taken error
	t.eachNetwork(func(n *Network) {
		name := r.renamed(n.Name)
		if other, ok := was[name]; ok && other != n.Name {
			taken = &LookupError{Kind: "network", Name: name, Err: ErrTaken}
		}
		was[name] = n.Name
		all = append(all, n.Name)
	})
	// the first pass only looks
	r.envelope(t)
	for old := range names {
		if !r.seen[old] {
			return nil, unknown("network", old, all)
		}
	}
	if taken != nil {
		return nil, taken
	}
	r.apply = true
	r.envelope(t)
	return r.changes, nil
}

// eachNetwork visits the networks of all sections, wherever they stand.
func (t *Envelope) eachNetwork(f func(*Network)) {
	visit := func(sections []Section) {
		for s := range All[*NetworkSection](sections) {
			for i := range s.Network {
				f(&s.Network[i])
			}
		}
	}
	visit(t.Section)
	for c := range Walk(t.Content) {
		visit(c.Sections())
	}
}

// networkRenamer visits every place that names a network.
type networkRenamer struct {
	names   map[string]string
	seen    map[string]bool
	apply   bool
	changes []Change
}

func (r *networkRenamer) renamed(old string) string {
	if name, ok := r.names[old]; ok {
		return name
	}
	return old
}

// name visits one name. where says what it is.
func (r *networkRenamer) name(p *string, what string, where func() diag.Location) {
	name, ok := r.names[*p]
	if !ok {
		return
	}
	if !r.apply {
		if r.seen == nil {
			r.seen = map[string]bool{}
		}
		r.seen[*p] = true
		return
	}
	r.set(p, name, what, where)
}

func (r *networkRenamer) set(p *string, value, what string, where func() diag.Location) {
	if *p == value {
		return
	}
	r.changes = append(r.changes, Change{Location: where(), What: what, Old: *p, New: value})
	*p = value
}

func (r *networkRenamer) envelope(t *Envelope) {
	t.eachNetwork(func(n *Network) {
		r.name(&n.Name, "Network", func() diag.Location { return n.Location("@name") })
	})
	r.sections("", t.Section)
	for c := range Walk(t.Content) {
		r.sections(c.ContentID()+": ", c.Sections())
	}
}

func (r *networkRenamer) sections(owner string, sections []Section) {
	for _, s := range sections {
		switch s := s.(type) {
		case *VirtualHardwareSection:
			r.items(owner, s.Item, s.EthernetPortItem)
		case *ResourceAllocationSection:
			r.items(owner, s.Item, s.EthernetPortItem)
		case *ProductSection:
			for _, e := range s.Entry {
				if p, ok := e.(*Property); ok {
					r.property(owner, p)
				}
			}
		}
	}
}

func (r *networkRenamer) items(owner string, items []rasd.Item, ports []rasd.EthernetPortItem) {
	for i := range items {
		it := &items[i]
		r.connections(owner+"Item "+it.InstanceID, it.Connection, it.Location)
	}
	for i := range ports {
		it := &ports[i]
		r.connections(owner+"EthernetPortItem "+it.InstanceID, it.Connection, it.Location)
	}
}

func (r *networkRenamer) connections(item string, list []string, where func(string) diag.Location) {
	for i := range list {
		r.name(&list[i], item+" Connection", func() diag.Location { return where("Connection[" + strconv.Itoa(i+1) + "]") })
	}
}

// property visits the type and the values of a property.
func (r *networkRenamer) property(owner string, p *Property) {
	what := owner + "property " + p.Key
	if network := property.ParseType(p.Type).Network; network != "" && r.renamed(network) != network && r.apply {
		head, _, _ := strings.Cut(p.Type, ":")
		r.set(&p.Type, head+":"+r.renamed(network), what+" type", func() diag.Location { return p.Location("@type") })
	}
	if p.Value != nil {
		value := *p.Value
		r.macros(&value, what, func() diag.Location { return p.Location("@value") })
		if value != *p.Value {
			p.Value = &value
		}
	}
	for i := range p.Values {
		v := &p.Values[i]
		r.macros(&v.Value, what, func() diag.Location { return v.Location("@value") })
	}
}

// macros visits the macros of VMware in a value.
func (r *networkRenamer) macros(p *string, what string, where func() diag.Location) {
	if !r.apply || !strings.Contains(*p, "${") {
		return
	}
	var b strings.Builder
	from := 0
	for _, g := range property.Scan(*p) {
		if macro, network, ok := property.Macro(g.Text); g.Kind == property.Reference && ok {
			b.WriteString((*p)[from:g.Offset])
			b.WriteString("${" + macro + ":" + r.renamed(network) + "}")
			from = g.End
		}
	}
	b.WriteString((*p)[from:])
	r.set(p, b.String(), what+" value", where)
}
