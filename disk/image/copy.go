package image

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// CopyOptions adjusts a copy. The zero value is ready to use.
type CopyOptions struct {
	// Workers is how many goroutines read and decompress. 0 stands for one
	// per processor, at most 8.
	Workers int
	// Progress, if not nil, is called now and then with how many bytes of the
	// disk are done, zeros included. The calls come from the goroutine of the
	// copy, in order.
	Progress func(done int64)
}

// Job is one disk of a [CopyAll]: what to read and where to write it.
type Job struct {
	Src Image
	Dst []Writer
}

// Copy writes the content of src to dst, which the caller closes. Several
// goroutines read ahead; parts that are not stored are skipped in no time, and
// a few MiB are held in memory. A chain is flattened by copying it.
func Copy(ctx context.Context, dst Writer, src Image, o CopyOptions) error {
	return CopyAll(ctx, []Job{{Src: src, Dst: []Writer{dst}}}, o)
}

// CopyAll does several copies side by side. Where sources are chains over one
// parent, or one source has several destinations, what is common is read and
// decompressed once.
func CopyAll(ctx context.Context, jobs []Job, o CopyOptions) error {
	if len(jobs) == 0 {
		return nil
	}
	workers := o.Workers
	if workers <= 0 {
		workers = min(runtime.GOMAXPROCS(0), 8)
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &copier{ctx: ctx, jobs: jobs, block: blockSize(len(jobs)), depth: 2*workers + 2}
	for _, j := range jobs {
		if j.Src.Lineage().Parent != "" {
			cancel()
			return NeedsParent("", j.Src.Lineage())
		}
		c.cursors = append(c.cursors, newCursor(j.Src))
		c.size = max(c.size, j.Src.Size())
	}
	c.work = make(chan *item, c.depth)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(c.read)
	}
	err := c.run(o.Progress)
	cancel() // what is still queued need not be read
	close(c.work)
	wg.Wait()
	return err
}

// blockSize returns how much of each disk is handled at a time, so that all
// together stay near 1 MiB.
func blockSize(jobs int) int64 {
	const grain = 64 << 10
	return max(1<<20/int64(jobs)/grain, 1) * grain
}

// copier is the state of a CopyAll. One goroutine plans items and writes them
// out in order; the others fill those that need reading.
type copier struct {
	ctx     context.Context
	jobs    []Job
	cursors []*cursor
	size    int64 // of the largest disk
	block   int64
	depth   int   // items that may be under way
	off     int64 // planned up to here
	work    chan *item
	spare   []*item
}

// item is one range of all disks.
type item struct {
	off, n int64
	zero   bool     // no disk stores anything here
	parts  [][]part // per job
	bufs   [][]byte // per job: the content of its parts
	err    error
	done   chan struct{} // receives once the item is filled
}

func (c *copier) newItem() *item {
	if n := len(c.spare); n > 0 {
		it := c.spare[n-1]
		c.spare = c.spare[:n-1]
		return it
	}
	n := len(c.jobs)
	return &item{parts: make([][]part, n), bufs: make([][]byte, n), done: make(chan struct{}, 1)}
}

func (c *copier) run(progress func(int64)) error {
	var queue []*item // the oldest first
	for {
		for len(queue) < c.depth && c.off < c.size {
			it := c.newItem()
			if err := c.plan(it); err != nil {
				return err
			}
			if it.zero {
				it.done <- struct{}{}
			} else {
				c.work <- it // there is room for all items
			}
			queue = append(queue, it)
		}
		if len(queue) == 0 {
			return c.ctx.Err()
		}
		it := queue[0]
		select {
		case <-it.done:
		case <-c.ctx.Done():
			return context.Cause(c.ctx)
		}
		if it.err != nil {
			return it.err
		}
		if err := c.write(it); err != nil {
			return err
		}
		if progress != nil {
			progress(it.off + it.n)
		}
		queue = append(queue[:0], queue[1:]...)
		c.spare = append(c.spare, it)
	}
}

// plan chooses the next range: as many zeros as all disks have in common, or
// else what is left of a block.
func (c *copier) plan(it *item) error {
	it.off, it.n, it.zero = c.off, c.size-c.off, true
	for _, cur := range c.cursors {
		if c.off >= cur.size {
			continue
		}
		p, err := cur.at(c.off, cur.size-c.off)
		if err != nil {
			return err
		}
		if p.layer != nil {
			it.n, it.zero = min(c.block-c.off%c.block, c.size-c.off), false
			break
		}
		if p.End() < cur.size {
			it.n = min(it.n, p.Length)
		}
	}
	for i, cur := range c.cursors {
		it.parts[i] = it.parts[i][:0]
		end := min(it.off+it.n, cur.size)
		for off := it.off; off < end; {
			p, err := cur.at(off, end-off)
			if err != nil {
				return err
			}
			it.parts[i] = append(it.parts[i], p)
			off = p.End()
		}
	}
	c.off += it.n
	return nil
}

// read is the work of the reading goroutines.
func (c *copier) read() {
	for it := range c.work {
		if it.err = c.ctx.Err(); it.err == nil {
			it.err = it.fill()
		}
		it.done <- struct{}{}
	}
}

// fill reads all parts of all disks that are stored somewhere.
func (it *item) fill() error {
	for i, parts := range it.parts {
		for _, p := range parts {
			if p.layer == nil {
				continue
			}
			if int64(len(it.bufs[i])) < it.n {
				it.bufs[i] = make([]byte, it.n)
			}
			for off := p.Offset; off < p.End(); {
				from, end := it.earlier(i, p.layer, off, p.End())
				dst := it.bufs[i][off-it.off : end-it.off]
				if from != nil {
					copy(dst, from[off-it.off:])
				} else if err := readFull(p.layer, dst, off); err != nil {
					return fmt.Errorf("reading %d bytes at byte %d of the disk: %w", len(dst), off, err)
				}
				off = end
			}
		}
	}
	return nil
}

// earlier looks for content of a layer at off that a job before job i has read
// already. It returns the buffer of that job and where the common range ends;
// or nil and where the range ends of which no job has anything.
func (it *item) earlier(i int, layer Image, off, end int64) ([]byte, int64) {
	for k := range i {
		for _, p := range it.parts[k] {
			switch {
			case p.layer != layer || p.End() <= off:
			case p.Offset <= off:
				return it.bufs[k], min(end, p.End())
			default:
				end = min(end, p.Offset)
			}
		}
	}
	return nil, end
}

// write hands a filled item to the writers.
func (c *copier) write(it *item) error {
	for i, j := range c.jobs {
		parts := it.parts[i]
		for len(parts) > 0 {
			// Neighbours in the buffer go out together.
			n := 1
			for n < len(parts) && (parts[n].layer == nil) == (parts[0].layer == nil) {
				n++
			}
			off, end := parts[0].Offset, parts[n-1].End()
			for _, w := range j.Dst {
				var err error
				if parts[0].layer == nil {
					err = w.Skip(end - off)
				} else {
					_, err = w.Write(it.bufs[i][off-it.off : end-it.off])
				}
				if err != nil {
					return err
				}
			}
			parts = parts[n:]
		}
	}
	return nil
}

// part is a range of a disk that has one source; no layer: zeros.
type part struct {
	layer Image
	Extent
}

// cursor walks over an image and remembers how far the last answer of each
// layer goes, so that no table is walked twice.
type cursor struct {
	layers []Image // the top layer first
	known  []Extent
	size   int64
}

func newCursor(m Image) *cursor {
	layers := []Image{m}
	if c, ok := m.(*Chain); ok {
		layers = c.layers
	}
	return &cursor{layers: layers, known: make([]Extent, len(layers)), size: m.Size()}
}

// at returns the part that begins at off, at most limit bytes long. Offsets
// only grow from call to call.
func (c *cursor) at(off, limit int64) (part, error) {
	for i, layer := range c.layers {
		e := &c.known[i]
		if off < e.Offset || off >= e.End() {
			var err error
			if *e, err = extentAt(layer, off, c.size-off); err != nil {
				return part{}, err
			}
		}
		limit = min(limit, e.End()-off)
		switch e.Kind {
		case Data:
			return part{layer, Extent{off, limit, Data}}, nil
		case Zero:
			return part{nil, Extent{off, limit, Zero}}, nil
		}
	}
	return part{nil, Extent{off, limit, Zero}}, nil
}
