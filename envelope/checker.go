package envelope

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"

	"github.com/ovfkit/ovf/diag"
)

// checker is one run of Validate: the envelope, an index of what its parts are
// called, and what has been found.
type checker struct {
	env   *Envelope
	rules map[string]*diag.Rule
	found diag.Collector

	files    names[File] // by id; so are the next three
	disks    names[Disk]
	shared   names[SharedDisk]
	options  names[Configuration]
	networks names[Network]
	scopes   []*scope // every system and collection, outermost first
	used     *uses    // see [checker.uses]
	allProps *allProperties
	units    map[string]parsedUnit
	// optionIDs are the ids of all Configurations in document order.
	optionIDs []string
}

// scope is a virtual system or collection and the collection around it.
type scope struct {
	content Content
	parent  *scope
	depth   int
}

// system returns the virtual system of the scope, nil for a collection.
func (s *scope) system() *VirtualSystem {
	vs, _ := s.content.(*VirtualSystem)
	return vs
}

// collection returns the collection of the scope, nil for a system.
func (s *scope) collection() *VirtualSystemCollection {
	c, _ := s.content.(*VirtualSystemCollection)
	return c
}

func newChecker(env *Envelope, o ValidateOptions) *checker {
	c := &checker{env: env, rules: ruleTable(), found: diag.Collector{Max: o.Max}}
	c.scope(env.Content, nil)
	for i := range env.References.File {
		c.files.add(env.References.File[i].ID, &env.References.File[i])
	}
	// Sections that stand where they must not count too: one mistake, one finding.
	for s := range c.sections() {
		switch s := s.(type) {
		case *DiskSection:
			for i := range s.Disk {
				c.disks.add(s.Disk[i].DiskID, &s.Disk[i])
			}
		case *SharedDiskSection:
			for i := range s.SharedDisk {
				c.shared.add(s.SharedDisk[i].DiskID, &s.SharedDisk[i])
			}
		case *NetworkSection:
			for i := range s.Network {
				c.networks.add(s.Network[i].Name, &s.Network[i])
			}
		case *DeploymentOptionSection:
			for i := range s.Configuration {
				if id := s.Configuration[i].ID; c.options.get(id) == nil {
					c.options.add(id, &s.Configuration[i])
					c.optionIDs = append(c.optionIDs, id)
				}
			}
		}
	}
	return c
}

// ruleTable finds the rules by name.
var ruleTable = sync.OnceValue(func() map[string]*diag.Rule {
	t := map[string]*diag.Rule{}
	for _, list := range [][]diag.Rule{SemanticRules(), TargetRules()} {
		for i := range list {
			t[list[i].Name] = &list[i]
		}
	}
	return t
})

// names finds things by what they are called. The zero value is empty.
type names[T any] struct {
	first  map[string]*T
	folded map[string]string // an exact name for each in lower case without blanks around it
}

// add notes a thing if it is the first of its name.
func (n *names[T]) add(name string, v *T) {
	if n.first == nil {
		n.first = map[string]*T{}
	}
	if _, ok := n.first[name]; !ok {
		n.first[name] = v
	}
}

// get returns the first thing of that name, or nil.
func (n *names[T]) get(name string) *T { return n.first[name] }

// near returns the name that differs from a wanted one in letter case or blanks
// around it only, as a hint for a dangling reference.
func (n *names[T]) near(want string) (string, bool) {
	if n.folded == nil {
		n.folded = make(map[string]string, len(n.first))
		for k := range n.first {
			if was, ok := n.folded[fold(k)]; !ok || k < was {
				n.folded[fold(k)] = k
			}
		}
	}
	name, ok := n.folded[fold(want)]
	return name, ok && name != want
}

func fold(s string) string { return strings.ToLower(trim(s)) }

func (c *checker) scope(content Content, parent *scope) {
	if none(content) {
		return
	}
	s := &scope{content: content, parent: parent}
	if parent != nil {
		s.depth = parent.depth + 1
	}
	c.scopes = append(c.scopes, s)
	if col := s.collection(); col != nil {
		for _, k := range col.Content {
			c.scope(k, s)
		}
	}
}

// sections yields every section of the envelope and of all content, each with
// its scope; the scope is nil for those of the envelope.
func (c *checker) sections() iter.Seq2[Section, *scope] {
	return func(yield func(Section, *scope) bool) {
		for _, s := range c.env.Section {
			if !none(s) && !yield(s, nil) {
				return
			}
		}
		for _, sc := range c.scopes {
			for _, s := range sc.content.Sections() {
				if !none(s) && !yield(s, sc) {
					return
				}
			}
		}
	}
}

// none reports whether a section or content is nil, as in an unfinished literal.
func none(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil()
}

// finding is a diagnostic being made. Its methods return it, so that parts can
// be added in one statement; it is kept when add is called.
type finding struct {
	c *checker
	d diag.Diagnostic
}

// at begins a finding of a rule at a place. Values from the descriptor go
// through diag.Quote; values of passwords never go in.
func (c *checker) at(rule string, where diag.Location, format string, args ...any) *finding {
	r := c.rules[rule]
	if r == nil {
		panic("envelope: no rule " + rule) // a mistake of this package, seen by its tests
	}
	return &finding{c, diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: r.Name, Clause: r.Clause,
		Location: where, Message: fmt.Sprintf(format, args...)}}
}

// as changes the severity from the default of the rule.
func (f *finding) as(s diag.Severity) *finding { f.d.Severity = s; return f }

// hint says what to do.
func (f *finding) hint(format string, args ...any) *finding {
	f.d.Hint = fmt.Sprintf(format, args...)
	return f
}

// related adds a second place.
func (f *finding) related(where diag.Location, format string, args ...any) *finding {
	if where.Line > 0 || where.File != "" {
		f.d.Related = append(f.d.Related, diag.Related{Location: where, Message: fmt.Sprintf(format, args...)})
	}
	return f
}

// add keeps the finding.
func (f *finding) add() { f.c.found.Add(f.d) }
