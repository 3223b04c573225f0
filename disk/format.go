package disk

import (
	"fmt"
	"io"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/qcow2"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vhd"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

// Format is a form of disk image that can be written. The zero value is invalid.
type Format uint8

// The formats that can be written.
const (
	Raw      Format = iota + 1 // the content byte for byte
	VMDK                       // stream-optimized VMDK, the usual one in packages
	QCOW2                      // qcow2 version 3
	VHD                        // dynamic VHD
	VHDFixed                   // fixed VHD: the content and a footer
)

// formats describes each Format; the index is its value.
var formats = [...]struct {
	name, ext, uri string
	family         envelope.DiskFormat
}{
	Raw:      {"raw", ".raw", envelope.URIRaw, envelope.FormatRaw},
	VMDK:     {"vmdk", ".vmdk", envelope.URIVMDKStream, envelope.FormatVMDK},
	QCOW2:    {"qcow2", ".qcow2", envelope.URIQCOW2, envelope.FormatQCOW2},
	VHD:      {"vhd", ".vhd", envelope.URIVHD, envelope.FormatVHD},
	VHDFixed: {"vhd-fixed", ".vhd", envelope.URIVHD, envelope.FormatVHD},
}

// Formats returns the formats that can be written.
func Formats() []Format { return []Format{Raw, VMDK, QCOW2, VHD, VHDFixed} }

// ParseFormat finds a format by its name: raw, vmdk, qcow2, vhd or vhd-fixed.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if f.String() == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%s is no format that can be written: use raw, vmdk, qcow2, vhd or vhd-fixed", diag.Quote(name))
}

func (f Format) valid() bool { return f > 0 && int(f) < len(formats) }

// String returns the name that [ParseFormat] reads.
func (f Format) String() string {
	if !f.valid() {
		return fmt.Sprintf("Format(%d)", uint8(f))
	}
	return formats[f].name
}

// Ext returns the usual ending of file names, with its dot.
func (f Format) Ext() string {
	if !f.valid() {
		return ""
	}
	return formats[f].ext
}

// URI returns what Disk/@format says for the format (DSP0243 5.2).
func (f Format) URI() string {
	if !f.valid() {
		return ""
	}
	return formats[f].uri
}

// Family returns the family of formats that it belongs to.
func (f Format) Family() envelope.DiskFormat {
	if !f.valid() {
		return envelope.FormatUnknown
	}
	return formats[f].family
}

// FormatByName guesses the family of an image from the ending of its file name,
// for images that no descriptor is about: .vmdk, .vhd, .vpc, .qcow2, .iso, .raw,
// .img and .dd. Anything else is [envelope.FormatUnknown].
func FormatByName(file string) envelope.DiskFormat {
	i := strings.LastIndexByte(file, '.')
	if i < 0 {
		return envelope.FormatUnknown
	}
	switch strings.ToLower(file[i+1:]) {
	case "vmdk":
		return envelope.FormatVMDK
	case "vhd", "vpc":
		return envelope.FormatVHD
	case "vhdx":
		return envelope.FormatVHDX
	case "qcow2":
		return envelope.FormatQCOW2
	case "iso":
		return envelope.FormatISO
	case "raw", "img", "dd":
		return envelope.FormatRaw
	}
	return envelope.FormatUnknown
}

// WriterOptions adjusts [NewWriter] and [NewStreamWriter]. The zero value is ready to use.
type WriterOptions struct {
	// Level is the compression level of a VMDK, 1 (fastest) to 9 (smallest); 0
	// stands for [vmdk.DefaultLevel].
	Level int
	// Compress compresses a qcow2 image; VMDKs always are, the others never.
	Compress bool
	// Workers is how many goroutines compress; 0 stands for one per processor,
	// at most 8. The output does not depend on it.
	Workers int
	// Lineage makes a VMDK the child of another one; see [vmdk.WriterOptions].
	// Children in other formats are not written.
	Lineage image.Lineage
	// Name is the file name of the image, which a VMDK holds for show.
	Name string
}

// NewWriter returns a writer of an image in the format f of a disk of size bytes.
// file is empty and stays open after the writer is closed.
func NewWriter(file image.Output, f Format, size int64, o WriterOptions) (image.Writer, error) {
	if err := o.check(f); err != nil {
		return nil, err
	}
	switch f {
	case Raw:
		return writer(raw.NewFileWriter(file, size))
	case VMDK:
		return writer(vmdk.NewFileWriter(file, size, o.vmdk()))
	case QCOW2:
		return writer(qcow2.NewWriter(file, size, qcow2.WriterOptions{Compress: o.Compress, Workers: o.Workers}))
	case VHD:
		return writer(vhd.NewWriter(file, size, vhd.WriterOptions{}))
	default: // VHDFixed, says check
		return writer(vhd.NewFixedWriter(file, size, vhd.WriterOptions{}))
	}
}

// NewStreamWriter is as [NewWriter], for an output that can only be appended to, as
// a pipe or the connection to a server. Only raw disks and VMDKs can be made so;
// the error for other formats is [ErrNeedsFile].
func NewStreamWriter(out io.Writer, f Format, size int64, o WriterOptions) (image.Writer, error) {
	if err := o.check(f); err != nil {
		return nil, err
	}
	switch f {
	case Raw:
		return writer(raw.NewWriter(out, size))
	case VMDK:
		return writer(vmdk.NewWriter(out, size, o.vmdk()))
	}
	return nil, fmt.Errorf("an image in the format %s: %w", f, ErrNeedsFile)
}

func (o WriterOptions) vmdk() vmdk.WriterOptions {
	return vmdk.WriterOptions{Level: o.Level, Workers: o.Workers, Lineage: o.Lineage, Name: o.Name}
}

func (o WriterOptions) check(f Format) error {
	switch {
	case !f.valid():
		return fmt.Errorf("%v is no format that can be written", f)
	case f != VMDK && o.Lineage != (image.Lineage{}):
		return fmt.Errorf("a child or named image in the format %v is not written; only a VMDK can be one", f)
	case o.Level != 0 && f != VMDK:
		return fmt.Errorf("the format %v has no compression levels; only vmdk has", f)
	case o.Compress && f != QCOW2 && f != VMDK:
		return fmt.Errorf("the format %v has no compression; vmdk and qcow2 have", f)
	}
	return nil
}

// writer hides a nil pointer of a failed constructor from the interface.
func writer[W image.Writer](w W, err error) (image.Writer, error) {
	if err != nil {
		return nil, err
	}
	return w, nil
}
