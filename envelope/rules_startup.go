package envelope

import "github.com/ovfkit/ovf/diag"

// startupRules are the rules of StartupSection (DSP0243 9.7).
var startupRules = []diag.Rule{
	{Name: "startup-id", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.7", Since: "0.1.0",
		Summary: "The start order names a system that the collection does not have.",
		Why:     "The order is not kept."},
	{Name: "startup-id-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.7", Since: "0.1.0",
		Summary: "A system stands in the start order twice.",
		Why:     "Which entry counts is undefined."},
	{Name: "startup-action", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.7", Since: "0.1.0",
		Summary: "The action of an entry of the start order is none of the standard's.",
		Why:     "Consumers ignore the entry or refuse the descriptor."},
	{Name: "startup-collection-attribute", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.7", Since: "0.1.0",
		Summary: "The start order gives a collection what only a machine can have.",
		Why:     "Delays, waiting and actions are ignored there."},
	{Name: "startup-unlisted", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.7", Since: "0.1.0",
		Summary: "A system is not in the start order.",
		Why:     "It starts with order 0, before all others."},
}

func (c *checker) startups() {
	var everywhere names[Content] // to tell what is further down; filled when it is needed
	for _, sc := range c.scopes {
		col := sc.collection()
		if col == nil {
			continue
		}
		var children names[Content]
		listed := map[string]bool{}
		sections := 0
		for s := range All[*StartupSection](col.Section) {
			if s == nil {
				continue
			}
			if sections++; sections == 1 {
				for i := range col.Content {
					if !none(col.Content[i]) {
						children.add(col.Content[i].ContentID(), &col.Content[i])
					}
				}
			}
			first := map[string]*StartupItem{}
			for i := range s.Item {
				item := &s.Item[i]
				listed[item.ID] = true
				if was := first[item.ID]; was != nil {
					c.at("startup-id-repeated", item.Location("@id"), "%s stands in the start order a second time", diag.Quote(item.ID)).
						related(was.Location("@id"), "the first time").
						hint("keep one of the two entries").add()
				} else {
					first[item.ID] = item
				}
				c.startupActions(item)
				switch child := children.get(item.ID); {
				case child == nil:
					if meant := c.startupDangling(item, &children, &everywhere); meant != "" {
						listed[meant] = true // one mistake, one finding
					}
				default:
					if _, ok := (*child).(*VirtualSystemCollection); ok {
						c.startupCollection(item)
					}
				}
			}
		}
		if sections == 0 {
			continue
		}
		for _, k := range col.Content {
			if !none(k) && !listed[k.ContentID()] {
				c.at("startup-unlisted", contentLocation(k, "@id"), "%s is not in the start order of the collection %s", diag.Quote(k.ContentID()), diag.Quote(col.ID)).
					hint("add an Item for it to the StartupSection").add()
			}
		}
	}
}

// startupDangling reports an entry for a system that is no child, and returns
// the child that was probably meant.
func (c *checker) startupDangling(item *StartupItem, children, everywhere *names[Content]) (meant string) {
	f := c.at("startup-id", item.Location("@id"), "the start order names %s, which is no child of the collection", diag.Quote(item.ID))
	if everywhere.first == nil {
		for _, sc := range c.scopes {
			everywhere.add(sc.content.ContentID(), &sc.content)
		}
	}
	if name, ok := children.near(item.ID); ok {
		meant = name
		f.hint("there is a child %s", diag.Quote(name))
	} else if everywhere.get(item.ID) != nil {
		f.hint("only direct children count: put the entry into the StartupSection of the collection around it")
	} else {
		f.hint("use the id of a VirtualSystem or VirtualSystemCollection in this collection")
	}
	f.add()
	return meant
}

func (c *checker) startupActions(item *StartupItem) {
	if a := item.StartAction; a != nil && !a.Valid() {
		c.at("startup-action", item.Location("@startAction"), "the start action is %s", diag.Quote(string(*a))).
			hint("use powerOn or none").add()
	}
	if a := item.StopAction; a != nil && !a.Valid() {
		c.at("startup-action", item.Location("@stopAction"), "the stop action is %s", diag.Quote(string(*a))).
			hint("use powerOff, guestShutdown or none").add()
	}
}

// startupCollection reports attributes that only a VirtualSystem may have.
func (c *checker) startupCollection(item *StartupItem) {
	given := ""
	for _, a := range []struct {
		name string
		set  bool
	}{
		{"startDelay", item.StartDelay != nil}, {"waitingForGuest", item.WaitingForGuest != nil},
		{"startAction", item.StartAction != nil}, {"stopDelay", item.StopDelay != nil}, {"stopAction", item.StopAction != nil},
	} {
		if !a.set {
			continue
		}
		if given != "" {
			given += ", "
		}
		given += a.name
	}
	if given == "" {
		return
	}
	c.at("startup-collection-attribute", item.Location(""), "the entry for the collection %s has %s, which only machines have", diag.Quote(item.ID), given).
		hint("leave it out here, and write it for the machines in that collection").add()
}
