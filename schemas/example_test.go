package schemas_test

import (
	"context"
	"fmt"
	"os"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// A mistake is reported with its place, and what would be accepted there.
func Example() {
	data, err := os.ReadFile("../internal/ruleexample/files/schema-element-order.bad.ovf")
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := xmltree.Parse("web.ovf", data, xmltree.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	validator, err := schemas.Compile(schemas.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := validator.Validate(context.Background(), doc)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range result.Diagnostics {
		fmt.Println(d.Error())
		fmt.Println("hint:", d.Hint)
	}
	// Output:
	// web.ovf:12:9: "rasd:VirtualQuantity" stands out of order in "ovf:Item": its place is behind "rasd:ResourceType" [schema-element-order]
	// hint: move it behind line 13
}

// The schema of a vendor lets its sections be checked, too.
func ExampleFromDir() {
	source, err := schemas.FromDir("testdata/vendor")
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := os.ReadFile("../internal/ruleexample/files/schema-vendor-section.bad.ovf")
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := xmltree.Parse("web.ovf", data, xmltree.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range []schemas.Options{{}, {Source: source}} {
		validator, err := schemas.Compile(o)
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := validator.Validate(context.Background(), doc)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(result.Versions, "undeclared sections:", result.Undeclared)
	}
	// Output:
	// [1.0.0 1.1.0 1.1.1] undeclared sections: 1
	// [1.0.0 1.1.0 1.1.1] undeclared sections: 0
}
