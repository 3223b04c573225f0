package plan

import (
	"fmt"
	"slices"
	"sync"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// startup returns the order in which to start the machines, that in which to
// stop them (DSP0243 9.7, 9.10), and what is wrong with it.
//
// Members of a collection with one order are started side by side, and what is
// not in its StartupSection has order 0. A collection counts as one member; its own
// stages run while its neighbours of the same order start, and the next order
// begins when all of them are through.
func startup(env *envelope.Envelope) (start, stop []Stage, found diag.List) {
	var s starter
	s.content(env.Content, nil, 0)
	slices.Reverse(s.stop)
	return s.start, s.stop, s.found.List()
}

// starter spreads machines over stages.
type starter struct {
	start, stop []Stage
	found       diag.Collector
}

// content puts a machine or collection into the stages from the given one on,
// and returns how many it takes.
func (s *starter) content(c envelope.Content, item *envelope.StartupItem, at int) int {
	switch c := c.(type) {
	case *envelope.VirtualSystem:
		s.machine(c, item, at)
		return 1
	case *envelope.VirtualSystemCollection:
		return s.collection(c, at)
	}
	return 0
}

// machine puts a machine into a stage, as its Item says; nil is the implicit one.
func (s *starter) machine(vs *envelope.VirtualSystem, item *envelope.StartupItem, at int) {
	on := Step{Machine: vs.ID, Action: string(envelope.StartPowerOn)}
	off := Step{Machine: vs.ID, Action: string(envelope.StopPowerOff)}
	if item != nil {
		on.Location = position(item, "")
		off.Location = on.Location
		on.Delay, off.Delay = uint64(value(item.StartDelay)), uint64(value(item.StopDelay))
		on.WaitForGuest = value(item.WaitingForGuest)
		if a := value(item.StartAction); a != "" {
			on.Action = string(a)
		}
		if a := value(item.StopAction); a != "" {
			off.Action = string(a)
		}
	}
	_, on.Install = envelope.First[*envelope.InstallSection](vs.Section)
	if on.Action == string(envelope.StartNone) { // there is nothing to wait for
		on.Delay, on.WaitForGuest, on.Install = 0, false, false
	}
	if off.Action == string(envelope.StopNone) {
		off.Delay = 0
	}
	s.expect(at, 1)
	s.start[at].Steps = append(s.start[at].Steps, on)
	s.stop[at].Steps = append(s.stop[at].Steps, off)
}

// expect makes room for n more machines in a stage.
func (s *starter) expect(at, n int) {
	if n == 0 {
		return
	}
	for len(s.start) <= at {
		s.start, s.stop = append(s.start, Stage{}), append(s.stop, Stage{})
	}
	s.start[at].Steps = slices.Grow(s.start[at].Steps, n)
	s.stop[at].Steps = slices.Grow(s.stop[at].Steps, n)
}

// collection puts the members of a collection into the stages from the given one
// on, and returns how many they take.
func (s *starter) collection(c *envelope.VirtualSystemCollection, at int) int {
	items := s.items(c)
	type member struct {
		content envelope.Content
		item    *envelope.StartupItem
		order   uint16
	}
	members := make([]member, 0, len(c.Content))
	for _, k := range c.Content {
		if k == nil {
			continue
		}
		m := member{content: k, item: items[k.ContentID()]}
		if m.item != nil {
			m.order = m.item.Order
		}
		members = append(members, m)
	}
	slices.SortStableFunc(members, func(a, b member) int { return int(a.order) - int(b.order) })
	taken, widest := 0, 0
	for i, m := range members {
		if i == 0 || m.order != members[i-1].order {
			taken, widest = taken+widest, 0
			n := 0
			for _, o := range members[i:] {
				if o.order != m.order {
					break
				}
				if _, ok := o.content.(*envelope.VirtualSystem); ok {
					n++
				}
			}
			s.expect(at+taken, n)
		}
		widest = max(widest, s.content(m.content, m.item, at+taken))
	}
	return taken + widest
}

// items finds the Items about the members of a collection by their ids, and
// reports those that cannot be followed.
func (s *starter) items(c *envelope.VirtualSystemCollection) map[string]*envelope.StartupItem {
	var items map[string]*envelope.StartupItem
	var members map[string]envelope.Content
	for sec := range envelope.All[*envelope.StartupSection](c.Section) {
		if items == nil {
			items = make(map[string]*envelope.StartupItem, len(sec.Item))
			members = make(map[string]envelope.Content, len(c.Content))
			for _, k := range c.Content {
				if k != nil {
					members[k.ContentID()] = k
				}
			}
		}
		for i := range sec.Item {
			item := &sec.Item[i]
			k, ok := members[item.ID]
			switch was := items[item.ID]; {
			case !ok:
				s.report("startup-id", item.Location("@id"), s.memberHint(c, item.ID),
					"the start order of the collection %s names %s, which is not in that collection", diag.Quote(c.ID), diag.Quote(item.ID))
				continue
			case was != nil:
				s.report("startup-id-repeated", item.Location("@id"), "remove one of the two entries",
					"%s stands in the start order a second time; the first entry counts", diag.Quote(item.ID))
				continue
			}
			items[item.ID] = item
			s.check(item, k)
		}
	}
	return items
}

// memberHint says what an Item could have meant. Looking for that takes a while,
// so after some of them there is no hint.
func (s *starter) memberHint(c *envelope.VirtualSystemCollection, id string) string {
	if s.found.Count(diag.Error) >= 20 {
		return "remove the entry"
	}
	members := memberIDs(c)
	if name, ok := near(members, id); ok {
		return "write " + diag.Quote(name)
	}
	return "remove the entry, or name one of its direct members: " + listed(members)
}

// check reports what an Item about a member cannot say.
func (s *starter) check(item *envelope.StartupItem, member envelope.Content) {
	if _, ok := member.(*envelope.VirtualSystemCollection); ok {
		if item.StartDelay != nil || item.WaitingForGuest != nil || item.StartAction != nil || item.StopDelay != nil || item.StopAction != nil {
			s.report("startup-collection-attribute", item.Location(""), "leave out all but id and order, and write the rest for the machines in the collection",
				"delays, waiting and actions of the collection %s are ignored: only machines have them", diag.Quote(item.ID))
		}
		return
	}
	if a := value(item.StartAction); !a.Valid() {
		s.report("startup-action", item.Location("@startAction"), "use powerOn or none", "the start action of %s is %s", diag.Quote(item.ID), diag.Quote(string(a)))
	}
	if a := value(item.StopAction); !a.Valid() {
		s.report("startup-action", item.Location("@stopAction"), "use powerOff, guestShutdown or none", "the stop action of %s is %s", diag.Quote(item.ID), diag.Quote(string(a)))
	}
}

func (s *starter) report(rule string, where diag.Location, hint, format string, args ...any) {
	t := semanticRule(rule)
	s.found.Add(diag.Diagnostic{Severity: t.Severity, Layer: t.Layer, Rule: rule, Clause: t.Clause, Location: where,
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

// semanticRule finds a rule of package envelope: what its validation reports
// stops a plan too, under the same name.
func semanticRule(name string) diag.Rule { return semanticRules()[name] }

var semanticRules = sync.OnceValue(func() map[string]diag.Rule {
	t := map[string]diag.Rule{}
	for _, r := range envelope.SemanticRules() {
		t[r.Name] = r
	}
	return t
})
