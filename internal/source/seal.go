package source

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// SealBlock is the unit of sealing. A block takes 16 bytes: 64 MiB for 1 TiB.
const SealBlock = 256 << 10

type sum [16]byte

// Sealer passes reads on to a content and remembers, while it is read from start to
// end, an authentication code of each block: a GMAC with a key of its own that
// nobody else knows. Who changes the content later cannot make one that fits.
type Sealer struct {
	r    io.ReaderAt
	size int64
	aead cipher.AEAD

	mu   sync.Mutex
	sums []sum // grows as blocks come: the size is only a claim
}

// NewSealer returns a Sealer for a content of that size.
func NewSealer(r io.ReaderAt, size int64) *Sealer {
	var key [16]byte
	_, _ = rand.Read(key[:]) // never fails
	// Neither fails for a key of 16 bytes.
	b, _ := aes.NewCipher(key[:])
	g, _ := cipher.NewGCM(b)
	return &Sealer{r: r, size: size, aead: g}
}

// ReadAt reads, and seals the blocks that the read has whole. Only reads in order
// seal.
func (s *Sealer) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	for at := off; at%SealBlock == 0 && at < s.size; at += SealBlock {
		end := min(at+SealBlock, s.size)
		if end > off+int64(n) {
			break
		}
		s.seal(at/SealBlock, p[at-off:end-off])
	}
	return n, err
}

func (s *Sealer) seal(i int64, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i == int64(len(s.sums)) {
		s.sums = append(s.sums, s.sum(i, b))
	}
}

// sum is the code of block i. The number is the nonce, so no two blocks share
// one. A changed block is computed with the same nonce; that tells nobody anything,
// since no code leaves the process.
func (s *Sealer) sum(i int64, b []byte) (out sum) {
	var nonce [12]byte
	binary.BigEndian.PutUint64(nonce[4:], uint64(i))
	s.aead.Seal(out[:0], nonce[:], nil, b)
	return out
}

// Complete tells whether every block is sealed.
func (s *Sealer) Complete() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.sums)) == (s.size+SealBlock-1)/SealBlock
}

// Content returns c with every read compared with what was sealed: a block that
// differs is [ErrChanged]. The Sealer must be complete.
func (s *Sealer) Content(c Content) (Content, error) {
	if !s.Complete() {
		return nil, fmt.Errorf("source: %d bytes are not all sealed", s.size)
	}
	if c.Size() != s.size {
		return nil, ErrChanged
	}
	return &sealed{Content: c, seal: s}, nil
}

// sealed is a content that cannot change.
type sealed struct {
	Content
	seal *Sealer
	last atomic.Pointer[sealedBlock] // most reads go on where the last one ended
}

type sealedBlock struct {
	number int64
	data   []byte
}

func (c *sealed) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("source: read at %d", off)
	}
	done := 0
	for done < len(p) && off < c.seal.size {
		n, err := c.readBlock(p[done:], off)
		done += n
		off += int64(n)
		if err != nil {
			return done, err
		}
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

// readBlock reads within one block.
func (c *sealed) readBlock(p []byte, off int64) (int, error) {
	i := off / SealBlock
	start := i * SealBlock
	length := min(SealBlock, c.seal.size-start)
	if last := c.last.Load(); last != nil && last.number == i {
		return copy(p, last.data[off-start:]), nil
	}
	whole := off == start && int64(len(p)) >= length
	b := p[:min(int64(len(p)), length)]
	if !whole {
		b = make([]byte, length)
	}
	n, err := c.Content.ReadAt(b, start)
	if int64(n) < length {
		if err == nil || err == io.EOF {
			err = ErrChanged
		}
		return 0, err
	}
	got := c.seal.sum(i, b)
	if subtle.ConstantTimeCompare(got[:], c.seal.sums[i][:]) != 1 {
		clear(b)
		return 0, ErrChanged
	}
	if whole {
		return len(b), nil
	}
	c.last.Store(&sealedBlock{i, b})
	return copy(p, b[off-start:]), nil
}
