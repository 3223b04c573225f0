package ovf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/plan"
)

// WriteDisk writes the content of a disk of the plan, flattened over its parents,
// as an image in a format. If w is an [image.Output] as well, as an os.File is, it
// takes every format, and has to be empty; else raw disks and VMDKs only, front to
// back: the error for other formats is [disk.ErrNeedsFile]. After an error what was
// written is no image.
//
// Several disks are cheaper together, by [disk.Flatten] or [Plan.Deploy].
func (p *Plan) WriteDisk(ctx context.Context, id string, w io.Writer, format disk.Format) error {
	i := slices.IndexFunc(p.Disks, func(d plan.Disk) bool { return d.ID == id })
	if i < 0 {
		return fmt.Errorf("the plan has no disk %s", diag.Quote(id))
	}
	create := func(size int64) (image.Writer, error) {
		if out, ok := w.(image.Output); ok {
			return disk.NewWriter(out, format, size, disk.WriterOptions{})
		}
		return disk.NewStreamWriter(w, format, size, disk.WriterOptions{})
	}
	if d := &p.Disks[i]; d.File == "" && d.Parent == "" {
		return writeBlank(create, d.Capacity)
	}
	graph, _ := disk.NewGraph(p.pkg.Envelope) // what is wrong with this disk is an error below
	return disk.Flatten(ctx, graph, p.pkg, disk.Options{}, disk.Target{Disk: id, Create: create})
}

// writeBlank writes an empty disk of a number of bytes, in whole sectors.
func writeBlank(create func(size int64) (image.Writer, error), capacity uint64) error {
	size := (int64(capacity) + image.SectorSize - 1) / image.SectorSize * image.SectorSize
	w, err := create(size)
	if err != nil {
		return err
	}
	return errors.Join(w.Skip(size), w.Close())
}
