package image_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
)

const exampleSize = 256 << 10

// makeDisk makes a small image for the examples: it stores a grain of the
// letter at each of the given grains.
func makeDisk(lineage image.Lineage, letter byte, grains ...int) *vmdk.Image {
	var b bytes.Buffer
	w, err := vmdk.NewWriter(&b, exampleSize, vmdk.WriterOptions{Lineage: lineage})
	if err != nil {
		panic(err)
	}
	pos := 0
	for _, g := range grains {
		w.Skip(int64(g*vmdk.GrainSize - pos))
		w.Write(bytes.Repeat([]byte{letter}, vmdk.GrainSize))
		pos = (g + 1) * vmdk.GrainSize
	}
	w.Skip(int64(exampleSize - pos))
	if err := w.Close(); err != nil {
		panic(err)
	}
	m, err := vmdk.Open(bytes.NewReader(b.Bytes()), int64(b.Len()), vmdk.Options{})
	if err != nil {
		panic(err)
	}
	return m
}

// Flatten a child over its parent, here to a raw disk.
func ExampleCopy() {
	base := makeDisk(image.Lineage{ID: "cid:00000001"}, 'B', 0, 1)
	child := makeDisk(image.Lineage{ID: "cid:00000002", Parent: "cid:00000001"}, 'C', 1, 2)

	chain, err := image.NewChain(image.Limits{}, base, child)
	if err != nil {
		fmt.Println(err)
		return
	}
	var out bytes.Buffer
	w, err := raw.NewWriter(&out, chain.Size())
	if err == nil {
		err = image.Copy(context.Background(), w, chain, image.CopyOptions{})
	}
	if err == nil {
		err = w.Close()
	}
	fmt.Println(out.Len(), err)
	for g := 0; g < out.Len(); g += vmdk.GrainSize {
		fmt.Printf("%q ", out.Bytes()[g])
	}
	// Output:
	// 262144 <nil>
	// 'B' 'C' 'C' '\x00'
}

// See what an image stores itself, and what it leaves to its parent.
func ExampleExtents() {
	child := makeDisk(image.Lineage{Parent: "cid:00000001"}, 'C', 1, 2)
	for e, err := range image.Extents(child) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%7d %7d %s\n", e.Offset, e.Length, e.Kind)
	}
	// Output:
	//       0   65536 absent
	//   65536  131072 data
	//  196608   65536 absent
}

// A chain of images that do not belong together is refused.
func ExampleNewChain() {
	base := makeDisk(image.Lineage{ID: "cid:00000001"}, 'B', 0)
	child := makeDisk(image.Lineage{Parent: "cid:00000007", Hint: "base.vmdk"}, 'C', 1)

	_, err := image.NewChain(image.Limits{}, base, child)
	var refused *image.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Rule)
		fmt.Println(refused.Detail)
	}
	// Output:
	// disk-parent-id
	// layer 2 of the chain is the child of cid:00000007, known as "base.vmdk", yet layer 1 is cid:00000001
}

// Make two machines' disks, children of one base, in one pass that reads the
// base once.
func ExampleCopyAll() {
	base := makeDisk(image.Lineage{ID: "cid:00000001"}, 'B', 0, 1)
	var jobs []image.Job
	var outs []*bytes.Buffer
	for i, letter := range []byte{'x', 'y'} {
		child := makeDisk(image.Lineage{Parent: "cid:00000001"}, letter, i)
		chain, err := image.NewChain(image.Limits{}, base, child)
		if err != nil {
			fmt.Println(err)
			return
		}
		out := &bytes.Buffer{}
		w, err := raw.NewWriter(out, chain.Size())
		if err != nil {
			fmt.Println(err)
			return
		}
		outs = append(outs, out)
		jobs = append(jobs, image.Job{Src: chain, Dst: []image.Writer{w}})
	}
	if err := image.CopyAll(context.Background(), jobs, image.CopyOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	for _, out := range outs {
		fmt.Printf("%c%c\n", out.Bytes()[0], out.Bytes()[vmdk.GrainSize])
	}
	// Output:
	// xB
	// By
}
