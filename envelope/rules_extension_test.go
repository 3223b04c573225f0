package envelope_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

// Extensions and the level that follows from them (DSP0243 7.3, 7.4): foreign
// sections and children count as required unless they say otherwise, foreign
// attributes never do.
func TestConformanceLevel(t *testing.T) {
	note := func(extra string) string {
		return `<AnnotationSection><Info>N</Info><Annotation>n</Annotation>` + extra + `</AnnotationSection>`
	}
	const section = `<x:Section%s><Info>S</Info></x:Section>`
	for _, c := range []struct {
		name, content string
		level         int
		want          string
	}{
		{"plain", note(""), 1, ""},
		{"attribute", `<AnnotationSection x:a="1"><Info>N</Info><Annotation>n</Annotation></AnnotationSection>`, 2, ""},
		{"attribute of a simple child", `<ProductSection><Info>P</Info><Version x:a="1">1</Version></ProductSection>`, 2, ""},
		{"xml:lang and xsi:type", `<AnnotationSection xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xml:lang="de" xsi:nil="false"><Info>N</Info><Annotation>n</Annotation></AnnotationSection>`, 1, ""},
		{"optional child", note(`<x:A ovf:required="false"/>`), 2, ""},
		{"optional child, 0", note(`<x:A ovf:required="0"/>`), 2, ""},
		{"child", note(`<x:A/>`), 3, "warning extension-required"},
		{"required child", note(`<x:A ovf:required="true"/>`), 3, "warning extension-required"},
		{"child of a child", note(`<x:A ovf:required="false"><x:B/></x:A>`), 2, ""},
		{"child of an item", `<VirtualHardwareSection><Info>H</Info><Item><rasd:ElementName>c</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><x:A/></Item></VirtualHardwareSection>`, 3, "warning extension-required"},
		{"section", strings.ReplaceAll(section, "%s", ""), 3, "warning extension-required"},
		{"optional section", strings.ReplaceAll(section, "%s", ` ovf:required="false"`), 2, ""},
		{"unknown element of OVF", note(`<Foo/>`), 1, "error extension-namespace"},
		{"unknown element of OVF in an extension", `<x:S xmlns:x="urn:x" ovf:required="false"><Info/><x:a><Foo/></x:a></x:S>`, 2, "error extension-namespace"},
		{"unknown section of OVF", `<FooSection><Info>F</Info></FooSection>`, 1, "error extension-namespace"},
		{"element of OVF out of place", note(`<License>l</License>`), 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			rc := ruleCase{content: c.content, want: c.want}
			rc.run(t, []string{"extension-"})
			env, _, err := envelope.Decode([]byte(rc.document()), envelope.DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := env.ConformanceLevel(); got != c.level {
				t.Errorf("level %d, want %d", got, c.level)
			}
		})
	}
}

// Attributes that the standard does not have (DSP0243 7.3), with what was meant.
func TestUnknownAttributes(t *testing.T) {
	for _, c := range []struct{ attrs, want, hint string }{
		{`ovf:value="x"`, "", ""},
		{`ovf:vlaue="x"`, "warning attribute-unknown", "ovf:value"},
		{`ovf:defaultValue="x"`, "warning attribute-unknown", "ovf:value"},
		{`ovf:isPassword="true"`, "warning attribute-unknown", "ovf:password"},
		{`ovf:configurableByUser="true"`, "warning attribute-unknown", "ovf:userConfigurable"},
		{`ovf:userconfigurable="true"`, "warning attribute-unknown", "ovf:userConfigurable"},
		{`ovf:colour="red"`, "warning attribute-unknown", "leave it out"},
		{`colour="red"`, "warning attribute-unknown", "leave it out"},
		{`x:colour="red"`, "", ""},
		{`value="x"`, "", ""},                    // the reader reports that the prefix is missing
		{`ovf:userConfigurable="often"`, "", ""}, // the schema reports the value
		{`ovf:` + strings.Repeat("v", 1000) + `="x"`, "warning attribute-unknown", "leave it out"},
	} {
		rc := ruleCase{content: productXML(`<Property ovf:key="k" ovf:type="string" ` + c.attrs + `/>`), want: c.want}
		l := rc.run(t, []string{"attribute-unknown"})
		if len(l) == 1 && !strings.Contains(l[0].Hint, c.hint) {
			t.Errorf("%s: hint %q, want %q", c.attrs, l[0].Hint, c.hint)
		}
	}
	rc := ruleCase{content: `<VirtualHardwareSection><Info>H</Info><Item><rasd:ElementName ovf:msgid="a">c</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID></Item></VirtualHardwareSection>`}
	rc.run(t, []string{"attribute-unknown"})
}

// The attribute version is not the standard's (DSP0243 7.1), yet nothing else is
// wrong with it.
func TestVersionAttribute(t *testing.T) {
	doc := strings.Replace((&ruleCase{content: productXML("")}).document(), "<Envelope", `<Envelope ovf:version="1.0"`, 1)
	env, _, err := envelope.Decode([]byte(doc), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	l := envelope.Validate(env, envelope.ValidateOptions{})
	if len(l) != 1 || l[0].Rule != "ovf-version-attribute" {
		for _, d := range l {
			if d.Rule == "attribute-unknown" {
				t.Errorf("%v", d)
			}
		}
	}
}

// How far a descriptor goes beyond the standard.
func ExampleEnvelope_ConformanceLevel() {
	const text = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References/>
  <VirtualSystem ovf:id="vm">
    <Info>A machine</Info>
    <b:BackupSection xmlns:b="http://example.com/backup" ovf:required="false">
      <Info>When to back the machine up</Info>
    </b:BackupSection>
  </VirtualSystem>
</Envelope>`
	env, _, err := envelope.Decode([]byte(text), envelope.DecodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(env.ConformanceLevel())
	for _, d := range envelope.Validate(env, envelope.ValidateOptions{Targets: []envelope.Target{envelope.TargetVSphere}}) {
		fmt.Println(d.Location, d.Severity, d.Rule)
	}
	// Output:
	// 2
	// 1:1 info conformance-level
	// 3:3 error vsphere-hardware-missing
	// 3:3 info hardware-missing
}
