package atomicfile

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// openTemp opens a new file for target, without a name if that can be had, so
// that it vanishes with the process.
func openTemp(target string) (*os.File, string, error) {
	fd, err := unix.Open(filepath.Dir(target), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return openNamed(target) // not every file system can, and it finds the reason of other errors
	}
	f := os.NewFile(uintptr(fd), target)
	if _, err := os.Stat(self(f)); err != nil {
		f.Close() // without /proc it could never get a name
		return openNamed(target)
	}
	return f, "", nil
}

// linkNameless gives a name to a file without one.
func linkNameless(f *os.File, name string) error {
	if err := unix.Linkat(unix.AT_FDCWD, self(f), unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW); err != nil {
		return &os.LinkError{Op: "link", Old: self(f), New: name, Err: err}
	}
	return nil
}

// self returns the path by which the kernel knows an open file.
func self(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }
