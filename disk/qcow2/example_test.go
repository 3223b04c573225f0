package qcow2_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/qcow2"
)

// Make a compressed image and look at what it stores.
func Example() {
	dir, err := os.MkdirTemp("", "qcow2")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file, err := os.Create(filepath.Join(dir, "disk.qcow2"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()

	w, err := qcow2.NewWriter(file, 1<<30, qcow2.WriterOptions{Compress: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	w.Write(bytes.Repeat([]byte("content "), 32<<10))
	w.Skip(1<<30 - 256<<10)
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	fi, err := file.Stat()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := qcow2.Open(file, fi.Size(), image.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	stored, err := image.Allocated(m)
	fmt.Println(m.Size(), stored, err)
	// Output: 1073741824 262144 <nil>
}

// An image with a backing file is refused without a look at that file.
func ExampleOpen_refused() {
	header := make([]byte, 512)
	copy(header, "QFI\xfb")
	binary.BigEndian.PutUint32(header[4:], 3)
	binary.BigEndian.PutUint64(header[8:], 200) // where the name of the backing file is
	binary.BigEndian.PutUint32(header[16:], 11)
	copy(header[200:], "/etc/shadow")

	_, err := qcow2.Open(bytes.NewReader(header), 512, image.Limits{})
	var refused *image.Error
	fmt.Println(errors.As(err, &refused), refused.Rule)
	// Output: true qcow2-backing-file
}
