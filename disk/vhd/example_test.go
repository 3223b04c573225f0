package vhd_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vhd"
)

// Make a dynamic image of a disk of 1 GiB with a little content.
func Example() {
	dir, err := os.MkdirTemp("", "vhd")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file, err := os.Create(filepath.Join(dir, "disk.vhd"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()

	w, err := vhd.NewWriter(file, 1<<30, vhd.WriterOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	w.Skip(512 << 20)
	fmt.Fprint(w, "in the middle")
	w.Skip(512<<20 - 13)
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	fi, err := file.Stat()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := vhd.Open(file, fi.Size(), image.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p := make([]byte, 13)
	_, err = m.ReadAt(p, 512<<20)
	fmt.Println(m.Type(), m.Size(), fi.Size() < 3<<20)
	fmt.Printf("%s %v\n", p, err)
	// Output:
	// dynamic 1073741824 true
	// in the middle <nil>
}
