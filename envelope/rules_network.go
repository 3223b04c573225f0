package envelope

import "github.com/ovfkit/ovf/diag"

// networkRules are the rules of NetworkSection (DSP0243 9.2).
var networkRules = []diag.Rule{
	{Name: "network-name-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.2", Since: "0.1.0",
		Summary: "Two networks have one name.",
		Why:     "A Connection cannot tell them apart."},
	{Name: "network-unused", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.2", Since: "0.1.0",
		Summary: "No adapter is connected to a network.",
		Why:     "The operator is asked to map a network for nothing."},
}

// networkSection checks the networks of the package.
func (c *checker) networkSection() {
	for s := range c.sections() {
		ns, ok := s.(*NetworkSection)
		if !ok {
			continue
		}
		for i := range ns.Network {
			n := &ns.Network[i]
			if blank(n.Name) {
				continue
			}
			if was := c.networks.get(n.Name); was != n {
				c.at("network-name-unique", n.Location("@name"), "the network name %s is used twice", diag.Quote(n.Name)).
					related(was.Location("@name"), "first used here").
					hint("give each Network a name of its own").add()
			} else if !c.uses().networks[n.Name] {
				c.at("network-unused", n.Location("@name"), "no adapter is connected to the network %s", diag.Quote(n.Name)).
					hint("name it in the Connection of an Item, or remove it").add()
			}
		}
	}
}
