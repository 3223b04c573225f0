package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/bench/readers"
)

func TestRun(t *testing.T) {
	var b strings.Builder
	if err := run(&b, []string{"single"}, 1, ""); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	for _, r := range readers.All() {
		if !strings.Contains(out, r.Name+"\n") {
			t.Errorf("no line for %s:\n%s", r.Name, out)
		}
	}
	if n := strings.Count(out, "goal at most"); n < 4 {
		t.Errorf("%d goals:\n%s", n, out)
	}
	if err := run(&b, []string{"nothing"}, 1, ""); err == nil {
		t.Error("an unknown input is accepted")
	}
	if err := run(&b, []string{"single"}, 1, "nobody"); err == nil {
		t.Error("an unknown reader is accepted")
	}
}

// A slow minute must not change a ratio: it slows both readers of a round.
func TestRatioIsPaired(t *testing.T) {
	a := result{times: []time.Duration{2, 200, 2, 20, 2}}
	b := result{times: []time.Duration{4, 400, 4, 40, 4}}
	if r := ratio(a, b); r != 0.5 {
		t.Errorf("ratio %v, want 0.5", r)
	}
	for _, c := range []struct {
		in   []int
		want int
	}{{nil, 0}, {[]int{3}, 3}, {[]int{9, 1, 5}, 5}, {[]int{4, 1, 3, 2}, 2}} {
		if got := median(c.in); got != c.want {
			t.Errorf("median(%v) = %d, want %d", c.in, got, c.want)
		}
	}
}

// A reader that allocates and keeps a known amount is measured as such.
func TestMeasureMemory(t *testing.T) {
	const size = 4 << 20
	hold := readers.Reader{Name: "hold", Read: func([]byte) (any, error) { return make([]byte, size), nil }}
	rs, err := measure([]readers.Reader{hold}, nil, 3)
	if err != nil {
		t.Fatal(err)
	}
	r := rs[0]
	if len(r.times) != 3 || r.live < size || r.live > size+size/8 || r.bytes < size || r.allocs < 1 || r.allocs > 100 {
		t.Errorf("%d times, live %d, %d bytes in %d allocations", len(r.times), r.live, r.bytes, r.allocs)
	}
}

// The lines about validation are there, with their goals.
func TestValidation(t *testing.T) {
	data := descriptors.Single()
	rs, err := measure(readers.Validators(), data, 1)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := validation(&b, "single", len(data), 1, rs); err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		if !strings.Contains(b.String(), r.name+"\n") {
			t.Errorf("no line for %s:\n%s", r.name, b.String())
		}
	}
}
