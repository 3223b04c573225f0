package envelope_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

const descriptor = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
          xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:id="disk" ovf:href="web.vmdk"/> <!-- built nightly -->
  </References>
  <VirtualSystem ovf:id="web">
    <Info>A web server</Info>
    <ProductSection ovf:class="com.example">
      <Info>What can be set</Info>
      <Category>Network</Category>
      <Property ovf:key="port" ovf:type="uint16" ovf:value="80"/>
      <Property ovf:key="host" ovf:type="string"/>
    </ProductSection>
  </VirtualSystem>
</Envelope>
`

// Read a descriptor, look at it, change one value, write it. Only the line of
// that value differs.
func Example() {
	env, list, err := envelope.Decode([]byte(descriptor), envelope.DecodeOptions{Name: "web.ovf"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range list { // what was read leniently
		fmt.Println(d.Error())
	}
	for vs := range env.Systems() {
		for ps := range envelope.All[*envelope.ProductSection](vs.Section) {
			for _, e := range ps.Entry {
				switch e := e.(type) {
				case *envelope.Category:
					fmt.Println("category", e.Text)
				case *envelope.Property:
					fmt.Println(e.Location(""), e.Key, e.Type)
					if e.Key == "port" {
						e.Value = new("8080")
					}
				}
			}
		}
	}
	out, _ := envelope.Encode(env)
	was := strings.Split(descriptor, "\n")
	for i, line := range strings.Split(string(out), "\n") {
		if line != was[i] {
			fmt.Println("line", i+1, "is now", strings.TrimSpace(line))
		}
	}
	// Output:
	// category Network
	// web.ovf:11:7 port uint16
	// web.ovf:12:7 host string
	// line 11 is now <Property ovf:key="port" ovf:type="uint16" ovf:value="8080"/>
}

// A descriptor made in Go is written in schema order with the usual prefixes.
func ExampleWrite() {
	_ = envelope.Write(os.Stdout, &envelope.Envelope{
		References: envelope.References{File: []envelope.File{{ID: "disk", Href: "a.vmdk", Size: new(uint64(68096))}}},
		Section: envelope.Sections{
			&envelope.DiskSection{
				Info: envelope.Msg{Text: "Disks"},
				Disk: []envelope.Disk{{DiskID: "d", Capacity: "8", CapacityAllocationUnits: new("byte * 2^30"), FileRef: new("disk")}},
			},
		},
		Content: &envelope.VirtualSystem{ID: "vm", Info: envelope.Msg{Text: "A machine"}},
	})
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
	//   <References>
	//     <File ovf:id="disk" ovf:href="a.vmdk" ovf:size="68096"/>
	//   </References>
	//   <DiskSection>
	//     <Info>Disks</Info>
	//     <Disk ovf:diskId="d" ovf:fileRef="disk" ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^30"/>
	//   </DiskSection>
	//   <VirtualSystem ovf:id="vm">
	//     <Info>A machine</Info>
	//   </VirtualSystem>
	// </Envelope>
}

const vmwareNS = "http://www.vmware.com/schema/ovf"

// IPAssignment is a section of VMware as a type of the caller's.
type IPAssignment struct {
	envelope.UnknownSection
	Schemes string
}

// UnmarshalElement reads the section.
func (s *IPAssignment) UnmarshalElement(e *xmltree.Element) error {
	s.Element = e
	s.Schemes, _ = e.Attr(vmwareNS, "schemes")
	return nil
}

// OpenElement puts the fields back for writing.
func (s *IPAssignment) OpenElement() (*xmltree.Element, error) {
	for i := range s.Element.Attrs {
		if a := &s.Element.Attrs[i]; a.Name.Is(vmwareNS, "schemes") {
			a.Value = s.Schemes
		}
	}
	return s.Element, nil
}

// A section of a vendor can be given a type for one call of Decode.
func ExampleDecodeOptions_sections() {
	const text = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References/>
  <vmw:IpAssignmentSection vmw:schemes="dhcp"><Info>IP</Info></vmw:IpAssignmentSection>
</Envelope>`
	env, _, err := envelope.Decode([]byte(text), envelope.DecodeOptions{
		Sections: map[xmltree.Name]func() envelope.Section{
			{Space: vmwareNS, Local: "IpAssignmentSection"}: func() envelope.Section { return new(IPAssignment) },
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ip, _ := envelope.First[*IPAssignment](env.Section)
	fmt.Println(ip.Schemes, ip.SectionInfo().Text)
	ip.Schemes = "dhcp,ovfenv"
	out, _ := envelope.Encode(env)
	fmt.Println(strings.TrimSpace(strings.Split(string(out), "\n")[2]))
	// Output:
	// dhcp IP
	// <vmw:IpAssignmentSection vmw:schemes="dhcp,ovfenv"><Info>IP</Info></vmw:IpAssignmentSection>
}
