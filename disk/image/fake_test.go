package image_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"sync/atomic"

	"github.com/ovfkit/ovf/disk/image"
)

// fake is an image in memory whose units are data, zero or absent.
type fake struct {
	unit    int64
	kinds   []image.Kind
	content []byte
	lineage image.Lineage
	reads   atomic.Int64 // bytes
	failAt  int64        // reads of this offset fail, if not 0
}

var errFake = errors.New("the medium is broken")

func (f *fake) Size() int64            { return int64(len(f.content)) }
func (f *fake) Lineage() image.Lineage { return f.lineage }
func (f *fake) Close() error           { return nil }

func (f *fake) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := image.Clip(p, off, f.Size())
	if err != nil {
		return 0, err
	}
	for at := off; at < off+int64(len(p)); at = (at/f.unit + 1) * f.unit {
		if f.kinds[at/f.unit] == image.Absent {
			return 0, image.NeedsParent("", f.lineage)
		}
	}
	if f.failAt != 0 && f.failAt >= off && f.failAt < off+int64(len(p)) {
		return 0, errFake
	}
	f.reads.Add(int64(len(p)))
	return copy(p, f.content[off:]), end
}

func (f *fake) ExtentAt(off, limit int64) (image.Extent, error) {
	i := off / f.unit
	e := image.Extent{Offset: off, Kind: f.kinds[i]}
	for i < int64(len(f.kinds)) && f.kinds[i] == e.Kind {
		i++
	}
	e.Length = min(i*f.unit, off+limit, f.Size()) - off
	return e, nil
}

// newFake returns an image of random units; those that are not stored have
// zeros in content. kinds are what units may be.
func newFake(seed uint64, size, unit int64, kinds ...image.Kind) *fake {
	r := rand.New(rand.NewPCG(seed, 1))
	chacha := rand.NewChaCha8([32]byte{byte(seed)})
	f := &fake{unit: unit, content: make([]byte, size)}
	for off := int64(0); off < size; off += unit {
		k := kinds[r.IntN(len(kinds))]
		f.kinds = append(f.kinds, k)
		if k == image.Data {
			chacha.Read(f.content[off:min(off+unit, size)])
		}
	}
	return f
}

// over returns what a consumer sees of child over the content of its parent.
func over(parent []byte, child *fake) []byte {
	out := append([]byte(nil), parent...)
	for i, k := range child.kinds {
		off := int64(i) * child.unit
		if k != image.Absent {
			copy(out[off:min(off+child.unit, child.Size())], child.content[off:])
		}
	}
	return out
}

// sink is a writer that keeps the disk.
type sink struct {
	bytes.Buffer
	skipped int64
	failAt  int
	closed  bool
}

func (s *sink) Write(p []byte) (int, error) {
	if s.failAt > 0 && s.Len() >= s.failAt {
		return 0, errFake
	}
	return s.Buffer.Write(p)
}

func (s *sink) Skip(n int64) error {
	s.skipped += n
	s.Buffer.Write(make([]byte, n))
	return nil
}

func (s *sink) Close() error {
	s.closed = true
	return nil
}
