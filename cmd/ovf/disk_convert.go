package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
	"github.com/ovfkit/ovf/disk/image"
)

func (c *cli) diskConvertCommand() *cobra.Command {
	v := diskConvert{cli: c}
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write a disk image in another format",
		Long: `Convert writes the content of the disk image IN as the image OUT. What the disk
does not store takes no time and no room.

The format of IN is that of its name, or --from. The child of another image
needs its parents: give each with --parent, the base first. OUT is complete or
not there; - is standard output, for raw and vmdk.`,
		Example: `  ovf disk convert server.qcow2 server.vmdk
  ovf disk convert --level 9 server.raw server.vmdk
  ovf disk convert server.vmdk server.img --from vmdk --format vhd --subformat fixed
  ovf disk convert --parent base.vmdk web.vmdk web.qcow2
  ovf disk convert server.vmdk - --format raw | sha256sum`,
		Args: cobra.ExactArgs(2),
		RunE: work(v.run),
	}
	v.write.flags(cmd)
	cmd.Flags().StringVar(&v.from, "from", "", "format of IN: vmdk, vhd, qcow2, iso or raw")
	cmd.Flags().StringArrayVar(&v.parents, "parent", nil, "a parent of IN; repeat it for a chain, the base first")
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	return cmd
}

// diskConvert is the verb.
type diskConvert struct {
	*cli
	write   diskFormat
	from    string
	parents []string
	json    bool
}

// writtenImage is an image that was written, in JSON.
type writtenImage struct {
	Disk     string `json:"disk,omitempty"`
	File     string `json:"file"`
	Format   string `json:"format"`
	Capacity int64  `json:"capacity"`           // of the disk, in bytes
	FileSize int64  `json:"fileSize,omitempty"` // in bytes; left out for standard output
}

func (v *diskConvert) run(ctx context.Context, args []string) error {
	var layers []image.Image
	for i, name := range append(append([]string{}, v.parents...), args[0]) {
		from := ""
		if i == len(v.parents) {
			from = v.from
		}
		m, err := openImage(name, from)
		if err != nil {
			return err
		}
		defer m.Close()
		layers = append(layers, m)
	}
	src := layers[0]
	if len(layers) > 1 {
		chain, err := image.NewChain(image.Limits{}, layers...)
		if err != nil {
			return err
		}
		src = chain
	} else if l := src.Lineage(); l.Parent != "" {
		return fmt.Errorf("%s: %w", args[0], withHint(image.NeedsParent("", l), "give its parents with --parent"))
	} else {
		src = layers[0].(*imageFile).Image // the copy knows its kind
	}
	if v.json && args[1] == stdinName {
		return usagef("--json and the image would both go to standard output")
	}
	out, err := v.diskOutput(args[1], &v.write)
	if err != nil {
		return err
	}
	defer out.discard()
	w, err := out.writer(src.Size())
	if err != nil {
		return err
	}
	p := v.progress("Converting", src.Size())
	err = image.Copy(ctx, w, src, image.CopyOptions{Progress: p.Set})
	if err == nil {
		err = w.Close()
	}
	p.Done()
	if err != nil {
		return fmt.Errorf("%s: %w", args[1], err)
	}
	size, err := out.commit()
	if err != nil {
		return err
	}
	return v.written(v.json, []writtenImage{{File: args[1], Format: out.format.String(), Capacity: src.Size(), FileSize: size}})
}

// withHint gives a refusal another hint.
func withHint(err error, hint string) error {
	var refused *image.Error
	if errors.As(err, &refused) {
		r := *refused
		r.Hint = hint
		return &r
	}
	return err
}

// written says what was written.
func (c *cli) written(json bool, images []writtenImage) error {
	if json {
		b, err := jsonText(struct {
			Images []writtenImage `json:"images"`
		}{images})
		if err != nil {
			return err
		}
		return c.print(b)
	}
	for _, m := range images {
		if m.File == stdinName {
			continue
		}
		line := fmt.Sprintf("%s: %s, %s, %s in the file\n", cells.Clean(m.File), m.Format, summary.Size(uint64(m.Capacity)), summary.Size(uint64(m.FileSize)))
		if err := c.print([]byte(line)); err != nil {
			return err
		}
	}
	return nil
}
