package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
)

func (c *cli) diskCheckCommand() *cobra.Command {
	v := diskCheck{cli: c}
	cmd := &cobra.Command{
		Use:   "check PKG|IMAGE...",
		Short: "Check disk images, alone or as the disks of a package",
		Long: `Check opens every disk of a package: the descriptor must describe it properly, the
image must be in the declared format and no larger than the capacity, its tables
must be sound, and children must be those of their parents. Then it reads all that
is stored, which --quick leaves out. Images are checked in the same way, each
alone.

What is found goes to standard error, or with --json to standard output.`,
		Example: `  ovf disk check petstore.ova
  ovf disk check --quick --json *.vmdk`,
		Args: cobra.MinimumNArgs(1),
		RunE: work(v.run),
	}
	cmd.Flags().StringVar(&v.from, "from", "", "format of the images: vmdk, vhd, qcow2, iso or raw")
	cmd.Flags().BoolVar(&v.quick, "quick", false, "check the tables and not the content")
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	return cmd
}

// diskCheck is the verb.
type diskCheck struct {
	*cli
	from        string
	quick, json bool
}

// checkReport is what was found in one file, in JSON.
type checkReport struct {
	File        string    `json:"file"`
	Diagnostics diag.List `json:"diagnostics"`
	Error       string    `json:"error,omitempty"` // why it could not be checked
}

func (v *diskCheck) run(ctx context.Context, args []string) error {
	report := struct {
		Files []checkReport `json:"files"`
	}{[]checkReport{}}
	status := v.each(ctx, "ovf disk check", args, func(name string) error {
		found, err := v.one(ctx, name)
		r := checkReport{File: name, Diagnostics: found}
		if err != nil {
			r.Error = err.Error()
		}
		report.Files = append(report.Files, r)
		if err != nil {
			return err
		}
		if !v.json {
			v.diagnostics(found)
			if err := v.print([]byte(cells.Clean(name) + ": " + found.Summary() + "\n")); err != nil {
				return err
			}
		}
		if found.HasErrors() {
			return errReported{exitInput}
		}
		return nil
	})
	return v.finish(v.json, report, status)
}

func (v *diskCheck) one(ctx context.Context, name string) (diag.List, error) {
	bar := v.lateProgress("Checking")
	defer bar.done()
	if isPackage(name) {
		p, err := v.openDisks(ctx, name)
		if err != nil {
			return nil, err
		}
		defer p.Close()
		return disk.Check(ctx, p.Envelope, p, !v.quick, p.options(bar.set))
	}
	m, err := openImage(name, v.from)
	if err == nil {
		defer m.Close()
		if !v.quick {
			err = disk.Read(ctx, m.Image, func(done int64) { bar.set(done, m.Size()) })
		}
	}
	var refused *image.Error
	if !errors.As(err, &refused) {
		return nil, err
	}
	detail := refused.Detail
	if refused.Err != nil {
		detail += ": " + refused.Err.Error()
	}
	if refused.Offset > 0 {
		detail = fmt.Sprintf("at byte %d: %s", refused.Offset, detail)
	}
	return diag.List{{Severity: diag.Error, Layer: diag.Package, Rule: refused.Rule, Location: diag.Location{File: name, Offset: max(refused.Offset, 0)},
		Message: detail, Hint: refused.Hint, Err: err}}, nil
}
