package envelope

import (
	"fmt"
	"iter"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// checker is one run of Validate: the envelope, an index of what its parts are
// called, and what has been found.
type checker struct {
	env   *Envelope
	rules map[string]*diag.Rule
	found diag.Collector

	files   map[string]*File // the first of each id
	disks   map[string]*Disk
	shared  map[string]*SharedDisk
	options map[string]*Configuration
	scopes  []*scope // every system and collection, outermost first
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
	c := &checker{env: env, rules: map[string]*diag.Rule{}, found: diag.Collector{Max: o.Max},
		files: map[string]*File{}, disks: map[string]*Disk{}, shared: map[string]*SharedDisk{}, options: map[string]*Configuration{}}
	for _, list := range [][]diag.Rule{SemanticRules(), TargetRules()} {
		for i := range list {
			c.rules[list[i].Name] = &list[i]
		}
	}
	for i := range env.References.File {
		first(c.files, env.References.File[i].ID, &env.References.File[i])
	}
	for _, s := range env.Section {
		switch s := s.(type) {
		case *DiskSection:
			for i := range s.Disk {
				first(c.disks, s.Disk[i].DiskID, &s.Disk[i])
			}
		case *SharedDiskSection:
			for i := range s.SharedDisk {
				first(c.shared, s.SharedDisk[i].DiskID, &s.SharedDisk[i])
			}
		case *DeploymentOptionSection:
			for i := range s.Configuration {
				first(c.options, s.Configuration[i].ID, &s.Configuration[i])
			}
		}
	}
	c.scope(env.Content, nil)
	return c
}

func first[T any](m map[string]*T, key string, v *T) {
	if _, ok := m[key]; !ok {
		m[key] = v
	}
}

func (c *checker) scope(content Content, parent *scope) {
	if content == nil {
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
			if !yield(s, nil) {
				return
			}
		}
		for _, sc := range c.scopes {
			for _, s := range sc.content.Sections() {
				if !yield(s, sc) {
					return
				}
			}
		}
	}
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

// near returns the key of a map that differs from a wanted one in letter case
// or surrounding space only, as a hint for a dangling reference.
func near[T any](m map[string]T, want string) (string, bool) {
	fold := func(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
	best, ok := "", false
	for k := range m {
		if k != want && fold(k) == fold(want) && (!ok || k < best) {
			best, ok = k, true
		}
	}
	return best, ok
}
