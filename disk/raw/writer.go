package raw

import (
	"bytes"
	"fmt"
	"io"

	"github.com/ovfkit/ovf/disk/image"
)

// block is the unit in which zeros are looked for and left out.
const block = 64 << 10

var zeros [block]byte

// Writer makes a raw disk. It implements [image.Writer].
type Writer struct {
	file image.Output
	out  io.Writer
	size int64
	pos  int64
	err  error
}

// NewFileWriter returns a writer that leaves holes in an empty file where the
// disk has zeros.
func NewFileWriter(file image.Output, size int64) (*Writer, error) {
	return newWriter(&Writer{file: file, size: size})
}

// NewWriter returns a writer for an output that cannot be sparse, such as a
// pipe: zeros are written out.
func NewWriter(out io.Writer, size int64) (*Writer, error) {
	return newWriter(&Writer{out: out, size: size})
}

func newWriter(w *Writer) (*Writer, error) {
	if limit := (image.Limits{}).WithDefaults().MaxSize; w.size <= 0 || w.size > limit {
		return nil, &image.Error{Format: "raw", Rule: image.RuleSize, Offset: -1,
			Detail: fmt.Sprintf("a disk of %d bytes; 1 to %d are accepted", w.size, limit)}
	}
	return w, nil
}

// Write appends content.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.room(int64(len(p))); err != nil {
		return 0, err
	}
	if w.file == nil {
		var n int
		n, w.err = w.out.Write(p)
		w.pos += int64(n)
		return n, w.err
	}
	n := len(p)
	for len(p) > 0 && w.err == nil {
		// As much as possible in one call, up to the next block of zeros.
		k, zero := w.run(p)
		if !zero {
			_, w.err = w.file.WriteAt(p[:k], w.pos)
		}
		if w.err == nil {
			w.pos += int64(k)
			p = p[k:]
		}
	}
	return n - len(p), w.err
}

// run returns how far p is alike, in whole blocks of the disk: zeros or not.
func (w *Writer) run(p []byte) (n int, zero bool) {
	for n < len(p) {
		k := min(len(p)-n, block-int((w.pos+int64(n))%block))
		z := bytes.Equal(p[n:n+k], zeros[:k])
		if n > 0 && z != zero {
			break
		}
		zero = z
		n += k
	}
	return n, zero
}

// Skip goes ahead over zeros.
func (w *Writer) Skip(n int64) error {
	if err := w.room(n); err != nil {
		return err
	}
	if w.file != nil {
		w.pos += n
		return nil
	}
	for n > 0 && w.err == nil {
		var k int
		k, w.err = w.out.Write(zeros[:min(n, block)])
		w.pos += int64(k)
		n -= int64(k)
	}
	return w.err
}

func (w *Writer) room(n int64) error {
	if w.err == nil && (n < 0 || n > w.size-w.pos) {
		w.err = image.ErrBeyondEnd
	}
	return w.err
}

// Close gives the file its full size. It does not close the output.
func (w *Writer) Close() error {
	if w.err == nil && w.pos != w.size {
		w.err = image.ErrShort
	}
	if w.err == nil && w.file != nil {
		w.err = w.file.Truncate(w.size)
	}
	if w.err != nil {
		return w.err
	}
	w.err = errClosed
	return nil
}

var errClosed = fmt.Errorf("raw: the writer is closed")
