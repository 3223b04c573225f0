package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/internal/atomicfile"
	"github.com/ovfkit/ovf/plan"
)

// envBuild is the verb env build.
type envBuild struct {
	*cli
	choose    choiceFlags
	machine   string
	output    string
	iso       string
	guestInfo bool
}

func (c *cli) envBuildCommand() *cobra.Command {
	v := &envBuild{cli: c}
	cmd := &cobra.Command{
		Use:   "build PKG",
		Short: "Make the environment of a machine",
		Long: `Build makes the environment that one machine of a package gets with the choices
of an operator, and prints the document.

--iso writes the image for a virtual CD-ROM drive instead, with the document as
ovf-env.xml, and beside it the files that the descriptor asks for. --guestinfo
prints the variables for VMware's tools as lines for a .vmx file, packed; the plain
form of guestinfo.ovfEnv is the document itself.

The same choices always give the same bytes.

` + choicesHelp,
		Example: `  ovf env build petstore.ova --machine WebTier --property appIp=10.0.0.7
  ovf env build petstore.ova --machine WebTier --properties values.yaml --iso web.iso
  ovf env build petstore.ova --machine DB1 --guestinfo >> db1.vmx`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
	}
	f := cmd.Flags()
	f.StringVar(&v.machine, "machine", "", "`ID` of the machine; not needed where there is one only")
	f.StringVarP(&v.output, "output", "o", stdinName, "write to this `FILE`; - for standard output")
	f.StringVar(&v.iso, "iso", "", "write an ISO image to this `FILE`; - for standard output")
	f.BoolVar(&v.guestInfo, "guestinfo", false, "write the variables for VMware's tools")
	cmd.MarkFlagsMutuallyExclusive("iso", "output")
	cmd.MarkFlagsMutuallyExclusive("iso", "guestinfo")
	v.choose.register(f)
	cmd.RunE = work(func(ctx context.Context, args []string) error { return v.run(ctx, args[0]) })
	_ = cmd.RegisterFlagCompletionFunc("machine", completeFrom(machineIDs)) // fails for unknown flags only
	return cmd
}

func (v *envBuild) run(ctx context.Context, name string) (err error) {
	for _, out := range []string{v.iso, v.output} {
		if out != stdinName && sameFile(name, out) {
			return usagef("%s: is the package; give another name for the output", out)
		}
	}
	pkg, err := ovf.Open(ctx, name, ovf.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pkg.Close()) }()
	v.keep(pkg.Envelope.Location("").File, pkg.Descriptor())
	choices, err := v.choose.choices(ctx, v.cli, pkg.Input())
	if err != nil {
		return err
	}
	p, err := pkg.Resolve(ctx, choices)
	if err != nil {
		return err
	}
	v.diagnostics(p.Diagnostics)
	m, err := v.find(p)
	if err != nil {
		return err
	}
	switch {
	case v.iso != "":
		return v.write(v.iso, func(w io.Writer) error { return p.WriteEnvironmentISO(ctx, m.ID, w) })
	case v.guestInfo:
		return v.write(v.output, func(w io.Writer) error { return v.variables(w, m) })
	}
	return v.write(v.output, func(w io.Writer) error {
		_, err := m.Environment.WriteTo(w)
		return err
	})
}

// find returns the machine that was asked for.
func (v *envBuild) find(p *ovf.Plan) (*plan.Machine, error) {
	var ids []string
	for _, m := range p.Machines {
		ids = append(ids, m.ID)
	}
	i := slices.Index(ids, v.machine)
	if v.machine == "" && len(ids) == 1 {
		i = 0
	}
	switch {
	case i >= 0:
		return p.Machines[i], nil
	case v.machine == "":
		return nil, usagef("the package has %d machines: choose one by --machine; %s", len(ids), has(ids))
	}
	return nil, usagef("the package has no machine %s; %s", diag.Quote(v.machine), has(ids))
}

// variables writes the guestinfo variables as lines of a .vmx file. Packed, they
// have no character that means something there.
func (v *envBuild) variables(w io.Writer, m *plan.Machine) error {
	document, err := m.EnvironmentDocument()
	if err != nil {
		return err
	}
	list, err := environment.GuestInfo(document, true)
	if err != nil {
		return err
	}
	for _, p := range list {
		if _, err := fmt.Fprintf(w, "%s = \"%s\"\n", p.Key, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// write writes a file as a whole, or to standard output.
func (v *envBuild) write(name string, content func(io.Writer) error) error {
	if name == stdinName {
		return content(printer{v.cli})
	}
	f, err := atomicfile.Create(name)
	if err != nil {
		return &fileError{err}
	}
	defer f.Discard()
	if err := content(f); err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
		return &fileError{err}
	}
	return nil
}

// printer writes to standard output.
type printer struct{ *cli }

func (p printer) Write(b []byte) (int, error) {
	if err := p.print(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

func machineIDs(e *envelope.Envelope) (out []string) {
	for s := range e.Systems() {
		out = append(out, s.ID)
	}
	return out
}
