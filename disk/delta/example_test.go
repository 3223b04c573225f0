package delta_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ovfkit/ovf/disk/delta"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// Three machines have disks that differ in a block each: one disk is stored
// whole, the others as what differs from it.
func Example() {
	const size = 32 * delta.BlockSize
	base := bytes.Repeat([]byte("operating system "), size/16)[:size]
	web, database := bytes.Clone(base), bytes.Clone(base)
	copy(web[5*delta.BlockSize:], "web server")
	copy(database[9*delta.BlockSize:], "database")

	var images []image.Image
	for _, content := range [][]byte{base, web, database} {
		m, err := raw.Open(bytes.NewReader(content), size)
		if err != nil {
			fmt.Println(err)
			return
		}
		images = append(images, m)
	}
	ctx := context.Background()
	plan, err := delta.Analyze(ctx, images, delta.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, d := range plan.Disks {
		fmt.Printf("disk %d: image %d over %d, %d blocks\n", i, d.Image, d.Parent, d.Stored/delta.BlockSize)
	}
	files := make([]bytes.Buffer, len(plan.Disks))
	err = plan.Write(ctx, images, func(i int) (image.Writer, error) {
		d := plan.Disks[i]
		o := vmdk.WriterOptions{Lineage: image.Lineage{ID: vmdk.ContentID(d.Sum)}}
		if d.Parent != delta.None {
			o.Lineage.Parent = vmdk.ContentID(plan.Disks[d.Parent].Sum)
			o.Lineage.Hint = fmt.Sprintf("disk%d.vmdk", d.Parent)
		}
		return vmdk.NewWriter(&files[i], size, o)
	}, delta.Options{})
	fmt.Println(err)
	// Output:
	// disk 0: image 0 over -1, 32 blocks
	// disk 1: image 1 over 0, 1 blocks
	// disk 2: image 2 over 0, 1 blocks
	// <nil>
}
