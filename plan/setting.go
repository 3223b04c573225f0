package plan

import (
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// nameIndex finds the properties of all scopes.
type nameIndex struct {
	byFull, byKey map[string][]*prop
	byScope       map[string][]*scopeProperties // by id of the content
	spellings     spellings                     // of full names and keys
	settable      []string                      // full names, sorted
}

// spellings finds a name by one that differs in letter case or in blanks around
// it only.
type spellings map[string]string

func (s spellings) add(name string) {
	k := strings.ToLower(strings.TrimSpace(name))
	if _, ok := s[k]; !ok {
		s[k] = name
	}
}

func (s spellings) near(want string) (string, bool) {
	name, ok := s[strings.ToLower(strings.TrimSpace(want))]
	return name, ok && name != want
}

// index returns the index of all properties.
func (ps *properties) index() *nameIndex {
	if ps.names != nil {
		return ps.names
	}
	x := &nameIndex{byFull: map[string][]*prop{}, byKey: map[string][]*prop{}, byScope: map[string][]*scopeProperties{}, spellings: spellings{}}
	for _, sp := range ps.list {
		for i := range sp.list {
			p := &sp.list[i]
			x.byFull[p.full] = append(x.byFull[p.full], p)
			x.byKey[p.Key] = append(x.byKey[p.Key], p)
			x.spellings.add(p.full)
			if p.configurable() {
				x.settable = append(x.settable, p.full)
			}
		}
		for i := range sp.list {
			x.spellings.add(sp.list[i].Key) // a full name of the same scope comes first
		}
		if sp.scope != nil {
			x.byScope[sp.scope.id] = append(x.byScope[sp.scope.id], sp)
		}
	}
	slices.Sort(x.settable)
	x.settable = slices.Compact(x.settable)
	ps.names = x
	return x
}

// find returns the properties with a full name, or else those with a key.
func (x *nameIndex) find(name string) []*prop {
	if list := x.byFull[name]; len(list) > 0 {
		return list
	}
	return x.byKey[name]
}

// named returns the properties that the name of a setting means: by full name or
// key anywhere in the package, or with the id of a machine or collection before
// a slash in that one. Ids and names may hold slashes themselves.
func (x *nameIndex) named(name string) []*prop {
	if list := x.find(name); len(list) > 0 {
		return list
	}
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		var list []*prop
		for _, sp := range x.byScope[name[:i]] {
			list = append(list, sp.find(name[i+1:])...)
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// assign gives the settings of the operator to the properties that they mean.
func (ps *properties) assign() {
	if len(ps.r.c.Properties) == 0 {
		return
	}
	x := ps.index()
	for _, s := range sortedSettings(ps.r.c.Properties) {
		list := x.named(s.Name)
		// among several, those that can be set
		if free := slices.DeleteFunc(slices.Clone(list), func(p *prop) bool { return !p.configurable() }); len(free) > 0 {
			list = free
		}
		switch {
		case len(list) == 0:
			ps.unknown(s)
		case len(list) > 1:
			ps.ambiguous(s, list)
		case !list[0].configurable():
			p := list[0]
			ps.r.at("choice-property-fixed", s.Location, "the property %s%s cannot be set%s: the descriptor fixes its value", diag.Quote(p.full), p.of(), from(s)).
				related(p.where(), "the property").
				hint("leave it out; the vendor can make it userConfigurable").add()
		case list[0].setting == nil:
			list[0].setting = s
		case list[0].setting.Rank == s.Rank:
			p := list[0]
			f := ps.r.at("choice-property-repeated", s.Location, "the property %s%s is set twice%s", diag.Quote(p.full), p.of(), twice(p.setting, s))
			f.related(p.setting.Location, "the first value").hint("leave one of them out").add()
		}
	}
}

// twice says by what a property is set twice, if that is known.
func twice(a, b *Setting) string {
	switch {
	case a.From == "" || b.From == "" || b.From == b.Location.File:
		return ""
	case a.From == b.From:
		return from(a)
	}
	return from(a) + " and" + from(b)
}

func (ps *properties) unknown(s *Setting) {
	f := ps.r.at("choice-property", s.Location, "the package has no property %s%s", diag.Quote(s.Name), given(s))
	x := ps.index()
	_, last, _ := cutLast(s.Name, '/')
	switch right, ok := x.spellings.near(last); {
	case ok:
		f.hint("there is a property %s", diag.Quote(right))
	case len(x.settable) == 0:
		f.hint("the package has no properties to set")
	default:
		f.hint("it has %s", listed(x.settable))
	}
	f.add()
}

// given says in a message where a setting comes from.
func given(s *Setting) string {
	if s.From == "" || s.From == s.Location.File {
		return ""
	}
	return " (from " + s.From + ")"
}

func (ps *properties) ambiguous(s *Setting, list []*prop) {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.path()
	}
	f := ps.r.at("choice-property-ambiguous", s.Location, "%d properties have the name %s%s", len(list), diag.Quote(s.Name), given(s))
	for _, p := range list[:min(len(list), 4)] {
		f.related(p.Location("@key"), "%s", diag.Quote(p.path()))
	}
	f.hint("write one of %s", listed(names)).add()
}

// cutLast cuts around the last separator; without one, after is all of s.
func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}
