package vssd_test

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/vssd"
)

// A system may name several hypervisor families that can run it.
func ExampleSystem() {
	s := vssd.System{ElementName: "Hardware", InstanceID: "0", VirtualSystemType: new("vmx-19 kvm")}
	for _, family := range strings.Fields(*s.VirtualSystemType) {
		fmt.Println(family)
	}
	// Output:
	// vmx-19
	// kvm
}
