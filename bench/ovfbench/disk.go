package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// diskBench measures work on disk images against qemu-img, each in a process of
// its own and in turn. The files are in dir, about 4 times the size of the disk, and are
// removed at the end; on a file system in memory the disk of the host does not matter.
type diskBench struct {
	w      io.Writer
	dir    string
	size   int64 // of the disk
	rounds int
	self   string
}

// runDisks prints what the work takes, and the goals.
func runDisks(ctx context.Context, w io.Writer, dir string, size int64, rounds int) (err error) {
	for _, program := range []string{"qemu-img", "cmp"} {
		if _, err := exec.LookPath(program); err != nil {
			return err
		}
	}
	temp, err := os.MkdirTemp(dir, "ovfbench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b := &diskBench{w, temp, size, rounds, self}
	for _, step := range []func(context.Context) error{b.content, b.compress, b.delta, b.flatten, b.empty} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *diskBench) path(name string) string { return filepath.Join(b.dir, name) }

// cost is what one run of a program took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // resident memory in bytes; 0: not known
}

// run runs a program of another maker.
func (b *diskBench) run(ctx context.Context, program string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = b.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%s %v: %w\n%s", program, args, err, &out)
	}
	s := cmd.ProcessState
	return cost{time.Since(start), s.UserTime() + s.SystemTime(), peakOf(s)}, nil
}

// ours runs a job of this program; see diskJobs.
func (b *diskBench) ours(ctx context.Context, job string, args ...string) (cost, error) {
	return b.run(ctx, b.self, append([]string{"-disk-job", job}, args...)...)
}

// pair runs two programs in turn and returns the costs of each round.
func (b *diskBench) pair(rounds int, ours, theirs func() (cost, error)) (mine, other []cost, err error) {
	for round := range rounds {
		order := []func() (cost, error){ours, theirs}
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for i, f := range order {
			c, err := f()
			if err != nil {
				return nil, nil, err
			}
			if (i == 0) == (round%2 == 0) {
				mine = append(mine, c)
			} else {
				other = append(other, c)
			}
		}
	}
	return mine, other, nil
}

func (b *diskBench) report(what string, mine, other []cost) (wall, cpu float64) {
	var walls, cpus []float64
	var peaks []int
	for i := range mine {
		walls = append(walls, float64(mine[i].wall)/float64(other[i].wall))
		cpus = append(cpus, float64(mine[i].cpu)/float64(max(other[i].cpu, 1)))
		peaks = append(peaks, int(mine[i].peak>>20))
	}
	fmt.Fprintf(b.w, "\n%s, %d rounds: %v (CPU %v, peak %d MiB), the other %v (CPU %v)\n", what, len(mine),
		mine[0].wall.Round(time.Millisecond), mine[0].cpu.Round(time.Millisecond), slices.Max(peaks),
		other[0].wall.Round(time.Millisecond), other[0].cpu.Round(time.Millisecond))
	b.goal("peak memory in MiB", float64(slices.Max(peaks)), 128)
	return median(walls), median(cpus)
}

func (b *diskBench) goal(what string, value, limit float64) {
	verdict := "met"
	if value > limit {
		verdict = "MISSED"
	}
	fmt.Fprintf(b.w, "  %-42s %7.3f  goal at most %.2f: %s\n", what, value, limit, verdict)
}

// content makes the disk: files of this system, each from a new page on.
func (b *diskBench) content(context.Context) error {
	f, err := os.Create(b.path("base.raw"))
	if err != nil {
		return err
	}
	defer f.Close()
	at := int64(0)
	for _, root := range []string{"/usr/share", "/usr/bin", "/usr/lib"} { // texts, then programs
		if err = b.addFiles(f, root, &at); err != nil {
			return err
		}
	}
	if at < b.size {
		return fmt.Errorf("/usr has less than %d bytes", b.size)
	}
	if err := f.Truncate(b.size); err != nil {
		return err
	}
	return f.Close()
}

// addFiles appends the files below a folder until the disk is full.
func (b *diskBench) addFiles(f *os.File, root string, at *int64) error {
	return filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if *at >= b.size {
			return fs.SkipAll
		}
		if err != nil || !e.Type().IsRegular() {
			return nil // what cannot be read is passed over
		}
		in, err := os.Open(name)
		if err != nil {
			return nil
		}
		defer in.Close()
		n, err := io.Copy(io.NewOffsetWriter(f, *at), io.LimitReader(in, b.size-*at))
		*at += (n + 4095) / 4096 * 4096
		return err
	})
}

// change writes over a block of 64 KiB in each 100.
func (b *diskBench) change(name string, seed uint64) error {
	f, err := os.OpenFile(b.path(name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	const block = 64 << 10
	r := rand.New(rand.NewPCG(seed, 1))
	noise := rand.NewChaCha8([32]byte{byte(seed), 7})
	p := make([]byte, block/2) // a half compresses
	for off := int64(0); off+100*block <= b.size; off += 100 * block {
		noise.Read(p)
		if _, err := f.WriteAt(p, off+block*r.Int64N(100)); err != nil {
			return err
		}
	}
	return f.Close()
}

// compress writes a stream-optimized VMDK.
func (b *diskBench) compress(ctx context.Context) error {
	mine, other, err := b.pair(1,
		func() (cost, error) { return b.ours(ctx, "compress", b.path("base.raw"), b.path("base.vmdk")) },
		func() (cost, error) {
			return b.run(ctx, "qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", "base.raw", "peer.vmdk")
		})
	if err != nil {
		return err
	}
	wall, _ := b.report("raw to stream-optimized VMDK", mine, other)
	b.goal("wall time / qemu-img convert", wall, 0.5)
	var sizes [2]int64
	for i, name := range []string{"base.vmdk", "peer.vmdk"} {
		fi, err := os.Stat(b.path(name))
		if err != nil {
			return err
		}
		sizes[i] = fi.Size()
	}
	b.goal("size / qemu-img's", float64(sizes[0])/float64(sizes[1]), 1.02)
	if _, err := b.run(ctx, "qemu-img", "compare", "-f", "raw", "-F", "vmdk", "base.raw", "base.vmdk"); err != nil {
		return err
	}
	return os.Remove(b.path("peer.vmdk"))
}

// flatten reads a chain of three stream-optimized VMDKs.
func (b *diskBench) flatten(ctx context.Context) error {
	if err := errors.Join(os.Remove(b.path("base.raw")), os.Rename(b.path("one.raw"), b.path("two.raw")), b.change("two.raw", 2)); err != nil {
		return err
	}
	if _, err := b.ours(ctx, "diff", b.paths("two.raw", "two.vmdk", "base.vmdk", "one.vmdk")...); err != nil {
		return err
	}
	mine, other, err := b.pair(b.rounds,
		func() (cost, error) {
			return b.ours(ctx, "flatten", b.paths("flat.raw", "base.vmdk", "one.vmdk", "two.vmdk")...)
		},
		func() (cost, error) {
			return b.run(ctx, "qemu-img", "convert", "-f", "vmdk", "-O", "raw", "two.vmdk", "peer.raw")
		})
	if err != nil {
		return err
	}
	wall, cpu := b.report("three layers of stream-optimized VMDK to raw", mine, other)
	b.goal("wall time / qemu-img convert", wall, 0.6)
	b.goal("CPU time / qemu-img convert", cpu, 0.9)
	for _, name := range []string{"flat.raw", "peer.raw"} {
		if _, err := b.run(ctx, "cmp", "two.raw", name); err != nil {
			return err
		}
		if err := os.Remove(b.path(name)); err != nil {
			return err
		}
	}
	return nil
}

func (b *diskBench) paths(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, b.path(n))
	}
	return out
}

// delta makes a child of two disks that differ in 1 %. Comparing them is the least
// that this takes.
func (b *diskBench) delta(ctx context.Context) error {
	// cmp stops at the first difference, so it gets equal disks.
	for _, name := range []string{"copy.raw", "one.raw"} {
		if _, err := b.run(ctx, "cp", "base.raw", name); err != nil {
			return err
		}
	}
	if err := b.change("one.raw", 1); err != nil {
		return err
	}
	mine, other, err := b.pair(b.rounds,
		func() (cost, error) {
			return b.ours(ctx, "diff", b.paths("one.raw", "one.vmdk", "base.vmdk", "base.raw")...)
		},
		func() (cost, error) { return b.run(ctx, "cmp", "base.raw", "copy.raw") })
	if err != nil {
		return err
	}
	wall, _ := b.report("child of two disks that differ in 1 %", mine, other)
	// What is above 1 is compressing the difference.
	b.goal("wall time / cmp of two such disks", wall, 1.5)
	return os.Remove(b.path("copy.raw"))
}

// empty writes empty disks of 1 TiB.
func (b *diskBench) empty(ctx context.Context) error {
	for _, format := range []string{"raw", "vmdk", "qcow2", "vhd"} {
		c, err := b.ours(ctx, "empty", format, strconv.FormatInt(1<<40, 10), b.path("empty."+format))
		if err != nil {
			return err
		}
		fmt.Fprintf(b.w, "\nempty %s of 1 TiB: %v, peak %d MiB\n", format, c.wall.Round(time.Millisecond), c.peak>>20)
		b.goal("seconds", c.wall.Seconds(), 1)
		b.goal("peak memory in MiB", float64(c.peak>>20), 128)
	}
	return nil
}
