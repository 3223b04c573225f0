package envelope_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

func hardwareXML(family, items, extra string) string {
	system := ""
	if family != "" {
		system = `<System><vssd:ElementName>e</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID><vssd:VirtualSystemType>` + family + `</vssd:VirtualSystemType></System>`
	}
	return `<VirtualHardwareSection><Info>H</Info>` + system + items + extra + `</VirtualHardwareSection>`
}

func memoryXML(attrs, units, id string) string {
	if units != "" {
		units = `<rasd:AllocationUnits>` + units + `</rasd:AllocationUnits>`
	}
	return `<Item` + attrs + `>` + units + `<rasd:ElementName>m</rasd:ElementName><rasd:InstanceID>` + id + `</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>8</rasd:VirtualQuantity></Item>`
}

func disksXML(disks string) string {
	return `<DiskSection><Info>D</Info>` + disks + `</DiskSection>`
}

// What single consumers refuse; the evidence is in the rules.
func TestTargets(t *testing.T) {
	const f = `<File ovf:id="f" ovf:href="f.vmdk"/>`
	disk := func(attrs string) string {
		return disksXML(`<Disk ovf:diskId="d" ovf:fileRef="f" ovf:capacity="1" ` + attrs + `/>`)
	}
	const stream = `ovf:format="` + envelope.URIVMDKStream + `"`
	const delta = `<Disk ovf:diskId="a" ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^10"/><Disk ovf:diskId="b" ovf:parentRef="a" ovf:capacity="%s"/>`
	cases := map[envelope.Target][]ruleCase{
		envelope.TargetVSphere: {
			{name: "good", content: hardwareXML("vmx-13", "", "")},
			{name: "several families", content: hardwareXML("xen-3 vmx-07", "", "")},
			{name: "alternatives", content: hardwareXML("kvm", "", "") + hardwareXML("vmx-13", "", "")},
			{name: "no hardware", content: productXML(""), want: "error vsphere-hardware-missing"},
			{name: "other family", content: hardwareXML("virtualbox-2.2", "", ""), want: "error vsphere-hardware-family"},
			{name: "no family", content: hardwareXML("", "", ""), want: "warning vsphere-hardware-family"},
			{name: "2.x", v2: true, content: hardwareXML("vmx-13", "", ""), want: "error vsphere-ovf2"},
			{name: "gzip", refs: `<File ovf:id="f" ovf:href="f" ovf:compression="gzip"/>`, top: disk(stream), content: hardwareXML("vmx-13", "", ""), want: "error vsphere-gzip"},
			{name: "identity", refs: `<File ovf:id="f" ovf:href="f" ovf:compression="identity"/>`, top: disk(stream), content: hardwareXML("vmx-13", "", "")},
			{name: "sparse", refs: f, top: disk(`ovf:format="` + envelope.URIVMDKSparse + `"`), content: hardwareXML("vmx-13", "", ""), want: "info vsphere-disk-format"},
			{name: "qcow2", refs: f, top: disk(`ovf:format="` + envelope.URIQCOW2 + `"`), content: hardwareXML("vmx-13", "", ""), want: "warning vsphere-disk-format"},
			{name: "delta", top: disksXML(strings.ReplaceAll(delta, "%s", "1024")), content: hardwareXML("vmx-13", "", "")},
			{name: "larger delta", top: disksXML(strings.ReplaceAll(delta, "%s", "1025")), content: hardwareXML("vmx-13", "", ""), want: "warning vsphere-delta-capacity"},
			{name: "configuration of VMware", content: hardwareXML("vmx-13", "", `<vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="bios"/>`)},
			{name: "required configuration", content: hardwareXML("vmx-13", "", `<vmw:Config vmw:key="a" vmw:value="b"/>`), want: "warning vsphere-config-required"},
			{name: "extra configuration", content: hardwareXML("vmx-13", "", `<vmw:ExtraConfig ovf:required="false" vmw:key="a" vmw:value="b"/><vmw:ExtraConfig ovf:required="false" vmw:key="c" vmw:value="d"/>`), want: "warning vsphere-extra-config"},
			{name: "EFI", content: hardwareXML("vmx-13", "", `<vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>`), want: "info vsphere-nvram"},
			{name: "EFI with NVRAM", refs: `<File ovf:id="n" ovf:href="a.NVRAM"/>`, content: hardwareXML("vmx-13", "", `<vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>`)},
			{name: "hidden", content: productXML(`<Property ovf:key="a" ovf:type="string" ovf:value="x"/><Property ovf:key="b" ovf:type="string" ovf:value="x"/>`) + hardwareXML("vmx-13", "", ""), want: "info vsphere-property-hidden"},
			{name: "hidden and used", content: collectionXML(productXML(`<Property ovf:key="a" ovf:type="string" ovf:value="x"/>`), productXML(`<Property ovf:key="b" ovf:type="string" ovf:value="${a}" ovf:userConfigurable="true"/>`)+hardwareXML("vmx-13", "", ""))},
			{name: "section of VMware", content: hardwareXML("vmx-13", "", "") + `<vmw:S><Info>S</Info></vmw:S>`},
			{name: "optional section", content: hardwareXML("vmx-13", "", "") + `<x:S ovf:required="false"><Info>S</Info></x:S>`},
			{name: "foreign section", content: hardwareXML("vmx-13", "", "") + `<x:S><Info>S</Info></x:S>`, want: "error vsphere-extension"},
		},
		envelope.TargetVirtualBox: {
			{name: "good", content: hardwareXML("virtualbox-2.2", memoryXML("", "MegaBytes", "1"), "")},
			{name: "gigabytes", content: hardwareXML("", memoryXML("", "byte * 2^30", "1"), "")},
			{name: "unit with other blanks", content: hardwareXML("", memoryXML("", "byte*2^20", "1"), ""), want: "error virtualbox-memory-unit"},
			{name: "no unit", content: hardwareXML("", memoryXML("", "", "1"), ""), want: "error virtualbox-memory-unit"},
			{name: "options", top: options, content: hardwareXML("", memoryXML("", "MB", "1")+memoryXML(` ovf:configuration="s"`, "MB", "1"), ""), want: "warning virtualbox-options"},
			{name: "markers", content: hardwareXML("", memoryXML("", "MB", "1")+memoryXML(` ovf:bound="min"`, "MB", "1")+memoryXML(` ovf:bound="normal"`, "MB", "2"), ""), want: "warning virtualbox-bound"},
			{name: "InstanceID", content: hardwareXML("", memoryXML("", "MB", "m1"), ""), want: "warning virtualbox-instance-id"},
			{name: "capacity", top: disksXML(`<Disk ovf:diskId="d" ovf:capacity="${s}"/>`), content: hardwareXML("", "", ""), want: "error virtualbox-capacity"},
			{name: "chunks", refs: `<File ovf:id="f" ovf:href="f" ovf:chunkSize="10"/>`, content: hardwareXML("", "", ""), want: "error virtualbox-chunk"},
			{name: "delta", top: disksXML(strings.ReplaceAll(delta, "%s", "1")), content: hardwareXML("", "", ""), want: "error virtualbox-parent-ref"},
			{name: "VHD", refs: f, top: disk(`ovf:format="` + envelope.URIVHD + `"`), content: hardwareXML("", "", "")},
			{name: "qcow2", refs: f, top: disk(`ovf:format="` + envelope.URIQCOW2 + `"`), content: hardwareXML("", "", ""), want: "error virtualbox-disk-format"},
			{name: "collection", content: collectionXML("", ""), want: "warning virtualbox-collection"},
			{name: "properties", content: productXML(`<Property ovf:key="a" ovf:type="string" ovf:value="x"/>`), want: "info virtualbox-properties"},
			{name: "licences", content: strings.Repeat(`<EulaSection><Info>E</Info><License>l</License></EulaSection>`, 3), want: "info virtualbox-eula"},
		},
		envelope.TargetVirtV2V: {
			{name: "good", content: hardwareXML("", memoryXML("", "byte * 2^20", "1"), "")},
			{name: "megabytes", content: hardwareXML("", memoryXML("", "MegaBytes", "1"), "")},
			{name: "gigabytes", content: hardwareXML("", memoryXML("", "byte * 2^30", "1"), ""), want: "error v2v-memory-unit"},
			{name: "bytes", content: hardwareXML("", memoryXML("", "", "1"), ""), want: "error v2v-memory-unit"},
			{name: "options", top: options, content: hardwareXML("", memoryXML(` ovf:configuration="s"`, "MB", "1"), ""), want: "warning v2v-options"},
			{name: "chunks", refs: `<File ovf:id="f" ovf:href="f" ovf:chunkSize="10"/>`, content: hardwareXML("", "", ""), want: "error v2v-chunk"},
			{name: "delta", top: disksXML(strings.ReplaceAll(delta, "%s", "1")), content: hardwareXML("", "", ""), want: "warning v2v-parent-ref"},
			{name: "collection", content: collectionXML("", ""), want: "error v2v-collection"},
			{name: "2.x", v2: true, content: hardwareXML("", "", ""), want: "error v2v-ovf2"},
			{name: "properties", content: productXML(`<Property ovf:key="a" ovf:type="string" ovf:value="x"/>`), want: "info v2v-properties"},
		},
	}
	for target, list := range cases {
		prefix := string(target) + "-"
		if target == envelope.TargetVirtV2V {
			prefix = "v2v-"
		}
		for _, c := range list {
			t.Run(prefix+c.name, func(t *testing.T) { c.run(t, []string{prefix}, target) })
		}
	}
}

// Strict takes what most consumers forgive for errors, here and, by its
// overrides, in what reading reports.
func TestStrict(t *testing.T) {
	c := ruleCase{content: productXML(`<Property ovf:key="a" ovf:type="text" ovf:value="x" x:y="z"/>`)}
	c.want = "warning strict-conformance, error property-type"
	c.run(t, []string{"strict-", "property-type"}, envelope.TargetStrict)
	c.want = "warning property-type"
	c.run(t, []string{"strict-", "property-type"}, envelope.TargetVSphere)
	known := map[string]bool{}
	for _, r := range slices.Concat(envelope.Rules(), envelope.SemanticRules()) {
		known[r.Name] = true
	}
	o := envelope.TargetStrict.Overrides()
	if len(o.Severity) < 10 || len(envelope.TargetVSphere.Overrides().Severity) != 0 {
		t.Errorf("overrides: %v", o)
	}
	for name, s := range o.Severity {
		if s != diag.Error || !known[name] {
			t.Errorf("%s: severity %v, known %v", name, s, known[name])
		}
	}
}
