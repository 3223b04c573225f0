package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// ErrSpool says that temporary files would take more than the limit.
var ErrSpool = errors.New("the temporary files would be larger than the limit")

// Spooler makes temporary files, within one budget. It may be used by several
// goroutines.
type Spooler struct {
	// Dir is the folder; empty for that of the system.
	Dir string
	// Limit is the most bytes of all files that are open.
	Limit int64

	used atomic.Int64
}

// Spool copies r into a temporary file, which is gone when the content is
// closed.
func (s *Spooler) Spool(ctx context.Context, r io.Reader) (Content, error) {
	f, err := os.CreateTemp(s.Dir, "ovf-*")
	if err != nil {
		return nil, err
	}
	t := &spooled{File: f, pool: s}
	// Where a file that is open can be removed, nothing is left when the process
	// is killed.
	t.removed = os.Remove(f.Name()) == nil
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		t.size += int64(n)
		if s.used.Add(int64(n)) > s.Limit {
			t.Close()
			return nil, fmt.Errorf("%w of %d bytes", ErrSpool, s.Limit)
		}
		if _, werr := f.Write(buf[:n]); werr != nil {
			t.Close()
			return nil, werr
		}
		if err == nil {
			err = ctx.Err()
		}
		switch err {
		case nil:
		case io.EOF:
			return t, nil
		default:
			t.Close()
			return nil, err
		}
	}
}

type spooled struct {
	*os.File
	pool    *Spooler
	size    int64
	removed bool
	closed  atomic.Bool
}

func (t *spooled) Size() int64 { return t.size }

func (t *spooled) Close() error {
	if t.closed.Swap(true) {
		return nil
	}
	t.pool.used.Add(-t.size)
	err := t.File.Close()
	if !t.removed {
		err = errors.Join(err, os.Remove(t.Name()))
	}
	return err
}
