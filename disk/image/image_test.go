package image_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/ovfkit/ovf/disk/image"
)

// family returns a base and children of it, and what each of them holds in the
// end. Units differ from layer to layer, as grain sizes may.
func family(t *testing.T, size int64) (layers []image.Image, want [][]byte) {
	t.Helper()
	base := newFake(1, size, 4096, image.Data, image.Zero)
	base.lineage.ID = "cid:00000000"
	layers, want = []image.Image{base}, [][]byte{base.content}
	for i, unit := range []int64{65536, 512, 8192} {
		c := newFake(uint64(i+2), size, unit, image.Data, image.Zero, image.Absent, image.Absent, image.Absent)
		c.lineage = image.Lineage{ID: "cid:0000000" + string(rune('1'+i)), Parent: layers[i].Lineage().ID}
		layers = append(layers, c)
		want = append(want, over(want[i], c))
	}
	return layers, want
}

func TestChain(t *testing.T) {
	const size = 1<<20 + 512*3
	layers, want := family(t, size)
	r := rand.New(rand.NewPCG(9, 9))
	for n := 1; n <= len(layers); n++ {
		c, err := image.NewChain(image.Limits{}, layers[:n]...)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, size)
		if k, err := c.ReadAt(got, 0); k != size || err != nil && err != io.EOF {
			t.Fatalf("%d layers: ReadAt of all: %d, %v", n, k, err)
		}
		if !bytes.Equal(got, want[n-1]) {
			t.Errorf("%d layers: content differs", n)
		}
		for range 200 {
			off := r.Int64N(size)
			p := make([]byte, 1+r.Int64N(min(100_000, size-off)))
			if _, err := c.ReadAt(p, off); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p, want[n-1][off:off+int64(len(p))]) {
				t.Fatalf("%d layers: %d bytes at %d differ", n, len(p), off)
			}
		}
		var off int64
		for e, err := range image.Extents(c) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Offset != off || e.Kind == image.Absent {
				t.Fatalf("extent %+v after offset %d", e, off)
			}
			off = e.End()
			if e.Kind == image.Zero && len(bytes.Trim(want[n-1][e.Offset:e.End()], "\x00")) > 0 {
				t.Fatalf("extent %+v has content", e)
			}
		}
		if off != size {
			t.Errorf("extents end at %d of %d", off, size)
		}
		if l := c.Lineage(); l.ID != layers[n-1].Lineage().ID || l.Parent != "" {
			t.Errorf("lineage %+v", l)
		}
	}
}

func TestChainRefused(t *testing.T) {
	small := func(id, parent string) *fake {
		f := newFake(1, 4096, 512, image.Data)
		f.lineage = image.Lineage{ID: id, Parent: parent, Hint: "base.vmdk"}
		return f
	}
	base, child := small("cid:1", ""), small("cid:2", "cid:1")
	short := newFake(1, 2048, 512, image.Data)
	short.lineage = image.Lineage{ID: "cid:3", Parent: "cid:1"}
	long := []image.Image{base}
	for range 10_000 {
		long = append(long, small("cid:1", "cid:1"))
	}
	for _, c := range []struct {
		name, rule string
		layers     []image.Image
	}{
		{"none", image.RuleChainDepth, nil},
		{"10,001 layers", image.RuleChainDepth, long},
		{"base with a parent", image.RuleParentID, []image.Image{child}},
		{"other parent", image.RuleParentID, []image.Image{small("cid:9", ""), child}},
		{"parent without identity", image.RuleParentID, []image.Image{small("", ""), child}},
		{"no child", image.RuleParentID, []image.Image{base, small("cid:5", "")}},
		{"cycle", image.RuleChainCycle, []image.Image{base, child, base}},
		{"unequal size", image.RuleChainSize, []image.Image{base, short}},
	} {
		_, err := image.NewChain(image.Limits{}, c.layers...)
		var e *image.Error
		if !errors.As(err, &e) || e.Rule != c.rule {
			t.Errorf("%s: %v, want rule %s", c.name, err, c.rule)
		}
	}
	if _, err := image.NewChain(image.Limits{}, base, child); err != nil {
		t.Errorf("a proper chain is refused: %v", err)
	}
}

func TestRulesAreListed(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range image.Rules() {
		if r.Summary == "" || r.Why == "" || listed[r.Name] {
			t.Errorf("rule %q is not described, or twice", r.Name)
		}
		listed[r.Name] = true
	}
	for _, r := range []string{image.RuleParentNeeded, image.RuleParentID, image.RuleChainDepth,
		image.RuleChainCycle, image.RuleChainSize, image.RuleSize} {
		if !listed[r] {
			t.Errorf("rule %s is not listed", r)
		}
	}
}

func TestCopy(t *testing.T) {
	layers, want := family(t, 5<<20+7*512)
	c, err := image.NewChain(image.Limits{}, layers...)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{0, 1, 3} {
		var a, b sink
		var last int64
		job := image.Job{Src: c, Dst: []image.Writer{&a, &b}}
		err := image.CopyAll(context.Background(), []image.Job{job}, image.CopyOptions{Workers: workers, Progress: func(done int64) {
			if done <= last {
				t.Errorf("progress from %d to %d", last, done)
			}
			last = done
		}})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), want[3]) || !bytes.Equal(b.Bytes(), want[3]) {
			t.Errorf("%d workers: content differs", workers)
		}
		if a.closed || last != c.Size() {
			t.Errorf("%d workers: closed %v, progress ends at %d of %d", workers, a.closed, last, c.Size())
		}
	}
}

// TestCopyAllShares: what two disks have from one parent is read once.
func TestCopyAllShares(t *testing.T) {
	const size = 3 << 20
	base := newFake(1, size, 4096, image.Data)
	base.lineage.ID = "base"
	var jobs []image.Job
	var sinks []*sink
	var want [][]byte
	for i := range 3 {
		child := newFake(uint64(20+i), size, 65536, image.Data, image.Absent, image.Absent, image.Absent)
		child.lineage = image.Lineage{ID: "child", Parent: "base"}
		c, err := image.NewChain(image.Limits{}, base, child)
		if err != nil {
			t.Fatal(err)
		}
		s := &sink{}
		jobs = append(jobs, image.Job{Src: c, Dst: []image.Writer{s}})
		sinks = append(sinks, s)
		want = append(want, over(base.content, child))
	}
	longer := newFake(50, size+123*512, 512, image.Data, image.Zero)
	jobs = append(jobs, image.Job{Src: longer, Dst: []image.Writer{&sink{}}})
	sinks = append(sinks, jobs[3].Dst[0].(*sink))
	want = append(want, longer.content)
	if err := image.CopyAll(context.Background(), jobs, image.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	for i, s := range sinks {
		if !bytes.Equal(s.Bytes(), want[i]) {
			t.Errorf("disk %d differs", i)
		}
	}
	if n := base.reads.Load(); n > size {
		t.Errorf("%d bytes were read of a base of %d", n, size)
	}
}

func TestCopyErrors(t *testing.T) {
	before := runtime.NumGoroutine()
	base := newFake(1, 8<<20, 4096, image.Data)
	base.failAt = 5<<20 + 1
	if err := image.Copy(context.Background(), &sink{}, base, image.CopyOptions{}); !errors.Is(err, errFake) {
		t.Errorf("broken source: %v", err)
	}
	base.failAt = 0
	if err := image.Copy(context.Background(), &sink{failAt: 1 << 20}, base, image.CopyOptions{}); !errors.Is(err, errFake) {
		t.Errorf("broken destination: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := image.Copy(ctx, &sink{}, base, image.CopyOptions{Progress: func(int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	child := newFake(2, 8<<20, 4096, image.Data, image.Absent)
	child.lineage = image.Lineage{ID: "b", Parent: "a", Hint: "a.vmdk"}
	err = image.Copy(context.Background(), &sink{}, child, image.CopyOptions{})
	var e *image.Error
	if !errors.As(err, &e) || e.Rule != image.RuleParentNeeded || !errors.Is(err, image.ErrNeedsParent) {
		t.Errorf("child without parent: %v", err)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
}

// endless answers with more than it was asked for.
type endless struct{ *fake }

func (endless) ExtentAt(off, limit int64) (image.Extent, error) {
	return image.Extent{Offset: off, Length: limit + 1, Kind: image.Data}, nil
}

func TestContractIsEnforced(t *testing.T) {
	m := endless{newFake(1, 4096, 512, image.Data)}
	if err := image.Copy(context.Background(), &sink{}, m, image.CopyOptions{}); err == nil {
		t.Error("a wrong extent was believed")
	}
	if _, err := image.Allocated(m); err == nil {
		t.Error("a wrong extent was believed")
	}
}

func TestAllocated(t *testing.T) {
	f := newFake(3, 1<<20, 4096, image.Data, image.Zero)
	want := int64(0)
	for _, k := range f.kinds {
		if k == image.Data {
			want += 4096
		}
	}
	if got, err := image.Allocated(f); err != nil || got != want {
		t.Errorf("%d, %v; want %d", got, err, want)
	}
}
