package envelope

import "strings"

// DiskFormat is a family of virtual disk images. The standard leaves the format
// free and asks for a URI of its specification in Disk/@format (DSP0243 5.2);
// one family goes by several URIs.
type DiskFormat uint8

// The families of disk images.
const (
	FormatUnknown DiskFormat = iota // absent, or a URI that no family has
	FormatVMDK
	FormatVHD
	FormatVHDX
	FormatQCOW2
	FormatISO
	FormatRaw
)

// String returns the short name of the family, as "vmdk".
func (f DiskFormat) String() string {
	switch f {
	case FormatVMDK:
		return "vmdk"
	case FormatVHD:
		return "vhd"
	case FormatVHDX:
		return "vhdx"
	case FormatQCOW2:
		return "qcow2"
	case FormatISO:
		return "iso"
	case FormatRaw:
		return "raw"
	}
	return "unknown"
}

// The URIs that producers write in Disk/@format.
const (
	// URIVMDKStream is a stream-optimized VMDK: compressed grains in the order
	// of the disk. It is what vSphere exports and what most consumers want.
	URIVMDKStream = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"
	// URIVMDKSparse is a VMDK that grows on demand.
	URIVMDKSparse = "http://www.vmware.com/specifications/vmdk.html#sparse"
	// URIVMDKMonolithicSparse is the same in one file, descriptor included.
	URIVMDKMonolithicSparse = "http://www.vmware.com/interfaces/specifications/vmdk.html#monolithicSparse"
	// URIVMDKCompressed is the name of stream-optimized VMDK in OVF 0.9.
	URIVMDKCompressed = "http://www.vmware.com/specifications/vmdk.html#compressed"
	// URIVHD is Microsoft's VHD as VirtualBox writes it. Others write the page
	// of the Virtual Server download (XenCenter) or of the TechNet library.
	URIVHD = "http://go.microsoft.com/fwlink/?LinkId=137171"
	// URIQCOW2 is QEMU's qcow2, as oVirt and virt-v2v write it.
	URIQCOW2 = "http://www.gnome.org/~markmc/qcow-image-format.html"
	// URIISO is the image of a CD or DVD, as VirtualBox writes it.
	URIISO = "http://www.ecma-international.org/publications/standards/Ecma-119.htm"
	// URIRaw is an image without a format, as oVirt and virt-v2v write it. It
	// names no specification of a disk format, so strict consumers refuse it.
	URIRaw = "http://en.wikipedia.org/wiki/Byte"
)

// diskFormats pairs a part of a URI, in lower case, with its family. The first
// that matches decides, so vhdx stands before vhd. Microsoft's two addresses do
// not name the format.
var diskFormats = []struct {
	part   string
	format DiskFormat
}{
	{"vmdk", FormatVMDK},
	{"vhdx", FormatVHDX},
	{"vhd", FormatVHD},
	{"go.microsoft.com/fwlink/?linkid=137171", FormatVHD},
	{"technet.microsoft.com/en-us/library/bb676673", FormatVHD},
	{"qcow", FormatQCOW2},
	{"ecma-119", FormatISO},
	{"en.wikipedia.org/wiki/byte", FormatRaw},
}

// DiskFormatOf finds the family that a format URI belongs to. It goes by the
// name of the format in the URI, since producers vary the rest of it: five
// addresses of the VMDK page are in use.
func DiskFormatOf(uri string) DiskFormat {
	low := strings.ToLower(uri)
	for _, f := range diskFormats {
		if strings.Contains(low, f.part) {
			return f.format
		}
	}
	return FormatUnknown
}

// StreamOptimized reports whether the URI names a stream-optimized VMDK, which
// can be read and written front to back but not changed in place.
func StreamOptimized(uri string) bool {
	_, variant, _ := strings.Cut(uri, "#")
	return DiskFormatOf(uri) == FormatVMDK &&
		(strings.EqualFold(variant, "streamOptimized") || strings.EqualFold(variant, "compressed"))
}
