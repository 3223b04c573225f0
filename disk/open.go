package disk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// File is the content of a file of a package, at any place.
type File interface {
	io.ReaderAt
	Size() int64
	io.Closer
}

// Files opens the files of a package by their ids in References: chunks joined,
// compression undone. ovf.Package has it.
type Files interface {
	OpenFile(ctx context.Context, id string) (File, error)
}

// Options adjusts the functions that read disks. The zero value is ready to use.
type Options struct {
	// Limits bounds what reading may cost. CacheSize is for all layers of a disk
	// together, each having at least 512 KiB.
	Limits image.Limits
	// Property returns the value of a property that the capacity of an empty disk
	// refers to. Nil: such disks cannot be opened.
	Property func(name string) (value string, ok bool)
	// Progress, if not nil, is called now and then with how many bytes are done, of
	// how many. The bytes are those of disks, zeros included.
	Progress func(done, total int64)
}

// Open opens the content of a disk: its image over those of its parents, or zeros
// where no file is. A disk that is larger than its image ends in zeros. The
// caller closes the image, which closes all files.
//
// It refuses what [NewGraph] found wrong with the disk, an image that is not in the
// declared format or larger than the capacity, and a chain whose images are not
// children of each other. The error is an [Error].
func Open(ctx context.Context, g *Graph, id string, files Files, o Options) (image.Image, error) {
	s, err := OpenSet(ctx, g, []string{id}, files, o)
	if err != nil {
		return nil, err
	}
	return &owner{s.Images[0], s}, nil
}

// owner is the only image of a set, which it closes.
type owner struct {
	image.Image
	set *Set
}

func (m *owner) Close() error { return m.set.Close() }

// Set is the content of several disks of one package. What they share is open
// once, so that [image.CopyAll] reads it once.
type Set struct {
	// Images are in the order in which their ids were given. They are closed by
	// Close of the set.
	Images []image.Image

	files   Files
	graph   *Graph
	limits  image.Limits
	layers  map[*Disk]image.Image
	closers []io.Closer // in the order of opening
}

// OpenSet opens the content of disks as [Open] does.
func OpenSet(ctx context.Context, g *Graph, ids []string, files Files, o Options) (*Set, error) {
	s := &Set{files: files, graph: g, limits: o.Limits.WithDefaults(), layers: map[*Disk]image.Image{}}
	chains := make([][]*Disk, len(ids))
	distinct := map[*Disk]bool{}
	for i, id := range ids {
		chain, err := g.Chain(id)
		if err != nil {
			return nil, err
		}
		if n := s.limits.MaxChain; len(chain) > n {
			return nil, &Error{id, &image.Error{Rule: image.RuleChainDepth, Offset: -1, Detail: fmt.Sprintf("a chain of %d disks; up to %d are accepted", len(chain), n)}}
		}
		chains[i] = chain
		for _, d := range chain {
			distinct[d] = true
		}
	}
	const few, least = 3, 512 << 10
	s.limits.CacheSize = max(s.limits.CacheSize*few/int64(max(len(distinct), few)), least)
	for i, chain := range chains {
		m, err := s.chain(ctx, chain, o)
		if err != nil {
			return nil, errors.Join(&Error{ids[i], err}, s.Close())
		}
		s.Images = append(s.Images, m)
	}
	return s, nil
}

// Close closes all images and files.
func (s *Set) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i].Close())
	}
	s.closers, s.Images = nil, nil
	return errors.Join(errs...)
}

// chain opens what a chain of disks makes up.
func (s *Set) chain(ctx context.Context, chain []*Disk, o Options) (image.Image, error) {
	var layers []image.Image
	for _, d := range chain {
		if d.File == nil {
			continue // it adds nothing to its parent, or to zeros
		}
		m, err := s.layer(ctx, d)
		if err != nil {
			if d != chain[len(chain)-1] {
				err = &Error{d.ID, err} // a parent
			}
			return nil, err
		}
		layers = append(layers, m)
	}
	top := chain[len(chain)-1]
	if len(layers) == 0 {
		size, err := top.Size(o.Property)
		if err != nil {
			return nil, errors.Unwrap(err) // the caller names the disk
		}
		if size > s.limits.MaxSize {
			return nil, &image.Error{Rule: image.RuleSize, Offset: -1, Detail: fmt.Sprintf("a disk of %d bytes; up to %d are accepted", size, s.limits.MaxSize)}
		}
		return zeros(size), nil
	}
	if len(layers) == 1 && layers[0].Lineage().Parent == "" {
		return layers[0], nil
	}
	return image.NewChain(s.limits, layers...)
}

// layer opens the image of one disk, extended to the capacity.
func (s *Set) layer(ctx context.Context, d *Disk) (image.Image, error) {
	if m := s.layers[d]; m != nil {
		return m, nil
	}
	f, err := s.files.OpenFile(ctx, d.File.ID)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, f)
	m, err := OpenImage(f, d.Format, func(name string) (File, error) { return s.extent(ctx, d, name) }, s.limits)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, m)
	size := m.Size()
	switch {
	case d.Capacity > 0 && size > d.Capacity:
		return nil, &image.Error{Format: d.Format.String(), Rule: RuleImageCapacity, Offset: -1,
			Detail: fmt.Sprintf("the image holds a disk of %d bytes, more than the capacity of %d in the descriptor", size, d.Capacity),
			Hint:   "set the capacity to the size of the image"}
	case d.Capacity > s.limits.MaxSize:
		return nil, &image.Error{Format: d.Format.String(), Rule: image.RuleSize, Offset: -1, Detail: fmt.Sprintf("a capacity of %d bytes; up to %d are accepted", d.Capacity, s.limits.MaxSize)}
	case size < d.Capacity:
		m = &extended{m, d.Capacity}
	}
	s.layers[d] = m
	return m, nil
}

// extent opens the file of an extent of a VMDK, which must be a file of the package
// in the folder of the image.
func (s *Set) extent(ctx context.Context, d *Disk, name string) (File, error) {
	want := path.Join(path.Dir(d.File.Href), name)
	for _, f := range s.graph.Files {
		if f.Href == want || path.Clean(f.Href) == want {
			return s.files.OpenFile(ctx, f.ID)
		}
	}
	return nil, &image.Error{Format: d.Format.String(), Rule: vmdk.RuleExtentFile, Offset: -1,
		Detail: fmt.Sprintf("the extent file %.80q is no file of the package", name), Hint: "list it in References, beside the image"}
}

// zeros is an empty disk.
type zeros int64

func (z zeros) Size() int64          { return int64(z) }
func (zeros) Lineage() image.Lineage { return image.Lineage{} }
func (zeros) Close() error           { return nil }
func (z zeros) ExtentAt(off, limit int64) (image.Extent, error) {
	return image.Extent{Offset: off, Length: min(limit, int64(z)-off), Kind: image.Zero}, nil
}

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := image.Clip(p, off, int64(z))
	if err != nil {
		return 0, err
	}
	clear(p)
	return len(p), end
}

// Extend returns a disk of size bytes that begins with m and ends in zeros, or, if m
// is a child, in what its parent has. size is not less than that of m.
func Extend(m image.Image, size int64) image.Image {
	if size == m.Size() {
		return m
	}
	return &extended{m, size}
}

// extended is a disk that is larger than its image.
type extended struct {
	image.Image
	size int64
}

func (m *extended) Size() int64 { return m.size }

func (m *extended) ExtentAt(off, limit int64) (image.Extent, error) {
	if inner := m.Image.Size(); off < inner {
		return m.Image.ExtentAt(off, min(limit, inner-off))
	}
	kind := image.Zero
	if m.Lineage().Parent != "" {
		kind = image.Absent
	}
	return image.Extent{Offset: off, Length: min(limit, m.size-off), Kind: kind}, nil
}

func (m *extended) ReadAt(p []byte, off int64) (int, error) {
	p, end, err := image.Clip(p, off, m.size)
	if err != nil || len(p) == 0 {
		return 0, errors.Join(err, end)
	}
	n := 0
	if inner := m.Image.Size(); off < inner {
		head := p[:min(int64(len(p)), inner-off)]
		if n, err = m.Image.ReadAt(head, off); n < len(head) {
			return n, err
		}
	}
	if n < len(p) && m.Lineage().Parent != "" {
		return n, image.NeedsParent("", m.Lineage())
	}
	clear(p[n:])
	return len(p), end
}
