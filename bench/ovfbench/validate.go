package main

import (
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"

	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/bench/readers"
)

// validation prints the results of the validators for one input, as table does
// for readers.
func validation(w io.Writer, name string, size, rounds int, results []result) error {
	fmt.Fprintf(w, "\nvalidate %s: %d bytes, %d rounds in turn, medians\n", name, size, rounds)
	by := map[string]result{}
	for _, r := range results {
		by[r.name] = r
	}
	c, hasC := by[readers.Libxml2Schema]
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "time\tMB/s\t/libxml2\tallocs\tallocated/input\tpeak/input\t  validator")
	for _, r := range results {
		m := median(r.times)
		cRatio, allocs, bytes := "-", "-", "-"
		if hasC {
			cRatio = fmt.Sprintf("%.2f", ratio(r, c))
		}
		if r.name != readers.Libxml2Schema {
			allocs, bytes = fmt.Sprint(r.allocs), times(r.bytes, size)
		}
		fmt.Fprintf(t, "%v\t%.0f\t%s\t%s\t%s\t%s\t  %s\n", m.Round(m/1000+1), float64(size)/m.Seconds()/1e6, cRatio, allocs, bytes, times(r.peak, size), r.name)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if hasC {
		goal(w, "schema and semantic / libxml2 schema", ratio(by[readers.Validate], c), 1.5)
	}
	return nil
}

const many = 1000

// cores prints how much faster many descriptors are checked on all cores than on
// one. Of n cores, the goal leaves a fifth to the garbage collector, which works
// beside the lone validator too.
func cores(w io.Writer, rounds int) error {
	if rounds <= 0 {
		rounds = 9
	}
	data := descriptors.Single()
	results, err := measure(readers.Many(many), data, rounds)
	if err != nil {
		return err
	}
	n := runtime.GOMAXPROCS(0)
	fmt.Fprintf(w, "\nvalidate %d descriptors of %d bytes, %d rounds in turn, medians\n", many, len(data), rounds)
	for _, r := range results {
		fmt.Fprintf(w, "%12v  %s\n", median(r.times).Round(1e5), r.name)
	}
	if n > 1 {
		goal(w, fmt.Sprintf("%d cores / one core", n), ratio(results[1], results[0]), 1.25/float64(n))
	}
	return nil
}
