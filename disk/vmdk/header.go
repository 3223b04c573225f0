package vmdk

import (
	"encoding/binary"
	"io"

	"github.com/ovfkit/ovf/disk/image"
)

const (
	sector = image.SectorSize

	magic    = "KDMV" // of a sparse extent
	magicCOW = "COWD" // of ESX server sparse extents, not supported
	gdAtEnd  = ^uint64(0)

	tableEntries = 512 // of a grain table
	tableSize    = 4 * tableEntries

	minGrain = 4 << 10 // bytes
	maxGrain = 1 << 20

	flagNewlines   = 1 << 0 // the line end test bytes are valid
	flagZeroGrain  = 1 << 2 // table entry 1 is a grain of zeros
	flagCompressed = 1 << 16
	flagMarkers    = 1 << 17

	compressNone    = 0
	compressDeflate = 1
)

// The kinds of markers other than that of a grain.
const (
	markerEnd = iota
	markerTable
	markerDirectory
	markerFooter
)

// lineEnds are the test bytes of the header, which a transfer as text changes.
const lineEnds = "\n \r\n"

// header is the first sector of a sparse extent. Offsets and sizes are in
// sectors.
type header struct {
	version    uint32
	flags      uint32
	capacity   uint64
	grain      uint64
	descriptor uint64 // offset
	descSize   uint64
	directory  uint64 // offset of the grain directory, or gdAtEnd
	overhead   uint64 // everything in front of the first grain
	compress   uint16
}

// parseHeader reads a header and checks what can be checked in itself.
func parseHeader(b []byte, off int64) (header, error) {
	le := binary.LittleEndian
	h := header{
		version:    le.Uint32(b[4:]),
		flags:      le.Uint32(b[8:]),
		capacity:   le.Uint64(b[12:]),
		grain:      le.Uint64(b[20:]),
		descriptor: le.Uint64(b[28:]),
		descSize:   le.Uint64(b[36:]),
		directory:  le.Uint64(b[56:]),
		overhead:   le.Uint64(b[64:]),
		compress:   le.Uint16(b[77:]),
	}
	switch {
	case string(b[:4]) == magicCOW:
		return h, refuse(RuleHeader, off, "an ESX server sparse extent (COWD) is not supported")
	case string(b[:4]) != magic:
		return h, refuse(RuleHeader, off, "%q is not the signature %q of a VMDK", b[:4], magic)
	case h.version < 1 || h.version > 3:
		return h, refuse(RuleHeader, off, "version %d is not supported; 1 to 3 are", h.version)
	case h.flags&flagNewlines != 0 && string(b[73:77]) != lineEnds:
		return h, refuse(RuleTextTransfer, off+73, "the test bytes are %q in place of %q: transfer the file as binary", b[73:77], lineEnds)
	}
	if entries := le.Uint32(b[44:]); entries != tableEntries {
		return h, refuse(RuleGrainSize, off+44, "grain tables of %d entries; %d are accepted", entries, tableEntries)
	}
	if h.grain < minGrain/sector || h.grain > maxGrain/sector || h.grain&(h.grain-1) != 0 {
		return h, refuse(RuleGrainSize, off+20, "a grain of %d sectors; a power of two from %d to %d is accepted", h.grain, minGrain/sector, maxGrain/sector)
	}
	compressed := h.flags&flagCompressed != 0
	switch {
	case compressed && h.compress != compressDeflate, !compressed && h.compress != compressNone:
		return h, refuse(RuleHeader, off+77, "compression %d with flags %#x is not supported", h.compress, h.flags)
	case compressed && h.flags&flagMarkers == 0:
		return h, refuse(RuleHeader, off+8, "compressed grains without markers (flags %#x) are not supported", h.flags)
	}
	return h, nil
}

// append adds the header in its stored form, one sector.
func (h header) append(dst []byte) []byte {
	le := binary.LittleEndian
	n := len(dst)
	dst = append(dst, magic...)
	dst = le.AppendUint32(dst, h.version)
	dst = le.AppendUint32(dst, h.flags)
	dst = le.AppendUint64(dst, h.capacity)
	dst = le.AppendUint64(dst, h.grain)
	dst = le.AppendUint64(dst, h.descriptor)
	dst = le.AppendUint64(dst, h.descSize)
	dst = le.AppendUint32(dst, tableEntries)
	dst = le.AppendUint64(dst, 0) // no redundant grain directory
	dst = le.AppendUint64(dst, h.directory)
	dst = le.AppendUint64(dst, h.overhead)
	dst = append(dst, 0) // closed properly
	dst = append(dst, lineEnds...)
	dst = le.AppendUint16(dst, h.compress)
	return pad(dst, n+sector)
}

// pad adds zeros up to a length.
func pad(b []byte, n int) []byte {
	return append(b, make([]byte, n-len(b))...)
}

// marker is what stands in front of a grain or table of a stream.
type marker struct {
	value uint64 // first sector of the grain on the disk; or sectors that follow
	size  uint32 // of the compressed grain; 0 for all other kinds
	kind  uint32 // if size is 0
}

// grainMarkerSize is the size of the marker of a grain, which its compressed
// content follows directly.
const grainMarkerSize = 12

// append adds a marker that is not of a grain, one sector.
func (m marker) append(dst []byte) []byte {
	n := len(dst)
	dst = binary.LittleEndian.AppendUint64(dst, m.value)
	dst = binary.LittleEndian.AppendUint32(dst, m.size)
	dst = binary.LittleEndian.AppendUint32(dst, m.kind)
	return pad(dst, n+sector)
}

func parseMarker(b []byte) marker {
	le := binary.LittleEndian
	return marker{le.Uint64(b), le.Uint32(b[8:]), le.Uint32(b[12:])}
}

// readHeader reads the header of a sparse extent, or its footer where the
// header defers to that.
func readHeader(r io.ReaderAt, size int64) (header, error) {
	var b [3 * sector]byte
	if err := readAt(r, b[:sector], 0, size); err != nil {
		return header{}, err
	}
	h, err := parseHeader(b[:], 0)
	if err != nil || h.directory != gdAtEnd {
		return h, err
	}
	// The last three sectors: marker, footer, end of stream.
	off := size - int64(len(b))
	if off < sector {
		return h, refuse(RuleFooter, -1, "the file of %d bytes has no room for the footer that its header promises", size)
	}
	if err := readAt(r, b[:], off, size); err != nil {
		return h, err
	}
	if m := parseMarker(b[:]); m.kind != markerFooter || m.size != 0 {
		return h, refuse(RuleFooter, off, "there is no footer marker in front of the last two sectors; the file is cut off or has a tail")
	}
	if m := parseMarker(b[2*sector:]); m != (marker{}) {
		return h, refuse(RuleFooter, off+2*sector, "the file does not end with an end-of-stream marker")
	}
	f, err := parseHeader(b[sector:], off+sector)
	if err != nil {
		return h, err
	}
	if f.directory == gdAtEnd {
		return h, refuse(RuleFooter, off+sector, "the footer defers to a footer again")
	}
	if f.capacity != h.capacity || f.grain != h.grain || f.flags != h.flags || f.descriptor != h.descriptor || f.descSize != h.descSize {
		return h, refuse(RuleFooter, off+sector, "the footer does not agree with the header")
	}
	return f, nil
}

// readAt reads all of b, which must lie within the file.
func readAt(r io.ReaderAt, b []byte, off, size int64) error {
	if off < 0 || off > size || int64(len(b)) > size-off {
		return refuse(RuleTruncated, off, "the file ends at byte %d, before the %d bytes that should be here", size, len(b))
	}
	if n, err := r.ReadAt(b, off); n < len(b) {
		if err == nil || err == io.EOF {
			return refuse(RuleTruncated, off, "only %d of %d bytes could be read", n, len(b))
		}
		return err
	}
	return nil
}
