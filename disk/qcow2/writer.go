package qcow2

import (
	"encoding/binary"
	"errors"

	"github.com/klauspost/compress/flate"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/blocks"
	"github.com/ovfkit/ovf/disk/internal/ordered"
)

const (
	clusterBits = 16

	// ClusterSize is the size of the clusters that a [Writer] makes, in bytes.
	ClusterSize = 1 << clusterBits

	perTable      = ClusterSize / 8 // entries of an L2 table
	perRefcounts  = ClusterSize / 2 // entries of a refcount block
	refcountOrder = 4               // 16 bits

	// deflateWindow is the window that qemu decompresses clusters with.
	deflateWindow = 4 << 10
)

// WriterOptions adjusts a [Writer]. The zero value is ready to use.
type WriterOptions struct {
	// Compress stores clusters compressed where that makes them smaller.
	Compress bool
	// Workers is how many goroutines compress. 0 stands for one per
	// processor, at most 8. The output does not depend on it.
	Workers int
}

// Writer makes a qcow2 image of version 3 that stands alone. It implements
// [image.Writer]; clusters of zeros are left out. For the reference counts of a
// compressed image it holds 32 MiB for each TiB of the file.
type Writer struct {
	file image.Output
	size int64 // of the disk, rounded
	cut  blocks.Cutter
	buf  []byte // of a cluster that is stored as it is

	pipe *ordered.Pipeline // nil: nothing is compressed
	task *ordered.Task

	l1    []uint64
	l2    []byte
	index int64 // of the L2 table
	used  bool  // it has entries

	next   int64    // cluster of the file
	at     int64    // byte at which the next compressed cluster goes
	counts []uint16 // per cluster of the file; those beyond its end are 1
}

// NewWriter returns a writer of the image of a disk of size bytes, rounded up
// to a multiple of 512.
func NewWriter(file image.Output, size int64, o WriterOptions) (*Writer, error) {
	rounded, err := blocks.Rounded("qcow2", size, image.Limits{}.WithDefaults().MaxSize)
	if err != nil {
		return nil, err
	}
	const span = ClusterSize * perTable
	w := &Writer{file: file, size: rounded, l1: make([]uint64, (rounded+span-1)/span), l2: make([]byte, ClusterSize)}
	w.next = 1 + w.l1Clusters()
	w.cut = blocks.Cutter{Size: size, Block: ClusterSize}
	if o.Compress {
		w.pipe = ordered.New(o.Workers, ClusterSize, newCompressor, w.compressed)
		w.cut.Buffer, w.cut.Full = w.taskBuffer, w.submit
	} else {
		w.buf = make([]byte, ClusterSize)
		w.cut.Buffer = func() ([]byte, error) { return w.buf, nil }
		w.cut.Full = func(index int64) error { return w.plain(index, w.buf) }
	}
	return w, nil
}

func (w *Writer) l1Clusters() int64 { return (int64(len(w.l1))*8 + ClusterSize - 1) / ClusterSize }

// Write appends content of the disk.
func (w *Writer) Write(p []byte) (int, error) { return w.cut.Write(p) }

// Skip goes ahead without content.
func (w *Writer) Skip(n int64) error { return w.cut.Skip(n) }

func (w *Writer) taskBuffer() ([]byte, error) {
	var err error
	if w.task, err = w.pipe.Next(); err != nil {
		return nil, err
	}
	return w.task.In, nil
}

func (w *Writer) submit(index int64) error {
	w.task.Tag = index
	w.pipe.Submit(w.task)
	return nil
}

// plain stores a cluster as it is.
func (w *Writer) plain(index int64, p []byte) error {
	if err := w.useTable(index); err != nil {
		return err
	}
	off := w.allocate()
	w.entry(index, uint64(off)|entryCopied)
	_, err := w.file.WriteAt(p, off)
	return err
}

// compressed stores a cluster that was compressed, in the order of the disk.
// Compressed clusters follow each other byte by byte; one that would cross into a
// cluster of the file which is not free starts a new one.
func (w *Writer) compressed(t *ordered.Task) error {
	n := int64(len(t.Out))
	if n >= ClusterSize {
		return w.plain(t.Tag, t.In)
	}
	if err := w.useTable(t.Tag); err != nil {
		return err
	}
	rest := -w.at & (ClusterSize - 1) // of the cluster of the file that is in use
	if n > rest {
		if w.at+rest != w.next*ClusterSize {
			w.at = w.next * ClusterSize
		}
		w.next++
	}
	off := w.at
	w.at += n
	last := w.at - 1
	for c := off / ClusterSize; c <= last/ClusterSize; c++ {
		w.count(c)
	}
	more := uint64(last/sector - off/sector) // sectors after the first
	w.entry(t.Tag, uint64(off)|more<<(62-(clusterBits-8))|entryCompressed)
	_, err := w.file.WriteAt(t.Out, off)
	return err
}

// allocate takes a cluster of the file.
func (w *Writer) allocate() int64 {
	w.next++
	return (w.next - 1) * ClusterSize
}

// count adds a reference to a cluster of the file that holds compressed ones.
func (w *Writer) count(c int64) {
	for int64(len(w.counts)) < c {
		w.counts = append(w.counts, 1)
	}
	if int64(len(w.counts)) == c {
		w.counts = append(w.counts, 0)
	}
	w.counts[c]++
}

// useTable makes the L2 table of a cluster the current one.
func (w *Writer) useTable(cluster int64) error {
	index := cluster / perTable
	if index == w.index {
		return nil
	}
	err := w.putTable()
	w.index = index
	return err
}

// entry sets the entry of a cluster in the current L2 table.
func (w *Writer) entry(cluster int64, v uint64) {
	binary.BigEndian.PutUint64(w.l2[cluster%perTable*8:], v)
	w.used = true
}

// putTable writes the current L2 table, if it has entries, and empties it.
func (w *Writer) putTable() error {
	if !w.used {
		return nil
	}
	off := w.allocate()
	w.l1[w.index] = uint64(off) | entryCopied
	_, err := w.file.WriteAt(w.l2, off)
	clear(w.l2)
	w.used = false
	return err
}

// Close writes the tables and the header. It does not close the output.
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

var errClosed = errors.New("qcow2: the writer is closed")

func (w *Writer) finish() error {
	if w.pipe != nil {
		if err := w.pipe.Flush(); err != nil {
			return err
		}
	}
	if err := w.putTable(); err != nil {
		return err
	}
	table, tableClusters, err := w.putRefcounts()
	if err != nil {
		return err
	}
	b := make([]byte, w.l1Clusters()*ClusterSize)
	for i, e := range w.l1 {
		binary.BigEndian.PutUint64(b[8*i:], e)
	}
	if _, err := w.file.WriteAt(b, ClusterSize); err != nil {
		return err
	}
	be := binary.BigEndian
	h := make([]byte, ClusterSize)
	copy(h, magic)
	be.PutUint32(h[4:], 3)
	be.PutUint32(h[20:], clusterBits)
	be.PutUint64(h[24:], uint64(w.size))
	be.PutUint32(h[36:], uint32(len(w.l1)))
	be.PutUint64(h[40:], ClusterSize)
	be.PutUint64(h[48:], uint64(table))
	be.PutUint32(h[56:], uint32(tableClusters))
	be.PutUint32(h[96:], refcountOrder)
	be.PutUint32(h[100:], headerSize)
	_, err = w.file.WriteAt(h, 0)
	return err
}

// putRefcounts writes the reference counts of all clusters of the file, their
// own included, and returns where their table is. All clusters are referred to
// once, but for those that hold several compressed ones.
func (w *Writer) putRefcounts() (table, tableClusters int64, err error) {
	used := w.next
	var total, refBlocks int64
	for total = used + 1; ; {
		refBlocks = (total + perRefcounts - 1) / perRefcounts
		tableClusters = (refBlocks*8 + ClusterSize - 1) / ClusterSize
		if sum := used + refBlocks + tableClusters; sum == total {
			break
		} else {
			total = sum
		}
	}
	entries := make([]byte, tableClusters*ClusterSize)
	block := make([]byte, ClusterSize)
	for i := range refBlocks {
		clear(block)
		first := i * perRefcounts
		for c := first; c < min(first+perRefcounts, total); c++ {
			n := uint16(1)
			if c < int64(len(w.counts)) {
				n = w.counts[c]
			}
			binary.BigEndian.PutUint16(block[(c-first)*2:], n)
		}
		off := w.allocate()
		binary.BigEndian.PutUint64(entries[8*i:], uint64(off))
		if _, err := w.file.WriteAt(block, off); err != nil {
			return 0, 0, err
		}
	}
	table = w.next * ClusterSize
	w.next += tableClusters
	_, err = w.file.WriteAt(entries, table)
	return table, tableClusters, err
}

// compressor makes compressed clusters.
type compressor struct {
	z   *flate.Writer
	out []byte
}

func newCompressor() ordered.Func {
	c := &compressor{}
	c.z, _ = flate.NewWriterWindow(c, deflateWindow) // the window is a legal one
	return c.cluster
}

// Write takes in what the compressor produces.
func (c *compressor) Write(p []byte) (int, error) {
	c.out = append(c.out, p...)
	return len(p), nil
}

func (c *compressor) cluster(dst, src []byte) ([]byte, error) {
	c.out = dst
	c.z.Reset(c)
	if _, err := c.z.Write(src); err != nil {
		return dst, err
	}
	err := c.z.Close()
	return c.out, err
}
