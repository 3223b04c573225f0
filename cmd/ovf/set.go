package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/atomicfile"
)

func (c *cli) setCommand() *cobra.Command {
	v := setVerb{cli: c}
	cmd := &cobra.Command{
		Use:   "set FILE (-o OUT | --in-place) EDIT...",
		Short: "Change values of a descriptor",
		Long: `Set changes values of a descriptor and writes it. Only the text of these
values changes; comments, order, layout and encoding stay. What was changed is
listed on standard error.

Properties have the name class.key.instance, or the key alone where that is
unique. A value must fit the type and the qualifiers of its property, unless it
refers to another one as ${name}.

--cpus and --memory change the processor or memory Item of one machine in each
of its hardware sections: that of every deployment option, or with --option only
what counts for that one, for which a copy of the Item is added if it has none.
The number must be in the range that Items with a bound set. Memory is written
in the unit that the Item has; if it is no whole number of it, the unit changes.
ElementName, Caption and Description, which are for people, stay.

--product-version sets Version, and FullVersion if it said the same; else
FullVersion stays, with a warning, unless --product-full-version is given.

--network changes the Network and whatever names it: Connections, and VMware's
property types ip:NETWORK and macros ${gateway:NETWORK}.

The machine is given by --vm, which is not needed where there is only one. With
--vm, properties are looked for in that machine or collection first, and new
ones, --name and the product are those of it; without --vm, of the outermost.`,
		Example: `  ovf set petstore.ovf -o test.ovf --property adminEmail=ops@example.com
  ovf set petstore.ovf -o big.ovf --vm DB1 --cpus 4 --memory 4GiB
  ovf set petstore.ovf -o big.ovf --vm WebTier --option minimal --memory 384MiB
  ovf set petstore.ovf --in-place --product-version 2.2 --network public=DMZ
  ovf set petstore.ovf -o - --add-property smtpPort:uint16=25 --category Mail \
      --label "Port of the mail server" --user-configurable | ovf inspect -`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := needs(cmd); err != nil {
			return err
		}
		return action(func(args []string) error { return v.run(args[0], cmd.Flags().Changed) })(cmd, args)
	}
	v.flags(cmd)
	return cmd
}

// needs makes sure that there is something to change, and that flags which
// complete others come with them.
func needs(cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	edits := []string{"property", "add-property", "remove-property", "name", "product", "product-version", "product-full-version", "vendor", "cpus", "memory", "network"}
	if !slices.ContainsFunc(edits, given) {
		return errors.New("there is nothing to change: give an edit such as --property")
	}
	if given("option") && !slices.ContainsFunc([]string{"property", "cpus", "memory"}, given) {
		return errors.New("--option goes with --property, --cpus and --memory")
	}
	for _, f := range []string{"label", "description", "category", "user-configurable", "password"} {
		if given(f) && !given("add-property") {
			return fmt.Errorf("--%s goes with --add-property", f)
		}
	}
	return nil
}

// setVerb is the verb.
type setVerb struct {
	*cli
	output         string
	inPlace, quiet bool
	vm, option     string

	properties, added, removed     []string
	label, description, category   string
	userConfigurable, password     bool
	name, product, vendor, version string
	fullVersion                    string
	cpus                           uint64
	memory                         string
	networks                       []string

	env     *envelope.Envelope
	in      *input
	within  envelope.Content // of --vm, or nil
	given   func(flag string) bool
	changes []envelope.Change
	notes   diag.List
}

func (v *setVerb) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&v.output, "output", "o", "", "write to this `file`; - for standard output")
	f.BoolVar(&v.inPlace, "in-place", false, "write to FILE itself")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "do not list what was changed")
	f.StringVar(&v.vm, "vm", "", "`id` of the virtual system or collection")
	f.StringVar(&v.option, "option", "", "`id` of the deployment option that --property, --cpus and --memory are for")
	f.StringArrayVar(&v.properties, "property", nil, "set the default value of a property, as `KEY=VALUE` (repeatable)")
	f.StringArrayVar(&v.added, "add-property", nil, "add a property, as `KEY[:TYPE][=VALUE]`; the type is string if not given (repeatable)")
	f.StringVar(&v.label, "label", "", "label of the added properties")
	f.StringVar(&v.description, "description", "", "description of the added properties")
	f.StringVar(&v.category, "category", "", "category of the added properties, which is added if there is none")
	f.BoolVar(&v.userConfigurable, "user-configurable", false, "the added properties may be set at deployment")
	f.BoolVar(&v.password, "password", false, "the added properties are passwords")
	f.StringArrayVar(&v.removed, "remove-property", nil, "remove the property `KEY` (repeatable)")
	f.StringVar(&v.name, "name", "", "name shown to people")
	f.StringVar(&v.product, "product", "", "name of the product")
	f.StringVar(&v.version, "product-version", "", "version of the product")
	f.StringVar(&v.fullVersion, "product-full-version", "", "full version of the product")
	f.StringVar(&v.vendor, "vendor", "", "vendor of the product")
	f.Uint64Var(&v.cpus, "cpus", 0, "number of virtual processors")
	f.StringVar(&v.memory, "memory", "", "`size` of the memory, as 512MiB or 4GiB")
	f.StringArrayVar(&v.networks, "network", nil, "rename a network, as `OLD=NEW` (repeatable)")
	cmd.MarkFlagsMutuallyExclusive("output", "in-place")
	cmd.MarkFlagsOneRequired("output", "in-place")
	for flag, names := range map[string]func(*envelope.Envelope) []string{
		"vm":              contentIDs,
		"option":          optionIDs,
		"property":        func(e *envelope.Envelope) []string { return suffixed(propertyNames(e)) },
		"remove-property": propertyNames,
		"network":         func(e *envelope.Envelope) []string { return suffixed(networkNames(e)) },
	} {
		_ = cmd.RegisterFlagCompletionFunc(flag, completeFrom(names)) // fails for unknown flags only
	}
}

func (v *setVerb) run(file string, given func(string) bool) error {
	v.given = given
	if v.inPlace && file == stdinName {
		return usagef("--in-place needs a file; give -o - to write to standard output")
	}
	var err error
	if v.in, err = v.read(file); err != nil {
		return err
	}
	if v.in.archive != nil {
		return usagef("%s: is an archive, which set cannot rewrite yet: unpack it with tar, change the descriptor %s, and pack it anew", file, diag.Quote(v.in.archive.Name))
	}
	if !v.inPlace && v.output != stdinName && sameFile(file, v.output) {
		return usagef("%s: is the input; give --in-place to write to it", v.output)
	}
	if v.env, _, err = v.decode(v.in); err != nil {
		return err
	}
	if err := v.edit(); err != nil {
		return v.explain(err)
	}
	out, err := envelope.Encode(v.env)
	if err != nil {
		return &usageError{err}
	}
	v.tell()
	if v.inPlace {
		if v.output = file; bytes.Equal(out, v.in.data) {
			return nil
		}
	}
	if v.output == stdinName {
		return v.print(out)
	}
	if err := atomicfile.WriteFile(v.output, out); err != nil {
		return &fileError{err}
	}
	v.staleManifest(v.output)
	return nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// explain turns an error of an edit into a diagnostic with the place, or one
// about the usage.
func (v *setVerb) explain(err error) error {
	var hardware *envelope.HardwareError
	var prop *envelope.PropertyError
	d := diag.Diagnostic{Severity: diag.Error, Layer: diag.Usage, Message: err.Error(), Err: err}
	switch {
	case errors.As(err, &hardware) && hardware.Location.Line > 0:
		d.Location = hardware.Location
	case errors.As(err, &prop) && prop.Location.Line > 0:
		d.Location = prop.Location
	default:
		return &usageError{err}
	}
	v.diagnostics(diag.List{d})
	return errReported{exitUsage}
}

// tell lists what was changed, and what else there is to say.
func (v *setVerb) tell() {
	if !v.quiet {
		for _, c := range v.changes {
			at := c.Location.String()
			if at == "" {
				at = v.in.name
			}
			fmt.Fprintf(v.stderr, "%s: %s\n", cells.Clean(at), cells.Clean(c.String()))
		}
	}
	v.diagnostics(v.notes)
}

// warn notes something that the user should know.
func (v *setVerb) warn(at diag.Location, hint, format string, args ...any) {
	if at.File == "" {
		at.File = v.in.name
	}
	v.notes = append(v.notes, diag.Diagnostic{Severity: diag.Warning, Layer: diag.Usage, Location: at, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// staleManifest warns where a manifest stands beside the descriptor that was
// written.
func (c *cli) staleManifest(output string) {
	stem, ok := strings.CutSuffix(output, ".ovf")
	if _, err := os.Stat(stem + ".mf"); ok && err == nil {
		fmt.Fprintf(c.stderr, "%s: the manifest has the digest of a descriptor from before; make it anew\n", cells.Clean(stem+".mf"))
	}
}

// The names that the shell may complete.

func contentIDs(e *envelope.Envelope) (out []string) {
	for c := range envelope.Walk(e.Content) {
		out = append(out, c.ContentID())
	}
	return out
}

func optionIDs(e *envelope.Envelope) (out []string) {
	for s := range envelope.All[*envelope.DeploymentOptionSection](e.Section) {
		for i := range s.Configuration {
			out = append(out, s.Configuration[i].ID)
		}
	}
	return out
}

func propertyNames(e *envelope.Envelope) (out []string) {
	for r := range e.Properties() {
		out = append(out, r.FullName())
	}
	return out
}

func networkNames(e *envelope.Envelope) (out []string) {
	for s := range envelope.All[*envelope.NetworkSection](e.Section) {
		for i := range s.Network {
			out = append(out, s.Network[i].Name)
		}
	}
	return out
}

func suffixed(names []string) []string {
	for i := range names {
		names[i] += "="
	}
	return names
}
