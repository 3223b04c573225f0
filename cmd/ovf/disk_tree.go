package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
	"github.com/ovfkit/ovf/disk"
)

func (c *cli) diskTreeCommand() *cobra.Command {
	v := diskTree{cli: c}
	cmd := &cobra.Command{
		Use:   "tree PKG...",
		Short: "Show how the disks of a package build on each other",
		Long: `Tree shows the disks of a package, each below its parent, with their sizes, files
and the machines that have them, and how much there is to download: with what
disks share counted once, and as it would be if each disk came alone.

What is wrong in the descriptor goes to standard error; ovf disk check looks into
the images as well.`,
		Example: `  ovf disk tree petstore.ova
  ovf disk tree --json petstore.ovf | jq '.packages[0].disks[] | {id, chain}'`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	return cmd
}

// diskTree is the verb.
type diskTree struct {
	*cli
	json bool
}

func (v *diskTree) run(ctx context.Context, args []string) error {
	report := struct {
		Packages []packageFacts `json:"packages"`
	}{[]packageFacts{}}
	status := v.each(ctx, "ovf disk tree", args, func(name string) error {
		p, err := v.openDisks(ctx, name)
		if err != nil {
			return err
		}
		defer p.Close()
		report.Packages = append(report.Packages, factsOfPackage(name, p.graph))
		if !v.json {
			if err := v.print([]byte(treeText(name, p.graph))); err != nil {
				return err
			}
		}
		v.diagnostics(p.found)
		if p.found.HasErrors() {
			return errReported{exitInput}
		}
		return nil
	})
	return v.finish(v.json, report, status)
}

// maxTreeDepth is from which depth on a tree grows no wider.
const maxTreeDepth = 12

// treeText writes the disks as a tree.
func treeText(name string, g *disk.Graph) string {
	var b strings.Builder
	fmt.Fprintln(&b, cells.Clean(name))
	type branch struct {
		d          *disk.Disk
		lead, hang string
		depth      int
	}
	var stack []branch
	for i := len(g.Disks) - 1; i >= 0; i-- {
		if g.Disks[i].Parent == nil {
			stack = append(stack, branch{d: g.Disks[i]})
		}
	}
	if len(g.Disks) == 0 {
		fmt.Fprintln(&b, "no disks")
	}
	for len(stack) > 0 { // no recursion: a chain may be as long as the descriptor
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		fmt.Fprintln(&b, at.lead+diskLine(at.d))
		for n := len(at.d.Children) - 1; n >= 0; n-- {
			k := branch{d: at.d.Children[n], lead: at.hang + "├─ ", hang: at.hang + "│  ", depth: at.depth + 1}
			switch {
			case k.depth > maxTreeDepth:
				k.lead, k.hang = at.hang, at.hang
			case n == len(at.d.Children)-1:
				k.lead, k.hang = at.hang+"└─ ", at.hang+"   "
			}
			stack = append(stack, k)
		}
	}
	if load, err := g.Download(g.Leaves()...); err == nil && len(load.Files) > 0 {
		least := ""
		if load.Unknown > 0 {
			least = fmt.Sprintf("; the size of %d files is not known", load.Unknown)
		}
		fmt.Fprintf(&b, "download: %s in %s, %s if each disk came alone%s\n", summary.Size(uint64(load.Bytes)), files(len(load.Files)), summary.Size(uint64(load.Separate)), least)
	}
	return b.String()
}

// diskLine describes a disk.
func diskLine(d *disk.Disk) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, cells.Clean(s))
		}
	}
	switch {
	case d.Property != "":
		add("${" + d.Property + "}")
	case d.Capacity > 0:
		add(summary.Size(uint64(d.Capacity)))
	}
	switch {
	case d.File == nil && d.Parent == nil:
		add("empty")
	case d.File == nil:
		add("as its parent")
	default:
		add(d.Format.String())
		file := d.File.Href
		if d.File.Size >= 0 {
			file += " (" + summary.Size(uint64(d.File.Size)) + ")"
		}
		add(file)
	}
	if d.Shared {
		add("shared")
	}
	if d.ReadOnly {
		add("read-only")
	}
	if users := systems(d); users != "" {
		add("used by " + users)
	}
	return cells.Clean(d.ID) + "  " + strings.Join(parts, ", ")
}

// systems lists the machines that have a disk.
func systems(d *disk.Disk) string {
	var names []string
	for i, u := range d.Users {
		if i > 0 && d.Users[i-1].System == u.System {
			continue
		}
		if len(names) == 8 {
			return strings.Join(names, ", ") + " and more"
		}
		names = append(names, u.System)
	}
	return strings.Join(names, ", ")
}

// files writes a number of files.
func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return strconv.Itoa(n) + " files"
}
