package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/sign"
)

func (c *cli) signCommand() *cobra.Command {
	v := signVerb{packageWrite: packageWrite{cli: c}}
	cmd := &cobra.Command{
		Use:   "sign PKG --key FILE --cert FILE",
		Short: "Sign a package",
		Long: `Sign adds a signature to a package, or replaces the one it has: the certificate
file, beside a manifest, which is made if there is none. All files are compared
with the manifest first, and a package that does not match is not signed; after an
edit --renew makes the manifest anew.

PKG is an archive, which is written anew to OUT or to its own place, or a folder or
descriptor, which gets the two files.

The key is a PEM file or a PKCS #12 file (.p12, .pfx), or a command that signs for
it, as for a hardware module. The passphrase of a key comes from --passphrase-file,
from the variable ` + passphraseVariable + `, or is asked for at the terminal.`,
		Example: `  ovf sign petstore.ova --key key.pem --cert cert.pem
  ovf sign petstore.ova -o signed.ova --key release.p12 --passphrase-file pass.txt
  ovf set petstore/petstore.ovf --in-place --product-version 2.2 &&
      ovf sign petstore/ --renew --key key.pem --cert cert.pem
  ovf sign petstore.ova --cert cert.pem \
      --sign-command "openssl dgst -sha256 -sign key.pem"`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
	}
	f := cmd.Flags()
	f.StringVarP(&v.output, "output", "o", "", "archive to write, in place of PKG itself")
	f.StringVar(&v.sha, "sha", "", "digest of the signature, and of a new manifest: 1, 256, 384 or 512 (default 256)")
	f.BoolVar(&v.renew, "renew", false, "make the manifest anew, as after an edit")
	f.BoolVar(&v.first, "manifest-first", false, "put manifest and certificate behind the descriptor of an archive")
	f.BoolVar(&v.json, "json", false, "print JSON")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "show errors only")
	v.key.flags(cmd)
	cmd.MarkFlagsOneRequired("key", "sign-command")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := v.key.check(); err != nil {
			return err
		}
		return work(v.run)(cmd, args)
	}
	return cmd
}

type signVerb struct {
	packageWrite
	renew bool
}

func (v *signVerb) run(ctx context.Context, args []string) error {
	s := ovf.Signing{Renew: v.renew, First: v.first}
	var err error
	if s.Digest, err = parseSHA(v.sha); err != nil {
		return err
	}
	if s.Key, s.Chain, err = v.loadKey(ctx, &v.key); err != nil {
		return err
	}
	bar := &progress{}
	p, err := v.openPackage(ctx, args[0], ovf.Options{Progress: func(n int64) { bar.Add(n) }}, "")
	if err != nil {
		return err
	}
	defer p.Close()
	out, total := "", p.Size()
	if p.Archive() {
		total *= 2 // read, and written anew
		if out = args[0]; v.output != "" {
			out = v.output
		}
	} else if v.output != "" {
		return usagef("-o is for archives: %s gets its signature in its place", args[0])
	}
	bar = v.progress("signing", total)
	defer bar.Done()
	manifest, certificate, err := p.Sign(ctx, out, s)
	bar.Done()
	switch {
	case errors.Is(err, ovf.ErrNotLocal):
		return usagef("%s: %w", args[0], err)
	case err != nil:
		return v.staleHint(err)
	case v.quiet:
		return nil
	case !v.json:
		return v.print(fmt.Appendf(nil, "%s: signed by %s\n", cells.Clean(certificate), diag.Quote(s.Chain[0].Subject.String())))
	}
	text, err := json.MarshalIndent(struct {
		Package     string `json:"package"`
		Manifest    string `json:"manifest"`
		Certificate string `json:"certificate"`
		Signer      string `json:"signer"`
	}{args[0], manifest, certificate, s.Chain[0].Subject.String()}, "", "  ")
	if err != nil {
		return err
	}
	return v.print(append(text, '\n'))
}

// staleHint adds what to do when the manifest does not match.
func (v *signVerb) staleHint(err error) error {
	var wrong *sign.DigestError
	if errors.As(err, &wrong) && !v.quiet {
		v.note("if the package was edited on purpose, --renew makes the manifest anew")
	}
	return err
}
