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
}

// index returns the index of all properties.
func (ps *properties) index() *nameIndex {
	if ps.names != nil {
		return ps.names
	}
	x := &nameIndex{map[string][]*prop{}, map[string][]*prop{}, map[string][]*scopeProperties{}}
	for _, sp := range ps.list {
		for i := range sp.list {
			p := &sp.list[i]
			x.byFull[p.full] = append(x.byFull[p.full], p)
			x.byKey[p.Key] = append(x.byKey[p.Key], p)
		}
		if sp.scope != nil {
			x.byScope[sp.scope.id] = append(x.byScope[sp.scope.id], sp)
		}
	}
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

// all returns every full name and key, in order.
func (x *nameIndex) all() []string {
	names := make([]string, 0, len(x.byFull)+len(x.byKey))
	for n := range x.byFull {
		names = append(names, n)
	}
	for n := range x.byKey {
		names = append(names, n)
	}
	slices.Sort(names)
	return slices.Compact(names)
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
				related(p.Location(""), "the property").
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
	case a.From == "" || b.From == "":
		return ""
	case a.From == b.From:
		return from(a)
	}
	return from(a) + " and" + from(b)
}

func (ps *properties) unknown(s *Setting) {
	f := ps.r.at("choice-property", s.Location, "the package has no property %s%s", diag.Quote(s.Name), given(s))
	var settable []string
	for _, sp := range ps.list {
		for i := range sp.list {
			if p := &sp.list[i]; p.configurable() {
				settable = append(settable, p.full)
			}
		}
	}
	slices.Sort(settable)
	settable = slices.Compact(settable)
	_, last, _ := cutLast(s.Name, '/')
	if right, ok := near(append(ps.index().all(), settable...), last); ok && right != s.Name {
		f.hint("there is a property %s", diag.Quote(right))
	} else if len(settable) == 0 {
		f.hint("the package has no properties to set")
	} else {
		f.hint("it has %s", listed(settable))
	}
	f.add()
}

// given says in a message where a setting comes from.
func given(s *Setting) string {
	if s.From == "" {
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
