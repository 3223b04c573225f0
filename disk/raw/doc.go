// Package raw reads and writes disks whose file is their content, byte for byte.
// ISO images are raw disks too.
//
// [Open] finds the holes of a sparse file where the system can tell, so that
// copying an almost empty disk does not read it. [NewFileWriter] leaves holes where
// the disk has zeros; [NewWriter] writes to what cannot have holes, as a pipe.
//
// Whether a file is raw cannot be seen from it: what looks like the header of
// another format may be content of the disk. The package that the file is in says what
// it is.
package raw
