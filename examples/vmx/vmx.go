// Package vmx turns a deployment into VMX files, as VMware's desktop products read
// them. It is an example of how a manager embeds the SDK: it uses the public plan and
// nothing else.
package vmx

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/plan"
)

// Write writes the VMX file of one machine. It is to stand in the folder of the
// deployment: paths in it are relative to that.
func Write(w io.Writer, l *plan.Layout, machine string) error {
	var m *plan.Machine
	for _, candidate := range l.Plan.Machines {
		if candidate.ID == machine {
			m = candidate
		}
	}
	var where *plan.MachineLayout
	for i := range l.Machines {
		if l.Machines[i].Machine == machine {
			where = &l.Machines[i]
		}
	}
	if m == nil || where == nil {
		return fmt.Errorf("there is no machine %q in the deployment", machine)
	}
	f := &file{plan: l.Plan, machine: m, layout: where, next: map[string]int{}}
	if err := f.build(); err != nil {
		return fmt.Errorf("machine %q: %w", machine, err)
	}
	_, err := io.WriteString(w, f.out.String())
	return err
}

// guests maps numbers of CIM operating systems to what VMX files call them.
var guests = map[uint16]string{
	1: "other", 36: "other-64", 58: "windows7", 69: "winnetstandard", 79: "rhel4", 80: "rhel4-64", 93: "ubuntu", 94: "ubuntu-64",
	95: "debian12", 96: "debian12-64", 97: "other26xlinux", 98: "other26xlinux-64", 99: "other26xlinux-64", 100: "other26xlinux", 101: "other26xlinux-64",
	105: "windows9-64", 106: "centos", 107: "centos-64", 108: "oraclelinux", 109: "oraclelinux-64", 113: "windows2012srvnext-64",
}

var models = map[string]string{"lsilogic": "lsilogic", "lsilogicsas": "lsisas1068", "virtualscsi": "pvscsi", "pvscsi": "pvscsi", "buslogic": "buslogic"}

var adapters = map[string]string{"vmxnet3": "vmxnet3", "vmxnet2": "vmxnet", "e1000": "e1000", "e1000e": "e1000e", "pcnet32": "vlance"}

type file struct {
	plan    *plan.Plan
	machine *plan.Machine
	layout  *plan.MachineLayout
	out     strings.Builder
	next    map[string]int // next place by controller
	env     bool
}

// set writes one line. A VMX file escapes with a bar and two hexadecimal digits.
func (f *file) set(key, value string) {
	f.out.WriteString(key + ` = "`)
	for i := range len(value) {
		if c := value[i]; c < ' ' || c == '"' || c == '|' || c == 0x7f {
			fmt.Fprintf(&f.out, "|%02X", c)
		} else {
			f.out.WriteByte(c)
		}
	}
	f.out.WriteString("\"\n")
}

func (f *file) build() error {
	hw := &f.machine.Hardware
	name := f.machine.Name.Text
	if name == "" {
		name = f.machine.ID
	}
	f.set(".encoding", "UTF-8")
	f.set("config.version", "8")
	f.set("virtualHW.version", f.version())
	f.set("displayName", name)
	guest := "other-64"
	if f.machine.OS != nil && guests[f.machine.OS.ID] != "" {
		guest = guests[f.machine.OS.ID]
	}
	f.set("guestOS", guest)
	f.set("numvcpus", strconv.FormatUint(max(hw.CPUs.Value, 1), 10))
	// a multiple of 4 MiB
	const step = 4 << 20
	f.set("memsize", strconv.FormatUint((hw.Memory.Value+step-1)/step*4, 10))
	controllers := f.controllers()
	for _, d := range hw.Disks {
		image, ok := f.layout.Drive(d.InstanceID)
		if !ok {
			return fmt.Errorf("the disk %q has no image", d.Disk)
		}
		if image.Format != "vmdk" {
			return fmt.Errorf("the disk %q is a %s image: deploy with the disk format vmdk", d.Disk, image.Format)
		}
		f.drive(controllers[d.Controller], d.Unit, image.Path, false)
	}
	for _, d := range hw.CDROMs {
		image, _ := f.layout.Drive(d.InstanceID)
		if image.Path == "" {
			image.Path = f.environment()
		}
		f.drive(controllers[d.Controller], d.Unit, image.Path, true)
	}
	if iso := f.environment(); iso != "" {
		f.drive("ide1", -1, iso, true)
	}
	f.networks()
	if f.layout.Guestinfo != "" {
		f.set("guestinfo.ovfEnv", f.layout.Guestinfo)
	}
	return nil
}

// version returns the number of the newest family "vmx-NN" of the machine.
func (f *file) version() string {
	best := 13
	for _, t := range f.machine.Hardware.SystemTypes {
		if n, err := strconv.Atoi(strings.TrimPrefix(t, "vmx-")); err == nil && n > best {
			best = n
		}
	}
	return strconv.Itoa(best)
}

// controllers declares the controllers and returns their names by InstanceID.
func (f *file) controllers() map[string]string {
	out := map[string]string{}
	number := map[string]int{}
	for _, c := range f.machine.Hardware.Controllers {
		switch c.Bus {
		case "scsi", "sata", "nvme", "ide":
		default:
			continue
		}
		n := number[c.Bus]
		number[c.Bus]++
		name := c.Bus + strconv.Itoa(n)
		out[c.InstanceID] = name
		if c.Bus == "ide" {
			continue // both channels are always there
		}
		f.set(name+".present", "TRUE")
		if c.Bus == "scsi" {
			model := models[strings.ToLower(c.Model)]
			if model == "" {
				model = "lsilogic"
			}
			f.set(name+".virtualDev", model)
		}
	}
	return out
}

// environment returns the path of the image with the environment, once.
func (f *file) environment() string {
	if f.env {
		return ""
	}
	f.env = true
	return f.layout.ISO
}

// drive adds a drive; a CD drive without image is empty.
func (f *file) drive(controller string, unit int, image string, cdrom bool) {
	if controller == "" {
		controller = "ide1"
	}
	if unit < 0 || unit < f.next[controller] {
		unit = f.next[controller]
	}
	if strings.HasPrefix(controller, "scsi") && unit == 7 { // the place of the controller
		unit++
	}
	f.next[controller] = unit + 1
	at := controller + ":" + strconv.Itoa(unit)
	f.set(at+".present", "TRUE")
	switch {
	case cdrom && image == "":
		f.set(at+".deviceType", "cdrom-raw")
		f.set(at+".startConnected", "FALSE")
		image = "auto detect"
	case cdrom:
		f.set(at+".deviceType", "cdrom-image")
	}
	f.set(at+".fileName", image)
}

func (f *file) networks() {
	target := map[string]string{}
	for _, n := range f.plan.Networks {
		target[n.Name] = n.Target
	}
	for i, nic := range f.machine.Hardware.NICs {
		at := "ethernet" + strconv.Itoa(i)
		f.set(at+".present", "TRUE")
		f.set(at+".startConnected", strings.ToUpper(strconv.FormatBool(nic.Connected)))
		if model := adapters[strings.ToLower(nic.Model)]; model != "" {
			f.set(at+".virtualDev", model)
		}
		if len(nic.Networks) > 0 && target[nic.Networks[0]] != "" {
			f.set(at+".connectionType", "custom")
			f.set(at+".vnet", target[nic.Networks[0]])
		} else {
			f.set(at+".connectionType", "nat")
		}
		if nic.MAC == "" {
			f.set(at+".addressType", "generated")
			continue
		}
		f.set(at+".addressType", "static")
		f.set(at+".address", nic.MAC)
	}
}
