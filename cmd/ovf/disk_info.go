package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
)

func (c *cli) diskInfoCommand() *cobra.Command {
	v := diskInfo{cli: c}
	cmd := &cobra.Command{
		Use:   "info IMAGE...",
		Short: "Show what disk images are",
		Long: `Info shows format, subformat, size, room taken and identity of disk images. Their
tables are read and checked, their content is not. The format is that of the
name, or --from. For the disks of a package see ovf disk tree.`,
		Example: `  ovf disk info petstore-web.vmdk
  ovf disk info --json *.vmdk | jq '.images[] | {file, capacity, parent}'`,
		Args: cobra.MinimumNArgs(1),
		RunE: work(v.run),
	}
	cmd.Flags().StringVar(&v.from, "from", "", "format of the images: vmdk, vhd, qcow2, iso or raw")
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	return cmd
}

// diskInfo is the verb.
type diskInfo struct {
	*cli
	from string
	json bool
}

// imageReport is one image in JSON: its facts, or why there are none.
type imageReport struct {
	File string `json:"file"`
	*imageFacts
	Error string `json:"error,omitempty"`
}

func (v *diskInfo) run(ctx context.Context, args []string) error {
	report := struct {
		Images []imageReport `json:"images"`
	}{[]imageReport{}}
	status := v.each(ctx, "ovf disk info", args, func(name string) error {
		r, err := v.one(name)
		if err != nil {
			r.Error = err.Error()
		}
		report.Images = append(report.Images, r)
		if err == nil && !v.json {
			err = v.print([]byte(r.text()))
		}
		return err
	})
	return v.finish(v.json, report, status)
}

func (v *diskInfo) one(name string) (imageReport, error) {
	r := imageReport{File: name}
	if isPackage(name) {
		return r, usagef("%s: is a package; see ovf disk tree", name)
	}
	m, err := openImage(name, v.from)
	if err != nil {
		return r, err
	}
	defer m.Close()
	f, err := factsOf(m)
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	r.imageFacts = &f
	return r, nil
}

func (r imageReport) text() string {
	var b strings.Builder
	line := func(label, value string) { fmt.Fprintf(&b, "  %-10s %s\n", label, cells.Clean(value)) }
	fmt.Fprintf(&b, "%s\n", cells.Clean(r.File))
	format := r.Format
	if r.Variant != "" {
		format += ", " + r.Variant
	}
	line("format", format)
	line("capacity", fmt.Sprintf("%s (%d bytes)", summary.Size(uint64(r.Capacity)), r.Capacity))
	line("allocated", summary.Size(uint64(r.Allocated)))
	line("file", fmt.Sprintf("%s (%d bytes)", summary.Size(uint64(r.FileSize)), r.FileSize))
	if r.ID != "" {
		line("identity", r.ID)
	}
	if r.Parent != "" {
		parent := r.Parent
		if r.Hint != "" {
			parent += ", named " + r.Hint
		}
		line("parent", parent)
	}
	return b.String()
}
