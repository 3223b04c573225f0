package vhd

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/occupy"
	"github.com/ovfkit/ovf/disk/internal/slots"
)

// Image is a VHD that can be read. It implements [image.Image].
type Image struct {
	r    io.ReaderAt
	file int64 // size of the file
	foot footer
	head dynHeader

	table   []uint32 // sector of each block: its bitmap, then its content
	bitmaps *slots.Cache[[]byte]
	missing image.Kind
}

// Open opens the image in the size bytes of r. It reads and checks all tables
// and refuses an image by the rules of [Rules], with an [image.Error]. The
// caller keeps r open while the image is in use.
//
// The size of the disk is the current size in the footer, not the product of
// the geometry, which is smaller for most sizes.
func Open(r io.ReaderAt, size int64, l image.Limits) (*Image, error) {
	l = l.WithDefaults()
	foot, err := readFooter(r, size)
	if err != nil {
		return nil, err
	}
	m := &Image{r: r, file: size, foot: foot}
	if foot.size == 0 || foot.size%sector != 0 || foot.size > uint64(l.MaxSize) {
		return nil, refuse(RuleSize, size-sector+48, "a disk of %d bytes; multiples of %d up to %d are accepted", foot.size, sector, l.MaxSize)
	}
	if foot.kind == Fixed {
		if m.Size() > size-sector {
			return nil, refuse(RuleSize, size-sector+48, "a fixed disk of %d bytes in a file of %d", foot.size, size)
		}
		return m, nil
	}
	if m.head, err = readDynHeader(r, foot.header, size); err != nil {
		return nil, err
	}
	m.missing = image.Zero
	if foot.kind == Differencing {
		if m.head.parent.isZero() {
			return nil, refuse(RuleHeader, int64(foot.header)+40, "a differencing disk that names no parent")
		}
		m.missing = image.Absent
	}
	if err := m.readTable(l); err != nil {
		return nil, err
	}
	m.bitmaps = slots.New[[]byte](min(l.CacheSize/m.bitmapSize(), int64(len(m.table))))
	return m, m.check()
}

// bitmapSize returns the bytes in front of the content of a block: a bit for
// each sector of it, in whole sectors.
func (m *Image) bitmapSize() int64 {
	return (int64(m.head.block)/sector/8 + sector - 1) / sector * sector
}

// readTable reads the block table.
func (m *Image) readTable(l image.Limits) error {
	at := int64(m.foot.header) + 16
	block := int64(m.head.block)
	n := (m.Size() + block - 1) / block
	switch {
	case int64(m.head.entries) < n:
		return refuse(RuleSize, at+12, "a block table of %d entries for a disk of %d blocks", m.head.entries, n)
	case n*4 > l.MaxTable:
		return refuse(RuleTable, at+12, "a block table of %d bytes; the limit is %d", n*4, l.MaxTable)
	case m.head.table > uint64(m.file), m.head.table%sector != 0, n*4 > m.file-int64(m.head.table):
		return refuse(RuleTable, at, "the block table of %d bytes at byte %d is outside of the file of %d bytes", n*4, m.head.table, m.file)
	}
	b := make([]byte, n*4)
	if err := readAt(m.r, b, int64(m.head.table), m.file); err != nil {
		return err
	}
	m.table = make([]uint32, n)
	for i := range m.table {
		m.table[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	return nil
}

// check makes sure that all blocks lie within the file and that no two things
// share a place.
func (m *Image) check() error {
	end := (m.file - 1) / sector // in front of the footer
	return occupy.Passes(end, func(o *occupy.Map) error {
		if !o.Claim(0, 1) || !o.Claim(int64(m.foot.header)/sector, headerSize/sector) {
			return refuse(RuleOverlap, int64(m.foot.header), "the dynamic header shares its place in the file with the footer")
		}
		if !o.Claim(int64(m.head.table)/sector, (int64(len(m.table))*4+sector-1)/sector) {
			return refuse(RuleOverlap, int64(m.head.table), "the block table shares its place in the file with something else")
		}
		size := (m.bitmapSize() + int64(m.head.block)) / sector
		for i, at := range m.table {
			if at == unused {
				continue
			}
			if int64(at)+size > end {
				return refuse(RuleBlock, int64(m.head.table)+4*int64(i), "block %d at sector %d is outside of the file of %d bytes", i, at, m.file)
			}
			if !o.Claim(int64(at), size) {
				return refuse(RuleOverlap, int64(at)*sector, "block %d shares its place in the file with something else", i)
			}
		}
		return nil
	})
}

// Type returns the kind of the image.
func (m *Image) Type() Type { return m.foot.kind }

// Size returns the size of the disk in bytes.
func (m *Image) Size() int64 { return int64(m.foot.size) }

// Lineage returns the UUIDs of the image and of its parent.
func (m *Image) Lineage() image.Lineage {
	l := image.Lineage{ID: m.foot.id.String()}
	if m.foot.kind == Differencing {
		l.Parent, l.Hint = m.head.parent.String(), m.head.parentName
	}
	return l
}

// Close does nothing.
func (m *Image) Close() error { return nil }

// ExtentAt returns the extent that begins at off.
func (m *Image) ExtentAt(off, limit int64) (image.Extent, error) {
	if off < 0 || off >= m.Size() || limit <= 0 {
		return image.Extent{}, fmt.Errorf("vhd: no extent of %d bytes at byte %d in a disk of %d", limit, off, m.Size())
	}
	limit = min(limit, m.Size()-off)
	e := image.Extent{Offset: off, Length: limit, Kind: image.Data}
	if m.foot.kind == Fixed {
		return e, nil
	}
	block := int64(m.head.block)
	i := off / block
	if m.table[i] != unused {
		n, stored, err := m.run(i, off%block, min(limit, (i+1)*block-off))
		if !stored {
			e.Kind = m.missing
		}
		e.Length = n
		return e, err
	}
	e.Kind = m.missing
	for i++; i*block < off+limit; i++ {
		if m.table[i] != unused {
			e.Length = i*block - off
			break
		}
	}
	return e, nil
}

// run tells whether the content of a block is stored from off on, and for how
// many bytes, up to limit, the answer is the same.
func (m *Image) run(i, off, limit int64) (n int64, stored bool, err error) {
	bm, ok := m.bitmaps.Get(i)
	if !ok {
		bm = make([]byte, m.bitmapSize())
		if err := readAt(m.r, bm, int64(m.table[i])*sector, m.file); err != nil {
			return 0, false, err
		}
		m.bitmaps.Put(i, bm)
	}
	k := off / sector
	stored = bm[k/8]&(0x80>>(k%8)) != 0
	last := (off + limit + sector - 1) / sector
	for k < last {
		// The bits that differ from the first one, of what is left of a byte.
		b := bm[k/8]
		if stored {
			b = ^b
		}
		if b = b << (k % 8); b != 0 {
			k += int64(bits.LeadingZeros8(b))
			break
		}
		k += 8 - k%8
	}
	return min(k*sector-off, limit), stored, nil
}

// ReadAt reads the disk. Content that is absent from the image, which only a
// differencing one has, gives [image.ErrNeedsParent].
func (m *Image) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := image.Clip(p, off, m.Size())
	if err != nil {
		return 0, err
	}
	for n := 0; n < len(p); {
		e, err := m.ExtentAt(off+int64(n), int64(len(p)-n))
		if err != nil {
			return n, err
		}
		q := p[n : n+int(e.Length)]
		switch e.Kind {
		case image.Absent:
			return n, image.NeedsParent("vhd", m.Lineage())
		case image.Zero:
			clear(q)
		default:
			if err := readAt(m.r, q, m.place(e.Offset), m.file); err != nil {
				return n, err
			}
		}
		n += len(q)
	}
	return len(p), end
}

// place returns where in the file stored content is.
func (m *Image) place(off int64) int64 {
	if m.foot.kind == Fixed {
		return off
	}
	block := int64(m.head.block)
	return int64(m.table[off/block])*sector + m.bitmapSize() + off%block
}
