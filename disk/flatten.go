package disk

import (
	"context"
	"errors"

	"github.com/ovfkit/ovf/disk/image"
)

// Target is where the content of a disk goes.
type Target struct {
	Disk string // diskId
	// Create returns the writer of an image for a disk of size bytes, as by
	// [NewWriter]. Flatten closes it when it is complete; after an error it does not, and
	// what was written is to be removed.
	Create func(size int64) (image.Writer, error)
}

// Flatten writes the content of disks to images that stand alone, in one pass: what
// several of them share is read and decompressed once. One disk may have several
// targets.
func Flatten(ctx context.Context, g *Graph, files Files, o Options, targets ...Target) (err error) {
	ids := make([]string, len(targets))
	for i, t := range targets {
		ids[i] = t.Disk
	}
	s, err := OpenSet(ctx, g, ids, files, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	jobs := make([]image.Job, len(targets))
	var total int64
	for i, t := range targets {
		m := s.Images[i]
		w, err := t.Create(m.Size())
		if err != nil {
			return &Error{t.Disk, err}
		}
		jobs[i] = image.Job{Src: m, Dst: []image.Writer{w}}
		total = max(total, m.Size())
	}
	if err := image.CopyAll(ctx, jobs, image.CopyOptions{Progress: o.progress(total)}); err != nil {
		return err
	}
	for i, j := range jobs {
		if err := j.Dst[0].Close(); err != nil {
			return &Error{targets[i].Disk, err}
		}
	}
	return nil
}

// progress adapts the function of the caller to one that knows the total.
func (o Options) progress(total int64) func(done int64) {
	if o.Progress == nil {
		return nil
	}
	return func(done int64) { o.Progress(done, total) }
}
