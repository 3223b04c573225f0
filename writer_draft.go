package ovf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/ova"
	"github.com/ovfkit/ovf/internal/pathname"
	"github.com/ovfkit/ovf/sign"
)

// draft is a package that is about to be written: all that has to be known before
// the first byte of the descriptor.
type draft struct {
	w     *Writer
	base  string             // name of the descriptor without its ending
	env   *envelope.Envelope // a copy, which becomes the new descriptor
	form  form
	alg   sign.Algorithm // of the manifest
	parts []*part        // in the order of References
	desc  []byte
	temps []func() // remove temporary files
}

// part is one file of References.
type part struct {
	file   *envelope.File
	src    Source
	name   string // in the package, chunk numbers aside
	remote bool   // not stored, but listed in the manifest by its URL
	size   int64
	chunk  int64    // bytes of each chunk but the last; 0 for a whole file
	sums   [][]byte // digests of an earlier pass, of each chunk
	pieces []piece  // as they are stored
}

// piece is one stored file of a part: all of it, or a chunk.
type piece struct {
	name, listed string // in the package, and in the manifest
	size         int64
}

func (d *draft) discard() {
	for _, remove := range d.temps {
		remove()
	}
}

// prepare makes the descriptor. It collects what is wrong with the files, so that
// all of it can be mended at once.
func (d *draft) prepare(ctx context.Context, sources map[string]Source) error {
	if err := d.choose(); err != nil {
		return err
	}
	d.bundlesFirst()
	var wrong []error
	for i := range d.env.References.File {
		p, err := newPart(&d.env.References.File[i], sources)
		d.parts = append(d.parts, p)
		wrong = append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	for _, p := range d.parts {
		if err := d.measure(ctx, p); err != nil {
			return err
		}
	}
	for _, p := range d.parts {
		wrong = append(wrong, d.cut(p))
	}
	wrong = append(wrong, d.distinct())
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	if err := d.refused(); err != nil { // now that compression and chunks are known
		return err
	}
	d.populate(ctx)
	var err error
	d.desc, err = envelope.Encode(d.env)
	return err
}

// bundlesFirst moves the files with messages to the front of References, so that a
// consumer has them before all else (DSP0243 5.3). The others keep their order.
func (d *draft) bundlesFirst() {
	order := func(f envelope.File) int {
		if d.bundle(f.ID) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(d.env.References.File, func(a, b envelope.File) int { return order(a) - order(b) })
}

// bundle reports whether a file holds messages.
func (d *draft) bundle(id string) bool {
	return slices.ContainsFunc(d.env.Strings, func(s envelope.Strings) bool { return s.FileRef != nil && *s.FileRef == id })
}

// newPart finds the name and the source of a file.
func newPart(f *envelope.File, sources map[string]Source) (*part, error) {
	p := &part{file: f, src: sources[f.ID]}
	p.remote = isWeb(f.Href)
	if !p.remote {
		var why string
		if p.name, why = hrefName(f.Href); why != "" {
			return p, &WriteError{Name: f.Href, Reason: "the href " + why + ", so it is no name in a package"}
		}
	}
	if p.src.Open == nil {
		return p, &WriteError{Name: f.Href, Reason: "there is no content for the file " + diag.Quote(f.ID)}
	}
	return p, nil
}

// reason is the text of an error, without the name that the caller tells.
func reason(err error) string {
	var e *ova.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return err.Error()
}

// measure finds out the size of a part, compressing it if that is asked for.
func (d *draft) measure(ctx context.Context, p *part) error {
	stated := envelope.CompressionNone
	if p.file.Compression != nil {
		stated = *p.file.Compression
	}
	var err error
	switch {
	case d.w.Gzip && !p.remote && !stated.Compressed() && !d.bundle(p.file.ID):
		err = d.compress(ctx, p)
	case p.src.Size < 0:
		p.src.Size, err = count(ctx, p.src)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", diag.Quote(p.file.Href), err)
	}
	p.size = p.src.Size
	size := uint64(p.size)
	p.file.Size = &size
	return nil
}

// count reads a content to learn its size.
func count(ctx context.Context, s Source) (n int64, err error) {
	r, err := s.Open(ctx)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	buf := make([]byte, copyBuffer)
	for {
		m, err := r.Read(buf)
		n += int64(m)
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return 0, err
		case ctx.Err() != nil:
			return 0, ctx.Err()
		}
	}
}

// maxChunks is how many chunks nine digits can number.
const maxChunks = 1_000_000_000

// cut lays out what a part is stored as.
func (d *draft) cut(p *part) error {
	switch {
	case d.w.ChunkSize > 0 && !p.remote:
		p.chunk = d.w.ChunkSize
	case d.w.ChunkSize == 0 && p.file.ChunkSize != nil:
		p.chunk = *p.file.ChunkSize
	}
	if p.chunk < 0 || p.remote && p.chunk > 0 {
		return &WriteError{Name: p.file.Href, Reason: fmt.Sprintf("the chunkSize %d is not for this file", p.chunk)}
	}
	if p.size <= p.chunk {
		p.chunk = 0 // in one piece: some consumers know no chunks
	}
	listed := p.file.Href // in the manifest, as References have it
	if !p.remote && pathname.Problem(listed) != "" {
		listed = p.name // without "./" before it
	}
	if p.chunk == 0 {
		p.file.ChunkSize = nil
		p.pieces = []piece{{p.name, listed, p.size}}
		return d.checkPiece(p.pieces[0], p.remote)
	}
	n := (p.size + p.chunk - 1) / p.chunk
	if n > maxChunks {
		return &WriteError{Name: p.file.Href, Reason: fmt.Sprintf("there would be %d chunks, more than their names can number; make them larger", n)}
	}
	p.file.ChunkSize = &p.chunk
	for i := range n {
		p.pieces = append(p.pieces, piece{chunkName(p.name, int(i)), chunkName(listed, int(i)), min(p.chunk, p.size-i*p.chunk)})
	}
	return d.checkPiece(p.pieces[0], false)
}

// checkPiece verifies that a file can be stored.
func (d *draft) checkPiece(p piece, remote bool) error {
	if remote {
		return nil
	}
	if err := ova.CheckMember(p.name, p.size); err != nil {
		return &WriteError{Name: p.name, Reason: reason(err), Err: err}
	}
	if d.form.exact && p.size >= 1<<33 {
		return &WriteError{Name: p.name, Reason: fmt.Sprintf("it has %d bytes, and a member of an archive has fewer than 8 GiB (DSP0243 5.3); cut it into chunks", p.size)}
	}
	return nil
}

// distinct verifies that no two files have names that are one on some system.
func (d *draft) distinct() error {
	seen := map[string]bool{}
	for _, ending := range []string{".ovf", ".mf", ".cert"} {
		seen[pathname.Fold(d.base+ending)] = true
		if err := ova.CheckMember(d.base+ending, 0); err != nil {
			return &WriteError{Name: d.base + ending, Reason: reason(err), Err: err}
		}
	}
	for _, p := range d.parts {
		for _, c := range p.pieces {
			key := pathname.Fold(c.listed)
			if !p.remote {
				key = pathname.Fold(c.name)
			}
			if seen[key] {
				return &WriteError{Name: c.listed, Reason: "two files of the package would have this name, letter case aside; change an href"}
			}
			seen[key] = true
		}
	}
	return nil
}
