package plan

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/xmlbind"
)

// optionRules are the rules about deployment options (DSP0243 9.8).
var optionRules = []diag.Rule{
	{Name: "choice-option", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.2.0",
		Summary: "The package does not offer the deployment option that was asked for.",
		Why:     "Taking another one would build other machines than the operator wants."},
	{Name: "option-repeated", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.2.0",
		Summary: "Two deployment options have one id.",
		Why:     "Which of them was chosen cannot be told."},
	{Name: "option-defaults", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.2.0",
		Summary: "Several deployment options are the default, and the operator chose none.",
		Why:     "What is deployed would be chance."},
	{Name: "option-unknown", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.2.0",
		Summary: "Something is for a deployment option that the package does not have.",
		Why:     "It is never used, whatever the operator chooses."},
}

// options lists the deployment options and chooses one: that of the operator,
// else the one marked as default, else the first.
func (r *resolver) options() {
	places := map[string]diag.Location{}
	var marked []int
	for _, s := range r.whole.options {
		for i := range s.Configuration {
			c := &s.Configuration[i]
			id := strings.TrimSpace(c.ID)
			if was, ok := places[id]; ok {
				r.at("option-repeated", c.Location("@id"), "two deployment options have the id %s", diag.Quote(id)).
					related(was, "the first one").
					hint("give each Configuration an id of its own").add()
				continue
			}
			places[id] = position(c, "@id")
			if value(c.Default) {
				marked = append(marked, len(r.plan.Options))
			}
			r.plan.Options = append(r.plan.Options, Option{ID: id, Label: r.texts.msg(&c.Label), Description: r.texts.msg(&c.Description)})
		}
	}
	if len(r.plan.Options) > 0 {
		def := 0
		if len(marked) > 0 {
			def = marked[0]
		}
		r.plan.Options[def].Default = true
	}
	if r.c.Option != "" && r.chosenOption() {
		return
	}
	if r.c.Option == "" && len(marked) > 1 {
		a, b := r.plan.Options[marked[0]].ID, r.plan.Options[marked[1]].ID
		r.at("option-defaults", places[b], "the deployment options %s and %s are both the default", diag.Quote(a), diag.Quote(b)).
			related(places[a], "the first one").
			hint("choose one of %s, or mark one only", listed(r.optionIDs())).add()
	}
	for _, o := range r.plan.Options {
		if o.Default {
			r.take(o)
		}
	}
}

// chosenOption takes the option that the operator named and reports whether
// there is one.
func (r *resolver) chosenOption() bool {
	for _, o := range r.plan.Options {
		if o.ID == r.c.Option {
			r.take(o)
			return true
		}
	}
	ids := r.optionIDs()
	f := r.at("choice-option", diag.Location{}, "the package has no deployment option %s", diag.Quote(r.c.Option))
	switch name, ok := near(ids, r.c.Option); {
	case len(ids) == 0:
		f.hint("choose none: the package offers no options").add()
	case ok:
		f.hint("write %s", diag.Quote(name)).add()
	default:
		f.hint("choose one of %s", listed(ids)).add()
	}
	return false
}

func (r *resolver) take(o Option) { r.option, r.plan.Option = o.ID, &o }

func (r *resolver) optionIDs() []string {
	ids := make([]string, len(r.plan.Options))
	for i := range r.plan.Options {
		ids[i] = r.plan.Options[i].ID
	}
	return ids
}

// located is anything that knows where it was read.
type located interface {
	Location(field string) diag.Location
	Codec() xmlbind.Codec
}

// position is at.Location without end and path: a plan has thousands of places, of
// which diagnostics name few.
func position(at located, field string) diag.Location {
	return xmlbind.Position(*at.Codec().Origin(), field)
}

// complete gives the places in the descriptor that diagnostics name their ends and
// paths.
func complete(env *envelope.Envelope, list diag.List) {
	doc := env.Codec().Origin().Document()
	if doc == nil {
		return
	}
	one := func(l *diag.Location) {
		if l.EndLine == 0 && l.Line > 0 && l.File == doc.File() {
			*l = doc.LocationAt(l.Offset)
		}
	}
	for i := range list {
		one(&list[i].Location)
		for k := range list[i].Related {
			one(&list[i].Related[k].Location)
		}
	}
}

// selected reports whether something with a list of configuration ids,
// separated by white space, counts for the chosen option. An absent or empty
// list counts for every one (DSP0243 9.8). An id that the package does not have
// is reported the first time that it occurs.
func (r *resolver) selected(configuration *string, at located) bool {
	if configuration == nil {
		return true
	}
	some, chosen := false, false
	for id := range strings.FieldsSeq(*configuration) {
		some = true
		if id == r.option {
			chosen = true
		} else {
			r.knownOption(id, at)
		}
	}
	return chosen || !some
}

// knownOption reports an id that is none of an option.
func (r *resolver) knownOption(id string, at located) {
	if r.optionSeen == nil {
		r.optionSeen = map[string]bool{}
		for i := range r.plan.Options {
			r.optionSeen[r.plan.Options[i].ID] = true
		}
	}
	if r.optionSeen[id] {
		return
	}
	r.optionSeen[id] = true
	ids := r.optionIDs()
	f := r.at("option-unknown", at.Location("@configuration"), "configuration names the deployment option %s, which the package does not have", diag.Quote(id))
	switch name, ok := near(ids, id); {
	case strings.Contains(id, ","):
		f.hint("separate ids by blanks, not commas").add()
	case ok:
		f.hint("write %s", diag.Quote(name)).add()
	case len(ids) == 0:
		f.hint("remove the attribute, or add a DeploymentOptionSection").add()
	default:
		f.hint("the options are %s", listed(ids)).add()
	}
}
