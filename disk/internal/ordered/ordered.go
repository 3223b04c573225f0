// Package ordered transforms blocks on several goroutines and hands on the
// results in the order in which the blocks came. Writers of compressed images
// use it.
package ordered

import "runtime"

// Task is one block. Its slices are reused: keep none of them.
type Task struct {
	In  []byte // the block, filled between Next and Submit
	Out []byte // the result
	Tag int64  // free for the caller

	err  error
	done chan struct{}
}

// Func appends the transformed src to dst and returns it. A Func is used by one
// goroutine at a time.
type Func func(dst, src []byte) ([]byte, error)

// Pipeline is used by one goroutine. When it is no longer needed it can simply
// be dropped: its goroutines end with the block they work on.
type Pipeline struct {
	idle  chan Func
	emit  func(*Task) error
	queue []*Task // under way, the oldest first
	spare []*Task
	block int
	err   error
}

// New returns a pipeline for blocks of up to block bytes. start makes one worker
// with a state of its own; emit takes the results, on the goroutine that calls
// Next and Flush. workers <= 0 stands for one per processor, at most 8.
func New(workers, block int, start func() Func, emit func(*Task) error) *Pipeline {
	if workers <= 0 {
		workers = min(runtime.GOMAXPROCS(0), 8)
	}
	p := &Pipeline{idle: make(chan Func, workers), emit: emit, block: block}
	for range workers {
		p.idle <- start()
	}
	return p
}

// Next returns a task with an In of block bytes, of unspecified content.
func (p *Pipeline) Next() (*Task, error) {
	for len(p.queue) >= 4*cap(p.idle) && p.err == nil {
		p.take()
	}
	if p.err != nil {
		return nil, p.err
	}
	if n := len(p.spare); n > 0 {
		t := p.spare[n-1]
		p.spare = p.spare[:n-1]
		t.In = t.In[:p.block]
		return t, nil
	}
	return &Task{In: make([]byte, p.block), done: make(chan struct{}, 1)}, nil
}

// Submit starts the work on a task of Next.
func (p *Pipeline) Submit(t *Task) {
	p.queue = append(p.queue, t)
	go func() {
		f := <-p.idle
		t.Out, t.err = f(t.Out[:0], t.In)
		p.idle <- f
		t.done <- struct{}{}
	}()
}

// Flush hands on all results that are still under way.
func (p *Pipeline) Flush() error {
	for len(p.queue) > 0 && p.err == nil {
		p.take()
	}
	return p.err
}

// take waits for the oldest task and hands it on.
func (p *Pipeline) take() {
	t := p.queue[0]
	p.queue = append(p.queue[:0], p.queue[1:]...)
	<-t.done
	if p.err = t.err; p.err == nil {
		p.err = p.emit(t)
	}
	p.spare = append(p.spare, t)
}
