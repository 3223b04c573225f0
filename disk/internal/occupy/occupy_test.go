package occupy

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// TestClaim compares with a plain slice of booleans, across window borders.
func TestClaim(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		const units = 700
		taken := make([]bool, units)
		m := &Map{first: 100, end: 600, words: make([]uint64, 8)}
		for range 20 {
			off := r.Int64N(units)
			n := 1 + r.Int64N(min(150, units-off))
			free := true
			for i := off; i < off+n; i++ {
				if i >= m.first && i < m.end && taken[i] {
					free = false
				}
				taken[i] = true
			}
			if got := m.Claim(off, n); got != free {
				t.Fatalf("Claim(%d, %d) = %v, want %v", off, n, got, free)
			}
		}
	}
}

// TestPasses: an overlap is found in whichever window it is, and a walk that
// fails ends it all.
func TestPasses(t *testing.T) {
	failed := errors.New("overlap")
	for _, at := range []int64{0, window - 1, window, 2*window + 5} {
		passes := 0
		err := Passes(3*window, func(m *Map) error {
			passes++
			for _, off := range []int64{0, window - 1, window, 2*window + 5, at} {
				if !m.Claim(off, 1) {
					return failed
				}
			}
			return nil
		})
		if want := int(at/window) + 1; err != failed || passes != want {
			t.Errorf("overlap at %d: %v in pass %d, want pass %d", at, err, passes, want)
		}
	}
	if err := Passes(0, func(*Map) error { return failed }); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}
