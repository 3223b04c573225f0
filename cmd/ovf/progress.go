package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

// progressDelay is how long work has to take before it gets a bar.
const progressDelay = time.Second

// progress shows how far some work is: a bar with the bytes done, the rate and
// the remaining time, on a terminal's standard error, once the work has taken a
// second. Elsewhere, and with --json or --quiet, it shows nothing. Its methods
// may be called by several goroutines.
type progress struct {
	mu  sync.Mutex
	bar *progressbar.ProgressBar // nil shows nothing
	out *lateWriter
}

// progress begins work on total bytes; 0 or less stands for an unknown number.
// The caller calls Done at the end, also after an error.
func (c *cli) progress(title string, total int64) *progress {
	if c.still || !terminal(c.stderr) {
		return &progress{}
	}
	return newProgress(c.stderr, title, total, progressDelay)
}

func newProgress(w io.Writer, title string, total int64, delay time.Duration) *progress {
	if total <= 0 {
		total = -1
	}
	p := &progress{out: &lateWriter{w: w, from: time.Now().Add(delay)}}
	p.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionSetDescription(cells.Clean(title)),
		progressbar.OptionSetWidth(24),
		progressbar.OptionShowBytes(true),
		progressbar.OptionShowCount(),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
	p.bar.StartWithoutRender() // the rate counts from here
	return p
}

// Add notes that n more bytes are done.
func (p *progress) Add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Add64(n) // an error of the terminal does not stop the work
	}
}

// Set notes that done bytes are done, from the beginning.
func (p *progress) Set(done int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Set64(done)
	}
}

// Done ends the work and takes the bar away. It may be called more than once.
func (p *progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil && p.out.used {
		_ = p.bar.Clear()
	}
	p.bar = nil
}

// lateWriter drops what is written before a moment.
type lateWriter struct {
	w    io.Writer
	from time.Time
	used bool
}

func (l *lateWriter) Write(b []byte) (int, error) {
	if !l.used && time.Now().Before(l.from) {
		return len(b), nil
	}
	l.used = true
	return l.w.Write(b)
}

// terminal reports whether w is a terminal that can rewrite a line.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// lateProgress is progress on work whose total is known later than what shows it: it
// begins with the first call of add or set. These may be called by several goroutines.
type lateProgress struct {
	cli   *cli
	title string
	total int64 // for add

	once sync.Once
	bar  *progress
}

func (c *cli) lateProgress(title string) *lateProgress { return &lateProgress{cli: c, title: title} }

func (p *lateProgress) add(n int64) { p.begin(p.total).Add(n) }

func (p *lateProgress) set(done, total int64) { p.begin(total).Set(done) }

func (p *lateProgress) begin(total int64) *progress {
	p.once.Do(func() { p.bar = p.cli.progress(p.title, total) })
	return p.bar
}

func (p *lateProgress) done() {
	if p.bar != nil {
		p.bar.Done()
	}
}
