// Package source reads the files of a package from wherever they are: a folder, an
// fs.FS, or a server, always as a [Content] that can be read at any place.
//
//	folder, err := source.OpenFolder("appliance")
//	c, err := folder.Open(ctx, "disk.vmdk.000000000")
//	disk := source.Join(c, …)
//
// A [Folder] never leads out of itself, not by a symbolic link either. A [Remote]
// is pinned: it stays the file that it was when it was opened, or fails. A
// [Sealer] remembers what a content was when it was verified, so that no later
// read gives anything else.
package source
