package vmdk

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/ovfkit/ovf/disk/image"
)

// ExtentFile is a file that holds a part of an image.
type ExtentFile interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Options adjusts [Open]. The zero value is ready to use for images of one
// file.
type Options struct {
	// Extent opens the file of an extent by its name, which is always a plain
	// file name without directories. The function decides what the name may
	// refer to: of a package, its own files. Nil: images of several files are refused.
	Extent func(name string) (ExtentFile, error)
	// Limits bounds memory and work.
	Limits image.Limits
}

// Image is a VMDK that can be read. It implements [image.Image].
type Image struct {
	desc  *Descriptor
	size  int64
	parts []part
	files []io.Closer
}

// part is the next part of the disk.
type part struct {
	off, length int64
	content     content
}

// content is an extent of any type; offsets count from its start.
type content interface {
	readAt(p []byte, off int64) error
	extentAt(off, limit int64) (image.Extent, error)
}

// Open opens the image in the size bytes of r: a sparse or stream-optimized
// file, or a text descriptor whose extent files o.Extent opens. It reads all tables
// and refuses an image by the rules of [Rules], with an [image.Error]; it holds only
// the directory of the tables.
//
// The caller keeps r open while the image is in use. Close closes the extent files.
func Open(r io.ReaderAt, size int64, o Options) (*Image, error) {
	l := o.Limits.WithDefaults()
	var start [4]byte
	if err := readAt(r, start[:], 0, size); err != nil {
		return nil, err
	}
	m := &Image{}
	var err error
	if string(start[:]) == magic || string(start[:]) == magicCOW {
		err = m.openSingle(r, size, l)
	} else {
		err = m.openExtents(r, size, o.Extent, l)
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// openSingle opens a file that has its descriptor inside.
func (m *Image) openSingle(r io.ReaderAt, size int64, l image.Limits) error {
	s, err := openSparse(r, size, l)
	if err != nil {
		return err
	}
	if s.head.descSize == 0 {
		err := refuse(RuleDescriptor, 28, "the file has no descriptor")
		err.Hint = "it is an extent of an image of several files: open the descriptor of that"
		return err
	}
	n := int64(s.head.descSize) * sector
	if n > l.MaxDescriptor {
		return refuse(RuleDescriptor, 36, "a descriptor of %d bytes; the limit is %d", n, l.MaxDescriptor)
	}
	text := make([]byte, n)
	if err := readAt(r, text, int64(s.head.descriptor)*sector, size); err != nil {
		return err
	}
	if m.desc, err = ParseDescriptor(text); err != nil {
		return err
	}
	want := MonolithicSparse
	if s.compressed() {
		want = StreamOptimized
	}
	if m.desc.CreateType != want {
		return refuse(RuleCreateType, -1, "createType %.40q in a file whose header says %s", m.desc.CreateType, want)
	}
	if e := m.desc.Extents; len(e) != 1 || e[0].Type != "SPARSE" {
		return refuse(RuleDescriptor, -1, "a file with its descriptor inside has one extent, itself, of type SPARSE; the descriptor has %d", len(e))
	}
	return m.addSparse(s, m.desc.Extents[0])
}

// addSparse appends a sparse extent. Some writers round the capacity in the
// header up to whole grains; then that in the descriptor counts.
func (m *Image) addSparse(s *sparse, e Extent) error {
	if more := s.length - e.Sectors*sector; more < 0 || more >= s.grain {
		return refuse(RuleCapacity, 12, "a capacity of %d sectors, where the descriptor has %d", s.head.capacity, e.Sectors)
	}
	if m.desc.ParentCID != NoParent {
		s.missing = image.Absent
	}
	m.add(s, e.Sectors*sector)
	return nil
}

func (m *Image) add(c content, length int64) {
	m.parts = append(m.parts, part{m.size, length, c})
	m.size += length
}

// openExtents opens a descriptor and all of its extents.
func (m *Image) openExtents(r io.ReaderAt, size int64, open func(string) (ExtentFile, error), l image.Limits) error {
	text := make([]byte, min(size, l.MaxDescriptor+1))
	if err := readAt(r, text, 0, size); err != nil {
		return err
	}
	if !strings.HasPrefix(string(text), "#") {
		return refuse(RuleHeader, 0, "%q is neither the signature %q of a VMDK nor the start of a descriptor", text[:4], magic)
	}
	if size > l.MaxDescriptor {
		return refuse(RuleDescriptor, -1, "a descriptor of %d bytes; the limit is %d", size, l.MaxDescriptor)
	}
	var err error
	if m.desc, err = ParseDescriptor(text); err != nil {
		return err
	}
	var accepted string
	switch m.desc.CreateType {
	case MonolithicFlat, TwoGbMaxExtentFlat:
		accepted = "FLAT"
	case TwoGbMaxExtentSparse:
		accepted = "SPARSE"
	default:
		return refuse(RuleCreateType, -1, "createType %.40q in a descriptor file; accepted are %s, %s and %s",
			m.desc.CreateType, MonolithicFlat, TwoGbMaxExtentFlat, TwoGbMaxExtentSparse)
	}
	if accepted == "FLAT" && m.desc.ParentCID != NoParent {
		return refuse(RuleCreateType, -1, "createType %s cannot leave anything to a parent, yet it names one", m.desc.CreateType)
	}
	if n := len(m.desc.Extents); n > l.MaxExtents {
		return refuse(RuleDescriptor, -1, "%d extents; the limit is %d", n, l.MaxExtents)
	}
	if n := m.desc.sectors(); n < 0 || n > l.MaxSize/sector {
		return refuse(RuleCapacity, -1, "the extents add up to more than the limit of %d sectors", l.MaxSize/sector)
	}
	// All is checked before anything is opened.
	seen := map[string]bool{}
	for _, e := range m.desc.Extents {
		if e.Access == "NOACCESS" || e.Type != accepted && e.Type != "ZERO" {
			return refuse(RuleCreateType, -1, "an extent %s of type %.20q in an image of type %s", e.Access, e.Type, m.desc.CreateType)
		}
		if e.Type == "ZERO" {
			continue
		}
		if err := checkFileName(e.File); err != nil {
			return err
		}
		if seen[e.File] {
			return refuse(RuleExtentFile, -1, "two extents are in the file %q", e.File)
		}
		seen[e.File] = true
	}
	l.CacheSize /= int64(len(m.desc.Extents)) // the limits are for all together
	for _, e := range m.desc.Extents {
		if err := m.openExtent(e, open, &l); err != nil {
			return err
		}
	}
	return nil
}

// openExtent opens the file of one extent, and takes its table from the limit.
func (m *Image) openExtent(e Extent, open func(string) (ExtentFile, error), l *image.Limits) error {
	length := e.Sectors * sector
	if e.Type == "ZERO" {
		m.add(zeros{}, length)
		return nil
	}
	if open == nil {
		err := refuse(RuleExtentFile, -1, "the extent file %q cannot be opened here", e.File)
		err.Hint = "set Options.Extent to read images of several files"
		return err
	}
	f, err := open(e.File)
	if err != nil {
		return &image.Error{Format: "vmdk", Rule: RuleExtentFile, Offset: -1, Detail: fmt.Sprintf("opening the extent file %q", e.File), Err: err}
	}
	m.files = append(m.files, f)
	if e.Type == "FLAT" {
		if e.Offset > f.Size()/sector || length > f.Size()-e.Offset*sector {
			return refuse(RuleExtentFile, -1, "the extent file %q has %d bytes; its extent begins at sector %d and has %d bytes", e.File, f.Size(), e.Offset, length)
		}
		m.add(flat{f, e.Offset * sector, length}, length)
		return nil
	}
	s, err := openSparse(f, f.Size(), *l)
	if err == nil {
		l.MaxTable -= int64(len(s.directory)) * 4
		if s.compressed() {
			return refuse(RuleCreateType, -1, "the extent file %q is compressed, which the descriptor does not say", e.File)
		}
		err = m.addSparse(s, e)
	}
	if err != nil {
		return fmt.Errorf("extent file %q: %w", e.File, err)
	}
	return nil
}

// Close closes the extent files.
func (m *Image) Close() error {
	var err error
	for _, f := range m.files {
		if e := f.Close(); err == nil {
			err = e
		}
	}
	m.files = nil
	return err
}

// Descriptor returns a copy of the text part of the image.
func (m *Image) Descriptor() Descriptor {
	d := *m.desc
	d.Extents = append([]Extent(nil), d.Extents...)
	return d
}

// Size returns the size of the disk in bytes.
func (m *Image) Size() int64 { return m.size }

// Lineage returns the content IDs of the image and of its parent.
func (m *Image) Lineage() image.Lineage { return m.desc.lineage() }

// find returns the index of the part that holds off.
func (m *Image) find(off int64) int {
	return sort.Search(len(m.parts), func(i int) bool { return m.parts[i].off+m.parts[i].length > off })
}

// ExtentAt returns the extent that begins at off.
func (m *Image) ExtentAt(off, limit int64) (image.Extent, error) {
	if off < 0 || off >= m.size || limit <= 0 {
		return image.Extent{}, fmt.Errorf("vmdk: no extent of %d bytes at byte %d in a disk of %d", limit, off, m.size)
	}
	pt := m.parts[m.find(off)]
	e, err := pt.content.extentAt(off-pt.off, min(limit, pt.off+pt.length-off))
	e.Offset += pt.off
	return e, err
}

// ReadAt reads the disk. Content that is absent from the image, which only an
// image with a parent has, gives [image.ErrNeedsParent].
func (m *Image) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := image.Clip(p, off, m.size)
	if err != nil {
		return 0, err
	}
	n := 0
	for i := m.find(off); n < len(p); i++ {
		pt := m.parts[i]
		from := off + int64(n) - pt.off
		q := p[n : n+int(min(int64(len(p)-n), pt.length-from))]
		if err := pt.content.readAt(q, from); err != nil {
			if err == image.ErrNeedsParent {
				err = image.NeedsParent("vmdk", m.Lineage())
			}
			return n, err
		}
		n += len(q)
	}
	return n, end
}

// flat is an extent without structure.
type flat struct {
	r      io.ReaderAt
	off    int64
	length int64
}

func (f flat) readAt(p []byte, off int64) error {
	return readAt(f.r, p, f.off+off, f.off+f.length)
}

func (f flat) extentAt(off, limit int64) (image.Extent, error) {
	return image.Extent{Offset: off, Length: min(limit, f.length-off), Kind: image.Data}, nil
}

// zeros is an extent that is not stored.
type zeros struct{}

func (zeros) readAt(p []byte, off int64) error {
	clear(p)
	return nil
}

func (zeros) extentAt(off, limit int64) (image.Extent, error) {
	return image.Extent{Offset: off, Length: limit, Kind: image.Zero}, nil
}
