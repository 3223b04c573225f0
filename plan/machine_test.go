package plan

import (
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

func product(class string, properties ...string) string {
	s := "<ProductSection"
	if class != "" {
		s += ` ovf:class="` + class + `"`
	}
	s += "><Info>P</Info>\n"
	for _, p := range properties {
		k, v, _ := strings.Cut(p, "=")
		s += `<Property ovf:key="` + k + `" ovf:type="uint32" ovf:userConfigurable="true" ovf:value="` + v + `"/>` + "\n"
	}
	return s + "</ProductSection>\n"
}

const fileRef = `<References><File ovf:id="f1" ovf:href="a.vmdk"/><File ovf:id="iso" ovf:href="a.iso"/><File ovf:id="a b" ovf:href="ab.vmdk"/></References>` + "\n"

func disks(list ...string) string {
	s := "<DiskSection><Info>D</Info>\n"
	for _, d := range list {
		s += "<Disk"
		for _, a := range strings.Split(d, ";") {
			k, v, _ := strings.Cut(a, "=")
			s += " ovf:" + k + `="` + v + `"`
		}
		s += "/>\n"
	}
	return s + "</DiskSection>\n"
}

func networks(names ...string) string {
	var b strings.Builder
	b.WriteString("<NetworkSection><Info>N</Info>\n")
	for _, n := range names {
		b.WriteString(`<Network ovf:name="` + n + `"><Description>D</Description></Network>` + "\n")
	}
	return b.String() + "</NetworkSection>\n"
}

// withDisk is a machine with a drive that has a disk.
func withDisk(id, disk string, more ...string) string {
	return machine(id, append(more, hardware("vmx-13", itemXML("7", 17, "HostResource=ovf:/disk/"+disk)))...)
}

// wholes has one row per rule about hardware sections, drives, networks and
// disks (DSP0243 8.1, 8.3, 9.1, 9.2, 9.9).
var wholes = []struct {
	name    string
	choices Choices
	text    string // behind <References>
	want    string // brief, then the disks
	errors  string
	warns   string
}{
	// 8.1: alternatives.
	{name: "no wish: the first section", text: machine("m", hardware("vmx-13", itemXML("1", 3, "VirtualQuantity=1")), hardware("kvm", itemXML("1", 3, "VirtualQuantity=2"))), want: "m: cpu=1"},
	{name: "the wish decides, not the order of the sections", choices: Choices{SystemTypes: []string{"kvm", "vmx-13"}},
		text: machine("m", hardware("vmx-13", itemXML("1", 3, "VirtualQuantity=1")), hardware("kvm", itemXML("1", 3, "VirtualQuantity=2"))), want: "m: cpu=2"},
	{name: "the next best wish", choices: Choices{SystemTypes: []string{"xen", "kvm"}},
		text: machine("m", hardware("vmx-13", itemXML("1", 3, "VirtualQuantity=1")), hardware("kvm", itemXML("1", 3, "VirtualQuantity=2"))), want: "m: cpu=2"},
	{name: "a list of types, separated by commas too", choices: Choices{SystemTypes: []string{"kvm"}},
		text: machine("m", hardware("vmx-7", itemXML("1", 3, "VirtualQuantity=1")), hardware("vmx-10,vmx-13 kvm", itemXML("1", 3, "VirtualQuantity=2"))), want: "m: cpu=2"},
	{name: "none fits", choices: Choices{SystemTypes: []string{"xen"}}, text: machine("m", hardware("vmx-13"), hardware("kvm")), errors: "choice-system-type"},
	{name: "one for every platform", choices: Choices{SystemTypes: []string{"xen"}},
		text: machine("m", hardware("vmx-13", itemXML("1", 3, "VirtualQuantity=1")), "<VirtualHardwareSection><Info>H</Info>"+itemXML("1", 3, "VirtualQuantity=2")+"</VirtualHardwareSection>"), want: "m: cpu=2"},
	{name: "no hardware", text: machine("m"), want: "m:", warns: "hardware-none"},

	// 8.3: what stands behind a drive.
	{name: "disk and medium", text: disks("diskId=d;fileRef=f1;capacity=8") + machine("m", hardware("x",
		itemXML("3", 6, "Address=0"), itemXML("4", 5), itemXML("7", 17, "HostResource=ovf:/disk/d", "Parent=3", "AddressOnParent=2"),
		itemXML("8", 15, "HostResource=ovf:/file/iso", "Parent=4", "AddressOnParent=1"))), want: "m: 7@scsi3/2=d 8@ide4/1=iso\nd=8"},
	{name: "sloppy forms", text: disks("diskId=d;fileRef=f1;capacity=8") + machine("m", hardware("x", itemXML("7", 17, "HostResource=/disk/d"),
		itemXML("8", 17, "HostResource=ovf://disk/d"))), want: "m: 7@/-1=d 8@/-1=d\nd=8", warns: "drive-backing-form"},
	{name: "percent escapes", text: disks("diskId=a b;fileRef=a b;capacity=8") + machine("m", hardware("x", itemXML("7", 17, "HostResource=ovf:/disk/a%20b"))), want: "m: 7@/-1=a b\na b=8"},
	{name: "something else", text: machine("m", hardware("x", itemXML("7", 17, "HostResource=[datastore1] a.vmdk"))), want: "m: 7@/-1=", warns: "drive-backing-form"},
	{name: "no such disk", text: disks("diskId=d;capacity=8") + machine("m", hardware("x", itemXML("7", 17, "HostResource=ovf:/disk/e"))), errors: "drive-backing"},
	{name: "no such file", text: machine("m", hardware("x", itemXML("8", 15, "HostResource=ovf:/file/e"))), errors: "drive-backing"},
	{name: "two backings", text: disks("diskId=d;capacity=8", "diskId=e;capacity=9") + machine("m", hardware("x", itemXML("7", 17, "HostResource=ovf:/disk/d", "HostResource=ovf:/disk/e"))),
		want: "m: 7@/-1=d\nd=8", warns: "drive-backing-several"},
	{name: "the later Item has another disk", choices: Choices{Option: "b"}, text: disks("diskId=d;capacity=8", "diskId=e;capacity=9") + options("a", "b") + machine("m", hardware("x",
		itemXML("7", 17, "HostResource=ovf:/disk/d"), itemXML("7", 17, "@configuration=b", "HostResource=ovf:/disk/e"))), want: "m: 7@/-1=e\ne=9"},
	{name: "controllers of CIM type 20", text: machine("m", hardware("x", itemXML("3", 20, "ResourceSubType=AHCI"), itemXML("4", 20, "ResourceSubType=vmware.nvme.controller"), itemXML("5", 20),
		itemXML("7", 17, "Parent=3"), itemXML("8", 17, "Parent=4"), itemXML("9", 17, "Parent=5"))), want: "m: 7@sata3/-1= 8@nvme4/-1= 9@sata5/-1="},
	{name: "one place for two", text: machine("m", hardware("x", itemXML("3", 6), itemXML("7", 17, "Parent=3", "AddressOnParent=0"), itemXML("8", 17, "Parent=3", "AddressOnParent=0"))),
		want: "m: 7@scsi3/0= 8@scsi3/0=", warns: "drive-place"},
	{name: "no such controller", text: machine("m", hardware("x", itemXML("7", 17, "Parent=3"))), errors: "device-parent"},

	// 9.2: networks.
	{name: "adapters", text: networks("front", "back") + machine("m", hardware("x", itemXML("9", 10, "Connection=front", "Connection= back "), itemXML("10", 10))), want: "m: nic9=front,back nic10="},
	{name: "unknown network", text: networks("front") + machine("m", hardware("x", itemXML("9", 10, "Connection=Front"))), errors: "nic-network"},
	{name: "unknown mapping", choices: Choices{Networks: map[string]string{"fornt": "prod"}}, text: networks("front") + machine("m", hardware("x")), errors: "choice-network"},
	{name: "one name twice", text: networks("front", "front") + machine("m", hardware("x")), errors: "network-repeated"},

	// 9.1: capacity.
	{name: "GiB", text: disks("diskId=d;capacity=4;capacityAllocationUnits=byte * 2^30") + withDisk("m", "d"), want: "m: 7@/-1=d\nd=4294967296"},
	{name: "two factors of a disk", text: disks("diskId=d;capacity=4;capacityAllocationUnits=byte*1024*1024") + withDisk("m", "d"), want: "m: 7@/-1=d\nd=4194304"},
	{name: "MegaBytes of a disk", text: disks("diskId=d;capacity=4;capacityAllocationUnits=MegaBytes") + withDisk("m", "d"), want: "m: 7@/-1=d\nd=4194304", warns: "quantity-unit-word"},
	{name: "the largest disk", text: disks("diskId=d;capacity=9223372036854775807") + withDisk("m", "d"), want: "m: 7@/-1=d\nd=9223372036854775807"},
	{name: "2^63", text: disks("diskId=d;capacity=9223372036854775808") + withDisk("m", "d"), errors: "plan-disk-capacity"},
	{name: "2^33 times 2^30", text: disks("diskId=d;capacity=8589934592;capacityAllocationUnits=byte * 2^30") + withDisk("m", "d"), errors: "plan-disk-capacity"},
	{name: "2^34 times 2^30 of a disk", text: disks("diskId=d;capacity=17179869184;capacityAllocationUnits=byte * 2^30") + withDisk("m", "d"), errors: "plan-disk-capacity"},
	{name: "negative", text: disks("diskId=d;capacity=-4") + withDisk("m", "d"), errors: "plan-disk-capacity"},
	{name: "zero", text: disks("diskId=d;capacity=0") + withDisk("m", "d"), errors: "plan-disk-capacity"},
	{name: "words", text: disks("diskId=d;capacity=4 GB") + withDisk("m", "d"), errors: "plan-disk-capacity"},
	{name: "hertz", text: disks("diskId=d;capacity=4;capacityAllocationUnits=hertz") + withDisk("m", "d"), errors: "quantity-measure"},
	{name: "no unit of a disk", text: disks("diskId=d;capacity=4;capacityAllocationUnits=furlong") + withDisk("m", "d"), errors: "quantity-unit"},
	{name: "a disk that no machine uses", text: disks("diskId=d;capacity=words") + machine("m", hardware("x")), want: "m:"},

	// 9.1: capacity from a property.
	{name: "of the machine", text: disks("diskId=d;capacity=${size};capacityAllocationUnits=byte * 2^30") + withDisk("m", "d", product("", "size=8")), want: "m: 7@/-1=d\nd=8589934592"},
	{name: "by its full name", text: disks("diskId=d;capacity=${com.example.size}") + withDisk("m", "d", product("com.example", "size=8")), want: "m: 7@/-1=d\nd=8"},
	{name: "of the operator", choices: Choices{Properties: []Setting{{Name: "size", Value: "9"}}}, text: disks("diskId=d;capacity=${size}") + withDisk("m", "d", product("", "size=8")),
		want: "m: 7@/-1=d\nd=9"},
	{name: "of the collection", text: disks("diskId=d;capacity=${size}") + collection("c", product("", "size=8"), withDisk("m", "d", product("", "other=1"))), want: "m: 7@/-1=d\nd=8"},
	{name: "that of the machine before that of the collection", text: disks("diskId=d;capacity=${size}") + collection("c", product("", "size=8"), withDisk("m", "d", product("", "size=9"))),
		want: "m: 7@/-1=d\nd=9"},
	{name: "two classes with one key", text: disks("diskId=d;capacity=${size}") + withDisk("m", "d", product("a", "size=8"), product("b", "size=9")), errors: "value-reference-ambiguous"},
	{name: "two machines of two minds", text: disks("diskId=d;capacity=${size}") + collection("c", withDisk("m", "d", product("", "size=8")), withDisk("n", "d", product("", "size=9"))),
		errors: "value-reference-ambiguous"},
	{name: "a machine without the disk has no say", text: disks("diskId=d;capacity=${size}") + collection("c", withDisk("m", "d", product("", "size=8")), machine("n", product("", "size=9"), hardware("x"))),
		want: "m: 7@/-1=d\nn:\nd=8"},
	{name: "no such property", text: disks("diskId=d;capacity=${size}") + withDisk("m", "d"), errors: "value-reference"},
	{name: "a property times a unit that is too much", text: disks("diskId=d;capacity=${size};capacityAllocationUnits=byte * 2^40") + withDisk("m", "d", product("", "size=4294967295")), errors: "plan-disk-capacity"},
	{name: "a file has its own size", text: disks("diskId=d;fileRef=f1;capacity=${size}") + withDisk("m", "d", product("", "size=8")), errors: "plan-disk-capacity-file"},

	// 9.1: parents and files.
	{name: "parents first", text: disks("diskId=c;fileRef=f1;capacity=8;parentRef=b", "diskId=b;capacity=8;parentRef=a", "diskId=a;capacity=8", "diskId=z;capacity=8") + withDisk("m", "c"),
		want: "m: 7@/-1=c\na=8 b<a=8 c<b=8"},
	{name: "a common base once", text: disks("diskId=a;capacity=8", "diskId=b;capacity=8;parentRef=a", "diskId=c;capacity=8;parentRef=a") + collection("s", withDisk("m", "c"), withDisk("n", "b")),
		want: "m: 7@/-1=c\nn: 7@/-1=b\na=8 b<a=8 c<a=8"},
	{name: "no such parent", text: disks("diskId=b;capacity=8;parentRef=a") + withDisk("m", "b"), errors: "plan-disk-parent"},
	{name: "a circle", text: disks("diskId=a;capacity=8;parentRef=b", "diskId=b;capacity=8;parentRef=a") + withDisk("m", "b"), errors: "plan-disk-parent"},
	{name: "its own parent", text: disks("diskId=a;capacity=8;parentRef=a") + withDisk("m", "a"), errors: "plan-disk-parent"},
	{name: "no such file of a disk", text: disks("diskId=a;capacity=8;fileRef=f2") + withDisk("m", "a"), errors: "plan-disk-file"},
	{name: "one disk id twice", text: disks("diskId=a;capacity=8", "diskId=a;capacity=9") + withDisk("m", "a"), errors: "plan-disk-repeated"},

	// 7.2: ids.
	{name: "machines with one id", text: collection("c", machine("m", hardware("x")), machine("m", hardware("x"))), errors: "content-repeated"},
	{name: "machines with one id in two collections", text: collection("c", machine("m", hardware("x")), collection("d", machine("m", hardware("x")))), errors: "content-repeated"},
	{name: "a machine named as its collection", text: collection("m", machine("m", hardware("x"))), want: "m:", warns: "content-repeated"},
}

func TestWholes(t *testing.T) {
	for _, tt := range wholes {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			r := resolveText(t, head+fileRef+tt.text+"</Envelope>", tt.choices)
			machines, disks, _ := cutDisks(tt.want)
			check(t, r, machines, tt.errors, tt.warns)
			if r.plan == nil {
				return
			}
			var got []string
			for _, d := range r.plan.Disks {
				s := d.ID
				if d.Parent != "" {
					s += "<" + d.Parent
				}
				got = append(got, s+"="+(&Quantity{}).amountText(d.Capacity))
			}
			if s := strings.Join(got, " "); s != disks {
				t.Errorf("disks %q, want %q", s, disks)
			}
		})
	}
}

// cutDisks cuts the last line off, if it is about disks.
func cutDisks(want string) (machines, disks string, ok bool) {
	i := strings.LastIndexByte(want, '\n')
	if i < 0 || strings.Contains(want[i:], ":") {
		return want, "", false
	}
	return want[:i], want[i+1:], true
}

// What a disk and a machine are beside their numbers.
func TestDescriptions(t *testing.T) {
	r := resolveText(t, head2+fileRef+`
<DiskSection><Info>D</Info><Disk ovf:diskId="d" ovf:fileRef="f1" ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^20" ovf:format="http://example.com/fmt" ovf:populatedSize="4096"/></DiskSection>
<SharedDiskSection><Info>S</Info><SharedDisk ovf:diskId="s" ovf:capacity="1" ovf:readOnly="true"/></SharedDiskSection>
<NetworkSection><Info>N</Info><Network ovf:name="front"><Description>Outside</Description></Network></NetworkSection>
`+collection("c", machine("m",
		`<OperatingSystemSection ovf:id="96" ovf:version="12"><Info>O</Info><Description>Debian</Description></OperatingSystemSection>
<InstallSection ovf:initialBootStopDelay="300"><Info>I</Info></InstallSection>
<VirtualHardwareSection ovf:id="v" ovf:transport="iso com.vmware.guestInfo"><Info>H</Info>`+
			itemXML("3", 6, "Address=1", "ResourceSubType=lsilogic")+itemXML("4", 17, "HostResource=ovf:/disk/d", "Parent=3", "AddressOnParent=0")+
			itemXML("5", 17, "HostResource=ovf:/disk/s", "@required=false")+itemXML("6", 10, "Connection=front", "Address=02:00:00:00:00:01", "AutomaticAllocation=false", "ResourceSubType=E1000")+
			`</VirtualHardwareSection>`))+"</Envelope>", Choices{Networks: map[string]string{"front": "prod"}})
	if r.plan == nil {
		t.Fatal(r.diags)
	}
	d, s := r.plan.Disks[0], r.plan.Disks[1]
	if d.File != "f1" || d.Href != "a.vmdk" || d.Format != "http://example.com/fmt" || d.Populated != 4096 || d.Shared {
		t.Errorf("%+v", d)
	}
	if !s.Shared || !s.ReadOnly || s.File != "" {
		t.Errorf("%+v", s)
	}
	m := r.plan.Machines[0]
	if m.OS.ID != 96 || m.OS.Version != "12" || m.OS.Name != "Debian 64-Bit" || m.OS.Description.Text != "Debian" {
		t.Errorf("%+v", m.OS)
	}
	if m.Install.InitialBootStopDelay != 300 || strings.Join(m.Path, "/") != "c" {
		t.Errorf("%+v", m)
	}
	h := m.Hardware
	if h.Section != "v" || strings.Join(h.Transports, ",") != "iso,com.vmware.guestInfo" {
		t.Errorf("%+v", h)
	}
	if want := (Controller{InstanceID: "3", Bus: "scsi", Number: 1, Model: "lsilogic"}); len(h.Controllers) != 1 || h.Controllers[0] != want {
		t.Errorf("%+v", h.Controllers)
	}
	if n := h.NICs[0]; n.MAC != "02:00:00:00:00:01" || n.Model != "E1000" || n.Connected {
		t.Errorf("%+v", n)
	}
	if h.Devices[1].Required != true || h.Devices[2].Required {
		t.Errorf("%+v", h.Devices)
	}
	if n := r.plan.Networks[0]; n.Target != "prod" || n.Description.Text != "Outside" {
		t.Errorf("%+v", n)
	}
}

// The Items of OVF 2.x for ports and storage are devices like others.
func TestPortAndStorageItems(t *testing.T) {
	r := resolveText(t, head2+"<References/>"+networks("front")+options("a", "b")+disks("diskId=d;capacity=8")+machine("m", hardware("x",
		el("EthernetPortItem", "epasd", "Connection=front", "ElementName=P", "InstanceID=9", "PortVID=7"),
		el("EthernetPortItem", "epasd", "@configuration=b", "Address=02:00:00:00:00:01", "ElementName=P", "InstanceID=9", "ResourceType=10"),
		el("StorageItem", "sasd", "ElementName=S", "HostResource=ovf:/disk/d", "HostResourceBlockSize=512", "InstanceID=10")))+"</Envelope>", Choices{Option: "b"})
	if r.plan == nil {
		t.Fatal(r.diags)
	}
	if got, want := r.plan.brief(), "m: 10@/-1=d nic9=front"; !strings.HasPrefix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
	d := r.plan.Machines[0].Hardware.Devices
	if d[0].Port == nil || d[0].Item != nil || *d[0].Port.PortVID != 7 || *d[0].Port.Address != "02:00:00:00:00:01" {
		t.Errorf("%+v", d[0])
	}
	if d[1].Storage == nil || *d[1].Storage.HostResourceBlockSize != 512 {
		t.Errorf("%+v", d[1])
	}
}

// The ResourceAllocationSections of a collection are limits that its members
// share, by the same rules.
func TestSharedLimits(t *testing.T) {
	r := resolveText(t, envelopeOf(options("a", "b"), collection("c", "<ResourceAllocationSection><Info>R</Info>"+
		itemXML("1", 3, "AllocationUnits=hertz * 10^6", "Reservation=500")+itemXML("1", 3, "@configuration=b", "Reservation=1500")+
		itemXML("1", 3, "@bound=max", "Reservation=3000")+
		itemXML("2", 4, "AllocationUnits=byte * 2^30", "Limit=8")+"</ResourceAllocationSection>", machine("m", hardware("x")))), Choices{Option: "b"})
	if r.plan == nil {
		t.Fatal(r.diags)
	}
	l := r.plan.Collections[0].Limits
	if len(l) != 2 || l[0].Reservation.Value != 1_500_000_000 || *l[0].Reservation.Max != 3_000_000_000 || l[1].Limit.Value != 8<<30 || l[1].Limit.Unit != "byte" {
		t.Errorf("%+v", l)
	}
	if r.rules(diag.Warning) != "" {
		t.Error(r.diags)
	}
}
