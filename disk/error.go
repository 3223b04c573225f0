package disk

import (
	"errors"

	"github.com/ovfkit/ovf/diag"
)

// ErrNoDisk says that the descriptor has no disk of an id.
var ErrNoDisk = errors.New("there is no such disk in the descriptor")

// ErrNeedsFile says that an image cannot be written front to back.
var ErrNeedsFile = errors.New("it is written to a file only, since its tables are filled in at the end")

// ErrCapacity says that the capacity of a disk is not known: it is the value of a
// property that was not given, or no possible number.
var ErrCapacity = errors.New("the capacity of the disk is not known")

// Error says which disk of a package a failure is about.
type Error struct {
	Disk string // diskId
	Err  error  // often an *image.Error
}

// Error names the disk and the cause.
func (e *Error) Error() string { return "disk " + diag.Quote(e.Disk) + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
