// Package qemu turns a deployment into command lines of QEMU. It is an example of how
// a manager embeds the SDK: it uses the public plan and nothing else.
package qemu

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/plan"
)

// Options are what a plan cannot know.
type Options struct {
	// Dir is the folder of the deployment.
	Dir string
	// Machine is the argument of -machine; empty means "q35".
	Machine string
	// Extra arguments go to the end of each command line.
	Extra []string
}

// Command is the command line of one machine.
type Command struct {
	Machine string // ID
	Args    []string
}

// Commands returns the command lines for all machines, in the order in which they
// start.
func Commands(l *plan.Layout, o Options) ([]Command, error) {
	machines := map[string]*plan.Machine{}
	for _, m := range l.Plan.Machines {
		machines[m.ID] = m
	}
	layouts := map[string]*plan.MachineLayout{}
	for i := range l.Machines {
		layouts[l.Machines[i].Machine] = &l.Machines[i]
	}
	var out []Command
	for _, stage := range l.Plan.Startup {
		for _, step := range stage.Steps {
			m, where := machines[step.Machine], layouts[step.Machine]
			if m == nil || where == nil {
				return nil, fmt.Errorf("machine %q starts, but is not part of the deployment", step.Machine)
			}
			b := &builder{plan: l.Plan, machine: m, layout: where, o: o}
			if err := b.build(); err != nil {
				return nil, fmt.Errorf("machine %q: %w", m.ID, err)
			}
			out = append(out, Command{m.ID, b.args})
		}
	}
	return out, nil
}

// controllers maps the models that descriptors name to devices of QEMU, by bus.
var controllers = map[string]map[string]string{
	"scsi": {"lsilogic": "lsi53c895a", "lsilogicsas": "mptsas1068", "virtualscsi": "pvscsi", "pvscsi": "pvscsi", "buslogic": "lsi53c895a", "": "virtio-scsi-pci"},
	"sata": {"": "ich9-ahci"},
	"ide":  {"": "piix4-ide"},
}

var adapters = map[string]string{"vmxnet3": "vmxnet3", "e1000": "e1000", "e1000e": "e1000e", "pcnet32": "pcnet", "": "virtio-net-pci"}

// model returns the device for a model, or the one for any other.
func model(table map[string]string, name string) string {
	if d, ok := table[strings.ToLower(name)]; ok {
		return d
	}
	return table[""]
}

type builder struct {
	plan    *plan.Plan
	machine *plan.Machine
	layout  *plan.MachineLayout
	o       Options
	args    []string
	buses   map[string]string // InstanceID of a controller to the name of its bus
	slots   map[string]int    // drives on it so far
	env     bool              // the environment has its drive
}

func (b *builder) add(args ...string) { b.args = append(b.args, args...) }

// value makes a text safe as a value in an option: QEMU separates by commas.
func value(s string) string { return strings.ReplaceAll(s, ",", ",,") }

func (b *builder) build() error {
	hw := &b.machine.Hardware
	kind := b.o.Machine
	if kind == "" {
		kind = "q35"
	}
	b.add("qemu-system-x86_64", "-name", value(b.machine.ID), "-machine", kind, "-smp", strconv.FormatUint(max(hw.CPUs.Value, 1), 10))
	const mib = 1 << 20
	if hw.Memory.Value < mib {
		return fmt.Errorf("has %d bytes of memory, too little to start", hw.Memory.Value)
	}
	b.add("-m", strconv.FormatUint((hw.Memory.Value+mib-1)/mib, 10))
	b.buses, b.slots = map[string]string{}, map[string]int{}
	for i, c := range hw.Controllers {
		name := fmt.Sprintf("ctl%d", i)
		b.buses[c.InstanceID] = name
		if devices, ok := controllers[c.Bus]; ok {
			b.add("-device", model(devices, c.Model)+",id="+name)
		}
	}
	for _, d := range hw.Disks {
		image, ok := b.layout.Drive(d.InstanceID)
		if !ok {
			return fmt.Errorf("the disk %q has no image", d.Disk)
		}
		b.drive(d, &image, false)
	}
	for _, d := range hw.CDROMs {
		if image, ok := b.layout.Drive(d.InstanceID); ok {
			b.drive(d, &image, true)
			continue
		}
		b.drive(d, b.environment(), true)
	}
	if image := b.environment(); image != nil {
		b.drive(plan.DiskDrive{Unit: -1}, image, true)
	}
	b.networks()
	b.add(b.o.Extra...)
	return nil
}

// environment returns the image with the environment, once.
func (b *builder) environment() *plan.DriveLayout {
	if b.env || b.layout.ISO == "" {
		return nil
	}
	b.env = true
	return &plan.DriveLayout{Path: b.layout.ISO, Format: "raw", ReadOnly: true}
}

// spare is the controller for CD drives that have none which QEMU knows.
const spare = "spare"

// drive adds a drive, with a medium unless image is nil.
func (b *builder) drive(d plan.DiskDrive, image *plan.DriveLayout, cdrom bool) {
	if known := b.buses[d.Controller] != "" && controllers[d.Bus] != nil; cdrom && !known {
		if b.buses[spare] == "" {
			b.buses[spare] = spare
			b.add("-device", "virtio-scsi-pci,id="+spare)
		}
		d = plan.DiskDrive{Controller: spare, Bus: "scsi", Unit: -1}
	}
	n := len(b.slots)
	for _, used := range b.slots {
		n += used
	}
	id := fmt.Sprintf("drive%d", n)
	if image != nil {
		format := image.Format
		if format == "vhd" || format == "vhd-fixed" {
			format = "vpc"
		}
		file := filepath.Join(b.o.Dir, filepath.FromSlash(image.Path))
		arg := "file=" + value(file) + ",if=none,id=" + id + ",format=" + format
		if cdrom {
			arg += ",media=cdrom"
		}
		if image.ReadOnly || cdrom {
			arg += ",readonly=on"
		}
		b.add("-drive", arg)
	}
	b.add("-device", b.device(d, id, image != nil, cdrom))
}

func (b *builder) device(d plan.DiskDrive, id string, medium, cdrom bool) string {
	unit := d.Unit
	if unit < 0 {
		unit = b.slots[d.Controller]
	}
	b.slots[d.Controller]++
	kind := "hd"
	if cdrom {
		kind = "cd"
	}
	bus := b.buses[d.Controller]
	var out string
	switch {
	case d.Bus == "scsi" && bus != "":
		out = fmt.Sprintf("scsi-%s,bus=%s.0,scsi-id=%d", kind, bus, unit)
	case (d.Bus == "sata" || d.Bus == "ide") && bus != "":
		// QEMU counts the places of an IDE channel as units of two buses
		place, last := strconv.Itoa(unit), ""
		if d.Bus == "ide" {
			place, last = strconv.Itoa(unit/2), ",unit="+strconv.Itoa(unit%2)
		}
		out = "ide-" + kind + ",bus=" + bus + "." + place + last
	case d.Bus == "nvme" && !cdrom:
		out = "nvme,serial=" + id
	default:
		out = "virtio-blk-pci"
	}
	if medium {
		out += ",drive=" + id
	}
	return out
}

func (b *builder) networks() {
	target := map[string]string{}
	for _, n := range b.plan.Networks {
		target[n.Name] = n.Target
	}
	for i, nic := range b.machine.Hardware.NICs {
		id := fmt.Sprintf("net%d", i)
		backend := "user,id=" + id
		if len(nic.Networks) > 0 && target[nic.Networks[0]] != "" {
			backend = "bridge,id=" + id + ",br=" + value(target[nic.Networks[0]])
		}
		b.add("-netdev", backend)
		device := model(adapters, nic.Model) + ",netdev=" + id
		if nic.MAC != "" {
			device += ",mac=" + value(nic.MAC)
		}
		b.add("-device", device)
	}
	if len(b.machine.Hardware.NICs) == 0 {
		b.add("-nic", "none")
	}
}
