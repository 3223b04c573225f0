package plan

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

// benchDescriptor is a collection of n machines with processors, memory under two
// options, a range, a controller, a disk, an adapter and three properties each:
// about 4 KB a machine.
func benchDescriptor(n int) []byte {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString(`<References><File ovf:id="f" ovf:href="base.vmdk"/></References>
<DiskSection><Info>D</Info><Disk ovf:diskId="base" ovf:fileRef="f" ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^30" ovf:format="x"/></DiskSection>
<NetworkSection><Info>N</Info><Network ovf:name="front"/></NetworkSection>
<DeploymentOptionSection><Info>O</Info><Configuration ovf:id="small"><Label>S</Label><Description>S</Description></Configuration>
<Configuration ovf:id="large"><Label>L</Label><Description>L</Description></Configuration></DeploymentOptionSection>
<VirtualSystemCollection ovf:id="all"><Info>A</Info>
<ProductSection><Info>P</Info><Property ovf:key="domain" ovf:type="string" ovf:value="example.com"/></ProductSection>
`)
	for i := range n {
		fmt.Fprintf(&b, `<VirtualSystem ovf:id="vm%d"><Info>A machine</Info><Name>Machine %[1]d</Name>
<ProductSection ovf:class="com.example"><Info>P</Info>
  <Property ovf:key="name" ovf:type="string" ovf:value="vm%[1]d.${domain}"/>
  <Property ovf:key="port" ovf:type="uint16" ovf:value="80"><Value ovf:value="8080" ovf:configuration="large"/></Property></ProductSection>
<VirtualHardwareSection><Info>H</Info>
  <System><vssd:ElementName>Family</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID><vssd:VirtualSystemType>vmx-13</vssd:VirtualSystemType></System>
`, i)
		for _, item := range []string{
			`<Item><rasd:AllocationUnits>hertz * 10^6</rasd:AllocationUnits><rasd:ElementName>2 CPUs</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>`,
			`<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>Memory</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>1024</rasd:VirtualQuantity></Item>`,
			`<Item ovf:configuration="large"><rasd:ElementName>More memory</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>4096</rasd:VirtualQuantity></Item>`,
			`<Item ovf:bound="max"><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>Most memory</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>8192</rasd:VirtualQuantity></Item>`,
			`<Item><rasd:Address>0</rasd:Address><rasd:ElementName>SCSI</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>lsilogic</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>`,
			`<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:ElementName>Disk</rasd:ElementName><rasd:HostResource>ovf:/disk/base</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>`,
			`<Item><rasd:AutomaticAllocation>true</rasd:AutomaticAllocation><rasd:Connection>front</rasd:Connection><rasd:ElementName>NIC</rasd:ElementName><rasd:InstanceID>5</rasd:InstanceID><rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>`,
		} {
			b.WriteString(item + "\n")
		}
		b.WriteString("</VirtualHardwareSection></VirtualSystem>\n")
	}
	b.WriteString("</VirtualSystemCollection></Envelope>\n")
	return []byte(b.String())
}

// BenchmarkResolve makes the plan of a decoded descriptor; BenchmarkDecode is what
// it is compared with.
func BenchmarkResolve(b *testing.B) {
	for _, n := range []int{10, 20, 100, 1000, 2000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := benchDescriptor(n)
			env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "bench.ovf"})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Resolve(context.Background(), Input{Envelope: env}, Choices{Option: "large"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range []int{20, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := benchDescriptor(n)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "bench.ovf"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
