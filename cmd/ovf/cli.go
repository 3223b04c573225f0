package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
)

// The exit statuses.
const (
	exitGood  = 0
	exitInput = 1 // the input has errors
	exitUsage = 2
	exitFile  = 3 // could not read or write
)

// run runs the command line and returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &cli{stdin: stdin, stdout: stdout, stderr: stderr, color: "auto", sources: map[string][]byte{}}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	ctx, stop := interruptible()
	defer stop()
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitGood
	}
	return c.fail(cmd, err)
}

// interruptible returns a context that ends with the first signal to stop, so
// that what is half written is taken away. A second signal stops at once, but not
// within a second: some senders signal a process twice, alone and with its group.
func interruptible() (context.Context, context.CancelFunc) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as with nohup
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	return ctx, stop
}

// cli is one run of the command.
type cli struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	color          string            // auto, always or never
	still          bool              // --json or --quiet is given: no progress
	sources        map[string][]byte // texts of what was read, for messages
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "ovf",
		Short: "Check, make, sign, verify and deploy OVF packages",
		Long:  "ovf works on packages in the Open Virtualization Format (DMTF DSP0243).\n\nExit status: 0 all is well, 1 the input has errors or is not trusted, 2 wrong usage, 3 something could not be read or written.",
		Example: `  ovf inspect petstore.ova
  ovf validate --target vsphere petstore.ovf
  ovf pack petstore.ovf -o petstore.ova --key key.pem --cert cert.pem
  ovf verify petstore.ova --trust example-ca.pem
  ovf deploy petstore.ova --out petstore --trust example-ca.pem --interactive`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range []string{"json", "quiet"} {
				f := cmd.Flags().Lookup(name)
				c.still = c.still || f != nil && f.Changed
			}
			switch c.color {
			case "auto", "always", "never":
				return nil
			}
			return fmt.Errorf("--color is %s: use auto, always or never", diag.Quote(c.color))
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVar(&c.color, "color", c.color, "colours in the output: auto, always or never")
	for _, g := range []struct {
		title string
		verbs []*cobra.Command
	}{
		{"Look and check:", []*cobra.Command{c.inspectCommand(), c.validateCommand(), c.explainCommand(), c.verifyCommand()}},
		{"Make and change:", []*cobra.Command{c.newCommand(), c.setCommand(), c.fmtCommand(), c.i18nCommand(), c.diskCommand()}},
		{"Pack and sign:", []*cobra.Command{c.packCommand(), c.unpackCommand(), c.signCommand(), c.repackCommand()}},
		{"Deploy:", []*cobra.Command{c.resolveCommand(), c.deployCommand(), c.envCommand()}},
		{"", []*cobra.Command{c.manCommand(), c.versionCommand()}},
	} {
		if g.title != "" {
			root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		}
		for _, verb := range g.verbs {
			verb.GroupID = g.title
			root.AddCommand(verb)
		}
	}
	fitHelp(root)
	return root
}

// action makes the function of a verb from one whose errors are about its work,
// so that all other errors are about the command line.
func action(f func(args []string) error) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		if err := f(args); err != nil {
			return &workError{err}
		}
		return nil
	}
}

// workError is an error of the work, not of the command line.
type workError struct{ err error }

func (e *workError) Error() string { return e.err.Error() }
func (e *workError) Unwrap() error { return e.err }

// usageError is an argument that does not fit the input, or another argument.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// fileError is a failure to read or write.
type fileError struct{ err error }

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// errReported ends a run whose errors have been shown.
type errReported struct{ status int }

func (e errReported) Error() string { return "" }

// fail shows an error and returns the exit status for it.
func (c *cli) fail(cmd *cobra.Command, err error) int {
	var work *workError
	if !errors.As(err, &work) {
		fmt.Fprintf(c.stderr, "%s: %s\nSee %q.\n", cmd.CommandPath(), cells.Clean(err.Error()), cmd.CommandPath()+" --help")
		return exitUsage
	}
	return c.show(cmd.CommandPath(), work.err)
}

// show shows an error of the work and returns the exit status for it.
func (c *cli) show(command string, err error) int {
	var reported errReported
	if errors.As(err, &reported) {
		return reported.status
	}
	var one *diag.Diagnostic
	var many diag.List
	switch {
	case errors.As(err, &many): // first: a list holds single ones
		c.diagnostics(many)
		return exitInput
	case errors.As(err, &one):
		c.diagnostics(diag.List{*one})
		return exitInput
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(c.stderr, "%s: interrupted; nothing was written\n", command)
		return exitFile
	}
	fmt.Fprintf(c.stderr, "%s: %s\n", command, cells.Clean(err.Error()))
	var file *fileError
	var usage *usageError
	switch {
	case errors.As(err, &file):
		return exitFile
	case errors.As(err, &usage):
		return exitUsage
	}
	return exitInput
}

// diagnostics writes diagnostics to standard error, with their source lines.
func (c *cli) diagnostics(l diag.List) {
	// an error of standard error has nowhere to go
	_ = diag.WriteText(c.stderr, l, diag.TextOptions{Color: c.colored(c.stderr), Source: c.source})
}

// source returns the text of a file that has been read.
func (c *cli) source(file string) ([]byte, error) {
	text, ok := c.sources[file]
	if !ok {
		return nil, os.ErrNotExist
	}
	return hidePasswords(text), nil
}

// colored reports whether colours may be written to w.
func (c *cli) colored(w io.Writer) bool {
	if c.color != "auto" {
		return c.color == "always"
	}
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// print writes to standard output.
func (c *cli) print(b []byte) error {
	if _, err := c.stdout.Write(b); err != nil {
		return &fileError{fmt.Errorf("cannot write to standard output: %w", err)}
	}
	return nil
}
