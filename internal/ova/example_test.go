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
