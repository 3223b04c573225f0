package plan

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// resolver is one run of Resolve: what it works on, what it knows so far, and
// the plan that it fills.
type resolver struct {
	ctx    context.Context
	in     Input
	env    *envelope.Envelope
	c      Choices
	option string // id of the chosen deployment option; "" where the package offers none
	texts  *texts
	whole  wholeSections
	diags  diag.Collector
	plan   *Plan

	// scopes are all machines and collections of the plan, each collection
	// before what it holds.
	scopes    []*scope
	units     map[string]parsedUnit
	unitWords map[string]bool // units that were reported as unusual
	// optionSeen are the ids of options, and those that were reported as unknown.
	optionSeen map[string]bool
	// prototypeIDs are what can be replicated; replicaCount is how many there are.
	prototypeIDs []string
	replicaCount int
	networkAt    map[string]int // in Plan.Networks, by name
	disksByID    map[string]*diskEntry
	diskList     []*diskEntry              // in the order of the descriptor
	files        map[string]*envelope.File // by id
	said         map[said]bool
}

// wholeSections are the sections that speak of the whole package. Those that
// stand inside a content, where the standard does not allow them, count too.
type wholeSections struct {
	options  []*envelope.DeploymentOptionSection
	networks []*envelope.NetworkSection
	disks    []*envelope.DiskSection
	shared   []*envelope.SharedDiskSection
}

func newWholeSections(env *envelope.Envelope) wholeSections {
	var w wholeSections
	w.add(env.Section)
	for c := range envelope.Walk(env.Content) {
		w.add(c.Sections())
	}
	return w
}

func (w *wholeSections) add(sections []envelope.Section) {
	for _, s := range sections {
		switch s := s.(type) {
		case *envelope.DeploymentOptionSection:
			w.options = append(w.options, s)
		case *envelope.NetworkSection:
			w.networks = append(w.networks, s)
		case *envelope.DiskSection:
			w.disks = append(w.disks, s)
		case *envelope.SharedDiskSection:
			w.shared = append(w.shared, s)
		}
	}
}

// machines yields the scopes that are machines, in order.
func (r *resolver) machines() iter.Seq[*scope] {
	return func(yield func(*scope) bool) {
		for _, s := range r.scopes {
			if s.machine != nil && !yield(s) {
				return
			}
		}
	}
}

// finding is a diagnostic in the making.
type finding struct {
	r *resolver
	d diag.Diagnostic
}

// at begins a diagnostic of a rule; severity, layer and clause are those of the
// rule: Usage for what the operator got wrong, Semantic for the descriptor.
func (r *resolver) at(rule string, where diag.Location, format string, args ...any) *finding {
	t := ruleTable()[rule]
	return &finding{r, diag.Diagnostic{Severity: t.Severity, Layer: t.Layer, Rule: rule, Clause: t.Clause,
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

// because keeps the cause.
func (f *finding) because(err error) *finding { f.d.Err = err; return f }

// add keeps the finding. What is said of a prototype is said once, and not for
// each of its replicas.
func (f *finding) add() {
	r := f.r
	if len(r.plan.ScaleOuts) > 0 {
		k := said{f.d.Rule, f.d.Message, f.d.Location}
		if r.said[k] {
			return
		}
		if r.said == nil {
			r.said = map[said]bool{}
		}
		r.said[k] = true
	}
	r.diags.Add(f.d)
}

// said identifies a finding.
type said struct {
	rule, message string
	location      diag.Location
}

// maxNames is how many names a message lists.
const maxNames = 8

// listed writes names for a message: quoted, the first ones only.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, n := range names[:min(len(names), maxNames)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(diag.Quote(n))
	}
	if more := len(names) - maxNames; more > 0 {
		b.WriteString(" and " + strconv.Itoa(more) + " more")
	}
	return b.String()
}

// near returns the name that differs from a wanted one in letter case or blanks
// around it only.
func near(names []string, want string) (string, bool) {
	want = strings.TrimSpace(want)
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), want) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// Rules lists the diagnostics of this package.
func Rules() []diag.Rule {
	return slices.Concat(extensionRules, optionRules, scopeRules, scaleOutRules, itemRules, rangeRules, quantityRules, driveRules, networkRules, hardwareRules, diskRules,
		propertyRules, settingRules, settingsRules, environmentRules)
}

// ruleTable finds the rules by name.
var ruleTable = sync.OnceValue(func() map[string]*diag.Rule {
	rules := Rules()
	t := make(map[string]*diag.Rule, len(rules))
	for i := range rules {
		t[rules[i].Name] = &rules[i]
	}
	return t
})

// value returns what p points at, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// blank reports whether an optional text is absent or nothing but white space.
func blank(p *string) bool { return p == nil || strings.TrimSpace(*p) == "" }

// parsedUnit is what ParseUnit made of a text.
type parsedUnit struct {
	unit rasd.Unit
	err  error
}

// unit reads a unit. Descriptors have few different ones, many times.
func (r *resolver) unit(text string) (rasd.Unit, error) {
	p, ok := r.units[text]
	if !ok {
		p.unit, p.err = rasd.ParseUnit(text)
		if r.units == nil {
			r.units = map[string]parsedUnit{}
		}
		r.units[text] = p
	}
	return p.unit, p.err
}
