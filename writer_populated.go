package ovf

import (
	"context"
	"io"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
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
	if !ok || f == envelope.FormatUnknown || f == envelope.FormatRaw || f == envelope.FormatISO {
		return 0, false
	}
	m, err := disk.OpenImage(imageFile{at, s.Size}, f, nil, image.Limits{})
	if err != nil {
		return 0, false
	}
	defer m.Close()
	n, err := image.Allocated(m)
	return n, err == nil
}

// imageFile is an open source as the file of an image.
type imageFile struct {
	io.ReaderAt
	size int64
}

func (f imageFile) Size() int64  { return f.size }
func (f imageFile) Close() error { return nil }
