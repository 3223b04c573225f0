package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/bench/readers"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
)

// The readers of the lines about resolving, beside [readers.Decode].
const (
	resolved = "plan.Resolve"             // of a descriptor that was just decoded
	both     = "envelope.Decode, Resolve" // for the peak memory of the two
)

// resolving are the readers whose peak memory can be asked for.
var resolving = []readers.Reader{{Name: both, Read: func(data []byte) (any, error) {
	env, err := decodeForPlan(data)
	if err != nil {
		return nil, err
	}
	return resolvePlan(env)
}}}

func decodeForPlan(data []byte) (*envelope.Envelope, error) {
	env, found, err := envelope.Decode(data, envelope.DecodeOptions{Name: "x.ovf"})
	if err == nil {
		err = found.Err()
	}
	return env, err
}

// resolvePlan makes the plan with the environments of all machines. The descriptor
// is decoded anew each time, since the first look at one costs more.
func resolvePlan(env *envelope.Envelope) (*plan.Plan, error) {
	return plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{})
}

// runResolve measures the way from a decoded descriptor to the plan against the
// decoding of that descriptor, and how the time grows with the number of machines.
func runResolve(w io.Writer, rounds int) error {
	fmt.Fprintf(w, "%s %s/%s, %d CPUs, %d in use\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0))
	for _, name := range []string{"multi", "big"} {
		for _, in := range inputs {
			if in.name != name {
				continue
			}
			data := in.write()
			decode, resolve, err := measureResolve(data, max(rounds, in.rounds))
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			resolve.peak = peak(name, both, len(data))
			if err := resolveTable(w, name, len(data), decode, resolve); err != nil {
				return err
			}
		}
	}
	return linear(w, rounds, 10, 10_000)
}

// measureResolve decodes and resolves in turn.
func measureResolve(data []byte, rounds int) (decode, resolve result, err error) {
	decode.name, resolve.name = readers.Decode, resolved
	n := 1
	for round := -1; round < rounds; round++ { // the first one is to know n
		d, r, err := decodeAndResolve(data, n)
		if err != nil {
			return decode, resolve, err
		}
		if round < 0 {
			n = max(1, int(sample/max(d, 1)))
			continue
		}
		decode.times, resolve.times = append(decode.times, d), append(resolve.times, r)
	}
	if err := measureMemory(&decode, readers.Reader{Read: func(data []byte) (any, error) { return decodeForPlan(data) }}, data); err != nil {
		return decode, resolve, err
	}
	env, err := decodeForPlan(data)
	if err != nil {
		return decode, resolve, err
	}
	err = measureMemory(&resolve, readers.Reader{Read: func([]byte) (any, error) { return resolvePlan(env) }}, nil)
	return decode, resolve, err
}

// decodeAndResolve returns the times of one decode and one resolve, as means of n.
func decodeAndResolve(data []byte, n int) (decode, resolve time.Duration, err error) {
	runtime.GC()
	for range n {
		start := time.Now()
		env, err := decodeForPlan(data)
		if err != nil {
			return 0, 0, err
		}
		middle := time.Now()
		if _, err := resolvePlan(env); err != nil {
			return 0, 0, err
		}
		decode += middle.Sub(start)
		resolve += time.Since(middle)
	}
	return decode / time.Duration(n), resolve / time.Duration(n), nil
}

func resolveTable(w io.Writer, name string, size int, decode, resolve result) error {
	fmt.Fprintf(w, "\nresolve %s: %d bytes, %d rounds in turn, medians\n", name, size, len(decode.times))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "time\tMB/s\tallocs\tallocated/input\tlive/input\tpeak/input\t  step")
	for _, r := range []result{decode, resolve} {
		m := median(r.times)
		fmt.Fprintf(t, "%v\t%.0f\t%d\t%s\t%s\t%s\t  %s\n", m.Round(m/1000+1), float64(size)/m.Seconds()/1e6, r.allocs, times(r.bytes, size), times(r.live, size), times(r.peak, size), r.name)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	goal(w, "resolve / decode", ratio(resolve, decode), 1)
	return nil
}

// linear compares the costs of one machine in a small and in a large collection. The
// goal for the time leaves room for the caches, which only the small one fits; the
// allocations depend on nothing but the program.
func linear(w io.Writer, rounds, few, many int) error {
	small, large := descriptors.Big(few), descriptors.Big(many)
	var a, b result
	for range max(rounds, 5) {
		_, s, err := decodeAndResolve(small, 50)
		if err != nil {
			return err
		}
		_, l, err := decodeAndResolve(large, 1)
		if err != nil {
			return err
		}
		a.times, b.times = append(a.times, s/time.Duration(few)), append(b.times, l/time.Duration(many))
	}
	for _, m := range []struct {
		of   *result
		data []byte
	}{{&a, small}, {&b, large}} {
		env, err := decodeForPlan(m.data)
		if err != nil {
			return err
		}
		if err := measureMemory(m.of, readers.Reader{Read: func([]byte) (any, error) { return resolvePlan(env) }}, nil); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "\nresolve %d and %d machines: %v and %v for each\n", few, many, median(a.times), median(b.times))
	goal(w, "time of a machine, many / few", ratio(b, a), 2)
	goal(w, "allocations of a machine, many / few", float64(b.allocs)/float64(many)*float64(few)/float64(max(a.allocs, 1)), 1.1)
	return nil
}
