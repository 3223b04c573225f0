package inflate

import (
	"encoding/binary"
	"errors"
)

// The ways in which a stream can be wrong.
var (
	ErrHeader    = errors.New("not a zlib stream")
	ErrCorrupt   = errors.New("corrupt deflate data")
	ErrTruncated = errors.New("deflate data ends too early")
	ErrTooLong   = errors.New("deflate data expands beyond the expected size")
	ErrChecksum  = errors.New("wrong Adler-32 checksum")
)

// Decoder holds the tables of one decompression at a time. Its zero value is
// ready to use; it may be used again for any number of streams, but not by two
// goroutines at once.
type Decoder struct {
	lit     [litEntries]uint32
	dist    [distEntries]uint32
	pre     [1 << preBits]uint32
	lengths [maxLit + maxDist]uint8
	fixed   bool // lit and dist hold the fixed code

	src []byte
	in  int    // bytes of src that are in the bit buffer or consumed
	buf uint64 // bits not consumed yet, next one lowest
	n   uint   // how many of them
}

// Zlib decompresses the zlib stream at the start of src into dst and returns
// the number of bytes written. Bytes of src after the stream are ignored. On an
// error the content of dst is undefined.
func (d *Decoder) Zlib(dst, src []byte) (int, error) {
	if len(src) < 2 {
		return 0, ErrTruncated
	}
	if h := uint(src[0])<<8 | uint(src[1]); h>>8&15 != 8 || h>>12 > 7 || h%31 != 0 || h&0x20 != 0 {
		return 0, ErrHeader
	}
	n, err := d.deflate(dst, src[2:])
	if err != nil {
		return n, err
	}
	rest := src[2+d.used():]
	if len(rest) < 4 {
		return n, ErrTruncated
	}
	if binary.BigEndian.Uint32(rest) != Adler32(dst[:n]) {
		return n, ErrChecksum
	}
	return n, nil
}

// used returns how many bytes of src the blocks took, the last one included
// even if it was needed in part only.
func (d *Decoder) used() int { return d.in - int(d.n/8) }

// deflate decompresses all blocks.
func (d *Decoder) deflate(dst, src []byte) (int, error) {
	d.src, d.in, d.buf, d.n = src, 0, 0, 0
	defer func() { d.src = nil }()
	op := 0
	for {
		if !d.need(3) {
			return op, ErrTruncated
		}
		final, kind := d.buf&1 != 0, d.buf>>1&3
		d.drop(3)
		var err error
		switch kind {
		case 0:
			op, err = d.stored(dst, op)
		case 1:
			d.useFixed()
			op, err = d.block(dst, op)
		case 2:
			if err = d.readCodes(); err == nil {
				op, err = d.block(dst, op)
			}
		default:
			err = ErrCorrupt
		}
		if err != nil || final {
			return op, err
		}
	}
}

// need fills the bit buffer up to at least k bits, if the source has them.
func (d *Decoder) need(k uint) bool {
	for d.n < k {
		if d.in == len(d.src) {
			return false
		}
		d.buf |= uint64(d.src[d.in]) << d.n
		d.in++
		d.n += 8
	}
	return true
}

func (d *Decoder) drop(k uint) {
	d.buf >>= k
	d.n -= k
}

// stored copies a block without compression.
func (d *Decoder) stored(dst []byte, op int) (int, error) {
	in := d.used()
	d.buf, d.n = 0, 0
	if len(d.src)-in < 4 {
		return op, ErrTruncated
	}
	size := int(binary.LittleEndian.Uint16(d.src[in:]))
	if uint16(size) != ^binary.LittleEndian.Uint16(d.src[in+2:]) {
		return op, ErrCorrupt
	}
	in += 4
	if size > len(d.src)-in {
		return op, ErrTruncated
	}
	if size > len(dst)-op {
		return op, ErrTooLong
	}
	copy(dst[op:], d.src[in:in+size])
	d.in = in + size
	return op + size, nil
}

// useFixed prepares the tables of the fixed code (RFC 1951 3.2.6).
func (d *Decoder) useFixed() {
	if d.fixed {
		return
	}
	var lengths [288]uint8
	for s := range lengths {
		switch {
		case s < 144:
			lengths[s] = 8
		case s < 256:
			lengths[s] = 9
		case s < 280:
			lengths[s] = 7
		default:
			lengths[s] = 8
		}
	}
	build(d.lit[:], litSymbols, lengths[:], litBits)
	for s := range 32 {
		lengths[s] = 5
	}
	build(d.dist[:], distSymbols, lengths[:32], distBits)
	d.fixed = true
}

// readCodes reads the codes in front of a block (RFC 1951 3.2.7).
func (d *Decoder) readCodes() error {
	d.fixed = false
	if !d.need(14) {
		return ErrTruncated
	}
	nlit, ndist, npre := int(d.buf&31)+257, int(d.buf>>5&31)+1, int(d.buf>>10&15)+4
	d.drop(14)
	if nlit > maxLit || ndist > maxDist {
		return ErrCorrupt
	}
	var lengths [len(preOrder)]uint8
	for _, s := range preOrder[:npre] {
		if !d.need(3) {
			return ErrTruncated
		}
		lengths[s] = uint8(d.buf & 7)
		d.drop(3)
	}
	if !build(d.pre[:], preSymbols, lengths[:], preBits) {
		return ErrCorrupt
	}
	if err := d.readLengths(d.lengths[:nlit+ndist]); err != nil {
		return err
	}
	if !build(d.lit[:], litSymbols, d.lengths[:nlit], litBits) ||
		!build(d.dist[:], distSymbols, d.lengths[nlit:nlit+ndist], distBits) {
		return ErrCorrupt
	}
	return nil
}

// readLengths reads code word lengths with the precode.
func (d *Decoder) readLengths(lengths []uint8) error {
	for i := 0; i < len(lengths); {
		d.need(preBits) // there may be fewer left, and yet enough
		e := d.pre[d.buf&(1<<preBits-1)]
		k := uint(e & consumeMask)
		if k > d.n {
			return ErrTruncated
		}
		if e&flagSpecial != 0 {
			if d.n == 0 {
				return ErrTruncated
			}
			return ErrCorrupt
		}
		d.drop(k)
		s := uint8(e >> 16)
		if s < 16 {
			lengths[i] = s
			i++
			continue
		}
		var repeat int
		var value uint8
		extra, base := uint(2), 3
		switch s {
		case 16:
			if i == 0 {
				return ErrCorrupt
			}
			value = lengths[i-1]
		case 17:
			extra = 3
		default:
			extra, base = 7, 11
		}
		if !d.need(extra) {
			return ErrTruncated
		}
		repeat = base + int(d.buf&(1<<extra-1))
		d.drop(extra)
		if repeat > len(lengths)-i {
			return ErrCorrupt
		}
		for range repeat {
			lengths[i] = value
			i++
		}
	}
	return nil
}
