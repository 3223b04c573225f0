package plan

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// Every message about options, hardware, networks, disks and replicas as an
// operator sees it: what is wrong, where, why, and what to do. The cases are
// those of the tables of this package, and a few more.
func TestHardwareMessages(t *testing.T) {
	const golden = "testdata/hardware-messages.txt"
	var b bytes.Buffer
	seen := map[string]bool{}
	show := func(name, text string, c Choices) {
		found := resolveText(t, text, c).diags
		if len(found) == 0 {
			return
		}
		for _, d := range found {
			seen[d.Rule] = true
		}
		fmt.Fprintf(&b, "## %s\n", name)
		if err := diag.WriteText(&b, found, diag.TextOptions{Source: func(string) ([]byte, error) { return []byte(text), nil }}); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	for _, tt := range merging {
		show(tt.name, one(tt.options, tt.items...), Choices{Option: tt.choose})
	}
	for _, tt := range amounts {
		show(tt.name, one(nil, tt.items...), Choices{})
	}
	for _, tt := range wholes {
		show(tt.name, head+fileRef+tt.text+"</Envelope>", tt.choices)
	}
	for _, tt := range replicating {
		show(tt.name, head2+"<References/>"+tt.text+"</Envelope>", tt.choices)
	}
	two := options("small", "large")
	for _, c := range []struct {
		name, text string
		choices    Choices
	}{
		{"an option in other letters", envelopeOf(two, machine("m", hardware("x"))), Choices{Option: "Large"}},
		{"options with a comma", envelopeOf(two, machine("m", hardware("x", itemXML("1", 3, "@configuration=small,large")))), Choices{}},
		{"an option where there is none", envelopeOf(machine("m", hardware("x", itemXML("1", 3, "@configuration=small")))), Choices{}},
		{"an option of an Item in other letters", envelopeOf(two, machine("m", hardware("x", itemXML("1", 3, "@configuration=Small")))), Choices{}},
		{"many options", envelopeOf(options("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"), machine("m", hardware("x"))), Choices{Option: "z"}},
		{"a disk in other letters", head + fileRef + disks("diskId=Disk;capacity=8") + withDisk("m", "disk") + "</Envelope>", Choices{}},
		{"a parent disk in other letters", head + fileRef + disks("diskId=A;capacity=8", "diskId=b;capacity=8;parentRef=a") + withDisk("m", "b") + "</Envelope>", Choices{}},
		{"a mapping in other letters", envelopeOf(networks("front"), machine("m", hardware("x"))), Choices{Networks: map[string]string{"Front": "prod"}}},
		{"an unknown network", envelopeOf(networks("front"), machine("m", hardware("x", itemXML("9", 10, "Connection=front", "Connection=back")))), Choices{}},
		{"no unit of a reservation", envelopeOf(machine("m", hardware("x", itemXML("1", 3, "VirtualQuantity=1", "Reservation=500")))), Choices{}},
		{"a second number", envelopeOf(machine("m", hardware("x", itemXML("1", 3, "VirtualQuantity=1", "VirtualQuantity=2")))), Choices{}},
		{"an unknown bound", envelopeOf(machine("m", hardware("x", itemXML("1", 3, "@bound=at most", "VirtualQuantity=1")))), Choices{}},
		{"an Item without InstanceID", envelopeOf(machine("m", hardware("x", el("Item", "rasd", "ElementName=Memory", "ResourceType=4", "VirtualQuantity=x")))), Choices{}},
		{"a terminal command for a name", envelopeOf(networks("&#x9b;31m\u202e"), machine("m", hardware("x", itemXML("9", 10, "Connection=\u009b31m")))), Choices{}},
	} {
		show(c.name, c.text, c.choices)
	}
	for _, r := range slices.Concat(optionRules, scopeRules, scaleOutRules, itemRules, rangeRules, quantityRules, driveRules, networkRules, hardwareRules, diskRules) {
		if !seen[r.Name] {
			t.Errorf("no message of rule %s", r.Name)
		}
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("messages differ from %s; run with -update and read the difference", golden)
	}
}

// The rules of this package are complete, and no rule of another one has the name
// of one of them.
func TestRules(t *testing.T) {
	other := map[string]bool{}
	for _, r := range slices.Concat(envelope.SemanticRules(), envelope.TargetRules()) {
		other[r.Name] = true
	}
	for _, r := range Rules() {
		if r.Name == "" || r.Layer == "" || r.Severity == 0 || r.Since == "" || !strings.HasSuffix(r.Summary, ".") || !strings.HasSuffix(r.Why, ".") {
			t.Errorf("incomplete: %+v", r)
		}
		if other[r.Name] {
			t.Errorf("two rules have the name %s", r.Name)
		}
		other[r.Name] = true
	}
}
