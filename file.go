package ovf

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/source"
	"github.com/ovfkit/ovf/sign"
)

// File is one file of References (DSP0243 7.1) together with what the package has
// of it. It is read-only, and safe for use by several goroutines.
type File struct {
	// ID and Href are those of the File element.
	ID, Href string
	// Name is the name in the package: that of the archive's member, or the path
	// below the folder of the descriptor. For a file in chunks it is the stem of
	// their names. It is empty for a remote file and for an href that cannot be
	// used.
	Name string
	// Size is the number of bytes that are stored, over all chunks; -1 if that is not
	// known, as for a file that is missing or remote.
	Size int64
	// Compression is how the file is stored; empty for not at all. Reading it undoes
	// it.
	Compression envelope.Compression
	// Chunks is the number of chunks; 0 for a file in one piece.
	Chunks int
	// Remote tells that the href is a URL.
	Remote bool

	pkg     *Package
	element *envelope.File
	stored  []stored
	missing bool
	err     error // why it cannot be read
}

// The causes behind [FileError].
var (
	// ErrRemote says that a file is on the network, and Options.Fetch is nil.
	ErrRemote = errors.New("the file is on the network, and fetching it is not allowed")
	// ErrExpansion says that a compressed file becomes larger than [Limits] allow.
	ErrExpansion = errors.New("the file expands beyond the limit")
	// ErrChanged says that a file is not what it was when the package was opened or
	// verified.
	ErrChanged = source.ErrChanged

	errNoFile      = errors.New("the descriptor has no file of that id")
	errPassed      = errors.New("the content has passed: the package was read as a stream")
	errSize        = errors.New("the size is not the one stated")
	errCompression = errors.New("the compression is not gzip")
)

// FileError is a failure to read a file. It unwraps to the cause: one of the errors
// above, a [*sign.DigestError] or [*sign.SizeError] for a content that is not the
// one stated, a [*diag.Diagnostic] for what opening the package has found, or an
// error of the system.
type FileError struct {
	ID   string // of References
	Name string // in the package; empty if it has none
	Err  error
}

func (e *FileError) Error() string {
	s := "file " + diag.Quote(e.ID)
	if e.Name != "" && e.Name != e.ID {
		s += " (" + diag.Quote(e.Name) + ")"
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

func (f *File) wrap(err error) error {
	var e *FileError
	if err == nil || err == io.EOF || errors.As(err, &e) {
		return err
	}
	return &FileError{ID: f.ID, Name: f.Name, Err: err}
}

// Open reads the content from its start: chunks joined, compression undone. The
// caller closes it before the package; it is for one goroutine, and ends with ctx.
//
// What is stored is checked on the way: its size; its digest, if the package has a
// manifest; and after [Package.Verify] that it still is what was verified, block by
// block before a byte of it is handed out. Without Verify a wrong digest shows at
// the end, as an error in place of io.EOF: until then nothing is known about the
// content. Errors are a [*FileError].
func (f *File) Open(ctx context.Context) (io.ReadCloser, error) {
	if err := f.readable(); err != nil {
		return nil, f.wrap(err)
	}
	r := &fileReader{f: f, ctx: ctx}
	if f.Remote {
		c, err := f.fetch(ctx)
		if err != nil {
			return nil, f.wrap(err)
		}
		r.open = []opener{func() (io.Reader, io.Closer, error) { return f.verifying(c, f.Href), c, nil }}
		r.closer = c
	}
	for _, s := range f.stored {
		r.open = append(r.open, func() (io.Reader, io.Closer, error) { return f.piece(ctx, s) })
	}
	if f.Compression != envelope.CompressionGzip {
		return r, nil
	}
	g := &gunzip{raw: r, limits: f.pkg.options.Limits}
	return &expanded{f, g, r}, nil
}

// Err returns why the file cannot be read, as far as that is known without reading
// it: a [*FileError], or nil.
func (f *File) Err() error { return f.wrap(f.readable()) }

// readable returns why the file cannot be read.
func (f *File) readable() error {
	switch {
	case f.err != nil:
		return f.err
	case f.Compression != envelope.CompressionNone && f.Compression != envelope.CompressionGzip:
		return fmt.Errorf("%w, but %s", errCompression, diag.Quote(string(f.Compression)))
	case f.Remote && f.pkg.options.Fetch == nil:
		return ErrRemote
	case f.Remote && f.chunkSize() > 0:
		return errors.New("the file is on the network in chunks, which is not supported")
	}
	return nil
}

// fetch opens a remote file.
func (f *File) fetch(ctx context.Context) (source.Content, error) {
	c, err := f.pkg.options.Fetch(ctx, f.Href)
	if err != nil {
		return nil, err
	}
	if want := f.element.Size; want != nil && uint64(c.Size()) != *want {
		c.Close()
		return nil, &sign.SizeError{Name: f.Href, Want: int64(*want), Got: c.Size()}
	}
	return c, nil
}

// opened opens a stored piece, as it was verified if it was.
func (f *File) opened(ctx context.Context, s stored) (c source.Content, sealed bool, err error) {
	if c, err = f.pkg.store.Open(ctx, s.name); err != nil {
		return nil, false, err
	}
	if s.size >= 0 && c.Size() != s.size {
		c.Close()
		return nil, false, ErrChanged
	}
	seal := f.pkg.seal(s.name)
	if seal == nil {
		return c, false, nil
	}
	verified, err := seal.Content(c)
	if err != nil {
		c.Close()
		return nil, false, err
	}
	return verified, true, nil
}

// piece opens a stored piece for reading from its start.
func (f *File) piece(ctx context.Context, s stored) (io.Reader, io.Closer, error) {
	c, sealed, err := f.opened(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	if sealed {
		return io.NewSectionReader(c, 0, c.Size()), c, nil
	}
	return f.verifying(c, s.name), c, nil
}

// verifying reads a content and checks its length, and its digest if the manifest
// has one.
func (f *File) verifying(c source.Content, name string) io.Reader {
	r := io.NewSectionReader(c, 0, c.Size())
	if e, ok := f.pkg.entry(name, f.Href); ok {
		return sign.NewReader(r, e, c.Size())
	}
	return &fullReader{r: r, name: name, size: c.Size()}
}

// entry returns the entry of the manifest for a file.
func (p *Package) entry(name, href string) (sign.Entry, bool) {
	e, ok := p.entries[name]
	if !ok {
		e, ok = p.entries[href]
	}
	return e, ok
}

func (p *Package) seal(name string) *source.Sealer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seals[name]
}

func (p *Package) keepSeal(name string, s *source.Sealer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seals == nil {
		p.seals = map[string]*source.Sealer{}
	}
	p.seals[name] = s
}

// OpenAt reads the content at any place, as disk images need it. The caller closes
// it before the package.
//
// No byte is handed out that was not verified, if the package has a manifest: what
// [Package.Verify] has read is compared with what it was then, block by block, at
// each read; otherwise OpenAt reads the whole file once, compares its digest, and
// goes on from there. A compressed file is decompressed into a temporary file,
// within [Limits.Spool], which is gone when the content is closed.
//
// Errors are a [*FileError]; those of ReadAt unwrap to [ErrChanged] for a content
// that was changed.
func (f *File) OpenAt(ctx context.Context) (disk.File, error) {
	c, err := f.openAt(ctx)
	if err != nil {
		return nil, f.wrap(err)
	}
	return &fileAt{c, f}, nil
}

func (f *File) openAt(ctx context.Context) (source.Content, error) {
	if err := f.readable(); err != nil {
		return nil, err
	}
	if f.Compression == envelope.CompressionGzip {
		r, err := f.Open(ctx)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return f.pkg.spool.Spool(ctx, r)
	}
	if f.Remote {
		c, err := f.fetch(ctx)
		if err != nil {
			return nil, err
		}
		return f.checked(ctx, c, f.Href)
	}
	var parts []source.Content
	for _, s := range f.stored {
		c, sealed, err := f.opened(ctx, s)
		if err == nil && !sealed {
			c, err = f.checked(ctx, c, s.name)
		}
		if err != nil {
			source.Join(parts...).Close()
			return nil, err
		}
		parts = append(parts, c)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return source.Join(parts...), nil
}

// checked compares a content with its digest, and returns it such that it cannot
// change. It takes over the content.
func (f *File) checked(ctx context.Context, c source.Content, name string) (source.Content, error) {
	e, ok := f.pkg.entry(name, f.Href)
	if !ok {
		return c, nil
	}
	seal := source.NewSealer(c, c.Size())
	r := sign.NewReader(io.NewSectionReader(seal, 0, c.Size()), e, c.Size())
	buf := make([]byte, source.SealBlock)
	for {
		_, err := io.ReadFull(r, buf)
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			c.Close()
			return nil, err
		}
	}
	verified, err := seal.Content(c)
	if err != nil {
		c.Close()
		return nil, err
	}
	if !f.Remote {
		f.pkg.keepSeal(name, seal)
	}
	return verified, nil
}

// fileAt gives errors the name of the file.
type fileAt struct {
	source.Content
	f *File
}

func (c *fileAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Content.ReadAt(p, off)
	return n, c.f.wrap(err)
}

// gunzip reads a compressed file within limits.
type gunzip struct {
	raw    *fileReader
	z      *gzip.Reader
	out    int64
	limits Limits
}

// ratioFrom is from how many bytes on the ratio is looked at: little that becomes
// this much costs nothing.
const ratioFrom = 64 << 20

func (g *gunzip) Read(p []byte) (int, error) {
	if g.z == nil {
		z, err := gzip.NewReader(g.raw)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, fmt.Errorf("as gzip: %w", err)
		}
		g.z = z
	}
	n, err := g.z.Read(p)
	g.out += int64(n)
	switch {
	case g.out > g.limits.Expanded:
		return 0, fmt.Errorf("%w of %d bytes", ErrExpansion, g.limits.Expanded)
	case g.out > ratioFrom && g.out/max(g.raw.n, 1) >= g.limits.Ratio:
		return 0, fmt.Errorf("%w: %d bytes from %d, more than %d times as many", ErrExpansion, g.out, g.raw.n, g.limits.Ratio)
	case err == io.EOF:
		// what is behind the last member of gzip would be an error before
		err = g.raw.atEnd()
	case err != nil:
		err = fmt.Errorf("as gzip: %w", err)
	}
	return n, err
}
