package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
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
	temp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(v.out)), ".ovf-delta-*")
	if err != nil {
		return &fileError{plainPath(v.out, err)}
	}
	defer os.RemoveAll(temp)
	d := &deltaRun{diskDelta: v, temp: temp}
	if isPackage(args[0]) {
		if len(args) > 1 {
			return usagef("give one package, or images only")
		}
		return d.ofPackage(ctx, args[0])
	}
	return d.ofImages(ctx, args)
}

// deltaRun is one run of the verb.
type deltaRun struct {
	*diskDelta
	temp   string
	report deltaReport
}

func (v *deltaRun) ofPackage(ctx context.Context, name string) error {
	p, err := v.openDisks(ctx, name)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.found.Err(); err != nil {
		return err
	}
	ids, drop, replaced := v.choose(p.graph)
	if len(ids) == 0 {
		return fmt.Errorf("%s: has no disks with content", name)
	}
	set, err := disk.OpenSet(ctx, p.graph, ids, p, p.options(nil))
	if err != nil {
		return err
	}
	defer set.Close()
	var sources []disk.Source
	for i, id := range ids {
		sources = append(sources, disk.Source{ID: id, Image: set.Images[i]})
	}
	for _, f := range p.graph.Files {
		if replaced[f] {
			v.report.Before += max(f.Size, 0)
		}
	}
	stored, err := v.store(ctx, sources, disk.DeltaOptions{
		Taken: func(id string) bool { _, ok := p.graph.Disk(id); return ok },
		TakenFile: func(name string) bool {
			return slices.ContainsFunc(p.graph.Files, func(f *disk.FileRef) bool { return !replaced[f] && strings.EqualFold(f.Href, name) })
		},
	})
	if err != nil {
		return err
	}
	env := p.Envelope.Clone()
	disk.Replace(env, stored, drop)
	return v.write(ctx, env, stored, p)
}

// choose returns which disks are stored anew, which are needed no longer, and the
// files that go with either. Shared disks and empty ones stay as they are, and so does
// what they build on.
func (v *deltaRun) choose(g *disk.Graph) (ids, drop []string, replaced map[*disk.FileRef]bool) {
	keep := map[*disk.Disk]bool{}
	content := map[*disk.Disk]bool{}
	for _, d := range g.Disks {
		for a := d; a != nil; a = a.Parent {
			content[d] = content[d] || a.File != nil
			if d.Shared {
				keep[a] = true
			}
		}
	}
	leaves := g.Leaves()
	replaced = map[*disk.FileRef]bool{}
	for _, d := range g.Disks {
		switch {
		case keep[d] || !content[d]:
			continue
		case slices.Contains(leaves, d.ID):
			ids = append(ids, d.ID)
		default:
			drop = append(drop, d.ID)
		}
		if d.File != nil {
			replaced[d.File] = true
		}
	}
	return ids, drop, replaced
}

func (v *deltaRun) ofImages(ctx context.Context, names []string) error {
	var sources []disk.Source
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
		sources = append(sources, disk.Source{ID: id, Image: m.Image})
		v.report.Before += m.size
	}
	stored, err := v.store(ctx, sources, disk.DeltaOptions{})
	if err != nil {
		return err
	}
	env := &envelope.Envelope{Content: &envelope.VirtualSystem{ID: "machine", Info: envelope.Msg{Text: "A machine whose hardware is to be added"}}}
	disk.Replace(env, stored, nil)
	return v.write(ctx, env, stored, nil)
}

// store makes the images in the temporary folder.
func (v *deltaRun) store(ctx context.Context, sources []disk.Source, o disk.DeltaOptions) ([]disk.Stored, error) {
	bar := v.lateProgress("Comparing and storing")
	defer bar.done()
	o.Level, o.Progress = v.level, bar.set
	return disk.Delta(ctx, sources, func(name string) (disk.Output, error) { return os.Create(filepath.Join(v.temp, name)) }, o)
}

// write makes the package of the new images and of the files of the old package,
// if there is one.
func (v *deltaRun) write(ctx context.Context, env *envelope.Envelope, stored []disk.Stored, p *packageDisks) error {
	images := map[string]disk.Stored{} // by href
	for _, s := range stored {
		images[s.File] = s
		v.report.Bytes += s.FileSize
	}
	sources := map[string]ovf.Source{}
	total := int64(0)
	for i := range env.References.File {
		f := &env.References.File[i]
		if s, ok := images[f.Href]; ok {
			path := filepath.Join(v.temp, s.File)
			sources[f.ID] = ovf.Source{Size: s.FileSize, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(path) }}
			total += s.FileSize
		} else if p != nil {
			old, ok := p.File(f.ID)
			if !ok || old.Remote {
				continue // the writer says what it needs
			}
			src := ovf.Source{Size: old.Size, Open: old.Open}
			if f.Compression != nil && f.Compression.Compressed() {
				// The content comes without its compression, and is stored so.
				src.Size, f.Compression, f.Size = -1, nil, nil
				f.Href = strings.TrimSuffix(f.Href, ".gz")
			}
			sources[f.ID] = src
			total += max(old.Size, 0)
		}
	}
	bar := v.progress("Writing "+v.out, total)
	defer bar.Done()
	w := ovf.Writer{Progress: bar.Add}
	var err error
	if strings.EqualFold(filepath.Ext(v.out), ".ova") {
		_, err = w.WriteFile(ctx, v.out, env, sources)
	} else {
		_, err = w.WriteFolder(ctx, v.out, env, sources)
	}
	bar.Done()
	if err != nil {
		return err
	}
	v.report.Package, v.report.Disks = v.out, stored
	return v.say()
}

// say says what was written.
func (v *deltaRun) say() error {
	if v.json {
		b, err := jsonText(v.report)
		if err != nil {
			return err
		}
		return v.print(b)
	}
	var b strings.Builder
	for _, s := range v.report.Disks {
		fmt.Fprintf(&b, "%s: %s", cells.Clean(s.ID), summary.Size(uint64(s.FileSize)))
		if s.Parent != "" {
			fmt.Fprintf(&b, " over %s", cells.Clean(s.Parent))
		}
		if s.Common {
			fmt.Fprint(&b, ", what several disks have in common")
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintf(&b, "%s: disks of %s, made from %s\n", cells.Clean(v.out), summary.Size(uint64(v.report.Bytes)), summary.Size(uint64(v.report.Before)))
	return v.print([]byte(b.String()))
}
