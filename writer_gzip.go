package ovf

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/atomicfile"
)

// compress makes a part the gzip form of itself, in a temporary file: its size
// has to stand in the descriptor, which comes first.
func (d *draft) compress(ctx context.Context, p *part) error {
	dir := d.w.Temp
	if dir == "" {
		dir = os.TempDir()
	}
	spool, err := atomicfile.Create(filepath.Join(dir, "ovf-spool"))
	if err != nil {
		return err
	}
	d.temps = append(d.temps, spool.Discard) // it never gets a name
	size, err := compressTo(ctx, spool, p.src, d.w.Progress)
	if err != nil {
		return err
	}
	p.src = Source{Size: size, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(spool, 0, size)), nil
	}}
	gz := envelope.CompressionGzip
	p.file.Compression = &gz
	p.file.Href += ".gz"
	p.name += ".gz"
	return nil
}

// compressTo writes the gzip form of a source and returns its size.
func compressTo(ctx context.Context, spool *atomicfile.File, s Source, progress func(int64)) (int64, error) {
	r, err := s.Open(ctx)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	z := gzip.NewWriter(spool)
	z.ModTime = time.Unix(0, 0) // 0 in the header: no time. The zero Time becomes a date there
	c := copier{progress: progress}
	if s.Size >= 0 {
		if _, err = c.copy(ctx, z, nil, r, s.Size); err == nil {
			err = atEnd(r, "", s.Size)
		}
	} else {
		_, err = io.CopyBuffer(struct{ io.Writer }{z}, r, make([]byte, copyBuffer))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return 0, err
	}
	return spool.Seek(0, io.SeekCurrent)
}
