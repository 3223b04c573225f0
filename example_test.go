package ovf_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/sign"
)

// What a package becomes with the choices of an operator.
func Example() {
	ctx := context.Background()
	pkg, err := ovf.Open(ctx, "examples/petstore/petstore.ovf", ovf.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pkg.Close()
	p, err := pkg.Resolve(ctx, plan.Choices{Option: "minimal", Properties: []plan.Setting{
		{Name: "adminEmail", Value: "ops@example.com"}, {Name: "appIp", Value: "10.0.0.7"},
		{Name: "dbIp", Value: "10.0.0.8"}, {Name: "db2Ip", Value: "10.0.0.9"},
	}})
	if err != nil {
		fmt.Println(err) // everything that is wrong with the choices
		return
	}
	for _, m := range p.Machines {
		fmt.Println(m.ID, m.Hardware.CPUs.Value, m.Hardware.Memory.Value>>20, "MiB")
	}
	// Output:
	// WebTier 1 256 MiB
	// DB1 1 192 MiB
	// DB2 1 192 MiB
}

// A package is packed, verified, and laid out.
func ExampleWriter() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "ovf")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	source, err := ovf.Open(ctx, "examples/extension/extension.ovf", ovf.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer source.Close()
	ova := filepath.Join(dir, "files.ova")
	var w ovf.Writer // with Key and Chain it signs
	stored, err := w.WriteFile(ctx, ova, source.Envelope, source.Sources())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range stored {
		fmt.Println(s.Name)
	}

	pkg, err := ovf.Open(ctx, ova, ovf.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pkg.Close()
	// The zero policy asks for a signature by someone who is trusted.
	_, err = pkg.Verify(ctx, sign.Policy{})
	fmt.Println("refused:", err != nil)
	report, err := pkg.Verify(ctx, sign.Policy{Level: sign.Unsigned})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("accepted:", report.Accepted, report.GaveUp)

	p, err := pkg.Resolve(ctx, plan.Choices{})
	if err != nil {
		fmt.Println(err)
		return
	}
	layout, err := p.Deploy(ctx, filepath.Join(dir, "out"), ovf.DeployOptions{Format: disk.QCOW2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(layout.Machines[0].Environment)
	// Output:
	// files.ovf
	// files.mf
	// refused: true
	// accepted: true [Level unsigned]
	// machines/files/ovf-env.xml
}

// Everything that is wrong with a descriptor, in all layers.
func ExampleValidator() {
	const text = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References/>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:diskId="system" ovf:fileRef="image" ovf:capacity="lots"/>
  </DiskSection>
  <VirtualSystem ovf:id="vm"><Info>A machine</Info></VirtualSystem>
</Envelope>
`
	var v ovf.Validator // keep it: schemas are compiled once
	r, err := v.Validate(context.Background(), "bad.ovf", []byte(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range r.Diagnostics {
		fmt.Println(d.Location, d.Severity, d.Rule)
	}
	// Output:
	// bad.ovf:5:5 error disk-format-missing
	// bad.ovf:5:5 info disk-unused
	// bad.ovf:5:31 error disk-file-ref
	// bad.ovf:5:51 error disk-capacity
	// bad.ovf:7:3 info hardware-missing
}
