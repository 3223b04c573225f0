package environment_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

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
	env, _, err := environment.Read(strings.NewReader(document), environment.DecodeOptions{Name: "ovf-env.xml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ip, ok := env.Lookup("ip")
	fmt.Println(*env.ID, ip, ok)
	for _, e := range env.Entity {
		for key, value := range e.Properties() {
			fmt.Println(e.ID, key, value)
		}
	}
	// Output:
	// web 10.0.0.7 true
	// db ip 10.0.0.8
}

// The documents of two machines that see each other.
func ExampleGuest() {
	members := []environment.Member{
		{ID: "web", Properties: []environment.Pair{{Key: "ip", Value: "10.0.0.7"}}},
		{ID: "db", Properties: []environment.Pair{{Key: "ip", Value: "10.0.0.8"}, {Key: "motd", Value: "a < b"}}},
	}
	c, err := environment.NewCollection(members)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range members {
		g := environment.Guest{ID: m.ID, Properties: m.Properties, Collection: c}
		if _, err := g.WriteTo(os.Stdout); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="web">
	//   <PropertySection>
	//     <Property oe:key="ip" oe:value="10.0.0.7"/>
	//   </PropertySection>
	//   <Entity oe:id="db">
	//     <PropertySection>
	//       <Property oe:key="ip" oe:value="10.0.0.8"/>
	//       <Property oe:key="motd" oe:value="a &lt; b"/>
	//     </PropertySection>
	//   </Entity>
	// </Environment>
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="db">
	//   <PropertySection>
	//     <Property oe:key="ip" oe:value="10.0.0.8"/>
	//     <Property oe:key="motd" oe:value="a &lt; b"/>
	//   </PropertySection>
	//   <Entity oe:id="web">
	//     <PropertySection>
	//       <Property oe:key="ip" oe:value="10.0.0.7"/>
	//     </PropertySection>
	//   </Entity>
	// </Environment>
}

// The medium for a virtual CD-ROM drive.
func ExampleWriteISO() {
	g := environment.Guest{ID: "web", Properties: []environment.Pair{{Key: "ip", Value: "10.0.0.7"}}}
	document, err := g.Document()
	if err != nil {
		fmt.Println(err)
		return
	}
	var image bytes.Buffer
	if err := environment.WriteISO(&image, document); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(image.Len(), "bytes")
	// Output: 55296 bytes
}

// A platform adds a section of its own to the document.
func ExampleBuild() {
	env, err := environment.Build(environment.Guest{ID: "web", Platform: environment.Platform{Kind: "Example Hypervisor"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	env.Section = append(env.Section, &environment.PropertySection{
		Property: []environment.Property{{Key: "example.host", Value: "node-7"}},
	})
	if err := environment.Write(os.Stdout, env); err != nil {
		fmt.Println(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="web">
	//   <PlatformSection>
	//     <Kind>Example Hypervisor</Kind>
	//   </PlatformSection>
	//   <PropertySection/>
	//   <PropertySection>
	//     <Property oe:key="example.host" oe:value="node-7"/>
	//   </PropertySection>
	// </Environment>
}
