//go:build linux || freebsd || darwin

package raw

import (
	"errors"
	"io"
	"math"
	"os"
	"syscall"
)

// holesOf returns a function that tells where the run of data or of a hole ends
// that off is in, or nil if r cannot tell.
func holesOf(r io.ReaderAt) func(off int64) (int64, bool) {
	f, ok := r.(*os.File)
	if !ok {
		return nil
	}
	if fi, err := f.Stat(); err != nil || !fi.Mode().IsRegular() {
		return nil
	}
	return func(off int64) (int64, bool) {
		// These calls move the offset of the file, which nothing here uses.
		data, err := f.Seek(off, seekData)
		switch {
		case errors.Is(err, syscall.ENXIO):
			return math.MaxInt64, true // no data up to the end of the file
		case err != nil:
			return math.MaxInt64, false
		case data > off:
			return data, true
		}
		hole, err := f.Seek(off, seekHole)
		if err != nil {
			return math.MaxInt64, false
		}
		return hole, false
	}
}
