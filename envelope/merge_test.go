package envelope_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
	"github.com/ovfkit/ovf/xmltree"
)

const editable = `<?xml version="1.0" encoding="UTF-8"?>
<!-- before -->
<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
              xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
              xmlns:vmw="http://www.vmware.com/schema/ovf">
	<ovf:References>
		<!-- about a -->
		<ovf:File ovf:href="a" ovf:id="a"/> <!-- behind a -->
		<ovf:File ovf:id='b' ovf:href='b'/>
		<ovf:File ovf:id="c"
		          ovf:href="c" />
		<ovf:File ovf:href="e" ovf:id="e">
		</ovf:File>
	</ovf:References>
	<ovf:DiskSection>
		<ovf:Info>Disks</ovf:Info>
	</ovf:DiskSection>
	<vmw:FooSection ovf:required="false"><ovf:Info>Foo</ovf:Info><vmw:Bar>1</vmw:Bar></vmw:FooSection>
	<ovf:VirtualSystem ovf:id="vm">
		<ovf:Info/>
		<ovf:VirtualHardwareSection>
			<ovf:Info>Hardware &amp; more</ovf:Info>
			<ovf:Item>
				<rasd:Connection>one</rasd:Connection>
				<rasd:Connection>two</rasd:Connection>
				<rasd:Connection>three</rasd:Connection>
				<rasd:ElementName>NIC</rasd:ElementName>
				<rasd:InstanceID>1</rasd:InstanceID>
			</ovf:Item>
		</ovf:VirtualHardwareSection>
		<ovf:EulaSection><ovf:Info>E</ovf:Info><ovf:License><![CDATA[a < b]]></ovf:License></ovf:EulaSection>
	</ovf:VirtualSystem>
</ovf:Envelope>
<!-- after -->
`

// Each edit is applied to editable; the result must be editable with the given
// replacements made in its text.
func TestEdits(t *testing.T) {
	vm := func(e *envelope.Envelope) *envelope.VirtualSystem { return e.Content.(*envelope.VirtualSystem) }
	item := func(e *envelope.Envelope) *rasd.Item { return &hardware(e).Item[0] }
	nic := "\t\t\t\t<rasd:Connection>"
	for _, c := range []struct {
		name string
		edit func(*envelope.Envelope)
		old  string
		new  string
	}{
		{"nothing", func(e *envelope.Envelope) {}, "", ""},
		{"value in single quotes", func(e *envelope.Envelope) { e.References.File[1].Href = `it's "b"` },
			`ovf:href='b'`, `ovf:href='it&apos;s "b"'`},
		{"new attribute on a line of its own", func(e *envelope.Envelope) { e.References.File[2].Size = new(uint64(7)) },
			"ovf:href=\"c\" />", "ovf:href=\"c\"\n\t\t          ovf:size=\"7\" />"},
		{"new attribute in a line", func(e *envelope.Envelope) { e.References.File[0].ChunkSize = new(int64(7)) },
			`ovf:id="a"/>`, `ovf:id="a" ovf:chunkSize="7"/>`},
		{"first file removed, its comment kept", func(e *envelope.Envelope) { e.References.File = e.References.File[1:] },
			"\n\t\t<ovf:File ovf:href=\"a\" ovf:id=\"a\"/>", ""},
		{"last file removed", func(e *envelope.Envelope) { e.References.File = e.References.File[:3] },
			"\n\t\t<ovf:File ovf:href=\"e\" ovf:id=\"e\">\n\t\t</ovf:File>", ""},
		{"file added", func(e *envelope.Envelope) {
			e.References.File = append(e.References.File, envelope.File{ID: "d", Href: "d"})
		}, "</ovf:File>", "</ovf:File>\n\t\t<ovf:File ovf:id=\"d\" ovf:href=\"d\"/>"},
		{"file added in front", func(e *envelope.Envelope) {
			e.References.File = slices.Insert(e.References.File, 0, envelope.File{ID: "d", Href: "d"})
		}, "<ovf:File ovf:href=\"a\"", "<ovf:File ovf:id=\"d\" ovf:href=\"d\"/>\n\t\t<ovf:File ovf:href=\"a\""},
		{"file added behind one with a comment on its line", func(e *envelope.Envelope) {
			e.References.File = slices.Insert(e.References.File, 1, envelope.File{ID: "d", Href: "d"})
		}, "<!-- behind a -->", "<!-- behind a -->\n\t\t<ovf:File ovf:id=\"d\" ovf:href=\"d\"/>"},
		{"files swapped", func(e *envelope.Envelope) {
			f := e.References.File
			f[0], f[1] = f[1], f[0]
		}, "<ovf:File ovf:href=\"a\" ovf:id=\"a\"/> <!-- behind a -->\n\t\t<ovf:File ovf:id='b' ovf:href='b'/>",
			"<ovf:File ovf:id='b' ovf:href='b'/> <!-- behind a -->\n\t\t<ovf:File ovf:href=\"a\" ovf:id=\"a\"/>"},
		{"disk into a section without", func(e *envelope.Envelope) {
			d, _ := envelope.First[*envelope.DiskSection](e.Section)
			d.Disk = append(d.Disk, envelope.Disk{DiskID: "d", Capacity: "1"})
		}, "<ovf:Info>Disks</ovf:Info>", "<ovf:Info>Disks</ovf:Info>\n\t\t<ovf:Disk ovf:diskId=\"d\" ovf:capacity=\"1\"/>"},
		{"section removed", func(e *envelope.Envelope) { e.Section = slices.Delete(e.Section, 0, 1) },
			"\n\t<ovf:DiskSection>\n\t\t<ovf:Info>Disks</ovf:Info>\n\t</ovf:DiskSection>", ""},
		{"section added", func(e *envelope.Envelope) {
			e.Section = append(e.Section, &envelope.NetworkSection{Info: envelope.Msg{Text: "N"}, Network: []envelope.Network{{Name: "lan"}}})
		}, "</vmw:FooSection>", "</vmw:FooSection>\n\t<ovf:NetworkSection>\n\t\t<ovf:Info>N</ovf:Info>\n\t\t<ovf:Network ovf:name=\"lan\"/>\n\t</ovf:NetworkSection>"},
		{"text into an empty tag", func(e *envelope.Envelope) { vm(e).Info.Text = "A <machine>" },
			"<ovf:Info/>", "<ovf:Info>A &lt;machine&gt;</ovf:Info>"},
		{"name added at its place", func(e *envelope.Envelope) { vm(e).Name = &envelope.Msg{Text: "n"} },
			"<ovf:Info/>", "<ovf:Info/>\n\t\t<ovf:Name>n</ovf:Name>"},
		{"text with a reference", func(e *envelope.Envelope) { hardware(e).Info.Text = "Hardware & less" },
			"Hardware &amp; more", "Hardware &amp; less"},
		{"text in CDATA", func(e *envelope.Envelope) {
			l, _ := envelope.First[*envelope.EulaSection](vm(e).Section)
			l.License.Text = "c > d & e"
		}, "a < b", "c > d & e"},
		{"one of a list changed", func(e *envelope.Envelope) { item(e).Connection[1] = "zwei" }, ">two<", ">zwei<"},
		{"first of a list removed", func(e *envelope.Envelope) { item(e).Connection = item(e).Connection[1:] },
			"\n" + nic + "one</rasd:Connection>", ""},
		{"one inserted into a list", func(e *envelope.Envelope) {
			item(e).Connection = slices.Insert(item(e).Connection, 1, "new")
		}, "one</rasd:Connection>", "one</rasd:Connection>\n" + nic + "new</rasd:Connection>"},
		{"scalar child added at its place", func(e *envelope.Envelope) { item(e).Weight = new(uint32(3)) },
			"<rasd:InstanceID>1</rasd:InstanceID>", "<rasd:InstanceID>1</rasd:InstanceID>\n\t\t\t\t<rasd:Weight>3</rasd:Weight>"},
		{"scalar child added in front", func(e *envelope.Envelope) { item(e).Address = new("0") },
			nic + "one", "\t\t\t\t<rasd:Address>0</rasd:Address>\n" + nic + "one"},
		{"scalar changed", func(e *envelope.Envelope) { item(e).ElementName = "nic 1" }, ">NIC<", ">nic 1<"},
		{"struct replaced by a literal", func(e *envelope.Envelope) { hardware(e).Info = envelope.Msg{Text: "new"} },
			"Hardware &amp; more", "new"},
		{"vendor attribute", func(e *envelope.Envelope) {
			e.References.File[0].Ext.Attrs = append(e.References.File[0].Ext.Attrs,
				xmltree.Attr{Name: xmltree.Name{Space: "http://www.vmware.com/schema/ovf", Local: "x"}, Value: "1"})
		}, `ovf:id="a"/>`, `ovf:id="a" vmw:x="1"/>`},
		{"attribute of a namespace without prefix", func(e *envelope.Envelope) {
			e.References.File[0].Ext.Attrs = append(e.References.File[0].Ext.Attrs,
				xmltree.Attr{Name: xmltree.Name{Space: "urn:x", Local: "x"}, Value: "1"})
		}, `ovf:id="a"/>`, `ovf:id="a" xmlns:ns="urn:x" ns:x="1"/>`},
		{"text inside a vendor section", func(e *envelope.Envelope) {
			s, _ := envelope.First[*envelope.UnknownSection](e.Section)
			s.Element.Child("http://www.vmware.com/schema/ovf", "Bar").Content = []xmltree.Content{xmltree.Text("2")}
		}, "<vmw:Bar>1<", "<vmw:Bar>2<"},
		{"first attribute of an element", func(e *envelope.Envelope) { item(e).Configuration = new("big") },
			"<ovf:Item>", `<ovf:Item ovf:configuration="big">`},
		{"first attribute of an empty element", func(e *envelope.Envelope) { vm(e).Info.MsgID = new("i") },
			"<ovf:Info/>", `<ovf:Info ovf:msgid="i"/>`},
		{"white space in an element without children", func(e *envelope.Envelope) { e.References.File[3].Size = new(uint64(1)) },
			`ovf:id="e">`, `ovf:id="e" ovf:size="1">`},
		{"machine renamed", func(e *envelope.Envelope) { vm(e).ID = "other" }, `ovf:id="vm"`, `ovf:id="other"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			env, list, err := envelope.Decode([]byte(editable), envelope.DecodeOptions{Name: "e.ovf"})
			if err != nil || len(list) > 0 {
				t.Fatal(err, list)
			}
			c.edit(env)
			want := strings.Replace(editable, c.old, c.new, 1)
			if c.old != "" && want == editable {
				t.Fatal("the text to replace is not there")
			}
			got := string(encode(t, env))
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			again, _, err := envelope.Decode([]byte(got), envelope.DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !again.Equal(env) {
				t.Error("what was written decodes to another value")
			}
		})
	}
}

// Changed text keeps the encoding; what it lacks becomes a reference.
func TestEditKeepsEncoding(t *testing.T) {
	const text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n" +
		"<Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\">\r\n<References/>\r\n" +
		"<AnnotationSection><Info>Gr\xfc\xdfe</Info><Annotation>x</Annotation></AnnotationSection>\r\n</Envelope>"
	env, _, err := envelope.Decode([]byte(text), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	a, ok := envelope.First[*envelope.AnnotationSection](env.Section)
	if !ok || a.Info.Text != "Grüße" {
		t.Fatalf("%+v", a)
	}
	a.Annotation.Text = "é ☃"
	want := strings.Replace(text, ">x<", ">\xe9 &#x2603;<", 1)
	if got := string(encode(t, env)); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// A value that XML cannot carry is refused.
func TestEditIllegal(t *testing.T) {
	env, _, err := envelope.Decode([]byte(editable), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	env.References.File[0].Href = "a\x00b"
	if b, err := envelope.Encode(env); err == nil {
		t.Errorf("written: %q", b)
	}
}
