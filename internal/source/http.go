package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// StatusError is an answer of a server that is no content.
type StatusError struct {
	URL  string // without user, query and fragment, since these may be secrets
	Code int
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: the server answers %d %s", e.URL, e.Code, http.StatusText(e.Code))
}

// Is makes 404 and 410 match fs.ErrNotExist, 401 and 403 fs.ErrPermission.
func (e *StatusError) Is(target error) bool {
	switch e.Code {
	case http.StatusNotFound, http.StatusGone:
		return target == fs.ErrNotExist
	case http.StatusUnauthorized, http.StatusForbidden:
		return target == fs.ErrPermission
	}
	return false
}

// ErrEncoded says that a server compresses what it was asked for as it is.
var ErrEncoded = errors.New("the server sends the file in another encoding than it is stored in")

const (
	attempts = 4                      // for one position
	pause    = 200 * time.Millisecond // before the second, then twice as long each time
	stall    = time.Minute            // without a byte
)

// DefaultClient follows redirects, but never from https to http.
func DefaultClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = stall
	return &http.Client{Transport: t, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		switch {
		case len(via) >= 10:
			return errors.New("more than 10 redirects")
		case r.URL.Scheme != "https" && via[0].URL.Scheme == "https":
			return errors.New("a redirect from https to " + r.URL.Scheme)
		}
		return nil
	}}
}

// place is a file at a URL, pinned by what the first answer said of it.
type place struct {
	client *http.Client
	url    string
	pinned bool
	total  int64  // -1 if the server does not say
	tag    string // a strong ETag, or Last-Modified; empty if there is neither
	ranges bool   // the server has shown that it gives parts
}

// part asks for the bytes from off on, to the end if n is 0. The body has the
// length that was asked for, unless the connection breaks; off is 0 if the
// server gives no parts.
func (p *place) part(ctx context.Context, off, n int64) (*http.Response, int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return nil, 0, err
	}
	// as it is stored: the transport would decompress, and parts would not fit
	req.Header.Set("Accept-Encoding", "identity")
	if n > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+n-1))
	} else if off > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", off))
	}
	if p.tag != "" && req.Header.Get("Range") != "" {
		req.Header.Set("If-Range", p.tag)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, 0, plainURL(err)
	}
	start, err := p.accept(resp, off)
	if err != nil {
		resp.Body.Close()
		return nil, 0, err
	}
	return resp, start, nil
}

// accept compares an answer with what is pinned, and pins the first.
func (p *place) accept(resp *http.Response, off int64) (start int64, err error) {
	if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return 0, ErrEncoded
	}
	total := int64(-1)
	switch resp.StatusCode {
	case http.StatusOK:
		total = resp.ContentLength
	case http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		start, total, err = contentRange(resp.Header.Get("Content-Range"))
		if err != nil {
			return 0, err
		}
		if resp.StatusCode == http.StatusRequestedRangeNotSatisfiable {
			if total != 0 {
				return 0, ErrChanged
			}
		} else if start != off {
			return 0, fmt.Errorf("%s: the server sends the bytes from %d on, asked for those from %d", p.name(), start, off)
		}
		p.ranges = true
	default:
		return 0, &StatusError{URL: p.name(), Code: resp.StatusCode}
	}
	tag := validator(resp.Header)
	if p.pinned && (total != p.total || tag != p.tag) {
		return 0, ErrChanged
	}
	p.pinned, p.total, p.tag = true, total, tag
	return start, nil
}

// validator returns what tells one version of a file from the next.
func validator(h http.Header) string {
	if e := h.Get("ETag"); strings.HasPrefix(e, `"`) {
		return e
	}
	return h.Get("Last-Modified")
}

// contentRange reads "bytes 0-511/1024" and "bytes */1024".
func contentRange(s string) (start, total int64, err error) {
	bad := fmt.Errorf("the server sends the Content-Range %q", s)
	s, ok := strings.CutPrefix(s, "bytes ")
	span, all, ok2 := strings.Cut(s, "/")
	if !ok || !ok2 {
		return 0, 0, bad
	}
	if total, err = strconv.ParseInt(all, 10, 64); err != nil || total < 0 {
		return 0, 0, bad
	}
	if span == "*" {
		return 0, total, nil
	}
	first, last, ok := strings.Cut(span, "-")
	start, err = strconv.ParseInt(first, 10, 64)
	end, err2 := strconv.ParseInt(last, 10, 64)
	if !ok || err != nil || err2 != nil || start < 0 || end < start || end >= total {
		return 0, 0, bad
	}
	return start, total, nil
}

// name is the URL as messages may show it.
func (p *place) name() string {
	u, err := url.Parse(p.url)
	if err != nil {
		return "the URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// plainURL takes the URL out of an error of net/http: it may hold secrets. A server
// that hangs up is no end of a file.
func plainURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if err == io.EOF {
		return fmt.Errorf("the server has closed the connection: %w", io.ErrUnexpectedEOF)
	}
	return err
}

// retry tells whether to ask once more, and waits before that.
func retry(ctx context.Context, attempt int, err error) bool {
	var status *StatusError
	switch {
	case ctx.Err() != nil || attempt+1 >= attempts:
		return false
	case errors.As(err, &status) && status.Code < 500 && status.Code != http.StatusTooManyRequests:
		return false
	case errors.Is(err, ErrChanged), errors.Is(err, ErrEncoded):
		return false
	}
	t := time.NewTimer(pause << attempt)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// stream reads a place from one position on, and resumes where a connection
// breaks. It is for one goroutine.
type stream struct {
	*place
	ctx    context.Context
	cancel context.CancelFunc
	body   io.ReadCloser
	pos    int64
}

func (p *place) stream(ctx context.Context, off int64) (*stream, error) {
	s := &stream{place: p, pos: off}
	s.ctx, s.cancel = context.WithCancel(ctx)
	if err := s.open(); err != nil {
		s.cancel()
		return nil, err
	}
	return s, nil
}

func (s *stream) open() error {
	for i := 0; ; i++ {
		resp, start, err := s.part(s.ctx, s.pos, 0)
		if err == nil && start != s.pos {
			resp.Body.Close()
			return fmt.Errorf("%s: the connection broke after %d bytes, and the server cannot resume", s.name(), s.pos)
		}
		if err == nil {
			s.body = resp.Body
			return nil
		}
		if !retry(s.ctx, i, err) {
			return err
		}
	}
}

func (s *stream) Read(b []byte) (int, error) {
	for i := 0; ; i++ {
		if s.body == nil {
			if err := s.open(); err != nil {
				return 0, err
			}
		}
		t := time.AfterFunc(stall, s.cancel)
		n, err := s.body.Read(b)
		if !t.Stop() {
			return n, fmt.Errorf("%s: the server sent nothing for %v", s.name(), stall)
		}
		s.pos += int64(n)
		switch {
		case err == io.EOF && (s.total < 0 || s.pos == s.total):
			return n, io.EOF
		case n > 0 || err == nil:
			if err != nil {
				s.drop()
			}
			return n, nil
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		s.drop()
		if !retry(s.ctx, i, err) {
			return 0, plainURL(err)
		}
	}
}

func (s *stream) drop() {
	s.body.Close()
	s.body = nil
}

func (s *stream) Close() error {
	s.cancel()
	if s.body == nil {
		return nil
	}
	return s.body.Close()
}

// OpenStream opens a URL for reading in one pass. A connection that breaks is
// resumed if the server can; a file that was changed meanwhile is [ErrChanged]. The
// end of ctx ends it.
func OpenStream(ctx context.Context, client *http.Client, rawURL string) (io.ReadCloser, error) {
	s, err := (&place{client: client, url: rawURL, total: -1}).stream(ctx, 0)
	if err != nil {
		return nil, err
	}
	return s, nil
}
