package author_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ovfkit/ovf/author"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

const webDescription = `
machine:
  id: web
  cpus: 2
  memory: 1 GiB
  disks: [system]
disks:
  - {id: system, source: system.img}
`

// A package is made from a description and the image of a disk.
func Example() {
	dir, err := os.MkdirTemp("", "author")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "system.img"), make([]byte, 1<<20), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	spec, err := author.Decode("web.yaml", []byte(webDescription))
	if err != nil {
		fmt.Println(err) // a diag.List: all mistakes, with line and column
		return
	}
	stored, err := author.Build(context.Background(), spec, filepath.Join(dir, "web.ova"), author.BuildOptions{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range stored {
		fmt.Println(s.Name)
	}
	// Output:
	// web.ovf
	// system.vmdk
	// web.mf
}

// All mistakes are reported at once.
func ExampleDecode_mistakes() {
	_, err := author.Decode("web.yaml", []byte("machine:\n  id: web\n  cpu: 2\n  memory: lots\n  disks: [system]\n"))
	var found diag.List
	if errors.As(err, &found) {
		for _, d := range found {
			fmt.Println(d.Location, d.Message)
		}
	}
	// Output:
	// web.yaml:3:3 there is no key "cpu" here
	// web.yaml:4:11 machine.memory: "lots" is no size; write a whole number with a unit, as 512 MiB or 2 GiB
}

// A Spec can be made in Go as well; it becomes a descriptor.
func ExampleSpec_Envelope() {
	spec := &author.Spec{
		Machine: &author.Machine{ID: "web", CPUs: author.Amount{Value: 2}, Memory: author.Amount{Value: 512 << 20}, Networks: []string{"public"}},
	}
	env, err := spec.Envelope()
	if err != nil {
		fmt.Println(err)
		return
	}
	for vs := range env.Systems() {
		hw, _ := envelope.First[*envelope.VirtualHardwareSection](vs.Section)
		for _, item := range hw.Item {
			fmt.Println(*item.ResourceType, item.ElementName)
		}
	}
	// Output:
	// Processor 2 processors
	// Memory 512 MiB memory
	// Ethernet Adapter Adapter on public
}
