package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A bar appears on a terminal once the time is over, with rate and remaining
// time, and is gone at the end.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b, "packing a.ova", 100<<20, 0)
	for range 50 {
		p.Add(1 << 20)
		time.Sleep(5 * time.Millisecond)
	}
	out := b.String()
	for _, want := range []string{"packing a.ova", "%", "MiB", "/s", "s]"} {
		if !strings.Contains(out, want) {
			t.Errorf("the bar has no %q: %q", want, out)
		}
	}
	p.Done()
	p.Done()
	if rest := b.String()[len(out):]; strings.Trim(rest, " \r") != "" || !strings.HasSuffix(rest, "\r") {
		t.Errorf("the bar stays: %q", rest)
	}
}

func TestProgressOfShortWork(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b, "packing", 100, time.Hour)
	p.Add(40)
	p.Set(100)
	p.Done()
	if b.Len() > 0 {
		t.Errorf("short work showed %q", b.String())
	}
}

func TestProgressConcurrent(t *testing.T) {
	p := newProgress(io.Discard, "packing", 0, 0)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range int64(100) {
				p.Add(1)
				p.Set(i)
			}
		})
	}
	wg.Go(p.Done)
	wg.Wait()
}

func TestProgressNeedsTerminal(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip(err)
	}
	defer master.Close()
	defer slave.Close()
	t.Setenv("TERM", "xterm")
	for name, c := range map[string]struct {
		w     io.Writer
		still bool
		want  bool
	}{
		"terminal":         {slave, false, true},
		"terminal, --json": {slave, true, false},
		"buffer":           {&bytes.Buffer{}, false, false},
		"file":             {os.NewFile(0, ""), false, false},
	} {
		if name == "file" {
			f, err := os.CreateTemp(t.TempDir(), "")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			c.w = f
		}
		p := (&cli{stderr: c.w, still: c.still}).progress("packing", 1)
		if got := p.bar != nil; got != c.want {
			t.Errorf("%s: shows a bar: %v", name, got)
		}
	}
}
