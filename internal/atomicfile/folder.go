package atomicfile

import (
	"errors"
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
	held         *os.File // marks temp as being written
	replaces     bool     // target may have content, which the new one replaces
	done         bool
}

// CreateFolder begins a folder, which must not be there yet, or be empty. The
// caller ends with Commit or Discard.
func CreateFolder(name string) (*Folder, error) {
	target := resolved(name)
	if err := vacant(target, name); err != nil {
		return nil, err
	}
	return begin(target, name, false)
}

// ReplaceFolder begins a folder that will replace the one of that name with all
// that is in it, or be new. Until Commit the old one stays as it is; [Folder.Keep]
// takes files over from it.
func ReplaceFolder(name string) (*Folder, error) {
	target := resolved(name)
	if info, err := os.Stat(target); err == nil && !info.IsDir() {
		return nil, plain(name, fmt.Errorf("%w, and is no folder", fs.ErrExist))
	}
	return begin(target, name, true)
}

// resolved follows the symbolic links in a name.
func resolved(name string) string {
	target := filepath.Clean(name)
	if t, err := filepath.EvalSymlinks(target); err == nil {
		return t
	}
	return target
}

// Keep takes a file of the folder that is replaced over into the new one, without
// copying its content. from and to are names in the folders; the file is a regular
// one.
func (d *Folder) Keep(from, to string) error {
	old, err := os.OpenRoot(d.target)
	if err != nil {
		return plain(from, err)
	}
	defer old.Close()
	info, err := old.Lstat(from)
	if err != nil {
		return plain(from, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: is no regular file", from)
	}
	// both folders are under one parent, and no part of the old name is a link
	if at, err := filepath.EvalSymlinks(filepath.Join(d.target, from)); err != nil || at != filepath.Join(d.target, from) {
		return fmt.Errorf("%s: is behind a link", from)
	}
	return plain(to, os.Link(filepath.Join(d.target, from), filepath.Join(d.temp, to)))
}

func begin(target, name string, replaces bool) (*Folder, error) {
	temp, root, held, err := hidden(target, name, 0o777)
	if err != nil {
		return nil, err
	}
	return &Folder{Root: root, target: target, temp: temp, held: held, replaces: replaces}, nil
}

// hidden makes a folder with a temporary name beside target, and removes what a
// process that was killed at this has left.
func hidden(target, name string, perm fs.FileMode) (temp string, root *os.Root, held *os.File, err error) {
	sweep(target)
	temp = tempName(target)
	if err := os.Mkdir(temp, perm); err != nil {
		return "", nil, nil, plain(name, err)
	}
	if held, err = hold(temp); err != nil {
		os.Remove(temp)
		return "", nil, nil, plain(name, err)
	}
	if root, err = os.OpenRoot(temp); err != nil {
		held.Close()
		os.Remove(temp)
		return "", nil, nil, plain(name, err)
	}
	return temp, root, held, nil
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
		return plain(name, fmt.Errorf("%w, and is no folder", fs.ErrExist))
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
		return plain(name, fmt.Errorf("%w, and is not empty", fs.ErrExist))
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
	// meantime does so only if it is to be replaced.
	err := os.Remove(d.target)
	full := err != nil && !os.IsNotExist(err)
	if full && !d.replaces {
		return plain(d.target, err)
	}
	if full {
		return d.exchange()
	}
	if err := os.Rename(d.temp, d.target); err != nil {
		return plain(d.target, err)
	}
	d.done = true
	d.held.Close()
	return plain(d.target, syncFolder(filepath.Dir(d.target)))
}

// exchange puts the folder in the place of the old one, which is then removed.
func (d *Folder) exchange() error {
	if err := swap(d.temp, d.target); err != nil {
		return plain(d.target, err)
	}
	d.done = true
	d.held.Close()
	err := syncFolder(filepath.Dir(d.target))
	return plain(d.target, errors.Join(err, os.RemoveAll(d.temp)))
}

// swapByTwo exchanges two folders in two steps. Between them there is no folder b:
// a process that is killed there leaves the old one under a hidden name.
func swapByTwo(a, b string) error {
	aside := tempName(b)
	if err := os.Rename(b, aside); err != nil {
		return err
	}
	if err := os.Rename(a, b); err != nil {
		return errors.Join(err, os.Rename(aside, b))
	}
	return os.Rename(aside, a)
}

// Discard removes the folder and all that is in it. After Commit it does nothing.
func (d *Folder) Discard() {
	if d.done {
		return
	}
	d.done = true
	d.Close()
	os.RemoveAll(d.temp)
	d.held.Close()
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
