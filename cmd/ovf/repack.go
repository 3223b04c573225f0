package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
)

func (c *cli) repackCommand() *cobra.Command {
	v := repackVerb{packageWrite: packageWrite{cli: c}}
	cmd := &cobra.Command{
		Use:   "repack PKG -o OUT",
		Short: "Write a package in another form",
		Long: `Repack writes a package anew, in the form that most consumers take: compressed
files plain, chunks as whole files, digests by SHA-256, headers as ustar, the
descriptor first. PKG is an archive, a folder, or a URL; OUT is an archive if it
ends in .ova, standard output if it is -, else a new folder.

--keep-gzip and --keep-chunks leave those as they are; --chunk-size cuts anew. Of the
descriptor only what these concern changes.

The files are checked with the manifest of PKG on the way. A signature does not
survive, since the manifest changes: give --key to sign anew, or --drop-signature.`,
		Example: `  ovf repack download.ova -o plain.ova
  ovf repack old.ova -o new.ova --target vsphere --key key.pem --cert cert.pem
  ovf repack petstore.ova -o petstore/ --drop-signature
  ovf repack petstore/ -o petstore.ova --chunk-size 2GiB`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	v.flags(cmd, "archive (.ova), folder, or - for standard output")
	f := cmd.Flags()
	f.BoolVar(&v.drop, "drop-signature", false, "write the package without a signature")
	f.BoolVar(&v.gzip, "keep-gzip", false, "leave compressed files compressed")
	f.BoolVar(&v.chunks, "keep-chunks", false, "leave files in their chunks")
	cmd.MarkFlagsMutuallyExclusive("drop-signature", "key")
	cmd.MarkFlagsMutuallyExclusive("drop-signature", "sign-command")
	cmd.MarkFlagsMutuallyExclusive("keep-chunks", "chunk-size")
	return cmd
}

type repackVerb struct {
	packageWrite
	drop, gzip, chunks bool
}

func (v *repackVerb) run(ctx context.Context, args []string) error {
	w, err := v.writer(ctx)
	if err != nil {
		return err
	}
	p, err := v.openPackage(ctx, args[0], ovf.Options{}, "")
	if err != nil {
		return err
	}
	defer p.Close()
	if p.Certificate().Name != "" && !v.key.given() && !v.drop {
		return usagef("%s: is signed, and the signature does not fit what is written: give --key to sign anew, or --drop-signature", args[0])
	}
	w.Name = descriptorBase(p)
	if w.ChunkSize == 0 && !v.chunks {
		w.ChunkSize = -1
	}
	env, sources := p.Envelope, p.Sources()
	if !v.gzip {
		env, sources = p.Plain()
	}
	return v.write(ctx, w, env, sources)
}
