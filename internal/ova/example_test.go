package ova_test

import (
	"archive/tar"
	"bytes"
	"fmt"

	"github.com/ovfkit/ovf/internal/ova"
)

func ExampleReadDescriptor() {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"petstore.mf", "petstore.ovf"} {
		w.WriteHeader(&tar.Header{Name: name, Size: 3, Typeflag: tar.TypeReg})
		w.Write([]byte("..."))
	}
	w.Close()

	d, err := ova.ReadDescriptor(&b, ova.Limits{})
	fmt.Println(d.Name, len(d.Data), d.Before, err)
	// Output: petstore.ovf 3 1 <nil>
}

func ExampleReader() {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	w.WriteHeader(&tar.Header{Name: "petstore.ovf", Size: 3, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR})
	w.Write([]byte("..."))
	w.WriteHeader(&tar.Header{Name: "disk.vmdk", Linkname: "/dev/sda", Typeflag: tar.TypeSymlink, Format: tar.FormatUSTAR})
	w.Close()

	a := ova.NewReaderAt(bytes.NewReader(b.Bytes()), int64(b.Len()), "petstore.ova", 0)
	for m, err := a.Next(); err == nil; m, err = a.Next() {
		fmt.Println(m.Name, m.Offset, m.Size)
	}
	for _, d := range a.Diagnostics() {
		fmt.Println(d.Rule, d.Message)
	}
	// Output:
	// petstore.ovf 512 3
	// archive-member-type the member "disk.vmdk" is a symbolic link
}
