package envelope

import (
	"slices"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// ValidateOptions says what to check. The zero value checks the text of the
// standard.
type ValidateOptions struct {
	// Targets are consumers that must take the descriptor.
	Targets []Target
	// Max is the most diagnostics to keep of each severity; 0 means 1,000.
	Max int
}

// Validate checks a descriptor against the text of the standard (layer
// semantic) and against the consumers named (layer target). What the schema
// alone decides is the business of package schemas.
//
// The list is in document order. Locations are those of the text the envelope
// was read from; values without source have none. The envelope is not changed;
// several goroutines may validate one envelope.
func Validate(env *Envelope, o ValidateOptions) diag.List {
	c := newChecker(env, o)
	for _, check := range checks {
		check(c)
	}
	for _, t := range o.Targets {
		c.target(t)
	}
	l := c.found.List()
	if slices.Contains(o.Targets, TargetStrict) {
		l = l.Filter(TargetStrict.Overrides())
	}
	l.Sort()
	return l
}

// checks lists the groups of rules, one for each file rules_*.go.
var checks = []func(*checker){
	(*checker).references, (*checker).empty, (*checker).diskSection, (*checker).networkSection, (*checker).places,
	(*checker).contents, (*checker).virtualHardware, (*checker).deploymentOptions,
	(*checker).products, (*checker).startups, (*checker).systems, (*checker).bundles, (*checker).messages,
	(*checker).extensions, (*checker).version2,
}

// SemanticRules lists the rules of layer semantic.
func SemanticRules() []diag.Rule {
	return slices.Concat(referenceRules, emptyRules, diskRules, capacityRules, parentRules, networkRules, placeRules, contentRules,
		hardwareRules, itemRules, itemParentRules, backingRules, itemUnitRules, boundRules, optionRules,
		productRules, propertyRules, propertyValueRules, propertyRefRules, startupRules, systemRules,
		stringsRules, msgRules, extensionRules, v2Rules)
}

// TargetRules lists the rules of layer target.
func TargetRules() []diag.Rule {
	return slices.Concat(vsphereRules, virtualboxRules, virtv2vRules, strictRules)
}

// Target is a consumer of descriptors whose demands can be checked.
type Target string

// The targets.
const (
	TargetVSphere    Target = "vsphere"
	TargetVirtualBox Target = "virtualbox"
	TargetVirtV2V    Target = "virt-v2v"
	TargetStrict     Target = "strict" // the standard to the letter
)

// Targets lists the targets.
func Targets() []Target {
	return []Target{TargetVSphere, TargetVirtualBox, TargetVirtV2V, TargetStrict}
}

// list splits a list of words as ovf:configuration and transport have them.
func list(s *string) []string {
	if s == nil {
		return nil
	}
	return strings.Fields(*s)
}
