package qcow2

import (
	"encoding/binary"
	"io"

	"github.com/ovfkit/ovf/disk/image"
)

const (
	sector = image.SectorSize
	magic  = "QFI\xfb"

	headerSize   = 104        // of version 3, without what may follow
	headerSizeV2 = 72         // of version 2
	dataFileExt  = 0x44415441 // header extension "DATA": name of an external data file

	minClusterBits = 9
	maxClusterBits = 21

	featureDirty       = 1 << 0 // reference counts may be wrong, which reading does not need
	featureCorrupt     = 1 << 1
	featureDataFile    = 1 << 2
	featureCompression = 1 << 3 // there is a compression type
	featureExtendedL2  = 1 << 4

	entryCopied     = 1 << 63
	entryCompressed = 1 << 62
	entryZero       = 1 << 0
	entryOffset     = 0x00fffffffffffe00
)

// header is the start of an image.
type header struct {
	version     uint32
	clusterBits uint32
	size        uint64
	l1Size      uint32 // entries
	l1Offset    uint64
}

// readHeader reads a header and refuses whatever leads out of the file or
// cannot be read, before anything else looks at the image.
func readHeader(r io.ReaderAt, size int64, l image.Limits) (header, error) {
	b := make([]byte, min(headerSize+8, size))
	if err := readAt(r, b, 0, size); err != nil {
		return header{}, err
	}
	if len(b) < 4 || string(b[:4]) != magic {
		return header{}, refuse(RuleHeader, 0, "%q is not the signature %q of a qcow2 image", b[:min(len(b), 4)], magic)
	}
	if len(b) < headerSizeV2 {
		return header{}, refuse(RuleTruncated, 0, "the file of %d bytes ends within the header", size)
	}
	be := binary.BigEndian
	h := header{
		version:     be.Uint32(b[4:]),
		clusterBits: be.Uint32(b[20:]),
		size:        be.Uint64(b[24:]),
		l1Size:      be.Uint32(b[36:]),
		l1Offset:    be.Uint64(b[40:]),
	}
	backing, backingLen, crypt := be.Uint64(b[8:]), be.Uint32(b[16:]), be.Uint32(b[32:])
	switch {
	case h.version != 2 && h.version != 3:
		return h, refuse(RuleHeader, 4, "version %d is not supported; 2 and 3 are", h.version)
	case backing != 0 || backingLen != 0:
		err := refuse(RuleBackingFile, 8, "the image names a backing file")
		err.Hint = "make it stand alone with: qemu-img convert -O qcow2"
		return h, err
	case crypt != 0:
		return h, refuse(RuleEncrypted, 32, "the image is encrypted with method %d", crypt)
	case h.clusterBits < minClusterBits || h.clusterBits > maxClusterBits:
		return h, refuse(RuleHeader, 20, "clusters of 2^%d bytes; 2^%d to 2^%d are accepted", h.clusterBits, minClusterBits, maxClusterBits)
	case h.size == 0 || h.size%sector != 0 || h.size > uint64(l.MaxSize):
		return h, refuse(RuleSize, 24, "a disk of %d bytes; multiples of %d up to %d are accepted", h.size, sector, l.MaxSize)
	}
	extensions := int64(headerSizeV2)
	if h.version == 3 {
		if len(b) < headerSize {
			return h, refuse(RuleTruncated, 0, "the file of %d bytes ends within the header", size)
		}
		extensions = int64(be.Uint32(b[100:]))
		if err := checkFeatures(b, extensions); err != nil {
			return h, err
		}
	}
	return h, checkExtensions(r, extensions, int64(1)<<h.clusterBits, size)
}

// checkFeatures looks at the fields of version 3.
func checkFeatures(b []byte, length int64) error {
	be := binary.BigEndian
	if length < headerSize || length%8 != 0 {
		return refuse(RuleHeader, 100, "a header of %d bytes; multiples of 8 from %d on are accepted", length, headerSize)
	}
	features := be.Uint64(b[72:])
	switch {
	case features&featureDataFile != 0:
		return refuse(RuleDataFile, 72, "the image keeps its content in an external data file")
	case features&featureCorrupt != 0:
		return refuse(RuleFeature, 72, "the image is marked as corrupt")
	case features&featureExtendedL2 != 0:
		return refuse(RuleFeature, 72, "extended L2 entries are not supported")
	case features&^(featureDirty|featureCompression) != 0:
		return refuse(RuleFeature, 72, "the incompatible features %#x are not supported", features)
	case features&featureCompression != 0 && (length <= headerSize || len(b) <= headerSize || b[headerSize] != 0):
		return refuse(RuleFeature, headerSize, "another compression than deflate is not supported")
	}
	return nil
}

// checkExtensions walks the header extensions, which lie within the first
// cluster, for one that names a file.
func checkExtensions(r io.ReaderAt, off, cluster, size int64) error {
	var b [8]byte
	for off+8 <= min(cluster, size) {
		if err := readAt(r, b[:], off, size); err != nil {
			return err
		}
		kind, length := binary.BigEndian.Uint32(b[:]), int64(binary.BigEndian.Uint32(b[4:]))
		switch {
		case kind == 0:
			return nil
		case kind == dataFileExt:
			return refuse(RuleDataFile, off, "the image names an external data file")
		case length > cluster-off-8:
			return refuse(RuleHeader, off, "a header extension of %d bytes reaches beyond the first cluster", length)
		}
		off += 8 + (length+7)/8*8
	}
	return nil
}

// readAt reads all of b, which must lie within the file.
func readAt(r io.ReaderAt, b []byte, off, size int64) error {
	if off < 0 || off > size || int64(len(b)) > size-off {
		return refuse(RuleTruncated, off, "the file ends at byte %d, before the %d bytes that should be here", size, len(b))
	}
	if n, err := r.ReadAt(b, off); n < len(b) {
		if err == nil || err == io.EOF {
			return refuse(RuleTruncated, off, "only %d of %d bytes could be read", n, len(b))
		}
		return err
	}
	return nil
}
