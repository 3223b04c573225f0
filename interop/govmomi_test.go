package interop

import (
	"context"
	"testing"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/ovf/importer"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/sign"
)

// govmomi's importer uploads each machine of the examples from our archives to its
// vCenter simulator, which computes the digests of the disks: they are those of our
// manifest. The machine has the processors, memory and disks of the descriptor.
func TestGovmomi(t *testing.T) {
	for _, m := range machines {
		if m.memoryItems > 2 || len(m.disks) != 1 {
			continue // the simulator takes the Items of a range for sizes, and fails for a second disk and without System
		}
		t.Run(m.example+" "+m.id, func(t *testing.T) {
			// the simulator knows SHA-1 alone
			archive := alone(t, m, ovf.Writer{Name: m.id, Target: envelope.TargetVSphere, Digest: sign.SHA1}, forSimulator)
			simulator.Test(func(ctx context.Context, c *vim25.Client) {
				if err := imported(ctx, t, c, archive, m); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// forSimulator leaves one family of hardware, since the simulator takes the list for a
// name.
func forSimulator(vs *envelope.VirtualSystem) {
	for s := range envelope.All[*envelope.VirtualHardwareSection](vs.Section) {
		s.System.VirtualSystemType = new("vmx-13")
	}
}

func imported(ctx context.Context, t *testing.T, c *vim25.Client, archive string, m machine) error {
	finder := find.NewFinder(c)
	dc, err := finder.DefaultDatacenter(ctx)
	if err != nil {
		return err
	}
	finder.SetDatacenter(dc)
	imp := importer.Importer{
		Log:            func(s string) (int, error) { t.Log(s); return len(s), nil },
		Client:         c,
		Finder:         finder,
		Datacenter:     dc,
		VerifyManifest: true,
		Archive:        &importer.TapeArchive{Path: archive, Opener: importer.Opener{Client: c}},
	}
	if imp.Datastore, err = finder.DefaultDatastore(ctx); err != nil {
		return err
	}
	pools, err := finder.ResourcePoolList(ctx, "*/Resources")
	if err != nil {
		return err
	}
	imp.ResourcePool = pools[0]
	folders, err := dc.Folders(ctx)
	if err != nil {
		return err
	}
	imp.Folder = folders.VmFolder
	ref, err := imp.Import(ctx, m.id+".ovf", importer.Options{Name: &m.name})
	if err != nil {
		return err
	}

	var vm mo.VirtualMachine
	if err := property.DefaultCollector(c).RetrieveOne(ctx, *ref, []string{"name", "config.hardware"}, &vm); err != nil {
		return err
	}
	var disks []types.BaseVirtualDevice
	for _, d := range vm.Config.Hardware.Device {
		if _, ok := d.(*types.VirtualDisk); ok {
			disks = append(disks, d)
		}
	}
	if vm.Name != m.name || vm.Config.Hardware.NumCPU != int32(m.cpus) || int64(vm.Config.Hardware.MemoryMB) != m.memory || len(disks) != len(m.disks) {
		t.Errorf("imported %q with %d CPUs, %d MB, %d disks; want %q, %d, %d, %d",
			vm.Name, vm.Config.Hardware.NumCPU, vm.Config.Hardware.MemoryMB, len(disks), m.name, m.cpus, m.memory, len(m.disks))
	}
	for _, d := range disks {
		if got := d.(*types.VirtualDisk).CapacityInKB; got != 64<<10 {
			t.Errorf("the disk has %d KiB, want 64 MiB", got)
		}
	}
	return nil
}
