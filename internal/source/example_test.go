package source_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ovfkit/ovf/internal/source"
)

func ExampleJoin() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "disk.000000000"), []byte("first "), 0o600)
	os.WriteFile(filepath.Join(dir, "disk.000000001"), []byte("second"), 0o600)

	folder, err := source.OpenFolder(dir)
	if err != nil {
		panic(err)
	}
	defer folder.Close()
	var parts []source.Content
	for _, name := range []string{"disk.000000000", "disk.000000001"} {
		c, err := folder.Open(context.Background(), name)
		if err != nil {
			panic(err)
		}
		parts = append(parts, c)
	}
	disk := source.Join(parts...)
	defer disk.Close()

	b := make([]byte, 5)
	disk.ReadAt(b, 4)
	fmt.Printf("%d bytes, %q\n", disk.Size(), b)
	// Output: 12 bytes, "t sec"
}
