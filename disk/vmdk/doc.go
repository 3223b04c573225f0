// Package vmdk reads and writes disk images of VMware's Virtual Disk Format.
//
// # Subformats
//
// An image is a text descriptor and one or more extents. [Open] reads
//
//   - streamOptimized: one file of compressed grains, with its tables in front or, as
//     the footer at its end says, among and behind the grains. The
//     format of nearly all OVF packages
//     ("http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized").
//   - monolithicSparse: one file of grains as they are
//   - monolithicFlat, twoGbMaxExtentFlat, twoGbMaxExtentSparse: a descriptor file
//     beside one or more extent files, which a function of the caller opens
//
// A child of another image has the content ID (CID) of its parent in its
// descriptor, and only the grains that were changed; [image.NewChain] stacks
// them and compares the IDs.
//
// # Writing
//
// [Writer] makes streamOptimized images: [NewWriter] in one pass for any
// [io.Writer], [NewFileWriter] for a file. Grains of zeros are left out, the
// others are compressed on all processors. The output depends on the content and the
// options and on nothing else.
//
//	w, err := vmdk.NewFileWriter(file, size, vmdk.WriterOptions{})
//	err = image.Copy(ctx, w, source, image.CopyOptions{})
//	err = w.Close()
//
// # Hostile images
//
// [Open] checks the header, the descriptor and all tables before it returns: that
// everything lies within the file, that nothing overlaps, that no extent has a name
// that could lead elsewhere. A grain is decompressed into its own size and no further,
// and must say that it is the grain which was looked for. What is
// refused is an [image.Error] with one of the rules of [Rules].
package vmdk
