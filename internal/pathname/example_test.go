package pathname_test

import (
	"fmt"

	"github.com/ovfkit/ovf/internal/pathname"
)

func ExampleProblem() {
	for _, name := range []string{"disks/web.vmdk", "../web.vmdk", "web%2fvmdk"} {
		fmt.Printf("%s: %q\n", name, pathname.Problem(name))
	}
	// Output:
	// disks/web.vmdk: ""
	// ../web.vmdk: "has the path segment \"..\""
	// web%2fvmdk: "has a percent-encoded separator"
}
