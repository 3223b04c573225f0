package envelope_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/xmlbind"
)

// small is a descriptor with a few places for each test to spoil.
const small = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
  <References>
    <File ovf:id="f1" ovf:href="disk.vmdk" ovf:size="10"/>
  </References>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:diskId="d1" ovf:fileRef="f1" ovf:capacity="20"/>
  </DiskSection>
  <VirtualSystem ovf:id="vm">
    <Info>A machine</Info>
    <VirtualHardwareSection>
      <Info>Hardware</Info>
      <Item>
        <rasd:ElementName>CPU</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>2</rasd:VirtualQuantity>
      </Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`

// What real producers get wrong is read all the same, and reported.
func TestLenient(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, new string
		rule     string // "" for none
	}{
		{"as it should be", "", "", ""},
		{"white paper namespace", "http://schemas.dmtf.org/ovf/envelope/1", "http://schemas.dmtf.org/ovf/1/envelope", xmlbind.RuleNamespace},
		{"namespace with a slash", "http://schemas.dmtf.org/ovf/envelope/1", "http://schemas.dmtf.org/ovf/envelope/1/", xmlbind.RuleNamespace},
		{"namespace of VMware", "http://schemas.dmtf.org/ovf/envelope/1", "http://www.vmware.com/schema/ovf/1/envelope", xmlbind.RuleOldVersion},
		{"namespace with .xsd", "CIM_ResourceAllocationSettingData", "CIM_ResourceAllocationSettingData.xsd", xmlbind.RuleNamespace},
		{"unqualified attribute", `ovf:href="disk`, `href="disk`, xmlbind.RuleUnqualified},
		{"section by xsi:type", "<DiskSection>\n    <Info>Disks</Info>\n    <Disk ovf:diskId=\"d1\" ovf:fileRef=\"f1\" ovf:capacity=\"20\"/>\n  </DiskSection>",
			"<Section xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"ovf:DiskSection_Type\">\n    <Info>Disks</Info>\n    <Disk ovf:diskId=\"d1\" ovf:fileRef=\"f1\" ovf:capacity=\"20\"/>\n  </Section>", ""},
		{"content by xsi:type", "VirtualSystem ovf:id", "Content xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"ovf:VirtualSystem_Type\" ovf:id", ""},
		{"old name", "rasd:InstanceID", "rasd:InstanceId", xmlbind.RuleOldName},
		{"children out of order", "<rasd:ElementName>CPU</rasd:ElementName>\n        <rasd:InstanceID>1</rasd:InstanceID>",
			"<rasd:InstanceID>1</rasd:InstanceID>\n        <rasd:ElementName>CPU</rasd:ElementName>", xmlbind.RuleOrder},
		{"space around a number", "<rasd:VirtualQuantity>2<", "<rasd:VirtualQuantity> 2 <", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.ReplaceAll(small, c.old, c.new)
			if c.name == "content by xsi:type" {
				text = strings.ReplaceAll(text, "</VirtualSystem>", "</Content>")
			}
			if c.old == "" {
				text = small
			}
			env, list, err := envelope.Decode([]byte(text), envelope.DecodeOptions{Name: "a.ovf"})
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			for _, d := range list {
				rules = append(rules, d.Rule)
				if d.Location.Line == 0 || d.Message == "" {
					t.Errorf("a diagnostic without place or message: %+v", d)
				}
			}
			if c.rule == "" && rules != nil || c.rule != "" && !slices.Equal(rules, []string{c.rule}) {
				t.Errorf("rules %q, want %q", rules, c.rule)
			}
			checkSmall(t, env)
			again, _, err := envelope.Decode(encode(t, env.WithoutSource()), envelope.DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			checkSmall(t, again)
		})
	}
}

// checkSmall looks at every value of small.
func checkSmall(t *testing.T, env *envelope.Envelope) {
	t.Helper()
	if len(env.References.File) != 1 || env.References.File[0].Href != "disk.vmdk" || *env.References.File[0].Size != 10 {
		t.Errorf("files %+v", env.References.File)
	}
	disks, ok := envelope.First[*envelope.DiskSection](env.Section)
	if !ok || len(disks.Disk) != 1 || disks.Disk[0].DiskID != "d1" || disks.Disk[0].Capacity != "20" {
		t.Errorf("disks %+v", disks)
	}
	hw := hardware(env)
	if hw == nil || len(hw.Item) != 1 {
		t.Fatalf("hardware %+v", hw)
	}
	it := hw.Item[0]
	if it.ElementName != "CPU" || it.InstanceID != "1" || it.VirtualQuantity == nil || *it.VirtualQuantity != 2 || it.ResourceType == nil || *it.ResourceType != 3 {
		t.Errorf("item %+v", it)
	}
}

// A value that is not of its type is kept as it is, reported, and written back.
func TestUntypable(t *testing.T) {
	text := strings.Replace(small, `ovf:size="10"`, `ovf:size="ten"`, 1)
	text = strings.Replace(text, "VirtualQuantity>2<", "VirtualQuantity>@@CPUS@@<", 1)
	env, list, err := envelope.Decode([]byte(text), envelope.DecodeOptions{Name: "a.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].Rule != xmlbind.RuleValue || list[1].Rule != xmlbind.RuleValue ||
		!strings.Contains(list[0].Message, `"ten"`) || !strings.Contains(list[1].Message, "@@CPUS@@") {
		t.Errorf("diagnostics %v", list)
	}
	if got := list[0].Location.String(); got != "a.ovf:4:44" {
		t.Errorf("place %s", got)
	}
	f := env.References.File[0]
	if v, ok := f.Ext.Attr(envelope.Namespace1, "size"); f.Size != nil || !ok || v != "ten" {
		t.Errorf("file %+v", f)
	}
	bare := string(encode(t, env.WithoutSource()))
	if !strings.Contains(bare, `ovf:size="ten"`) || !strings.Contains(bare, "<rasd:ResourceType>3</rasd:ResourceType>\n        <rasd:VirtualQuantity>@@CPUS@@<") {
		t.Errorf("not written back in place:\n%s", bare)
	}
}

// Another vocabulary, or none, is an error of its own.
func TestNoEnvelope(t *testing.T) {
	for _, c := range []struct{ text, rule string }{
		{"<domain/>", envelope.RuleRoot},
		{"", "xml-syntax"},
		{"PK\x03\x04", "xml-character"},
		{"{\"a\": 1}", "xml-syntax"},
		{"<Envelope", "xml-syntax"},
	} {
		_, _, err := envelope.Decode([]byte(c.text), envelope.DecodeOptions{Name: "a.ovf"})
		wantRule(t, err, c.rule)
	}
	env, list, err := envelope.Decode([]byte(`<Envelope xmlns="http://example.com/other"/>`), envelope.DecodeOptions{})
	if err != nil || env.Version() != envelope.VersionUnknown || !list.HasErrors() {
		t.Errorf("a foreign Envelope: %v %v", list, err)
	}
}
