package summary_test

import (
	"fmt"
	"os"

	"github.com/ovfkit/ovf/cmd/ovf/internal/summary"
	"github.com/ovfkit/ovf/envelope"
)

func ExampleOf() {
	env := &envelope.Envelope{
		Section: envelope.Sections{&envelope.DiskSection{Disk: []envelope.Disk{
			{DiskID: "data", Capacity: "${size}", CapacityAllocationUnits: new("byte * 2^30")},
		}}},
		Content: &envelope.VirtualSystem{ID: "vm", Section: envelope.Sections{&envelope.ProductSection{Entry: envelope.ProductEntries{
			&envelope.Property{Key: "size", Type: "uint32", Value: new("20"), UserConfigurable: new(true)},
		}}}},
	}
	s := summary.Of(env, nil)
	s.File = "vm.ovf"
	fmt.Println(s.Disks[0].Bytes)
	if err := s.WriteText(os.Stdout, summary.TextOptions{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 21474836480
	// vm.ovf
	//   OVF 1.x, texts in en-US
	//
	// Systems
	//   vm
	//
	// Disks
	//   data  20 GiB by ${size}, empty
	//
	// Properties (* may be set at deployment)
	//   vm
	//     * size: uint32 = "20"
}
