package vhd

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/blocks"
)

// BlockSize is the size of the blocks that a [Writer] makes, in bytes.
const BlockSize = 2 << 20

// WriterOptions adjusts a writer. The zero value is ready to use.
type WriterOptions struct {
	// ID is the UUID of the image. The zero value stands for one that is
	// derived from the content and the size.
	ID [16]byte
	// Created is when the image was made. The zero value, and whatever is
	// before 2000, is written as the start of 2000.
	Created time.Time
}

// newFooter returns the footer of an image of a disk. Its creator is that of
// Hyper-V, since that decides for some readers whether the size counts or the
// product of the geometry.
func newFooter(size int64, kind Type, o WriterOptions) footer {
	f := footer{features: 2, header: noOffset, creator: [4]byte{'w', 'i', 'n', ' '}, creatorVer: 0x000a0000,
		host: [4]byte{'W', 'i', '2', 'k'}, original: uint64(size), size: uint64(size), kind: kind, id: o.ID}
	f.cylinders, f.heads, f.perTrack = geometry(size / sector)
	if s := o.Created.Unix() - time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix(); s > 0 && s < 1<<32 {
		f.created = uint32(s)
	}
	return f
}

// sum stands for the content of a disk, to derive its UUID from.
type sum struct{ a, b uint32 }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// add takes in content at a place of the disk.
func (s *sum) add(off int64, p []byte) {
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(off))
	s.a = crc32.Update(crc32.Update(s.a, castagnoli, at[:]), castagnoli, p)
	s.b = crc32.Update(crc32.Update(s.b, crc32.IEEETable, at[:]), crc32.IEEETable, p)
}

// id returns a UUID of version 8 (RFC 9562 5.8).
func (s *sum) id(size int64) (u uuid) {
	binary.BigEndian.PutUint32(u[:], s.a)
	binary.BigEndian.PutUint64(u[4:], uint64(size/sector))
	binary.BigEndian.PutUint32(u[12:], s.b)
	u[6] = u[6]&15 | 8<<4
	u[8] = u[8]&63 | 2<<6
	return u
}

// Writer makes an image. It implements [image.Writer].
type Writer struct {
	file image.Output
	foot footer
	cut  blocks.Cutter
	buf  []byte // of a block, in a dynamic image with its bitmap in front
	sum  sum

	// Of a dynamic image.
	head  dynHeader
	table []uint32
	at    int64 // where the next block goes
}

const (
	bitmapSize = sector   // of a block of BlockSize
	fixedBlock = 64 << 10 // unit in which zeros are looked for in a fixed image
)

// NewWriter returns a writer of a dynamic image of a disk of size bytes, rounded
// up to a multiple of 512. Blocks of zeros are left out. The format has room for
// 2040 GiB.
func NewWriter(file image.Output, size int64, o WriterOptions) (*Writer, error) {
	w, err := newWriter(file, size, Dynamic, BlockSize, o)
	if err != nil {
		return nil, err
	}
	w.buf = make([]byte, bitmapSize+BlockSize)
	for i := range bitmapSize {
		w.buf[i] = 0xff // all sectors are stored
	}
	w.cut.Buffer = func() ([]byte, error) { return w.buf[bitmapSize:], nil }
	w.cut.Full = w.dynamicBlock
	w.foot.header = sector
	w.head = dynHeader{table: sector + headerSize, entries: uint32((w.foot.size + BlockSize - 1) / BlockSize), block: BlockSize}
	w.table = make([]uint32, w.head.entries)
	for i := range w.table {
		w.table[i] = unused
	}
	w.at = int64(w.head.table) + (int64(len(w.table))*4+sector-1)/sector*sector
	return w, nil
}

// NewFixedWriter returns a writer of a fixed image of a disk of size bytes,
// rounded up to a multiple of 512: the content, then a footer. Zeros become holes of the
// file.
func NewFixedWriter(file image.Output, size int64, o WriterOptions) (*Writer, error) {
	w, err := newWriter(file, size, Fixed, fixedBlock, o)
	if err != nil {
		return nil, err
	}
	w.buf = make([]byte, fixedBlock)
	w.cut.Buffer = func() ([]byte, error) { return w.buf, nil }
	w.cut.Full = w.fixedBlock
	return w, nil
}

func newWriter(file image.Output, size int64, kind Type, block int, o WriterOptions) (*Writer, error) {
	rounded, err := blocks.Rounded("vhd", size, maxDisk)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: file, foot: newFooter(rounded, kind, o)}
	w.cut = blocks.Cutter{Size: size, Block: block}
	return w, nil
}

// Write appends content of the disk.
func (w *Writer) Write(p []byte) (int, error) { return w.cut.Write(p) }

// Skip goes ahead without content.
func (w *Writer) Skip(n int64) error { return w.cut.Skip(n) }

// dynamicBlock stores a block behind those before.
func (w *Writer) dynamicBlock(index int64) error {
	w.sum.add(index*BlockSize, w.buf[bitmapSize:])
	w.table[index] = uint32(w.at / sector)
	_, err := w.file.WriteAt(w.buf, w.at)
	w.at += int64(len(w.buf))
	return err
}

// fixedBlock stores a block in its place.
func (w *Writer) fixedBlock(index int64) error {
	off := index * fixedBlock
	w.sum.add(off, w.buf)
	_, err := w.file.WriteAt(w.buf[:min(fixedBlock, int64(w.foot.size)-off)], off)
	return err
}

// Close writes the tables and the footer. It does not close the output.
func (w *Writer) Close() error {
	if err := w.cut.Finish(); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		w.cut.Fail(err)
		return err
	}
	w.cut.Fail(errClosed)
	return nil
}

func (w *Writer) finish() error {
	if w.foot.id.isZero() {
		w.foot.id = w.sum.id(int64(w.foot.size))
	}
	foot := w.foot.append(nil)
	if w.foot.kind == Fixed {
		_, err := w.file.WriteAt(foot, int64(w.foot.size))
		return err
	}
	if _, err := w.file.WriteAt(foot, w.at); err != nil {
		return err
	}
	front := w.head.append(foot)
	for _, at := range w.table {
		front = binary.BigEndian.AppendUint32(front, at)
	}
	for len(front)%sector != 0 {
		front = append(front, 0xff)
	}
	_, err := w.file.WriteAt(front, 0)
	return err
}

var errClosed = errors.New("vhd: the writer is closed")
