package disk

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

// Check opens all disks of a package and reports what is wrong with them: first by
// the descriptor, as [NewGraph] does, then of the images, whose tables are read. With
// content set it also reads and decompresses all that is stored, each layer
// once.
//
// The error is that of a context that ended; everything else is in the list.
func Check(ctx context.Context, env *envelope.Envelope, files Files, content bool, o Options) (diag.List, error) {
	g, list := NewGraph(env)
	var found diag.Collector
	add := func(l ...diag.Diagnostic) {
		for _, f := range l {
			found.Add(f)
		}
	}
	add(list...)
	c := checker{g: g, files: files, content: content, o: o}
	for _, d := range g.Disks {
		if c.checks(d) {
			c.total = addSizes(c.total, d.Capacity)
		}
	}
	for _, d := range g.Disks {
		if !c.checks(d) {
			continue
		}
		add(c.disk(ctx, d)...)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.done += d.Capacity
	}
	list = found.List()
	list.Sort()
	return list, nil
}

// checker is one run of Check.
type checker struct {
	g           *Graph
	files       Files
	content     bool
	o           Options
	done, total int64 // bytes of disks
}

// checks reports whether a disk has an image that can be looked at; where it has
// not, that is reported by the graph.
func (c *checker) checks(d *Disk) bool {
	if c.g.byID[d.ID] != d || d.File == nil {
		return false
	}
	_, err := c.g.Chain(d.ID)
	return err == nil
}

// disk checks one disk.
func (c *checker) disk(ctx context.Context, d *Disk) (found diag.List) {
	s, err := OpenSet(ctx, c.g, []string{d.ID}, c.files, c.o)
	if err != nil {
		if upstream(err) {
			return nil // reported of the parent
		}
		return diag.List{imageFinding(d, err)}
	}
	layer := s.layers[d] // its parents have their own turn
	found = variant(d, layer)
	if c.content {
		var progress func(int64)
		if c.o.Progress != nil {
			progress = func(n int64) { c.o.Progress(c.done+n, c.total) }
		}
		err = Read(ctx, layer, progress)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		found = append(found, imageFinding(d, err))
	}
	return found
}

// upstream reports whether an error of Open is about a parent of the disk.
func upstream(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return errors.As(e.Err, &e)
}

// imageFinding makes a diagnostic of an error in reading an image.
func imageFinding(d *Disk, err error) diag.Diagnostic {
	var named *Error
	if errors.As(err, &named) && named.Disk == d.ID {
		err = named.Err // the message names the disk
	}
	var refused *image.Error
	if !errors.As(err, &refused) {
		f := finding(RuleImageOpen, d.Location, fmt.Sprintf("the disk %s cannot be read: %v", diag.Quote(d.ID), err), "")
		f.Err = err
		return f
	}
	detail := refused.Detail
	if refused.Err != nil {
		detail += ": " + refused.Err.Error()
	}
	at := ""
	if refused.Offset > 0 {
		at = fmt.Sprintf(" at byte %d", refused.Offset)
	}
	f := finding(refused.Rule, d.Location, fmt.Sprintf("the image of the disk %s, file %s%s: %s", diag.Quote(d.ID), diag.Quote(d.File.Href), at, detail), refused.Hint)
	f.Err = err
	return f
}

// variant compares a VMDK with the subformat that the URI declares.
func variant(d *Disk, m image.Image) diag.List {
	if e, ok := m.(*extended); ok {
		m = e.Image
	}
	v, ok := m.(*vmdk.Image)
	if !ok || !envelope.StreamOptimized(d.URI) || v.Descriptor().CreateType == vmdk.StreamOptimized {
		return nil
	}
	return diag.List{finding(RuleImageVariant, d.Location, fmt.Sprintf("the disk %s is declared as stream-optimized and its image is a %s", diag.Quote(d.ID), v.Descriptor().CreateType),
		"convert the image, or declare it as "+envelope.URIVMDKMonolithicSparse)}
}

// Read reads all that an image stores, and so finds out whether it can be read. What
// is absent from a child is passed over. progress may be nil.
func Read(ctx context.Context, m image.Image, progress func(done int64)) error {
	return image.Copy(ctx, &discard{}, &alone{m}, image.CopyOptions{Progress: progress})
}

// alone makes absent parts of an image read as zeros, so that a child can be read
// without its parent.
type alone struct{ image.Image }

func (m *alone) Lineage() image.Lineage { return image.Lineage{ID: m.Image.Lineage().ID} }

func (m *alone) ExtentAt(off, limit int64) (image.Extent, error) {
	e, err := m.Image.ExtentAt(off, limit)
	if e.Kind == image.Absent {
		e.Kind = image.Zero
	}
	return e, err
}

// discard is a writer that keeps nothing.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (discard) Skip(int64) error            { return nil }
func (discard) Close() error                { return nil }
