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
	"github.com/ovfkit/ovf/author"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/i18n"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/sign"
	"github.com/ovfkit/ovf/xmltree"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

const rulesHead = `# Rules

Every rule, by what it is about. ` + "`ovf explain RULE`" + ` shows a bad and a good example of each, and ` + "`ovf validate --list-rules`" + ` lists them.

## Descriptors

What ` + "`ovf validate`" + ` reports. The last columns count descriptors and hits in a corpus of %d public descriptors, about 70 of them made invalid on
purpose by the suites they come from, and 75 in the form that VMware used before OVF 1.0. Target rules are counted with all targets asked for, without
the change of severities that the target strict makes.
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

// docs/rules.md lists every rule; those about descriptors with their hits over the
// corpus, and a remark for each that is hit more than 50 times.
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
	ofDescriptors := slices.Concat(xmltree.Rules(), schemas.Rules(), envelope.Rules(), envelope.SemanticRules(), envelope.TargetRules())
	layers(ofDescriptors, func(layer diag.Layer, rules []diag.Rule) {
		fmt.Fprintf(&b, "\n### Layer %s\n\n| rule | severity | clause | what it refuses | descriptors | hits |\n|---|---|---|---|---|---|\n", layer)
		for _, r := range rules {
			text := r.Summary
			if m := remarks[r.Name]; m != "" {
				text += " *" + strings.ToUpper(m[:1]) + m[1:] + ".*"
			} else if hits[r.Name] > 50 {
				t.Errorf("%s is hit %d times: say why that is no false alarm", r.Name, hits[r.Name])
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %d | %d |\n", r.Name, r.Severity, r.Clause, text, files[r.Name], hits[r.Name])
			delete(hits, r.Name)
		}
	})
	if len(hits) > 0 {
		t.Errorf("rules that are hit and not in the table of descriptors: %v", hits)
	}
	listed := map[string]bool{}
	for _, r := range ofDescriptors {
		listed[r.Name] = true
	}
	for _, part := range []struct {
		title, text string
		rules       []diag.Rule
	}{
		{"Archives and files of a package", "Reported where a package is opened.", ovf.PackageRules()},
		{"Manifests, signatures and trust", "Reported by `ovf verify`, and where a package is signed.", sign.Rules()},
		{"Disks and their images", "Reported by `ovf disk`, and where the content of a disk is read.", disk.Rules()},
		{"Message bundles and languages", "Reported where texts are chosen: by `ovf resolve`, `ovf deploy` and `ovf i18n`.", slices.Concat(i18n.Rules(), envelope.BundleRules())},
		{"Plans and the choices of an operator", "Reported by `ovf resolve`, `ovf env build` and `ovf deploy`.", plan.Rules()},
		{"Environments", "Reported where an environment document is read.", environment.Rules()},
		{"Specs", "Reported by `ovf new`.", author.Rules()},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", part.title, part.text)
		fmt.Fprint(&b, "\n| rule | layer | severity | clause | what it refuses |\n|---|---|---|---|---|\n")
		for _, r := range part.rules {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.Name, r.Layer, r.Severity, r.Clause, r.Summary)
			listed[r.Name] = true
		}
	}
	for _, r := range append(ovf.Rules(), author.Rules()...) {
		if !listed[r.Name] {
			t.Errorf("%s is in no table", r.Name)
		}
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

// layers calls f for the rules of each layer, in the order of their first rules.
func layers(rules []diag.Rule, f func(diag.Layer, []diag.Rule)) {
	var order []diag.Layer
	by := map[diag.Layer][]diag.Rule{}
	for _, r := range rules {
		if by[r.Layer] == nil {
			order = append(order, r.Layer)
		}
		by[r.Layer] = append(by[r.Layer], r)
	}
	for _, l := range order {
		f(l, by[l])
	}
}
