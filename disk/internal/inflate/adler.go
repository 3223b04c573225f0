package inflate

import "encoding/binary"

const (
	adlerMod = 65521

	// adlerWords words of eight bytes are summed in lanes of 16 bits; with one
	// more, 255*(0+1+...+23) would not fit.
	adlerWords = 23
	adlerBlock = 8 * adlerWords

	// adlerSpan bytes can be added up in 64 bits before the sums are reduced.
	adlerSpan = adlerBlock << 12
)

// Adler32 returns the checksum of RFC 1950 9. It adds up eight bytes at a time,
// which is about twice as fast as hash/adler32.
func Adler32(p []byte) uint32 {
	s1, s2 := uint64(1), uint64(0)
	for len(p) > 0 {
		q := p[:min(len(p), adlerSpan)]
		p = p[len(q):]
		for len(q) >= adlerBlock {
			s1, s2 = adlerAdd(q[:adlerBlock], s1, s2)
			q = q[adlerBlock:]
		}
		for _, b := range q {
			s1 += uint64(b)
			s2 += s1
		}
		s1 %= adlerMod
		s2 %= adlerMod
	}
	return uint32(s2<<16 | s1)
}

// adlerAdd adds one block. Bytes 0, 2, 4, 6 of the words go to the lanes of
// even, bytes 1, 3, 5, 7 to those of odd; the weighted sums hold each byte as
// often as words follow its own.
func adlerAdd(p []byte, s1, s2 uint64) (uint64, uint64) {
	const lanes = 0x00ff00ff00ff00ff
	var even, odd, evenW, oddW uint64
	for i := 0; i+8 <= len(p); i += 8 {
		w := binary.LittleEndian.Uint64(p[i : i+8])
		evenW += even
		oddW += odd
		even += w & lanes
		odd += w >> 8 & lanes
	}
	s2 += s1*adlerBlock + 8*(laneSum(evenW)+laneSum(oddW)) +
		8*(even&0xffff) + 6*(even>>16&0xffff) + 4*(even>>32&0xffff) + 2*(even>>48) +
		7*(odd&0xffff) + 5*(odd>>16&0xffff) + 3*(odd>>32&0xffff) + odd>>48
	return s1 + laneSum(even) + laneSum(odd), s2
}

// laneSum adds the four lanes of 16 bits.
func laneSum(x uint64) uint64 {
	const pairs = 0x0000ffff0000ffff
	x = x&pairs + x>>16&pairs
	return x&0xffffffff + x>>32
}
