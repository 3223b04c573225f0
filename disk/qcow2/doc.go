// Package qcow2 reads and writes disk images of QEMU's qcow2 format.
//
// [Open] reads images of version 2 and 3 that stand alone, through
// github.com/lima-vm/go-qcow2reader. It looks at the image first, and refuses one that
// names a backing file or an external data file before that library sees
// it; so no name in an image ever reaches the file system. Encryption, extended L2
// entries and compression other than deflate are refused as well.
//
// [NewWriter] makes images of version 3, with or without compression.
package qcow2
