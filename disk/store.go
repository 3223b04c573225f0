package disk

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/ovfkit/ovf/disk/delta"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// Source is a disk for [Delta].
type Source struct {
	ID string // diskId
	// Image is the content. It stands alone: children are opened with their parents.
	Image image.Image
}

// Output is the file of an image that is being made. Close completes it.
type Output interface {
	image.Output
	io.Closer
}

// DeltaOptions adjusts [Delta]. The zero value is ready to use.
type DeltaOptions struct {
	// Level is the compression level, 1 (fastest) to 9 (smallest); 0 stands for
	// [vmdk.DefaultLevel].
	Level int
	// Taken reports whether an id may not be given to a new parent; nil: none
	// but those of the sources.
	Taken func(id string) bool
	// TakenFile reports whether a file may not have a name; nil: none is taken.
	TakenFile func(name string) bool
	// Progress, if not nil, is called now and then with how much is done, of
	// how much.
	Progress func(done, total int64)
}

// Stored is a disk as [Delta] stored it: a stream-optimized VMDK.
type Stored struct {
	ID string `json:"id"` // diskId; that of the source, or of a new parent
	// Parent is the id of the disk that this one is a child of; empty if it stands
	// alone.
	Parent string `json:"parent,omitempty"`
	File   string `json:"file"` // its name
	// Capacity is the size of the disk, FileSize that of its file, both in bytes.
	Capacity int64 `json:"capacity"`
	FileSize int64 `json:"fileSize"`
	// Common is set for a parent that was made of what several disks have in
	// common, and is the disk of nobody.
	Common bool `json:"common,omitempty"`
}

// Delta stores disks so that they take the least space together: what several of
// one size have in common is stored once, in a parent, and the children hold
// blocks of 64 KiB that differ ([delta.Analyze]). The images are read twice. create
// makes the file of an image; its name is made of the id of the disk. The result has
// parents before their children; after an error what was created is to be removed.
func Delta(ctx context.Context, sources []Source, create func(file string) (Output, error), o DeltaOptions) ([]Stored, error) {
	s := &storer{create: create, o: o, ids: map[string]bool{}, files: map[string]bool{}}
	for _, src := range sources {
		if s.ids[src.ID] {
			return nil, fmt.Errorf("two disks have the id %q; each needs its own", src.ID)
		}
		s.ids[src.ID] = true
	}
	groups := bySize(sources)
	for _, g := range groups {
		s.total += 2 * g[0].Image.Size()
	}
	for _, g := range groups {
		if err := s.group(ctx, g); err != nil {
			return nil, err
		}
		s.done += 2 * g[0].Image.Size()
	}
	return s.out, nil
}

// bySize returns groups of disks that can share content, in the order of their
// first members.
func bySize(sources []Source) [][]Source {
	var groups [][]Source
	last := map[int64]int{} // group that is still open for a size
	for _, src := range sources {
		i, ok := last[src.Image.Size()]
		if !ok || len(groups[i]) == delta.MaxImages {
			i = len(groups)
			last[src.Image.Size()] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], src)
	}
	return groups
}

// storer is one run of Delta.
type storer struct {
	create      func(string) (Output, error)
	o           DeltaOptions
	ids, files  map[string]bool
	done, total int64
	out         []Stored
}

// group stores disks of one size.
func (s *storer) group(ctx context.Context, sources []Source) error {
	images := make([]image.Image, len(sources))
	for i, src := range sources {
		images[i] = src.Image
	}
	size := images[0].Size()
	plan, err := delta.Analyze(ctx, images, delta.Options{Progress: s.progress(0, 1)})
	if err != nil {
		return err
	}
	families, first := 0, len(s.out)
	for _, d := range plan.Disks {
		st := Stored{Capacity: (size + image.SectorSize - 1) / image.SectorSize * image.SectorSize}
		if d.Image == delta.None {
			st.ID, st.Common = s.newID(), true
		} else {
			st.ID = sources[d.Image].ID
		}
		if d.Parent == delta.None {
			families++
		} else {
			st.Parent = s.out[first+d.Parent].ID
		}
		st.File = s.fileName(st.ID)
		s.out = append(s.out, st)
	}
	out := s.out[first:]
	writers := make([]*sized, len(out))
	family := -1
	o := delta.Options{Progress: func(done int64) { s.progress(size+size*int64(family)/int64(families), families)(done) }}
	err = plan.Write(ctx, images, func(i int) (image.Writer, error) {
		if plan.Disks[i].Parent == delta.None {
			family++
		}
		parent := ""
		if p := plan.Disks[i].Parent; p != delta.None {
			parent = out[p].File
		}
		w, err := s.writer(plan, i, out[i].File, parent, size)
		writers[i] = w
		return w, err
	}, o)
	for i, w := range writers {
		if w == nil {
			continue
		}
		if err != nil {
			_ = w.out.Close() // of what is removed
			continue
		}
		out[i].FileSize = w.size
	}
	return err
}

func (s *storer) writer(plan *delta.Plan, i int, name, parent string, size int64) (*sized, error) {
	out, err := s.create(name)
	if err != nil {
		return nil, err
	}
	w := &sized{out: out}
	d := plan.Disks[i]
	o := vmdk.WriterOptions{Level: s.o.Level, Name: name, Lineage: image.Lineage{ID: vmdk.ContentID(d.Sum)}}
	if d.Parent != delta.None {
		o.Lineage.Parent = vmdk.ContentID(plan.Disks[d.Parent].Sum)
		o.Lineage.Hint = parent
	}
	if w.Writer, err = writer(vmdk.NewFileWriter(w, size, o)); err != nil {
		return nil, fmt.Errorf("%w%s", err, closing(out))
	}
	return w, nil
}

// closing closes a file after an error and returns what there is to add to that.
func closing(c io.Closer) string {
	if err := c.Close(); err != nil {
		return "; " + err.Error()
	}
	return ""
}

// progress returns a function for a part of the work that begins at from and takes
// its share of one pass over a disk.
func (s *storer) progress(from int64, share int) func(int64) {
	return func(done int64) {
		if s.o.Progress != nil {
			s.o.Progress(s.done+from+done/int64(share), s.total)
		}
	}
}

// newID returns an id for a new parent.
func (s *storer) newID() string {
	id := "base"
	for n := 2; s.ids[id] || s.o.Taken != nil && s.o.Taken(id); n++ {
		id = fmt.Sprintf("base-%d", n)
	}
	s.ids[id] = true
	return id
}

// fileName returns a name for the file of a disk that is safe on any system.
func (s *storer) fileName(id string) string {
	stem := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, id)
	stem = strings.Trim(stem[:min(len(stem), 80)], ".")
	if stem == "" {
		stem = "disk"
	}
	name := stem + ".vmdk"
	for n := 2; s.files[strings.ToLower(name)] || s.o.TakenFile != nil && s.o.TakenFile(name); n++ {
		name = fmt.Sprintf("%s-%d.vmdk", stem, n)
	}
	s.files[strings.ToLower(name)] = true
	return name
}

// sized is the writer of an image together with its file, of which it notes the
// size.
type sized struct {
	image.Writer
	out  Output
	size int64
}

func (w *sized) WriteAt(p []byte, off int64) (int, error) {
	n, err := w.out.WriteAt(p, off)
	w.size = max(w.size, off+int64(n))
	return n, err
}

func (w *sized) Truncate(size int64) error {
	w.size = size
	return w.out.Truncate(size)
}

// Close completes the image and its file.
func (w *sized) Close() error {
	if err := w.Writer.Close(); err != nil {
		return err
	}
	return w.out.Close()
}
