package inflate

import "math/bits"

// A table entry says what the low bits of the bit buffer stand for:
//
//	bits 0-4    bits to consume: the code word and its extra bits
//	bit 5       with bit 7: end of block
//	bit 6       with bit 7: a link to a subtable
//	bit 7       set for whatever is none of literal, length and distance;
//	            with neither bit 5 nor 6: no such code word
//	bits 8-11   length of the code word alone
//	bits 12-15  index bits of the linked subtable
//	bits 16-30  literal byte, base of a length or distance, start of a subtable
//	bit 31      set for a literal
const (
	consumeMask = 31
	flagEnd     = 1 << 5
	flagLink    = 1 << 6
	flagSpecial = 1 << 7
	flagLiteral = 1 << 31
)

const (
	litBits  = 11 // index bits of the main literal/length table
	distBits = 9  // index bits of the main distance table
	preBits  = 7  // a precode word is never longer
	maxBits  = 15 // nor is any other code word

	// The most entries that a complete code of 288 (32) symbols with words of
	// at most 15 bits needs in a main table of 11 (9) bits and its subtables.
	litEntries  = 2342
	distEntries = 594

	maxLit  = 286 // literal/length symbols in use; 286 and 287 must not occur
	maxDist = 30  // distance symbols in use; 30 and 31 must not occur
)

// endOfBlock is the symbol that closes a block.
const endOfBlock = 256

// lengthBase and lengthExtra describe the symbols from 257 on (RFC 1951 3.2.5).
var lengthBase = [29]uint16{
	3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59,
	67, 83, 99, 115, 131, 163, 195, 227, 258,
}

var lengthExtra = [29]uint8{
	0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
}

// distBase and distExtra describe the distance symbols (RFC 1951 3.2.5).
var distBase = [maxDist]uint16{
	1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769,
	1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
}

var distExtra = [maxDist]uint8{
	0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
}

// preOrder is the order in which the lengths of the precode are stored.
var preOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// litSymbols, distSymbols and preSymbols hold the entry of each symbol, with
// its extra bits but without its code word.
var (
	litSymbols  = makeLitSymbols()
	distSymbols = makeDistSymbols()
	preSymbols  = makePreSymbols()
)

func makeLitSymbols() []uint32 {
	t := make([]uint32, 288)
	for s := range t {
		switch {
		case s < endOfBlock:
			t[s] = flagLiteral | uint32(s)<<16
		case s == endOfBlock:
			t[s] = flagSpecial | flagEnd
		case s < maxLit:
			t[s] = uint32(lengthBase[s-257])<<16 | uint32(lengthExtra[s-257])
		default:
			t[s] = flagSpecial
		}
	}
	return t
}

func makeDistSymbols() []uint32 {
	t := make([]uint32, 32)
	for s := range t {
		if s < maxDist {
			t[s] = uint32(distBase[s])<<16 | uint32(distExtra[s])
		} else {
			t[s] = flagSpecial
		}
	}
	return t
}

func makePreSymbols() []uint32 {
	t := make([]uint32, len(preOrder))
	for s := range t {
		t[s] = uint32(s) << 16
	}
	return t
}

// build fills table for the canonical Huffman code with these word lengths
// (RFC 1951 3.2.2), where a main table of mainBits index bits links to
// subtables for longer words. It reports false for a code that is over- or
// under-subscribed. As in compress/flate, a code without words is let through
// and fails only when it is used, and so is a code with a single word of one
// bit.
func build(table, symbols []uint32, lengths []uint8, mainBits int) bool {
	var count [maxBits + 1]int
	for _, n := range lengths {
		count[n]++
	}
	words := len(lengths) - count[0]
	space := 0 // in units of the longest possible word
	for n := 1; n <= maxBits; n++ {
		space += count[n] << (maxBits - n)
	}
	switch {
	case space == 1<<maxBits:
	case words == 0, words == 1 && count[1] == 1:
		clear1(table[:1<<mainBits])
	default:
		return false
	}

	// Symbols in the order of their code words.
	var next [maxBits + 2]int
	for n := 1; n <= maxBits; n++ {
		next[n+1] = next[n] + count[n]
	}
	var sorted [288]uint16
	for s, n := range lengths {
		if n != 0 {
			sorted[next[n]] = uint16(s)
			next[n]++
		}
	}
	if words < 2 {
		if words == 1 {
			e := symbols[sorted[0]] + 1 | 1<<8
			for i := 0; i < 1<<mainBits; i += 2 {
				table[i] = e
			}
		}
		return true
	}
	fill(table, symbols, sorted[:words], &count, mainBits)
	return true
}

// clear1 fills a table with entries that stand for no code word.
func clear1(table []uint32) {
	for i := range table {
		table[i] = flagSpecial
	}
}

// fill builds the table of a complete code. Words are taken in canonical order
// with their bits reversed, since streams hold them lowest bit first. While
// words are short, the part of the table that is done doubles with each bit.
func fill(table, symbols []uint32, sorted []uint16, count *[maxBits + 1]int, mainBits int) {
	n := 1
	for count[n] == 0 {
		n++
	}
	left := count[n] // words of length n still to come
	word := 0        // the current word, bits reversed
	done := 1 << n   // entries of the main table that are in use
	i := 0
	for n <= mainBits {
		for ; left > 0; left-- {
			e := symbols[sorted[i]]
			i++
			table[word] = e + uint32(n) | uint32(n)<<8
			if word == done-1 { // all ones: the last word
				for ; n < mainBits; n++ {
					copy(table[done:2*done], table[:done])
					done *= 2
				}
				return
			}
			word = nextWord(word, n)
		}
		for left == 0 {
			n++
			left = count[n]
			if n <= mainBits {
				copy(table[done:2*done], table[:done])
				done *= 2
			}
		}
	}

	end := 1 << mainBits // of all entries in use
	mask := end - 1
	prefix, start, size := -1, 0, 0
	for {
		if word&mask != prefix {
			prefix = word & mask
			start = end
			subBits := n - mainBits
			for used := left; used < 1<<subBits; {
				subBits++
				used = used<<1 + count[mainBits+subBits]
			}
			size = 1 << subBits
			end += size
			table[prefix] = uint32(start)<<16 | uint32(subBits)<<12 | flagSpecial | flagLink
		}
		e := symbols[sorted[i]] + uint32(n-mainBits) | uint32(n-mainBits)<<8
		i++
		for k := word >> mainBits; k < size; k += 1 << (n - mainBits) {
			table[start+k] = e
		}
		if i == len(sorted) {
			return
		}
		word = nextWord(word, n)
		left--
		for left == 0 {
			n++
			left = count[n]
		}
	}
}

// nextWord adds one to a word of n reversed bits that is not all ones.
func nextWord(word, n int) int {
	bit := 1 << (bits.Len(uint(word^(1<<n-1))) - 1)
	return word&(bit-1) | bit
}
