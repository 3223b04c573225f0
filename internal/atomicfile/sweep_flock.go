//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"os"
	"path/filepath"
	"regexp"

	"golang.org/x/sys/unix"
)

// hold marks a folder as being written by this process, for as long as the file that
// it returns is open. The kernel takes the mark away from a process that dies.
func hold(temp string) (*os.File, error) {
	f, err := os.Open(temp)
	if err != nil {
		return nil, err
	}
	if err := mark(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// mark is hold for a file that is open.
func mark(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

var leftName = regexp.MustCompile(`^[A-Z2-7]{10}$`)

// sweep removes files and folders that killed processes have left beside target. Those that are
// being written are held and stay. What cannot be removed is left alone: it is in
// nobody's way.
func sweep(target string) {
	dir, prefix := filepath.Dir(target), tempPrefix(target)
	list, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range list {
		name := e.Name()
		if !e.IsDir() && !e.Type().IsRegular() || len(name) != len(prefix)+10 || name[:len(prefix)] != prefix || !leftName.MatchString(name[len(prefix):]) {
			continue
		}
		left := filepath.Join(dir, name)
		if f, err := hold(left); err == nil {
			_ = os.RemoveAll(left)
			f.Close()
		}
	}
}
