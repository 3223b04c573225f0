// Package blocks cuts the content of a disk into blocks while it is written.
// The writers of all formats that store blocks are built on it.
package blocks

import (
	"bytes"
	"fmt"

	"github.com/ovfkit/ovf/disk/image"
)

// Cutter takes what an [image.Writer] takes and hands on blocks. Blocks of zeros
// are left out, unless Child is set. The exported fields are set before the first
// call and not changed.
type Cutter struct {
	Size  int64 // of the disk, in bytes
	Block int   // bytes of a block; the last one is filled up with zeros
	// Child: skipped blocks are the parent's, all others are stored. What is
	// skipped must be whole blocks.
	Child bool
	// Buffer returns a buffer of Block bytes for the next block; it keeps its
	// place until Full was called for it.
	Buffer func() ([]byte, error)
	// Full takes the last buffer as the content of block number index.
	Full func(index int64) error

	pos  int64
	cur  []byte
	fill int
	err  error
}

// Write appends content.
func (c *Cutter) Write(p []byte) (int, error) {
	if err := c.room(int64(len(p))); err != nil {
		return 0, err
	}
	n := len(p)
	for len(p) > 0 && c.err == nil {
		if c.fill == 0 && len(p) >= c.Block && !c.Child && IsZero(p[:c.Block]) {
			c.pos += int64(c.Block)
			p = p[c.Block:]
			continue
		}
		if c.begin() {
			k := copy(c.cur[c.fill:], p)
			p = p[k:]
			c.advance(k)
		}
	}
	return n - len(p), c.err
}

// Skip goes ahead without content.
func (c *Cutter) Skip(n int64) error {
	if err := c.room(n); err != nil {
		return err
	}
	block := int64(c.Block)
	if c.Child {
		if c.pos%block != 0 || n%block != 0 && c.pos+n != c.Size {
			c.err = fmt.Errorf("the child of a parent cannot leave out %d bytes at byte %d: blocks of %d bytes are stored whole", n, c.pos, block)
		} else {
			c.pos += n
		}
		return c.err
	}
	for n > 0 && c.err == nil {
		if c.fill == 0 && n >= block {
			c.pos += n - n%block
			n %= block
			continue
		}
		if c.begin() {
			k := min(int(min(n, block)), c.Block-c.fill)
			clear(c.cur[c.fill : c.fill+k])
			n -= int64(k)
			c.advance(k)
		}
	}
	return c.err
}

// Finish hands on the last block. The whole disk must have been written.
func (c *Cutter) Finish() error {
	if c.err == nil && c.pos != c.Size {
		c.err = image.ErrShort
	}
	if c.err == nil && c.fill > 0 {
		clear(c.cur[c.fill:])
		c.end()
	}
	return c.err
}

// Fail makes every further call fail.
func (c *Cutter) Fail(err error) { c.err = err }

// room checks that n more bytes belong to the disk.
func (c *Cutter) room(n int64) error {
	if c.err == nil && (n < 0 || n > c.Size-c.pos) {
		c.err = image.ErrBeyondEnd
	}
	return c.err
}

// begin provides a buffer for the current block.
func (c *Cutter) begin() bool {
	if c.cur == nil {
		c.cur, c.err = c.Buffer()
	}
	return c.err == nil
}

// advance takes in k bytes that were put into the current block.
func (c *Cutter) advance(k int) {
	c.fill += k
	c.pos += int64(k)
	if c.fill == c.Block {
		c.end()
	}
}

// end hands on the current block, or keeps its buffer if it is left out.
func (c *Cutter) end() {
	c.fill = 0
	if c.Child || !IsZero(c.cur) {
		c.cur = nil
		c.err = c.Full((c.pos - 1) / int64(c.Block))
	}
}

// Rounded returns a size rounded up to whole sectors, or the error for a size
// that no disk of the format can have.
func Rounded(format string, size, limit int64) (int64, error) {
	if size <= 0 || size > limit {
		return 0, &image.Error{Format: format, Rule: image.RuleSize, Offset: -1,
			Detail: fmt.Sprintf("a disk of %d bytes; 1 to %d are accepted", size, limit)}
	}
	return (size + image.SectorSize - 1) / image.SectorSize * image.SectorSize, nil
}

var zeros [64 << 10]byte

// IsZero reports whether all bytes of p are 0.
func IsZero(p []byte) bool {
	for len(p) > len(zeros) {
		if !bytes.Equal(p[:len(zeros)], zeros[:]) {
			return false
		}
		p = p[len(zeros):]
	}
	return bytes.Equal(p, zeros[:len(p)])
}
