package envelope_test

import (
	"errors"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// wantRule checks that an error is a diagnostic of a rule, with a position.
func wantRule(t testing.TB, err error, rule string) {
	t.Helper()
	var d *diag.Diagnostic
	switch {
	case err == nil:
		t.Errorf("no error, want %s", rule)
	case !errors.As(err, &d):
		t.Errorf("error %v is no diagnostic, want %s", err, rule)
	case d.Rule != rule:
		t.Errorf("rule %s (%v), want %s", d.Rule, err, rule)
	case d.Location.Line == 0 || d.Location.Column == 0:
		t.Errorf("%v has no position", err)
	}
}
