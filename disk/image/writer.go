package image

import "io"

// Writer makes an image from the content of a virtual disk, which it takes
// once, from the start to the end. It is used by one goroutine at a time, though it
// may work on several itself. After an error every further call returns that
// error. Writers never close the output that they were given.
type Writer interface {
	// Write appends content at the current position. Writers that can leave
	// out zeros find them themselves.
	io.Writer
	// Skip goes n bytes ahead. They are not stored: they read as zeros, or,
	// in an image that is made with a parent, as what the parent holds.
	Skip(n int64) error
	// Close completes the image once all of the disk was written or skipped.
	// Until it has returned nil the output is no valid image.
	io.Closer
}

// Output is what a writer needs that goes back to fill in tables. [os.File]
// has it. The file is expected to be empty.
type Output interface {
	io.WriterAt
	Truncate(size int64) error
}
