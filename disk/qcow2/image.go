package qcow2

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/lima-vm/go-qcow2reader/image/qcow2"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/occupy"
	"github.com/ovfkit/ovf/disk/internal/slots"
)

// Image is a qcow2 image that can be read. It implements [image.Image].
type Image struct {
	reader  *qcow2.Qcow2
	r       io.ReaderAt
	file    int64 // size of the file
	head    header
	cluster int64
	l1      []uint64
	l2      *slots.Cache[[]byte]
}

// Open opens the image in the size bytes of r, of its active state if it has
// snapshots. It reads and checks all tables and refuses an image by the rules of
// [Rules], with an [image.Error]: among others an image with a backing file or
// an external data file, before anything is opened or read by their names. The caller
// keeps r open while the image is in use.
func Open(r io.ReaderAt, size int64, l image.Limits) (*Image, error) {
	l = l.WithDefaults()
	h, err := readHeader(r, size, l)
	if err != nil {
		return nil, err
	}
	m := &Image{r: r, file: size, head: h, cluster: 1 << h.clusterBits}
	if err := m.readL1(l); err != nil {
		return nil, err
	}
	m.l2 = slots.New[[]byte](min(l.CacheSize/m.cluster, int64(len(m.l1))))
	if err := m.check(); err != nil {
		return nil, err
	}
	// The library sees a header of our own making, with what was checked and
	// nothing else.
	m.reader, err = qcow2.Open(&view{head: m.cleanHeader(), r: r, size: size}, nil)
	if err == nil {
		err = m.reader.Readable()
	}
	if err != nil {
		return nil, &image.Error{Format: "qcow2", Rule: RuleHeader, Offset: -1, Detail: "the image cannot be read", Err: err}
	}
	return m, nil
}

// view is the file as the library reads it: with another header, and with zeros
// behind its end, where the last cluster may not be complete.
type view struct {
	head []byte
	r    io.ReaderAt
	size int64
}

func (v *view) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	if off < int64(len(v.head)) {
		n = copy(p, v.head[off:])
	}
	if rest := p[n:]; len(rest) > 0 {
		at := off + int64(n)
		k := int(max(min(int64(len(rest)), v.size-at), 0))
		if err := readAt(v.r, rest[:k], at, v.size); k > 0 && err != nil {
			return n, err
		}
		clear(rest[k:])
	}
	return len(p), nil
}

// cleanHeader returns a header of version 3 with nothing but the table and an
// end of the extensions.
func (m *Image) cleanHeader() []byte {
	be := binary.BigEndian
	b := make([]byte, headerSize+8)
	copy(b, magic)
	be.PutUint32(b[4:], 3)
	be.PutUint32(b[20:], m.head.clusterBits)
	be.PutUint64(b[24:], m.head.size)
	be.PutUint32(b[36:], uint32(len(m.l1)))
	be.PutUint64(b[40:], m.head.l1Offset)
	be.PutUint32(b[96:], 4)
	be.PutUint32(b[100:], headerSize)
	return b
}

// readL1 reads the table of tables, as far as the disk needs it.
func (m *Image) readL1(l image.Limits) error {
	span := m.cluster * (m.cluster / 8)
	n := (m.Size() + span - 1) / span
	off := m.head.l1Offset
	switch {
	case n > int64(m.head.l1Size):
		return refuse(RuleTable, 36, "an L1 table of %d entries; the disk of %d bytes needs %d", m.head.l1Size, m.head.size, n)
	case n*8 > l.MaxTable:
		return refuse(RuleTable, 36, "an L1 table of %d bytes; the limit is %d", n*8, l.MaxTable)
	case off == 0 || off%uint64(m.cluster) != 0 || off > uint64(m.file) || n*8 > m.file-int64(off):
		return refuse(RuleTable, 40, "the L1 table of %d bytes at byte %d is not a cluster of the file of %d bytes", n*8, off, m.file)
	}
	b := make([]byte, n*8)
	if err := readAt(m.r, b, int64(off), m.file); err != nil {
		return err
	}
	m.l1 = make([]uint64, n)
	for i := range m.l1 {
		m.l1[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	return nil
}

// check walks all tables: each cluster must lie within the file, and no two
// things may share one. Compressed clusters are packed without regard to
// sectors; they are held to what deflate can do at all, 1032 to 1.
func (m *Image) check() error {
	units := (m.file + m.cluster - 1) / m.cluster
	return occupy.Passes(units, func(o *occupy.Map) error {
		if !o.Claim(0, 1) || !o.Claim(int64(m.head.l1Offset)/m.cluster, (int64(len(m.l1))*8+m.cluster-1)/m.cluster) {
			return refuse(RuleOverlap, int64(m.head.l1Offset), "the L1 table shares its place in the file with the header")
		}
		compressed := int64(0)
		for i, e := range m.l1 {
			off := int64(e & entryOffset)
			if off == 0 {
				continue
			}
			if e&^(entryCopied|entryOffset) != 0 || off%m.cluster != 0 || off > m.file-m.cluster {
				return refuse(RuleTable, int64(m.head.l1Offset)+8*int64(i), "entry %#x of the L1 table is not a cluster of the file of %d bytes", e, m.file)
			}
			if !o.Claim(off/m.cluster, 1) {
				return refuse(RuleOverlap, off, "an L2 table shares its place in the file with something else")
			}
			n, err := m.checkL2(o, int64(i), off)
			if err != nil {
				return err
			}
			if compressed += n; compressed > m.file/(m.cluster/1032+1) {
				return refuse(RuleOverlap, -1, "there are more compressed clusters than the file of %d bytes has room for", m.file)
			}
		}
		return nil
	})
}

// checkL2 claims the clusters of an L2 table and returns how many are
// compressed.
func (m *Image) checkL2(o *occupy.Map, i, off int64) (compressed int64, err error) {
	table, err := m.table(i)
	if err != nil {
		return 0, err
	}
	for k := int64(0); k < m.cluster/8; k++ {
		e := binary.BigEndian.Uint64(table[8*k:])
		at := off + 8*k
		place, data := m.place(e)
		guest := (i*(m.cluster/8) + k) * m.cluster
		switch {
		case e&entryCompressed != 0:
			compressed++
			if place == 0 || place >= m.file {
				return 0, refuse(RuleCluster, at, "the compressed cluster at byte %d is outside of the file of %d bytes", place, m.file)
			}
			continue
		case e&^(entryCopied|entryOffset|entryZero) != 0 || e&entryZero != 0 && m.head.version < 3 || place%m.cluster != 0:
			return 0, refuse(RuleCluster, at, "the entry %#x is not a cluster", e)
		case !data:
			continue
		}
		// Behind the end of the disk the last cluster need not be stored.
		if need := min(m.cluster, m.Size()-guest); need <= 0 || place > m.file-need {
			return 0, refuse(RuleCluster, at, "the cluster at byte %d is outside of the file of %d bytes or of the disk", place, m.file)
		}
		if !o.Claim(place/m.cluster, 1) {
			return 0, refuse(RuleOverlap, place, "the cluster of byte %d of the disk shares its place in the file with something else", guest)
		}
	}
	return compressed, nil
}

// place returns where an entry of an L2 table points to, and whether it has
// content at all.
func (m *Image) place(e uint64) (off int64, data bool) {
	if e&entryCompressed != 0 {
		return int64(e & (1<<(62-(m.head.clusterBits-8)) - 1)), true
	}
	off = int64(e & entryOffset)
	return off, off != 0 && e&entryZero == 0
}

// table returns the L2 table that entry i of the L1 table points to.
func (m *Image) table(i int64) ([]byte, error) {
	if b, ok := m.l2.Get(i); ok {
		return b, nil
	}
	b := make([]byte, m.cluster)
	if err := readAt(m.r, b, int64(m.l1[i]&entryOffset), m.file); err != nil {
		return nil, err
	}
	m.l2.Put(i, b)
	return b, nil
}

// Size returns the size of the disk in bytes.
func (m *Image) Size() int64 { return int64(m.head.size) }

// Lineage returns the zero value: a qcow2 image has no identity, and one with a
// parent is refused.
func (m *Image) Lineage() image.Lineage { return image.Lineage{} }

// Close does nothing.
func (m *Image) Close() error { return nil }

// ExtentAt returns the extent that begins at off.
func (m *Image) ExtentAt(off, limit int64) (image.Extent, error) {
	if off < 0 || off >= m.Size() || limit <= 0 {
		return image.Extent{}, fmt.Errorf("qcow2: no extent of %d bytes at byte %d in a disk of %d", limit, off, m.Size())
	}
	end := off + min(limit, m.Size()-off)
	c := off / m.cluster
	stored, err := m.stored(c)
	if err != nil {
		return image.Extent{}, err
	}
	perTable := m.cluster / 8
	for c++; c*m.cluster < end; {
		if i := c / perTable; m.l1[i]&entryOffset == 0 {
			if stored {
				break
			}
			c = (i + 1) * perTable
			continue
		}
		s, err := m.stored(c)
		if err != nil {
			return image.Extent{}, err
		}
		if s != stored {
			break
		}
		c++
	}
	e := image.Extent{Offset: off, Length: min(c*m.cluster, end) - off, Kind: image.Zero}
	if stored {
		e.Kind = image.Data
	}
	return e, nil
}

// stored reports whether a cluster has content.
func (m *Image) stored(c int64) (bool, error) {
	perTable := m.cluster / 8
	i := c / perTable
	if m.l1[i]&entryOffset == 0 {
		return false, nil
	}
	table, err := m.table(i)
	if err != nil {
		return false, err
	}
	_, data := m.place(binary.BigEndian.Uint64(table[c%perTable*8:]))
	return data, nil
}

// ReadAt reads the disk.
func (m *Image) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := image.Clip(p, off, m.Size())
	if err != nil {
		return 0, err
	}
	for n := 0; n < len(p); {
		// The library may return less than asked for, together with io.EOF,
		// at the end of each compressed cluster.
		k, err := m.reader.ReadAt(p[n:], off+int64(n))
		if n += k; k > 0 {
			continue
		}
		var own *image.Error
		if errors.As(err, &own) {
			return n, own
		}
		return n, &image.Error{Format: "qcow2", Rule: RuleInflate, Offset: -1, Detail: fmt.Sprintf("reading byte %d of the disk", off+int64(n)), Err: err}
	}
	return len(p), end
}
