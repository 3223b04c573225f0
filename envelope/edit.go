package envelope

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// The classes of failure behind [LookupError].
var (
	ErrUnknown   = errors.New("there is nothing of that name")
	ErrAmbiguous = errors.New("the name stands for more than one thing")
	ErrTaken     = errors.New("the name is in use")
)

// LookupError reports a name that the descriptor does not have, or has more
// often than it may. It unwraps to [ErrUnknown], [ErrAmbiguous] or [ErrTaken].
type LookupError struct {
	Kind  string   // what was looked for, as "property" or "virtual system"
	Name  string   // the name asked for; empty if none was given
	Names []string // with ErrUnknown the names there are, the most similar first; with ErrAmbiguous what Name stands for
	Err   error
}

func (e *LookupError) Error() string {
	list := quotedList(e.Names)
	switch {
	case errors.Is(e.Err, ErrAmbiguous) && e.Name == "":
		return fmt.Sprintf("the descriptor has more than one %s: %s", e.Kind, list)
	case errors.Is(e.Err, ErrAmbiguous):
		return fmt.Sprintf("the %s %s stands for more than one: %s", e.Kind, diag.Quote(e.Name), list)
	case errors.Is(e.Err, ErrTaken):
		return fmt.Sprintf("another %s has the name %s", e.Kind, diag.Quote(e.Name))
	case len(e.Names) == 0:
		return fmt.Sprintf("the descriptor has no %s", e.Kind)
	}
	return fmt.Sprintf("there is no %s %s; the descriptor has %s", e.Kind, diag.Quote(e.Name), list)
}

// Unwrap returns the class of the failure.
func (e *LookupError) Unwrap() error { return e.Err }

// maxListed is how many names an error lists.
const maxListed = 8

func quotedList(names []string) string {
	var b strings.Builder
	for i, n := range names {
		if i == maxListed {
			fmt.Fprintf(&b, " and %d more", len(names)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(diag.Quote(n))
	}
	return b.String()
}

// unknown is the error for a name that is none of names.
func unknown(kind, name string, names []string) *LookupError {
	return &LookupError{Kind: kind, Name: name, Names: bySimilarity(name, names), Err: ErrUnknown}
}

// Change is one value that a function of this package has changed.
type Change struct {
	Location diag.Location // where the old value stands; zero if the descriptor was not read from a file
	What     string        // what was changed, as "web: Item 2 VirtualQuantity"
	Old, New string        // the value as written; both are empty if What says it all
}

// String returns "what: old -> new".
func (c Change) String() string {
	if c.Old == c.New {
		return c.What
	}
	return fmt.Sprintf("%s: %s -> %s", c.What, diag.Quote(c.Old), diag.Quote(c.New))
}

// placed is content with the ids that lead to it.
type placed struct {
	content Content
	path    string // as outer/inner
}

// placedContents lists the content of the envelope in document order.
func (t *Envelope) placedContents() []placed {
	var out []placed
	var ids []string
	for c, depth := range Walk(t.Content) {
		ids = append(ids[:depth], c.ContentID())
		out = append(out, placed{c, strings.Join(ids, "/")})
	}
	return out
}

// FindContent returns the virtual system or collection with the id. Ids are
// unique among the members of one collection only (DSP0243 7.2): where two
// collections have a member of that id, the ids that lead to it tell them apart,
// as "outer/inner". The error is a [*LookupError].
func (t *Envelope) FindContent(id string) (Content, error) {
	return findPlaced("virtual system or collection", id, t.placedContents())
}

// FindSystem is [Envelope.FindContent] for virtual systems. The empty id stands
// for the only one of the envelope.
func (t *Envelope) FindSystem(id string) (*VirtualSystem, error) {
	all := t.placedContents()
	all = slices.DeleteFunc(all, func(p placed) bool { _, ok := p.content.(*VirtualSystem); return !ok })
	if id == "" {
		if len(all) == 1 {
			return all[0].content.(*VirtualSystem), nil
		}
		if len(all) > 1 {
			return nil, &LookupError{Kind: kindSystem, Names: paths(all), Err: ErrAmbiguous}
		}
		return nil, unknown(kindSystem, "", nil)
	}
	c, err := findPlaced(kindSystem, id, all)
	if err != nil {
		return nil, err
	}
	return c.(*VirtualSystem), nil
}

const kindSystem = "virtual system"

func findPlaced(kind, id string, all []placed) (Content, error) {
	var hits []placed
	for _, p := range all {
		if p.path == id {
			return p.content, nil
		}
		if p.content.ContentID() == id {
			hits = append(hits, p)
		}
	}
	switch len(hits) {
	case 0:
		return nil, unknown(kind, id, paths(all))
	case 1:
		return hits[0].content, nil
	}
	return nil, &LookupError{Kind: kind, Name: id, Names: paths(hits), Err: ErrAmbiguous}
}

func paths(all []placed) []string {
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = p.path
	}
	return out
}

// FindOption returns the deployment option with the id (DSP0243 9.8). The error
// is a [*LookupError].
func (t *Envelope) FindOption(id string) (*Configuration, error) {
	var names []string
	for s := range All[*DeploymentOptionSection](t.Section) {
		for i := range s.Configuration {
			if c := &s.Configuration[i]; c.ID == id {
				return c, nil
			}
			names = append(names, s.Configuration[i].ID)
		}
	}
	return nil, unknown("deployment option", id, names)
}

// configurations cuts a list of ids of deployment options; nil stands for all
// options (DSP0243 9.8).
func configurations(list *string) []string {
	if list == nil {
		return nil
	}
	return strings.Fields(*list)
}

// bySimilarity sorts names by how little they differ from name, without
// repetitions.
func bySimilarity(name string, names []string) []string {
	const most = 10_000 // distances that are worth computing
	type scored struct {
		name     string
		distance int
	}
	out := make([]scored, 0, len(names))
	seen := make(map[string]bool, len(names))
	for i, n := range names {
		if seen[n] {
			continue
		}
		seen[n] = true
		d := 0
		if name != "" && i < most {
			d = distance(strings.ToLower(name), strings.ToLower(n))
			if strings.HasSuffix(n, "."+name) || strings.HasPrefix(n, name+".") {
				d = 0
			}
		}
		out = append(out, scored{n, d})
	}
	slices.SortStableFunc(out, func(a, b scored) int { return cmp.Compare(a.distance, b.distance) })
	sorted := make([]string, len(out))
	for i, s := range out {
		sorted[i] = s.name
	}
	return sorted
}

// distance counts the characters to insert, remove or replace to make a into b.
// Only the first characters of long names count.
func distance(a, b string) int {
	const most = 64
	x, y := firstRunes(a, most), firstRunes(b, most)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			change := diagonal
			if r != s {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

func firstRunes(s string, n int) []rune {
	end := 0
	for ; n > 0 && end < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	return []rune(s[:end])
}
