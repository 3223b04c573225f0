package image

import (
	"errors"
	"io"
	"iter"
	"strconv"
)

// SectorSize is the unit in which disks are addressed, in bytes. Sizes of
// virtual disks are whole sectors, with the exception of raw files.
const SectorSize = 512

// Kind says where the content of an extent comes from. The zero value is
// invalid.
type Kind uint8

const (
	Data   Kind = iota + 1 // stored in the image
	Zero                   // not stored, reads as zeros
	Absent                 // not stored, the parent has it; only in an image that has a parent
)

// String returns "data", "zero" or "absent".
func (k Kind) String() string {
	switch k {
	case Data:
		return "data"
	case Zero:
		return "zero"
	case Absent:
		return "absent"
	}
	return "invalid"
}

// Extent is a run of bytes of a virtual disk that have the same [Kind].
type Extent struct {
	Offset int64 // in bytes from the start of the disk
	Length int64 // in bytes, more than 0
	Kind   Kind
}

// End returns the offset of the first byte after the extent.
func (e Extent) End() int64 { return e.Offset + e.Length }

// Lineage says which content an image holds and on which content it builds.
// The zero value is an image without identity and without parent, as a raw file.
type Lineage struct {
	// ID names the content: "cid:" and eight hexadecimal digits for VMDK,
	// "uuid:" and a UUID for VHD, empty for formats that have none.
	ID string
	// Parent is the ID of the image that holds what is absent from this one.
	// Empty: the image stands alone.
	Parent string
	// Hint is the name of the parent as the image tells it. It is for messages
	// only: nothing in this module opens a file by it.
	Hint string
}

// parentName names the parent for a message.
func (l Lineage) parentName() string {
	if l.Hint == "" {
		return l.Parent
	}
	return l.Parent + ", known as " + strconv.Quote(l.Hint)
}

// Image is a virtual disk that can be read at any place, in the unit of bytes.
// All methods but Close may be called from several goroutines at once.
//
// An image closes what it opened itself and nothing else: the reader that it
// was opened on stays with the caller, who closes it after the image.
type Image interface {
	// ReadAt reads as [io.ReaderAt] does, up to Size. A range that is absent
	// cannot be read from the image alone: the error is [ErrNeedsParent].
	io.ReaderAt
	// Size returns the size of the virtual disk in bytes.
	Size() int64
	// ExtentAt returns the extent that begins at off and is at most limit
	// bytes long; 0 <= off < Size, limit > 0. The next extent may be of the
	// same kind.
	ExtentAt(off, limit int64) (Extent, error)
	// Lineage returns the identity of the image and of its parent.
	Lineage() Lineage
	io.Closer
}

// Extents returns the extents of an image from its start to its end, of which
// no two neighbours are of the same kind. After an error the sequence ends.
func Extents(m Image) iter.Seq2[Extent, error] {
	return func(yield func(Extent, error) bool) {
		var run Extent
		for off := int64(0); off < m.Size(); {
			e, err := extentAt(m, off, m.Size()-off)
			if err != nil {
				yield(Extent{}, err)
				return
			}
			off = e.End()
			if run.Length > 0 && e.Kind == run.Kind {
				run.Length += e.Length
				continue
			}
			if run.Length > 0 && !yield(run, nil) {
				return
			}
			run = e
		}
		if run.Length > 0 {
			yield(run, nil)
		}
	}
}

// Allocated returns how many bytes of the disk the image itself stores, before
// compression.
func Allocated(m Image) (int64, error) {
	var n int64
	for e, err := range Extents(m) {
		if err != nil {
			return n, err
		}
		if e.Kind == Data {
			n += e.Length
		}
	}
	return n, nil
}

var errExtent = errors.New("disk/image: defect in an Image: ExtentAt answered with an extent that was not asked for")

// extentAt asks m and holds it to the contract of ExtentAt, since a wrong
// answer would make copies wrong or endless.
func extentAt(m Image, off, limit int64) (Extent, error) {
	e, err := m.ExtentAt(off, limit)
	if err == nil && (e.Offset != off || e.Length <= 0 || e.Length > limit || e.Kind < Data || e.Kind > Absent) {
		err = errExtent
	}
	return e, err
}
