package atomicfile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/ovfkit/ovf/internal/atomicfile"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "petstore.mf")

	f, err := atomicfile.Create(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Discard()
	fmt.Fprintln(f, "SHA256(petstore.ovf)= …")
	_, err = os.Stat(name)
	fmt.Println("there while it is written:", err == nil)

	if err := f.Commit(); err != nil {
		fmt.Println(err)
		return
	}
	_, err = os.Stat(name)
	fmt.Println("there at the end:", err == nil)
	// Output:
	// there while it is written: false
	// there at the end: true
}
