package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/atomicfile"
)

// diskStore stores disks as parents and children, in temporary files.
type diskStore struct {
	*cli
	level   int
	scratch *atomicfile.Scratch
	stored  []disk.Stored
	before  int64 // bytes of the files that the disks were in
}

// diskStore makes a store for the package out; standard output has its temporary
// files in the folder of the system. The caller closes it when the package is written.
func (c *cli) diskStore(out string, level int) (*diskStore, error) {
	if out == stdinName {
		out = filepath.Join(os.TempDir(), "ovf-disks")
	}
	scratch, err := atomicfile.CreateScratch(out)
	if err != nil {
		return nil, &fileError{err}
	}
	return &diskStore{cli: c, level: level, scratch: scratch}, nil
}

func (s *diskStore) Close() { s.scratch.Remove() }

// share stores images.
func (s *diskStore) share(ctx context.Context, images []disk.Source, o disk.DeltaOptions) (err error) {
	bar := s.lateProgress("Comparing and storing")
	defer bar.done()
	o.Level, o.Progress = s.level, bar.set
	s.stored, err = disk.Delta(ctx, images, func(name string) (disk.Output, error) { return s.scratch.Create(name) }, o)
	return err
}

// sources returns the contents of the files that the disks are in now, by their ids
// in env.
func (s *diskStore) sources(env *envelope.Envelope) map[string]ovf.Source {
	out := map[string]ovf.Source{}
	for _, f := range env.References.File {
		if i := slices.IndexFunc(s.stored, func(st disk.Stored) bool { return st.File == f.Href }); i >= 0 {
			st := s.stored[i]
			out[f.ID] = ovf.Source{Size: st.FileSize, Open: func(context.Context) (io.ReadCloser, error) { return s.scratch.Open(st.File) }}
		}
	}
	return out
}

// sharePackage stores the disks of a package. It returns the descriptor and the
// contents for the new one, in which all else is as it was.
func (s *diskStore) sharePackage(ctx context.Context, p *packageDisks) (*envelope.Envelope, map[string]ovf.Source, error) {
	if err := p.found.Err(); err != nil {
		return nil, nil, err
	}
	ids, drop, replaced := shareable(p.graph)
	if len(ids) == 0 {
		return nil, nil, fmt.Errorf("%s: has no disks with content", p.Name())
	}
	set, err := disk.OpenSet(ctx, p.graph, ids, p, p.options(nil))
	if err != nil {
		return nil, nil, err
	}
	defer set.Close()
	var images []disk.Source
	for i, id := range ids {
		images = append(images, disk.Source{ID: id, Image: set.Images[i]})
	}
	for _, f := range p.graph.Files {
		if replaced[f] {
			s.before += max(f.Size, 0)
		}
	}
	err = s.share(ctx, images, disk.DeltaOptions{
		Taken: func(id string) bool { _, ok := p.graph.Disk(id); return ok },
		TakenFile: func(name string) bool {
			return slices.ContainsFunc(p.graph.Files, func(f *disk.FileRef) bool { return !replaced[f] && strings.EqualFold(f.Href, name) })
		},
	})
	if err != nil {
		return nil, nil, err
	}
	env, sources := p.Envelope.Clone(), p.Sources()
	disk.Replace(env, s.stored, drop)
	for id, src := range s.sources(env) {
		sources[id] = src
	}
	return env, sources, nil
}

// shareable returns which disks are stored anew, which are needed no longer, and the
// files that go with either. Shared disks and empty ones stay as they are, and so does
// what they build on.
func shareable(g *disk.Graph) (ids, drop []string, replaced map[*disk.FileRef]bool) {
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

// size is what the files of the disks take now, in bytes.
func (s *diskStore) size() (n int64) {
	for _, st := range s.stored {
		n += st.FileSize
	}
	return n
}

// text tells how the disks are stored, one line for each, and what all take.
func (s *diskStore) text() []byte {
	var b []byte
	for _, st := range s.stored {
		b = fmt.Appendf(b, "%s: %s", cells.Clean(st.ID), summary.Size(uint64(st.FileSize)))
		if st.Parent != "" {
			b = fmt.Appendf(b, " over %s", cells.Clean(st.Parent))
		}
		if st.Common {
			b = append(b, ", what several disks have in common"...)
		}
		b = append(b, '\n')
	}
	return fmt.Appendf(b, "disks of %s, made from %s\n", summary.Size(uint64(s.size())), summary.Size(uint64(s.before)))
}
