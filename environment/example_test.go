package environment_test

import (
	"fmt"
	"os"

	"github.com/ovfkit/ovf/environment"
)

// What a guest sees of itself and of the machines beside it.
func Example() {
	const document = `<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1"
	    xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="web">
	  <PropertySection><Property oe:key="ip" oe:value="10.0.0.7"/></PropertySection>
	  <Entity oe:id="db">
	    <PropertySection><Property oe:key="ip" oe:value="10.0.0.8"/></PropertySection>
	  </Entity>
	</Environment>`
	env, _, err := environment.Decode([]byte(document), environment.DecodeOptions{Name: "ovf-env.xml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	print := func(id string, sections environment.Sections) {
		for _, s := range sections {
			if s, ok := s.(*environment.PropertySection); ok {
				for _, p := range s.Property {
					fmt.Println(id, p.Key, p.Value)
				}
			}
		}
	}
	print(*env.ID, env.Section)
	for _, e := range env.Entity {
		print(e.ID, e.Section)
	}
	// Output:
	// web ip 10.0.0.7
	// db ip 10.0.0.8
}

// A document made in Go.
func ExampleWrite() {
	_ = environment.Write(os.Stdout, &environment.Environment{
		ID: new("db"),
		Section: environment.Sections{&environment.PropertySection{
			Property: []environment.Property{{Key: "motd", Value: "a < b"}},
		}},
	})
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="db">
	//   <PropertySection>
	//     <Property oe:key="motd" oe:value="a &lt; b"/>
	//   </PropertySection>
	// </Environment>
}
