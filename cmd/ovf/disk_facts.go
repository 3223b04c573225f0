package main

import (
	"context"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vhd"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// imageFacts is what an image says about itself, in JSON. Sizes are in bytes.
type imageFacts struct {
	Format    string `json:"format"`
	Variant   string `json:"variant,omitempty"` // subformat, as streamOptimized or dynamic
	Capacity  int64  `json:"capacity"`
	FileSize  int64  `json:"fileSize"`
	Allocated int64  `json:"allocated"` // of the disk, before compression
	ID        string `json:"id,omitempty"`
	Parent    string `json:"parent,omitempty"`     // ID of the parent
	Hint      string `json:"parentHint,omitempty"` // its name, as the image tells it; nothing opens it
}

func factsOf(m *imageFile) (imageFacts, error) {
	l := m.Lineage()
	f := imageFacts{Format: m.format.String(), Capacity: m.Size(), FileSize: m.size, ID: l.ID, Parent: l.Parent, Hint: l.Hint}
	switch k := m.Image.(type) {
	case *vmdk.Image:
		f.Variant = string(k.Descriptor().CreateType)
	case *vhd.Image:
		f.Variant = k.Type().String()
	}
	var err error
	f.Allocated, err = image.Allocated(m.Image)
	return f, err
}

// diskFacts is a disk of a package, in JSON. Sizes are in bytes.
type diskFacts struct {
	ID       string     `json:"id"`
	Capacity int64      `json:"capacity,omitempty"`
	Property string     `json:"property,omitempty"` // whose value is the capacity
	Format   string     `json:"format,omitempty"`
	URI      string     `json:"formatUri,omitempty"`
	File     *fileFacts `json:"file,omitempty"`
	Parent   string     `json:"parent,omitempty"`
	Children []string   `json:"children,omitempty"`
	// Chain are the disks that are needed, the base first; Error says why there is none.
	Chain    []string    `json:"chain,omitempty"`
	Error    string      `json:"error,omitempty"`
	Users    []userFacts `json:"users,omitempty"`
	Shared   bool        `json:"shared,omitempty"`
	ReadOnly bool        `json:"readOnly,omitempty"`
}

type fileFacts struct {
	ID   string `json:"id"`
	Href string `json:"href"`
	Size *int64 `json:"size,omitempty"` // as it is stored; left out if it is not known
}

type userFacts struct {
	System   string   `json:"system"`
	Instance string   `json:"instanceId"`
	Name     string   `json:"name,omitempty"`
	Options  []string `json:"options,omitempty"`
}

// packageFacts are the disks of a package, in JSON.
type packageFacts struct {
	File     string      `json:"file"`
	Disks    []diskFacts `json:"disks"`
	Download *loadFacts  `json:"download,omitempty"` // of all disks that devices have
}

type loadFacts struct {
	Bytes    int64 `json:"bytes"`
	Separate int64 `json:"separate"` // if each disk came with parents of its own
	Unknown  int   `json:"unknown,omitempty"`
}

func factsOfPackage(name string, g *disk.Graph) packageFacts {
	out := packageFacts{File: name, Disks: []diskFacts{}}
	for _, d := range g.Disks {
		f := diskFacts{ID: d.ID, Capacity: d.Capacity, Property: d.Property, URI: d.URI, Shared: d.Shared, ReadOnly: d.ReadOnly}
		if d.URI != "" {
			f.Format = d.Format.String()
		}
		if d.File != nil {
			f.File = &fileFacts{ID: d.File.ID, Href: d.File.Href}
			if d.File.Size >= 0 {
				f.File.Size = &d.File.Size
			}
		}
		if d.Parent != nil {
			f.Parent = d.Parent.ID
		}
		for _, c := range d.Children {
			f.Children = append(f.Children, c.ID)
		}
		chain, err := g.Chain(d.ID)
		if err != nil {
			f.Error = err.Error()
		}
		if len(chain) <= maxChainShown {
			for _, c := range chain {
				f.Chain = append(f.Chain, c.ID)
			}
		}
		for _, u := range d.Users {
			f.Users = append(f.Users, userFacts(u))
		}
		out.Disks = append(out.Disks, f)
	}
	if load, err := g.Download(g.Leaves()...); err == nil {
		out.Download = &loadFacts{Bytes: load.Bytes, Separate: load.Separate, Unknown: load.Unknown}
	}
	return out
}

// maxChainShown bounds the output: a chain of n disks would be listed with n(n+1)/2
// names. Longer ones cannot be opened.
const maxChainShown = 64

// each runs a verb on each of some names, and goes on after an error.
func (c *cli) each(ctx context.Context, command string, names []string, f func(name string) error) (status int) {
	for _, name := range names {
		if err := f(name); err != nil {
			status = max(status, c.show(command, diskError(err)))
			if ctx.Err() != nil {
				break
			}
		}
	}
	return status
}
