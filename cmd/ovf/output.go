package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a file as a whole: into a new one beside it that takes its
// place at the end, so that nobody ever sees half of it. A name that is there
// and not a regular file, as a device, is written to instead. It follows
// symbolic links and keeps the permissions.
func replaceFile(name string, data []byte) error {
	mode := fs.FileMode(0o644)
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	switch i, err := os.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return plainPath(name, err)
	case i.IsDir():
		return fmt.Errorf("%s: is a directory; give the name of a file", name)
	case !i.Mode().IsRegular():
		return writeDevice(name, data)
	default:
		mode = i.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return plainPath(name, err)
	}
	if err := finish(f, data, mode, name); err != nil {
		os.Remove(f.Name())
		return plainPath(name, err)
	}
	return nil
}

// finish writes and closes the new file, and gives it its name.
func finish(f *os.File, data []byte, mode fs.FileMode, name string) error {
	_, err := f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func writeDevice(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return plainPath(name, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return plainPath(name, err)
	}
	return nil
}
