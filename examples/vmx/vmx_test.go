package vmx_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ovfkit/ovf/examples/vmx"
	"github.com/ovfkit/ovf/plan"
)

func shop() *plan.Layout {
	m := &plan.Machine{ID: "web", Name: plan.Text{Text: "Web \"1\" | x"}, OS: &plan.OperatingSystem{ID: 96}, Hardware: plan.Hardware{
		SystemTypes: []string{"vmx-09", "vmx-19", "kvm"},
		CPUs:        plan.Quantity{Value: 2}, Memory: plan.Quantity{Value: 1<<30 + 1, Unit: "byte"},
		Controllers: []plan.Controller{{InstanceID: "1", Bus: "scsi", Model: "VirtualSCSI"}, {InstanceID: "2", Bus: "ide"}},
		Disks:       []plan.DiskDrive{{InstanceID: "3", Disk: "system", Controller: "1", Bus: "scsi", Unit: 6}, {InstanceID: "4", Disk: "data", Controller: "1", Bus: "scsi", Unit: -1}},
		CDROMs:      []plan.DiskDrive{{InstanceID: "5", Controller: "2", Bus: "ide", Unit: 0}, {InstanceID: "8", Controller: "2", Bus: "ide", Unit: 1}},
		NICs:        []plan.NIC{{InstanceID: "6", Networks: []string{"public"}, Model: "VmxNet3", Connected: true}, {InstanceID: "7", Networks: []string{"backend"}, MAC: "00:50:56:12:34:56"}},
	}}
	return &plan.Layout{
		Plan: &plan.Plan{Machines: []*plan.Machine{m}, Networks: []plan.Network{{Name: "public"}, {Name: "backend", Target: "vmnet2"}}},
		Machines: []plan.MachineLayout{{Machine: "web", ISO: "web/environment.iso", Drives: []plan.DriveLayout{
			{InstanceID: "3", Path: "web/system.vmdk", Format: "vmdk"}, {InstanceID: "4", Path: "web/data.vmdk", Format: "vmdk"}}}},
	}
}

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	if err := vmx.Write(&b, shop(), "web"); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^([.A-Za-z0-9_:]+) = "([^"]*)"$`)
	got := map[string]string{}
	for l := range strings.Lines(b.String()) {
		m := line.FindStringSubmatch(strings.TrimSuffix(l, "\n"))
		if m == nil {
			t.Fatalf("not a line of a VMX file: %q", l)
		}
		if _, twice := got[m[1]]; twice {
			t.Errorf("%s is set twice", m[1])
		}
		got[m[1]] = m[2]
	}
	want := map[string]string{
		".encoding": "UTF-8", "config.version": "8", "virtualHW.version": "19", "displayName": "Web |221|22 |7C x", "guestOS": "debian12-64", "numvcpus": "2", "memsize": "1028",
		"scsi0.present": "TRUE", "scsi0.virtualDev": "pvscsi",
		"scsi0:6.present": "TRUE", "scsi0:6.fileName": "web/system.vmdk",
		"scsi0:8.present": "TRUE", "scsi0:8.fileName": "web/data.vmdk", // 7 is the controller
		"ide0:0.present": "TRUE", "ide0:0.deviceType": "cdrom-image", "ide0:0.fileName": "web/environment.iso",
		"ide0:1.present": "TRUE", "ide0:1.deviceType": "cdrom-raw", "ide0:1.startConnected": "FALSE", "ide0:1.fileName": "auto detect",
		"ethernet0.present": "TRUE", "ethernet0.startConnected": "TRUE", "ethernet0.virtualDev": "vmxnet3", "ethernet0.connectionType": "nat", "ethernet0.addressType": "generated",
		"ethernet1.present": "TRUE", "ethernet1.startConnected": "FALSE", "ethernet1.connectionType": "custom", "ethernet1.vnet": "vmnet2",
		"ethernet1.addressType": "static", "ethernet1.address": "00:50:56:12:34:56",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestFormat(t *testing.T) {
	l := shop()
	l.Machines[0].Drives[0].Format = "raw"
	if err := vmx.Write(&bytes.Buffer{}, l, "web"); err == nil || !strings.Contains(err.Error(), "vmdk") {
		t.Errorf("a raw disk: %v", err)
	}
}
