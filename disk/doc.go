// Package disk works on the virtual disks of a package: which ones there are, which
// of them build on others, and what their content is (DSP0243 9.1).
//
// # The graph
//
// [NewGraph] reads DiskSection and SharedDiskSection: each [Disk] with its
// capacity, file, format, parent and users. A disk with a parent holds only what
// was changed; [Graph.Chain] tells which disks are needed to make it, in which
// order, and [Graph.Download] what must be fetched for that.
//
//	g, problems := disk.NewGraph(env)
//	chain, err := g.Chain("web") // the base first, web last
//
// # Content
//
// [Open] opens the image of a disk over those of its parents as one
// [image.Image]; package ovf has the [Files] to read from. [Flatten] writes
// one disk or several into images that stand alone, and reads once what they have
// in common.
//
//	err := disk.Flatten(ctx, g, files, disk.Options{}, disk.Target{Disk: "web", Create: func(size int64) (image.Writer, error) {
//		return disk.NewWriter(out, disk.QCOW2, size, disk.WriterOptions{})
//	}})
//
// [Delta] goes the other way: from disks that are alike it makes a parent and
// children, and the parts of the descriptor for them.
//
// # Formats
//
// The format of an image is what the descriptor declares, and its header must say
// the same. It is never guessed: what is declared raw is read as raw, whatever it
// looks like. Read are VMDK, VHD, qcow2, raw disks and ISO images; [Format] lists
// what is written. VHDX is refused.
//
// # Hostile packages
//
// An image names no file that is opened, but for the extents of a VMDK, which must
// be files of the package. Parents come from the descriptor; that they are the
// right ones is verified by the identities in the images. Cycles, chains of
// disks of different size, and chains beyond the limit are refused.
package disk
