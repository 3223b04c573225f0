package plan

import "github.com/ovfkit/ovf/diag"

// propertyRules are the rules of the values of properties (DSP0243 9.5).
var propertyRules = []diag.Rule{
	{Name: "property-collision", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5, 11.1", Since: "0.2.0",
		Summary: "Two properties of one machine or collection have the same full name.",
		Why:     "The guest sees one value for both, and which one is chance."},
	{Name: "value-unfit", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "The value that a property gets does not fit its type or its qualifiers.",
		Why:     "The guest gets what it cannot read."},
	{Name: "value-missing", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A property has no value that fits, and the operator may not set one.",
		Why:     "The guest sees it empty, whatever the operator chooses."},
	{Name: "value-empty", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "Nobody gave a property a value, and the empty text fits it.",
		Why:     "The guest sees it empty, which the operator may not have meant."},
	{Name: "value-alternatives", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "Several values of a property could count for the chosen option.",
		Why:     "The standard does not say which one does; other consumers may take another."},
	{Name: "value-reference", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A reference names a property that is not in its reach.",
		Why:     "There is no value to put in its place."},
	{Name: "value-reference-ambiguous", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A reference can mean several properties.",
		Why:     "Their values may differ, and which one is taken would be chance."},
	{Name: "value-reference-syntax", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A \"${\" starts no reference and stays as it is.",
		Why:     "Other consumers may refuse it."},
	{Name: "value-reference-platform", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A value is left for the platform to compute.",
		Why:     "Only vSphere does that; elsewhere the guest sees the text as it is."},
	{Name: "value-limit", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "Values are too long, or references go too deep.",
		Why:     "A short descriptor can ask for more text than fits any memory."},
}

// settingRules are the rules of what the operator sets.
var settingRules = []diag.Rule{
	{Name: "choice-property", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A value is for a property that the package does not have.",
		Why:     "It would be lost, and the property that was meant keeps its default."},
	{Name: "choice-property-ambiguous", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A value is for a name that several properties have.",
		Why:     "The wrong machine might get it."},
	{Name: "choice-property-repeated", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "One property is set twice.",
		Why:     "Which value was meant cannot be told."},
	{Name: "choice-property-fixed", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A value is for a property that the operator may not set.",
		Why:     "The vendor counts on the value in the descriptor."},
	{Name: "choice-property-value", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A value of the operator does not fit type or qualifiers of its property.",
		Why:     "The guest would get what it cannot read."},
	{Name: "choice-property-required", Layer: diag.Usage, Severity: diag.Error, Clause: "DSP0243 9.5", Since: "0.2.0",
		Summary: "A property needs a value from the operator.",
		Why:     "It has no default that fits, so that nothing can be deployed without one."},
}
