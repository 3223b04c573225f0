// Ovfbench compares the descriptor readers of this module with others, on inputs
// it generates: time as a ratio of runs in turn, allocations, and memory.
//
//	go run -tags libxml2 ./ovfbench [-input single,multi,big] [-rounds N]
//	go run ./ovfbench -disks DIR [-rounds N]      work on disk images, against qemu-img
//	go run ./ovfbench -pack DIR [-rounds N]       writing of archives, against openssl and tar
//	go run ./ovfbench -verify DIR [-rounds N]     verifying of archives, against tar, openssl and sha256sum
//	go run ./ovfbench -resolve [-rounds N]        plans, against the decoding of their descriptors
//
// The input huge has 100 MB; it is not among the defaults. The goals that it
// prints are those of the project; to miss one is not an error, since a busy
// machine measures badly.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ovfkit/ovf/bench/descriptors"
	"github.com/ovfkit/ovf/bench/readers"
)

// input is a generated descriptor, and how many rounds are enough.
type input struct {
	name   string
	write  func() []byte
	rounds int
}

var inputs = []input{
	{"single", descriptors.Single, 25},
	{"multi", descriptors.Multi, 25},
	{"big", func() []byte { return descriptors.Big(descriptors.BigSystems) }, 9},
	{"huge", func() []byte { return descriptors.Big(10 * descriptors.BigSystems) }, 3},
}

func main() {
	names := flag.String("input", "single,multi,big", "inputs, separated by commas; huge is another")
	rounds := flag.Int("rounds", 0, "rounds, 0: as many as the input needs")
	peakOf := flag.String("peak", "", "print the peak memory of this reader only")
	disks := flag.String("disks", "", "measure work on disk images instead, in this folder, which needs 4 GB")
	diskSize := flag.Int64("disk-size", 1<<30, "bytes of the disk")
	job := flag.String("disk-job", "", "do one piece of this work with the arguments")
	packs := flag.String("pack", "", "measure the writing of archives instead, in this folder, which needs 2 GB")
	packing := flag.Bool("pack-job", false, "do this work with the arguments")
	verifies := flag.String("verify", "", "measure the verifying of archives instead, in this folder, which needs 2 GB")
	verifying := flag.Bool("verify-job", false, "do this work with the arguments")
	resolves := flag.Bool("resolve", false, "measure the making of plans instead")
	flag.Parse()
	var err error
	switch ctx := context.Background(); {
	case *job != "":
		err = diskJob(ctx, *job, flag.Args())
	case *packing:
		err = packJob(ctx, flag.Args())
	case *verifying:
		err = verifyJob(ctx, flag.Args())
	case *resolves:
		err = runResolve(os.Stdout, *rounds)
	case *verifies != "":
		if *rounds <= 0 {
			*rounds = 9
		}
		err = runVerify(ctx, os.Stdout, *verifies, *diskSize/2, *rounds)
	case *packs != "":
		if *rounds <= 0 {
			*rounds = 9
		}
		err = runPack(ctx, os.Stdout, *packs, *diskSize/2, *rounds)
	case *disks != "":
		if *rounds <= 0 {
			*rounds = 5
		}
		err = runDisks(ctx, os.Stdout, *disks, *diskSize, *rounds)
	default:
		err = run(os.Stdout, strings.Split(*names, ","), *rounds, *peakOf)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ovfbench:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, names []string, rounds int, peakOf string) error {
	all, validators := readers.All(), readers.Validators()
	if peakOf == "" {
		fmt.Fprintf(w, "%s %s/%s, %d CPUs\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	}
	for _, name := range names {
		i := slices.IndexFunc(inputs, func(in input) bool { return in.name == name })
		if i < 0 {
			return fmt.Errorf("there is no input %q: single, multi, big, huge", name)
		}
		data := inputs[i].write()
		if peakOf != "" {
			for _, r := range slices.Concat(all, validators, resolving) {
				if r.Name == peakOf {
					return printPeak(r, data)
				}
			}
			return fmt.Errorf("there is no reader %q", peakOf)
		}
		n := rounds
		if n <= 0 {
			n = inputs[i].rounds
		}
		for _, group := range []struct {
			readers []readers.Reader
			print   func(w io.Writer, name string, size, rounds int, results []result) error
		}{{all, table}, {validators, validation}} {
			results, err := measure(group.readers, data, n)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for j := range results {
				results[j].peak = peak(name, results[j].name, len(data))
			}
			if err := group.print(w, name, len(data), n, results); err != nil {
				return err
			}
		}
	}
	if peakOf == "" {
		return cores(w, rounds)
	}
	return nil
}

// table prints the results for one input. A ratio is a time divided by that of
// the peer, so below 1 is faster; memory is in multiples of the input.
func table(w io.Writer, name string, size, rounds int, results []result) error {
	fmt.Fprintf(w, "\n%s: %d bytes, %d rounds in turn, medians\n", name, size, rounds)
	by := map[string]result{}
	for _, r := range results {
		by[r.name] = r
	}
	libxml2, hasLibxml2 := by[readers.Libxml2]
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "time\tMB/s\t/libxml2\t/govmomi\tallocs\tlive/input\tpeak/input\t  reader")
	for _, r := range results {
		m := median(r.times)
		cRatio, allocs, live := "-", "-", "-"
		if hasLibxml2 {
			cRatio = fmt.Sprintf("%.2f", ratio(r, libxml2))
		}
		if r.name != readers.Libxml2 { // C's memory does not show in Go's numbers
			allocs, live = fmt.Sprint(r.allocs), times(r.live, size)
		}
		fmt.Fprintf(t, "%v\t%.0f\t%s\t%.2f\t%s\t%s\t%s\t  %s\n", m.Round(m/1000+1), float64(size)/m.Seconds()/1e6,
			cRatio, ratio(r, by[readers.Govmomi]), allocs, live, times(r.peak, size), r.name)
	}
	if err := t.Flush(); err != nil {
		return err
	}

	decode := by[readers.Decode]
	if hasLibxml2 {
		goal(w, "decode / libxml2", ratio(decode, libxml2), 1)
	}
	goal(w, "decode / govmomi", ratio(decode, by[readers.Govmomi]), 1.0/3)
	goal(w, "allocations / govmomi's", float64(decode.allocs)/float64(max(by[readers.Govmomi].allocs, 1)), 0.2)
	goal(w, "decode and unchanged write / decode", ratio(by[readers.Rewrite], decode), 1.3)
	goal(w, "live heap / input", float64(decode.live)/float64(size), 12)
	return nil
}

// goal prints one goal and whether it is met.
func goal(w io.Writer, what string, value, limit float64) {
	verdict := "met"
	if value > limit {
		verdict = "MISSED"
	}
	fmt.Fprintf(w, "  %-38s %6.3f  goal at most %.2f: %s\n", what, value, limit, verdict)
}

// times returns n in multiples of size, "-" if n is not known.
func times(n uint64, size int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", float64(n)/float64(size))
}
