package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const (
	window     = 64 << 10 // bytes that a read at a new place asks for
	maxStreams = 8        // connections of one file that stay open
	maxWindows = 8
)

// Remote is a file at a URL whose server gives parts of it. It is pinned by its
// length and by ETag or Last-Modified. A read at a new place fetches a small window; one
// that goes on where another ended gets a connection of its own.
type Remote struct {
	*place
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	windows []windowed // last used last
	streams []*stream  // not in use; last used last
	closed  bool
}

type windowed struct {
	off  int64
	data []byte
}

// Open opens a URL. From a server that gives no parts the whole is copied into a
// temporary file. The content does not depend on ctx once it is open.
func Open(ctx context.Context, client *http.Client, rawURL string, tmp *Spooler) (Content, error) {
	p := &place{client: client, url: rawURL, total: -1}
	var resp *http.Response
	for i := 0; ; i++ {
		var err error
		if resp, _, err = p.part(ctx, 0, window); err == nil {
			break
		}
		if !retry(ctx, i, err) {
			return nil, err
		}
	}
	if !p.ranges {
		s := &stream{place: p, ctx: ctx, cancel: func() {}, body: resp.Body}
		defer s.Close()
		return tmp.Spool(ctx, s)
	}
	defer resp.Body.Close()
	head := make([]byte, min(window, p.total))
	if _, err := io.ReadFull(resp.Body, head); err != nil {
		return nil, plainURL(err)
	}
	r := &Remote{place: p, windows: []windowed{{0, head}}}
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return r, nil
}

// Size returns the length in bytes.
func (r *Remote) Size() int64 { return r.total }

// ReadAt reads at a place.
func (r *Remote) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("source: read at %d", off)
	}
	done := 0
	for done < len(p) && off < r.total {
		n, err := r.read(p[done:min(int64(len(p)), int64(done)+r.total-off)], off)
		done += n
		off += int64(n)
		if err != nil {
			return done, err
		}
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

func (r *Remote) read(p []byte, off int64) (int, error) {
	if n := r.fromWindow(p, off); n > 0 {
		return n, nil
	}
	s, follows := r.take(off)
	if s == nil && follows {
		var err error
		if s, err = r.pinned().stream(r.ctx, off); err != nil {
			return 0, err
		}
	}
	if s != nil {
		n, err := io.ReadFull(s, p)
		r.put(s, err == nil)
		return n, err
	}
	return r.fetch(p, off)
}

// pinned returns a copy of the place, since answers are compared with it from
// several goroutines.
func (r *Remote) pinned() *place {
	p := *r.place
	return &p
}

// fromWindow copies what a window has.
func (r *Remote) fromWindow(p []byte, off int64) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, w := range r.windows {
		if off >= w.off && off < w.off+int64(len(w.data)) {
			r.windows = append(slices.Delete(r.windows, i, i+1), w)
			return copy(p, w.data[off-w.off:])
		}
	}
	return 0
}

// take returns the stream that stands at off, and whether a window ends there.
func (r *Remote) take(off int64) (*stream, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, s := range r.streams {
		if s.pos == off {
			r.streams = slices.Delete(r.streams, i, i+1)
			return s, true
		}
	}
	return nil, slices.ContainsFunc(r.windows, func(w windowed) bool { return w.off+int64(len(w.data)) == off })
}

// put keeps a stream for the next read.
func (r *Remote) put(s *stream, good bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !good || r.closed || s.pos == r.total {
		s.Close()
		return
	}
	if len(r.streams) == maxStreams {
		r.streams[0].Close()
		r.streams = slices.Delete(r.streams, 0, 1)
	}
	r.streams = append(r.streams, s)
}

// fetch reads a new window.
func (r *Remote) fetch(p []byte, off int64) (int, error) {
	data := make([]byte, min(max(window, int64(len(p))), r.total-off))
	for i := 0; ; i++ {
		err := r.part(off, data)
		if err == nil {
			break
		}
		if !retry(r.ctx, i, err) {
			return 0, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.windows) == maxWindows {
		r.windows = slices.Delete(r.windows, 0, 1)
	}
	w := windowed{off, data[max(0, len(data)-window):]}
	w.off += int64(len(data) - len(w.data))
	r.windows = append(r.windows, w)
	return copy(p, data), nil
}

// part reads one range.
func (r *Remote) part(off int64, data []byte) error {
	s := &stream{place: r.pinned(), pos: off}
	s.ctx, s.cancel = context.WithCancel(r.ctx)
	defer s.cancel()
	resp, start, err := s.place.part(s.ctx, off, int64(len(data)))
	if err != nil {
		return err
	}
	s.body = resp.Body
	defer s.Close()
	if start != off || !s.ranges {
		return ErrChanged
	}
	if _, err = io.ReadFull(s, data); err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Close ends all connections.
func (r *Remote) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.cancel()
	for _, s := range r.streams {
		s.Close()
	}
	r.streams, r.windows = nil, nil
	return nil
}

// Site is the folder of a descriptor on a server.
type Site struct {
	client *http.Client
	base   *url.URL
	tmp    *Spooler
}

// NewSite returns the folder in which a URL is, and the name in it.
func NewSite(client *http.Client, rawURL string, tmp *Spooler) (*Site, string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, "", plainURL(err)
	}
	i := strings.LastIndexByte(u.Path, '/')
	name := u.Path[i+1:]
	if u.Host == "" || name == "" {
		return nil, "", errors.New("the URL names no file")
	}
	base := *u
	base.Path, base.RawPath, base.RawFragment, base.Fragment = u.Path[:i+1], "", "", ""
	return &Site{client, &base, tmp}, name, nil
}

// Stat asks the server for the size of a file; -1 if it does not say.
func (s *Site) Stat(ctx context.Context, name string) (int64, error) {
	for i := 0; ; i++ {
		size, err := s.head(ctx, name)
		if err == nil || !retry(ctx, i, err) {
			return size, err
		}
	}
}

func (s *Site) head(ctx context.Context, name string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, s.url(name), nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, plainURL(err)
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.ContentLength, nil
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return -1, nil
	}
	return 0, &StatusError{URL: (&place{url: s.url(name)}).name(), Code: resp.StatusCode}
}

func (s *Site) url(name string) string {
	u := *s.base
	u.Path += name
	return u.String()
}

// Open opens a file. A query of the descriptor's URL, such as a signature, goes with
// it.
func (s *Site) Open(ctx context.Context, name string) (Content, error) {
	return Open(ctx, s.client, s.url(name), s.tmp)
}

// Close does nothing.
func (s *Site) Close() error { return nil }
