package envelope

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// HardwareError says why a quantity of a virtual system cannot be set.
type HardwareError struct {
	System   string            // its id
	Type     rasd.ResourceType // what was to be set
	Reason   string            // what stands in the way
	Location diag.Location     // of the Item that does; zero if none does
	Err      error             // the class: ErrUnknown, ErrAmbiguous, ErrQuantity
}

func (e *HardwareError) Error() string {
	return fmt.Sprintf("virtual system %s, %s: %s", diag.Quote(e.System), e.Type, e.Reason)
}

// Unwrap returns the class of the failure.
func (e *HardwareError) Unwrap() error { return e.Err }

// SetCPUs sets the number of virtual processors: VirtualQuantity of the
// processor Item in each hardware section (DSP0243 8.3). Range markers stay, and
// n must be between them (DSP0243 8.4).
//
// Without option it sets every such Item, whatever deployment options it is for,
// so that all have n. With the id of an option it changes what the system has
// under that option alone: the Item for it, or else a copy of the Item that
// counts for more options is added behind that, for this one (DSP0243 9.8).
//
// The error is a [*HardwareError]; then nothing is changed.
func (t *VirtualSystem) SetCPUs(n uint64, option string) ([]Change, error) {
	return t.setQuantity(rasd.Processor, option, amount{n, count})
}

// SetMemory sets the size of the memory in bytes, in the same way as
// [VirtualSystem.SetCPUs] does the processors. The quantity is written in the
// unit that the Item has. Where it is no whole number of that, the unit changes
// to the largest of byte * 2^30, byte * 2^20, byte * 2^10 and byte that fits, and
// Reservation and Limit of the Item are converted with it.
func (t *VirtualSystem) SetMemory(bytes uint64, option string) ([]Change, error) {
	return t.setQuantity(rasd.Memory, option, amount{bytes, rasd.Unit.Bytes})
}

// amount is a number with the function that turns a unit into its measure.
type amount struct {
	n     uint64
	scale func(rasd.Unit, uint64) (uint64, error)
}

// count ignores units: the AllocationUnits of a processor Item are those of its
// Reservation and Limit, a frequency, while VirtualQuantity counts.
func count(_ rasd.Unit, n uint64) (uint64, error) { return n, nil }

func (t *VirtualSystem) setQuantity(typ rasd.ResourceType, option string, a amount) ([]Change, error) {
	e := &HardwareError{System: t.ID, Type: typ}
	if a.n == 0 {
		return nil, e.because(diag.Location{}, ErrQuantity, "it cannot be 0")
	}
	var edited [][]rasd.Item
	var changes []Change
	for hw := range All[*VirtualHardwareSection](t.Section) {
		s := quantitySetter{err: e, items: slices.Clone(hw.Item), typ: typ, option: option, amount: a, prefix: t.ID + ": "}
		if err := s.run(); err != nil {
			return nil, err
		}
		edited = append(edited, s.items)
		changes = append(changes, s.changes...)
	}
	if edited == nil {
		return nil, e.because(diag.Location{}, ErrUnknown, "it has no VirtualHardwareSection")
	}
	for hw := range All[*VirtualHardwareSection](t.Section) {
		hw.Item, edited = edited[0], edited[1:]
	}
	return changes, nil
}

func (e *HardwareError) because(at diag.Location, class error, format string, args ...any) *HardwareError {
	c := *e
	c.Location, c.Err, c.Reason = at, class, fmt.Sprintf(format, args...)
	return &c
}

// quantitySetter edits the Items of one hardware section.
type quantitySetter struct {
	err     *HardwareError // to be completed
	items   []rasd.Item    // a copy
	typ     rasd.ResourceType
	option  string
	amount  amount
	prefix  string
	changes []Change
}

func (s *quantitySetter) run() error {
	selected := s.selected()
	if len(selected) == 0 {
		return s.err.because(diag.Location{}, ErrUnknown, "no Item of ResourceType %d", s.typ)
	}
	if err := s.unambiguous(selected); err != nil {
		return err
	}
	if err := s.insideMarkers(s.items[selected[0]].InstanceID); err != nil {
		return err
	}
	if s.option != "" {
		return s.set(s.own(selected))
	}
	// An Item without quantity says something else about the device.
	quantities := slices.DeleteFunc(slices.Clone(selected), func(i int) bool { return s.items[i].VirtualQuantity == nil })
	if len(quantities) == 0 {
		quantities = selected[:1]
	}
	// First those with a unit, which the others take theirs from.
	slices.SortStableFunc(quantities, func(a, b int) int {
		return cmp.Compare(min(1, len(ownUnit(&s.items[b]))), min(1, len(ownUnit(&s.items[a]))))
	})
	for _, i := range quantities {
		if err := s.set(i); err != nil {
			return err
		}
	}
	return nil
}

// selected returns the Items of the type that are no range markers and count
// for the option.
func (s *quantitySetter) selected() []int {
	var out []int
	for i := range s.items {
		it := &s.items[i]
		if it.ResourceType == nil || *it.ResourceType != s.typ || it.Bound != nil && it.Bound.Marker() || !s.counts(it) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// counts reports whether an Item is for the option; without option, all are.
func (s *quantitySetter) counts(it *rasd.Item) bool {
	return s.option == "" || it.Configuration == nil || slices.Contains(configurations(it.Configuration), s.option)
}

// unambiguous makes sure that no option has two devices of the type.
func (s *quantitySetter) unambiguous(selected []int) error {
	for k, i := range selected {
		for _, j := range selected[:k] {
			a, b := &s.items[j], &s.items[i]
			if a.InstanceID != b.InstanceID && together(a, b) {
				return s.err.because(b.Location("InstanceID"), ErrAmbiguous, "the Items %s and %s are both for it; change one of them by hand", diag.Quote(a.InstanceID), diag.Quote(b.InstanceID))
			}
		}
	}
	return nil
}

// together reports whether some deployment option has both Items.
func together(a, b *rasd.Item) bool {
	x, y := configurations(a.Configuration), configurations(b.Configuration)
	return a.Configuration == nil || b.Configuration == nil || slices.ContainsFunc(x, func(id string) bool { return slices.Contains(y, id) })
}

// insideMarkers makes sure that the amount is within the range of the device.
func (s *quantitySetter) insideMarkers(id string) error {
	for i := range s.items {
		it := &s.items[i]
		if it.InstanceID != id || it.ResourceType == nil || *it.ResourceType != s.typ || it.Bound == nil || it.VirtualQuantity == nil || !s.counts(it) {
			continue
		}
		end, err := s.measure(i)
		below, above := s.amount.n < end && *it.Bound == rasd.BoundMin, s.amount.n > end && *it.Bound == rasd.BoundMax
		if err == nil && (below || above) {
			side := "below the minimum"
			if above {
				side = "above the maximum"
			}
			return s.err.because(it.Location("VirtualQuantity"), ErrQuantity, "that is %s, which an Item with the bound %s sets: %s", side, *it.Bound, s.written(i))
		}
	}
	return nil
}

// measure returns the quantity of an Item in bytes, or its count.
func (s *quantitySetter) measure(i int) (uint64, error) {
	u, err := rasd.ParseUnit(s.unit(i))
	if err != nil && s.typ == rasd.Memory {
		return 0, err
	}
	return s.amount.scale(u, *s.items[i].VirtualQuantity)
}

func (s *quantitySetter) written(i int) string {
	text := strconv.FormatUint(*s.items[i].VirtualQuantity, 10)
	if u := s.unit(i); u != "" && s.typ == rasd.Memory {
		text += " × " + u
	}
	return text
}

// unit returns the unit of VirtualQuantity: of the Item, or else of the first of
// the same device that has one, with which it is merged (DSP0243 9.8).
func (s *quantitySetter) unit(i int) string {
	if u := ownUnit(&s.items[i]); u != "" {
		return u
	}
	for k := range s.items {
		if it := &s.items[k]; it.InstanceID == s.items[i].InstanceID && (it.Bound == nil || !it.Bound.Marker()) && together(it, &s.items[i]) {
			if u := ownUnit(it); u != "" {
				return u
			}
		}
	}
	return ""
}

func ownUnit(it *rasd.Item) string {
	switch {
	case it.VirtualQuantityUnits != nil:
		return *it.VirtualQuantityUnits
	case it.AllocationUnits != nil:
		return *it.AllocationUnits
	}
	return ""
}

// own returns the Item that is for the option alone, which it adds if there is
// none.
func (s *quantitySetter) own(selected []int) int {
	i := selected[len(selected)-1]
	for _, k := range selected {
		if s.items[k].VirtualQuantity != nil {
			i = k // later Items prevail
		}
	}
	ids := configurations(s.items[i].Configuration)
	if len(ids) == 1 {
		return i
	}
	c := s.items[i].Clone()
	if c.Configuration != nil {
		rest := slices.DeleteFunc(ids, func(id string) bool { return id == s.option })
		s.change(i, "configuration", &s.items[i].Configuration, joined(rest))
	}
	s.items = slices.Insert(s.items, i+1, *c)
	s.items[i+1].Configuration = &s.option
	s.changes = append(s.changes, Change{What: s.what(i+1, "added")})
	return i + 1
}
