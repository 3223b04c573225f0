package plan

import (
	"errors"
	"io"
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
)

// environmentRules are the rules of the OVF environment (DSP0243 11).
var environmentRules = []diag.Rule{
	{Name: "environment-character", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 11.1", Since: "0.2.0",
		Summary: "A value has a character that the environment document cannot carry.",
		Why:     "The document is XML: with a control character in it no guest could read any of it."},
	{Name: "environment-timezone", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 11.1", Since: "0.2.0",
		Summary: "The time zone of the platform is more than a day away from UTC.",
		Why:     "It is in minutes east of UTC; a number in seconds would set the clock of every guest wrong."},
}

// EnvironmentFile is a file of the package that the guest finds beside its
// environment (EnvironmentFilesSection, OVF 2.x).
type EnvironmentFile struct {
	File string `json:"file"` // id of the file in the package
	Path string `json:"path"` // place on the medium, relative to its root
}

// environmentFiles returns the files that a machine finds beside its environment.
func environmentFiles(vs *envelope.VirtualSystem) []EnvironmentFile {
	var out []EnvironmentFile
	for s := range envelope.All[*envelope.EnvironmentFilesSection](vs.Section) {
		for _, f := range s.File {
			out = append(out, EnvironmentFile{File: f.FileRef, Path: f.Path})
		}
	}
	return out
}

// environments gives each machine its environment: its resolved properties, and all
// members of the collection around it as entities (DSP0243 11.1). The text of the
// entities is made once for each collection.
type environments struct {
	plan    *Plan
	members map[string][]place // by the id of the collection around them
	inside  map[string]bool    // ids of collections
	found   diag.List          // every value that cannot be written
}

// newEnvironments gives the machines their environments, without the entities.
func newEnvironments(p *Plan, c Choices) *environments {
	b := &environments{plan: p, members: make(map[string][]place, len(p.Collections)+1), inside: make(map[string]bool, len(p.Collections))}
	b.checkPlatform(c.Platform)
	count := make(map[string]int, len(p.Collections)+1)
	for _, k := range p.Collections {
		b.inside[k.ID] = true
		count[k.Parent]++
	}
	for _, m := range p.Machines {
		count[m.parent()]++
	}
	for id, n := range count {
		b.members[id] = make([]place, 0, n)
	}
	for _, k := range p.Collections {
		b.members[k.Parent] = append(b.members[k.Parent], place{k.ID, pairs(k.Properties), k.Location.Offset})
		b.check(k.ID, k.Properties)
	}
	guests := make([]environment.Guest, len(p.Machines))
	for i, m := range p.Machines {
		guests[i] = environment.Guest{ID: m.ID, Platform: environment.Platform(c.Platform), Properties: pairs(m.Properties)}
		m.Environment = &guests[i]
		b.members[m.parent()] = append(b.members[m.parent()], place{m.ID, guests[i].Properties, m.Location.Offset})
		b.check(m.ID, m.Properties)
	}
	return b
}

// share makes the entities and gives them to the machines. It may take long where
// values are, so there should be no mistake anywhere.
func (b *environments) share() error {
	siblings := make(map[string]*environment.Collection, len(b.plan.Collections))
	for _, k := range b.plan.Collections {
		s, err := b.siblings(k)
		if err != nil {
			return err
		}
		siblings[k.ID] = s
	}
	for _, m := range b.plan.Machines {
		m.Environment.Collection = siblings[m.parent()]
	}
	return nil
}

// place is a member of a collection.
type place struct {
	id         string
	properties []environment.Pair
	offset     int64 // in the descriptor
}

// parent returns the id of the collection around the machine, if there is one.
func (m *Machine) parent() string {
	if len(m.Path) == 0 {
		return ""
	}
	return m.Path[len(m.Path)-1]
}

// siblings makes the set of the members of a collection, in document order. A
// collection among them shows what its own members see of it: its properties and
// those of the collection around it.
func (b *environments) siblings(k *Collection) (*environment.Collection, error) {
	list := b.members[k.ID]
	slices.SortStableFunc(list, func(a, b place) int { return int(a.offset - b.offset) })
	members := make([]environment.Member, len(list))
	for i, m := range list {
		members[i] = environment.Member{ID: m.id, Properties: m.properties}
		if b.inside[m.id] {
			members[i].Properties = inherit(m.properties, k.Properties)
		}
	}
	return environment.NewCollection(members)
}

// pairs returns properties as documents have them.
func pairs(list []Property) []environment.Pair {
	out := make([]environment.Pair, len(list))
	for i := range list {
		out[i] = environment.Pair{Key: list[i].Name, Value: list[i].Value}
	}
	return out
}

// inherit appends what a parent has and its child does not override.
func inherit(own []environment.Pair, parent []Property) []environment.Pair {
	has := make(map[string]bool, len(own))
	for _, p := range own {
		has[p.Key] = true
	}
	for i := range parent {
		if p := &parent[i]; !has[p.Name] {
			own = append(own, environment.Pair{Key: p.Name, Value: p.Value})
		}
	}
	return own
}

// check reports what cannot be written of a machine or collection: where it was
// given, and not where it is inherited or referred to.
func (b *environments) check(id string, list []Property) {
	for i := range list {
		p := &list[i]
		if p.Origin.Kind == FromParent {
			continue
		}
		text := p.Value
		if len(p.References) > 0 {
			text = p.Raw
		}
		err := environment.Check(text)
		if err == nil {
			continue
		}
		at, from := p.Origin.Location, ""
		if at.File == "" {
			at = p.Location
		}
		if p.Origin.Kind == FromOperator && p.Origin.From != "" {
			from = " from " + p.Origin.From
		}
		b.add("environment-character", at, err, "the value of property "+diag.Quote(p.Name)+" of "+diag.Quote(id)+from+" "+err.Error(),
			"give a value without it, or one in an encoding that the guest undoes")
	}
}

func (b *environments) checkPlatform(p Platform) {
	_, err := (&environment.Guest{Platform: environment.Platform(p)}).Document()
	var bad *environment.GuestError
	switch {
	case err == nil:
	case errors.Is(err, environment.ErrTimezone):
		b.add("environment-timezone", diag.Location{}, err, "the time zone of the platform "+environment.ErrTimezone.Error(), "give it in minutes east of UTC, between -1440 and 1440")
	case errors.As(err, &bad):
		b.add("environment-character", diag.Location{}, err, "the "+bad.Part+" of the platform "+bad.Cause.Error(), "give a text without it")
	}
}

func (b *environments) add(rule string, at diag.Location, cause error, message, hint string) {
	i := slices.IndexFunc(environmentRules, func(r diag.Rule) bool { return r.Name == rule })
	r := &environmentRules[i]
	b.found = append(b.found, diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: r.Name, Clause: r.Clause,
		Location: at, Message: message, Hint: hint, Err: cause})
}

// EnvironmentDocument returns the text of the document for the guest.
func (m *Machine) EnvironmentDocument() ([]byte, error) {
	if m.Environment == nil {
		return nil, errNoEnvironment
	}
	return m.Environment.Document()
}

// WriteEnvironmentISO writes the medium of the transport "iso": the document for
// the guest, and the files of EnvironmentFiles, which the caller opens. See
// [environment.WriteISO].
func (m *Machine) WriteEnvironmentISO(w io.Writer, files ...environment.File) error {
	if m.Environment == nil {
		return errNoEnvironment
	}
	document, err := m.Environment.Document()
	if err != nil {
		return err
	}
	return environment.WriteISO(w, document, files...)
}

var errNoEnvironment = errors.New("the machine has no environment: it is not from Resolve")
