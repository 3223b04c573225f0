package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/qcow2"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vhd"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

// OpenImage opens the image in f, which is declared to be in a format; its header
// must agree. extent opens the files that a VMDK of several files names; nil refuses
// these. The caller closes the image and, after it, f.
//
// Of what is declared raw nothing is verified: the bytes of a disk may look like
// anything.
func OpenImage(f File, declared envelope.DiskFormat, extent func(name string) (File, error), l image.Limits) (image.Image, error) {
	size := f.Size()
	seen, err := headerOf(f, size)
	if err != nil {
		return nil, err
	}
	switch declared {
	case envelope.FormatRaw:
		return opened(raw.Open(f, size))
	case envelope.FormatISO:
		if seen != envelope.FormatISO {
			return nil, mismatch(declared, seen)
		}
		return opened(raw.Open(f, size))
	case envelope.FormatVMDK, envelope.FormatVHD, envelope.FormatQCOW2:
		if seen != declared && seen != envelope.FormatUnknown {
			return nil, mismatch(declared, seen)
		}
	case envelope.FormatVHDX:
		return nil, unsupported(declared, "convert it, for instance with qemu-img convert -f vhdx -O vmdk")
	default:
		return nil, unsupported(declared, "declare the format of the image")
	}
	switch declared {
	case envelope.FormatVHD:
		return opened(vhd.Open(f, size, l))
	case envelope.FormatQCOW2:
		return opened(qcow2.Open(f, size, l))
	}
	o := vmdk.Options{Limits: l}
	if extent != nil {
		o.Extent = func(name string) (vmdk.ExtentFile, error) { return extent(name) }
	}
	return opened(vmdk.Open(f, size, o))
}

func opened[M image.Image](m M, err error) (image.Image, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}

func mismatch(declared, seen envelope.DiskFormat) error {
	what := "something else"
	if seen != envelope.FormatUnknown {
		what = seen.String()
	}
	return &image.Error{Format: declared.String(), Rule: RuleImageFormat, Offset: 0,
		Detail: fmt.Sprintf("the image is declared as %s and its header is that of %s", declared, what), Hint: "declare the format that it has"}
}

func unsupported(declared envelope.DiskFormat, hint string) error {
	return &image.Error{Format: declared.String(), Rule: RuleImageSupported, Offset: -1, Detail: fmt.Sprintf("images in the format %s are not read", declared), Hint: hint}
}

// signatures are the first bytes of images. What has none of them is a raw disk or a VHD,
// whose signature is at its end.
var signatures = []struct {
	at     int64
	magic  string
	format envelope.DiskFormat
}{
	{0, "KDMV", envelope.FormatVMDK},
	{0, "COWD", envelope.FormatVMDK},
	{0, "# Disk DescriptorFile", envelope.FormatVMDK},
	{0, "QFI\xfb", envelope.FormatQCOW2},
	{0, "vhdxfile", envelope.FormatVHDX},
	{32769, "CD001", envelope.FormatISO},
	{32769, "BEA01", envelope.FormatISO}, // UDF alone, as on DVDs
}

// headerOf returns the format that a header claims. It serves to refuse, never to
// choose how a file is read.
func headerOf(f io.ReaderAt, size int64) (envelope.DiskFormat, error) {
	for _, s := range signatures {
		ok, err := hasMagic(f, s.at, size, s.magic)
		if ok || err != nil {
			return s.format, err
		}
	}
	if ok, err := hasMagic(f, size-512, size, "conectix"); ok || err != nil {
		return envelope.FormatVHD, err
	}
	return envelope.FormatUnknown, nil
}

func hasMagic(f io.ReaderAt, at, size int64, magic string) (bool, error) {
	if at < 0 || at+int64(len(magic)) > size {
		return false, nil
	}
	b := make([]byte, len(magic))
	if n, err := f.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return false, fmt.Errorf("reading the header: %w", err)
	}
	return bytes.Equal(b, []byte(magic)), nil
}
