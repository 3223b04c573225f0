// Package occupy finds out whether the parts of a file overlap.
package occupy

// window is how many units are looked at in one pass: a map of 16 MiB.
const window = 128 << 20

// Map marks units of a file, such as sectors, as taken. It covers one window of the
// file at a time, so that its size is bounded.
type Map struct {
	first, end int64
	words      []uint64
}

// Passes calls walk for one window after the other until all units are covered,
// or walk returns an error. Each time walk must claim all parts of the file; the map
// ignores what is outside of its window. Files up to 64 GiB of sectors
// take a single pass.
func Passes(units int64, walk func(*Map) error) error {
	m := new(Map)
	for first := int64(0); first < units; first += window {
		m.first, m.end = first, min(first+window, units)
		n := int(m.end-m.first+63) / 64
		if m.words == nil {
			m.words = make([]uint64, n)
		}
		m.words = m.words[:n]
		clear(m.words)
		if err := walk(m); err != nil {
			return err
		}
	}
	return nil
}

// Claim takes n units from off on. It reports false if one was taken before.
func (m *Map) Claim(off, n int64) bool {
	from, to := max(off, m.first)-m.first, min(off+n, m.end)-m.first
	free := true
	for from < to {
		bit := from % 64
		k := min(64-bit, to-from)
		mask := (^uint64(0) >> (64 - k)) << bit
		w := &m.words[from/64]
		free = free && *w&mask == 0
		*w |= mask
		from += k
	}
	return free
}
