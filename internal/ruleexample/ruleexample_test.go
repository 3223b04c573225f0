package ruleexample

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

func has(l diag.List, rule string) bool {
	return slices.ContainsFunc(l, func(d diag.Diagnostic) bool { return d.Rule == rule })
}

func validate(t *testing.T, data []byte, name string, targets []envelope.Target) diag.List {
	t.Helper()
	env, list, err := envelope.Decode(data, envelope.DecodeOptions{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return append(list, envelope.Validate(env, envelope.ValidateOptions{Targets: targets})...)
}

// Every rule has a bad example that it finds, with a position, and a good one
// in which it finds nothing and no rule finds an error.
func TestExamples(t *testing.T) {
	for _, r := range slices.Concat(envelope.SemanticRules(), envelope.TargetRules()) {
		t.Run(r.Name, func(t *testing.T) {
			var targets []envelope.Target
			if r.Layer == diag.Target {
				targets = targetOf(r.Name)
			}
			bad, err := Bad(r.Name)
			if err != nil {
				t.Fatal(err)
			}
			found := validate(t, bad, r.Name+".bad.ovf", targets)
			if !has(found, r.Name) {
				t.Errorf("the bad example is not found; found %v", found)
			}
			for _, d := range found {
				if d.Rule == r.Name && (d.Location.Line == 0 || d.Location.Column == 0 || d.Location.Path == "") {
					t.Errorf("no position: %+v", d)
				}
			}
			good, err := Good(r.Name)
			if err != nil {
				t.Fatal(err)
			}
			found = validate(t, good, r.Name+".good.ovf", targets)
			if has(found, r.Name) || found.HasErrors() {
				t.Errorf("the good example: %v", found)
			}
		})
	}
}

// targetOf returns the consumer that a rule is about, by the first word of its
// name.
func targetOf(rule string) []envelope.Target {
	prefix, _, _ := strings.Cut(rule, "-")
	if prefix == "v2v" {
		return []envelope.Target{envelope.TargetVirtV2V}
	}
	return []envelope.Target{envelope.Target(prefix)}
}

// Rules are well-formed: names in kebab-case and unique, every part there.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range slices.Concat(envelope.Rules(), envelope.SemanticRules(), envelope.TargetRules()) {
		if seen[r.Name] || strings.Trim(r.Name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Errorf("rule name %q", r.Name)
		}
		seen[r.Name] = true
		if r.Summary == "" || r.Why == "" || r.Since == "" || r.Severity == 0 || r.Layer == "" || !strings.HasSuffix(r.Summary, ".") {
			t.Errorf("rule %s is not complete: %+v", r.Name, r)
		}
		if r.Layer == diag.Semantic && r.Clause == "" {
			t.Errorf("rule %s has no clause", r.Name)
		}
	}
}
