package envelope_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// ruleCase is a descriptor in short form and what is wrong with it.
type ruleCase struct {
	name    string
	refs    string // in References
	top     string // sections of the Envelope
	content string // in a VirtualSystem, or the content itself if it begins with <VirtualSystem
	strings string // behind the content
	v2      bool
	want    string // "severity rule" of each finding in document order, separated by commas
}

func (c *ruleCase) document() string {
	ns := envelope.Namespace1
	if c.v2 {
		ns = envelope.Namespace2
	}
	content := c.content
	if !strings.HasPrefix(content, "<VirtualSystem") {
		content = `<VirtualSystem ovf:id="vm"><Info>A machine</Info>` + content + `</VirtualSystem>`
	}
	return `<Envelope xmlns="` + ns + `" xmlns:ovf="` + ns + `"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
 xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
 xmlns:bootc="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_BootConfigSetting"
 xmlns:boots="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_BootSourceSetting"
 xmlns:vmw="http://www.vmware.com/schema/ovf" xmlns:x="http://example.com/x"><References>` + c.refs + `</References>
` + c.top + "\n" + content + "\n" + c.strings + `</Envelope>`
}

// run checks what is found of the rules with one of the prefixes.
func (c *ruleCase) run(t *testing.T, prefixes []string, targets ...envelope.Target) diag.List {
	t.Helper()
	env, _, err := envelope.Decode([]byte(c.document()), envelope.DecodeOptions{Name: "a.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var found diag.List
	for _, d := range envelope.Validate(env, envelope.ValidateOptions{Targets: targets}) {
		if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(d.Rule, p) }) {
			continue
		}
		got = append(got, d.Severity.String()+" "+d.Rule)
		found = append(found, d)
		if d.Location.Line == 0 || d.Location.Path == "" || d.Message == "" {
			t.Errorf("no position or text: %+v", d)
		}
	}
	if g := strings.Join(got, ", "); g != c.want {
		t.Errorf("found  %s\nwanted %s\n%v", g, c.want, found)
	}
	bare(t, env, found, targets)
	return found
}

// bare checks that a value without source gives the same findings, at no place.
func bare(t *testing.T, env *envelope.Envelope, want diag.List, targets []envelope.Target) {
	t.Helper()
	count := map[string]int{}
	for _, d := range want {
		count[d.Rule]++
	}
	for _, d := range envelope.Validate(env.WithoutSource(), envelope.ValidateOptions{Targets: targets}) {
		count[d.Rule]--
		if d.Location != (diag.Location{}) {
			t.Errorf("a value without source is found at %v", d.Location)
		}
	}
	for _, d := range want {
		if count[d.Rule] != 0 {
			t.Errorf("without source, %s is found %d times less", d.Rule, count[d.Rule])
		}
	}
}

func runCases(t *testing.T, prefixes []string, cases []ruleCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, prefixes) })
	}
}

// productXML is a ProductSection with one property.
func productXML(property string) string {
	return `<ProductSection><Info>A product</Info>` + property + `</ProductSection>`
}

// collectionXML is a collection with sections of its own and one machine in it.
func collectionXML(own, inner string) string {
	return `<VirtualSystemCollection ovf:id="app"><Info>An application</Info>` + own +
		`<VirtualSystem ovf:id="vm"><Info>A machine</Info>` + inner + `</VirtualSystem></VirtualSystemCollection>`
}
