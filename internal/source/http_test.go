package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// content is of some length and repeats itself nowhere near.
func content(n int) []byte {
	b := make([]byte, n)
	x := uint32(7)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// server serves a content that can change and connections that break.
type server struct {
	data     atomic.Pointer[[]byte]
	tag      atomic.Value // string
	noRanges bool
	breakAt  int64 // bytes after which a connection breaks; 0: never
	breaks   atomic.Int64
	requests atomic.Int64
	sent     atomic.Int64
}

func (s *server) start(t *testing.T, data []byte, tag string) string {
	s.data.Store(&data)
	s.tag.Store(tag)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return h.URL
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	if r.URL.Path != "/file" {
		http.NotFound(w, r)
		return
	}
	if tag := s.tag.Load().(string); tag != "" {
		w.Header().Set("ETag", tag)
	}
	data := *s.data.Load()
	var out http.ResponseWriter = &counted{w, s, 0}
	if s.noRanges {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		io.Copy(out, bytes.NewReader(data))
		return
	}
	http.ServeContent(out, r, "file", time.Time{}, bytes.NewReader(data))
}

// counted breaks a connection.
type counted struct {
	http.ResponseWriter
	s *server
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	if c.s.breakAt > 0 && c.n+int64(len(p)) > c.s.breakAt {
		c.ResponseWriter.Write(p[:c.s.breakAt-c.n])
		if f, ok := c.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		c.s.breaks.Add(1)
		panic(http.ErrAbortHandler)
	}
	n, err := c.ResponseWriter.Write(p)
	c.n += int64(n)
	c.s.sent.Add(int64(n))
	return n, err
}

func open(t *testing.T, url string) Content {
	t.Helper()
	c, err := Open(context.Background(), DefaultClient(), url, &Spooler{Dir: t.TempDir(), Limit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Reads at any place, side by side, give what the server has.
func TestRemoteReadAt(t *testing.T) {
	data := content(3 << 20)
	for name, s := range map[string]*server{"ranges": {}, "no ranges": {noRanges: true}, "breaking": {breakAt: 700 << 10}} {
		t.Run(name, func(t *testing.T) {
			c := open(t, s.start(t, data, `"v1"`)+"/file")
			if c.Size() != int64(len(data)) {
				t.Fatalf("size %d", c.Size())
			}
			var wg sync.WaitGroup
			for worker := range 4 {
				wg.Go(func() {
					at := worker * len(data) / 4
					buf := make([]byte, 100_000)
					for at < (worker+1)*len(data)/4 {
						n, err := c.ReadAt(buf, int64(at))
						if !bytes.Equal(buf[:n], data[at:min(at+len(buf), len(data))]) || err != nil && err != io.EOF {
							t.Errorf("at %d: %d bytes, %v", at, n, err)
							return
						}
						at += n
					}
				})
			}
			wg.Wait()
			if n, err := c.ReadAt(make([]byte, 10), int64(len(data))); n != 0 || err != io.EOF {
				t.Errorf("behind the end: %d, %v", n, err)
			}
			if s.breakAt > 0 && s.breaks.Load() == 0 {
				t.Error("no connection broke: the test proves nothing")
			}
		})
	}
}

// Little is fetched for a little.
func TestRemoteSparing(t *testing.T) {
	s := &server{}
	c := open(t, s.start(t, content(32<<20), `"v1"`)+"/file")
	for _, at := range []int64{0, 512, 10 << 20, 20 << 20, 20<<20 + 512} {
		if _, err := c.ReadAt(make([]byte, 512), at); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.sent.Load(); n > 4*window {
		t.Errorf("%d bytes for 5 blocks", n)
	}
	if n := s.requests.Load(); n > 3 {
		t.Errorf("%d requests for 5 blocks at 3 places", n)
	}
}

// A file that changes on the server is not mixed with what it was.
func TestRemoteChanged(t *testing.T) {
	old := content(1 << 20)
	for name, change := range map[string]func(s *server){
		"tag":     func(s *server) { s.tag.Store(`"v2"`) },
		"no tag":  func(s *server) { s.tag.Store("") },
		"length":  func(s *server) { b := content(2 << 20); s.data.Store(&b) },
		"shorter": func(s *server) { b := content(100); s.data.Store(&b) },
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{}
			c := open(t, s.start(t, old, `"v1"`)+"/file")
			change(s)
			if _, err := c.ReadAt(make([]byte, 512), 500<<10); !errors.Is(err, ErrChanged) {
				t.Errorf("%v, want ErrChanged", err)
			}
		})
	}
}

// A stream goes on where a connection broke, if the server can and the file is
// the same.
func TestOpenStream(t *testing.T) {
	data := content(2 << 20)
	ctx := context.Background()
	s := &server{breakAt: 300 << 10}
	r, err := OpenStream(ctx, DefaultClient(), s.start(t, data, `"v1"`)+"/file")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, data) || s.breaks.Load() < 5 {
		t.Errorf("%d bytes after %d breaks: %v", len(got), s.breaks.Load(), err)
	}
	r.Close()

	s = &server{breakAt: 300 << 10, noRanges: true}
	if r, err = OpenStream(ctx, DefaultClient(), s.start(t, data, "")+"/file"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err == nil || !bytes.HasPrefix(data, got) {
		t.Errorf("a server that cannot resume: %d bytes, %v", len(got), err)
	}
	r.Close()

	s = &server{breakAt: 300 << 10}
	if r, err = OpenStream(ctx, DefaultClient(), s.start(t, data, `"v1"`)+"/file"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	s.tag.Store(`"v2"`)
	if _, err := io.ReadAll(r); !errors.Is(err, ErrChanged) {
		t.Errorf("a changed file: %v", err)
	}
	r.Close()
}

// Answers that are no content are errors, and show no secrets.
func TestOpenAnswers(t *testing.T) {
	tmp := &Spooler{Dir: t.TempDir(), Limit: 1000}
	ctx := context.Background()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/forbidden":
			w.WriteHeader(http.StatusForbidden)
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte("x"))
		case "/large":
			w.Write(make([]byte, 2000))
		case "/empty":
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(nil))
		case "/wrong":
			w.Header().Set("Content-Range", "bytes 5-9/10")
			w.WriteHeader(http.StatusPartialContent)
		case "/absurd":
			w.Header().Set("Content-Range", "bytes 0-65535/9223372036854775807")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(make([]byte, 65536))
		default:
			http.NotFound(w, r)
		}
	}))
	defer h.Close()
	for path, want := range map[string]error{"/gone": fs.ErrNotExist, "/forbidden": fs.ErrPermission, "/gzip": ErrEncoded, "/large": ErrSpool, "/wrong": nil} {
		_, err := Open(ctx, DefaultClient(), h.URL+path+"?token=secret", tmp)
		if err == nil || want != nil && !errors.Is(err, want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	c, err := Open(ctx, DefaultClient(), h.URL+"/empty", tmp)
	if err != nil || c.Size() != 0 {
		t.Errorf("empty: %v", err)
	}
	if c, err = Open(ctx, DefaultClient(), h.URL+"/absurd", tmp); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if s := NewSealer(c, c.Size()); s.Complete() {
		t.Error("a size of 2^63 - 1 is sealed at once")
	}
	if tmp.used.Load() != 0 {
		t.Errorf("%d bytes of temporary files are left", tmp.used.Load())
	}
}
