// Package image is what all disk image formats have in common: reading a virtual
// disk at any place, stacking a child on its parent, and copying a disk from one
// format to others.
//
// # Reading
//
// An [Image] is an [io.ReaderAt] with a size, a map of what it stores, and a
// lineage. The packages disk/vmdk, disk/vhd, disk/qcow2 and disk/raw open images;
// each opens its own format and never guesses, since what stands at the start
// of a disk may have been put there by whoever used it.
//
//	m, err := vmdk.Open(file, size, vmdk.Options{})
//	for e, err := range image.Extents(m) { … e.Offset, e.Length, e.Kind … }
//
// # Chains
//
// DSP0243 9.1 lets a disk be the child of another one, its parentRef: it holds
// only what was changed, and the rest is read from the parent, which may be a
// child itself. [NewChain] stacks images, the base first, verifies that they
// belong together, and is an image again. An image that needs its parent
// refuses to be read or copied without it.
//
// # Copying
//
// A [Writer] makes an image from the content of a disk, which it takes from the
// start to the end. [Copy] feeds it from any image; flattening a chain and converting
// a format are both a copy. [CopyAll] does several at once and reads only once
// what they have in common.
//
//	err := image.Copy(ctx, w, chain, image.CopyOptions{})
//	if err == nil {
//		err = w.Close()
//	}
//
// Reading and decompressing runs on all processors, compressing too; what is not
// stored costs nothing, so that the time of a copy follows the content and not the
// size of the disk. A few MiB are held in memory.
//
// # Hostile images
//
// Images come from packages that nobody has vouched for. Opening one checks all of
// its tables; what is refused is an [Error] with the name of its rule. [Limits]
// bounds memory. An image never names a file that is opened: not a parent (the
// caller stacks chains), not a backing file, and extent files only through a
// function of the caller.
package image
