package examples_test

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// moreMemory gives every machine 4096 of the unit that its memory is in: the code
// of docs/embed.md.
func moreMemory(w io.Writer, data []byte) error {
	env, notes, err := envelope.Decode(data, envelope.DecodeOptions{Name: "petstore.ovf"})
	if err != nil {
		return err // a *diag.Diagnostic: file, line, column, rule
	}
	for _, n := range notes {
		fmt.Println(n.Error()) // what was read leniently
	}
	for vs := range env.Systems() {
		hw, ok := envelope.First[*envelope.VirtualHardwareSection](vs.Section)
		if !ok {
			continue
		}
		for i := range hw.Item {
			if t := hw.Item[i].ResourceType; t != nil && *t == rasd.Memory {
				hw.Item[i].VirtualQuantity = new(uint64(4096))
			}
		}
	}
	return envelope.Write(w, env)
}

// How is a descriptor changed, and what stays as it was? Three machines have memory
// for all options and for one, and one of them has two markers of a range.
func Example_edit() {
	data, err := os.ReadFile("petstore/petstore.ovf")
	if err != nil {
		fmt.Println(err)
		return
	}
	var out bytes.Buffer
	if err := moreMemory(&out, data); err != nil {
		fmt.Println(err)
		return
	}
	before, after := bytes.Split(data, []byte("\n")), bytes.Split(out.Bytes(), []byte("\n"))
	fmt.Println("as many lines:", len(before) == len(after))
	for i := range before {
		if !bytes.Equal(before[i], after[i]) {
			fmt.Printf("%d: %s\n", i+1, bytes.TrimSpace(before[i]))
		}
	}
	// Output:
	// as many lines: true
	// 172: <rasd:VirtualQuantity>512</rasd:VirtualQuantity>
	// 178: <rasd:VirtualQuantity>256</rasd:VirtualQuantity>
	// 185: <rasd:VirtualQuantity>192</rasd:VirtualQuantity>
	// 192: <rasd:VirtualQuantity>4</rasd:VirtualQuantity>
	// 283: <rasd:VirtualQuantity>384</rasd:VirtualQuantity>
	// 289: <rasd:VirtualQuantity>192</rasd:VirtualQuantity>
	// 349: <rasd:VirtualQuantity>384</rasd:VirtualQuantity>
	// 355: <rasd:VirtualQuantity>192</rasd:VirtualQuantity>
}
