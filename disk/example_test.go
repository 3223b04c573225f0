package disk_test

import (
	"fmt"
	"os"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
)

// Which files are needed for a disk, and what sharing a base saves.
func Example() {
	text, err := os.ReadFile("../examples/petstore/petstore.ovf")
	if err != nil {
		fmt.Println(err)
		return
	}
	env, _, err := envelope.Decode(text, envelope.DecodeOptions{Name: "petstore.ovf"})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, problems := disk.NewGraph(env)
	if err := problems.Err(); err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range g.Leaves() {
		chain, err := g.Chain(id)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s (%d MiB):", id, chain[0].Capacity>>20)
		for _, d := range chain {
			fmt.Print(" ", d.File.Href)
		}
		fmt.Println()
	}
	// Output:
	// web (64 MiB): petstore-base.vmdk petstore-web.vmdk
	// db (64 MiB): petstore-base.vmdk petstore-db.vmdk
}
