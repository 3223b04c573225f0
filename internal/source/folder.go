package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
)

// Folder is a folder of the file system. Nothing outside of it is opened, be it
// through a symbolic link.
type Folder struct{ root *os.Root }

// OpenFolder opens a folder.
func OpenFolder(name string) (*Folder, error) {
	r, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &Folder{r}, nil
}

// Names returns the names of the files in the folder itself, at most limit of
// them and one more if there are more.
func (f *Folder) Names(limit int) ([]string, error) {
	d, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(limit + 1)
	if err == io.EOF {
		err = nil
	}
	return fileNames(entries), err
}

func fileNames(entries []fs.DirEntry) []string {
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// Stat returns the size of a file.
func (f *Folder) Stat(_ context.Context, name string) (int64, error) {
	i, err := f.root.Stat(name)
	return sizeOf(i, err)
}

func sizeOf(i fs.FileInfo, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	if !i.Mode().IsRegular() {
		return 0, ErrNotRegular
	}
	return i.Size(), nil
}

// Open opens a file.
func (f *Folder) Open(_ context.Context, name string) (Content, error) {
	return openRegular(name, f.root.Stat, f.root.Open)
}

// Close closes the folder. Contents from it stay open.
func (f *Folder) Close() error { return f.root.Close() }

// OpenFile opens a file of the file system, which must be a regular one.
func OpenFile(name string) (Content, error) { return openRegular(name, os.Stat, os.Open) }

// openRegular looks before it opens, since opening a pipe blocks, and once more
// then, since it can have been replaced.
func openRegular(name string, stat func(string) (fs.FileInfo, error), open func(string) (*os.File, error)) (Content, error) {
	before, err := stat(name)
	if _, err := sizeOf(before, err); err != nil {
		return nil, err
	}
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	after, err := file.Stat()
	if err != nil || !os.SameFile(before, after) {
		file.Close()
		return nil, errors.Join(err, ErrChanged)
	}
	return &fileContent{file, after.Size()}, nil
}

type fileContent struct {
	*os.File
	size int64
}

func (f *fileContent) Size() int64 { return f.size }

// FS is a folder of an fs.FS. It has no more protection than that has.
type FS struct {
	fsys fs.FS
	dir  string
}

// NewFS returns the folder of that name, "." for the root.
func NewFS(fsys fs.FS, dir string) *FS { return &FS{fsys, dir} }

// Names returns the names of the files in the folder itself, at most limit of
// them and one more if there are more.
func (f *FS) Names(limit int) ([]string, error) {
	entries, err := fs.ReadDir(f.fsys, f.dir)
	return fileNames(entries[:min(len(entries), limit+1)]), err
}

// Stat returns the size of a file.
func (f *FS) Stat(_ context.Context, name string) (int64, error) {
	i, err := fs.Stat(f.fsys, path.Join(f.dir, name))
	return sizeOf(i, err)
}

// Open opens a file. One that is neither an io.ReaderAt nor an io.Seeker is opened
// again where a read goes back.
func (f *FS) Open(ctx context.Context, name string) (Content, error) {
	size, err := f.Stat(ctx, name)
	if err != nil {
		return nil, err
	}
	file, err := f.fsys.Open(path.Join(f.dir, name))
	if err != nil {
		return nil, err
	}
	if r, ok := file.(io.ReaderAt); ok {
		return &fsContent{r, file, size}, nil
	}
	s := &sequential{file: file, open: func() (fs.File, error) { return f.fsys.Open(path.Join(f.dir, name)) }}
	return &fsContent{s, s, size}, nil
}

// Close does nothing.
func (f *FS) Close() error { return nil }

type fsContent struct {
	io.ReaderAt
	io.Closer
	size int64
}

func (f *fsContent) Size() int64 { return f.size }

// sequential reads a file at any place that can only be read from its start.
type sequential struct {
	mu   sync.Mutex
	file fs.File
	pos  int64
	open func() (fs.File, error)
}

func (s *sequential) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if off < 0 {
		return 0, fmt.Errorf("source: read at %d", off)
	}
	if err := s.seek(off); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.file, p)
	s.pos += int64(n)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

func (s *sequential) seek(off int64) error {
	if k, ok := s.file.(io.Seeker); ok {
		pos, err := k.Seek(off, io.SeekStart)
		s.pos = pos
		return err
	}
	if off < s.pos {
		s.file.Close()
		file, err := s.open()
		if err != nil {
			return err
		}
		s.file, s.pos = file, 0
	}
	n, err := io.CopyN(io.Discard, s.file, off-s.pos)
	s.pos += n
	return err
}

func (s *sequential) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file.Close()
}
