package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
)

func (c *cli) diskFlattenCommand() *cobra.Command {
	v := diskFlatten{cli: c}
	cmd := &cobra.Command{
		Use:   "flatten PKG DISKID OUT [DISKID OUT]...",
		Short: "Write disks of a package as images that stand alone",
		Long: `Flatten writes the content of a disk of a package, over that of its parents, as
the image OUT. Several disks are written in one pass: what they have in common is
read once. An empty disk whose size is a property gets the default size.

PKG is a descriptor (.ovf), its folder, a package in one file (.ova), or an URL of
one. Each OUT is complete or not there. Nothing is verified against the
manifest of the package: see ovf verify.`,
		Example: `  ovf disk flatten petstore.ova web web.qcow2
  ovf disk flatten petstore.ova web web.raw db db.raw
  ovf disk flatten petstore.ova db - --format raw | sha256sum`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 3 || len(args)%2 == 0 {
				return usagef("give a package, and a disk and a file for each image")
			}
			return nil
		},
		RunE: work(v.run),
	}
	v.write.flags(cmd)
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	return cmd
}

// diskFlatten is the verb.
type diskFlatten struct {
	*cli
	write diskFormat
	json  bool
}

func (v *diskFlatten) run(ctx context.Context, args []string) error {
	p, err := v.openDisks(ctx, args[0])
	if err != nil {
		return err
	}
	defer p.Close()
	var outs []*diskOutput
	var targets []disk.Target
	var images []writtenImage
	for i := 1; i < len(args); i += 2 {
		if v.json && args[i+1] == stdinName {
			return usagef("--json and the image would both go to standard output")
		}
		out, err := v.diskOutput(args[i+1], &v.write)
		if err != nil {
			return err
		}
		defer out.discard()
		outs = append(outs, out)
		images = append(images, writtenImage{Disk: args[i], File: args[i+1], Format: out.format.String()})
		m := len(images) - 1
		targets = append(targets, disk.Target{Disk: args[i], Create: func(size int64) (image.Writer, error) {
			images[m].Capacity = size
			return out.writer(size)
		}})
	}
	bar := v.lateProgress("Flattening")
	err = disk.Flatten(ctx, p.graph, p, p.options(bar.set), targets...)
	bar.done()
	if err != nil {
		return err
	}
	for i, out := range outs {
		if images[i].FileSize, err = out.commit(); err != nil {
			return err
		}
	}
	return v.written(v.json, images)
}
