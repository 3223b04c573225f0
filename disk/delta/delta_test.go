package delta_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/disk/delta"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
)

const block = delta.BlockSize

// noise fills p with bytes that no other seed gives.
func noise(p []byte, seed uint64) {
	rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(p)
}

// change replaces a part of some blocks.
func change(p []byte, seed uint64, blocks ...int) []byte {
	p = append([]byte(nil), p...)
	for _, b := range blocks {
		noise(p[b*block+1000:b*block+1010], seed+uint64(b))
	}
	return p
}

func rawImages(t testing.TB, contents ...[]byte) []image.Image {
	t.Helper()
	var list []image.Image
	for _, c := range contents {
		m, err := raw.Open(bytes.NewReader(c), int64(len(c)))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

// write makes the disks of a plan and opens them.
func write(t testing.TB, dir string, p *delta.Plan, images []image.Image) []*vmdk.Image {
	t.Helper()
	err := p.Write(context.Background(), images, func(i int) (image.Writer, error) {
		d := p.Disks[i]
		o := vmdk.WriterOptions{Lineage: image.Lineage{ID: vmdk.ContentID(d.Sum)}}
		if d.Parent != delta.None {
			o.Lineage.Parent = vmdk.ContentID(p.Disks[d.Parent].Sum)
			o.Lineage.Hint = fmt.Sprintf("%d.vmdk", d.Parent)
		}
		return vmdk.NewWriter(qemutest.Create(t, filepath.Join(dir, fmt.Sprintf("%d.vmdk", i))), images[0].Size(), o)
	}, delta.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var disks []*vmdk.Image
	for i := range p.Disks {
		f, size := qemutest.Open(t, filepath.Join(dir, fmt.Sprintf("%d.vmdk", i)))
		m, err := vmdk.Open(f, size, vmdk.Options{})
		if err != nil {
			t.Fatal(err)
		}
		disks = append(disks, m)
	}
	return disks
}

// verify flattens each disk of the plan and checks that it holds what differs
// from its parent and nothing else.
func verify(t *testing.T, p *delta.Plan, disks []*vmdk.Image, contents [][]byte) {
	t.Helper()
	whole := make([][]byte, len(disks))
	for i, d := range p.Disks {
		layers := []image.Image{disks[i]}
		for at := d.Parent; at != delta.None; at = p.Disks[at].Parent {
			layers = append([]image.Image{disks[at]}, layers...)
		}
		c, err := image.NewChain(image.Limits{}, layers...)
		if err != nil {
			t.Fatal(err)
		}
		whole[i] = make([]byte, c.Size())
		if _, err := c.ReadAt(whole[i], 0); err != nil {
			t.Fatal(err)
		}
		if d.Image != delta.None && !bytes.Equal(whole[i], contents[d.Image]) {
			t.Errorf("disk %d is not image %d", i, d.Image)
		}
		parent := make([]byte, c.Size())
		if d.Parent != delta.None {
			parent = whole[d.Parent]
		}
		stored := int64(0)
		for off := 0; off < len(parent); off += block {
			end := min(off+block, len(parent))
			e, err := disks[i].ExtentAt(int64(off), 1)
			if err != nil {
				t.Fatal(err)
			}
			differs := !bytes.Equal(whole[i][off:end], parent[off:end])
			if differs != (e.Kind == image.Data) {
				t.Errorf("disk %d block %d: %s, differs from its parent: %v", i, off/block, e.Kind, differs)
			}
			if differs && len(bytes.Trim(whole[i][off:end], "\x00")) > 0 {
				stored += block
			}
		}
		if stored > d.Stored+block || stored+block < d.Stored {
			t.Errorf("disk %d stores %d bytes of content; planned are %d", i, stored, d.Stored)
		}
	}
}

// contents returns disks of some relations: a base, two children of it that
// are in the set with it; three siblings whose base is not; one alone.
func contents(size int) map[string][][]byte {
	base, other, alone := make([]byte, size), make([]byte, size), make([]byte, size)
	noise(base[:size/2], 1)
	noise(base[size-100:], 2)
	noise(other[size/4:], 3)
	noise(alone[:size/3], 4)
	zeroed := change(base, 20, 3)
	clear(zeroed[block : 3*block])
	return map[string][][]byte{
		"one":      {base},
		"same":     {base, base},
		"two":      {base, change(base, 10, 5, 6)},
		"family":   {base, change(base, 10, 1, 2, 9), zeroed},
		"chain":    {change(change(base, 10, 1, 2, 3, 4, 5), 11, 6, 7, 8, 9, 10), base, change(base, 10, 1, 2, 3, 4, 5)},
		"siblings": {change(other, 1000, 12, 13), change(other, 2000, 14, 15), change(other, 3000, 16, 17), change(other, 4000, 18, 19)},
		"mixed":    {base, other, alone, change(base, 10, 1), change(other, 12, 20), change(base, 13, 2)},
		"empty":    {make([]byte, size), make([]byte, size)},
	}
}

func TestPlanAndWrite(t *testing.T) {
	for name, set := range contents(30*block - 512*5) {
		t.Run(name, func(t *testing.T) {
			images := rawImages(t, set...)
			p, err := delta.Analyze(context.Background(), images, delta.Options{})
			if err != nil {
				t.Fatal(err)
			}
			seen := map[int]bool{}
			for _, d := range p.Disks {
				if d.Image != delta.None {
					seen[d.Image] = true
				}
			}
			if len(seen) != len(set) {
				t.Errorf("the plan has %d of %d images: %+v", len(seen), len(set), p.Disks)
			}
			if p.Stored() > p.Full {
				t.Errorf("the plan stores %d bytes, the images alone %d", p.Stored(), p.Full)
			}
			dir := t.TempDir()
			disks := write(t, dir, p, images)
			verify(t, p, disks, set)
			if name == "family" || name == "siblings" {
				qemutest.Need(t, "qemu-img")
				for i, d := range p.Disks {
					if d.Image != delta.None {
						qemutest.Compare(t, "vmdk", filepath.Join(dir, fmt.Sprintf("%d.vmdk", i)), "raw",
							qemutest.Write(t, dir, "want.raw", append(set[d.Image], make([]byte, -len(set[d.Image])&511)...)))
					}
				}
			}
		})
	}
}

// TestPlanShape checks the plans for which the best one is known.
func TestPlanShape(t *testing.T) {
	for name, want := range map[string]string{
		"one":      "0<-1",
		"same":     "0<-1 1<0",
		"two":      "0<-1 1<0",
		"family":   "0<-1 1<0 2<0",
		"chain":    "0<-1 2<0 1<1",
		"siblings": "-1<-1 0<0 1<0 2<0 3<0",
		"mixed":    "0<-1 3<0 5<0 1<-1 4<3 2<-1",
		"empty":    "0<-1 1<-1",
	} {
		set := contents(30*block - 512*5)[name]
		p, err := delta.Analyze(context.Background(), rawImages(t, set...), delta.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, d := range p.Disks {
			got += fmt.Sprintf(" %d<%d", d.Image, d.Parent)
		}
		if got[1:] != want {
			t.Errorf("%s: plan%s, want %s", name, got, want)
		}
	}
}

// TestPlanIsBest compares with the best of all trees of four images, found by
// trying them all.
func TestPlanIsBest(t *testing.T) {
	const n, blocks = 4, 24
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 30 {
		values := [n][blocks]byte{}
		set := make([][]byte, n)
		for i := range set {
			set[i] = make([]byte, blocks*block)
			for b := range blocks {
				if v := byte(r.IntN(4)); r.IntN(3) > 0 {
					values[i][b] = v
					set[i][b*block] = v
				}
			}
		}
		best := 1 << 30
		for code := range 5 * 5 * 5 * 5 { // the parent of each image, 4 for none
			parent := [n]int{code % 5, code / 5 % 5, code / 25 % 5, code / 125}
			cost := 0
			for i := range n {
				steps, at := 0, i
				for at != 4 && steps <= n {
					at = parent[at]
					steps++
				}
				if steps > n {
					cost = 1 << 30
					break
				}
				for b := range blocks {
					v := values[i][b]
					if v != 0 && (parent[i] == 4 || v != values[parent[i]][b]) {
						cost++
					}
				}
			}
			best = min(best, cost)
		}
		p, err := delta.Analyze(context.Background(), rawImages(t, set...), delta.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := int(p.Stored() / block); got > best+1 {
			t.Errorf("round %d: the plan stores %d blocks, the best tree %d", round, got, best)
		}
	}
}

func TestDiff(t *testing.T) {
	set := contents(33*block + 512)["two"]
	images := rawImages(t, set...)
	path := filepath.Join(t.TempDir(), "child.vmdk")
	w, err := vmdk.NewFileWriter(qemutest.Create(t, path), images[0].Size(), vmdk.WriterOptions{Lineage: image.Lineage{Parent: "cid:00000007"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := delta.Diff(context.Background(), w, images[1], images[0], delta.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, size := qemutest.Open(t, path)
	m, err := vmdk.Open(f, size, vmdk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := image.Allocated(m); err != nil || n != 2*block {
		t.Errorf("the child stores %d bytes, %v; want %d", n, err, 2*block)
	}
	if fi, err := os.Stat(path); err != nil || fi.Size() > 3*block+64<<10 {
		t.Errorf("the file has %d bytes, %v", fi.Size(), err)
	}
}

func TestRefused(t *testing.T) {
	a, b := make([]byte, block), make([]byte, 2*block)
	ctx := context.Background()
	if _, err := delta.Analyze(ctx, nil, delta.Options{}); err == nil {
		t.Error("a plan of nothing")
	}
	var e *image.Error
	if _, err := delta.Analyze(ctx, rawImages(t, a, b), delta.Options{}); !errors.As(err, &e) || e.Rule != image.RuleChainSize {
		t.Errorf("unequal sizes: %v", err)
	}
	many := make([][]byte, delta.MaxImages+1)
	for i := range many {
		many[i] = a
	}
	if _, err := delta.Analyze(ctx, rawImages(t, many...), delta.Options{}); err == nil {
		t.Error("too many images")
	}
	for _, disks := range [][]delta.Disk{
		{{Image: 0, Parent: 0}}, {{Image: 0, Parent: 1}, {Image: 0, Parent: -1}}, {{Image: 1, Parent: -1}},
		{{Image: -2, Parent: -1}}, {{Image: 0, Parent: -1}, {Image: -1, Parent: 0}},
	} {
		p := &delta.Plan{Disks: disks}
		err := p.Write(ctx, rawImages(t, a), func(int) (image.Writer, error) { return nil, nil }, delta.Options{})
		if err == nil {
			t.Errorf("plan %+v: no error", disks)
		}
	}
	broken := errors.New("no place")
	p := &delta.Plan{Disks: []delta.Disk{{Image: 0, Parent: -1}}}
	if err := p.Write(ctx, rawImages(t, a), func(int) (image.Writer, error) { return nil, broken }, delta.Options{}); err != broken {
		t.Errorf("create fails: %v", err)
	}
}
