package raw_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// Convert a raw disk to a stream-optimized VMDK.
func Example() {
	content := strings.Repeat("some content of a disk. ", 100_000)
	src, err := raw.Open(strings.NewReader(content), int64(len(content)))
	if err != nil {
		fmt.Println(err)
		return
	}
	var out bytes.Buffer
	w, err := vmdk.NewWriter(&out, src.Size(), vmdk.WriterOptions{})
	if err == nil {
		err = image.Copy(context.Background(), w, src, image.CopyOptions{})
	}
	if err == nil {
		err = w.Close()
	}
	fmt.Println(src.Size(), out.Len() < len(content)/10, err)
	// Output: 2400000 true <nil>
}
