package inflate

import "encoding/binary"

const (
	// The fast loop runs while this many bytes are left: what one turn reads
	// (two fills of the bit buffer) and writes (literals and the longest match,
	// with the copy running up to a word beyond it).
	fastIn  = 16
	fastOut = 3 + 258 + 16
)

// block decompresses up to the end of a block with the codes in d.lit and
// d.dist: fast while there is room, then with care.
func (d *Decoder) block(dst []byte, op int) (int, error) {
	op, end, err := d.fast(dst, op)
	if end || err != nil {
		return op, err
	}
	return d.careful(dst, op)
}

// fast decodes until the end of the block, or until too little is left of
// source or destination; end tells which.
func (d *Decoder) fast(dst []byte, op int) (int, bool, error) {
	src, ip := d.src, d.in
	buf, n := d.buf, d.n
	lit, dist := &d.lit, &d.dist
	end, err := false, error(nil)

	for ip <= len(src)-fastIn && op <= len(dst)-fastOut {
		buf |= binary.LittleEndian.Uint64(src[ip:]) << (n & 63)
		ip += int((63 - n) >> 3)
		n |= 56

		// Up to three literals, 11 bits each, leave enough for a length.
		e := lit[buf&(1<<litBits-1)]
		if e&flagLiteral != 0 {
			buf >>= e & consumeMask
			n -= uint(e & consumeMask)
			dst[op] = byte(e >> 16)
			op++
			e = lit[buf&(1<<litBits-1)]
			if e&flagLiteral != 0 {
				buf >>= e & consumeMask
				n -= uint(e & consumeMask)
				dst[op] = byte(e >> 16)
				op++
				e = lit[buf&(1<<litBits-1)]
				if e&flagLiteral != 0 {
					buf >>= e & consumeMask
					n -= uint(e & consumeMask)
					dst[op] = byte(e >> 16)
					op++
					continue
				}
			}
		}
		if e&flagSpecial != 0 {
			if e&flagLink != 0 {
				buf >>= litBits
				n -= litBits
				i := uint64(e>>16) + buf&(1<<(e>>12&15)-1)
				e = lit[i]
				if e&flagLiteral != 0 {
					buf >>= e & consumeMask
					n -= uint(e & consumeMask)
					dst[op] = byte(e >> 16)
					op++
					continue
				}
			}
			if e&flagSpecial != 0 {
				if e&flagEnd == 0 {
					err = ErrCorrupt
					break
				}
				buf >>= e & consumeMask
				n -= uint(e & consumeMask)
				end = true
				break
			}
		}
		length := int(e>>16) + int(buf&(1<<(e&consumeMask)-1)>>(e>>8&15))
		buf >>= e & consumeMask
		n -= uint(e & consumeMask)

		buf |= binary.LittleEndian.Uint64(src[ip:]) << (n & 63)
		ip += int((63 - n) >> 3)
		n |= 56
		e = dist[buf&(1<<distBits-1)]
		if e&flagSpecial != 0 {
			if e&flagLink == 0 {
				err = ErrCorrupt
				break
			}
			buf >>= distBits
			n -= distBits
			e = dist[uint64(e>>16)+buf&(1<<(e>>12&15)-1)]
			if e&flagSpecial != 0 {
				err = ErrCorrupt
				break
			}
		}
		from := op - int(e>>16) - int(buf&(1<<(e&consumeMask)-1)>>(e>>8&15))
		buf >>= e & consumeMask
		n -= uint(e & consumeMask)
		if from < 0 {
			err = ErrCorrupt
			break
		}
		if op-from >= 8 {
			for to := op; ; to += 8 {
				binary.LittleEndian.PutUint64(dst[to:], binary.LittleEndian.Uint64(dst[from:]))
				if to+8 >= op+length {
					break
				}
				from += 8
			}
		} else {
			copyNear(dst, op, from, length)
		}
		op += length
	}
	d.in, d.buf, d.n = ip, buf&(1<<n-1), n
	return op, end, err
}

// copyNear copies a match that begins less than eight bytes back, so that it
// repeats what it writes. It may write up to 7 bytes more than asked for.
func copyNear(dst []byte, op, from, length int) {
	if op-from == 1 {
		v := uint64(dst[from]) * 0x0101010101010101
		for to := op; to < op+length; to += 8 {
			binary.LittleEndian.PutUint64(dst[to:], v)
		}
		return
	}
	for i := range length {
		dst[op+i] = dst[from+i]
	}
}

// careful decodes symbol by symbol with a check of each bit and byte.
func (d *Decoder) careful(dst []byte, op int) (int, error) {
	for {
		e, err := d.symbol(d.lit[:], litBits)
		if err != nil {
			return op, err
		}
		if e&flagEnd != 0 && e&flagSpecial != 0 {
			return op, nil
		}
		if e&flagLiteral != 0 {
			if op == len(dst) {
				return op, ErrTooLong
			}
			dst[op] = byte(e >> 16)
			op++
			continue
		}
		length, err := d.value(e)
		if err != nil {
			return op, err
		}
		if e, err = d.symbol(d.dist[:], distBits); err != nil {
			return op, err
		}
		gap, err := d.value(e)
		if err != nil {
			return op, err
		}
		if gap > op {
			return op, ErrCorrupt
		}
		if length > len(dst)-op {
			return op, ErrTooLong
		}
		for range length {
			dst[op] = dst[op-gap]
			op++
		}
	}
}

// symbol consumes a code word and returns its entry, whose extra bits are still
// in the buffer.
func (d *Decoder) symbol(table []uint32, mainBits uint) (uint32, error) {
	d.need(maxBits) // there may be fewer left, and yet enough
	e := table[d.buf&(1<<mainBits-1)]
	word := uint(0)
	if e&flagLink != 0 && e&flagSpecial != 0 {
		word = mainBits
		e = table[uint64(e>>16)+d.buf>>mainBits&(1<<(e>>12&15)-1)]
	}
	word += uint(e >> 8 & 15)
	if word > d.n {
		return 0, ErrTruncated
	}
	if e&flagSpecial != 0 && e&flagEnd == 0 {
		if d.n < maxBits {
			return 0, ErrTruncated
		}
		return 0, ErrCorrupt
	}
	d.drop(word)
	return e, nil
}

// value consumes the extra bits of a length or distance and returns it.
func (d *Decoder) value(e uint32) (int, error) {
	extra := uint(e&consumeMask) - uint(e>>8&15)
	if !d.need(extra) {
		return 0, ErrTruncated
	}
	v := int(e>>16) + int(d.buf&(1<<extra-1))
	d.drop(extra)
	return v, nil
}
