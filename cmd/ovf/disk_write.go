package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/internal/atomicfile"
)

// diskFormat is the flags that say how to write an image.
type diskFormat struct {
	format, subformat string
	level             int
}

func (f *diskFormat) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "format", "", "raw, vmdk, qcow2, vhd or vhd-fixed; without it the ending of OUT decides")
	cmd.Flags().StringVar(&f.subformat, "subformat", "", "of vmdk: streamOptimized; of qcow2: plain, compressed; of vhd: dynamic, fixed")
	cmd.Flags().IntVar(&f.level, "level", 0, "compression of a vmdk, 1 (fastest) to 9 (smallest); the default is 8")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"raw", "vmdk", "qcow2", "vhd", "vhd-fixed"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("subformat", cobra.FixedCompletions([]string{"streamOptimized", "plain", "compressed", "dynamic", "fixed"}, cobra.ShellCompDirectiveNoFileComp))
}

// of returns the format for a file and the options of its writer.
func (f *diskFormat) of(out string) (disk.Format, disk.WriterOptions, error) {
	var o disk.WriterOptions
	name := f.format
	if name == "" {
		ext := strings.ToLower(filepath.Ext(out))
		for _, known := range disk.Formats() {
			if known.Ext() == ext && name == "" {
				name = known.String()
			}
		}
		if ext == ".img" {
			name = disk.Raw.String()
		}
		if name == "" {
			return 0, o, usagef("%s: the ending of the name tells no format that can be written; give one with --format", out)
		}
	}
	format, err := disk.ParseFormat(name)
	if err != nil {
		return 0, o, &usageError{err}
	}
	switch {
	case f.subformat == "":
	case format == disk.VMDK && f.subformat == "streamOptimized", format == disk.QCOW2 && f.subformat == "plain", format == disk.VHD && f.subformat == "dynamic":
	case format == disk.QCOW2 && f.subformat == "compressed":
		o.Compress = true
	case (format == disk.VHD || format == disk.VHDFixed) && f.subformat == "fixed":
		format = disk.VHDFixed
	default:
		return 0, o, usagef("%s is no subformat of %s that can be written", diag.Quote(f.subformat), format)
	}
	if f.level != 0 && (format != disk.VMDK || f.level < 1 || f.level > 9) {
		return 0, o, usagef("--level is %d for a %s: it is for vmdk, from 1 to 9", f.level, format)
	}
	o.Level, o.Name = f.level, filepath.Base(out)
	return format, o, nil
}

// diskOutput is an image that is being written to a file, or to standard output.
type diskOutput struct {
	cli    *cli
	name   string
	format disk.Format
	o      disk.WriterOptions
	file   *atomicfile.File // nil for standard output
}

// diskOutput begins an image. It ends with commit or discard.
func (c *cli) diskOutput(name string, f *diskFormat) (*diskOutput, error) {
	format, o, err := f.of(name)
	if err != nil {
		return nil, err
	}
	out := &diskOutput{cli: c, name: name, format: format, o: o}
	if name == stdinName {
		return out, nil
	}
	if out.file, err = atomicfile.Create(name); err != nil {
		return nil, &fileError{err}
	}
	return out, nil
}

// writer returns the writer for a disk of size bytes.
func (o *diskOutput) writer(size int64) (image.Writer, error) {
	var w image.Writer
	var err error
	switch {
	case o.file == nil:
		w, err = disk.NewStreamWriter(o.cli.stdout, o.format, size, o.o)
	case !o.regular():
		w, err = disk.NewStreamWriter(o.file, o.format, size, o.o)
	default:
		w, err = disk.NewWriter(o.file, o.format, size, o.o)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.name, err)
	}
	return w, nil
}

// regular reports whether the file can have holes and be written in any order.
func (o *diskOutput) regular() bool {
	info, err := o.file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// commit gives the file its name and returns its size; 0 for standard output.
func (o *diskOutput) commit() (int64, error) {
	if o.file == nil {
		return 0, nil
	}
	if err := o.file.Commit(); err != nil {
		return 0, &fileError{err}
	}
	info, err := os.Stat(o.name)
	if err != nil {
		return 0, &fileError{err}
	}
	return info.Size(), nil
}

// discard removes what was written.
func (o *diskOutput) discard() {
	if o.file != nil {
		o.file.Discard()
	}
}
