package ovf

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/ovfkit/ovf/sign"
)

const (
	copyBuffer  = 128 << 10 // bytes: all buffers together stay in the cache of a core
	copyBuffers = 6
)

// copier copies contents and computes their digests on the way: while one piece
// is written, the next one is read and the one before is hashed.
type copier struct {
	progress func(int64)
	pieces   []*copyPiece // kept for the next copy
}

// copyPiece is a buffer on its way; refs counts those who still need it.
type copyPiece struct {
	buf, b []byte
	refs   atomic.Int32
}

// copy copies exactly n bytes to dst and h, either of which may be nil. It
// returns how many bytes there were, which with a *sign.SizeError are fewer.
func (c *copier) copy(ctx context.Context, dst io.Writer, h io.Writer, src io.Reader, n int64) (int64, error) {
	for len(c.pieces) < copyBuffers {
		c.pieces = append(c.pieces, &copyPiece{})
	}
	// No send on these ever blocks: they have room for all pieces.
	free := make(chan *copyPiece, copyBuffers)
	toWrite := make(chan *copyPiece, copyBuffers)
	toHash := make(chan *copyPiece, copyBuffers)
	release := func(p *copyPiece) {
		if p.refs.Add(-1) == 0 {
			free <- p
		}
	}
	for _, p := range c.pieces {
		free <- p
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var readErr error
	go func() {
		defer close(toWrite)
		defer close(toHash)
		for left := n; left > 0; {
			p := <-free
			if readErr = ctx.Err(); readErr != nil {
				return
			}
			size := min(left, copyBuffer)
			if int64(len(p.buf)) < size {
				p.buf = make([]byte, size)
			}
			m, err := io.ReadFull(src, p.buf[:size])
			p.b = p.buf[:m]
			p.refs.Store(2)
			toWrite <- p
			toHash <- p
			if left -= int64(m); err != nil {
				readErr = err
				return
			}
		}
	}()
	hashed := make(chan struct{})
	go func() {
		defer close(hashed)
		for p := range toHash {
			if h != nil {
				h.Write(p.b)
			}
			release(p)
		}
	}()
	var done int64
	var writeErr error
	for p := range toWrite {
		if writeErr == nil && dst != nil {
			_, writeErr = dst.Write(p.b)
		}
		if writeErr != nil {
			cancel()
		} else {
			done += int64(len(p.b))
			if c.progress != nil && dst != nil {
				c.progress(int64(len(p.b)))
			}
		}
		release(p)
	}
	<-hashed
	switch {
	case writeErr != nil:
		return done, writeErr
	case errors.Is(readErr, io.EOF), errors.Is(readErr, io.ErrUnexpectedEOF):
		return done, &sign.SizeError{Want: n, Got: done}
	}
	return done, readErr
}

// atEnd verifies that a content has nothing more to say.
func atEnd(src io.Reader, name string, size int64) error {
	var b [1]byte
	switch n, err := io.ReadFull(src, b[:]); {
	case n > 0:
		return &sign.SizeError{Name: name, Want: size, Got: size + 1}
	case !errors.Is(err, io.EOF):
		return err // a digest that does not match, perhaps
	}
	return nil
}
