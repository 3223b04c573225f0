package vmdk_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// Write a disk of 1 MiB with one line of content, and read it back.
func Example() {
	var file bytes.Buffer
	w, err := vmdk.NewWriter(&file, 1<<20, vmdk.WriterOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprint(w, "the first bytes of the disk")
	w.Skip(1<<20 - 27)
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	m, err := vmdk.Open(bytes.NewReader(file.Bytes()), int64(file.Len()), vmdk.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	start := make([]byte, 27)
	if _, err := m.ReadAt(start, 0); err != nil {
		fmt.Println(err)
		return
	}
	stored, err := image.Allocated(m)
	fmt.Printf("%s, %d bytes, stored %d, %v\n", m.Descriptor().CreateType, m.Size(), stored, err)
	fmt.Printf("%s\n", start)
	// Output:
	// streamOptimized, 1048576 bytes, stored 65536, <nil>
	// the first bytes of the disk
}

// Read an image of several files. The function decides what a name may refer
// to; here it is a map.
func ExampleOpen_extents() {
	descriptor := `# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="twoGbMaxExtentFlat"
RW 2 FLAT "disk-f001.vmdk" 0
RW 1 FLAT "disk-f002.vmdk" 0
`
	files := map[string]string{
		"disk-f001.vmdk": strings.Repeat("a", 1024),
		"disk-f002.vmdk": strings.Repeat("b", 512),
	}
	m, err := vmdk.Open(strings.NewReader(descriptor), int64(len(descriptor)), vmdk.Options{
		Extent: func(name string) (vmdk.ExtentFile, error) {
			content, ok := files[name]
			if !ok {
				return nil, errors.New("not in the package")
			}
			return extentFile{strings.NewReader(content)}, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	p := make([]byte, 4)
	_, err = m.ReadAt(p, 1022)
	fmt.Printf("%d bytes, %s, %v\n", m.Size(), p, err)
	// Output: 1536 bytes, aabb, <nil>
}

type extentFile struct{ *strings.Reader }

func (extentFile) Close() error { return nil }

// A descriptor that names a file of the host is refused before anything is
// opened.
func ExampleOpen_refused() {
	descriptor := `# Disk DescriptorFile
CID=fffffffe
createType="monolithicFlat"
RW 8 FLAT "/etc/shadow" 0
`
	_, err := vmdk.Open(strings.NewReader(descriptor), int64(len(descriptor)), vmdk.Options{})
	var refused *image.Error
	fmt.Println(errors.As(err, &refused), refused.Rule)
	fmt.Println(err)
	// Output:
	// true vmdk-extent-name
	// vmdk: the extent file "/etc/shadow" is not a plain file name; extents lie beside their descriptor in the package [vmdk-extent-name]
}
