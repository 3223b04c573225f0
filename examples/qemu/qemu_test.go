package qemu_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/examples/qemu"
	"github.com/ovfkit/ovf/plan"
)

// petstore is the plan of the pet store with a layout beside it.
func petstore(t *testing.T) *plan.Layout {
	t.Helper()
	data, err := os.ReadFile("../petstore/petstore.ovf")
	if err != nil {
		t.Fatal(err)
	}
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "petstore.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	files := func(_ context.Context, id string) ([]byte, error) { return os.ReadFile("../petstore/petstore-de.xml") }
	p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env, Files: files}, plan.Choices{
		Networks: map[string]string{"backend": "br,1"},
		Properties: []plan.Setting{{Name: "adminEmail", Value: "a@example.com"}, {Name: "appIp", Value: "10.0.0.1"},
			{Name: "dbIp", Value: "10.0.0.2"}, {Name: "db2Ip", Value: "10.0.0.3"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	l := &plan.Layout{Plan: p, Format: "qcow2"}
	for _, m := range p.Machines {
		where := plan.MachineLayout{Machine: m.ID, Folder: m.ID, ISO: m.ID + "/environment.iso"}
		for _, d := range m.Hardware.Disks {
			where.Drives = append(where.Drives, plan.DriveLayout{InstanceID: d.InstanceID, Disk: d.Disk, Path: m.ID + "/" + d.Disk + ".qcow2", Format: "qcow2", Size: 64 << 20})
		}
		l.Machines = append(l.Machines, where)
	}
	return l
}

func TestCommands(t *testing.T) {
	commands, err := qemu.Commands(petstore(t), qemu.Options{Dir: "/srv/a,b"})
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, c := range commands {
		order = append(order, c.Machine)
	}
	if d := cmp.Diff([]string{"DB1", "DB2", "WebTier"}, order); d != "" {
		t.Errorf("order -want +got:\n%s", d)
	}
	want := `qemu-system-x86_64 -name WebTier -machine q35 -smp 1 -m 512
-device lsi53c895a,id=ctl0
-drive file=/srv/a,,b/WebTier/web.qcow2,if=none,id=drive0,format=qcow2
-device scsi-hd,bus=ctl0.0,scsi-id=0,drive=drive0
-device virtio-scsi-pci,id=spare
-drive file=/srv/a,,b/WebTier/environment.iso,if=none,id=drive2,format=raw,media=cdrom,readonly=on
-device scsi-cd,bus=spare.0,scsi-id=0,drive=drive2
-netdev user,id=net0 -device vmxnet3,netdev=net0
-netdev bridge,id=net1,br=br,,1 -device vmxnet3,netdev=net1`
	if d := cmp.Diff(strings.Fields(want), commands[2].Args); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// QEMU takes the command lines: it comes up, stopped before the first instruction,
// and says so.
func TestQEMUStarts(t *testing.T) {
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	l := petstore(t)
	for i := range l.Plan.Networks {
		l.Plan.Networks[i].Target = "" // no bridge here
	}
	for _, m := range l.Machines {
		if err := os.MkdirAll(filepath.Join(dir, m.Folder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, m.ISO), make([]byte, 1<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, d := range m.Drives {
			if out, err := exec.Command("qemu-img", "create", "-q", "-f", "qcow2", filepath.Join(dir, d.Path), "64M").CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
		}
	}
	commands, err := qemu.Commands(l, qemu.Options{Dir: dir, Extra: []string{"-S", "-display", "none", "-monitor", "stdio"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
		cmd.Stdin = strings.NewReader("info status\ninfo block\nquit\n")
		out, err := cmd.CombinedOutput()
		cancel()
		if err != nil || !strings.Contains(string(out), "paused") || !strings.Contains(string(out), "environment.iso") {
			t.Errorf("%s: %v\n%s\n%s", c.Machine, err, strings.Join(c.Args, " "), out)
		}
	}
}
