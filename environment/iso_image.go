package environment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"unicode/utf16"
)

const (
	blockSize   = 2048
	firstVolume = 16   // block of the first volume descriptor (ECMA-119 6.2.1)
	maxBlocks   = 8192 // of what is not content, read back when it is normalized
)

type block = [blockSize]byte

// image is what the library writes into, in memory: blocks that are not all zero.
type image struct {
	blocks map[int64]*block
	size   int64 // in blocks, known after normalize
}

// WriteAt writes at any place. A write of zeros is dropped: a block that nobody
// wrote to is zero anyway, and the library writes a block of zeros behind each
// content that is a whole number of blocks, even where a directory already is.
func (m *image) WriteAt(p []byte, off int64) (int, error) {
	n := len(p)
	if !slices.ContainsFunc(p, func(b byte) bool { return b != 0 }) {
		return n, nil
	}
	for len(p) > 0 {
		at := off / blockSize
		b := m.blocks[at]
		if b == nil {
			b = new(block)
			m.blocks[at] = b
		}
		k := copy(b[off%blockSize:], p)
		p, off = p[k:], off+int64(k)
	}
	return n, nil
}

// The rest of what the library wants a disk to have; it uses none of it when it
// writes.

func (m *image) ReadAt([]byte, int64) (int, error) { return 0, errors.ErrUnsupported }
func (m *image) Read([]byte) (int, error)          { return 0, errors.ErrUnsupported }
func (m *image) Seek(int64, int) (int64, error)    { return 0, errors.ErrUnsupported }
func (m *image) Stat() (fs.FileInfo, error)        { return nil, errors.ErrUnsupported }
func (m *image) Close() error                      { return nil }

// copy writes the blocks of a range.
func (m *image) copy(w io.Writer, from, to int64) error {
	var zero block
	for ; from < to; from++ {
		b := m.blocks[from]
		if b == nil {
			b = &zero
		}
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	return nil
}

// normalize sets what the library takes from the clock and from the temporary
// folder: times, owners, modes and numbers of links. It mends what ECMA-119 wants
// otherwise: lengths of directories are whole blocks (6.8.1.3), and texts of the
// descriptors end in spaces (7.4.3). It returns the first block of each file.
func (m *image) normalize() (map[string]int64, error) {
	n := normalizer{image: m, seen: map[int64]bool{}, places: map[string]int64{}}
	for at := int64(firstVolume); ; at++ {
		b := m.blocks[at]
		if b == nil || string(b[1:6]) != "CD001" {
			return nil, errors.New("the library wrote no end of the volume descriptors")
		}
		switch b[0] {
		case 1, 2: // primary, and supplementary for Joliet
			n.joliet = b[0] == 2
			if err := n.volume(b); err != nil {
				return nil, err
			}
		case 255:
			return n.places, nil
		}
	}
}

type normalizer struct {
	*image
	joliet  bool             // in the tree of the Joliet names, which has no extensions
	folders map[string]int64 // of that tree, by path
	seen    map[int64]bool
	places  map[string]int64
}

// fixed is 1980-01-01 00:00:00 UTC in the forms of ECMA-119 9.1.5 and 8.4.26.1;
// never says that there is no such time.
var (
	fixed     = [7]byte{80, 1, 1}
	fixedText = "1980010100000000\x00"
	never     = "0000000000000000\x00"
)

// volume works on a volume descriptor (ECMA-119 8.4, 8.5) and on its tree.
func (n *normalizer) volume(b *block) error {
	n.size = int64(binary.LittleEndian.Uint32(b[80:]))
	for _, field := range [][]byte{b[8:40], b[40:72], b[190:318], b[318:446], b[446:574], b[574:702], b[702:739], b[739:776], b[776:813]} {
		n.pad(field)
	}
	for i, text := range []string{fixedText, fixedText, never, never} { // creation, modification, expiration, effective
		copy(b[813+17*i:], text)
	}
	root := b[156:190]
	copy(root[18:], fixed[:])
	wholeBlocks(root)
	if n.joliet {
		if err := n.pathTable(int64(binary.LittleEndian.Uint32(b[140:])), int(binary.LittleEndian.Uint32(b[132:]))); err != nil {
			return err
		}
	}
	return n.directory(extent(root), "")
}

// pathTable reads the table of the folders of the Joliet tree (ECMA-119 9.4): the
// library has their blocks right there, and only there.
func (n *normalizer) pathTable(at int64, size int) error {
	var table []byte
	for len(table) < size {
		b := n.blocks[at]
		if b == nil {
			return fmt.Errorf("the library wrote no path table at block %d", at)
		}
		table = append(table, b[:]...)
		at++
	}
	table = table[:size]
	n.folders = map[string]int64{}
	paths := []string{""} // by number; the first is the root
	for i := 0; len(table) > 8; i++ {
		end := 8 + int(table[0])
		parent := int(binary.LittleEndian.Uint16(table[6:]))
		if end > len(table) || parent < 1 || parent > len(paths) {
			return errors.New("the library wrote a broken path table")
		}
		if i > 0 {
			paths = append(paths, path.Join(paths[parent-1], ucs2(table[8:end])))
			n.folders[paths[i]] = int64(binary.LittleEndian.Uint32(table[2:]))
		}
		table = table[min(end+end&1, len(table)):]
	}
	return nil
}

// folder points the record of a folder in the Joliet tree to where it is: the
// library points it to the folder of the other tree.
func (n *normalizer) folder(r []byte, name string) error {
	at, ok := n.folders[name]
	own := n.blocks[at] // its first record is about itself
	if !ok || own == nil {
		return fmt.Errorf("the library wrote no folder %q for Joliet", name)
	}
	binary.LittleEndian.PutUint32(r[2:], uint32(at))
	binary.BigEndian.PutUint32(r[6:], uint32(at))
	copy(r[10:18], own[10:18])
	return nil
}

// pad replaces the zeros at the end of a text by spaces.
func (n *normalizer) pad(field []byte) {
	if n.joliet {
		for i := 0; i+1 < len(field); i += 2 {
			if field[i] == 0 && field[i+1] == 0 {
				field[i+1] = ' '
			}
		}
		return
	}
	for i, c := range field {
		if c == 0 {
			field[i] = ' '
		}
	}
}

// span is a range of bytes in the image.
type span struct{ block, size int64 }

func extent(record []byte) span {
	return span{int64(binary.LittleEndian.Uint32(record[2:])), int64(binary.LittleEndian.Uint32(record[10:]))}
}

// wholeBlocks rounds up the length in the record of a directory.
func wholeBlocks(record []byte) {
	size := (binary.LittleEndian.Uint32(record[10:]) + blockSize - 1) &^ (blockSize - 1)
	binary.LittleEndian.PutUint32(record[10:], size)
	binary.BigEndian.PutUint32(record[14:], size)
}

// directory works on the records of a directory (ECMA-119 9.1) and below.
func (n *normalizer) directory(s span, name string) error {
	if n.seen[s.block] || len(n.seen) > maxBlocks {
		return fmt.Errorf("the library wrote a directory at block %d that is none", s.block)
	}
	n.seen[s.block] = true
	for at := s.block; at < s.block+s.size/blockSize; at++ {
		b := n.blocks[at]
		if b == nil {
			return fmt.Errorf("the library wrote no directory at block %d", at)
		}
		for rest := b[:]; len(rest) > 33 && rest[0] > 0; rest = rest[rest[0]:] {
			if int(rest[0]) > len(rest) || rest[32] == 0 || 33+int(rest[32]) > int(rest[0]) {
				return fmt.Errorf("the library wrote a broken record at block %d", at)
			}
			if err := n.record(rest[:rest[0]], name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *normalizer) record(r []byte, parent string) error {
	copy(r[18:], fixed[:])
	folder := r[25]&2 != 0
	id := r[33 : 33+r[32]]
	named := len(id) > 1 || id[0] > 1 // else the directory itself, or the one above
	name := ""
	if n.joliet && named {
		name = path.Join(parent, ucs2(id))
	}
	if folder && n.joliet && named {
		if err := n.folder(r, name); err != nil {
			return err
		}
	}
	switch {
	case folder:
		wholeBlocks(r)
	case extent(r).size == 0:
		clear(r[2:10]) // else it points to what comes next, maybe a directory, and readers see a loop
	}
	if !n.joliet {
		if err := n.rockRidge(r[min(33+len(id)+1-len(id)&1, len(r)):], folder); err != nil {
			return err
		}
	}
	switch {
	case !named:
	case folder:
		return n.directory(extent(r), name)
	case n.joliet:
		n.places[name] = extent(r).block
	}
	return nil
}

func ucs2(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// rockRidge works on the entries of a System Use field (IEEE P1281, P1282).
func (n *normalizer) rockRidge(area []byte, folder bool) error {
	for range maxBlocks { // more than the entries of any file
		if len(area) < 4 || area[0] == 0 {
			return nil
		}
		size := int(area[2])
		if size < 4 || size > len(area) {
			return errors.New("the library wrote a broken Rock Ridge entry")
		}
		entry := area[:size]
		area = area[size:]
		switch string(entry[:2]) {
		case "PX":
			mode, links := uint32(0o100444), uint32(1)
			if folder {
				mode, links = 0o040555, 2
			}
			for i, v := range []uint32{mode, links, 0, 0} { // then user and group
				binary.LittleEndian.PutUint32(entry[4+8*i:], v)
				binary.BigEndian.PutUint32(entry[8+8*i:], v)
			}
		case "TF":
			if entry[4]&0x80 != 0 {
				return errors.New("the library wrote Rock Ridge times in the long form")
			}
			for t := entry[5:]; len(t) >= len(fixed); t = t[len(fixed):] {
				copy(t, fixed[:])
			}
		case "CE": // goes on elsewhere
			at, from, length := binary.LittleEndian.Uint32(entry[4:]), binary.LittleEndian.Uint32(entry[12:]), binary.LittleEndian.Uint32(entry[20:])
			b := n.blocks[int64(at)]
			if b == nil || from > blockSize || length > blockSize-from {
				return errors.New("the library wrote a broken Rock Ridge continuation")
			}
			area = b[from : from+length]
		}
	}
	return errors.New("the library wrote too many Rock Ridge entries")
}
