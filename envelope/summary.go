package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/internal/property"
	"github.com/ovfkit/ovf/internal/sym"
)

// Standard reports whether a namespace is one of the standard and of the CIM
// schemas that it uses, misprints that are read leniently included. What has
// another namespace is an extension (DSP0243 7.3). Without namespace there is no
// saying; the answer is false.
func Standard(namespace string) bool {
	c, _ := sym.ClassOf(namespace)
	return c != sym.Other || strings.HasPrefix(namespace, "http://schemas.dmtf.org/")
}

// Reference returns the name in a value that is a reference to a property and
// nothing else: "diskSize" for "${diskSize}". Disk/@capacity may be one (DSP0243
// 9.1).
func Reference(value string) (name string, ok bool) {
	seg := property.Scan(strings.TrimSpace(value))
	if len(seg) == 1 && seg[0].Kind == property.Reference {
		return seg[0].Text, true
	}
	return "", false
}

// Accepts describes in words what values type and qualifiers allow, as "text of
// 8 to 20 characters". It is empty where the type alone says it.
func (t *Property) Accepts() string {
	qualifiers := ""
	if t.Qualifiers != nil {
		qualifiers = *t.Qualifiers
	}
	spec, _ := property.ParseSpec(t.Type, qualifiers)
	plain := property.Spec{Type: property.ParseType(spec.Type.Name)}
	if !spec.Type.Known() || spec.Accepts() == plain.Accepts() {
		return ""
	}
	return spec.Accepts()
}
