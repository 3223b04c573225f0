package ova

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// The classes of failure behind [Error].
var (
	ErrNotTar       = errors.New("not a tar archive")
	ErrNoDescriptor = errors.New("the archive has no descriptor")
	ErrLimit        = errors.New("the archive is beyond a limit")
)

// Error reports why no descriptor could be read. It unwraps to a class above,
// or to the error of the reader.
type Error struct {
	Member string // what it is about; empty for the archive
	Reason string
	Err    error
}

func (e *Error) Error() string {
	if e.Member != "" {
		return "member " + diag.Quote(e.Member) + ": " + e.Reason
	}
	return e.Reason
}

// Unwrap returns the class or the cause.
func (e *Error) Unwrap() error { return e.Err }

// Limits bounds what is read. A zero field means the default.
type Limits struct {
	Descriptor int64 // bytes of the descriptor; default 256 MiB
	Members    int   // members looked at; default 10,000
}

const (
	defaultDescriptor = 256 << 20
	defaultMembers    = 10_000
)

// Descriptor is the descriptor of an archive and where it stood.
type Descriptor struct {
	Name   string
	Data   []byte
	Before int // members before it; a consumer may insist on none (DSP0243 5.3)
}

// ReadDescriptor reads the first regular member whose name ends in .ovf, and
// nothing behind it. If r can seek, the content of members before it is not
// read. The error is an [*Error].
func ReadDescriptor(r io.Reader, l Limits) (*Descriptor, error) {
	if l.Descriptor == 0 {
		l.Descriptor = defaultDescriptor
	}
	if l.Members == 0 {
		l.Members = defaultMembers
	}
	t := tar.NewReader(r)
	for n := 0; ; n++ {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && n == 0:
			return nil, &Error{Reason: "the archive is empty", Err: ErrNoDescriptor}
		case errors.Is(err, io.EOF):
			return nil, &Error{Reason: "the archive has no member with the ending .ovf", Err: ErrNoDescriptor}
		case n == 0 && errors.Is(err, tar.ErrHeader):
			return nil, &Error{Reason: "the file is no tar archive", Err: ErrNotTar}
		case err != nil:
			return nil, &Error{Reason: fmt.Sprintf("the archive cannot be read after %d members: %v", n, err), Err: err}
		case n >= l.Members:
			return nil, &Error{Reason: fmt.Sprintf("none of the first %d members is a descriptor; it should be the first", n), Err: ErrLimit}
		}
		if !strings.EqualFold(path.Ext(h.Name), ".ovf") {
			continue
		}
		if h.Typeflag != tar.TypeReg {
			return nil, &Error{Member: h.Name, Reason: "it is a link or special file, which a descriptor must not be", Err: ErrNoDescriptor}
		}
		return read(t, h, n, l.Descriptor)
	}
}

func read(t *tar.Reader, h *tar.Header, before int, most int64) (*Descriptor, error) {
	tooLarge := &Error{Member: h.Name, Reason: fmt.Sprintf("the descriptor has %d bytes, more than the limit of %d", h.Size, most), Err: ErrLimit}
	if h.Size > most {
		return nil, tooLarge
	}
	// The size is only a claim: memory follows what comes.
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(t, most+1))
	switch {
	case err != nil:
		return nil, &Error{Member: h.Name, Reason: fmt.Sprintf("the archive ends or breaks in the descriptor: %v", err), Err: err}
	case n > most:
		return nil, tooLarge
	}
	return &Descriptor{Name: h.Name, Data: b.Bytes(), Before: before}, nil
}

// IsArchive reports whether data, the first bytes of a file, begins a tar
// archive: 512 bytes are enough to tell.
func IsArchive(data []byte) bool {
	const magic = 257
	return len(data) >= magic+5 && string(data[magic:magic+5]) == "ustar"
}
