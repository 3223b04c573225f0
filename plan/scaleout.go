package plan

import (
	"math"
	"slices"
	"strconv"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// scaleOutRules are the rules about replicas (ScaleOutSection, OVF 2.x).
var scaleOutRules = []diag.Rule{
	{Name: "scale-out-prototype", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 2.x, ScaleOutSection", Since: "0.2.0",
		Summary: "A ScaleOutSection names no machine or collection next to it.",
		Why:     "It is not known what to replicate."},
	{Name: "scale-out-repeated", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 2.x, ScaleOutSection", Since: "0.2.0",
		Summary: "The number of replicas is given twice for one choice.",
		Why:     "Which number counts is undefined."},
	{Name: "scale-out-range", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 2.x, ScaleOutSection", Since: "0.2.0",
		Summary: "The default number of replicas lies outside its range.",
		Why:     "No deployment can satisfy it."},
	{Name: "scale-out-limit", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 2.x, ScaleOutSection", Since: "0.2.0",
		Summary: "There would be too many replicas.",
		Why:     "A descriptor of a few lines must not ask for a million machines."},
	{Name: "choice-instances", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 2.x, ScaleOutSection", Since: "0.2.0",
		Summary: "A number of replicas was asked for that the package does not allow, or of something that is not replicated.",
		Why:     "The operator's choice would have no effect, or make a service that cannot work."},
}

// maxReplicas is the most machines and collections that come from prototypes.
const maxReplicas = 10_000

// prototype is a member of a collection that is to be replicated.
type prototype struct {
	id    string
	count int
	index int // in Plan.ScaleOuts
	at    *envelope.ScaleOutSection
}

// replicaSuffix is what replica n, counted from 0, has behind the id of its
// prototype.
func replicaSuffix(n int) string { return "-" + strconv.Itoa(n+1) }

// prototypes returns the members of a collection that are to be replicated, by
// their ids in the descriptor, and adds them to the plan.
func (r *resolver) prototypes(s *scope) map[string]*prototype {
	var out map[string]*prototype
	for sec := range envelope.All[*envelope.ScaleOutSection](s.sections()) {
		members := memberIDs(s.content)
		if !slices.Contains(members, sec.ID) {
			f := r.at("scale-out-prototype", sec.Location("@id"), "the collection %s has no machine or collection %s to replicate", diag.Quote(s.content.ContentID()), diag.Quote(sec.ID))
			if name, ok := near(members, sec.ID); ok {
				f.hint("write %s", diag.Quote(name)).add()
			} else {
				f.hint("its members are %s", listed(members)).add()
			}
			continue
		}
		if was := out[sec.ID]; was != nil {
			r.at("scale-out-repeated", sec.Location("@id"), "two sections replicate %s", diag.Quote(sec.ID)).
				related(was.at.Location("@id"), "the first one").
				hint("remove one of them").add()
			continue
		}
		count := r.replicas(sec)
		if out == nil {
			out = map[string]*prototype{}
		}
		out[sec.ID] = &prototype{id: sec.ID, count: int(min(count.Value, maxReplicas+1)), index: len(r.plan.ScaleOuts), at: sec}
		r.prototypeIDs = append(r.prototypeIDs, sec.ID)
		r.plan.ScaleOuts = append(r.plan.ScaleOuts, ScaleOut{Prototype: sec.ID, Collection: s.id, Description: r.texts.msg(sec.Description),
			Count: count, Replicas: []string{}, Location: position(sec, "")})
	}
	return out
}

func memberIDs(c envelope.Content) []string {
	var out []string
	if col, ok := c.(*envelope.VirtualSystemCollection); ok {
		for _, k := range col.Content {
			out = append(out, k.ContentID())
		}
	}
	return out
}

// replicas returns how many replicas the operator asked for, or else the
// default under the chosen option; 1 where the section says nothing of it.
func (r *resolver) replicas(sec *envelope.ScaleOutSection) Quantity {
	var general, own *envelope.InstanceCount
	for i := range sec.InstanceCount {
		c := &sec.InstanceCount[i]
		if !r.selected(c.Configuration, c) {
			continue
		}
		p := &general
		if !blank(c.Configuration) {
			p = &own
		}
		if *p != nil {
			r.at("scale-out-repeated", c.Location(""), "the number of replicas of %s is given twice", diag.Quote(sec.ID)).
				related((*p).Location(""), "the first one").
				hint("give each InstanceCount a configuration of its own").add()
			continue
		}
		*p = c
	}
	q := Quantity{Value: 1, Origin: Origin{Kind: FromStandard}}
	c := general
	if own != nil {
		c = own
	}
	if c != nil {
		low := uint64(1)
		if c.Minimum != nil {
			low = uint64(*c.Minimum)
		}
		q = Quantity{Value: uint64(c.Default), Min: &low, Origin: r.origin(c.Configuration, position(c, "@default"))}
		if c.Maximum != nil {
			high := uint64(*c.Maximum)
			q.Max = &high
		}
		if !q.contains(q.Value) {
			r.at("scale-out-range", c.Location("@default"), "the default of %d replicas of %s is outside of %s", q.Value, diag.Quote(sec.ID), q.rangeText()).
				hint("choose a default between minimum and maximum").add()
		}
	}
	if n, ok := r.c.Instances[sec.ID]; ok {
		if n < 0 || !q.contains(uint64(n)) {
			r.at("choice-instances", sec.Location(""), "%d is no possible number of replicas of %s; it takes %s", n, diag.Quote(sec.ID), q.rangeText()).
				hint("choose a number in that range").add()
		} else {
			q.Value, q.Origin = uint64(n), Origin{Kind: FromOperator}
		}
	}
	return q
}

// contains reports whether n is in the range of the quantity.
func (q *Quantity) contains(n uint64) bool {
	return (q.Min == nil || n >= *q.Min) && (q.Max == nil || n <= *q.Max)
}

// rangeText describes the range, as "1 to 8" or "2 or more".
func (q *Quantity) rangeText() string {
	low, high := uint64(0), uint64(math.MaxUint64)
	if q.Min != nil {
		low = *q.Min
	}
	if q.Max != nil {
		high = *q.Max
	}
	switch {
	case q.Max == nil:
		return strconv.FormatUint(low, 10) + " or more"
	case q.Min == nil:
		return "up to " + strconv.FormatUint(high, 10)
	}
	return strconv.FormatUint(low, 10) + " to " + strconv.FormatUint(high, 10)
}

// origin returns where a value comes from that counts for some options only.
func (r *resolver) origin(configuration *string, at diag.Location) Origin {
	if blank(configuration) {
		return Origin{Kind: FromDescriptor, Location: at}
	}
	return Origin{Kind: FromOption, From: r.option, Location: at}
}

// replica counts one more replica and reports whether there may be one.
func (r *resolver) replica(p *prototype) bool {
	r.replicaCount++
	if r.replicaCount <= maxReplicas {
		return true
	}
	if r.replicaCount == maxReplicas+1 {
		r.at("scale-out-limit", p.at.Location(""), "the replicas of %s and the others are more than %d", diag.Quote(p.id), maxReplicas).
			hint("ask for fewer").add()
	}
	return false
}

// unknownPrototype reports a number of replicas for what is not replicated.
func (r *resolver) unknownPrototype(id string) {
	if slices.Contains(r.prototypeIDs, id) {
		return
	}
	f := r.at("choice-instances", diag.Location{}, "nothing with the id %s is replicated", diag.Quote(id))
	if name, ok := near(r.prototypeIDs, id); ok {
		f.hint("write %s", diag.Quote(name)).add()
	} else {
		f.hint("what can be replicated: %s", listed(r.prototypeIDs)).add()
	}
}

// replicated gives every replica of a machine the step of its prototype, in the
// same stage.
func (r *resolver) replicated(stages []Stage) []Stage {
	if len(r.plan.ScaleOuts) == 0 {
		return stages
	}
	ids := map[string][]string{}
	for s := range r.machines() {
		of := s.content.ContentID()
		ids[of] = append(ids[of], s.id)
	}
	var out []Stage
	for _, st := range stages {
		var steps []Step
		for _, step := range st.Steps {
			for _, id := range ids[step.Machine] {
				step.Machine = id
				steps = append(steps, step)
			}
		}
		if len(steps) > 0 {
			out = append(out, Stage{Steps: steps})
		}
	}
	return out
}
