package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/internal/source"
	"github.com/ovfkit/ovf/plan"
)

// deployVerb is the verb deploy.
type deployVerb struct {
	*cli
	choose choiceFlags
	trustFlags
	out, format string
	acceptEulas bool
	fresh       bool
	json        bool
}

func (c *cli) deployCommand() *cobra.Command {
	v := &deployVerb{cli: c}
	cmd := &cobra.Command{
		Use:   "deploy PKG --out DIR",
		Short: "Verify, resolve and lay out a package, ready to start its machines",
		Long: `Deploy does the whole way from a package to what a hypervisor needs. It verifies the
package, resolves it with your choices, flattens the disks into images that stand
alone, and writes for each machine its environment document, the ISO image with it,
and all of the plan as ` + ovf.LayoutFile + `.

The folder appears when it is complete; after an error, or Ctrl-C, nothing is left.
Deploying into the folder again, with other choices, replaces it as a whole; images
of disks whose content in the package is the same stay as they are, with what the
guests have written. --fresh makes them anew.

Nobody is trusted unless you say so: see "ovf verify --help". A package without a
signature needs --level unsigned.

Licence agreements are shown, and must be accepted: on the terminal, or by
--accept-eulas. What was accepted is recorded with its digest.

` + choicesHelp,
		Example: `  ovf deploy petstore.ova --out petstore --trust example-ca.pem --accept-eulas \
      --option minimal --property appIp=10.0.0.7 --network public=br0
  ovf deploy petstore.ova --out petstore --level unsigned --interactive
  ovf deploy https://example.com/petstore.ova --out petstore --trust example-ca.pem \
      --properties petstore.yaml --disk-format qcow2 --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	f := cmd.Flags()
	f.StringVar(&v.out, "out", "", "`DIR` for the deployment: new, or of an earlier deployment")
	f.StringVar(&v.format, "disk-format", disk.Raw.String(), "`FORMAT` of the disk images: "+strings.Join(diskFormats(), ", "))
	f.BoolVar(&v.acceptEulas, "accept-eulas", false, "accept all licence agreements")
	f.BoolVar(&v.fresh, "fresh", false, "make all images anew, and lose what guests have written to them")
	f.BoolVar(&v.json, "json", false, "print the layout in JSON")
	v.choose.register(f)
	v.register(cmd)
	_ = cmd.MarkFlagRequired("out") // fails for unknown flags only
	_ = cmd.RegisterFlagCompletionFunc("disk-format", cobra.FixedCompletions(diskFormats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func diskFormats() []string {
	var out []string
	for _, f := range disk.Formats() {
		out = append(out, f.String())
	}
	return out
}

func (v *deployVerb) run(ctx context.Context, args []string) (err error) {
	format, err := disk.ParseFormat(v.format)
	if err != nil {
		return usagef("--disk-format: %w", err)
	}
	policy, err := v.policy()
	if err != nil {
		return err
	}
	o := v.options()
	bar := v.lateProgress("verifying")
	o.Progress = bar.add
	pkg, err := ovf.Open(ctx, args[0], o)
	if err != nil {
		return v.broken(err)
	}
	defer func() { err = errors.Join(err, pkg.Close()) }()
	v.keep(pkg.Envelope.Location("").File, pkg.Descriptor())
	bar.total = pkg.Size() // before the first byte is read
	report, err := pkg.Verify(ctx, policy)
	bar.done()
	if err != nil {
		var refused diag.List
		_ = errors.As(err, &refused)
		v.hint(report, refused)
		if report != nil && !v.json {
			_ = report.WriteText(v.stderr) // the error says the rest
		}
		return v.broken(err)
	}
	choices, err := v.choose.choices(ctx, v.cli, pkg.Input())
	if err != nil {
		return err
	}
	p, err := pkg.Resolve(ctx, choices)
	if err != nil {
		return err
	}
	v.diagnostics(p.Diagnostics)
	if err := v.eulas(p); err != nil {
		return err
	}
	images := v.lateProgress("making disks")
	layout, err := p.Deploy(ctx, v.out, ovf.DeployOptions{Format: format, Fresh: v.fresh, Accept: func(plan.Eula) bool { return true }, Progress: images.set})
	images.done()
	if err != nil {
		return v.broken(err)
	}
	return v.show(layout)
}

// broken classes an error: what cannot be read or written has its own exit status.
func (v *deployVerb) broken(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	var errno syscall.Errno
	var network net.Error
	var status *source.StatusError
	if errors.As(err, &p) || errors.As(err, &l) || errors.As(err, &errno) || errors.As(err, &network) || errors.As(err, &status) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &fileError{err}
	}
	return err
}

// eulas shows the licence agreements and asks for each, unless all are accepted.
func (v *deployVerb) eulas(p *ovf.Plan) error {
	if v.acceptEulas {
		return nil
	}
	for _, e := range p.Eulas {
		for line := range strings.Lines(e.License.Text) {
			fmt.Fprintln(v.stderr, cells.Clean(strings.TrimRight(line, "\r\n")))
		}
		ok, err := v.confirm("Do you accept this licence agreement?")
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w; nothing was deployed", ovf.ErrEula)
		}
	}
	return nil
}

// show prints what was deployed.
func (v *deployVerb) show(l *plan.Layout) error {
	if v.json {
		text, err := json.MarshalIndent(l, "", "  ")
		if err != nil {
			return err
		}
		return v.print(append(text, '\n'))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", cells.Clean(v.out))
	for i := range l.Machines {
		m := &l.Machines[i]
		fmt.Fprintf(&b, "  %s\n", cells.Clean(m.Folder))
		for _, name := range []string{m.Environment, m.ISO, m.Guestinfo} {
			if name != "" {
				fmt.Fprintf(&b, "    %s\n", cells.Clean(strings.TrimPrefix(name, m.Folder+"/")))
			}
		}
		for _, d := range m.Drives {
			fmt.Fprintf(&b, "    %s  %s, %s\n", cells.Clean(strings.TrimPrefix(d.Path, m.Folder+"/")), d.Format, summary.Size(d.Size))
		}
	}
	for n, s := range l.Plan.Startup {
		for _, step := range s.Steps {
			fmt.Fprintf(&b, "  start %d: %s\n", n+1, cells.Clean(step.Machine))
		}
	}
	return v.print([]byte(b.String()))
}

// confirm asks a question on the terminal.
func (c *cli) confirm(question string) (bool, error) {
	keys, ok := c.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(keys.Fd())) {
		return false, usagef("the package has a licence agreement: read it, and give --accept-eulas")
	}
	fmt.Fprintf(c.stderr, "%s [y/N] ", question)
	line, err := bufio.NewReader(io.LimitReader(keys, 1024)).ReadString('\n')
	if err != nil && line == "" {
		return false, errStopped
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}
