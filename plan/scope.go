package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// scopeRules are the rules about the machines and collections of a plan.
var scopeRules = []diag.Rule{
	{Name: "content-repeated", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.2", Since: "0.2.0",
		Summary: "Two machines or collections of the plan have one id.",
		Why:     "Neither the operator nor a guest can tell them apart."},
}

// scope is a machine or collection of the plan. What the descriptor says is in
// content; what the guest and the operator see has the id, since all replicas of
// a prototype share their content.
type scope struct {
	id         string
	content    envelope.Content
	parent     *scope       // the collection around it; nil for the outermost
	machine    *Machine     // nil for a collection
	collection *Collection  // nil for a machine
	path       []string     // ids of the collections around it, the outermost first
	inner      []string     // path of the children
	drives     []*diskEntry // of a machine: the disk of each drive with one of the package
}

// sections returns the sections of the content.
func (s *scope) sections() []envelope.Section { return s.content.Sections() }

// contents makes the scopes and, in the plan, the machines and collections.
func (r *resolver) contents() {
	r.plan.Machines = []*Machine{} // none is an empty list in JSON
	if r.env.Content != nil {
		n := 0
		for range envelope.Walk(r.env.Content) {
			n++
		}
		r.scopes = make([]*scope, 0, n)
		r.plan.Machines = make([]*Machine, 0, n)
		r.scope(r.env.Content, nil, "")
	}
	for _, id := range slices.Sorted(maps.Keys(r.c.Instances)) {
		r.unknownPrototype(id)
	}
	ids := make(map[string]bool, len(r.scopes))
	for _, s := range r.scopes {
		ids[s.id] = true
	}
	if len(ids) < len(r.scopes) {
		r.repeated()
	}
}

// repeated reports ids that several machines or collections have.
func (r *resolver) repeated() {
	type place struct {
		parent *scope
		id     string
	}
	siblings, machines, first := map[place]*scope{}, map[string]*scope{}, map[string]*scope{}
	for _, s := range r.scopes {
		here := place{s.parent, s.id}
		was := siblings[here]
		if was == nil && s.machine != nil {
			was = machines[s.id]
		}
		if was == nil {
			was = first[s.id]
		}
		siblings[here], first[s.id] = s, s
		if s.machine != nil {
			machines[s.id] = s
		}
		if was == nil {
			continue
		}
		f := r.at("content-repeated", s.content.(located).Location("@id"), "two machines or collections have the id %s", diag.Quote(s.id)).
			related(was.content.(located).Location("@id"), "the first one")
		if s.parent != was.parent && (s.machine == nil || was.machine == nil) {
			f.as(diag.Warning) // only the operator may take one for the other
		}
		replica := s
		if replica.id == replica.content.ContentID() {
			replica = was
		}
		if replica.id != replica.content.ContentID() {
			f.hint("a replica of %s gets this id: rename the other one", diag.Quote(replica.content.ContentID())).add()
		} else {
			f.hint("give each an ovf:id of its own").add()
		}
	}
}

// scope adds a content and everything in it, and returns its id. The suffix is that
// of the replica around it, which its id gets too.
func (r *resolver) scope(content envelope.Content, parent *scope, suffix string) string {
	s := &scope{id: content.ContentID() + suffix, content: content, parent: parent}
	if parent != nil {
		s.path = parent.inner
	}
	r.scopes = append(r.scopes, s)
	switch c := content.(type) {
	case *envelope.VirtualSystem:
		s.machine = &Machine{ID: s.id, Path: s.path, Name: r.texts.msg(c.Name), Info: r.texts.msg(&c.Info), Location: position(c, "")}
		r.describe(s.machine, c)
		r.plan.Machines = append(r.plan.Machines, s.machine)
	case *envelope.VirtualSystemCollection:
		s.collection = &Collection{ID: s.id, Name: r.texts.msg(c.Name), Products: r.products(c), Location: position(c, "")}
		if parent != nil {
			s.collection.Parent = parent.id
		}
		s.inner = slices.Concat(s.path, []string{s.id})
		r.plan.Collections = append(r.plan.Collections, s.collection)
		prototypes := r.prototypes(s)
		for _, k := range c.Content {
			p := prototypes[k.ContentID()]
			if p == nil {
				r.scope(k, s, suffix)
				continue
			}
			for n := range p.count {
				own := suffix + replicaSuffix(n)
				if !r.replica(p) {
					break
				}
				id := r.scope(k, s, own)
				r.plan.ScaleOuts[p.index].Replicas = append(r.plan.ScaleOuts[p.index].Replicas, id)
			}
		}
	}
	return s.id
}

// describe sets what the sections of a machine say of it beside its hardware.
func (r *resolver) describe(m *Machine, vs *envelope.VirtualSystem) {
	m.Products = r.products(vs)
	m.EnvironmentFiles = environmentFiles(vs)
	if s, ok := envelope.First[*envelope.OperatingSystemSection](vs.Section); ok {
		m.OS = &OperatingSystem{ID: uint16(s.ID), Version: strings.TrimSpace(value(s.Version)), Name: s.ID.String(), Description: r.texts.msg(s.Description)}
	}
	if s, ok := envelope.First[*envelope.InstallSection](vs.Section); ok {
		m.Install = &Install{InitialBootStopDelay: uint64(s.InitialBootStopDelay)}
	}
}

// products returns what the ProductSections of a content say. AppURL is as
// written; its references are resolved with the properties.
func (r *resolver) products(c envelope.Content) []Product {
	var out []Product
	for s := range envelope.All[*envelope.ProductSection](c.Sections()) {
		out = append(out, Product{Class: value(s.Class), Instance: value(s.Instance), Name: r.texts.msg(s.Product), Vendor: r.texts.msg(s.Vendor),
			Version: value(s.Version), FullVersion: value(s.FullVersion), ProductURL: value(s.ProductURL), VendorURL: value(s.VendorURL), AppURL: value(s.AppURL)})
	}
	return out
}
