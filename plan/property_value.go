package plan

import (
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/property"
)

// resolve gives every property its value.
func (ps *properties) resolve() {
	for _, sp := range ps.list {
		for i := range sp.list {
			ps.choose(&sp.list[i])
			ps.resolveOne(&sp.list[i])
		}
	}
}

// choose sets the base of a property: the value of the operator, else a Value
// for the chosen option, else the one of the property itself. A Value without
// configuration stands in where the property itself has none; the standard does
// not say what it is for.
func (ps *properties) choose(p *prop) {
	if s := p.setting; s != nil {
		p.base = base{text: s.Value, literal: true, origin: Origin{Kind: FromOperator, From: s.From, Location: s.Location}}
		return
	}
	if v := ps.alternative(p); v != nil {
		p.base = base{text: v.Value, origin: Origin{Kind: FromOption, From: ps.r.option, Location: position(v, "@value")}}
		if len(strings.Fields(value(v.Configuration))) == 0 {
			p.base.origin = Origin{Kind: p.kind(), Location: position(v, "@value")}
		}
		return
	}
	if p.Value != nil {
		p.base = base{text: *p.Value, origin: Origin{Kind: p.kind(), Location: position(p, "@value")}}
		return
	}
	p.base = base{absent: true, origin: Origin{Kind: FromStandard, Location: p.where()}}
}

// kind says what the value in the descriptor is: one that the operator could
// have replaced, or not.
func (p *prop) kind() OriginKind {
	if p.configurable() {
		return FromDefault
	}
	return FromDescriptor
}

// alternative returns the Value that counts for the chosen option, or nil.
func (ps *properties) alternative(p *prop) *envelope.PropertyValue {
	var chosen, always *envelope.PropertyValue
	for i := range p.Values {
		v := &p.Values[i]
		counts := ps.r.selected(v.Configuration, v)
		switch {
		case len(strings.Fields(value(v.Configuration))) == 0:
			if always == nil && p.Value == nil {
				always = v
			} else {
				ps.unclear(p, v, "the property %s%s has a Value without configuration beside another value: it is not used", nil)
			}
		case !counts:
		case chosen != nil:
			ps.unclear(p, v, "the property %s%s has a second Value for the chosen option: the first one counts", chosen)
		default:
			chosen = v
		}
	}
	if chosen != nil {
		return chosen
	}
	return always
}

func (ps *properties) unclear(p *prop, v *envelope.PropertyValue, format string, first *envelope.PropertyValue) {
	f := ps.r.at("value-alternatives", v.Location(""), format, diag.Quote(p.full), p.of())
	if first != nil {
		f.related(first.Location(""), "the first one")
	}
	f.hint("give each Value the ids of the options that it is for").add()
}

// resolveOne gives one property its value and checks it.
func (ps *properties) resolveOne(p *prop) {
	p.state, p.value = good, p.base.text
	if !p.base.literal && strings.Contains(p.base.text, "${") {
		ps.expand(p)
	}
	if p.state == good && len(p.value) > ps.limits.Value {
		p.state = failed
		ps.limit(p, "has %d bytes, more than the %d that a value may have", len(p.value), ps.limits.Value)
	}
	if p.state == good {
		if ps.bytes += len(p.value); ps.bytes > ps.limits.Values {
			p.state = failed
			if ps.bytes-len(p.value) <= ps.limits.Values { // once
				ps.limit(p, "is beyond the %d bytes that all values together may have", ps.limits.Values)
			}
		}
	}
	if p.state != good {
		p.value = ""
		return
	}
	ps.check(p)
}

// limit reports a value beyond a limit.
func (ps *properties) limit(p *prop, format string, args ...any) {
	args = append([]any{diag.Quote(p.full), p.of()}, args...)
	ps.r.at("value-limit", p.base.origin.Location, "the value of property %s%s "+format, args...).
		hint("use shorter values and fewer references; a caller may raise the limits").add()
}

// check compares a value with type and qualifiers.
func (ps *properties) check(p *prop) {
	if p.macro {
		return // only the platform knows the value
	}
	err, wrong := p.spec.Check(p.value).(*property.ValueError)
	if wrong && p.secret && p.spec.Limits.Values != nil {
		err.Accepts = "one of the values that the descriptor lists, which are not shown since it is a password"
	}
	switch {
	case !wrong && p.base.absent && p.configurable():
		ps.r.at("value-empty", p.where(), "nobody gave the property %s%s a value: the guest sees it empty", diag.Quote(p.full), p.of()).
			hint("set it, if the guest needs it").add()
	case !wrong:
	case p.setting != nil:
		p.state = failed
		ps.r.at("choice-property-value", p.base.origin.Location, "the property %s%s does not take the value%s: %s", diag.Quote(p.full), p.of(), from(p.setting), err).
			related(p.where(), "the property").
			hint("give %s", err.Accepts).because(err).add()
	case p.value == "" && len(p.refs) == 0:
		ps.empty(p, err)
	default:
		ps.unfit(p, err)
	}
}

// empty deals with a property for which the empty text is no value.
func (ps *properties) empty(p *prop, err *property.ValueError) {
	t := p.spec.Type
	switch {
	case !t.Standard() && (t.Network != "" || !p.base.absent && (t.Kind == property.IP || t.Kind == property.Expression)):
		ps.r.at("value-reference-platform", p.base.origin.Location, "the property %s%s is empty: vSphere computes a value of type %s, others leave it empty", diag.Quote(p.full), p.of(), diag.Quote(t.Text)).
			hint("%s", setIt(p)).add()
	case p.configurable():
		p.state = failed
		ps.r.at("choice-property-required", p.where(), "the property %s%s needs a value: %s", diag.Quote(p.full), p.of(), err.Accepts).
			hint("set %s", diag.Quote(p.path())).because(err).add()
	default:
		ps.r.at("value-missing", p.where(), "the property %s%s has no value, and the operator may not set one: the guest sees it empty; accepted: %s", diag.Quote(p.full), p.of(), err.Accepts).
			hint("give it a value in the descriptor, or add ovf:userConfigurable=\"true\"").because(err).add()
	}
}

func setIt(p *prop) string {
	if p.configurable() {
		return "set it for platforms other than vSphere"
	}
	return "add ovf:userConfigurable=\"true\" for platforms other than vSphere"
}

// unfit reports a value of the descriptor that does not fit. What only a vendor
// or CIM defines gives a warning.
func (ps *properties) unfit(p *prop, err *property.ValueError) {
	standard := *p.spec
	standard.Limits.MinValue, standard.Limits.MaxValue = nil, nil
	f := ps.r.at("value-unfit", p.base.origin.Location, "the value of property %s%s does not fit: %s", diag.Quote(p.full), p.of(), err).because(err)
	if p.base.origin.Location != p.where() {
		f.related(p.where(), "the property")
	}
	for _, ref := range p.refs {
		f.related(ref.Location, "%s comes from here", diag.Quote(ref.Property))
	}
	if !p.spec.Type.Standard() || standard.Check(p.value) == nil {
		f.as(diag.Warning)
	} else {
		p.state = failed
	}
	switch {
	case len(p.refs) > 0:
		f.hint("set the property that it refers to, %s, to what fits both", diag.Quote(p.refs[0].Property))
	case p.configurable():
		f.hint("set %s", diag.Quote(p.path()))
	default:
		f.hint("correct the value, the type or the qualifiers in the descriptor")
	}
	f.add()
}

// from says in a message where the operator gave a value, unless its location
// says so.
func from(s *Setting) string {
	if s.From == "" || s.From == s.Location.File {
		return ""
	}
	return " from " + s.From
}

// sortedSettings returns the settings in the order in which they count: those of
// a higher rank first, else as they were given.
func sortedSettings(list []Setting) []*Setting {
	out := make([]*Setting, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	slices.SortStableFunc(out, func(a, b *Setting) int { return b.Rank - a.Rank })
	return out
}
