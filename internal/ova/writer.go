package ova

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ovfkit/ovf/internal/pathname"
)

// The classes of failure of a [Writer], behind [Error].
var (
	ErrName = errors.New("the name cannot stand in the archive")
	ErrSize = errors.New("the content has another size than stated")
)

// The layout of a header: POSIX 1003.1, ustar.
const (
	block      = 512
	nameField  = 100
	prefixSize = 155
	// maxUstar is the largest size that eleven octal digits can say.
	maxUstar = 1<<33 - 1
)

// zeros fills up the last block of a member, and ends an archive.
var zeros [2 * block]byte

// Writer writes a tar archive as packages need it (DSP0243 5.3): ustar headers
// of regular files, one after the other. All members have the same owner, mode
// and time, so that the same content gives the same bytes. There is never a
// header of the pax kind, which vSphere and ovftool take for no package at all;
// only a member of 8 GiB or more, whose size ustar cannot say, has the size in
// the binary form of GNU tar. Names are in UTF-8; beyond ASCII ustar has no rule,
// and that is what others write.
//
// The errors are an [*Error], or those of the io.Writer. After one the archive
// cannot be used any more.
type Writer struct {
	w    io.Writer
	name string // of the open member
	size int64
	left int64 // bytes of it that are still to come
}

// NewWriter returns a Writer to w. It writes in the sizes that it is given.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Begin ends the member before and begins the next one: exactly size bytes have
// to be written to it.
func (w *Writer) Begin(name string, size int64) error {
	if err := w.end(); err != nil {
		return err
	}
	h, err := header(name, size)
	if err != nil {
		return err
	}
	w.name, w.size, w.left = name, size, size
	_, err = w.w.Write(h[:])
	return err
}

// Write writes content of the member that was begun last.
func (w *Writer) Write(p []byte) (int, error) {
	if int64(len(p)) > w.left {
		return 0, &Error{Member: w.name, Reason: fmt.Sprintf("the content has more than the %d bytes that it should have", w.size), Err: ErrSize}
	}
	n, err := w.w.Write(p)
	w.left -= int64(n)
	return n, err
}

// Close ends the archive. It does not close the io.Writer.
func (w *Writer) Close() error {
	if err := w.end(); err != nil {
		return err
	}
	_, err := w.w.Write(zeros[:])
	return err
}

// end fills up the last block of the open member.
func (w *Writer) end() error {
	if w.left > 0 {
		return &Error{Member: w.name, Reason: fmt.Sprintf("the content ends %d bytes before the %d that it should have", w.left, w.size), Err: ErrSize}
	}
	if pad := (block - w.size%block) % block; pad > 0 {
		if _, err := w.w.Write(zeros[:pad]); err != nil {
			return err
		}
	}
	w.size = 0
	return nil
}

// CheckMember reports, with an [*Error], why a member of that name and size
// cannot be written.
func CheckMember(name string, size int64) error {
	_, err := header(name, size)
	return err
}

// header makes the header of a member.
func header(name string, size int64) (h [block]byte, err error) {
	if why := pathname.Problem(name); why != "" {
		return h, &Error{Member: name, Reason: "the name " + why, Err: ErrName}
	}
	prefix, rest, ok := splitName(name)
	if !ok {
		return h, &Error{Member: name, Reason: fmt.Sprintf("the name has %d bytes and cannot be cut at a slash into at most %d and %d, as ustar needs it; give the file a shorter name",
			len(name), prefixSize, nameField), Err: ErrName}
	}
	if size < 0 {
		return h, &Error{Member: name, Reason: fmt.Sprintf("the size %d is negative", size), Err: ErrSize}
	}
	copy(h[0:100], rest)
	copy(h[345:500], prefix)
	octal(h[100:108], 0o644)
	octal(h[108:116], 0) // owner
	octal(h[116:124], 0) // group
	if size <= maxUstar {
		octal(h[124:136], size)
	} else {
		for i := 135; i > 124; i, size = i-1, size>>8 {
			h[i] = byte(size)
		}
		h[124] = 0x80 // the mark of the binary form
	}
	octal(h[136:148], 0) // time: 1970-01-01
	h[156] = '0'         // a regular file
	copy(h[257:], "ustar\x0000")
	octal(h[329:337], 0) // device numbers
	octal(h[337:345], 0)
	copy(h[148:156], "        ")
	var sum int64
	for _, b := range h {
		sum += int64(b)
	}
	octal(h[148:155], sum)
	return h, nil
}

// octal writes digits that fill the field but for a NUL at its end.
func octal(field []byte, v int64) {
	copy(field, fmt.Sprintf("%0*o", len(field)-1, v))
	field[len(field)-1] = 0
}

// splitName cuts a name for the two fields of ustar.
func splitName(name string) (prefix, rest string, ok bool) {
	if len(name) <= nameField {
		return "", name, true
	}
	if len(name) > prefixSize+1+nameField {
		return "", "", false
	}
	// the first slash that leaves few enough bytes behind it
	from := len(name) - nameField - 1
	i := strings.IndexByte(name[from:], '/')
	if i < 0 || from+i > prefixSize || from+i == 0 {
		return "", "", false
	}
	return name[:from+i], name[from+i+1:], true
}
