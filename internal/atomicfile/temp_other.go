//go:build !linux

package atomicfile

import (
	"errors"
	"os"
)

func openTemp(target string) (*os.File, string, error) { return openNamed(target) }

// linkNameless is for files without a name, of which openTemp makes none here.
func linkNameless(*os.File, string) error { return errors.ErrUnsupported }
