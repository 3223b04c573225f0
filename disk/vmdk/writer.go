package vmdk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/blocks"
	"github.com/ovfkit/ovf/disk/internal/ordered"
)

// DefaultLevel is the compression level that the zero [WriterOptions] stands
// for. On a mix of texts and programs its files are within two hundredths of the
// size of those of zlib's default level.
const DefaultLevel = 8

// GrainSize is the size of the grains that a [Writer] makes, in bytes.
const GrainSize = 64 << 10

// WriterOptions adjusts a [Writer]. The zero value is ready to use.
type WriterOptions struct {
	// Level is the compression level, 1 (fastest) to 9 (smallest). 0 stands
	// for [DefaultLevel].
	Level int
	// Workers is how many goroutines compress. 0 stands for one per
	// processor, at most 8. The output does not depend on it.
	Workers int
	// Lineage makes the image the child of another one if Parent is not
	// empty; both IDs have the form "cid:" and eight hexadecimal digits. An empty ID
	// is derived from the content by [NewFileWriter]; [NewWriter], which
	// cannot know the content in time, then takes cid:fffffffe.
	Lineage image.Lineage
	// Name is the file name that the descriptor gives for the image itself;
	// readers ignore it. Empty stands for "disk.vmdk".
	Name string
}

// Writer makes a stream-optimized image. It implements [image.Writer]: grains of
// zeros are left out, except in the child of a parent, where what is written is
// stored, be it zero, and what is skipped is the parent's. A child must be
// given and skip whole grains of [GrainSize].
type Writer struct {
	out  io.Writer
	file image.Output // to go back to the front; nil for a stream
	head header
	desc descriptorText
	cut  blocks.Cutter
	pipe *ordered.Pipeline
	task *ordered.Task // of the grain that is being filled

	at        int64    // in the file
	directory []uint32 // sector of each table
	index     int64    // of the current table
	used      bool     // it has entries
	table     table
	crc       uint32
	err       error
}

// NewWriter returns a writer of the image of a disk of size bytes that can be
// sent while it is made: tables follow the grains, and the header defers to a
// footer at the end, as in what VMware's tools write. A size that is not a
// multiple of 512 is rounded up.
func NewWriter(out io.Writer, size int64, o WriterOptions) (*Writer, error) {
	return newWriter(out, nil, size, o)
}

// NewFileWriter is as [NewWriter], for a file: the grain directory is at the
// front, which readers find that do not know footers, and the content ID is
// that of the content.
func NewFileWriter(file image.Output, size int64, o WriterOptions) (*Writer, error) {
	return newWriter(io.NewOffsetWriter(file, 0), file, size, o)
}

func newWriter(out io.Writer, file image.Output, size int64, o WriterOptions) (*Writer, error) {
	if o.Level == 0 {
		o.Level = DefaultLevel
	}
	if o.Level < 1 || o.Level > 9 {
		return nil, fmt.Errorf("vmdk: compression level %d; 1 to 9 are accepted", o.Level)
	}
	rounded, err := blocks.Rounded("vmdk", size, image.Limits{}.WithDefaults().MaxSize)
	if err != nil {
		return nil, err
	}
	sectors := rounded / sector
	w := &Writer{out: out, file: file}
	w.cut = blocks.Cutter{Size: size, Block: GrainSize, Child: o.Lineage.Parent != "", Buffer: w.buffer, Full: w.submit}
	if w.desc, err = newDescriptorText(sectors, o); err != nil {
		return nil, err
	}
	tables := (rounded + GrainSize*tableEntries - 1) / (GrainSize * tableEntries)
	w.directory = make([]uint32, tables)
	w.head = header{
		version: 3, flags: flagNewlines | flagCompressed | flagMarkers, compress: compressDeflate,
		capacity: uint64(sectors), grain: GrainSize / sector,
		descriptor: 1, descSize: descriptorSectors, directory: gdAtEnd,
	}
	front := int64(1 + descriptorSectors)
	if file != nil {
		w.head.directory = uint64(front)
		front += w.directorySectors()
	}
	w.head.overhead = uint64((front + GrainSize/sector - 1) &^ (GrainSize/sector - 1))
	w.pipe = ordered.New(o.Workers, GrainSize, func() ordered.Func { return newCompressor(o.Level).grain }, w.grain)
	if file == nil {
		w.put(w.front())
	} else {
		w.put(make([]byte, w.head.overhead*sector)) // no image yet
	}
	return w, w.err
}

func (w *Writer) directorySectors() int64 { return (int64(len(w.directory))*4 + sector - 1) / sector }

// front returns the file up to the first grain.
func (w *Writer) front() []byte {
	b := w.head.append(nil)
	b = append(b, w.desc.bytes(w.crc)...)
	if w.file != nil {
		b = w.appendDirectory(b)
	}
	return pad(b, int(w.head.overhead)*sector)
}

func (w *Writer) appendDirectory(b []byte) []byte {
	n := len(b) + int(w.directorySectors())*sector
	for _, at := range w.directory {
		b = binary.LittleEndian.AppendUint32(b, at)
	}
	return pad(b, n)
}

// put appends to the file.
func (w *Writer) put(b []byte) {
	if w.err == nil {
		_, w.err = w.out.Write(b)
		w.at += int64(len(b))
	}
	if w.err == nil && w.at/sector > math.MaxUint32 {
		w.err = refuse(RuleTable, -1, "the file grows beyond 2 TiB, which its tables cannot address")
	}
}

// Write appends content of the disk.
func (w *Writer) Write(p []byte) (int, error) { return w.cut.Write(p) }

// Skip goes ahead without content.
func (w *Writer) Skip(n int64) error { return w.cut.Skip(n) }

// buffer provides the memory of a grain.
func (w *Writer) buffer() ([]byte, error) {
	var err error
	if w.task, err = w.pipe.Next(); err != nil {
		return nil, err
	}
	return w.task.In, nil
}

// submit passes a grain on to be compressed.
func (w *Writer) submit(index int64) error {
	w.task.Tag = index
	w.pipe.Submit(w.task)
	return nil
}

// grain writes a compressed grain, with the table before it where it is the
// first of another table. The pipeline calls it in the order of the disk.
func (w *Writer) grain(t *ordered.Task) error {
	if index := t.Tag / tableEntries; index != w.index {
		w.putTable()
		w.index = index
	}
	binary.LittleEndian.PutUint64(t.Out, uint64(t.Tag)*GrainSize/sector)
	if w.file != nil {
		w.crc = crc32.Update(w.crc, castagnoli, t.Out[:8])
		w.crc = crc32.Update(w.crc, castagnoli, t.In)
	}
	w.table[t.Tag%tableEntries] = uint32(w.at / sector)
	w.used = true
	w.put(t.Out)
	return w.err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// putTable writes the current table, if it has entries, and empties it.
func (w *Writer) putTable() {
	if !w.used {
		return
	}
	b := marker{value: tableSize / sector, kind: markerTable}.append(nil)
	for _, at := range w.table {
		b = binary.LittleEndian.AppendUint32(b, at)
	}
	w.directory[w.index] = uint32(w.at/sector) + 1
	w.put(b)
	w.table, w.used = table{}, false
}

// Close writes what is under way, the tables and the end of the image. It does
// not close the output.
func (w *Writer) Close() error {
	if err := w.cut.Finish(); err != nil {
		return err
	}
	err := w.pipe.Flush()
	if err == nil {
		err = w.finish()
	}
	if err != nil {
		w.cut.Fail(err)
		return err
	}
	w.cut.Fail(errClosed)
	return nil
}

// finish writes the tables and the end of the image.
func (w *Writer) finish() error {
	w.putTable()
	if w.file == nil {
		b := marker{value: uint64(w.directorySectors()), kind: markerDirectory}.append(nil)
		w.head.directory = uint64(w.at/sector) + 1
		b = w.appendDirectory(b)
		b = marker{value: 1, kind: markerFooter}.append(b)
		w.put(w.head.append(b))
	}
	w.put(marker{kind: markerEnd}.append(nil))
	if w.file != nil && w.err == nil {
		_, w.err = w.file.WriteAt(w.front(), 0)
	}
	return w.err
}

var errClosed = errors.New("vmdk: the writer is closed")

// compressor makes grains of a stream.
type compressor struct {
	z   *zlib.Writer
	out []byte
}

func newCompressor(level int) *compressor {
	c := &compressor{}
	c.z, _ = zlib.NewWriterLevel(c, level) // the level was checked
	return c
}

// Write takes in what the compressor produces.
func (c *compressor) Write(p []byte) (int, error) {
	c.out = append(c.out, p...)
	return len(p), nil
}

// grain appends a marker, still without its place, the compressed content and
// zeros to the end of the sector.
func (c *compressor) grain(dst, src []byte) ([]byte, error) {
	c.out = append(dst, make([]byte, grainMarkerSize)...)
	c.z.Reset(c)
	if _, err := c.z.Write(src); err != nil {
		return dst, err
	}
	if err := c.z.Close(); err != nil {
		return dst, err
	}
	n := len(c.out)
	binary.LittleEndian.PutUint32(c.out[8:], uint32(n-grainMarkerSize))
	return pad(c.out, (n+sector-1)/sector*sector), nil
}
