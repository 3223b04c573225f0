package libvirt_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/examples/libvirt"
	"github.com/ovfkit/ovf/plan"
)

// shop is a deployment of one machine with all kinds of devices.
func shop() *plan.Layout {
	m := &plan.Machine{ID: "web", Name: plan.Text{Text: "Web <server> & more"}, Hardware: plan.Hardware{
		CPUs: plan.Quantity{Value: 2}, Memory: plan.Quantity{Value: 1 << 30, Unit: "byte"},
		Controllers: []plan.Controller{{InstanceID: "1", Bus: "scsi", Number: 0, Model: "VirtualSCSI"}, {InstanceID: "2", Bus: "ide"}},
		Disks:       []plan.DiskDrive{{InstanceID: "3", Disk: "system", Controller: "1", Bus: "scsi"}, {InstanceID: "4", Disk: "data", Bus: "nvme", Unit: -1}},
		CDROMs:      []plan.DiskDrive{{InstanceID: "5", Controller: "2", Bus: "ide"}},
		NICs: []plan.NIC{{InstanceID: "6", Networks: []string{"public"}, Model: "VmxNet3", Connected: true},
			{InstanceID: "7", Networks: []string{"backend"}, MAC: "52:54:00:12:34:56"}},
	}}
	return &plan.Layout{
		Plan: &plan.Plan{Machines: []*plan.Machine{m}, Networks: []plan.Network{{Name: "public"}, {Name: "backend", Target: "br0"}}},
		Machines: []plan.MachineLayout{{Machine: "web", Folder: "web", ISO: "web/environment.iso", Drives: []plan.DriveLayout{
			{InstanceID: "3", Disk: "system", Path: "web/system.qcow2", Format: "qcow2", Size: 1 << 30},
			{InstanceID: "4", Disk: "data", Path: "web/data.vhd", Format: "vhd", Size: 1 << 30, Shared: true},
		}}},
	}
}

func TestWrite(t *testing.T) {
	for _, h := range []libvirt.Hypervisor{libvirt.KVM, libvirt.Xen} {
		var b bytes.Buffer
		if err := libvirt.Write(&b, shop(), "web", libvirt.Options{Hypervisor: h, Dir: "/srv/shop"}); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Type   string `xml:"type,attr"`
			Title  string `xml:"title"`
			Memory uint64 `xml:"memory"`
			VCPU   int    `xml:"vcpu"`
			Disks  []struct {
				Device string `xml:"device,attr"`
				Source struct {
					File string `xml:"file,attr"`
				} `xml:"source"`
				Driver struct {
					Type string `xml:"type,attr"`
				} `xml:"driver"`
			} `xml:"devices>disk"`
		}
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Type != string(h) || got.Title != "Web <server> & more" || got.Memory != 1<<30 || got.VCPU != 2 || len(got.Disks) != 3 {
			t.Errorf("%s: %+v", h, got)
		}
		if d := got.Disks[1]; d.Driver.Type != "vpc" || d.Source.File != "/srv/shop/web/data.vhd" {
			t.Errorf("%s: second disk %+v", h, d)
		}
		if d := got.Disks[2]; d.Device != "cdrom" || d.Source.File != "/srv/shop/web/environment.iso" {
			t.Errorf("%s: the empty CD drive did not get the environment: %+v", h, d)
		}
		validate(t, b.Bytes())
	}
}

// validate asks libvirt's own schema.
func validate(t *testing.T, data []byte) {
	t.Helper()
	if _, err := exec.LookPath("virt-xml-validate"); err != nil {
		t.Log("not validated: ", err)
		return
	}
	file := filepath.Join(t.TempDir(), "domain.xml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("virt-xml-validate", file, "domain").CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, out, data)
	}
}

func TestMissing(t *testing.T) {
	if err := libvirt.Write(&bytes.Buffer{}, shop(), "mail", libvirt.Options{}); err == nil || !strings.Contains(err.Error(), `"mail"`) {
		t.Errorf("unknown machine: %v", err)
	}
	l := shop()
	l.Machines[0].Drives = l.Machines[0].Drives[1:]
	if err := libvirt.Write(&bytes.Buffer{}, l, "web", libvirt.Options{}); err == nil || !strings.Contains(err.Error(), `"system"`) {
		t.Errorf("missing image: %v", err)
	}
}
