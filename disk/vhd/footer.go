package vhd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/ovfkit/ovf/disk/image"
)

const (
	sector = image.SectorSize

	footerCookie = "conectix"
	headerCookie = "cxsparse"
	headerSize   = 1024
	version      = 0x00010000
	noOffset     = ^uint64(0)
	unused       = ^uint32(0) // block table entry of a block that is not stored

	minBlock = 4 << 10 // bytes
	maxBlock = 64 << 20

	// maxDisk is the largest disk of the format, 2040 GiB.
	maxDisk = 2040 << 30
)

// Type is the kind of an image, as its footer tells it.
type Type uint32

// The kinds of images.
const (
	Fixed        Type = 2 // all content is stored, in order
	Dynamic      Type = 3 // blocks are stored as needed
	Differencing Type = 4 // as dynamic, the rest is the parent's
)

// String returns "fixed", "dynamic" or "differencing".
func (t Type) String() string {
	switch t {
	case Fixed:
		return "fixed"
	case Dynamic:
		return "dynamic"
	case Differencing:
		return "differencing"
	}
	return fmt.Sprintf("type(%d)", uint32(t))
}

// uuid is a UUID in the order of its text form.
type uuid [16]byte

const uuidPrefix = "uuid:"

func (u uuid) String() string {
	return fmt.Sprintf("%s%x-%x-%x-%x-%x", uuidPrefix, u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// footer is the last sector of every image, and the first one of all that are
// not fixed.
type footer struct {
	features   uint32
	header     uint64 // offset of the dynamic header
	created    uint32 // seconds since 2000
	creator    [4]byte
	creatorVer uint32
	host       [4]byte
	original   uint64 // size when created
	size       uint64
	cylinders  uint16
	heads      uint8
	perTrack   uint8
	kind       Type
	id         uuid
}

// append adds the footer in its stored form, one sector.
func (f footer) append(dst []byte) []byte {
	be := binary.BigEndian
	n := len(dst)
	dst = append(dst, footerCookie...)
	dst = be.AppendUint32(dst, f.features)
	dst = be.AppendUint32(dst, version)
	dst = be.AppendUint64(dst, f.header)
	dst = be.AppendUint32(dst, f.created)
	dst = append(dst, f.creator[:]...)
	dst = be.AppendUint32(dst, f.creatorVer)
	dst = append(dst, f.host[:]...)
	dst = be.AppendUint64(dst, f.original)
	dst = be.AppendUint64(dst, f.size)
	dst = be.AppendUint16(dst, f.cylinders)
	dst = append(dst, f.heads, f.perTrack)
	dst = be.AppendUint32(dst, uint32(f.kind))
	dst = be.AppendUint32(dst, 0) // the checksum
	dst = append(dst, f.id[:]...)
	dst = append(dst, make([]byte, n+sector-len(dst))...)
	be.PutUint32(dst[n+64:], checksum(dst[n:], 64))
	return dst
}

// checksum is the complement of the sum of all bytes but the checksum itself,
// whose place is at.
func checksum(b []byte, at int) uint32 {
	sum := uint32(0)
	for i, c := range b {
		if i < at || i >= at+4 {
			sum += uint32(c)
		}
	}
	return ^sum
}

// parseFooter reads a footer or its copy.
func parseFooter(b []byte, off int64) (footer, error) {
	be := binary.BigEndian
	var f footer
	switch {
	case string(b[:8]) != footerCookie:
		return f, refuse(RuleFooter, off, "%q is not the signature %q of a footer", b[:8], footerCookie)
	case be.Uint32(b[64:]) != checksum(b[:sector], 64):
		return f, refuse(RuleFooter, off+64, "the checksum of the footer is %08x; it should be %08x", be.Uint32(b[64:]), checksum(b[:sector], 64))
	case be.Uint32(b[12:])>>16 != version>>16:
		return f, refuse(RuleFooter, off+12, "version %#x is not supported; 1.0 is", be.Uint32(b[12:]))
	}
	f = footer{
		features:   be.Uint32(b[8:]),
		header:     be.Uint64(b[16:]),
		created:    be.Uint32(b[24:]),
		creator:    [4]byte(b[28:]),
		creatorVer: be.Uint32(b[32:]),
		host:       [4]byte(b[36:]),
		original:   be.Uint64(b[40:]),
		size:       be.Uint64(b[48:]),
		cylinders:  be.Uint16(b[56:]),
		heads:      b[58],
		perTrack:   b[59],
		kind:       Type(be.Uint32(b[60:])),
		id:         uuid(b[68:]),
	}
	if f.kind != Fixed && f.kind != Dynamic && f.kind != Differencing {
		return f, refuse(RuleFooter, off+60, "an image of %s is not supported", f.kind)
	}
	return f, nil
}

// readFooter reads the footer at the end of the file. What stands at the start
// of a fixed disk is content of the disk, which whoever used the disk could have
// made to look like a footer; so the copy there is looked at only if
// the footer at the end says that there is one.
func readFooter(r io.ReaderAt, size int64) (footer, error) {
	var b [sector]byte
	if err := readAt(r, b[:], size-sector, size); err != nil {
		return footer{}, err
	}
	f, err := parseFooter(b[:], size-sector)
	if err != nil || f.kind == Fixed {
		return f, err
	}
	if err := readAt(r, b[:], 0, size); err != nil {
		return f, err
	}
	c, err := parseFooter(b[:], 0)
	if err != nil {
		return f, err
	}
	if c.kind != f.kind || c.size != f.size || c.header != f.header || c.id != f.id {
		return f, refuse(RuleFooter, 0, "the copy of the footer at the start does not agree with the footer")
	}
	return f, nil
}

// dynHeader describes the blocks of an image that is not fixed.
type dynHeader struct {
	table      uint64 // offset of the block table
	entries    uint32
	block      uint32 // bytes
	parent     uuid
	parentName string
}

// append adds the header in its stored form.
func (h dynHeader) append(dst []byte) []byte {
	be := binary.BigEndian
	n := len(dst)
	dst = append(dst, headerCookie...)
	dst = be.AppendUint64(dst, noOffset)
	dst = be.AppendUint64(dst, h.table)
	dst = be.AppendUint32(dst, version)
	dst = be.AppendUint32(dst, h.entries)
	dst = be.AppendUint32(dst, h.block)
	dst = append(dst, make([]byte, n+headerSize-len(dst))...)
	be.PutUint32(dst[n+36:], checksum(dst[n:], 36))
	return dst
}

// readDynHeader reads the dynamic header.
func readDynHeader(r io.ReaderAt, off uint64, size int64) (dynHeader, error) {
	var b [headerSize]byte
	var h dynHeader
	if off > uint64(size) || off%sector != 0 {
		return h, refuse(RuleHeader, 16, "the dynamic header at byte %d is outside of the file of %d bytes", off, size)
	}
	if err := readAt(r, b[:], int64(off), size); err != nil {
		return h, err
	}
	be := binary.BigEndian
	switch {
	case string(b[:8]) != headerCookie:
		return h, refuse(RuleHeader, int64(off), "%q is not the signature %q of a dynamic header", b[:8], headerCookie)
	case be.Uint32(b[36:]) != checksum(b[:], 36):
		return h, refuse(RuleHeader, int64(off)+36, "the checksum of the dynamic header is %08x; it should be %08x", be.Uint32(b[36:]), checksum(b[:], 36))
	case be.Uint32(b[24:])>>16 != version>>16:
		return h, refuse(RuleHeader, int64(off)+24, "version %#x of the dynamic header is not supported; 1.0 is", be.Uint32(b[24:]))
	}
	h = dynHeader{
		table:      be.Uint64(b[16:]),
		entries:    be.Uint32(b[28:]),
		block:      be.Uint32(b[32:]),
		parent:     uuid(b[40:]),
		parentName: parentName(b[64:576]),
	}
	if h.block < minBlock || h.block > maxBlock || h.block&(h.block-1) != 0 {
		return h, refuse(RuleBlockSize, int64(off)+32, "blocks of %d bytes; a power of two from %d to %d is accepted", h.block, minBlock, maxBlock)
	}
	return h, nil
}

// parentName decodes a name in UTF-16 up to the first zero. It is for messages
// only.
func parentName(b []byte) string {
	var u []uint16
	for i := 0; i+1 < len(b); i += 2 {
		c := binary.BigEndian.Uint16(b[i:])
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return strings.ToValidUTF8(string(utf16.Decode(u)), "\ufffd")
}

// readAt reads all of b, which must lie within the file.
func readAt(r io.ReaderAt, b []byte, off, size int64) error {
	if off < 0 || off > size || int64(len(b)) > size-off {
		return refuse(RuleTruncated, max(off, 0), "the file ends at byte %d, before the %d bytes that should be here", size, len(b))
	}
	if n, err := r.ReadAt(b, off); n < len(b) {
		if err == nil || err == io.EOF {
			return refuse(RuleTruncated, off, "only %d of %d bytes could be read", n, len(b))
		}
		return err
	}
	return nil
}

// geometry returns the cylinders, heads and sectors per track that the format
// prescribes for a disk.
func geometry(sectors int64) (cylinders uint16, heads, perTrack uint8) {
	const most = 65535 * 16 * 255
	total := min(sectors, most)
	var c, h, s int64
	if total > 65535*16*63 {
		s, h = 255, 16
		c = total / s
	} else {
		s = 17
		c = total / s
		h = max((c+1023)/1024, 4)
		if c >= h*1024 || h > 16 {
			s, h = 31, 16
			c = total / s
		}
		if c >= h*1024 {
			s, h = 63, 16
			c = total / s
		}
	}
	return uint16(min(c/h, 65535)), uint8(h), uint8(s)
}

// isZero reports whether a UUID is not set.
func (u uuid) isZero() bool { return bytes.Equal(u[:], make([]byte, len(u))) }
