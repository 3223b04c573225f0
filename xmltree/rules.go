package xmltree

import "github.com/ovfkit/ovf/diag"

// Names of the rules this package reports.
const (
	RuleSyntax    = "xml-syntax"
	RuleCharacter = "xml-character"
	RuleEncoding  = "xml-encoding"
	RuleDoctype   = "xml-doctype"
	RuleEntity    = "xml-entity"
	RuleDuplicate = "xml-attribute-repeated"
	RuleNamespace = "xml-namespace"
	RuleLimit     = "xml-limit"
)

// Rules lists the checks of [Parse].
func Rules() []diag.Rule {
	r := func(name, clause, summary, why string, s diag.Severity) diag.Rule {
		return diag.Rule{Name: name, Layer: diag.WellFormed, Severity: s, Clause: clause, Since: "0.1.0", Summary: summary, Why: why}
	}
	return []diag.Rule{
		r(RuleSyntax, "XML 1.0", "The document is not well-formed XML.",
			"No consumer can read the descriptor at all.", diag.Error),
		r(RuleCharacter, "XML 1.0 2.2", "A character stands where XML does not allow it.",
			"Control characters and the like make every strict parser stop.", diag.Error),
		r(RuleEncoding, "XML 1.0 4.3.3", "The bytes do not fit the encoding that the document declares, or that encoding is not supported.",
			"Text would come out garbled, or differently in each consumer.", diag.Error),
		r(RuleDoctype, "", "The document has a document type declaration.",
			"Entities of a DTD can read local files and blow a small document up to gigabytes; no descriptor needs one.", diag.Error),
		r(RuleEntity, "XML 1.0 4.1", "A reference names an entity that is not defined, or a character that XML does not allow.",
			"Only lt, gt, amp, quot, apos and numbers are known without a document type declaration.", diag.Error),
		r(RuleDuplicate, "XML 1.0 3.1", "An element has two attributes of one name.",
			"Consumers that read on anyway disagree about which one counts.", diag.Error),
		r(RuleNamespace, "Namespaces in XML 1.0", "A name uses a prefix that is not declared, or namespaces are declared wrongly.",
			"Parsers that know namespaces take the element for another one, or refuse it.", diag.Error),
		r(RuleLimit, "", "The document is larger, deeper or longer in some part than the reader allows.",
			"Without bounds a small upload could exhaust the memory of the program that reads it.", diag.Error),
	}
}

// clause returns where a rule stands.
func clause(rule string) string {
	for _, r := range Rules() {
		if r.Name == rule {
			return r.Clause
		}
	}
	return ""
}
