package plan

import (
	"maps"
	"slices"

	"github.com/ovfkit/ovf/diag"
)

// networkRules are the rules about networks (DSP0243 9.2).
var networkRules = []diag.Rule{
	{Name: "choice-network", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.2", Since: "0.2.0",
		Summary: "A network was mapped that the package does not have.",
		Why:     "The mapping would have no effect, and the network that was meant stays unmapped."},
	{Name: "network-repeated", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.2", Since: "0.2.0",
		Summary: "Two networks have one name.",
		Why:     "Adapters and the operator name networks."},
}

// networks lists the networks and maps them to those of the operator.
func (r *resolver) networks() {
	r.networkAt = map[string]int{}
	for _, s := range r.whole.networks {
		for i := range s.Network {
			n := &s.Network[i]
			name := trim(n.Name)
			if k, ok := r.networkAt[name]; ok {
				r.at("network-repeated", n.Location("@name"), "two networks have the name %s", diag.Quote(name)).
					related(r.plan.Networks[k].Location, "the first one").
					hint("give each a name of its own").add()
				continue
			}
			r.networkAt[name] = len(r.plan.Networks)
			r.plan.Networks = append(r.plan.Networks, Network{Name: name, Description: r.texts.msg(n.Description), Target: r.c.Networks[name], Location: position(n, "")})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.c.Networks)) {
		if _, ok := r.networkAt[name]; ok {
			continue
		}
		f := r.at("choice-network", diag.Location{}, "the package has no network %s", diag.Quote(name))
		names := r.networkNames()
		if right, ok := near(names, name); ok {
			f.hint("write %s", diag.Quote(right)).add()
		} else {
			f.hint("its networks are %s", listed(names)).add()
		}
	}
}

// network returns the network with a name.
func (r *resolver) network(name string) (*Network, bool) {
	k, ok := r.networkAt[name]
	if !ok {
		return nil, false
	}
	return &r.plan.Networks[k], true
}

func (r *resolver) networkNames() []string {
	names := make([]string, len(r.plan.Networks))
	for i := range r.plan.Networks {
		names[i] = r.plan.Networks[i].Name
	}
	return names
}
