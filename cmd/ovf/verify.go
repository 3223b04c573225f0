package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
)

func (c *cli) verifyCommand() *cobra.Command {
	v := verifyVerb{cli: c}
	cmd := &cobra.Command{
		Use:   "verify PKG",
		Short: "Check that a package is complete, unchanged and from someone you trust",
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
	f.StringArrayVar(&v.trust, "trust", nil, "`file` with PEM certificates of issuers to trust, or system for those of this machine")
	f.StringArrayVar(&v.crls, "crl", nil, "`file` with a revocation list; each certificate must then be covered by one")
	f.StringArrayVar(&v.publishers, "publisher", nil, "accept this signer only: sha256:`fingerprint`, or the subject of the certificate")
	f.StringVar(&v.at, "at", "", "`time` at which certificates must be valid, as 2026-11-22 or 2026-11-22T18:00:00Z; default now")
	f.StringVar(&v.level, "level", sign.Trusted.String(), "what may be absent: "+strings.Join(levels(), ", "))
	f.BoolVar(&v.require, "require-signature", false, "refuse an unsigned package, whatever --level says: the same as --level any-issuer at least")
	f.BoolVar(&v.sha1, "allow-sha1", false, "accept SHA-1, as products for OVF 1.x write it")
	f.StringArrayVar(&v.hosts, "allow-remote", nil, "`host` from which files with a URL may be fetched")
	f.BoolVar(&v.json, "json", false, "print the report in JSON")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "print the verdict only")
	_ = cmd.RegisterFlagCompletionFunc("level", cobra.FixedCompletions(levels(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func levels() []string {
	return []string{sign.Trusted.String(), sign.AnyIssuer.String(), sign.Unsigned.String(), sign.NoManifest.String()}
}

// verifyVerb is the verb.
type verifyVerb struct {
	*cli
	trust, crls, publishers, hosts []string
	at, level                      string
	require, sha1, json, quiet     bool
}

func (v *verifyVerb) run(ctx context.Context, args []string) error {
	policy, err := v.policy()
	if err != nil {
		return err
	}
	o := ovf.Options{}
	if len(v.hosts) > 0 {
		o.Fetch = ovf.FetchFrom(nil, v.hosts...)
	}
	report, err := v.verify(ctx, args[0], policy, o)
	var list diag.List
	if err != nil && !errors.As(err, &list) {
		var d *diag.Diagnostic
		if errors.As(err, &d) || ctx.Err() != nil {
			return err
		}
		return &fileError{err}
	}
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

// policy is what the flags ask for.
func (v *verifyVerb) policy() (sign.Policy, error) {
	p := sign.Policy{AllowSHA1: v.sha1}
	var err error
	if p.Level, err = sign.ParseLevel(v.level); err != nil {
		return p, usagef("--level: %w", err)
	}
	if v.require {
		p.Level = min(p.Level, sign.AnyIssuer)
	}
	for _, s := range v.publishers {
		pin, err := sign.ParsePublisher(s)
		if err != nil {
			return p, usagef("--publisher: %w", err)
		}
		p.Publishers = append(p.Publishers, pin)
	}
	if p.Time, err = parseTime(v.at); err != nil {
		return p, err
	}
	if p.Roots, err = v.roots(); err != nil {
		return p, err
	}
	for _, name := range v.crls {
		list, err := readCRL(name)
		if err != nil {
			return p, err
		}
		p.CRLs = append(p.CRLs, list)
	}
	return p, nil
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--at is %s: write a date as 2026-11-22, or a time as 2026-11-22T18:00:00Z", diag.Quote(s))
}

// roots reads the certificates of --trust.
func (v *verifyVerb) roots() (*x509.CertPool, error) {
	if len(v.trust) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if slices.Contains(v.trust, "system") {
		system, err := x509.SystemCertPool()
		if err != nil {
			return nil, &fileError{fmt.Errorf("--trust system: %w", err)}
		}
		pool = system
	}
	for _, name := range v.trust {
		if name == "system" {
			continue
		}
		data, err := readKeyFile(name)
		if err != nil {
			return nil, err
		}
		chain, err := sign.ParseChain(name, data)
		if err != nil {
			return nil, err
		}
		for _, c := range chain {
			pool.AddCert(c)
		}
	}
	return pool, nil
}

// readCRL reads a revocation list, PEM or DER.
func readCRL(name string) (*x509.RevocationList, error) {
	data, err := readKeyFile(name)
	if err != nil {
		return nil, err
	}
	if b, _ := pem.Decode(data); b != nil {
		data = b.Bytes
	}
	list, err := x509.ParseRevocationList(data)
	if err != nil {
		return nil, fmt.Errorf("%s: is no revocation list: %w", name, err)
	}
	return list, nil
}
