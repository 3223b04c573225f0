package atomicfile

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is a folder that is being written. Its files are made through Root, also
// by several goroutines; they have to be closed before the end.
type Folder struct {
	*os.Root

	target, temp string
	done         bool
}

// CreateFolder begins a folder, which must not be there yet, or be empty. The
// caller ends with Commit or Discard.
func CreateFolder(name string) (*Folder, error) {
	target := filepath.Clean(name)
	if t, err := filepath.EvalSymlinks(target); err == nil {
		target = t
	}
	if err := vacant(target, name); err != nil {
		return nil, err
	}
	temp := tempName(target)
	if err := os.Mkdir(temp, 0o777); err != nil {
		return nil, plain(name, err)
	}
	root, err := os.OpenRoot(temp)
	if err != nil {
		os.Remove(temp)
		return nil, plain(name, err)
	}
	return &Folder{Root: root, target: target, temp: temp}, nil
}

// vacant verifies that a folder can be made at target.
func vacant(target, name string) error {
	info, err := os.Stat(target)
	switch {
	case os.IsNotExist(err):
		return nil
	case err != nil:
		return plain(name, err)
	case !info.IsDir():
		return fmt.Errorf("%s: %w, and is no folder", name, fs.ErrExist)
	}
	d, err := os.Open(target)
	if err != nil {
		return plain(name, err)
	}
	defer d.Close()
	switch _, err = d.Readdirnames(1); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("%s: %w, and is not empty", name, fs.ErrExist)
	}
	return plain(name, err)
}

// Commit gives the folder its name. After an error nothing of it is left.
func (d *Folder) Commit() error {
	if d.done {
		return fmt.Errorf("%s: %w", d.target, os.ErrClosed)
	}
	defer d.Discard()
	if err := syncTree(d.temp); err != nil {
		return plain(d.target, err)
	}
	if err := d.Close(); err != nil {
		return plain(d.target, err)
	}
	// An empty folder of that name gives way; one that has been filled in the
	// meantime does not.
	if err := os.Remove(d.target); err != nil && !os.IsNotExist(err) {
		return plain(d.target, err)
	}
	if err := os.Rename(d.temp, d.target); err != nil {
		return plain(d.target, err)
	}
	d.done = true
	return plain(d.target, syncFolder(filepath.Dir(d.target)))
}

// Discard removes the folder and all that is in it. After Commit it does nothing.
func (d *Folder) Discard() {
	if d.done {
		return
	}
	d.done = true
	d.Close()
	os.RemoveAll(d.temp)
}

// syncTree brings all files and folders below root to the disk.
func syncTree(root string) error {
	return filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return syncFolder(name)
		case !e.Type().IsRegular():
			return nil
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0) // Windows syncs no file that is only read
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Sync()
	})
}
