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
	var sound []string
	for _, d := range g.Disks {
		if g.byID[d.ID] != d || d.File == nil {
			continue // reported, or nothing to read
		}
		if _, err := g.Chain(d.ID); err != nil {
			continue // reported
		}
		m, err := Open(ctx, g, d.ID, files, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			if upstream(err) {
				continue // reported of the parent
			}
			add(imageFinding(d, err))
			continue
		}
		sound = append(sound, d.ID)
		add(variant(d, m)...)
		if err := m.Close(); err != nil {
			add(imageFinding(d, err))
		}
	}
	if content {
		more, err := readAll(ctx, g, sound, files, o)
		if err != nil {
			return nil, err
		}
		add(more...)
	}
	list = found.List()
	list.Sort()
	return list, nil
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
	if o, ok := m.(*owner); ok {
		m = o.Image
	}
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

// readAll reads what is stored for some disks, each layer on its own.
func readAll(ctx context.Context, g *Graph, ids []string, files Files, o Options) (diag.List, error) {
	var found diag.List
	total, done := int64(0), int64(0)
	for _, id := range ids {
		total = addSizes(total, g.byID[id].Capacity)
	}
	for _, id := range ids {
		d := g.byID[id]
		s, err := OpenSet(ctx, g, []string{id}, files, o)
		if err != nil {
			found = append(found, imageFinding(d, err))
			continue
		}
		var progress func(int64)
		if o.Progress != nil {
			progress = func(n int64) { o.Progress(done+n, total) }
		}
		err = Read(ctx, s.layers[d], progress)
		err = errors.Join(err, s.Close())
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			found = append(found, imageFinding(d, err))
		}
		done += d.Capacity
	}
	return found, nil
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
