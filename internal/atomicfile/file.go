package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file that is being written. It is for one goroutine at a time.
type File struct {
	*os.File

	target   string // the name it will get, links followed
	temp     string // its name until then; empty if it has none
	replaces bool   // there was a file of that name
	direct   bool   // target is a device or the like and is written to
	done     bool
}

// Create begins a file that will replace name, or be new. It follows symbolic
// links, and the new file has the permissions of the one it replaces. If name is
// there and no regular file, as a device or a pipe, it is written to at once. The
// caller ends with Commit or Discard.
func Create(name string) (*File, error) {
	target := name
	if t, err := filepath.EvalSymlinks(name); err == nil {
		target = t
	}
	f := &File{target: target}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, plain(name, err)
	case info.IsDir():
		return nil, plain(name, errors.New("is a directory; give the name of a file"))
	case !info.Mode().IsRegular():
		f.direct = true
		if f.File, err = os.OpenFile(target, os.O_WRONLY, 0); err != nil {
			return nil, plain(name, err)
		}
		return f, nil
	default:
		f.replaces = true
	}
	sweep(target)
	if f.File, f.temp, err = openTemp(target); err != nil {
		return nil, plain(name, err)
	}
	err = mark(f.File)
	if errors.Is(err, errors.ErrUnsupported) {
		err = nil // a file system without locks: nobody sweeps there
	}
	if err == nil && f.replaces {
		err = f.Chmod(info.Mode().Perm())
	}
	if err != nil {
		f.Discard()
		return nil, plain(name, err)
	}
	return f, nil
}

// WriteFile replaces or makes a file with the content data.
func WriteFile(name string, data []byte) error {
	f, err := Create(name)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(data); err != nil {
		return plain(name, err)
	}
	return f.Commit()
}

// Commit closes the file and gives it its name. After an error the name has its
// old content, and the new one is gone.
func (f *File) Commit() error {
	if f.done {
		return fmt.Errorf("%s: %w", f.target, os.ErrClosed)
	}
	if f.direct {
		f.done = true
		return plain(f.target, f.Close())
	}
	defer f.Discard()
	if err := f.Sync(); err != nil {
		return plain(f.target, err)
	}
	var err error
	if f.temp == "" {
		// open, and so marked, until it has its name
		err = f.link()
	} else {
		err = f.Close() // Windows renames no open file
	}
	if err == nil && f.temp != "" {
		err = os.Rename(f.temp, f.target)
	}
	if err != nil {
		return plain(f.target, err)
	}
	f.temp = "" // nothing to remove any more
	return plain(f.target, syncFolder(filepath.Dir(f.target)))
}

// link gives a file without a name its own, or a temporary one if another file
// has that: a link never replaces.
func (f *File) link() error {
	if !f.replaces {
		if err := linkNameless(f.File, f.target); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	temp := tempName(f.target)
	if err := linkNameless(f.File, temp); err != nil {
		return err
	}
	f.temp = temp
	return nil
}

// Discard closes the file and removes it. After Commit it does nothing.
func (f *File) Discard() {
	if f.done {
		return
	}
	f.done = true
	f.Close()
	if f.temp != "" {
		os.Remove(f.temp)
	}
}

// openNamed opens a new file with a temporary name.
func openNamed(target string) (*os.File, string, error) {
	temp := tempName(target)
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	return f, temp, err
}

// tempName returns a hidden name beside target that nothing has.
func tempName(target string) string {
	return filepath.Join(filepath.Dir(target), tempPrefix(target)+rand.Text()[:10])
}

// tempPrefix is how all temporary names for target begin.
func tempPrefix(target string) string {
	base := filepath.Base(target)
	if len(base) > 200 {
		base = base[:200] // names end at 255 bytes
	}
	return "." + base + "."
}

// syncFolder brings the names in a folder to the disk.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return flush(d)
}

// plain puts the name that the caller knows into a system error, in place of the
// temporary one.
func plain(name string, err error) error {
	if err == nil {
		return nil
	}
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return &fs.PathError{Op: "write", Path: name, Err: err}
}
