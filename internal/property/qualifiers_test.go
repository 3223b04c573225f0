package property_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/property"
)

// FuzzQualifiers writes two values in quotes and wants them back, whatever they
// hold; then it reads the first as a whole list.
func FuzzQualifiers(f *testing.F) {
	for _, s := range []string{"", "a", `"`, `\`, `'`, "},{", `\"`, "MinLen(8),MaxLen(20)", `ValueMap{"a","b"}`, "x(", "æ", "\x00"} {
		f.Add(s, "other")
		f.Add("MinLen(1) MaxLen(2)", s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 1<<16 {
			return
		}
		text := `ValueMap { "` + escape(a, `"`) + `" ,'` + escape(b, `'`) + `'},MinLen(3)`
		list, missing, err := property.ParseQualifiers(text)
		if err != nil || len(missing) != 0 || len(list) != 2 || !slices.Equal(list[0].Args, []string{a, b}) {
			t.Fatalf("%q is read as %+v, %v, %v", text, list, missing, err)
		}
		list, _, err = property.ParseQualifiers(a)
		at := 0
		for _, q := range list {
			if q.Offset < at || q.End <= q.Offset || q.End > len(a) || !strings.HasPrefix(a[q.Offset:], q.Name) {
				t.Fatalf("%q: entry %+v", a, q)
			}
			at = q.End
		}
		if se, ok := err.(*property.SyntaxError); err != nil && (!ok || se.Offset < at || se.Offset > len(a)) {
			t.Fatalf("%q: error %v", a, err)
		}
	})
}

// escape is the reverse of reading in quotes: a backslash before each quote and
// each backslash.
func escape(s, quote string) string {
	return strings.NewReplacer(`\`, `\\`, quote, `\`+quote).Replace(s)
}
