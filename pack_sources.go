package ovf

import (
	"context"
	"io"
	"strings"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/source"
)

// Archive tells whether the package is an archive, in one file.
func (p *Package) Archive() bool {
	_, ok := p.store.(archiveStore)
	return ok
}

// Sources returns the files of the package for a [Writer], by their ids: as they
// are stored, compressed if they are, chunks joined. They are checked with the
// manifest while they are written, if the package has one, but not with File/@size,
// which the writer makes right. The package must stay open.
func (p *Package) Sources() map[string]Source {
	out := make(map[string]Source, len(p.byID))
	for id, f := range p.byID {
		out[id] = f.source()
	}
	return out
}

// Plain returns a copy of the descriptor in which no file is compressed, and the
// sources for it: gzip is undone, and .gz is taken from the end of hrefs. It is for
// a [Writer]; each file that was compressed is read twice, to learn its size.
func (p *Package) Plain() (*envelope.Envelope, map[string]Source) {
	env, out := p.Envelope.Clone(), p.Sources()
	taken := map[string]bool{}
	for _, e := range env.References.File {
		taken[e.Href] = true
	}
	for i := range env.References.File {
		e := &env.References.File[i]
		f, ok := p.byID[e.ID]
		if !ok || f.Compression == envelope.CompressionNone {
			continue
		}
		e.Compression = nil
		out[e.ID] = Source{Size: -1, Open: f.Open}
		if href := strings.TrimSuffix(e.Href, ".gz"); href != "" && !taken[href] {
			e.Href = href
		}
	}
	return env, out
}

func (f *File) source() Source {
	return Source{Size: f.Size, Open: func(ctx context.Context) (io.ReadCloser, error) {
		raw := *f
		raw.Compression = envelope.CompressionNone
		if d, ok := raw.err.(interface{ Unwrap() error }); ok && d.Unwrap() == errSize && f.Chunks == 0 {
			raw.err = nil
		}
		r, err := raw.Open(ctx)
		if err != nil || f.Remote {
			return r, err
		}
		return &storedReader{ReadCloser: r, f: f, ctx: ctx}, nil
	}}
}

// storedReader reads what is stored of a file from its start, and at any place.
type storedReader struct {
	io.ReadCloser
	f   *File
	ctx context.Context
	at  source.Content // opened with the first ReadAt
}

func (r *storedReader) ReadAt(p []byte, off int64) (int, error) {
	if r.at == nil {
		var parts []source.Content
		for _, s := range r.f.stored {
			c, _, err := r.f.opened(r.ctx, s)
			if err != nil {
				source.Join(parts...).Close()
				return 0, r.f.wrap(err)
			}
			parts = append(parts, c)
		}
		r.at = source.Join(parts...)
	}
	return r.at.ReadAt(p, off)
}

func (r *storedReader) Close() error {
	if r.at != nil {
		r.at.Close()
	}
	return r.ReadCloser.Close()
}
