package ovf

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/pathname"
	"github.com/ovfkit/ovf/internal/source"
)

// readFiles joins the File elements with what is stored.
func (p *Package) readFiles(ctx context.Context) error {
	list := p.Envelope.References.File
	if len(list) > p.options.Limits.Files {
		return diag.List{problem(ruleFileLimit, list[p.options.Limits.Files].Location(""), fmt.Sprintf("the descriptor has %d files, more than %d", len(list), p.options.Limits.Files), "raise Limits.Files if the package is known to need it")}
	}
	chunks := 0
	for i := range list {
		f := newFile(p, &list[i])
		p.files = append(p.files, f)
		if _, twice := p.byID[f.ID]; !twice {
			p.byID[f.ID] = f
		}
		if f.err != nil {
			continue
		}
		if err := f.find(ctx, p.options.Limits.Chunks-chunks); err != nil {
			return err
		}
		chunks += f.Chunks
	}
	return nil
}

func newFile(p *Package, e *envelope.File) *File {
	f := &File{ID: e.ID, Href: e.Href, Size: -1, pkg: p, element: e}
	if e.Compression != nil && *e.Compression != envelope.CompressionIdentity {
		f.Compression = *e.Compression
	}
	if isWeb(e.Href) {
		f.Remote = true
		if p.options.Fetch == nil {
			f.report(ruleFileRemote, "@href", "the file "+diag.Quote(f.ID)+" is on the network, at "+diag.Quote(e.Href), "allow its host (--allow-remote), or put the file into the package")
		}
		return f
	}
	name, why := hrefName(e.Href)
	if why != "" {
		f.fail(ruleFileName, "@href", "the href "+diag.Quote(e.Href)+" "+why, "name a file of the package by its path relative to the descriptor", fs.ErrInvalid)
		return f
	}
	f.Name = name
	return f
}

// hrefName returns the name of the file that a relative href stands for, or what
// is wrong with it (DSP0243 7.1, RFC 3986).
func hrefName(href string) (name, why string) {
	for {
		rest, ok := strings.CutPrefix(href, "./")
		if !ok {
			break
		}
		href = rest
	}
	if why := pathname.Problem(href); why != "" {
		return "", why
	}
	name, err := url.PathUnescape(href)
	if err != nil {
		return "", `has a "%" that starts no escape of two hexadecimal digits`
	}
	return name, pathname.Problem(name)
}

// report adds a diagnostic about the file.
func (f *File) report(rule, field, message, hint string) {
	f.pkg.Diagnostics = append(f.pkg.Diagnostics, problem(rule, f.element.Location(field), message, hint))
}

// fail reports what makes the file unreadable.
func (f *File) fail(rule, field, message, hint string, err error) {
	f.report(rule, field, message, hint)
	d := f.pkg.Diagnostics[len(f.pkg.Diagnostics)-1]
	d.Err = err
	f.err = &d
}

// find looks for what is stored of the file.
func (f *File) find(ctx context.Context, chunks int) error {
	if f.Remote {
		return nil
	}
	if size := f.chunkSize(); size > 0 {
		found, err := f.findChunks(ctx, size, chunks)
		if found || err != nil {
			return err
		}
	}
	size, err := f.pkg.store.Stat(ctx, f.Name)
	if err != nil {
		return f.notFound(ctx, err)
	}
	if f.chunkSize() > 0 {
		f.report(ruleChunkWhole, "@chunkSize", "the file "+diag.Quote(f.ID)+" has chunkSize and is stored in one piece, as "+diag.Quote(f.Name), "remove chunkSize, or cut the file")
	}
	f.stored = []stored{{name: f.Name, size: size}}
	f.total()
	return nil
}

func (f *File) chunkSize() int64 {
	if f.element.ChunkSize == nil {
		return 0
	}
	return *f.element.ChunkSize
}

// notFound turns the error for a file that should be there into a diagnostic. Errors
// of the network stay errors.
func (f *File) notFound(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		f.missing = true
		f.fail(ruleFileMissing, "@href", "the file "+diag.Quote(f.Name)+" is not in the package", "put it beside the descriptor under exactly this name", fs.ErrNotExist)
	case errors.Is(err, source.ErrNotRegular):
		f.fail(ruleFileKind, "@href", "the file "+diag.Quote(f.Name)+" is a folder or device", "put a plain file there", err)
	default:
		f.fail(ruleFileKind, "@href", "the file "+diag.Quote(f.Name)+" cannot be opened: "+err.Error(), "put a plain file there, not a link that leads out of the package", err)
	}
	return nil
}

// chunkName is the name of a chunk: nine digits (DSP0243 7.1).
func chunkName(stem string, i int) string { return fmt.Sprintf("%s.%09d", stem, i) }

// findChunks looks for the chunks of a file. found is false if not even the first
// is there.
func (f *File) findChunks(ctx context.Context, chunk int64, most int) (found bool, err error) {
	want := -1 // how many there should be
	if s := f.element.Size; s != nil && *s <= 1<<62 {
		want = int(min((int64(*s)+chunk-1)/chunk, 1_000_000_000))
	}
	for i := 0; ; i++ {
		size, err := f.pkg.store.Stat(ctx, chunkName(f.Name, i))
		if errors.Is(err, fs.ErrNotExist) {
			if i == 0 {
				return false, nil
			}
			if i < want {
				f.fail(ruleChunkMissing, "@href", fmt.Sprintf("the file %s has %d chunks and should have %d: %s is missing", diag.Quote(f.ID), i, want, diag.Quote(chunkName(f.Name, i))), "get the package again", fs.ErrNotExist)
			}
			break
		}
		if err != nil {
			return true, f.notFound(ctx, err)
		}
		if i >= most {
			return true, diag.List{problem(ruleFileLimit, f.element.Location("@href"), fmt.Sprintf("the package has more than %d chunks", f.pkg.options.Limits.Chunks), "raise Limits.Chunks if the package is known to need it")}
		}
		f.stored = append(f.stored, stored{name: chunkName(f.Name, i), size: size})
	}
	f.Chunks = len(f.stored)
	for i, s := range f.stored {
		last := i == len(f.stored)-1
		if s.size >= 0 && (s.size > chunk || s.size == 0 || !last && s.size < chunk) && f.err == nil {
			f.fail(ruleChunkSize, "@chunkSize", fmt.Sprintf("the chunk %s has %d bytes, and the chunks of the file %d", diag.Quote(s.name), s.size, chunk), "get the package again", errSize)
		}
	}
	f.gap()
	f.total()
	return true, nil
}

// gap looks for chunks of an archive behind a missing one.
func (f *File) gap() {
	a, ok := f.pkg.store.(archiveStore)
	if !ok || f.err != nil {
		return
	}
	for name := range a.members {
		digits, ok := strings.CutPrefix(name, f.Name+".")
		if ok && len(digits) == 9 && strings.Trim(digits, "0123456789") == "" && digits >= path.Ext(chunkName("", f.Chunks))[1:] {
			f.fail(ruleChunkMissing, "@href", fmt.Sprintf("the chunk %s is missing, and there is %s", diag.Quote(chunkName(f.Name, f.Chunks)), diag.Quote(name)), "get the package again", fs.ErrNotExist)
			return
		}
	}
}

// total adds up what is stored, and compares it with File/@size.
func (f *File) total() {
	var n int64
	for _, s := range f.stored {
		if s.size < 0 {
			return
		}
		n += s.size
	}
	f.Size = n
	if want := f.element.Size; want != nil && *want != uint64(n) && f.err == nil {
		f.fail(ruleFileSize, "@size", fmt.Sprintf("the file %s has %d bytes, and its size is given as %d", diag.Quote(f.Name), n, *want), "get the package again, or correct the size", errSize)
	}
}
