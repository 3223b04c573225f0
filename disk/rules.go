package disk

import (
	"slices"
	"sync"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/qcow2"
	"github.com/ovfkit/ovf/disk/vhd"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

// The rules by which this package refuses the image of a disk. What it says of the
// descriptor goes by rules of package envelope.
const (
	RuleImageFormat    = "disk-image-format"
	RuleImageVariant   = "disk-image-variant"
	RuleImageCapacity  = "disk-image-capacity"
	RuleImageSupported = "disk-image-supported"
	RuleImageOpen      = "disk-image-open"
)

// Rules lists the checks of this package, of chains and of the formats of images:
// every rule of a finding about disks that is not one of package envelope.
func Rules() []diag.Rule {
	return slices.Concat(rules, image.Rules(), vmdk.Rules(), vhd.Rules(), qcow2.Rules())
}

var rules = []diag.Rule{
	{Name: RuleImageFormat, Layer: diag.Package, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The image of a disk is not in the format that the descriptor declares.",
		Why:     "A reader that goes by the bytes instead lets the author of an image choose how the host treats it."},
	{Name: RuleImageVariant, Layer: diag.Package, Severity: diag.Warning, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The image of a disk is in another variant of its format than the descriptor declares.",
		Why:     "Consumers that stream a disk expect a stream-optimized one and fail half way."},
	{Name: RuleImageCapacity, Layer: diag.Package, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The image of a disk is larger than the capacity that the descriptor gives.",
		Why:     "What lies beyond the capacity would be cut off, or more space taken than was planned."},
	{Name: RuleImageSupported, Layer: diag.Package, Severity: diag.Error, Clause: "DSP0243 5.2", Since: "0.1.0",
		Summary: "The format of a disk is not one that can be read.",
		Why:     "The content of the disk cannot be reached; it can only be passed on as it is."},
	{Name: RuleImageOpen, Layer: diag.Package, Severity: diag.Error, Clause: "DSP0243 9.1", Since: "0.1.0",
		Summary: "The file of a disk cannot be opened or read.",
		Why:     "The disk has no content."},
}

// ruleTable finds the rules that this package reports by, its own and those of the
// descriptor.
var ruleTable = sync.OnceValue(func() map[string]*diag.Rule {
	t := map[string]*diag.Rule{}
	for _, list := range [][]diag.Rule{envelope.SemanticRules(), Rules()} {
		for i := range list {
			t[list[i].Name] = &list[i]
		}
	}
	return t
})

// finding returns a diagnostic of a rule. Problems of shared disks are as grave
// as those of others here: without the disk there is no content.
func finding(rule string, where diag.Location, message, hint string) diag.Diagnostic {
	d := diag.Diagnostic{Severity: diag.Error, Layer: diag.Package, Rule: rule, Location: where, Message: message, Hint: hint}
	if r := ruleTable()[rule]; r != nil {
		d.Severity, d.Layer, d.Clause = r.Severity, r.Layer, r.Clause
	}
	return d
}
