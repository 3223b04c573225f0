package raw

import (
	"fmt"
	"io"

	"github.com/ovfkit/ovf/disk/image"
)

// Image is a disk whose file holds its content byte for byte. It implements
// [image.Image].
type Image struct {
	r     io.ReaderAt
	size  int64
	holes func(off int64) (end int64, hole bool) // nil if there are none to be known
}

// Open opens the disk in the size bytes of r. If r is an [os.File] on a system
// that can tell where a file has holes, these are read as zeros without
// touching them. The caller keeps r open while the image is in use.
//
// The size of a raw disk is that of its file, a multiple of 512 or not.
func Open(r io.ReaderAt, size int64) (*Image, error) {
	if limit := (image.Limits{}).WithDefaults().MaxSize; size < 0 || size > limit {
		return nil, &image.Error{Format: "raw", Rule: image.RuleSize, Offset: -1,
			Detail: fmt.Sprintf("a disk of %d bytes; up to %d are accepted", size, limit)}
	}
	return &Image{r: r, size: size, holes: holesOf(r)}, nil
}

// Size returns the size of the file in bytes.
func (m *Image) Size() int64 { return m.size }

// Lineage returns the zero value: a raw disk has no identity and no parent.
func (m *Image) Lineage() image.Lineage { return image.Lineage{} }

// Close does nothing.
func (m *Image) Close() error { return nil }

// ReadAt reads the disk.
func (m *Image) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := image.Clip(p, off, m.size)
	if err != nil {
		return 0, err
	}
	n, err := m.r.ReadAt(p, off)
	if n == len(p) {
		return n, end
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// ExtentAt returns the extent that begins at off: a hole or data.
func (m *Image) ExtentAt(off, limit int64) (image.Extent, error) {
	if off < 0 || off >= m.size || limit <= 0 {
		return image.Extent{}, fmt.Errorf("raw: no extent of %d bytes at byte %d in a disk of %d", limit, off, m.size)
	}
	e := image.Extent{Offset: off, Length: min(limit, m.size-off), Kind: image.Data}
	if m.holes == nil {
		return e, nil
	}
	end, hole := m.holes(off)
	if hole {
		e.Kind = image.Zero
	}
	if end > off {
		e.Length = min(e.Length, end-off)
	}
	return e, nil
}
