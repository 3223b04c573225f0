package envelope_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// Whatever a descriptor holds, checking it ends without a panic; each finding is
// of a known rule and layer, says something, and stands in the document; the
// order is that of the document; a second check finds the same.
func FuzzValidate(f *testing.F) {
	files, err := filepath.Glob("../internal/ruleexample/files/*.bad.ovf")
	if err != nil || len(files) == 0 {
		f.Fatal("no examples", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	rules := map[string]diag.Layer{}
	for _, r := range slices.Concat(envelope.SemanticRules(), envelope.TargetRules()) {
		rules[r.Name] = r.Layer
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "a.ovf"})
		if err != nil {
			return
		}
		o := envelope.ValidateOptions{Targets: envelope.Targets()}
		l := envelope.Validate(env, o)
		for i := range l {
			d := &l[i]
			if layer, ok := rules[d.Rule]; !ok || layer != d.Layer || d.Message == "" || d.Severity < diag.Error || d.Severity > diag.Info {
				t.Fatalf("%+v", d)
			}
			if d.Location.Line == 0 || d.Location.Column == 0 || d.Location.Offset >= int64(len(data)) && d.Location.Offset > 0 {
				t.Fatalf("place of %+v", d)
			}
			if i > 0 && (l[i-1].Location.Line > d.Location.Line || l[i-1].Location.Line == d.Location.Line && l[i-1].Location.Column > d.Location.Column) {
				t.Fatalf("%v stands before %v", &l[i-1], d)
			}
		}
		if again := envelope.Validate(env, o); again.Error() != l.Error() {
			t.Fatalf("found first\n%v\nand then\n%v", l, again)
		}
		for _, d := range envelope.Validate(env.WithoutSource(), o) {
			if d.Location != (diag.Location{}) {
				t.Fatalf("a value without source is found at %+v", d)
			}
		}
		if n := env.ConformanceLevel(); n < 1 || n > 3 {
			t.Fatalf("level %d", n)
		}
	})
}
