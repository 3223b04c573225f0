package author

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/property"
)

// The rules of this package.
const (
	RuleSyntax    = "spec-syntax"    // no YAML, or beyond a bound
	RuleKey       = "spec-key"       // a key that is unknown or given twice
	RuleValue     = "spec-value"     // a value of the wrong form
	RuleMissing   = "spec-missing"   // a value that is required
	RuleUnique    = "spec-unique"    // an id that is given twice
	RuleReference = "spec-reference" // a name that nothing has
	RuleLost      = "spec-lost"      // part of a descriptor that a spec cannot say
)

// Rules lists the checks of this package.
func Rules() []diag.Rule {
	return []diag.Rule{
		{Name: RuleSyntax, Layer: diag.Usage, Severity: diag.Error, Since: "0.1.0",
			Summary: "The spec is no YAML or JSON document, or beyond a bound.", Why: "Nothing can be made of it."},
		{Name: RuleKey, Layer: diag.Usage, Severity: diag.Error, Since: "0.1.0",
			Summary: "A key of the spec is unknown here, or given twice.", Why: "A misspelt key would be passed over, and the package be another than was meant."},
		{Name: RuleValue, Layer: diag.Usage, Severity: diag.Error, Since: "0.1.0",
			Summary: "A value in the spec has not the form that its key asks for.", Why: "The package would say something else, or nothing."},
		{Name: RuleMissing, Layer: diag.Usage, Severity: diag.Error, Since: "0.1.0",
			Summary: "The spec does not say what it must.", Why: "The standard or every consumer asks for it."},
		{Name: RuleUnique, Layer: diag.Usage, Severity: diag.Error, Since: "0.1.0",
			Summary: "Two parts of the spec have one id.", Why: "A reference to it would have two meanings."},
		{Name: RuleLost, Layer: diag.Usage, Severity: diag.Warning, Since: "0.1.0",
			Summary: "A descriptor has something that a spec cannot say.", Why: "A package made from the spec is without it."},
		{Name: RuleReference, Layer: diag.Usage, Severity: diag.Error, Since: "0.1.0",
			Summary: "The spec refers to what it does not have.", Why: "The package would refer to something that it does not have."},
	}
}

// Check returns what is wrong with a spec beyond its form, all of it, with the
// places of a spec that [Decode] has read.
func (s *Spec) Check() diag.List {
	c := &checker{spec: s, files: map[string]bool{}, disks: map[string]*Disk{}, options: map[string]bool{}, content: map[string]bool{}, hrefs: map[string]bool{}}
	if _, err := language.Parse(s.lang()); err != nil {
		c.add(RuleValue, "lang", diag.Quote(s.Lang)+" is no language tag", "write it as BCP 47 has it, as en-US or de")
	}
	c.fileList()
	c.optionList()
	c.diskList()
	c.networkList()
	switch {
	case s.Machine != nil && s.Group != nil:
		c.add(RuleKey, "group", "the package holds a machine and a group", "put the machine into the group: a package holds one of them")
	case s.Machine != nil:
		c.machine(s.Machine, "machine")
	case s.Group != nil:
		c.group(s.Group, "group")
	default:
		c.add(RuleMissing, "", "the spec has neither a machine nor a group", `start with "machine:" or "group:"`)
	}
	c.translations()
	return c.diags
}

func (s *Spec) lang() string {
	if s.Lang == "" {
		return "en-US"
	}
	return s.Lang
}

type checker struct {
	spec    *Spec
	files   map[string]bool
	disks   map[string]*Disk
	options map[string]bool
	content map[string]bool
	hrefs   map[string]bool
	diags   diag.List
}

// add reports what is wrong at a path. The place is that of the path, or of what
// is around it.
func (c *checker) add(rule, at, message, hint string) {
	where := diag.Location{}
	for p := at; ; {
		if l, ok := c.spec.places[p]; ok {
			where = l
			break
		}
		cut := strings.LastIndexAny(p, ".[")
		if cut < 0 {
			where = c.spec.places[""]
			break
		}
		p = p[:cut]
	}
	where.Path = at
	c.diags = append(c.diags, diag.Diagnostic{Severity: diag.Error, Layer: diag.Usage, Rule: rule, Location: where, Message: message, Hint: hint})
}

// id checks that an id is there and new.
func (c *checker) id(at, what, id string, seen map[string]bool) bool {
	switch {
	case strings.TrimSpace(id) == "":
		c.add(RuleMissing, at, "the "+what+" has no id", "")
	case strings.ContainsAny(id, " \t\r\n"):
		c.add(RuleValue, at, "the id "+diag.Quote(id)+" has white space", "lists of ids are separated by spaces; write a dash")
	case seen[id]:
		c.add(RuleUnique, at, "another "+what+" has the id "+diag.Quote(id), "give each its own")
	default:
		seen[id] = true
		return true
	}
	return false
}

func (c *checker) need(at, what, value string) {
	if strings.TrimSpace(value) == "" {
		c.add(RuleMissing, at, what+" is missing", "")
	}
}

// href checks the name of a file in the package.
func (c *checker) href(at, href string) {
	u, err := url.Parse(href)
	switch {
	case err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsAny(href, "\\\x00") || path.IsAbs(href) || path.Clean(href) != href || strings.HasPrefix(href, ".."):
		c.add(RuleValue, at, diag.Quote(href)+" is no name inside the package", "write a relative name with forward slashes, without . and ..")
	case c.hrefs[strings.ToLower(href)]:
		c.add(RuleUnique, at, "two files of the package are called "+diag.Quote(href), "name one of them with href")
	}
	c.hrefs[strings.ToLower(href)] = true
}

func (c *checker) fileList() {
	for i := range c.spec.Files {
		f := &c.spec.Files[i]
		at := fmt.Sprintf("files[%d]", i)
		c.id(at+".id", "file", f.ID, c.files)
		c.need(at+".source", "the source of file "+diag.Quote(f.ID), f.Source)
		c.href(at+".href", f.href())
	}
}

func (c *checker) optionList() {
	defaults := 0
	for i := range c.spec.Options {
		o := &c.spec.Options[i]
		at := fmt.Sprintf("options[%d]", i)
		c.id(at+".id", "option", o.ID, c.options)
		c.need(at+".label", "the label of option "+diag.Quote(o.ID), o.Label)
		c.need(at+".description", "the description of option "+diag.Quote(o.ID), o.Description)
		if o.Default {
			if defaults++; defaults > 1 {
				c.add(RuleUnique, at+".default", "a second option is the default", "mark one")
			}
		}
	}
}

func (c *checker) diskList() {
	ids := map[string]bool{}
	for i := range c.spec.Disks {
		d := &c.spec.Disks[i]
		at := fmt.Sprintf("disks[%d]", i)
		if !c.id(at+".id", "disk", d.ID, ids) {
			continue
		}
		if d.Source == "" {
			c.blank(at, d)
		} else {
			c.href(at+".href", d.href())
			if d.CapacityProperty != "" {
				c.add(RuleValue, at+".capacityProperty", "only a blank disk takes its capacity from a property", "leave out source or capacityProperty")
			}
			if _, err := d.format(); err != nil {
				c.add(RuleValue, at+".sourceFormat", err.Error(), "set sourceFormat: raw, vmdk, vhd or qcow2")
			}
		}
		if p := c.disks[d.Parent]; d.Parent != "" && p == nil {
			c.add(RuleReference, at+".parent", "no disk before this one has the id "+diag.Quote(d.Parent), "list the parent first (DSP0243 9.1)")
		} else if p != nil && (p.Source == "" || d.Source == "") {
			c.add(RuleValue, at+".parent", "a blank disk can be neither parent nor delta", "")
		}
		c.disks[d.ID] = d
	}
}

func (c *checker) blank(at string, d *Disk) {
	switch {
	case d.Capacity == 0 && d.CapacityProperty == "":
		c.add(RuleMissing, at+".capacity", "the blank disk "+diag.Quote(d.ID)+" has no capacity", "say source for a disk with content, or capacity: 10 GiB")
	case d.Capacity > 1<<63-1:
		c.add(RuleValue, at+".capacity", "a disk cannot have 2^63 bytes or more", "")
	case d.Capacity != 0 && d.CapacityProperty != "":
		c.add(RuleValue, at+".capacityProperty", "the disk has a capacity and a property for it", "keep one")
	}
}

func (c *checker) networkList() {
	seen := map[string]bool{}
	for i := range c.spec.Networks {
		n := &c.spec.Networks[i]
		at := fmt.Sprintf("networks[%d].name", i)
		switch {
		case n.Name == "":
			c.add(RuleMissing, at, "the network has no name", "")
		case seen[n.Name]:
			c.add(RuleUnique, at, "another network has the name "+diag.Quote(n.Name), "")
		}
		seen[n.Name] = true
	}
}

func (c *checker) group(g *Group, at string) {
	c.id(at+".id", "machine or group", g.ID, c.content)
	c.product(g.Product, g.Properties, at)
	if len(g.Members) == 0 {
		c.add(RuleMissing, at+".members", "the group "+diag.Quote(g.ID)+" has no members", "")
	}
	for i := range g.Members {
		m, at := &g.Members[i], fmt.Sprintf("%s.members[%d]", at, i)
		switch {
		case (m.Machine == nil) == (m.Group == nil):
			c.add(RuleMissing, at, "a member is either a machine or a group", `start it with "machine:" or "group:"`)
		case m.Machine != nil:
			c.machine(m.Machine, at+".machine")
		default:
			c.group(m.Group, at+".group")
		}
		if m.Start != nil && !slices.Contains([]string{"", string(envelope.StopPowerOff), string(envelope.StopGuestShutdown), string(envelope.StopNone)}, m.Start.Stop) {
			c.add(RuleValue, at+".start.stop", diag.Quote(m.Start.Stop)+" is no way to stop a machine", "powerOff, guestShutdown or none")
		}
	}
}

func (c *checker) machine(m *Machine, at string) {
	c.id(at+".id", "machine or group", m.ID, c.content)
	c.product(m.Product, m.Properties, at)
	c.amount(&m.CPUs, at+".cpus", "the number of processors")
	c.amount(&m.Memory, at+".memory", "the memory")
	if _, _, err := m.os(); err != nil {
		c.add(RuleValue, at+".os", err.Error(), `give the number of CIM_OperatingSystem.OSType, or its name, as "Debian 64-Bit"`)
	}
	if _, ok := buses[m.bus()]; !ok {
		c.add(RuleValue, at+".diskBus", diag.Quote(m.DiskBus)+" is no disk bus", "scsi, sata, nvme or ide")
	}
	for i, id := range m.Disks {
		if c.disks[id] == nil {
			c.add(RuleReference, fmt.Sprintf("%s.disks[%d]", at, i), "there is no disk "+diag.Quote(id), "list it under disks")
		}
	}
	for i, id := range m.CDROMs {
		if id != "" && !c.files[id] {
			c.add(RuleReference, fmt.Sprintf("%s.cdroms[%d]", at, i), "there is no file "+diag.Quote(id), "list it under files")
		}
	}
	for i, n := range m.Networks {
		if n == "" {
			c.add(RuleMissing, fmt.Sprintf("%s.networks[%d]", at, i), "the network has no name", "")
		}
	}
	disks, cdroms := len(m.Disks), 0
	if m.bus() == "scsi" || m.bus() == "nvme" {
		cdroms = len(m.CDROMs)
	} else {
		disks += len(m.CDROMs)
	}
	if places := buses[m.bus()].places; disks > places && places > 0 {
		c.add(RuleValue, at+".disks", fmt.Sprintf("%d drives are more than the %d that %s has places for", disks, places, buses[m.bus()].name), "")
	}
	if places := buses["ide"].places; cdroms > places {
		c.add(RuleValue, at+".cdroms", fmt.Sprintf("%d CD drives are more than the %d that IDE has places for", cdroms, places), "")
	}
}

func (c *checker) amount(a *Amount, at, what string) {
	if a.Value == 0 {
		c.add(RuleMissing, at, what+" is missing", "")
	}
	for _, v := range append([]Size{a.Value}, slices.Collect(maps.Values(a.Options))...) {
		if a.Min > v || a.Max != 0 && a.Max < v {
			c.add(RuleValue, at, fmt.Sprintf("%s, %s, is outside its range", what, v), "min must be at most, max at least each value (DSP0243 8.4)")
		}
	}
	c.optionKeys(slices.Collect(maps.Keys(a.Options)), at)
}

func (c *checker) optionKeys(ids []string, at string) {
	slices.Sort(ids)
	for _, id := range ids {
		if !c.options[id] {
			c.add(RuleReference, at+".options."+id, "there is no deployment option "+diag.Quote(id), "list it under options")
		}
	}
}

func (c *checker) product(p *Product, props []Property, at string) {
	if p != nil && p.Icon != "" && !c.files[p.Icon] {
		c.add(RuleReference, at+".product.icon", "there is no file "+diag.Quote(p.Icon), "list it under files")
	}
	seen := map[string]bool{}
	for i := range props {
		c.property(&props[i], fmt.Sprintf("%s.properties[%d]", at, i), seen)
	}
}

func (c *checker) property(p *Property, at string, seen map[string]bool) {
	switch {
	case p.Key == "":
		c.add(RuleMissing, at+".key", "the property has no key", "")
	case strings.ContainsAny(p.Key, ".: \t\r\n"):
		c.add(RuleValue, at+".key", diag.Quote(p.Key)+" is no key", "a key has no dot, colon or white space (DSP0243 9.5)")
	case seen[p.Key]:
		c.add(RuleUnique, at+".key", "another property has the key "+diag.Quote(p.Key), "")
	}
	seen[p.Key] = true
	spec, problems := property.ParseSpec(p.typeName(), p.qualifiers())
	for _, problem := range problems {
		field := ".type"
		if problem.Qualifiers {
			field = ".minLength"
		}
		c.add(RuleValue, at+field, problem.Message, "")
	}
	for _, id := range slices.Sorted(maps.Keys(p.Options)) {
		c.propertyValue(spec, p, p.Options[id], at+".options."+id)
	}
	if p.Value != "" {
		c.propertyValue(spec, p, p.Value, at+".value")
	}
	c.optionKeys(slices.Collect(maps.Keys(p.Options)), at)
}

func (c *checker) propertyValue(spec property.Spec, p *Property, value, at string) {
	if property.HasReference(value) {
		return // known when the package is deployed
	}
	if err := spec.Check(value); err != nil {
		message := err.Error()
		if p.Password {
			message = "the value of this password is not accepted; it must be " + spec.Accepts()
		}
		c.add(RuleValue, at, message, "")
	}
}

func (c *checker) translations() {
	for _, lang := range slices.Sorted(maps.Keys(c.spec.Texts)) {
		if _, err := language.Parse(lang); err != nil {
			c.add(RuleValue, "texts."+lang, diag.Quote(lang)+" is no language tag", "write it as BCP 47 has it, as en-US or de")
		}
	}
	if len(c.diags) > 0 || len(c.spec.Texts) == 0 {
		return
	}
	known := map[string]bool{}
	for id := range c.spec.Messages() {
		known[id] = true
	}
	for _, lang := range slices.Sorted(maps.Keys(c.spec.Texts)) {
		for _, id := range slices.Sorted(maps.Keys(c.spec.Texts[lang])) {
			if !known[id] {
				c.add(RuleReference, "texts."+lang+"."+id, "no text has the id "+diag.Quote(id), `"ovf new SPEC --messages" lists them`)
			}
		}
	}
}
