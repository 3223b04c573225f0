package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/author"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

// newVerb is the verb new.
type newVerb struct {
	packageWrite
	from     string
	schema   bool
	messages bool
	check    bool
	level    int
}

func (c *cli) newCommand() *cobra.Command {
	v := newVerb{packageWrite: packageWrite{cli: c}}
	cmd := &cobra.Command{
		Use:   "new (SPEC -o OUT | --from PKG | --schema)",
		Short: "Make a package from disks and a short description",
		Long: `New makes a package from a description in YAML or JSON: machines, processors,
memory, disks, networks, settings, sizes to deploy it in, licence, translations. It
writes the descriptor, converts the disks to stream-optimized VMDK (a disk with a
parent holds what differs from it), and packs them with a manifest: an archive if
OUT ends in .ova, else a new folder.

The names of disks and files in SPEC are relative to the folder of SPEC, and cannot
leave it. A disk is read in the format of its ending (.img and .raw, .vmdk, .vhd,
.qcow2) or of its key sourceFormat, never by what stands in it.

--from prints the description of a package that exists, as a start. --schema prints
the JSON Schema, with which editors complete and check the description. --messages
lists the ids of the texts, for the key texts. --check stops after checking SPEC.`,
		Example: `  ovf new petstore.yaml -o petstore.ova
  ovf new petstore.yaml -o petstore.ova --key key.pem --cert cert.pem
  ovf new --schema > ovf-spec.schema.json
  ovf new --from petstore.ova > petstore.yaml

  # the smallest description
  printf 'machine: {id: web, cpus: 1, memory: 1 GiB, disks: [system]}\ndisks: [{id: system, capacity: 10 GiB}]\n' > web.yaml
  ovf new web.yaml -o web.ova`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeFiles,
	}
	f := cmd.Flags()
	v.flags(cmd, "archive (.ova) or new folder to write")
	f.Lookup("output").Annotations = nil // not needed by all that it can do
	f.StringVar(&v.from, "from", "", "print the description of this package")
	f.BoolVar(&v.schema, "schema", false, "print the JSON Schema of descriptions")
	f.BoolVar(&v.messages, "messages", false, "list the ids of the texts")
	f.BoolVar(&v.check, "check", false, "check the description and write nothing")
	f.IntVar(&v.level, "level", 0, "compression of the disks, 1 (fastest) to 9 (smallest)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := v.usage(len(args)); err != nil {
			return err
		}
		return action(func(args []string) error { return v.run(cmd.Context(), args) })(cmd, args)
	}
	return cmd
}

// usage makes sure that there is one thing to do.
func (v *newVerb) usage(specs int) error {
	jobs := 0
	for _, given := range []bool{v.from != "", v.schema, v.messages, v.check, v.output != ""} {
		if given {
			jobs++
		}
	}
	switch {
	case jobs != 1:
		return errors.New("give one of -o OUT, --from PKG, --schema, --messages and --check")
	case specs == 0 && v.from == "" && !v.schema:
		return errors.New("give the description, a YAML or JSON file")
	case specs == 1 && (v.from != "" || v.schema):
		return errors.New("--from and --schema go without a description")
	case v.output == stdinName:
		return errors.New("a package is written to a file or folder here; ovf pack writes to standard output")
	case v.level < 0 || v.level > 9:
		return fmt.Errorf("--level is %d: use 1 to 9", v.level)
	}
	return nil
}

func (v *newVerb) run(ctx context.Context, args []string) error {
	switch {
	case v.schema:
		return v.print(author.Schema())
	case v.from != "":
		return v.reverse()
	}
	s, err := v.spec(args[0])
	if err != nil {
		return err
	}
	switch {
	case v.check:
		return nil
	case v.messages:
		return v.list(s)
	}
	return v.build(ctx, s, filepath.Dir(args[0]))
}

// spec reads and checks a description.
func (v *newVerb) spec(name string) (*author.Spec, error) {
	data, err := v.readText(name, author.MaxBytes)
	if err != nil {
		return nil, err
	}
	s, err := author.Decode(name, data)
	if err != nil {
		return nil, err
	}
	return s, s.Check().Err()
}

// readText reads a text file, or standard input, up to a limit.
func (c *cli) readText(name string, limit int64) ([]byte, error) {
	r, shown := c.stdin, "standard input"
	if name != stdinName {
		f, err := open(name)
		if err != nil {
			return nil, &fileError{err}
		}
		defer f.Close()
		r, shown = f, name
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, &fileError{plainPath(shown, err)}
	}
	if int64(len(data)) > limit {
		return nil, &fileError{fmt.Errorf("%s: has more than the %d bytes that are read", shown, limit)}
	}
	c.keep(name, data)
	return data, nil
}

func (v *newVerb) reverse() error {
	in, err := v.read(v.from)
	if err != nil {
		return err
	}
	env, _, err := v.decode(in)
	if err != nil {
		return err
	}
	s, notes := author.From(env)
	v.diagnostics(notes)
	text, err := s.Encode()
	if err != nil {
		return err
	}
	return v.print(text)
}

func (v *newVerb) list(s *author.Spec) error {
	messages := s.Messages()
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		fmt.Fprintf(&b, "%s: %s\n", cells.Clean(id), cells.Clean(messages[id]))
	}
	return v.print([]byte(b.String()))
}

func (v *newVerb) build(ctx context.Context, s *author.Spec, dir string) error {
	w, err := v.writer(ctx)
	if err != nil {
		return err
	}
	var bar *progress
	at := ""
	o := author.BuildOptions{Dir: dir, Level: v.level, Writer: w, Progress: func(disk string, done, total int64) {
		if at != disk {
			if bar != nil {
				bar.Done()
			}
			at, bar = disk, v.progress("converting "+disk, total)
		}
		bar.Set(done)
	}}
	v.written.Files, err = author.Build(ctx, s, v.output, o)
	if bar != nil {
		bar.Done()
	}
	if err != nil {
		return err
	}
	v.written.Package, v.written.Signed = v.output, w.Key != nil
	return v.report()
}
