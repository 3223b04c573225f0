//go:build !windows

package atomicfile

import (
	"errors"
	"os"
	"syscall"
)

// flush brings the names in an open folder to the disk; some file systems refuse
// that, since they do so by themselves.
func flush(d *os.File) error {
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
