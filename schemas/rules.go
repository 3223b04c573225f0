package schemas

import "github.com/ovfkit/ovf/diag"

// Names of the rules this package reports.
const (
	RuleRoot          = "schema-root"
	RuleUnexpected    = "schema-element-unexpected"
	RuleOrder         = "schema-element-order"
	RuleRepeated      = "schema-element-repeated"
	RuleMissing       = "schema-element-missing"
	RuleVendorSection = "schema-vendor-section"
	RuleText          = "schema-text"
	RuleValue         = "schema-value"
	RuleAttrMissing   = "schema-attribute-missing"
	RuleAttrUnknown   = "schema-attribute-unknown"
	RuleType          = "schema-type"
	RuleNil           = "schema-nil"
	RuleIdentifier    = "schema-id"
)

// Rules lists the checks of a [Validator], whatever its engine.
func Rules() []diag.Rule {
	r := func(name, clause, summary, why string) diag.Rule {
		return diag.Rule{Name: name, Layer: diag.Schema, Severity: diag.Error, Clause: clause, Since: "0.1.0", Summary: summary, Why: why}
	}
	vendor := r(RuleVendorSection, "DSP0243 7.3", "A section of a vendor is declared by no schema at hand, so nothing in it can be checked.",
		"A mistake in the section goes unnoticed until a product that knows it reads the package; others must refuse the package unless ovf:required is false.")
	vendor.Severity = diag.Warning
	return []diag.Rule{
		r(RuleRoot, "DSP8023, DSP8027", "The root element is none that the standard defines.",
			"A consumer takes the file for something else than OVF, or for a draft of it that nothing current reads."),
		r(RuleUnexpected, "DSP8023", "An element stands where the schema knows none of its name.",
			"Consumers that go by the schema refuse the file; others skip the element, and what it says is lost."),
		r(RuleOrder, "DSP8023", "An element stands before or behind the place that the schema gives it.",
			"Consumers with generated readers, such as Java ones, drop the element or refuse the file."),
		r(RuleRepeated, "DSP8023", "An element stands more often than the schema allows.",
			"Consumers disagree about which one counts."),
		r(RuleMissing, "DSP8023", "An element lacks a child that the schema requires.",
			"Consumers rely on it: without Info a section cannot be skipped, without InstanceID an Item cannot be named."),
		vendor,
		r(RuleText, "DSP8023", "Text stands where only elements may.",
			"Consumers ignore it, so that what it says is lost; as a rule it is what is left of a broken edit."),
		r(RuleValue, "DSP8023", "The content of an element or attribute does not have the form that its type asks for.",
			"A consumer reads another value, zero, or refuses the file."),
		r(RuleAttrMissing, "DSP8023", "An element lacks an attribute that the schema requires.",
			"The element cannot be named or used. A common reason is that the attribute is there without its prefix: it is another one then."),
		r(RuleAttrUnknown, "DSP8023", "An element has an attribute that the schema does not allow there.",
			"Consumers that go by the schema refuse the file; others ignore the attribute."),
		r(RuleType, "DSP8023", "An element does not fit its type: it is abstract, xsi:type names a type that is unknown or not derived from it, or the engine gives another reason.",
			"Files of the time before the standard name their sections by xsi:type; what follows the standard cannot read them."),
		r(RuleNil, "DSP8023", "An element is marked by xsi:nil although it must have a value, or has one nevertheless.",
			"Consumers disagree about whether there is a value."),
		r(RuleIdentifier, "XML Schema 1.0", "An identifier of type xs:ID is given twice, or a reference to one leads nowhere.",
			"What refers to it refers to the wrong element, or none."),
	}
}
