package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
)

func (c *cli) diskDeltaCommand() *cobra.Command {
	v := diskDelta{cli: c}
	cmd := &cobra.Command{
		Use:   "delta PKG|IMAGE... -o OUT",
		Short: "Store what disks have in common only once",
		Long: `Delta rewrites a package so that its disks take the least space together: of
disks of one size it compares blocks of 64 KiB, makes each the child of the one it
shares most with, or of a new parent, and stores in a child what differs. The disks
become stream-optimized VMDKs; DiskSection, References and manifest are written
anew, everything else stays. A signature is not kept: sign the result.

From images it makes a package with these disks, whose machines are to be added.

OUT is an .ova, or a new folder; it is complete or not there. Beside it there must
be room for the images a second time.`,
		Example: `  ovf disk delta petstore.ova -o smaller.ova
  ovf disk delta web.qcow2 db.qcow2 cache.qcow2 -o disks/`,
		Args: cobra.MinimumNArgs(1),
		RunE: work(v.run),
	}
	cmd.Flags().StringVarP(&v.out, "output", "o", "", "the package to write, an .ova or a folder")
	cmd.Flags().StringVar(&v.from, "from", "", "format of the images: vmdk, vhd, qcow2, iso or raw")
	cmd.Flags().IntVar(&v.level, "level", 0, "compression, 1 (fastest) to 9 (smallest); the default is 8")
	cmd.Flags().BoolVar(&v.json, "json", false, "print JSON")
	_ = cmd.MarkFlagRequired("output")
	return cmd
}

// diskDelta is the verb.
type diskDelta struct {
	*cli
	out, from string
	level     int
	json      bool
}

// deltaReport is what was written, in JSON. Sizes are in bytes.
type deltaReport struct {
	Package string        `json:"package"`
	Disks   []disk.Stored `json:"disks"`
	Bytes   int64         `json:"bytes"`  // of the files of these disks
	Before  int64         `json:"before"` // of the files they were made from
}

func (v *diskDelta) run(ctx context.Context, args []string) error {
	if v.level < 0 || v.level > 9 {
		return usagef("--level is %d: use 1 to 9", v.level)
	}
	store, err := v.diskStore(v.out, v.level)
	if err != nil {
		return err
	}
	defer store.Close()
	if !isPackage(args[0]) {
		return v.ofImages(ctx, store, args)
	}
	if len(args) > 1 {
		return usagef("give one package, or images only")
	}
	p, err := v.openDisks(ctx, args[0])
	if err != nil {
		return err
	}
	defer p.Close()
	env, sources, err := store.sharePackage(ctx, p)
	if err != nil {
		return err
	}
	return v.write(ctx, store, env, sources)
}

func (v *diskDelta) ofImages(ctx context.Context, store *diskStore, names []string) error {
	var images []disk.Source
	ids := map[string]bool{}
	for _, name := range names {
		m, err := openImage(name, v.from)
		if err != nil {
			return err
		}
		defer m.Close()
		stem := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		id := stem
		for n := 2; ids[id]; n++ {
			id = fmt.Sprintf("%s-%d", stem, n)
		}
		ids[id] = true
		images = append(images, disk.Source{ID: id, Image: m.Image})
		store.before += m.size
	}
	if err := store.share(ctx, images, disk.DeltaOptions{}); err != nil {
		return err
	}
	env := &envelope.Envelope{Content: &envelope.VirtualSystem{ID: "machine", Info: envelope.Msg{Text: "A machine whose hardware is to be added"}}}
	disk.Replace(env, store.stored, nil)
	return v.write(ctx, store, env, store.sources(env))
}

// write writes the package and says what it has.
func (v *diskDelta) write(ctx context.Context, store *diskStore, env *envelope.Envelope, sources map[string]ovf.Source) error {
	if _, err := v.writePackage(ctx, &ovf.Writer{}, v.out, env, sources); err != nil {
		return err
	}
	if v.json {
		b, err := jsonText(deltaReport{Package: v.out, Disks: store.stored, Bytes: store.size(), Before: store.before})
		if err != nil {
			return err
		}
		return v.print(b)
	}
	return v.print(fmt.Appendf(nil, "%s%s: written\n", store.text(), cells.Clean(v.out)))
}
