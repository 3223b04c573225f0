package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/internal/property"
)

// Form is what there is to ask an operator before a package is resolved.
type Form struct {
	// Locale is the language of the texts, as [Plan.Locale].
	Locale string `json:"locale"`
	// Options are the deployment options; Option is the id of the one that the
	// questions are for, empty where the package offers none.
	Options []Option `json:"options,omitempty"`
	Option  string   `json:"option,omitempty"`
	// Networks are those to be mapped to networks of the platform.
	Networks []Network `json:"networks,omitempty"`
	// Questions are about the properties that the operator may set and has not
	// set, in the order of the descriptor, in which those of one category stand
	// together.
	Questions []Question `json:"questions,omitempty"`
}

// Question asks for the value of a property.
type Question struct {
	// Name is the [Setting.Name] that means this property alone.
	Name string `json:"name"`
	// Content is the id of the machine or collection that it belongs to; empty
	// for the package.
	Content string `json:"content,omitempty"`
	// Property has its texts. Value is the default under the option; if Raw is
	// not empty, the default is Raw, whose references are resolved later.
	Property Property `json:"property"`
	// Accepts says what is taken, as "text of 8 to 20 characters"; Values are
	// the values to choose from, nil if they are not listed.
	Accepts string   `json:"accepts"`
	Values  []string `json:"values,omitempty"`
	// Required is set if the default is no value that fits.
	Required bool `json:"required,omitempty"`

	spec property.Spec
	most int
}

// Check reports whether the property takes a value. The error names what is
// accepted, and never holds the value of a password.
func (q *Question) Check(value string) error {
	if len(value) > q.most {
		return fmt.Errorf("the value has %d bytes, more than the %d that a value may have", len(value), q.most)
	}
	return q.spec.Check(value)
}

// NewForm returns what there is to ask, given the choices made so far. Errors are
// those of [Resolve], as far as they concern these choices.
func NewForm(ctx context.Context, in Input, c Choices) (*Form, error) {
	r := newResolver(ctx, in, c)
	r.options()
	r.contents()
	r.networks()
	ps := newProperties(r)
	ps.assign()
	if err := r.found().Err(); err != nil {
		return nil, err
	}
	f := &Form{Locale: r.plan.Locale, Options: r.plan.Options, Option: r.option, Networks: r.plan.Networks}
	for _, sp := range ps.list {
		for i := range sp.list {
			p := &sp.list[i]
			if p.configurable() && p.setting == nil {
				f.Questions = append(f.Questions, ps.question(p))
			}
		}
	}
	return f, ctx.Err()
}

func (ps *properties) question(p *prop) Question {
	ps.choose(p)
	p.value = p.base.text
	q := Question{Name: p.path(), Accepts: p.spec.Accepts(), Values: slices.Clone(p.spec.Limits.Values),
		spec: *p.spec, most: ps.limits.Value}
	ps.property(&q.Property, p)
	if p.scope != nil {
		q.Content = p.scope.id
	}
	if strings.Contains(p.base.text, "${") && property.HasReference(p.base.text) {
		q.Property.Value, q.Property.Raw = "", p.base.text
	} else {
		q.Required = p.spec.Check(p.base.text) != nil
	}
	return q
}
