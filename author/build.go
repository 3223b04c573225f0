package author

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/delta"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

// BuildOptions adjusts [Build]. The zero value is ready to use.
type BuildOptions struct {
	// Dir is the folder that sources are relative to. No source can be outside of
	// it, not through links either. Empty means the current folder.
	Dir string
	// Writer writes the package: it signs, chooses digests and targets. Nil means
	// the zero [ovf.Writer].
	Writer *ovf.Writer
	// Level is the compression level of the disks, 1 (fastest) to 9 (smallest); 0
	// means [vmdk.DefaultLevel].
	Level int
	// Temp is the folder for the converted images; empty means that of the system.
	Temp string
	// Progress is called now and then with the bytes of the disk that were
	// converted, and its size. Nil is fine.
	Progress func(disk string, done, total int64)
}

// SourceError is a source of a spec that cannot be used.
type SourceError struct {
	ID     string // of the disk or file
	Source string // as the spec names it
	Err    error
}

func (e *SourceError) Error() string {
	return fmt.Sprintf("the source %s of %s: %v", diag.Quote(e.Source), diag.Quote(e.ID), e.Err)
}

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// Build makes the package that a spec describes: an archive if out ends in .ova,
// else a new folder. Images become stream-optimized VMDKs, disks with a parent hold
// what differs from it. out appears when it is complete; after an error nothing is left. It
// returns what the package holds, in order. s is not changed.
//
// The error is a [diag.List] for a spec that is wrong, a [*SourceError] for a source
// that is, or an error of the writer.
func Build(ctx context.Context, s *Spec, out string, o BuildOptions) ([]ovf.Stored, error) {
	if err := s.Check().Err(); err != nil {
		return nil, err
	}
	if o.Dir == "" {
		o.Dir = "."
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	temp, err := os.MkdirTemp(o.Temp, "ovf-build-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	b := &build{o: o, root: root, temp: temp, images: map[string]*opened{}, sources: map[string]ovf.Source{}}
	defer b.close()
	full := *s
	full.Disks = append([]Disk(nil), s.Disks...)
	for i := range full.Disks {
		if err := b.disk(ctx, &full.Disks[i]); err != nil {
			return nil, err
		}
	}
	for i := range full.Files {
		if err := b.file(&full.Files[i]); err != nil {
			return nil, err
		}
	}
	env, err := full.Envelope()
	if err != nil {
		return nil, err
	}
	w := o.Writer
	if w == nil {
		w = &ovf.Writer{}
	}
	if strings.EqualFold(filepath.Ext(out), ".ova") {
		return w.WriteFile(ctx, out, env, b.sources)
	}
	return w.WriteFolder(ctx, out, env, b.sources)
}

// build is one run of Build.
type build struct {
	o       BuildOptions
	root    *os.Root
	temp    string
	images  map[string]*opened // by disk id
	sources map[string]ovf.Source
}

// opened is the source of a disk, and the identity of the VMDK made of it.
type opened struct {
	image image.Image
	files []io.Closer
	id    string
}

func (b *build) close() {
	for _, m := range b.images {
		m.image.Close()
		for _, f := range m.files {
			f.Close()
		}
	}
}

// sourceFile is a file of the spec as an image is read from it.
type sourceFile struct {
	*os.File
	size int64
}

func (f *sourceFile) Size() int64 { return f.size }

// open opens a source, which must be a regular file inside the folder.
func (b *build) open(name string) (*sourceFile, error) {
	info, err := b.root.Stat(name)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	f, err := b.root.Open(name)
	if err != nil {
		return nil, err
	}
	return &sourceFile{f, info.Size()}, nil
}

func (b *build) file(f *File) error {
	name := filepath.FromSlash(f.Source)
	probe, err := b.open(name)
	if err != nil {
		return &SourceError{f.ID, f.Source, err}
	}
	probe.Close()
	b.sources[f.ID] = ovf.Source{Size: probe.size, Open: func(context.Context) (io.ReadCloser, error) { return b.root.Open(name) }}
	return nil
}

var families = map[string]envelope.DiskFormat{"raw": envelope.FormatRaw, "vmdk": envelope.FormatVMDK, "vhd": envelope.FormatVHD, "qcow2": envelope.FormatQCOW2}

// disk converts the image of a disk and fills in its capacity.
func (b *build) disk(ctx context.Context, d *Disk) error {
	if d.Source == "" {
		return nil
	}
	m := &opened{}
	extent := func(name string) (*sourceFile, error) {
		f, err := b.open(name)
		if err == nil {
			m.files = append(m.files, f)
		}
		return f, err
	}
	f, err := extent(filepath.FromSlash(d.Source))
	if err != nil {
		return &SourceError{d.ID, d.Source, err}
	}
	format, _ := d.format() // has been checked
	m.image, err = disk.OpenImage(f, families[format], func(name string) (disk.File, error) {
		return extent(filepath.Join(filepath.FromSlash(path.Dir(d.Source)), filepath.FromSlash(name)))
	}, image.Limits{})
	if err != nil {
		f.Close()
		return &SourceError{d.ID, d.Source, err}
	}
	b.images[d.ID] = m
	// a raw source may end within a sector
	size := (m.image.Size() + image.SectorSize - 1) / image.SectorSize * image.SectorSize
	m.image = disk.Extend(m.image, size)
	if d.Capacity == 0 {
		d.Capacity = Size(size)
	} else if int64(d.Capacity) < size {
		return &SourceError{d.ID, d.Source, fmt.Errorf("has %d bytes, more than the capacity, %s; raise the capacity or leave it out", size, d.Capacity)}
	}
	parent := b.images[d.Parent]
	if parent != nil && parent.image.Size() != m.image.Size() {
		return &SourceError{d.ID, d.Source, fmt.Errorf("has %d bytes, and its parent %s has %d: a delta has the size of its parent", m.image.Size(), diag.Quote(d.Parent), parent.image.Size())}
	}
	return b.store(ctx, d, m, parent, size)
}

// store writes the image of a disk as a VMDK into the temporary folder.
func (b *build) store(ctx context.Context, d *Disk, m, parent *opened, size int64) error {
	name := filepath.Join(b.temp, fmt.Sprint(len(b.images), ".vmdk"))
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	progress := func(done int64) {
		if b.o.Progress != nil {
			b.o.Progress(d.ID, done, m.image.Size())
		}
	}
	options := disk.WriterOptions{Level: b.o.Level, Name: path.Base(d.href())}
	if parent != nil {
		options.Lineage.Parent = parent.id
	}
	w, err := disk.NewWriter(f, disk.VMDK, size, options)
	if err != nil {
		return err
	}
	if parent != nil {
		err = delta.Diff(ctx, w, m.image, parent.image, delta.Options{Progress: progress})
	} else {
		err = image.Copy(ctx, w, m.image, image.CopyOptions{Progress: progress})
	}
	if err != nil {
		return errors.Join(&SourceError{d.ID, d.Source, err}, w.Close())
	}
	if err := w.Close(); err != nil {
		return &SourceError{d.ID, d.Source, err}
	}
	stored, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	made, err := vmdk.Open(f, stored, vmdk.Options{})
	if err != nil {
		return err
	}
	m.id = made.Lineage().ID
	if err := made.Close(); err != nil {
		return err
	}
	b.sources[d.fileID()] = ovf.Source{Size: stored, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(name) }}
	return nil
}
