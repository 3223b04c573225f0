package plan_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
)

// two is a package with two sizes, and one property that the operator sets.
const two = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
  <References/>
  <DeploymentOptionSection>
    <Info>Sizes</Info>
    <Configuration ovf:id="large"><Label>Large</Label><Description>For customers</Description></Configuration>
    <Configuration ovf:id="small"><Label>Small</Label><Description>For a trial</Description></Configuration>
  </DeploymentOptionSection>
  <VirtualSystemCollection ovf:id="site">
   <Info>A site of one machine</Info>
   <ProductSection>
    <Info>What the operator decides</Info>
    <Property ovf:key="host" ovf:type="string" ovf:userConfigurable="true"/>
   </ProductSection>
   <VirtualSystem ovf:id="web">
    <Info>A web server</Info>
    <ProductSection>
      <Info>What the guest reads</Info>
      <Property ovf:key="url" ovf:type="string" ovf:value="http://${host}/"/>
    </ProductSection>
    <VirtualHardwareSection>
      <Info>Memory</Info>
      <Item>
        <rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>Memory</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>2048</rasd:VirtualQuantity>
      </Item>
      <Item ovf:configuration="small">
        <rasd:ElementName>Less memory</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity>
      </Item>
    </VirtualHardwareSection>
   </VirtualSystem>
  </VirtualSystemCollection>
</Envelope>
`

// resolveTwo resolves the package, which is known to be good.
func resolveTwo(option string) *plan.Plan {
	env, _, err := envelope.Decode([]byte(two), envelope.DecodeOptions{Name: "web.ovf"})
	if err != nil {
		panic(err)
	}
	p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{
		Option: option, Properties: []plan.Setting{{Name: "host", Value: "www.example.com", From: "the operator"}}})
	if err != nil {
		panic(err)
	}
	return p
}

// Every value comes with its reason.
func Example() {
	m := resolveTwo("small").Machines[0]
	fmt.Printf("%d MiB: %s\n", m.Hardware.Memory.Value>>20, m.Hardware.Memory.Origin.Location)
	for _, v := range m.Properties {
		fmt.Println(v.Name, v.Value, v.Origin.Kind)
	}
	// Output:
	// 512 MiB: web.ovf:29:107
	// url http://www.example.com/ descriptor
	// host www.example.com inherited
}

// What an option changes.
func ExampleDiff() {
	if err := plan.WriteDiff(os.Stdout, plan.Diff(resolveTwo("large"), resolveTwo("small"))); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ~ deployment option: "large" -> "small"
	// ~ machine "web", memory: 2 GiB -> 512 MiB
}

// Values come from a file as well, in YAML, JSON or the form of .properties.
func ExampleReadSettings() {
	settings, err := plan.ReadSettings(strings.NewReader("host: www.example.com\nport: 80\n"), "values.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range settings {
		fmt.Println(s.Name, s.Value, s.Location)
	}
	// Output:
	// host www.example.com values.yaml:1:1
	// port 80 values.yaml:2:1
}
