package ovf

import (
	"context"
	"io"

	"github.com/ovfkit/ovf/sign"
)

// opener opens one piece of a file.
type opener func() (io.Reader, io.Closer, error)

// fileReader reads the stored pieces of a file one after the other.
type fileReader struct {
	f      *File
	ctx    context.Context
	open   []opener
	r      io.Reader // the present piece
	closer io.Closer
	n      int64 // bytes read
	err    error
}

func (r *fileReader) Read(p []byte) (int, error) {
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	for r.err == nil {
		if r.r == nil {
			if len(r.open) == 0 {
				r.err = io.EOF
				break
			}
			if r.r, r.closer, r.err = r.open[0](); r.err != nil {
				break
			}
			r.open = r.open[1:]
		}
		n, err := r.r.Read(p)
		r.n += int64(n)
		if err == io.EOF {
			r.r = nil
			err = r.closer.Close()
			r.closer = nil
		}
		r.err = err
		if n > 0 || len(p) == 0 {
			return n, nil
		}
	}
	return 0, r.f.wrap(r.err)
}

// atEnd reads to the end, where digests are compared, and returns io.EOF if all is
// well.
func (r *fileReader) atEnd() error {
	var buf [512]byte
	for {
		if _, err := r.Read(buf[:]); err != nil {
			return err
		}
	}
}

func (r *fileReader) Close() error {
	r.open = nil
	if r.closer == nil {
		return nil
	}
	err := r.closer.Close()
	r.closer = nil
	return err
}

// fullReader gives an error where a content ends before its size.
type fullReader struct {
	r    io.Reader
	name string
	n    int64
	size int64
}

func (r *fullReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.n += int64(n)
	if err == io.EOF && r.n < r.size {
		err = &sign.SizeError{Name: r.name, Want: r.size, Got: r.n}
	}
	return n, err
}

// expanded is a compressed file as it is read.
type expanded struct {
	f *File
	*gunzip
	raw *fileReader
}

func (e *expanded) Read(p []byte) (int, error) {
	n, err := e.gunzip.Read(p)
	return n, e.f.wrap(err)
}

func (e *expanded) Close() error { return e.raw.Close() }
