package ovf_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

const rulesHead = `# Rules

Every rule. ` + "`ovf explain RULE`" + ` shows a bad and a good example of each rule about descriptors. Rules about the files of a package, manifests,
signatures and the like are reported where packages are opened, verified and signed, not by ` + "`ovf validate`" + `, and have no hits here.

The last columns count descriptors and hits in a corpus of %d public descriptors, about 70 of them made invalid on purpose by the suites they come
from, and 75 in the form that VMware used before OVF 1.0. Target rules are counted with all targets asked for, without the change of severities that
the target strict makes.
`

// remarks say why a rule that is hit in many descriptors is no false alarm.
var remarks = map[string]string{
	"conformance-level":         "information: the descriptors do have extensions (DSP0243 7.4)",
	"strict-conformance":        "the same, asked for with --target strict",
	"hardware-no-cpu":           "information: test descriptors of suites leave the processor out; nothing in the standard forbids it",
	"hardware-no-memory":        "as hardware-no-cpu",
	"schema-element-missing":    "xmllint with the files of DMTF agrees: the suite of ovftool writes rasd:InstanceId in 1.x descriptors, so InstanceID and ElementName are missing",
	"schema-element-unexpected": "xmllint agrees; the other half of schema-element-missing",
	"schema-vendor-section":     "sections of VMware, whose schema is not loaded; each is reported once",
	"schema-element-order":      "xmllint agrees: DSP8023 has sequences; four descriptors by VirtualBox have 89 of them, with AddressOnParent behind Caption",
	"schema-value":              "xmllint agrees: templates of builds, with placeholders such as @@MEM_SIZE@@ where a number must stand",
	"disk-unused":               "information: three versions of one appliance, which makes its machines itself, have 44 of them",
	"network-unused":            "information: DSP0243 9.2 lists the networks that are used; these descriptors declare networks in advance",
	"virtualbox-disk-format":    "a misspelt URI (vmware.com/specifications) in one family of descriptors, and sparse forms of VMDK that VirtualBox does not list",
	"schema-root":               "descriptors in the namespace of OVF 0.9, which no schema of DMTF covers",
	"item-host-resource-form":   "DSP0243 8.3 has the forms ovf:/file/ and ovf:/disk/; these are written /disk/",
	"extension-required":        "DSP0243 7.3: required is the default, and these sections do not say otherwise",
	"file-href-escape":          "fixtures that share disks in a folder above; such a package cannot become an .ova",
	"property-key-form":         "DSP0243 9.5: a key has no dots; the keys are guestinfo.* and the like",
	"unit-legacy":               "words such as MegaBytes, from before DSP0004",
	"environment-unreachable":   "information: properties, but no transport to hand them to the guest",
	"v2v-producer":              "information about virt-v2v",
	"v2v-properties":            "information about virt-v2v",
	"virtualbox-properties":     "information about VirtualBox",
	"v2v-collection":            "collections, which virt-v2v does not read",
	"virtualbox-collection":     "collections, which VirtualBox flattens",
	"vsphere-property-hidden":   "information about vSphere",
	"vsphere-hardware-family":   "families of VirtualBox and others, or none",
	"vsphere-extra-config":      "vSphere drops it unless told otherwise",
}

// docs/rules.md lists every rule with its hits over the corpus, and a remark
// for each that is hit more than 50 times.
func TestRulesDoc(t *testing.T) {
	entries := index(t)
	files, hits := map[string]int{}, map[string]int{}
	plain := ovf.Validator{}
	targets := ovf.Validator{Targets: []envelope.Target{envelope.TargetVSphere, envelope.TargetVirtualBox, envelope.TargetVirtV2V, envelope.TargetStrict}}
	for _, e := range entries {
		seen := map[string]bool{}
		count := func(l diag.List, target bool) {
			for _, d := range l {
				if (d.Layer == diag.Target) == target {
					hits[d.Rule]++
					seen[d.Rule] = true
				}
			}
		}
		count(validate(t, &plain, e.path).Diagnostics, false)
		count(validate(t, &targets, e.path).Diagnostics, true)
		for r := range seen {
			files[r]++
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, rulesHead, len(entries))
	rules := ovf.Rules()
	first := map[diag.Layer]int{} // layers in the order of their first rule
	for i, r := range rules {
		if _, ok := first[r.Layer]; !ok {
			first[r.Layer] = i
		}
	}
	slices.SortStableFunc(rules, func(a, b diag.Rule) int { return first[a.Layer] - first[b.Layer] })
	layer := diag.Layer("")
	for _, r := range rules {
		if r.Layer != layer {
			layer = r.Layer
			fmt.Fprintf(&b, "\n## Layer %s\n\n| rule | severity | clause | what it refuses | descriptors | hits |\n|---|---|---|---|---|---|\n", layer)
		}
		text := r.Summary
		if m := remarks[r.Name]; m != "" {
			text += " *" + strings.ToUpper(m[:1]) + m[1:] + ".*"
		} else if hits[r.Name] > 50 {
			t.Errorf("%s is hit %d times: say why that is no false alarm", r.Name, hits[r.Name])
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %d | %d |\n", r.Name, r.Severity, r.Clause, text, files[r.Name], hits[r.Name])
	}
	const name = "docs/rules.md"
	if *update {
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is out of date: run go test -run TestRulesDoc -update .", name)
	}
}
