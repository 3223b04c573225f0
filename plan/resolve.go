package plan

import (
	"cmp"
	"context"

	"github.com/ovfkit/ovf/diag"
)

// Resolve works out what each machine of a package gets with the choices of the
// operator, and where every value comes from.
//
// A property has the value that the operator gives, else that of the Value element
// for the chosen option, else its default, else the empty text. One that takes no
// empty text and has no other value needs one from the operator.
//
// In values of the descriptor, ${name} stands for a property of the collection
// immediately around the machine or collection, by full name or by key. It reaches
// neither the properties beside it nor the collections further out, as DSP0243 9.5
// has it; so no cycle can be written. A capacity may name any property of the
// package, and AppUrl one of its own content, too. "$${" stands for the text
// "${"; what only vSphere computes, as ${ip:NETWORK}, stays as it is, with a note.
// A machine sees its own properties and those of the collection around it, of
// which its own hide those with the same full name.
//
// Whatever is wrong with the descriptor or the choices is in one error, a
// [diag.List]; what concerns the operator has the layer [diag.Usage]. There is no
// plan then. Warnings and notes are in the plan. Any other error is that of the
// context.
//
// The same input gives the same plan. Several goroutines may resolve one
// envelope, which is not changed.
func Resolve(ctx context.Context, in Input, c Choices) (*Plan, error) {
	r := newResolver(ctx, in, c)
	r.options()
	r.contents()
	r.networks()
	r.indexDisks()
	side := r.beside(func(r *resolver) {
		r.hardware()
		start, stop, found := startup(r.env)
		r.note(found)
		r.plan.Startup, r.plan.Shutdown = r.replicated(start), r.replicated(stop)
		r.plan.ConformanceLevel = r.env.ConformanceLevel()
	})
	ps := newProperties(r)
	ps.assign()
	ps.resolve()
	ps.deliver()
	r.plan.Eulas, r.plan.Annotations = eulas(r.env, r.texts), annotations(r.env, r.texts)
	r.note(extensions(r.env, r.c))
	environments := newEnvironments(r.plan, r.c)
	r.note(environments.found)
	var err error
	if r.diags.Count(diag.Error) == 0 {
		err = environments.share()
	}
	side()
	r.disks(ps)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	list := r.found()
	if err := cmp.Or(list.Err(), err); err != nil {
		return nil, err
	}
	r.plan.Diagnostics = list
	return r.plan, nil
}

// newResolver reads the texts and begins a plan.
func newResolver(ctx context.Context, in Input, c Choices) *resolver {
	env := in.Envelope
	r := &resolver{ctx: ctx, in: in, env: env, c: c, whole: newWholeSections(env)}
	t, found := newTexts(ctx, in, c)
	r.texts = t
	r.note(found)
	r.plan = &Plan{Descriptor: position(env, "").File, OVFVersion: env.Version().String(), Locale: t.locale}
	return r
}

// found returns the diagnostics, sorted and with their whole places.
func (r *resolver) found() diag.List {
	list := r.diags.List()
	list.Sort()
	complete(r.env, list)
	return list
}

// beside lets part of the work run at the same time as what follows, until the
// function that it returns is called. That work may fill what nothing else touches;
// it has findings of its own, which come behind the others.
func (r *resolver) beside(work func(*resolver)) (wait func()) {
	side := *r
	side.diags, side.optionSeen, side.said = diag.Collector{}, nil, nil
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(&side)
	}()
	return func() {
		<-done
		r.units, r.unitWords = side.units, side.unitWords
		const once = "option-unknown"
		said := map[string]bool{}
		for _, d := range r.diags.List() {
			if d.Rule == once {
				said[d.Message] = true
			}
		}
		for _, d := range side.diags.List() {
			if d.Rule != once || !said[d.Message] {
				r.diags.Add(d)
			}
		}
	}
}

// note keeps what another part has found.
func (r *resolver) note(found diag.List) {
	for _, d := range found {
		r.diags.Add(d)
	}
}
