package interop

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/envelope"
)

const diskPackage = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
    xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
  <References><File ovf:id="system" ovf:href="system.vmdk"/></References>
  <DiskSection>
    <Info>The disk</Info>
    <Disk ovf:diskId="system" ovf:fileRef="system" ovf:capacity="64" ovf:capacityAllocationUnits="byte * 2^20"
        ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <VirtualSystem ovf:id="machine">
    <Info>A machine with one disk</Info>
    <Name>machine</Name>
    <VirtualHardwareSection>
      <Info>Hardware</Info>
      <Item><rasd:ElementName>processor</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>memory</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>256</rasd:VirtualQuantity></Item>
      <Item><rasd:ElementName>controller</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>lsilogic</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:ElementName>disk</rasd:ElementName><rasd:HostResource>ovf:/disk/system</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`

// fileSystem makes an ext4 file system with what tells a Debian system from others
// and returns its path. The version is one that no real system has.
func fileSystem(t *testing.T, dir, version string) string {
	t.Helper()
	root := filepath.Join(dir, "root")
	for name, text := range map[string]string{
		"etc/debian_version":  version + "\n",
		"etc/os-release":      "ID=debian\nVERSION_ID=\"47\"\n",
		"etc/fstab":           "/dev/sda / ext4 defaults 0 1\n",
		"var/lib/dpkg/status": "", "bin/.keep": "", "boot/.keep": "", "usr/.keep": "", "dev/.keep": "", "home/.keep": "", "tmp/.keep": "",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	disk := filepath.Join(dir, "system.raw")
	run(t, exec.Command(need(t, "mkfs.ext4"), "-q", "-d", root, disk, "64M"))
	return disk
}

// writeVMDK makes a stream-optimized VMDK of a raw disk.
func writeVMDK(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	fi, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := raw.Open(in, fi.Size())
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := disk.NewWriter(out, disk.VMDK, m.Size(), disk.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Copy(t.Context(), w, m, image.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// virt-v2v takes a package with our VMDK: it lists the machine, and finds the
// system that is installed on the disk.
func TestVirtV2VDisk(t *testing.T) {
	v2v := need(t, "virt-v2v")
	dir := t.TempDir()
	source := fileSystem(t, dir, "47.11")
	image := filepath.Join(dir, "system.vmdk")
	writeVMDK(t, source, image)
	qemu := need(t, "qemu-img")
	run(t, exec.Command(qemu, "check", "-q", "-f", "vmdk", image))
	run(t, exec.Command(qemu, "compare", "-f", "raw", "-F", "vmdk", source, image))

	env, _, err := envelope.Decode([]byte(diskPackage), envelope.DecodeOptions{Name: "machine.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "machine.ova")
	w := ovf.Writer{Target: envelope.TargetVirtV2V}
	if _, err := w.WriteFile(t.Context(), archive, env, map[string]ovf.Source{
		"system": {Size: -1, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(image) }},
	}); err != nil {
		t.Fatal(err)
	}

	environment := append(os.Environ(), "LIBGUESTFS_BACKEND=direct", "LIBGUESTFS_BACKEND_SETTINGS=force_tcg")
	list := exec.Command(v2v, "-i", "ova", archive, "--print-source")
	list.Env = environment
	out := string(run(t, list))
	for _, want := range []string{`source name: machine\n`, `memory: 268435456 \(bytes\)`, `disks:\s+0 \[scsi\]`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("virt-v2v --print-source has no %s:\n%s", want, out)
		}
	}

	if os.Getenv("OVF_INTEROP") == "" {
		t.Skip("virt-v2v starts a virtual machine to read the disk, which takes a minute: set OVF_INTEROP=1 to do it")
	}
	// It stops at the conversion, since nothing that could boot is on the disk.
	convert := exec.Command(v2v, "-i", "ova", archive, "-o", "null", "-v")
	convert.Env, convert.Dir = environment, dir
	log, _ := convert.CombinedOutput()
	if strings.Contains(string(log), "guestfs_launch failed") {
		t.Skip("libguestfs cannot start its machine here")
	}
	for _, want := range []string{"i_distro = debian", "i_product_name = 47.11"} {
		if !strings.Contains(string(log), want) {
			t.Errorf("virt-v2v did not find %q on the disk:\n%s", want, log[max(0, len(log)-4000):])
		}
	}
}
