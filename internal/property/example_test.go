package property_test

import (
	"fmt"

	"github.com/ovfkit/ovf/internal/property"
)

// Is this value good for a port number?
func ExampleSpec_Check() {
	spec, _ := property.ParseSpec("uint16", "MinValue(1)")
	fmt.Println(spec.Check("8080"))
	fmt.Println(spec.Check("70000"))
	// Output:
	// <nil>
	// "70000" is out of range; accepted: a whole number from 1 to 65535
}

// Which properties does a value refer to?
func ExampleScan() {
	for _, s := range property.Scan("jdbc:db://${dbIp}:${dbPort}/shop") {
		if s.Kind == property.Reference {
			fmt.Println(s.Text, "at", s.Offset)
		}
	}
	// Output:
	// dbIp at 10
	// dbPort at 18
}
