package vmdk

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/blocks"
	"github.com/ovfkit/ovf/disk/internal/inflate"
	"github.com/ovfkit/ovf/disk/internal/occupy"
	"github.com/ovfkit/ovf/disk/internal/slots"
)

// sparse is a file of grains with a directory of tables that tell where each
// grain is.
type sparse struct {
	r         io.ReaderAt
	size      int64 // of the file
	head      header
	grain     int64    // bytes
	length    int64    // bytes of the disk
	directory []uint32 // sector of each table; 0: all of its grains are missing
	missing   image.Kind

	tables *slots.Cache[*table]
	grains *slots.Cache[[]byte] // decompressed
	bufs   sync.Pool            // of *grainBuf
}

// table holds the sector of each of its grains: 0 if it is missing, 1 for
// zeros if the header says so.
type table [tableEntries]uint32

// grainBuf is what decompressing a grain needs.
type grainBuf struct {
	dec inflate.Decoder
	in  []byte
	out []byte
}

// openSparse reads and checks the header and all tables of a file.
func openSparse(r io.ReaderAt, size int64, l image.Limits) (*sparse, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	if h.capacity == 0 || h.capacity > uint64(l.MaxSize)/sector {
		return nil, refuse(RuleCapacity, 12, "a capacity of %d sectors; 1 to %d are accepted", h.capacity, l.MaxSize/sector)
	}
	s := &sparse{r: r, size: size, head: h, grain: int64(h.grain) * sector, length: int64(h.capacity) * sector, missing: image.Zero}
	if err := s.readDirectory(l); err != nil {
		return nil, err
	}
	s.tables = slots.New[*table](min(l.CacheSize/tableSize, int64(len(s.directory))))
	s.grains = slots.New[[]byte](min(l.CacheSize, s.length) / s.grain)
	s.bufs.New = func() any { return &grainBuf{out: make([]byte, s.grain)} }
	return s, s.check()
}

func (s *sparse) compressed() bool { return s.head.flags&flagCompressed != 0 }

// readDirectory reads the grain directory.
func (s *sparse) readDirectory(l image.Limits) error {
	span := s.grain * tableEntries
	n := (s.length + span - 1) / span
	off := s.head.directory * sector
	switch {
	case n*4 > l.MaxTable:
		return refuse(RuleTable, 56, "a grain directory of %d bytes; the limit is %d", n*4, l.MaxTable)
	case s.head.directory == 0, s.head.directory > uint64(s.size)/sector, n*4 > s.size-int64(off):
		return refuse(RuleTable, 56, "the grain directory of %d bytes at sector %d is outside of the file of %d bytes", n*4, s.head.directory, s.size)
	}
	b := make([]byte, n*4)
	if err := readAt(s.r, b, int64(off), s.size); err != nil {
		return err
	}
	s.directory = make([]uint32, n)
	for i := range s.directory {
		s.directory[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return nil
}

// check walks all tables: each table and each grain must lie within the file,
// and no two things may share a place. Of a compressed grain only the first
// sector is claimed here, since its length stands in its marker; two entries for
// one grain are found by that.
func (s *sparse) check() error {
	sectors := (s.size + sector - 1) / sector
	return occupy.Passes(sectors, func(m *occupy.Map) error {
		claim := func(what string, at, n int64) error {
			if at+n > sectors {
				return refuse(RuleTable, at*sector, "the %s of %d sectors is outside of the file of %d bytes", what, n, s.size)
			}
			if !m.Claim(at, n) {
				return refuse(RuleOverlap, at*sector, "the %s shares its place in the file with something else", what)
			}
			return nil
		}
		err := claim("header", 0, 1)
		if err == nil && s.head.descSize > 0 {
			if s.head.descriptor > uint64(sectors) || s.head.descSize > uint64(sectors) {
				return refuse(RuleTable, 28, "the descriptor at sector %d is outside of the file of %d bytes", s.head.descriptor, s.size)
			}
			err = claim("descriptor", int64(s.head.descriptor), int64(s.head.descSize))
		}
		if err == nil {
			err = claim("grain directory", int64(s.head.directory), (int64(len(s.directory))*4+sector-1)/sector)
		}
		for i := 0; err == nil && i < len(s.directory); {
			at := int64(s.directory[i])
			if at == 0 {
				i++
				continue
			}
			n := s.adjacent(i)
			if err = claim("grain table", at, int64(n)*tableSize/sector); err == nil {
				err = s.checkTables(m, i, n, sectors)
			}
			i += n
		}
		return err
	})
}

// adjacent returns how many tables follow each other in the file from table i
// on, up to 32. Writers that reserve all tables put them in a row.
func (s *sparse) adjacent(i int) int {
	n := 1
	for n < 32 && i+n < len(s.directory) && s.directory[i+n] == s.directory[i]+uint32(n)*tableSize/sector {
		n++
	}
	return n
}

// checkTables claims the grains of n adjacent tables. A table without a grain
// is struck off the directory, so that nobody needs to look at it again.
func (s *sparse) checkTables(m *occupy.Map, first, n int, sectors int64) error {
	var buf [32 * tableSize]byte
	off := int64(s.directory[first]) * sector
	if err := readAt(s.r, buf[:n*tableSize], off, s.size); err != nil {
		return err
	}
	for i := range n {
		b := buf[i*tableSize : (i+1)*tableSize]
		if blocks.IsZero(b) {
			s.directory[first+i] = 0
			continue
		}
		for k := range int64(tableEntries) {
			at := int64(binary.LittleEndian.Uint32(b[4*k:]))
			if at == 0 {
				continue
			}
			if err := s.checkGrain(m, int64(first+i)*tableEntries+k, at, sectors); err != nil {
				err.Offset = off + int64(i)*tableSize + 4*k
				return err
			}
		}
	}
	return nil
}

// checkGrain claims a grain.
func (s *sparse) checkGrain(m *occupy.Map, g, at, sectors int64) *image.Error {
	if s.kind(uint32(at)) != image.Data {
		return nil
	}
	if g*s.grain >= s.length {
		return refuse(RuleGrain, -1, "there is a grain beyond the end of the disk")
	}
	n := int64(1)
	if !s.compressed() {
		n = s.grain / sector
	}
	// The last part of the file may be shorter than a grain where the disk ends
	// within it.
	if end := at + n; at >= sectors || end > sectors && (g+1)*s.grain <= s.length {
		return refuse(RuleGrain, -1, "grain %d at sector %d is outside of the file of %d bytes", g, at, s.size)
	}
	if !m.Claim(at, n) {
		return refuse(RuleOverlap, -1, "grain %d at sector %d shares its place in the file with something else", g, at)
	}
	return nil
}

// table returns a grain table that the directory has.
func (s *sparse) table(i int) (*table, error) {
	if t, ok := s.tables.Get(int64(i)); ok {
		return t, nil
	}
	var b [tableSize]byte
	if err := readAt(s.r, b[:], int64(s.directory[i])*sector, s.size); err != nil {
		return nil, err
	}
	t := new(table)
	for k := range t {
		t[k] = binary.LittleEndian.Uint32(b[4*k:])
	}
	s.tables.Put(int64(i), t)
	return t, nil
}

// entry returns the table entry of a grain.
func (s *sparse) entry(g int64) (uint32, error) {
	i := int(g / tableEntries)
	if s.directory[i] == 0 {
		return 0, nil
	}
	t, err := s.table(i)
	if err != nil {
		return 0, err
	}
	return t[g%tableEntries], nil
}

func (s *sparse) kind(entry uint32) image.Kind {
	switch {
	case entry == 0:
		return s.missing
	case entry == 1 && s.head.flags&flagZeroGrain != 0:
		return image.Zero
	}
	return image.Data
}

// extentAt implements [image.Image].
func (s *sparse) extentAt(off, limit int64) (image.Extent, error) {
	g := off / s.grain
	first, err := s.entry(g)
	if err != nil {
		return image.Extent{}, err
	}
	kind := s.kind(first)
	end := min(off+limit, s.length)
	for g++; g*s.grain < end; {
		if i := g / tableEntries; s.directory[i] == 0 {
			if kind != s.missing {
				break
			}
			g = (i + 1) * tableEntries
			continue
		}
		e, err := s.entry(g)
		if err != nil {
			return image.Extent{}, err
		}
		if s.kind(e) != kind {
			break
		}
		g++
	}
	return image.Extent{Offset: off, Length: min(g*s.grain, end) - off, Kind: kind}, nil
}

// readAt reads p from within the extent.
func (s *sparse) readAt(p []byte, off int64) error {
	for len(p) > 0 {
		g, skip := off/s.grain, off%s.grain
		q := p[:min(int64(len(p)), s.grain-skip)]
		e, err := s.entry(g)
		if err != nil {
			return err
		}
		switch kind := s.kind(e); {
		case kind == image.Absent:
			return image.ErrNeedsParent
		case kind == image.Zero:
			clear(q)
		case !s.compressed():
			err = readAt(s.r, q, int64(e)*sector+skip, s.size)
		case int64(len(q)) == s.grain:
			err = s.inflate(q, g, e)
		default:
			err = s.readPart(q, g, e, skip)
		}
		if err != nil {
			return err
		}
		p = p[len(q):]
		off += int64(len(q))
	}
	return nil
}

// readPart reads less than a grain, for which the whole grain is decompressed
// and kept.
func (s *sparse) readPart(p []byte, g int64, entry uint32, skip int64) error {
	content, ok := s.grains.Get(g)
	if !ok {
		content = make([]byte, s.grain)
		if err := s.inflate(content, g, entry); err != nil {
			return err
		}
		s.grains.Put(g, content)
	}
	copy(p, content[skip:])
	return nil
}

// inflate decompresses a grain into p, which has its size.
func (s *sparse) inflate(p []byte, g int64, entry uint32) error {
	buf := s.bufs.Get().(*grainBuf)
	defer s.bufs.Put(buf)
	off := int64(entry) * sector
	in, err := s.readGrain(buf, g, off)
	if err != nil {
		return err
	}
	n, err := buf.dec.Zlib(p, in)
	if err != nil {
		return &image.Error{Format: "vmdk", Rule: RuleInflate, Offset: off + grainMarkerSize, Detail: fmt.Sprintf("grain %d", g), Err: err}
	}
	// The last grain may hold only what the disk has of it.
	if int64(n) < min(s.grain, s.length-g*s.grain) {
		return refuse(RuleInflate, off+grainMarkerSize, "grain %d decompresses to %d bytes; %d are expected", g, n, s.grain)
	}
	clear(p[n:])
	return nil
}

// readGrain reads the compressed content of a grain.
func (s *sparse) readGrain(buf *grainBuf, g, off int64) ([]byte, error) {
	maxIn := int(s.grain) + int(s.grain)/8 + 64 // deflate never needs more
	first := min(int64(maxIn+grainMarkerSize), s.size-off, s.likelySize(g, off))
	if cap(buf.in) < maxIn+grainMarkerSize {
		buf.in = make([]byte, maxIn+grainMarkerSize)
	}
	in := buf.in[:first]
	if err := readAt(s.r, in, off, s.size); err != nil {
		return nil, err
	}
	if len(in) < grainMarkerSize {
		return nil, refuse(RuleTruncated, off, "the file ends within the marker of grain %d", g)
	}
	lba, size := binary.LittleEndian.Uint64(in), int64(binary.LittleEndian.Uint32(in[8:]))
	if want := uint64(g) * s.head.grain; lba != want {
		return nil, refuse(RuleMarker, off, "the marker is of the grain at sector %d, where that at sector %d is expected", lba, want)
	}
	if size == 0 || size > int64(maxIn) {
		return nil, refuse(RuleMarker, off+8, "grain %d has a compressed size of %d bytes; 1 to %d are accepted", g, size, maxIn)
	}
	if all := grainMarkerSize + size; all > first {
		in = buf.in[:all]
		if err := readAt(s.r, in[first:], off+first, s.size); err != nil {
			return nil, err
		}
	}
	return in[grainMarkerSize : grainMarkerSize+size], nil
}

// likelySize guesses how much of the file a grain takes: writers put the next
// grain of the disk right behind it.
func (s *sparse) likelySize(g, off int64) int64 {
	if g++; g*s.grain < s.length {
		if e, err := s.entry(g); err == nil && int64(e)*sector > off {
			return int64(e)*sector - off
		}
	}
	return s.grain / 2
}
