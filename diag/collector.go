package diag

import "fmt"

// DefaultMax is how many diagnostics of each severity a [Collector] keeps when
// its Max is 0.
const DefaultMax = 1000

// Collector gathers diagnostics in bounded memory: a descriptor with a million
// mistakes fills neither the memory nor the screen. Each severity has its own
// room, so a flood of warnings never hides an error. What does not fit is
// counted.
//
// The zero value is ready to use. A Collector must not be copied after its
// first use, nor used by several goroutines at a time.
type Collector struct {
	// Max is how many diagnostics of each severity are kept. 0 means
	// [DefaultMax], a negative value means no limit. It is read by each Add.
	Max int

	list  List
	kept  [Info + 1]int
	count [Info + 1]int
}

// Add keeps d, or only counts it when the room for its severity is used up.
func (c *Collector) Add(d Diagnostic) {
	limit := c.Max
	if limit == 0 {
		limit = DefaultMax
	}
	s := d.Severity
	if s > Info {
		s = 0
	}
	c.count[s]++
	if limit < 0 || c.kept[s] < limit {
		c.kept[s]++
		c.list = append(c.list, d)
	}
}

// List returns what was kept, in the order of Add. The list is not a copy: the
// next Add may change it.
func (c *Collector) List() List { return c.list }

// Count returns how many diagnostics of severity s were added, dropped ones
// included.
func (c *Collector) Count(s Severity) int {
	if s > Info {
		return 0
	}
	return c.count[s]
}

// Dropped returns how many diagnostics were counted but not kept.
func (c *Collector) Dropped() int {
	n := 0
	for s := range c.count {
		n += c.count[s] - c.kept[s]
	}
	return n
}

// Summary is [List.Summary] for everything that was added, with the number of
// dropped diagnostics if there are any: "1200 errors, 1 warning (200 not shown)".
func (c *Collector) Summary() string {
	s := summary(c.Count)
	if n := c.Dropped(); n > 0 {
		s += fmt.Sprintf(" (%d not shown)", n)
	}
	return s
}
