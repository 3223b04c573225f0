package ovf

import (
	"context"
	"errors"
	"io"

	"github.com/ovfkit/ovf/envelope"
)

// Content is a content that can be read at any place, by several goroutines at a
// time. ReadAt is that of [io.ReaderAt]. Close ends its use; the package it came
// from stays open.
type Content interface {
	io.ReaderAt
	// Size is the length in bytes.
	Size() int64
	io.Closer
}

// File is one file of References (DSP0243 7.1) together with what the package has
// of it. It is read-only, and safe for use by several goroutines.
type File struct {
	// ID and Href are those of the File element.
	ID, Href string
	// Name is the name in the package: of the archive's member, or the path below
	// the descriptor. For a file in chunks it is the stem of their names. It is
	// empty for a remote file and for an href that cannot be used.
	Name string
	// Size is the number of bytes that are stored, over all chunks; -1 if that is not
	// known yet, as for a file that is missing or not yet fetched.
	Size int64
	// Compression is how it is stored; [File.Open] undoes it.
	Compression envelope.Compression
	// Chunks is the number of chunks; 0 for a file in one piece.
	Chunks int
	// Remote tells that the href is a URL.
	Remote bool

	pkg *Package
}

// Open is replaced below.
func (f *File) Open(ctx context.Context) (io.ReadCloser, error) {
	return nil, errors.New("ovf: closed")
}

// OpenAt is replaced below.
func (f *File) OpenAt(ctx context.Context) (Content, error) { return nil, errors.New("ovf: closed") }
