package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
)

// ErrNotRegular says that a name is that of a folder, a device or the like, not of
// a file.
var ErrNotRegular = errors.New("not a regular file")

// ErrChanged says that a content is no longer what it was when it was opened or
// verified.
var ErrChanged = errors.New("the content was changed after it was opened")

// Content is a content that can be read at any place, by several goroutines at a
// time.
type Content interface {
	io.ReaderAt
	Size() int64 // bytes
	io.Closer
}

// Store is a set of files by name. Names have "/" between their parts and are
// good by package pathname. What is not there is fs.ErrNotExist.
type Store interface {
	// Stat returns the size of a file, -1 if only opening it tells.
	Stat(ctx context.Context, name string) (int64, error)
	Open(ctx context.Context, name string) (Content, error)
	io.Closer
}

// Section returns the part of r from off on as a content. Closing it does
// nothing.
func Section(r io.ReaderAt, off, size int64) Content {
	return section{io.NewSectionReader(r, off, size)}
}

type section struct{ *io.SectionReader }

func (section) Close() error { return nil }

// Join returns the parts one after the other. Closing it closes them.
func Join(parts ...Content) Content {
	j := &joined{parts: parts, ends: make([]int64, len(parts))}
	for i, p := range parts {
		j.size += p.Size()
		j.ends[i] = j.size
	}
	return j
}

type joined struct {
	parts []Content
	ends  []int64
	size  int64
}

func (j *joined) Size() int64 { return j.size }

func (j *joined) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("source: read at %d", off)
	}
	done := 0
	i := sort.Search(len(j.ends), func(i int) bool { return j.ends[i] > off })
	for ; i < len(j.parts) && done < len(p); i++ {
		start := j.ends[i] - j.parts[i].Size()
		want := p[done:min(int64(len(p)), int64(done)+j.ends[i]-off-int64(done))]
		n, err := j.parts[i].ReadAt(want, off+int64(done)-start)
		done += n
		if n < len(want) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return done, err
		}
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

func (j *joined) Close() error {
	var all []error
	for _, p := range j.parts {
		all = append(all, p.Close())
	}
	return errors.Join(all...)
}
