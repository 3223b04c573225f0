package summary

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

func written(t testing.TB, s *Summary, o TextOptions) string {
	t.Helper()
	var b strings.Builder
	if err := s.WriteText(&b, o); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		line = strings.TrimSuffix(line, "\n")
		if cells.Width(line) > width {
			t.Errorf("%q has %d columns", line, cells.Width(line))
		}
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Errorf("%q has invisible characters", line)
		}
	}
	return b.String()
}

func TestSize(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0 B", 1: "1 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 1 << 20: "1 MiB", 1<<20 + 1: "1.0 MiB",
		3 << 30: "3 GiB", 1<<40 - 1: "1024.0 GiB", 1 << 63: "8 EiB", 1<<64 - 1: "16.0 EiB",
	} {
		if got := Size(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

// decode reads a descriptor with the given parts.
func decode(t testing.TB, sections, content string) *envelope.Envelope {
	t.Helper()
	env, _, err := envelope.Decode([]byte(`<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"><References/>`+
		sections+content+`</Envelope>`), envelope.DecodeOptions{Limits: xmltree.Limits{Depth: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestCapacity(t *testing.T) {
	env := decode(t, `<DiskSection><Info/>
		<Disk ovf:diskId="bytes" ovf:capacity="1073741824"/>
		<Disk ovf:diskId="units" ovf:capacity="2" ovf:capacityAllocationUnits="byte * 2^40"/>
		<Disk ovf:diskId="property" ovf:capacity="${size}" ovf:capacityAllocationUnits="byte * 2^30"/>
		<Disk ovf:diskId="full" ovf:capacity="${com.example.size.one}"/>
		<Disk ovf:diskId="several" ovf:capacity="${same}"/>
		<Disk ovf:diskId="none" ovf:capacity="${none}" ovf:capacityAllocationUnits="byte * 2^30"/>
		<Disk ovf:diskId="overflow" ovf:capacity="9223372036854775807" ovf:capacityAllocationUnits="byte * 2^30"/>
		<Disk ovf:diskId="negative" ovf:capacity="-1"/>
		<Disk ovf:diskId="nonsense" ovf:capacity="large" ovf:capacityAllocationUnits="things"/>
	</DiskSection>`, `<VirtualSystem ovf:id="vm"><Info/>
		<ProductSection ovf:class="com.example" ovf:instance="one"><Info/><Property ovf:key="size" ovf:type="uint32" ovf:value="20"/><Property ovf:key="same" ovf:type="uint32" ovf:value="1"/></ProductSection>
		<ProductSection ovf:class="com.example" ovf:instance="two"><Info/><Property ovf:key="same" ovf:type="uint32" ovf:value="2"/></ProductSection>
	</VirtualSystem>`)
	s := Of(env, nil)
	want := []string{"1 GiB", "2 TiB", "20 GiB by ${size}", "20 B by ${com.example.size.one}", "${same}", "${none} × byte * 2^30",
		"9223372036854775807 × byte * 2^30", "-1", "large × things"}
	for i, d := range s.Disks {
		if got := capacity(&printer{}, &d); got != want[i] {
			t.Errorf("%s: %q, want %q", d.ID, got, want[i])
		}
	}
	written(t, s, TextOptions{})
}

// Chains of disks come out as trees, circles and gaps included.
func TestDiskChains(t *testing.T) {
	s := &Summary{Disks: []Disk{{ID: "a"}, {ID: "b", Parent: "a"}, {ID: "c", Parent: "b"}, {ID: "d", Parent: "a"},
		{ID: "x", Parent: "y"}, {ID: "y", Parent: "x"}, {ID: "z", Parent: "gone"}, {ID: "self", Parent: "self"}, {ID: "a", Parent: "b"}}}
	got := written(t, s, TextOptions{})
	_, got, _ = strings.Cut(got, "Disks\n")
	want := `  a        empty
  ├─ b
  │  ├─ c
  │  └─ a
  └─ d
  z        changes gone, which is not there
  self
  x        changes y in a circle
  └─ y
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	long := &Summary{}
	for i := range 100_000 {
		long.Disks = append(long.Disks, Disk{ID: fmt.Sprint(i), Parent: fmt.Sprint(i - 1)})
	}
	if n := strings.Count(written(t, long, TextOptions{}), "\n"); n > 30 {
		t.Errorf("%d lines for a long chain", n)
	}
	if n := strings.Count(written(t, long, TextOptions{All: true}), "\n"); n < 100_000 {
		t.Errorf("%d lines of all", n)
	}
}

func TestQuantities(t *testing.T) {
	item := func(attrs, kids string) string {
		return `<Item ` + attrs + `><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType>` + kids + `</Item>`
	}
	const unit, n = `<rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>`, `<rasd:VirtualQuantity>512</rasd:VirtualQuantity>`
	for items, want := range map[string]string{
		item("", n): "512",
		item("", unit) + item(`ovf:configuration="a b"`, n):                                   "with a, b 512 MiB",
		item("", unit+n) + item(`ovf:bound="min"`, n):                                         "512 MiB (at least 512 MiB)",
		item("", unit+n) + item(`ovf:bound="max"`, n) + item(`ovf:bound="min"`, n):            "512 MiB (512 MiB to 512 MiB)",
		item("", unit+n) + item(`ovf:bound="max" ovf:configuration="a"`, n):                   "512 MiB; with a at most 512 MiB",
		item("", `<rasd:AllocationUnits>lots</rasd:AllocationUnits>`+n):                       "512 × lots",
		item("", unit+`<rasd:VirtualQuantity>18446744073709551615</rasd:VirtualQuantity>`):    "18446744073709551615 × byte * 2^20",
		item("", `<rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits>`+n):                  "512 MiB",
		item("", unit+n+`<rasd:VirtualQuantityUnits>byte * 2^30</rasd:VirtualQuantityUnits>`): "512 GiB",
		item("", unit+`<rasd:Reservation>1</rasd:Reservation>`):                               "",
		strings.Repeat(item("", unit+n), 2):                                                   "512 MiB + 512 MiB",
	} {
		env := decode(t, "", `<VirtualSystem ovf:id="vm"><Info/><VirtualHardwareSection><Info/>`+items+`</VirtualHardwareSection></VirtualSystem>`)
		got := written(t, Of(env, nil), TextOptions{})
		_, got, _ = strings.Cut(got, "memory  ")
		got, _, _ = strings.Cut(got, "\n")
		if got != want {
			t.Errorf("%s\nis %q, want %q", items, got, want)
		}
	}
}

// Lists are cut, with the number that is left out, and shown whole with All.
func TestCut(t *testing.T) {
	env := &envelope.Envelope{}
	vs := &envelope.VirtualSystem{ID: "vm"}
	hw := &envelope.VirtualHardwareSection{}
	product := &envelope.ProductSection{}
	nets := &envelope.NetworkSection{}
	disks := &envelope.DiskSection{}
	options := &envelope.DeploymentOptionSection{}
	collection := &envelope.VirtualSystemCollection{ID: "all", Content: envelope.Contents{vs}}
	for i := range 100 {
		id := fmt.Sprintf("%s%d", strings.Repeat("宠", i), i)
		hw.Item = append(hw.Item, rasd.Item{InstanceID: id, ElementName: id, ResourceType: new(rasd.DiskDrive), HostResource: []string{"ovf:/disk/" + id}},
			rasd.Item{InstanceID: "n" + id, ResourceType: new(rasd.EthernetAdapter), Connection: []string{id}},
			rasd.Item{InstanceID: "o" + id, ResourceType: new(rasd.ResourceType(40000 + uint16(i)))},
			rasd.Item{InstanceID: "cpu", ResourceType: new(rasd.Processor), VirtualQuantity: new(uint64(i)), Configuration: &id})
		product.Entry = append(product.Entry, &envelope.Property{Key: id, Type: "string", Value: new(strings.Repeat("x", 500))})
		nets.Network = append(nets.Network, envelope.Network{Name: id})
		disks.Disk = append(disks.Disk, envelope.Disk{DiskID: id, Capacity: "1"})
		options.Configuration = append(options.Configuration, envelope.Configuration{ID: id})
		env.References.File = append(env.References.File, envelope.File{ID: id, Href: id})
		env.Strings = append(env.Strings, envelope.Strings{Lang: &id})
		env.Section = append(env.Section, &envelope.EulaSection{License: envelope.Msg{Text: strings.Repeat("licence ", 1000)}})
		collection.Content = append(collection.Content, &envelope.VirtualSystemCollection{ID: id, Content: envelope.Contents{&envelope.VirtualSystem{ID: id}}})
	}
	vs.Section = envelope.Sections{product, hw}
	env.Section = append(env.Section, nets, disks, options)
	env.Content = collection
	s := Of(env, nil)
	short, all := written(t, s, TextOptions{}), written(t, s, TextOptions{All: true})
	if n := strings.Count(short, "\n"); n > 700 {
		t.Errorf("%d lines", n)
	}
	if got := strings.Count(short, "more\n"); got != 12 {
		t.Errorf("%d lists are cut:\n%s", got, short)
	}
	if strings.Contains(all, "more\n") || strings.Contains(all, "… and") {
		t.Error("cut with All")
	}
	if !strings.Contains(short, "… and 182 more\n") { // of 1+1+200 systems and collections 20 are shown
		t.Errorf("systems are not counted:\n%s", short)
	}
}

// Nesting does not push the text off the line.
func TestDeep(t *testing.T) {
	const depth = 200
	env := decode(t, "", strings.Repeat(`<VirtualSystemCollection ovf:id="c"><Info/>`, depth)+`<VirtualSystem ovf:id="vm"><Info/></VirtualSystem>`+strings.Repeat(`</VirtualSystemCollection>`, depth))
	if got := written(t, Of(env, nil), TextOptions{All: true}); !strings.Contains(got, "vm\n") {
		t.Errorf("got\n%s", got)
	}
}

// Whatever can be decoded can be summarized and shown.
func FuzzSummary(f *testing.F) {
	names, _ := filepath.Glob("../../../../examples/*/*.ovf")
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/2"><VirtualSystemCollection/></Envelope>`))
	f.Add([]byte(`<Envelope><DiskSection><Disk diskId="a" parentRef="a" capacity="${a}"/></DiskSection></Envelope>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		env, notes, err := envelope.Decode(data, envelope.DecodeOptions{Name: "fuzz.ovf"})
		if err != nil {
			t.Skip()
		}
		s := Of(env, notes)
		written(t, s, TextOptions{})
		written(t, s, TextOptions{All: true, Color: false})
	})
}
