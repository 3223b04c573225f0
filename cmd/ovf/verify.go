package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
)

func (c *cli) verifyCommand() *cobra.Command {
	v := verifyVerb{cli: c}
	cmd := &cobra.Command{
		Use:   "verify PKG",
		Short: "Check that a package is complete, unchanged and trusted",
		Long: `Verify checks a package: its manifest, complete in both directions, the digest of
every file, the signature, and who made it. It prints a row for each check and
file, and says at the end whether the package is accepted.

PKG is an archive, a folder, an .ovf file, a URL, or - for an archive on standard
input, which is read in one pass.

Nobody is trusted unless you say so: --trust names the certificates of those who
may vouch for a publisher, --publisher a publisher itself. --level says what may
be absent:

  trusted      the signature leads to a certificate of --trust (the default)
  any-issuer   signed, whoever vouches for the signer
  unsigned     a complete and right manifest, no signature
  no-manifest  nothing

What is there is checked at every level: a wrong digest is never accepted.

Exit status: 0 accepted, 1 not accepted, 2 wrong usage, 3 something could not be
read.`,
		Example: `  ovf verify petstore.ova --trust example-ca.pem
  ovf verify petstore.ova --level any-issuer --publisher sha256:5f3c…
  ovf verify petstore.ova --level unsigned
  ovf verify petstore.ova --trust example-ca.pem --crl example-ca.crl --at 2026-11-22
  curl -s https://example.com/petstore.ova | ovf verify - --trust example-ca.pem
  ovf verify https://example.com/petstore.ova --trust example-ca.pem --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	f := cmd.Flags()
	v.register(cmd)
	f.BoolVar(&v.json, "json", false, "print the report in JSON")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "print the verdict only")
	return cmd
}

// verifyVerb is the verb.
type verifyVerb struct {
	*cli
	trustFlags
	json, quiet bool
}

func (v *verifyVerb) run(ctx context.Context, args []string) error {
	policy, err := v.policy()
	if err != nil {
		return err
	}
	o := v.options()
	report, err := v.verify(ctx, args[0], policy, o)
	var list diag.List
	if err != nil && !errors.As(err, &list) {
		var d *diag.Diagnostic
		if errors.As(err, &d) || ctx.Err() != nil {
			return err
		}
		return &fileError{err}
	}
	v.hint(report, list)
	var text []byte
	switch {
	case v.json:
		if text, err = jsonText(report); err != nil {
			return err
		}
	default:
		var b strings.Builder
		_ = report.WriteText(&b) // a builder takes all
		if text = []byte(b.String()); v.quiet {
			lines := strings.SplitAfter(strings.TrimRight(b.String(), "\n"), "\n")
			text = []byte(lines[len(lines)-1] + "\n")
		}
	}
	if err := v.print(text); err != nil {
		return err
	}
	if !report.Accepted {
		return errReported{exitInput}
	}
	return nil
}

// verify reads the package, with a progress bar.
func (v *verifyVerb) verify(ctx context.Context, name string, policy sign.Policy, o ovf.Options) (*sign.Report, error) {
	if name == stdinName {
		bar := v.progress("verifying", 0)
		defer bar.Done()
		o.Progress = bar.Add
		return ovf.VerifyStream(ctx, v.stdin, "standard input", policy, o)
	}
	var total int64
	if i, err := os.Stat(name); err == nil && i.Mode().IsRegular() {
		total = i.Size()
	}
	bar := v.progress("verifying", total)
	defer bar.Done()
	o.Progress = bar.Add
	return ovf.Verify(ctx, name, policy, o)
}
