package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"

	"github.com/spf13/cobra"

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

FILE is a descriptor (.ovf), a package in one file (.ova), of which nothing
behind the descriptor is read, or - for standard input. The descriptor is read
leniently and not checked. Values of passwords are never shown.

With --json the same facts come in one object {"files":[...]}. Its members are
those of the structs in cmd/ovf/internal/summary: sizes are in bytes, what is
not in the descriptor is left out, and nothing is cut. A file that cannot be
read has "error", and "diagnostics" with the place.`,
		Example: `  ovf inspect petstore.ovf
  ovf inspect --all petstore.ova
  curl -s https://example.com/petstore.ova | ovf inspect -
  ovf inspect --json petstore.ovf | jq '.files[0].disks[] | {id, bytes}'`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              action(v.run),
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

func (v *inspect) run(args []string) error {
	report := summary.Report{Files: []*summary.Summary{}}
	status := exitGood
	for i, name := range args {
		s, err := v.file(name)
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

func (v *inspect) file(name string) (*summary.Summary, error) {
	in, err := v.read(name)
	if err != nil {
		return nil, err
	}
	env, notes, err := v.decode(in)
	if err != nil {
		return nil, err
	}
	s := summary.Of(env, notes)
	s.File = name
	if in.archive != nil {
		s.Descriptor, s.Before = in.archive.Name, in.archive.Before
	}
	return s, nil
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
