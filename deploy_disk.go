package ovf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/plan"
)

// disk gives a drive its image: that of an earlier deployment, or one to be made.
// Machines that share a disk share its image; otherwise each has its own, also where
// several name one disk (DSP0243 9.1).
func (d *deployment) disk(ctx context.Context, drive plan.DiskDrive, folder string, shared map[string]plan.DriveLayout) (plan.DriveLayout, error) {
	out := plan.DriveLayout{InstanceID: drive.InstanceID, Disk: drive.Disk, Format: d.o.Format.String()}
	v, ok := d.virtualDisk(drive.Disk)
	if !ok {
		return out, fmt.Errorf("the plan has no disk %s", diag.Quote(drive.Disk))
	}
	out.Size, out.Shared, out.ReadOnly = v.Capacity, v.Shared, v.ReadOnly
	if v.Shared {
		if made, ok := shared[v.ID]; ok {
			made.InstanceID = drive.InstanceID
			return made, nil
		}
		folder = "shared"
		if err := d.folder.MkdirAll(folder, 0o700); err != nil {
			return out, err
		}
	}
	out.Path = d.name(folder, v.ID, d.o.Format.Ext())
	out.Source = d.sourceOf(v)
	if !d.keep(out) {
		f, err := d.create(out.Path)
		if err != nil {
			return out, err
		}
		if err := f.Close(); err != nil {
			return out, err
		}
		d.images = append(d.images, pending{drive: out})
	}
	if v.Shared {
		shared[v.ID] = out
	}
	return out, nil
}

func (d *deployment) virtualDisk(id string) (*plan.Disk, bool) {
	for i := range d.plan.Disks {
		if d.plan.Disks[i].ID == id {
			return &d.plan.Disks[i], true
		}
	}
	return nil, false
}

// keep takes the image of an earlier deployment over, if it was made of the same.
func (d *deployment) keep(out plan.DriveLayout) bool {
	if out.Source == "" || len(d.kept[out.Source+" "+out.Path]) == 0 {
		return false
	}
	return d.folder.Keep(out.Path, out.Path) == nil
}

// sourceOf names the content of a disk and its form, so that the same name means
// the same image. It is empty where the package has no digests to go by.
func (d *deployment) sourceOf(v *plan.Disk) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n", d.o.Format, v.Capacity)
	for at := v; at != nil; {
		fmt.Fprintf(h, "%q %d\n", at.Format, at.Capacity)
		if at.File != "" && !d.digests(h, at.File) {
			return ""
		}
		if at.Parent == "" {
			break
		}
		parent, ok := d.virtualDisk(at.Parent)
		if !ok {
			return ""
		}
		at = parent
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digests writes what the manifest says of a file; false if it says nothing.
func (d *deployment) digests(w io.Writer, id string) bool {
	f, ok := d.plan.pkg.File(id)
	if !ok {
		return false
	}
	fmt.Fprintf(w, "%q\n", f.Compression)
	for _, s := range f.stored {
		e, ok := d.plan.pkg.entry(s.name, f.Href)
		if !ok {
			return false
		}
		fmt.Fprintf(w, "%s %x\n", e.Algorithm, e.Digest)
	}
	return len(f.stored) > 0
}

// medium gives a CD drive its image: a copy of a file of the package.
func (d *deployment) medium(ctx context.Context, drive plan.DiskDrive, folder string, shared map[string]plan.DriveLayout) (plan.DriveLayout, error) {
	if drive.Disk != "" {
		return d.disk(ctx, drive, folder, shared)
	}
	out := plan.DriveLayout{InstanceID: drive.InstanceID, File: drive.File, Format: disk.Raw.String(), ReadOnly: true}
	file, ok := d.plan.pkg.File(drive.File)
	if !ok {
		return out, &FileError{ID: drive.File, Err: errNoFile}
	}
	out.Path = d.name(folder, drive.File, ".iso")
	r, err := file.Open(ctx)
	if err != nil {
		return out, err
	}
	defer r.Close()
	f, err := d.create(out.Path)
	if err != nil {
		return out, err
	}
	n, err := io.Copy(f, r)
	out.Size = uint64(n)
	return out, errors.Join(err, f.Close())
}

// flatten makes the images that are not there yet, those of one parent in one pass.
func (d *deployment) flatten(ctx context.Context) error {
	graph, _ := disk.NewGraph(d.plan.pkg.Envelope) // what is wrong shows where it is needed
	var targets []disk.Target
	defer func() {
		for i := range d.images {
			if f := d.images[i].file; f != nil {
				f.Close()
			}
		}
	}()
	for i := range d.images {
		p := &d.images[i]
		f, err := d.folder.OpenFile(p.drive.Path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		p.file = f
		if v, _ := d.virtualDisk(p.drive.Disk); v.File == "" && v.Parent == "" {
			if err := writeBlank(func(size int64) (image.Writer, error) { return d.writer(p, size) }, p.drive.Size); err != nil {
				return fmt.Errorf("disk %s: %w", diag.Quote(v.ID), err)
			}
			continue
		}
		targets = append(targets, disk.Target{Disk: p.drive.Disk, Create: func(size int64) (image.Writer, error) { return d.writer(p, size) }})
	}
	if len(targets) > 0 {
		if err := disk.Flatten(ctx, graph, d.plan.pkg, disk.Options{Progress: d.o.Progress}, targets...); err != nil {
			return err
		}
	}
	for i := range d.images {
		f := d.images[i].file
		d.images[i].file = nil
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (d *deployment) writer(p *pending, size int64) (image.Writer, error) {
	return disk.NewWriter(p.file, d.o.Format, size, disk.WriterOptions{Name: path.Base(p.drive.Path)})
}
