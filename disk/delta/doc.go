// Package delta makes parent and child disks of images that are alike, so that a
// package holds once what they have in common (DSP0243 9.1, parentRef).
//
// [Analyze] reads the images and makes a [Plan]: which of them become children of
// which, or of a parent that is made for them. [Plan.Write] then writes all disks
// in one pass over the images. A child stores the blocks of 64 KiB that differ
// from its parent and no others; this is decided by comparing bytes.
//
//	plan, err := delta.Analyze(ctx, images, delta.Options{})
//	err = plan.Write(ctx, images, func(i int) (image.Writer, error) {
//		d := plan.Disks[i]
//		o := vmdk.WriterOptions{Lineage: image.Lineage{ID: vmdk.ContentID(d.Sum)}}
//		if d.Parent != delta.None {
//			o.Lineage.Parent = vmdk.ContentID(plan.Disks[d.Parent].Sum)
//		}
//		return vmdk.NewWriter(files[i], size, o)
//	}, delta.Options{})
//
// [Diff] is the short way for one child over a parent that exists already.
//
// # How the plan is chosen
//
// A child stores all it has but what it shares with its parent. Of all ways to
// make each image the child of another one or of none, the best is therefore the
// forest that shares most, a maximum spanning forest, whatever images are its
// roots. Where several images stem from one that is not among them, a parent of what
// most of them hold is better still; Analyze tries that for each family of three
// and more.
package delta
