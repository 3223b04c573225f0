package ovf

import (
	"context"
	"io"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/qcow2"
	"github.com/ovfkit/ovf/disk/vhd"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

// populate fills in the populatedSize of disks that have none, where their image
// can tell. It is an estimate that nobody has to give (DSP0243 9.1), so an image
// that cannot be read is no error here.
func (d *draft) populate(ctx context.Context) {
	for s := range envelope.All[*envelope.DiskSection](d.env.Section) {
		for i := range s.Disk {
			k := &s.Disk[i]
			if k.PopulatedSize != nil || k.FileRef == nil || k.Format == nil {
				continue
			}
			for _, p := range d.parts {
				if p.file.ID == *k.FileRef && (p.file.Compression == nil || !p.file.Compression.Compressed()) {
					if n, ok := populated(ctx, p.src, envelope.DiskFormatOf(*k.Format)); ok {
						k.PopulatedSize = &n
					}
				}
			}
		}
	}
}

// populated returns how many bytes of its disk an image stores.
func populated(ctx context.Context, s Source, f envelope.DiskFormat) (int64, bool) {
	r, err := s.Open(ctx)
	if err != nil {
		return 0, false
	}
	defer r.Close()
	at, ok := r.(io.ReaderAt)
	if !ok {
		return 0, false
	}
	var m image.Image
	switch f {
	case envelope.FormatVMDK:
		m, err = vmdk.Open(at, s.Size, vmdk.Options{})
	case envelope.FormatVHD:
		m, err = vhd.Open(at, s.Size, image.Limits{})
	case envelope.FormatQCOW2:
		m, err = qcow2.Open(at, s.Size, image.Limits{})
	default:
		return 0, false
	}
	if err != nil {
		return 0, false
	}
	defer m.Close()
	n, err := image.Allocated(m)
	return n, err == nil
}
