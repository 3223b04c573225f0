package diag

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Overrides is a user's own view of the rules: which to ignore, and which to
// take more or less seriously. The zero value changes nothing. Its JSON form is
// that of a small configuration file:
//
//	{"ignore": ["network-unused"], "severity": {"rasd-order": "error"}}
//
// Diagnostics of the layer [Trust] are never touched: what to trust is decided
// by a policy, not by a filter on messages.
type Overrides struct {
	Ignore   []string            `json:"ignore,omitempty"`   // names of rules
	Severity map[string]Severity `json:"severity,omitempty"` // by name of rule
}

// UnknownRuleError says that an override names a rule that does not exist.
type UnknownRuleError struct {
	Rule string // as the user wrote it
}

// Error names the rule.
func (e *UnknownRuleError) Error() string {
	return fmt.Sprintf("there is no rule %s", Quote(e.Rule))
}

// Check compares o with the rules that exist, so that a misspelt name is found
// rather than silently without effect. The error joins one [*UnknownRuleError]
// for each unknown name, sorted, and one for each severity that is not valid.
func (o Overrides) Check(rules []Rule) error {
	known := make(map[string]bool, len(rules))
	for i := range rules {
		known[rules[i].Name] = true
	}
	names := slices.Clone(o.Ignore)
	var bad []string
	for name, s := range o.Severity {
		names = append(names, name)
		if s < Error || s > Info {
			bad = append(bad, fmt.Sprintf("rule %s: invalid severity %d: use error, warning or info", Quote(name), s))
		}
	}
	slices.SortFunc(names, strings.Compare)
	slices.Sort(bad)
	var errs []error
	for _, name := range slices.Compact(names) {
		if !known[name] {
			errs = append(errs, &UnknownRuleError{Rule: name})
		}
	}
	for _, text := range bad {
		errs = append(errs, errors.New(text))
	}
	return errors.Join(errs...)
}

// Filter returns the diagnostics of l as o wants them: those of ignored rules
// left out, severities replaced, the order kept. Ignore wins over Severity. l is
// not changed, and the result shares no memory with it but the Related slices.
func (l List) Filter(o Overrides) List {
	ignore := make(map[string]bool, len(o.Ignore))
	for _, name := range o.Ignore {
		ignore[name] = true
	}
	var out List
	for _, d := range l {
		if d.Layer != Trust && d.Rule != "" {
			if ignore[d.Rule] {
				continue
			}
			if s, ok := o.Severity[d.Rule]; ok {
				d.Severity = s
			}
		}
		out = append(out, d)
	}
	return out
}
