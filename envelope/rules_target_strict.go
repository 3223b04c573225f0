package envelope

import (
	"slices"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/xmlbind"
)

// strictRules are what the target strict adds to the rules of the standard.
var strictRules = []diag.Rule{
	targetRule("strict-conformance", diag.Warning, "The descriptor has extensions.",
		"Level 1 is what every consumer understands; level 3 is to be avoided for distribution. Evidence: DSP0243 7.4."),
	targetRule("strict-spec-uri", diag.Warning, "The format of a disk is not one with an open specification that is known.",
		"The standard asks for the URI of an open specification of the format. Evidence: DSP0243 5.2."),
}

// strictErrors are the rules whose findings the target strict takes for errors:
// what the standard says, and most consumers forgive.
var strictErrors = []string{
	"attribute-unknown", "disk-format-uri", "hardware-transport", "hardware-transport-separator", "item-host-resource-form",
	"item-instance-id-repeated", "lang-tag", "ovf-version-attribute", "property-qualifiers", "property-type", "property-type-vendor",
	"strings-lang-missing", "unit-legacy", "unit-spelling",
	xmlbind.RuleNamespace, xmlbind.RuleUnqualified, xmlbind.RuleOrder,
}

// Overrides returns the severities that a target gives to rules of other
// layers. [Validate] has applied them to what it returns; the diagnostics of
// [Decode] are filtered with them by the caller. Only [TargetStrict] has any.
func (t Target) Overrides() diag.Overrides {
	if t != TargetStrict {
		return diag.Overrides{}
	}
	o := diag.Overrides{Severity: make(map[string]diag.Severity, len(strictErrors))}
	for _, name := range strictErrors {
		o.Severity[name] = diag.Error
	}
	return o
}

func (c *checker) strict() {
	if level := c.env.ConformanceLevel(); level > 1 {
		f := c.at("strict-conformance", c.env.Location(""), "the descriptor is of conformance level %d", level).
			hint("leave extensions out, or mark them ovf:required=\"false\"")
		if level == 3 {
			f.as(diag.Error)
		}
		f.add()
	}
	for d := range c.eachDisk() {
		if f := text(d.Format); f != "" && slices.Contains([]DiskFormat{FormatRaw, FormatUnknown}, DiskFormatOf(f)) {
			c.at("strict-spec-uri", d.Location("@format"), "the format %s of disk %s names no open specification of a disk format", diag.Quote(f), diag.Quote(d.DiskID)).
				hint("use the URI of the specification, as %s", URIVMDKStream).add()
		}
	}
}
