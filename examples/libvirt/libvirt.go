// Package libvirt turns a deployment into domain descriptions of libvirt, for KVM and
// for Xen. It is an example of how a manager embeds the SDK: it uses the public plan
// and nothing else.
package libvirt

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/ovfkit/ovf/plan"
)

// Hypervisor is what runs the machine.
type Hypervisor string

// The hypervisors of this example.
const (
	KVM Hypervisor = "kvm"
	Xen Hypervisor = "xen" // full virtualization
)

// Options are what a plan cannot know.
type Options struct {
	Hypervisor Hypervisor // empty means KVM
	// Dir is the folder of the deployment; libvirt wants absolute paths.
	Dir string
}

// Write writes the description of one machine.
func Write(w io.Writer, l *plan.Layout, machine string, o Options) error {
	if o.Hypervisor == "" {
		o.Hypervisor = KVM
	}
	for i := range l.Machines {
		for _, m := range l.Plan.Machines {
			if m.ID != machine || l.Machines[i].Machine != machine {
				continue
			}
			d, err := (&maker{plan: l.Plan, machine: m, layout: &l.Machines[i], o: o, letters: map[string]int{}}).domain()
			if err != nil {
				return fmt.Errorf("machine %q: %w", machine, err)
			}
			e := xml.NewEncoder(w)
			e.Indent("", "  ")
			if err := e.Encode(d); err != nil {
				return err
			}
			_, err = io.WriteString(w, "\n")
			return err
		}
	}
	return fmt.Errorf("there is no machine %q in the deployment", machine)
}

type domain struct {
	XMLName xml.Name `xml:"domain"`
	Type    string   `xml:"type,attr"`
	Name    string   `xml:"name"`
	Title   string   `xml:"title,omitempty"`
	Memory  amount   `xml:"memory"`
	VCPU    uint64   `xml:"vcpu"`
	OS      struct {
		Type struct {
			Arch    string `xml:"arch,attr"`
			Machine string `xml:"machine,attr,omitempty"`
			Value   string `xml:",chardata"`
		} `xml:"type"`
		Loader string `xml:"loader,omitempty"`
		Boot   struct {
			Dev string `xml:"dev,attr"`
		} `xml:"boot"`
	} `xml:"os"`
	Features *struct {
		ACPI struct{} `xml:"acpi"`
		APIC struct{} `xml:"apic"`
	} `xml:"features"`
	OnPoweroff string `xml:"on_poweroff"`
	OnReboot   string `xml:"on_reboot"`
	OnCrash    string `xml:"on_crash"`
	Devices    struct {
		Disks       []disk       `xml:"disk"`
		Controllers []controller `xml:"controller"`
		Interfaces  []nic        `xml:"interface"`
		Console     struct {
			Type string `xml:"type,attr"`
		} `xml:"console"`
	} `xml:"devices"`
}

type amount struct {
	Unit  string `xml:"unit,attr"`
	Value uint64 `xml:",chardata"`
}

type disk struct {
	Type   string `xml:"type,attr"`
	Device string `xml:"device,attr"`
	Driver struct {
		Name string `xml:"name,attr,omitempty"`
		Type string `xml:"type,attr"`
	} `xml:"driver"`
	Source *source `xml:"source"`
	Target struct {
		Dev string `xml:"dev,attr"`
		Bus string `xml:"bus,attr"`
	} `xml:"target"`
	ReadOnly  *struct{} `xml:"readonly"`
	Shareable *struct{} `xml:"shareable"`
}

type source struct {
	File string `xml:"file,attr"`
}

type controller struct {
	Type  string `xml:"type,attr"`
	Index int    `xml:"index,attr"`
	Model string `xml:"model,attr,omitempty"`
}

type nic struct {
	Type string `xml:"type,attr"`
	MAC  *struct {
		Address string `xml:"address,attr"`
	} `xml:"mac"`
	Source struct {
		Network string `xml:"network,attr,omitempty"`
		Bridge  string `xml:"bridge,attr,omitempty"`
	} `xml:"source"`
	Model struct {
		Type string `xml:"type,attr"`
	} `xml:"model"`
	Link *struct {
		State string `xml:"state,attr"`
	} `xml:"link"`
}

type maker struct {
	plan    *plan.Plan
	machine *plan.Machine
	layout  *plan.MachineLayout
	o       Options
	letters map[string]int // disks so far, by prefix of their names
	env     bool
}

func (m *maker) domain() (*domain, error) {
	hw := &m.machine.Hardware
	d := &domain{Type: string(m.o.Hypervisor), Name: m.machine.ID, Title: strings.Join(strings.Fields(m.machine.Name.Text), " ")}
	d.Memory = amount{"b", hw.Memory.Value}
	d.VCPU = max(hw.CPUs.Value, 1)
	d.OS.Type.Arch, d.OS.Type.Value, d.OS.Boot.Dev = "x86_64", "hvm", "hd"
	if m.o.Hypervisor == Xen {
		d.OS.Type.Machine, d.OS.Loader = "xenfv", "/usr/lib/xen/boot/hvmloader"
	} else {
		d.OS.Type.Machine = "q35"
	}
	d.Features = &struct {
		ACPI struct{} `xml:"acpi"`
		APIC struct{} `xml:"apic"`
	}{}
	d.OnPoweroff, d.OnReboot, d.OnCrash = "destroy", "restart", "destroy"
	if m.o.Hypervisor == KVM {
		m.controllers(d)
	}
	for _, drive := range hw.Disks {
		image, ok := m.layout.Drive(drive.InstanceID)
		if !ok {
			return nil, fmt.Errorf("the disk %q has no image", drive.Disk)
		}
		d.Devices.Disks = append(d.Devices.Disks, m.disk(drive.Bus, &image, "disk"))
	}
	for _, drive := range hw.CDROMs {
		image, ok := m.layout.Drive(drive.InstanceID)
		medium := &image
		if !ok {
			medium = m.environment()
		}
		d.Devices.Disks = append(d.Devices.Disks, m.disk("sata", medium, "cdrom"))
	}
	if image := m.environment(); image != nil {
		d.Devices.Disks = append(d.Devices.Disks, m.disk("sata", image, "cdrom"))
	}
	m.networks(d)
	d.Devices.Console.Type = "pty"
	return d, nil
}

// models maps the SCSI controllers that descriptors name to those of libvirt.
var models = map[string]string{"lsilogic": "lsilogic", "lsilogicsas": "lsisas1068", "virtualscsi": "vmpvscsi", "pvscsi": "vmpvscsi", "buslogic": "buslogic"}

func (m *maker) controllers(d *domain) {
	n := 0
	for _, c := range m.machine.Hardware.Controllers {
		if c.Bus != "scsi" {
			continue // libvirt adds the others by itself
		}
		model := models[strings.ToLower(c.Model)]
		if model == "" || model == "buslogic" {
			model = "virtio-scsi"
		}
		d.Devices.Controllers = append(d.Devices.Controllers, controller{"scsi", n, model})
		n++
	}
}

// environment returns the image with the environment, once.
func (m *maker) environment() *plan.DriveLayout {
	if m.env || m.layout.ISO == "" {
		return nil
	}
	m.env = true
	return &plan.DriveLayout{Path: m.layout.ISO, Format: "raw"}
}

func (m *maker) disk(bus string, image *plan.DriveLayout, device string) disk {
	d := disk{Type: "file", Device: device}
	d.Target.Bus = bus
	prefix := "sd"
	switch {
	case m.o.Hypervisor == Xen && device == "disk":
		d.Target.Bus, prefix = "xen", "xvd"
	case m.o.Hypervisor == Xen:
		d.Target.Bus, prefix = "ide", "hd"
	case bus != "scsi" && bus != "sata":
		d.Target.Bus, prefix = "virtio", "vd" // NVMe and IDE disks have no place on q35
	}
	d.Target.Dev = prefix + letters(m.letters[prefix])
	m.letters[prefix]++
	d.Driver.Type = "raw"
	if m.o.Hypervisor == KVM {
		d.Driver.Name = "qemu"
	}
	if image != nil {
		d.Driver.Type = image.Format
		if strings.HasPrefix(image.Format, "vhd") {
			d.Driver.Type = "vpc"
		}
		d.Source = &source{filepath.Join(m.o.Dir, filepath.FromSlash(image.Path))}
		if image.ReadOnly {
			d.ReadOnly = &struct{}{}
		}
		if image.Shared {
			d.Shareable = &struct{}{}
		}
	}
	if device == "cdrom" {
		d.ReadOnly = &struct{}{}
	}
	return d
}

// letters names the n-th disk: a to z, then aa, ab and so on.
func letters(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letters(n/26-1) + string(rune('a'+n%26))
}

var adapters = map[string]string{"vmxnet3": "vmxnet3", "e1000": "e1000", "e1000e": "e1000e", "pcnet32": "pcnet"}

func (m *maker) networks(d *domain) {
	target := map[string]string{}
	for _, n := range m.plan.Networks {
		target[n.Name] = n.Target
	}
	for _, adapter := range m.machine.Hardware.NICs {
		n := nic{Type: "network"}
		n.Source.Network = "default"
		if len(adapter.Networks) > 0 && target[adapter.Networks[0]] != "" {
			n.Type, n.Source.Network, n.Source.Bridge = "bridge", "", target[adapter.Networks[0]]
		}
		if n.Model.Type = adapters[strings.ToLower(adapter.Model)]; n.Model.Type == "" {
			n.Model.Type = "virtio"
		}
		if m.o.Hypervisor == Xen {
			n.Model.Type = "e1000"
		}
		if adapter.MAC != "" {
			n.MAC = &struct {
				Address string `xml:"address,attr"`
			}{adapter.MAC}
		}
		if !adapter.Connected {
			n.Link = &struct {
				State string `xml:"state,attr"`
			}{"down"}
		}
		d.Devices.Interfaces = append(d.Devices.Interfaces, n)
	}
}
