package envelope_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// The corpus says of some descriptors what is wrong with them: the rules about
// products, bundles and extensions find that, and in descriptors that a suite
// wants accepted they find an error only where the text breaks the standard.
func TestRulesOnCorpus(t *testing.T) {
	reasons := map[string]string{ // by the end of the path
		"ProductSection_1_0/Neg/dup_prodsec.ovf":         "product-class-unique",
		"ProductSection_1_0/Neg/prop_dup_keys.ovf":       "property-key-unique",
		"ProductSection_1_0/Neg/prop_no_type.ovf":        "property-type",
		"fixtures/invalid-property-key.ovf":              "property-key-form",
		"Envelope_1_0/Neg/section_compatibility_neg.ovf": "extension-namespace",
	}
	broken := map[string]string{ // errors in descriptors to be accepted: true by the clause of the rule
		"ProductSection_1_0/Pos/prop_type_string.ovf": "property-key-form", // app.ip
		"DiskSection_1_0/Pos/make_delta.ovf":          "strings-file-ref",  // no File eula, here and below
		"VirtualAppliances/Pos/nvapp001.ovf":          "property-ref strings-file-ref",
		"VirtualAppliances/Pos/nvapp002.ovf":          "property-ref strings-file-ref",
		"VirtualAppliances/Pos/nvapp005.ovf":          "strings-file-ref",
		"VirtualAppliances/Pos/nvapp008.ovf":          "strings-file-ref",
		"VirtualAppliances/Pos/nvapp00n.ovf":          "strings-file-ref",
	}
	prefixes := []string{"product-", "property-", "icon-", "startup-", "install-", "os-", "eula-", "strings-", "lang-", "msgid-", "extension-", "attribute-unknown"}
	suffixOf := func(m map[string]string, name string) string {
		for suffix := range m {
			if strings.HasSuffix(name, suffix) {
				return m[suffix]
			}
		}
		return ""
	}
	for _, f := range corpus(t) {
		reason, allowed := suffixOf(reasons, f.name), suffixOf(broken, f.name)
		if reason == "" && !strings.Contains(f.name, "/Pos/") {
			continue
		}
		found := false
		for _, d := range envelope.Validate(decode(t, f), envelope.ValidateOptions{Max: -1}) {
			if d.Severity != diag.Error || !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(d.Rule, p) }) {
				continue
			}
			found = found || d.Rule == reason
			if reason == "" && !slices.Contains(strings.Fields(allowed), d.Rule) {
				t.Errorf("%v", &d)
			}
		}
		if reason != "" && !found {
			t.Errorf("%s: rule %s finds nothing", f.name, reason)
		}
	}
}
