// Package vhd reads and writes disk images of Microsoft's Virtual Hard Disk
// format, version 1 (not VHDX).
//
// [Open] reads fixed, dynamic and differencing images; a differencing one is
// the child of another, whose UUID it names, and is read by [image.NewChain] with its parent.
// [NewWriter] makes dynamic images, [NewFixedWriter] fixed ones.
//
// The size of the disk is the current size of the footer. Old programs take the
// product of cylinders, heads and sectors instead, which most sizes are not; images
// that this package writes name a creator for which they do not.
//
// A file that ends without a sound footer is refused: the copy at the start of
// the file is not taken in its place, since in a fixed image the start of the
// file is content of the disk.
package vhd
