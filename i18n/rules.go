package i18n

import "github.com/ovfkit/ovf/diag"

// rule is a rule that can make its diagnostics.
type rule diag.Rule

func (r *rule) diagnostic(where diag.Location, message, hint string) diag.Diagnostic {
	return diag.Diagnostic{Severity: r.Severity, Layer: r.Layer, Rule: r.Name, Clause: r.Clause, Location: where, Message: message, Hint: hint}
}

var (
	ruleLocaleUnknown = rule{Name: "locale-unknown", Layer: diag.Usage, Severity: diag.Error, Clause: "BCP 47", Since: "0.2.0",
		Summary: "A wanted locale is no language tag.",
		Why:     "No text can be chosen by it."}
	ruleLocaleUnavailable = rule{Name: "locale-unavailable", Layer: diag.Usage, Severity: diag.Warning, Clause: "DSP0243 10", Since: "0.2.0",
		Summary: "The document has no texts in any wanted locale.",
		Why:     "The reader gets the language of the document."}
	ruleBundleLocale = rule{Name: "bundle-locale", Layer: diag.Package, Severity: diag.Warning, Clause: "DSP0243 10.2", Since: "0.2.0",
		Summary: "The locale of a bundle cannot be read.",
		Why:     "The bundle is never chosen, or for too many readers."}
	ruleBundleRepeated = rule{Name: "bundle-message-repeated", Layer: diag.Package, Severity: diag.Warning, Clause: "DSP0243 10", Since: "0.2.0",
		Summary: "The bundles of a locale have two messages of one id.",
		Why:     "Which of them is shown is undefined; the first is taken."}
	ruleBundleLimit = rule{Name: "bundle-limit", Layer: diag.Package, Severity: diag.Warning, Since: "0.2.0",
		Summary: "There are too many locales or messages.",
		Why:     "Some texts stay in the language of the document."}
)

// Rules lists the diagnostics of this package.
func Rules() []diag.Rule {
	return []diag.Rule{diag.Rule(ruleLocaleUnknown), diag.Rule(ruleLocaleUnavailable), diag.Rule(ruleBundleLocale),
		diag.Rule(ruleBundleRepeated), diag.Rule(ruleBundleLimit)}
}
