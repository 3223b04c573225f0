package plan

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/property"
)

// expand resolves the references in the value of a property. A name means a
// property of the collection around the scope, by its full name or else by its
// key (DSP0243 9.5); it reaches neither the collections further out nor the
// properties beside it. What only vSphere computes, and "${" that starts no
// reference, stay as they are.
func (ps *properties) expand(p *prop) {
	segments := property.Scan(p.base.text)
	targets := make([]*prop, len(segments))
	size, broken := 0, false
	for i, s := range segments {
		switch s.Kind {
		case property.Literal:
			size += len(s.Text)
		case property.Broken:
			size += s.End - s.Offset
			if !broken {
				broken = true
				ps.brokenReference(p, s)
			}
		case property.Reference:
			if _, _, ok := property.Macro(s.Text); ok {
				size += s.End - s.Offset
				if !p.macro {
					p.macro = true
					ps.platformReference(p, s.Text)
				}
				continue
			}
			t := ps.target(p, s.Text)
			if t == nil || t.state != good {
				p.state = failed
				continue
			}
			targets[i] = t
			size += len(t.value)
			p.depth = max(p.depth, t.depth+1)
			p.secret = p.secret || t.secret
			p.macro = p.macro || t.macro
			p.refs = append(p.refs, Reference{Name: s.Text, Property: t.full, Content: t.scope.id, Location: t.where()})
		}
	}
	p.spec = ps.spec(p)
	switch {
	case p.state == failed:
		return
	case p.depth > ps.limits.Depth:
		p.state = failed
		ps.limit(p, "is %d references away from its source, more than the %d that are followed", p.depth, ps.limits.Depth)
		return
	case size > ps.limits.Value: // before a byte of it is written
		p.state = failed
		ps.limit(p, "would have %d bytes, more than the %d that a value may have", size, ps.limits.Value)
		return
	}
	var b strings.Builder
	b.Grow(size)
	for i, s := range segments {
		switch {
		case targets[i] != nil:
			b.WriteString(targets[i].value)
		case s.Kind == property.Literal:
			b.WriteString(s.Text)
		default:
			b.WriteString(p.base.text[s.Offset:s.End])
		}
	}
	p.value = b.String()
}

// shown quotes a part of a value for a message, unless the value is secret.
func (p *prop) shown(part string) string {
	if p.secret {
		return "a name that is not shown since it is part of a password"
	}
	return diag.Quote(part)
}

func (ps *properties) brokenReference(p *prop, s property.Segment) {
	ps.r.at("value-reference-syntax", p.base.origin.Location, "the value of property %s%s: %s", diag.Quote(p.full), p.of(), s.Text).
		hint("write ${name}, or $${ for the text \"${\" itself").add()
}

func (ps *properties) platformReference(p *prop, name string) {
	ps.r.at("value-reference-platform", p.base.origin.Location, "the value of property %s%s holds %s, which only vSphere computes: it stays as it is", diag.Quote(p.full), p.of(), p.shown("${"+name+"}")).
		hint("%s", setIt(p)).add()
}

// target returns the property that a reference means, or nil after a report.
func (ps *properties) target(p *prop, name string) *prop {
	at := func(rule, format string, args ...any) *finding {
		return ps.r.at(rule, p.base.origin.Location, "property %s%s refers to %s, "+format, append([]any{diag.Quote(p.full), p.of(), p.shown(name)}, args...)...)
	}
	if p.scope == nil || p.scope.parent == nil {
		at("value-reference", "and there is no collection around it that could define it").
			hint("references reach the properties of the VirtualSystemCollection around; write $${ for the text \"${\" itself").add()
		return nil
	}
	parent := p.scope.parent
	switch list := ps.of[parent].find(name); len(list) {
	case 0:
		hint := "define the property in the collection, or correct the name"
		if !p.secret {
			hint = ps.meant(p, name)
		}
		at("value-reference", "which the collection %s does not define", diag.Quote(parent.id)).hint("%s", hint).add()
		return nil
	case 1:
		return list[0]
	default:
		f := at("value-reference-ambiguous", "which is the key of %d properties of the collection %s", len(list), diag.Quote(parent.id))
		for _, t := range list[:min(len(list), 4)] {
			f.related(t.Location("@key"), "%s", diag.Quote(t.full))
		}
		f.hint("write the full name, as one of %s", listed(fullNames(list))).add()
		return nil
	}
}

// meant says what a reference that leads nowhere may have meant.
func (ps *properties) meant(p *prop, name string) string {
	parent := p.scope.parent
	if sp := ps.of[parent]; sp != nil {
		if right, ok := sp.near(name); ok {
			return "there is a property " + diag.Quote(right)
		}
	}
	if len(ps.of[p.scope].find(name)) > 0 {
		return "only properties of the collection around can be referred to, not those beside this one"
	}
	for up, n := parent.parent, 0; up != nil && n < 16; up, n = up.parent, n+1 {
		if len(ps.of[up].find(name)) > 0 {
			return "the collection " + diag.Quote(up.id) + " defines it: define a property in " + diag.Quote(parent.id) + " that passes it on"
		}
	}
	return "define the property in the collection, or correct the name"
}

// near returns the name of a property that differs from a wanted one in letter
// case or blanks only.
func (sp *scopeProperties) near(want string) (string, bool) {
	if sp.spellings == nil {
		sp.spellings = spellings{}
		for i := range sp.list {
			sp.spellings.add(sp.list[i].full)
		}
		for i := range sp.list {
			sp.spellings.add(sp.list[i].Key)
		}
	}
	return sp.spellings.near(want)
}

// url resolves the references in ProductSection/AppUrl. They mean properties of
// the machine or collection itself or of the collection around it. The address
// is a help for people: one that cannot be resolved is left out with a warning,
// and parts that are passwords are hidden.
func (ps *properties) url(s *scope, product *envelope.ProductSection) string {
	if product.AppURL == nil || !strings.Contains(*product.AppURL, "${") {
		return value(product.AppURL)
	}
	var b strings.Builder
	for _, seg := range property.Scan(*product.AppURL) {
		text := seg.Text
		switch seg.Kind {
		case property.Broken:
			text = (*product.AppURL)[seg.Offset:seg.End]
		case property.Reference:
			list := ps.of[s].find(seg.Text)
			if len(list) == 0 {
				list = ps.of[s.parent].find(seg.Text)
			}
			if len(list) == 0 {
				ps.r.at("value-reference", product.Location("AppUrl"), "the address of %s refers to %s, which is no property of it or of the collection around", diag.Quote(s.id), diag.Quote(seg.Text)).
					as(diag.Warning).hint("name a property, or write the address").add()
				return ""
			}
			if text = list[0].value; list[0].secret {
				text = hidden
			}
		}
		ps.bytes += len(text)
		if b.WriteString(text); b.Len() > ps.limits.Value || ps.bytes > ps.limits.Values {
			ps.r.at("value-limit", product.Location("AppUrl"), "the address of %s is longer than a value, or all values together, may be", diag.Quote(s.id)).
				as(diag.Warning).hint("use fewer references").add()
			return ""
		}
	}
	return b.String()
}

// capacity returns the property that Disk/@capacity names: any one of the
// package, by its full name or else by its key (DSP0243 9.1 does not say whose
// properties are searched). Several are one if their values are equal. It returns
// nil after a report, or if the property itself was reported.
func (ps *properties) capacity(disk, name string, at diag.Location) *prop {
	list := ps.index().find(name)
	if len(list) == 0 {
		f := ps.r.at("value-reference", at, "the capacity of the disk %s is the property %s, which no ProductSection has", diag.Quote(disk), diag.Quote(name))
		if right, ok := ps.index().spellings.near(name); ok {
			f.hint("there is a property %s", diag.Quote(right))
		} else {
			f.hint("add a Property with that key, or write the number")
		}
		f.add()
		return nil
	}
	return ps.oneCapacity(disk, name, list, at)
}

// oneCapacity returns the property that a capacity means, out of at least one
// that its name fits.
func (ps *properties) oneCapacity(disk, name string, list []*prop, at diag.Location) *prop {
	for _, p := range list[1:] {
		if p.value != list[0].value || p.state != list[0].state {
			f := ps.r.at("value-reference-ambiguous", at, "the capacity of the disk %s is the property %s, and %d properties of different values have that name", diag.Quote(disk), diag.Quote(name), len(list))
			for _, p := range list[:min(len(list), 4)] {
				f.related(p.Location("@key"), "%s", diag.Quote(p.path()))
			}
			f.hint("write the full name with class and instance, and give it one that no other has").add()
			return nil
		}
	}
	if list[0].state != good {
		return nil
	}
	return list[0]
}
