package envelope

import "github.com/ovfkit/ovf/diag"

// contentRules are the rules about systems and collections (DSP0243 7.2).
var contentRules = []diag.Rule{
	{Name: "content-id-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 7.2", Since: "0.1.0",
		Summary: "Two children of a collection have one id.",
		Why:     "Start order and environment documents address children by id."},
	{Name: "content-id-package", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 7.2", Since: "0.1.0",
		Summary: "Two systems of a package of OVF 2.x have one id.",
		Why:     "Since OVF 2.0 the ids are unique in the whole package."},
	{Name: "collection-empty", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 7.2", Since: "0.1.0",
		Summary: "A collection holds no system.",
		Why:     "Nothing would be deployed."},
}

// sibling names a child of a collection.
type sibling struct {
	parent *scope
	id     string
}

// contents checks the ids of systems and collections.
func (c *checker) contents() {
	siblings := make(map[sibling]*scope, len(c.scopes))
	ids := map[string]*scope{} // in the whole package, for OVF 2.x
	filled := map[*scope]bool{}
	for _, s := range c.scopes {
		if !filled[s.parent] {
			filled[s.parent] = true
		}
		id := s.content.ContentID()
		if blank(id) {
			continue
		}
		key := sibling{s.parent, id}
		was := siblings[key]
		switch {
		case was != nil:
			c.at("content-id-unique", s.location("@id"), "two children of the collection %s have the id %s", diag.Quote(s.parent.content.ContentID()), diag.Quote(id)).
				related(was.location("@id"), "first used here").
				hint("give each child an id of its own").add()
		case ids[id] != nil:
			c.at("content-id-package", s.location("@id"), "the id %s is used twice in the package", diag.Quote(id)).
				related(ids[id].location("@id"), "first used here").
				hint("give each system and collection an id of its own").add()
		}
		if was == nil {
			siblings[key] = s
		}
		if ids[id] == nil && c.env.Version() == Version2 {
			ids[id] = s
		}
	}
	for _, s := range c.scopes {
		if s.collection() != nil && !filled[s] {
			c.at("collection-empty", s.location(""), "the collection %s holds no system", diag.Quote(s.content.ContentID())).
				hint("add a VirtualSystem, or remove the collection").add()
		}
	}
}

// location returns where the system or collection, or an attribute of it, was
// read.
func (s *scope) location(field string) diag.Location {
	if l, ok := s.content.(located); ok {
		return l.Location(field)
	}
	return diag.Location{}
}
