package ovf_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/sign"
)

// sampleContents are the contents of the sample's files, as a user sees them.
var sampleContents = map[string][]byte{"disk": sampleDisk, "chunks": sampleChunks, "packed": samplePacked}

// checkSample reads everything of the sample, before and after it is verified.
func checkSample(t *testing.T, p *ovf.Package) {
	t.Helper()
	ctx := context.Background()
	if len(p.Diagnostics) > 0 {
		t.Errorf("diagnostics %v", p.Diagnostics)
	}
	if got := string(p.Descriptor()); got != descriptor(sampleFiles) {
		t.Errorf("descriptor %q", got)
	}
	if len(p.Files()) != 3 {
		t.Fatalf("%d files", len(p.Files()))
	}
	for range 2 {
		for _, f := range p.Files() {
			want := sampleContents[f.ID]
			if got := readAll(t, f); !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, want %d", f.ID, len(got), len(want))
			}
			at, err := p.OpenFile(ctx, f.ID)
			if err != nil {
				t.Fatal(err)
			}
			if at.Size() != int64(len(want)) {
				t.Errorf("%s: size %d, want %d", f.ID, at.Size(), len(want))
			}
			for off := 0; off < len(want); off += 333 {
				got := make([]byte, 1000)
				n, err := at.ReadAt(got, int64(off))
				if end := min(off+1000, len(want)); !bytes.Equal(got[:n], want[off:end]) || (err == io.EOF) != (end-off < 1000) || err != nil && err != io.EOF {
					t.Errorf("%s at %d: %d bytes, %v", f.ID, off, n, err)
				}
			}
			if err := at.Close(); err != nil {
				t.Error(err)
			}
		}
		report, err := p.Verify(ctx, policy())
		if err != nil || !report.Accepted {
			t.Errorf("Verify: %v", err)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func readAll(t *testing.T, f *ovf.File) []byte {
	t.Helper()
	r, err := f.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

// plainFS hides everything of a file but what fs.File asks for.
type plainFS struct{ fs.FS }

type plainFile struct{ fs.File }

func (f plainFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := file.(fs.ReadDirFile); ok {
		return d, nil
	}
	return plainFile{file}, nil
}

// One package, from wherever it comes, is the same.
func TestOpen(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	sample(t).folder(dir)
	archive := filepath.Join(t.TempDir(), "app.ova")
	if err := os.WriteFile(archive, sample(t).archive(), 0o644); err != nil {
		t.Fatal(err)
	}
	m := fstest.MapFS{"x/app.ova": {Data: sample(t).archive()}}
	for _, f := range sample(t).members {
		m["dir/"+f.name] = &fstest.MapFile{Data: f.data}
	}
	site := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer site.Close()
	ranged := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(archive))))
	defer ranged.Close()
	whole := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch data, err := os.ReadFile(filepath.Join(dir, path.Base(r.URL.Path))); {
		case r.URL.Path == "/app.ova":
			w.Write(sample(t).archive())
		case err == nil:
			w.Write(data)
		default:
			http.NotFound(w, r)
		}
	}))
	defer whole.Close()
	for name, open := range map[string]func() (*ovf.Package, error){
		"folder":                  func() (*ovf.Package, error) { return ovf.Open(ctx, dir, ovf.Options{}) },
		"descriptor":              func() (*ovf.Package, error) { return ovf.Open(ctx, filepath.Join(dir, "app.ovf"), ovf.Options{}) },
		"archive":                 func() (*ovf.Package, error) { return ovf.Open(ctx, archive, ovf.Options{}) },
		"bytes":                   func() (*ovf.Package, error) { return openBytes(sample(t).archive(), ovf.Options{}) },
		"fs archive":              func() (*ovf.Package, error) { return ovf.OpenFS(ctx, m, "x/app.ova", ovf.Options{}) },
		"fs folder":               func() (*ovf.Package, error) { return ovf.OpenFS(ctx, m, "dir", ovf.Options{}) },
		"fs descriptor":           func() (*ovf.Package, error) { return ovf.OpenFS(ctx, m, "dir/app.ovf", ovf.Options{}) },
		"fs without ReadAt":       func() (*ovf.Package, error) { return ovf.OpenFS(ctx, plainFS{m}, "dir", ovf.Options{}) },
		"http folder":             func() (*ovf.Package, error) { return ovf.Open(ctx, site.URL+"/app.ovf", ovf.Options{}) },
		"http archive":            func() (*ovf.Package, error) { return ovf.Open(ctx, ranged.URL+"/app.ova", ovf.Options{}) },
		"http archive, no ranges": func() (*ovf.Package, error) { return ovf.Open(ctx, whole.URL+"/app.ova", ovf.Options{}) },
		"http folder, no ranges":  func() (*ovf.Package, error) { return ovf.Open(ctx, whole.URL+"/app.ovf", ovf.Options{}) },
		"archive of another name": func() (*ovf.Package, error) {
			other := filepath.Join(t.TempDir(), "app.tar")
			if err := os.WriteFile(other, sample(t).archive(), 0o644); err != nil {
				return nil, err
			}
			return ovf.Open(ctx, other, ovf.Options{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := open()
			if err != nil {
				t.Fatal(err)
			}
			checkSample(t, p)
		})
	}
	for _, name := range []string{dir, archive, ranged.URL + "/app.ova", whole.URL + "/app.ova", site.URL + "/app.ovf"} {
		if report, err := ovf.Verify(ctx, name, policy(), ovf.Options{}); err != nil || !report.Accepted {
			t.Errorf("Verify(%s): %v", name, err)
		}
	}
}

// What is not there or no package says so.
func TestOpenErrors(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	sample(t).folder(dir)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	if _, err := ovf.Open(ctx, filepath.Join(dir, "gone.ova"), ovf.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := ovf.Open(ctx, server.URL+"/gone.ova?secret=1", ovf.Options{}); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "secret") {
		t.Errorf("missing URL: %v", err)
	}
	if _, err := ovf.Open(ctx, filepath.Join(dir, "disk.vmdk"), ovf.Options{}); !hasError(err, "xml-syntax") {
		t.Errorf("not a package: %v", err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := openBytes(sample(t).archive(), ovf.Options{}); err != nil {
		t.Error(err)
	}
	if _, err := ovf.OpenArchive(canceled, bytes.NewReader(sample(t).archive()), int64(len(sample(t).archive())), "x", ovf.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	p, err := ovf.Open(ctx, dir, ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	f, _ := p.File("disk")
	if _, err := p.OpenFile(ctx, "nobody"); err == nil {
		t.Error("a file that is not there opens")
	}
	r, err := f.Open(canceled)
	if err == nil {
		_, err = io.ReadAll(r)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	report, err := p.Verify(canceled, policy())
	if report == nil || report.Accepted || !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// A file that changes after it was verified does not give other bytes, not even if
// size and time are as before; and one that changed before is not read.
func TestChangedAfterVerify(t *testing.T) {
	ctx := context.Background()
	big := make([]byte, 3<<20)
	for i := range big {
		big[i] = byte(i >> 10)
	}
	build := func(t *testing.T) (string, func()) {
		dir := t.TempDir()
		files(t, `<File ovf:id="f" ovf:href="x"/>`, tarMember{name: "x", data: big}).folder(dir)
		name := filepath.Join(dir, "x")
		return dir, func() {
			i, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(name, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt([]byte{99}, 2<<20); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, time.Time{}, i.ModTime()); err != nil {
				t.Fatal(err)
			}
		}
	}
	open := func(t *testing.T, dir string) (*ovf.Package, *ovf.File) {
		p, err := ovf.Open(ctx, dir, ovf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		f, _ := p.File("f")
		return p, f
	}
	t.Run("verified", func(t *testing.T) {
		dir, change := build(t)
		p, f := open(t, dir)
		if _, err := p.Verify(ctx, policy()); err != nil {
			t.Fatal(err)
		}
		at, err := f.OpenAt(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer at.Close()
		change()
		b := make([]byte, 1000)
		if _, err := at.ReadAt(b, 1<<20); err != nil || !bytes.Equal(b, big[1<<20:1<<20+1000]) {
			t.Errorf("a block that is as it was: %v", err)
		}
		if n, err := at.ReadAt(b, 2<<20-500); !errors.Is(err, ovf.ErrChanged) || n > 500 {
			t.Errorf("ReadAt: %d bytes, %v", n, err)
		}
		r, err := f.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got, err := io.ReadAll(r)
		var fe *ovf.FileError
		if !errors.Is(err, ovf.ErrChanged) || !errors.As(err, &fe) || !bytes.HasPrefix(big, got) {
			t.Errorf("Open: %d bytes, %v", len(got), err)
		}
	})
	t.Run("not verified", func(t *testing.T) {
		dir, change := build(t)
		_, f := open(t, dir)
		at, err := f.OpenAt(ctx) // verifies by itself
		if err != nil {
			t.Fatal(err)
		}
		defer at.Close()
		change()
		if _, err := at.ReadAt(make([]byte, 1000), 2<<20-500); !errors.Is(err, ovf.ErrChanged) {
			t.Errorf("ReadAt: %v", err)
		}
	})
	t.Run("changed before", func(t *testing.T) {
		dir, change := build(t)
		change()
		p, f := open(t, dir)
		var digest *sign.DigestError
		if _, err := f.OpenAt(ctx); !errors.As(err, &digest) {
			t.Errorf("OpenAt: %v", err)
		}
		r, err := f.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := io.ReadAll(r); !errors.As(err, &digest) {
			t.Errorf("Open: %v", err)
		}
		if report, err := p.Verify(ctx, policy()); err == nil || report.Accepted {
			t.Error("accepted")
		}
	})
	t.Run("shorter", func(t *testing.T) {
		dir, _ := build(t)
		p, f := open(t, dir)
		if _, err := p.Verify(ctx, policy()); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(dir, "x"), 100); err != nil {
			t.Fatal(err)
		}
		if _, err := f.OpenAt(ctx); !errors.Is(err, ovf.ErrChanged) {
			t.Errorf("OpenAt: %v", err)
		}
	})
}

// Every flipped byte of a signed package is noticed: it is not accepted. In the
// certificate, which nothing signs, and in the form of a header's checksum, a
// change that means the same is at least reported.
func TestEveryFlippedByte(t *testing.T) {
	p := sample(t)
	data := p.archive()
	masks := []byte{0xff, 0x20} // 0x20 turns the case of letters
	if testing.Short() {
		masks = masks[:1]
	}
	if os.Getenv("OVF_LONG") != "" {
		masks = []byte{1, 2, 4, 8, 16, 32, 64, 128, 255}
	}
	var soft []bool // bytes of which a report is enough
	for _, m := range p.members {
		b := m.bytes()
		for i := range b {
			soft = append(soft, i >= 148 && i < 156 || m.name == "app.cert" && i >= 512 && i < 512+len(m.data))
		}
	}
	refused := 0
	for i := range data {
		for _, mask := range masks {
			data[i] ^= mask
			pkg, err := openBytes(data, ovf.Options{})
			if err == nil {
				var report *sign.Report
				report, err = pkg.Verify(context.Background(), policy())
				switch {
				case err != nil:
				case i >= len(soft) || !soft[i]:
					t.Errorf("byte %d with %#x: accepted", i, mask)
				case len(report.Notes) == 0:
					t.Errorf("byte %d with %#x: accepted without a note", i, mask)
				}
			}
			if err != nil {
				refused++
			}
			data[i] ^= mask
		}
	}
	t.Logf("%d bytes, %d changes, %d refused", len(data), len(data)*len(masks), refused)
}

// Verify and VerifyStream say the same of the same archive.
func TestVerifyStreamReport(t *testing.T) {
	data := sample(t).archive()
	p, err := openBytes(data, ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at, err := p.Verify(context.Background(), policy())
	if err != nil {
		t.Fatal(err)
	}
	pass, err := ovf.VerifyStream(context.Background(), bytes.NewReader(data), "app.ova", policy(), ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(at.Rows) != fmt.Sprint(pass.Rows) {
		t.Errorf("%v\n%v", at.Rows, pass.Rows)
	}
	// manifest and certificate at the end, which is in order too
	late := sample(t)
	late.members = append(append(late.members[:1:1], late.members[3:]...), late.members[1:3]...)
	report, err := ovf.VerifyStream(context.Background(), bytes.NewReader(late.archive()), "app.ova", policy(), ovf.Options{})
	if err != nil || !report.Accepted || len(report.Notes) > 0 {
		t.Errorf("manifest at the end: %v, %v", err, report.Notes)
	}
	broken := io.MultiReader(bytes.NewReader(data[:3000]), errReader{})
	if report, err := ovf.VerifyStream(context.Background(), broken, "app.ova", policy(), ovf.Options{}); !errors.Is(err, errBroken) || report == nil || report.Accepted {
		t.Errorf("a reader that fails: %v", err)
	}
}

var errBroken = errors.New("broken pipe")

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errBroken }

// A remote file is fetched only by the caller's leave, and verified like any
// other.
func TestRemote(t *testing.T) {
	var hits atomic.Int64
	content := bytes.Repeat([]byte("remote "), 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		switch r.URL.Path {
		case "/disk":
			http.ServeContent(w, r, "disk", time.Time{}, bytes.NewReader(content))
		case "/away":
			http.Redirect(w, r, "http://127.0.0.2:1/disk", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	ctx := context.Background()
	build := func(href string) *pkg {
		p := files(t, `<File ovf:id="f" ovf:href="`+href+`"/>`)
		mf := string(p.get("app.mf"))
		return p.set("app.mf", fmt.Appendf([]byte(mf), "SHA256(%s)= %x\n", href, sum256(content))).sign(publisher(), sign.SHA256)
	}
	href := server.URL + "/disk"
	p, err := openBytes(build(href).archive(), ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, _ := p.File("f")
	if _, err := f.Open(ctx); !errors.Is(err, ovf.ErrRemote) || !f.Remote || f.Size != -1 {
		t.Errorf("Open without leave: %v", err)
	}
	if !slices.Contains(rules(p.Diagnostics), "package-file-remote") {
		t.Errorf("diagnostics %v", p.Diagnostics)
	}
	if report, err := p.Verify(ctx, policy()); report.Accepted || !hasError(err, "file-unread") {
		t.Errorf("Verify without leave: %v", err)
	}
	if hits.Load() != 0 {
		t.Fatalf("%d requests without leave", hits.Load())
	}

	host := must(url.Parse(server.URL)).Host
	o := ovf.Options{Fetch: ovf.FetchFrom(nil, host)}
	if p, err = openBytes(build(href).archive(), o); err != nil {
		t.Fatal(err)
	}
	if hits.Load() != 0 {
		t.Error("Open has fetched a file")
	}
	f, _ = p.File("f")
	if got := readAll(t, f); !bytes.Equal(got, content) {
		t.Errorf("%d bytes", len(got))
	}
	at, err := f.OpenAt(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	got := make([]byte, 100)
	if _, err := at.ReadAt(got, 3000); err != nil || !bytes.Equal(got, content[3000:3100]) {
		t.Errorf("ReadAt: %v", err)
	}
	if report, err := p.Verify(ctx, policy()); err != nil || !report.Accepted {
		t.Errorf("Verify: %v", err)
	}
	if report, err := ovf.VerifyStream(ctx, bytes.NewReader(build(href).archive()), "x", policy(), o); err != nil || !report.Accepted {
		t.Errorf("VerifyStream: %v", err)
	}
	content = bytes.Replace(content, []byte("remote"), []byte("REMOTE"), 1)
	if report, err := p.Verify(ctx, policy()); report.Accepted || !hasError(err, "digest-mismatch") {
		t.Errorf("Verify of other bytes: %v", err)
	}
	for _, bad := range []string{"http://other.example/disk", server.URL + "/away", strings.Replace(href, "http:", "https:", 1)} {
		p, err := openBytes(build(bad).archive(), o)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := p.File("f")
		if _, err := f.Open(ctx); err == nil {
			t.Errorf("%s was fetched", bad)
		}
	}
}

// Limits of numbers hold.
func TestLimits(t *testing.T) {
	many := strings.Builder{}
	for i := range 50 {
		fmt.Fprintf(&many, `<File ovf:id="f%d" ovf:href="f%d"/>`, i, i)
	}
	data := files(t, many.String()).archive()
	if _, err := openBytes(data, ovf.Options{Limits: ovf.Limits{Files: 49}}); !hasError(err, "package-file-limit") {
		t.Errorf("files: %v", err)
	}
	if _, err := openBytes(data, ovf.Options{Limits: ovf.Limits{Files: 50}}); err != nil {
		t.Errorf("files: %v", err)
	}
	if _, err := openBytes(sample(t).archive(), ovf.Options{Limits: ovf.Limits{Chunks: 2}}); !hasError(err, "package-file-limit") {
		t.Errorf("chunks: %v", err)
	}
	if _, err := openBytes(sample(t).archive(), ovf.Options{Limits: ovf.Limits{Members: 7}}); !hasError(err, "archive-limit") {
		t.Errorf("members: %v", err)
	}
	p, err := openBytes(sample(t).archive(), ovf.Options{Limits: ovf.Limits{Spool: 100}, Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	f, _ := p.File("packed")
	if _, err := f.OpenAt(context.Background()); err == nil {
		t.Error("a temporary file of 3000 bytes within a limit of 100")
	}
}

// FuzzOpen opens and verifies an archive from any bytes: nothing panics, nothing
// is accepted that was not signed, and both ways to verify agree.
func FuzzOpen(f *testing.F) {
	f.Add(sample(f).archive())
	f.Add(files(f, `<File ovf:id="f" ovf:href="x"/>`, tarMember{name: "x", data: []byte("x")}).archive())
	f.Add([]byte(descriptor("")))
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx := context.Background()
		o := ovf.Options{Limits: ovf.Limits{Expanded: 1 << 20, Members: 100}}
		level := sign.Policy{Level: sign.NoManifest, Time: testTime, AllowSHA1: true}
		stream, streamErr := ovf.VerifyStream(ctx, bytes.NewReader(data), "x.ova", level, o)
		p, err := openBytes(data, o)
		if err != nil {
			if stream.Accepted {
				t.Fatalf("refused by Open (%v), accepted as a stream", err)
			}
			return
		}
		defer p.Close()
		report, err := p.Verify(ctx, level)
		if report.Accepted != stream.Accepted {
			t.Fatalf("Verify: %v\nas a stream: %v", err, streamErr)
		}
		for _, file := range p.Files() {
			if r, err := file.Open(ctx); err == nil {
				n, err := io.Copy(io.Discard, r)
				if n > 1<<20 && err == nil {
					t.Fatalf("%d bytes", n)
				}
				r.Close()
			}
		}
	})
}

func sum256(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
