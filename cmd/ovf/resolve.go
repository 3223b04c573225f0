package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/plan"
)

// resolve is the verb.
type resolve struct {
	*cli
	choose     choiceFlags
	json       bool
	diff       string
	diffOption string
}

func (c *cli) resolveCommand() *cobra.Command {
	v := &resolve{cli: c}
	cmd := &cobra.Command{
		Use:   "resolve PKG",
		Short: "Show what each machine of a package gets, and why",
		Long: `Resolve shows what becomes of a package with the choices of an operator: for each
machine its processors, memory, disks, networks and properties, and the order in
which the machines start. Behind each value stands where it comes from: the
operator, the deployment option, a default, and the place in the descriptor.

PKG is a descriptor (.ovf), a folder with one, a package in one file (.ova), or a
URL of either.

--diff shows instead what changes from this package to another one, with the same
choices: what an update of an appliance does. --diff-option shows what changes from
the chosen deployment option to another one.

With --json the plan comes as one object, by the JSON Schema that plan.Schema of
the library returns; a difference as {"changes":[...]}. Passwords are never shown.

` + choicesHelp,
		Example: `  ovf resolve petstore.ova --option minimal --property appIp=10.0.0.7
  ovf resolve petstore.ova --properties values.yaml --json | jq '.machines[].hardware.memory'
  ovf resolve petstore.ova --properties values.yaml --diff-option minimal
  ovf resolve petstore-1.0.ova --properties values.yaml --diff petstore-2.0.ova`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(func(ctx context.Context, args []string) error { return v.run(ctx, args[0]) }),
	}
	f := cmd.Flags()
	f.BoolVar(&v.json, "json", false, "print JSON")
	f.StringVar(&v.diff, "diff", "", "show what changes from PKG to this `PACKAGE`")
	f.StringVar(&v.diffOption, "diff-option", "", "show what changes from the chosen option to the one with this `ID`")
	cmd.MarkFlagsMutuallyExclusive("diff", "diff-option")
	v.choose.register(f)
	return cmd
}

func (v *resolve) run(ctx context.Context, name string) (err error) {
	pkg, err := v.open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pkg.Close()) }()
	choices, err := v.choose.choices(ctx, v.cli, pkg.Input())
	if err != nil {
		return err
	}
	p, err := v.plan(ctx, pkg, choices)
	if err != nil {
		return err
	}
	other := p
	switch {
	case v.diffOption != "":
		choices.Option = v.diffOption
		other, err = v.plan(ctx, pkg, choices)
	case v.diff != "":
		other, err = v.otherPackage(ctx, choices)
	default:
		return v.show(p)
	}
	if err != nil {
		return err
	}
	return v.showDiff(plan.Diff(p, other))
}

// open opens a package, and keeps its descriptor for messages.
func (v *resolve) open(ctx context.Context, name string) (*ovf.Package, error) {
	pkg, err := ovf.Open(ctx, name, ovf.Options{})
	if err != nil {
		return nil, err
	}
	v.keep(pkg.Envelope.Location("").File, pkg.Descriptor())
	return pkg, nil
}

// plan resolves a package and shows the warnings.
func (v *resolve) plan(ctx context.Context, pkg *ovf.Package, choices plan.Choices) (*plan.Plan, error) {
	p, err := pkg.Resolve(ctx, choices)
	if err != nil {
		return nil, err
	}
	v.diagnostics(p.Diagnostics)
	return p.Plan, nil
}

// otherPackage resolves the package to compare with.
func (v *resolve) otherPackage(ctx context.Context, choices plan.Choices) (p *plan.Plan, err error) {
	pkg, err := v.open(ctx, v.diff)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pkg.Close()) }()
	return v.plan(ctx, pkg, choices)
}

// show prints a plan.
func (v *resolve) show(p *plan.Plan) error {
	var b bytes.Buffer
	err := plan.WriteText(&b, p)
	if v.json {
		b.Reset()
		err = encodeIndented(&b, p)
	}
	if err != nil {
		return err
	}
	return v.print(b.Bytes())
}

// showDiff prints what changes.
func (v *resolve) showDiff(changes []plan.Change) error {
	var b bytes.Buffer
	err := plan.WriteDiff(&b, changes)
	switch {
	case v.json:
		b.Reset()
		if changes == nil {
			changes = []plan.Change{} // none is an empty list
		}
		err = encodeIndented(&b, struct {
			Changes []plan.Change `json:"changes"`
		}{changes})
	case len(changes) == 0:
		b.WriteString("Nothing changes.\n")
	}
	if err != nil {
		return err
	}
	return v.print(b.Bytes())
}

// encodeIndented writes JSON for people, too.
func encodeIndented(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
