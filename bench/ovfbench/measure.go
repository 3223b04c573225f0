package main

import (
	"runtime"
	"slices"
	"time"

	"github.com/ovfkit/ovf/bench/readers"
)

// sample is how long one measurement takes at least, so that the clock and a
// lone interruption do not matter.
const sample = 20 * time.Millisecond

// result is what was measured of one reader on one input.
type result struct {
	name   string
	times  []time.Duration // of one read, a value for each round
	allocs uint64          // of one read
	bytes  uint64          // allocated by one read
	live   uint64          // heap that the model keeps
	peak   uint64          // resident memory above that before the read; 0: not known
}

// measure lets the readers read data in turn, rounds times: what slows the
// machine down for a while slows all of them down, and the ratios of one round
// stay good.
func measure(rs []readers.Reader, data []byte, rounds int) ([]result, error) {
	out := make([]result, len(rs))
	reads := make([]int, len(rs))
	for i, r := range rs {
		out[i].name = r.Name
		if err := measureMemory(&out[i], r, data); err != nil {
			return nil, err
		}
		t, err := elapsed(r, data, 1)
		if err != nil {
			return nil, err
		}
		reads[i] = max(1, int(sample/max(t, 1)))
	}
	for round := range rounds {
		for i := range rs {
			if round%2 == 1 { // back again, so that nobody always follows the same
				i = len(rs) - 1 - i
			}
			t, err := elapsed(rs[i], data, reads[i])
			if err != nil {
				return nil, err
			}
			out[i].times = append(out[i].times, t)
		}
	}
	return out, nil
}

// elapsed returns the time of one read, as the mean of n. The garbage of earlier
// readers is gone before the clock starts; a reader pays for its own.
func elapsed(r readers.Reader, data []byte, n int) (time.Duration, error) {
	runtime.GC()
	start := time.Now()
	for range n {
		if _, err := r.Read(data); err != nil {
			return 0, err
		}
	}
	return time.Since(start) / time.Duration(n), nil
}

func measureMemory(out *result, r readers.Reader, data []byte) error {
	if _, err := r.Read(data); err != nil { // fills caches and tables
		return err
	}
	var before, after, kept runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	model, err := r.Read(data)
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&kept)
	runtime.KeepAlive(model)
	out.allocs = after.Mallocs - before.Mallocs
	out.bytes = after.TotalAlloc - before.TotalAlloc
	if kept.HeapAlloc > before.HeapAlloc {
		out.live = kept.HeapAlloc - before.HeapAlloc
	}
	return nil
}

// median returns the middle value; of an even number, the lower one of the two.
func median[T int | float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return s[(len(s)-1)/2]
}

// ratio returns the median over the rounds of a's time divided by b's time.
func ratio(a, b result) float64 {
	var rs []float64
	for i := range min(len(a.times), len(b.times)) {
		rs = append(rs, float64(a.times[i])/float64(max(b.times[i], 1)))
	}
	return median(rs)
}
