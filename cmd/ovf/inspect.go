package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
	"github.com/ovfkit/ovf/diag"
)

func (c *cli) inspectCommand() *cobra.Command {
	v := inspect{cli: c}
	cmd := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Show what a package is about",
		Long: `Inspect shows what the descriptor of a package says, at a glance: product,
systems with their hardware, disks, networks, deployment options, properties,
licences, locales, extensions and files.

FILE is a descriptor (.ovf), a folder with one, a package in one file (.ova), a
URL of either, or - for standard input. Of an archive the headers and the
descriptor are read, of standard input nothing behind the descriptor. The
descriptor is read leniently and not checked; of the files it is said whether
they are there. Values of passwords are never shown.

With --json the same facts come in one object {"files":[...]}. Its members are
those of the structs in cmd/ovf/internal/summary: sizes are in bytes, what is
not in the descriptor is left out, and nothing is cut. A file that cannot be
read has "error", and "diagnostics" with the place.`,
		Example: `  ovf inspect petstore.ovf
  ovf inspect --all petstore.ova
  ovf inspect https://example.com/petstore.ova
  curl -s https://example.com/petstore.ova | ovf inspect -
  ovf inspect --json petstore.ovf | jq '.files[0].disks[] | {id, bytes}'`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&v.all, "all", false, "do not cut long lists and texts")
	cmd.Flags().BoolVar(&v.notes, "notes", false, "show on standard error what was read leniently")
	return cmd
}

// inspect is the verb.
type inspect struct {
	*cli
	json, all, notes bool
}

func (v *inspect) run(ctx context.Context, args []string) error {
	report := summary.Report{Files: []*summary.Summary{}}
	status := exitGood
	for i, name := range args {
		s, err := v.file(ctx, name)
		if err != nil {
			status = max(status, v.show("ovf inspect", err))
			report.Files = append(report.Files, failed(name, err))
			continue
		}
		report.Files = append(report.Files, s)
		if v.notes {
			v.diagnostics(s.Diagnostics)
		}
		if v.json {
			continue
		}
		var b bytes.Buffer
		if i > 0 {
			b.WriteByte('\n')
		}
		_ = s.WriteText(&b, summary.TextOptions{All: v.all, Color: v.colored(v.stdout)}) // a buffer takes all
		if err := v.print(b.Bytes()); err != nil {
			return err
		}
	}
	if v.json {
		b, err := jsonText(report)
		if err == nil {
			err = v.print(b)
		}
		if err != nil {
			return err
		}
	}
	if status != exitGood {
		return errReported{status}
	}
	return nil
}

func (v *inspect) file(ctx context.Context, name string) (*summary.Summary, error) {
	if name == stdinName {
		s, _, err := v.descriptor(name)
		return s, err
	}
	p, openErr := ovf.Open(ctx, name, ovf.Options{})
	if openErr == nil {
		defer p.Close()
	}
	if i, err := os.Stat(name); err == nil && !i.IsDir() {
		// what is wrong with the package is no reason not to show its descriptor
		s, in, err := v.descriptor(name)
		if err != nil {
			return nil, err
		}
		var list diag.List
		switch {
		case openErr == nil:
			addFiles(s, p)
		case in.archive != nil && errors.As(openErr, &list):
			s.Diagnostics = append(s.Diagnostics, list...)
		}
		return s, nil
	}
	if openErr != nil {
		return nil, fileFailure(openErr)
	}
	s := summary.Of(p.Envelope, p.Diagnostics)
	s.File, s.Descriptor = name, p.DescriptorName()
	addFiles(s, p)
	return s, nil
}

// descriptor reads the descriptor of a file, and nothing else.
func (v *inspect) descriptor(name string) (*summary.Summary, *input, error) {
	in, err := v.read(name)
	if err != nil {
		return nil, nil, err
	}
	env, notes, err := v.decode(in)
	if err != nil {
		return nil, nil, err
	}
	s := summary.Of(env, notes)
	s.File = name
	if in.archive != nil {
		s.Descriptor, s.Before = in.archive.Name, in.archive.Before
	}
	return s, in, nil
}

// addFiles says of the files whether the package has them. Both lists are in the
// order of References.
func addFiles(s *summary.Summary, p *ovf.Package) {
	for i, f := range p.Files() {
		if f.Size >= 0 {
			s.Files[i].Stored = &f.Size
		}
		var d *diag.Diagnostic
		switch err := f.Err(); {
		case err == nil:
		case errors.Is(err, fs.ErrNotExist):
			s.Files[i].Problem = "missing"
		case errors.Is(err, ovf.ErrRemote):
			s.Files[i].Problem = "on the network"
		case errors.As(err, &d):
			s.Files[i].Problem = d.Message
		default:
			s.Files[i].Problem = err.Error()
		}
	}
}

// fileFailure tells what is wrong with a package from what could not be read.
func fileFailure(err error) error {
	var one *diag.Diagnostic
	var list diag.List
	if errors.As(err, &one) || errors.As(err, &list) {
		return err
	}
	return &fileError{err}
}

// failed is the summary of a file that could not be read.
func failed(name string, err error) *summary.Summary {
	s := &summary.Summary{File: name, Error: err.Error()}
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		s.Error = d.Message
		s.Diagnostics = diag.List{*d}
	}
	return s
}

// jsonText returns v as indented JSON. Characters that a terminal could obey or
// that are invisible are escaped.
func jsonText(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	var out []byte
	for _, r := range b.String() {
		switch {
		case r == '\n' || unicode.IsGraphic(r):
			out = append(out, string(r)...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out, nil
}
