package envelope_test

import (
	"fmt"
	"os"

	"github.com/ovfkit/ovf/envelope"
)

// Change a machine and a default value: only these values differ in the text.
func ExampleVirtualSystem_SetMemory() {
	data, err := os.ReadFile("../examples/petstore/petstore.ovf")
	if err != nil {
		fmt.Println(err)
		return
	}
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "petstore.ovf"})
	if err != nil {
		fmt.Println(err)
		return
	}
	db, err := env.FindSystem("DB1")
	if err != nil {
		fmt.Println(err)
		return
	}
	changes, err := db.SetMemory(4<<30, "minimal")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range changes {
		fmt.Println(c)
	}
	// envelope.Write(w, env) writes the descriptor
	// Output: DB1: Item 2 (minimal) VirtualQuantity: "192" -> "4096"
}

// A value that does not fit is refused with what would.
func ExamplePropertyRef_SetValue() {
	section := &envelope.ProductSection{Class: new("com.example")}
	err := section.AddProperty(&envelope.Property{Key: "port", Type: "uint16"}, "Network")
	if err != nil {
		fmt.Println(err)
		return
	}
	env := &envelope.Envelope{Content: &envelope.VirtualSystem{ID: "vm", Section: envelope.Sections{section}}}
	port, err := env.FindProperty("com.example.port", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(port.SetValue("8080", ""))
	fmt.Println(port.SetValue("http", ""))
	_, err = env.FindProperty("com.example.prot", nil)
	fmt.Println(err)
	// Output:
	// <nil>
	// property "com.example.port": "http" is not a whole number; accepted: a whole number from 0 to 65535
	// there is no property "com.example.prot"; the descriptor has "com.example.port"
}

// House style, with comments kept.
func ExampleFormat() {
	env, _, err := envelope.Decode([]byte(`<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1' xmlns:ovf='http://schemas.dmtf.org/ovf/envelope/1'>
<References><File ovf:href='a.iso' ovf:id='a'></File><!-- CD --></References></Envelope>`), envelope.DecodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := envelope.Format(env)
	fmt.Println(string(out), err)
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
	//   <References>
	//     <File ovf:id="a" ovf:href="a.iso"/> <!-- CD -->
	//   </References>
	// </Envelope>
	//  <nil>
}
