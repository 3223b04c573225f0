package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
)

func (c *cli) packCommand() *cobra.Command {
	v := packVerb{packageWrite: packageWrite{cli: c}}
	cmd := &cobra.Command{
		Use:   "pack DESCRIPTOR|DIR -o OUT.ova",
		Short: "Write a descriptor and its files as a package",
		Long: `Pack writes a package from a descriptor and the files that it refers to, which
stand beside it. OUT is an archive if it ends in .ova, standard output if it is -,
else a new folder. The descriptor comes first, then the files in the order of
References, messages before all else, then the manifest and the certificate.

Sizes are filled in: File/@size, and Disk/@populatedSize where there is none. No
other byte of the descriptor changes. The same input gives the same archive.

A manifest that stands beside the descriptor is not taken over, but the files have
to match it: remove it if they were changed on purpose. The certificate is dropped;
--key signs anew.

With --target strict the manifest of OVF 1.x has SHA-1 digests, since that is what
the standard has; ovf verify then asks for --allow-sha1.

With --delta, disks of one size are stored as parents and children, as ovf disk
delta does: what they have in common is in the package only once. The disks become
stream-optimized VMDKs, and DiskSection and References say so. While it runs, it
needs room for them beside OUT.

OUT is written as a whole: until the end it has its old content, and after an
error too.`,
		Example: `  ovf pack petstore.ovf -o petstore.ova
  ovf pack appliance/ -o appliance.ova --key key.pem --cert cert.pem --target vsphere
  ovf pack petstore.ovf -o petstore.ova --key release.p12 --passphrase-file pass.txt
  ovf pack petstore.ovf -o petstore.ova --sign-command "hsm-sign --slot 2" --cert cert.pem
  ovf pack farm.ovf -o farm.ova --delta
  ovf pack petstore.ovf -o - | ssh host "cat > petstore.ova"
  ovf pack petstore.ovf -o petstore.ova --json | jq -r '.files[] | "\(.digest) \(.name)"'`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFiles,
		RunE:              work(v.run),
	}
	v.flags(cmd, "archive (.ova), folder, or - for standard output")
	cmd.Flags().BoolVar(&v.gzip, "gzip", false, "compress the files; not every consumer can read that")
	cmd.Flags().BoolVar(&v.delta, "delta", false, "store what disks of one size have in common only once")
	cmd.MarkFlagsMutuallyExclusive("gzip", "delta") // the disks are compressed already
	return cmd
}

type packVerb struct {
	packageWrite
	gzip, delta bool
}

func (v *packVerb) run(ctx context.Context, args []string) error {
	w, err := v.writer(ctx)
	if err != nil {
		return err
	}
	// the writer makes sizes right
	p, err := v.openPackage(ctx, args[0], ovf.Options{}, "package-file-size")
	if err != nil {
		return err
	}
	defer p.Close()
	if p.Archive() {
		return usagef("%s: is an archive; ovf repack writes it anew", args[0])
	}
	w.Name, w.Gzip = descriptorBase(p), v.gzip
	if p.Certificate().Name != "" && !v.key.given() {
		v.note("%s is not taken over: the package is not signed; --key signs it", p.Certificate().Name)
	}
	if v.delta {
		return v.writeShared(ctx, w, p)
	}
	return v.write(ctx, w, p.Envelope, p.Sources())
}

// writeShared writes a package whose disks are stored as parents and children.
func (v *packVerb) writeShared(ctx context.Context, w *ovf.Writer, p *ovf.Package) error {
	store, err := v.diskStore(v.output, 0)
	if err != nil {
		return err
	}
	defer store.Close()
	disks := disksOf(p)
	disks.resized = true
	env, sources, err := store.sharePackage(ctx, disks)
	if err != nil {
		return err
	}
	v.written.Disks = store.stored
	if err := v.write(ctx, w, env, sources); err != nil || v.json || v.quiet || v.output == stdinName {
		return err
	}
	return v.print(store.text())
}
