// Package images makes the disk images of the example packages, and says what is on
// their disks.
//
// The disks are small: 64 MiB of capacity with some KiB of content, which stands in
// for an operating system and for what a machine adds to it. They are kept with the
// examples; go test ./examples/internal/images -update writes them anew.
package images
