package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/delta"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/envelope"
)

// diskJob is one piece of work, done in a process of its own so that its time and
// memory can be told.
//
//	compress IN OUT             raw to stream-optimized VMDK
//	diff IN OUT VMDK... [RAW]   the child of a chain of VMDKs that has the content of the raw IN;
//	                            the chain's own content is in RAW, if that is given
//	flatten OUT BASE CHILD...   a chain of VMDKs to raw
//	empty FORMAT SIZE OUT       an empty disk
func diskJob(ctx context.Context, job string, args []string) error {
	want := map[string]int{"compress": 2, "diff": 3, "flatten": 2, "empty": 3}
	if n, ok := want[job]; !ok || len(args) < n {
		return fmt.Errorf("no job %q with %d arguments", job, len(args))
	}
	switch job {
	case "compress":
		return withImages(args[:1], envelope.FormatRaw, func(in []image.Image) error {
			return create(args[1], disk.VMDK, in[0].Size(), disk.WriterOptions{}, func(w image.Writer) error { return image.Copy(ctx, w, in[0], image.CopyOptions{}) })
		})
	case "diff":
		return diff(ctx, args)
	case "flatten":
		return withImages(args[1:], envelope.FormatVMDK, func(layers []image.Image) error {
			chain, err := image.NewChain(image.Limits{}, layers...)
			if err != nil {
				return err
			}
			return create(args[0], disk.Raw, chain.Size(), disk.WriterOptions{}, func(w image.Writer) error { return image.Copy(ctx, w, chain, image.CopyOptions{}) })
		})
	}
	format, err := disk.ParseFormat(args[0])
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	return create(args[2], format, size, disk.WriterOptions{}, func(w image.Writer) error { return w.Skip(size) })
}

func diff(ctx context.Context, args []string) error {
	chain, known := args[2:], []string(nil)
	if last := len(chain) - 1; disk.FormatByName(chain[last]) == envelope.FormatRaw {
		chain, known = chain[:last], chain[last:]
	}
	return withImages(append(args[:1:1], known...), envelope.FormatRaw, func(in []image.Image) error {
		return withImages(chain, envelope.FormatVMDK, func(layers []image.Image) error {
			var parent image.Image
			var err error
			if parent, err = image.NewChain(image.Limits{}, layers...); err != nil {
				return err
			}
			o := disk.WriterOptions{Lineage: image.Lineage{Parent: parent.Lineage().ID, Hint: chain[len(chain)-1]}}
			if len(known) > 0 {
				parent = in[1]
			}
			return create(args[1], disk.VMDK, in[0].Size(), o, func(w image.Writer) error { return delta.Diff(ctx, w, in[0], parent, delta.Options{}) })
		})
	})
}

// withImages opens images of one format.
func withImages(names []string, format envelope.DiskFormat, f func([]image.Image) error) error {
	var images []image.Image
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		m, err := disk.OpenImage(diskFile{file, info.Size()}, format, nil, image.Limits{})
		if err != nil {
			return err
		}
		images = append(images, m)
	}
	return f(images)
}

type diskFile struct {
	*os.File
	size int64
}

func (f diskFile) Size() int64 { return f.size }

// create writes an image.
func create(name string, format disk.Format, size int64, o disk.WriterOptions, fill func(image.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	w, err := disk.NewWriter(file, format, size, o)
	if err == nil {
		err = fill(w)
	}
	if err == nil {
		err = w.Close()
	}
	return errors.Join(err, file.Close())
}
