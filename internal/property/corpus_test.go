package property_test

import (
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/ovfkit/ovf/internal/property"
)

// corpusProblems are the types and qualifiers of the corpus that have problems,
// with their kinds, checked by hand. All others must have none.
var corpusProblems = map[[2]string][]property.ProblemKind{
	{"", ""}:                               {property.UnknownType},
	{"int", ""}:                            {property.VendorType},
	{"password", ""}:                       {property.VendorType},
	{"password", "MinLen(8)"}:              {property.VendorType},
	{"ip", ""}:                             {property.VendorType},
	{"ip:VM Network", ""}:                  {property.VendorType},
	{"string[dhcp,static]", ""}:            {property.VendorType},
	{"int", "MinValue(1),MaxValue(65535)"}: {property.VendorType},
	{"int", "MinValue(10) MaxValue(1000)"}: {property.VendorType, property.QualifierSeparator},
}

var (
	propertyTag = regexp.MustCompile(`<(?:\w+:)?Property\b([^>]*)>`)
	attribute   = regexp.MustCompile(`(?:^|\s)(?:ovf:)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
)

func TestPropertiesOfCorpus(t *testing.T) {
	const root = "../../../shared/corpus"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus of real descriptors beside the repository")
	}
	properties, refused := 0, map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".ovf" {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range propertyTag.FindAllSubmatch(b, -1) {
			a := map[string]string{}
			for _, p := range attribute.FindAllSubmatch(m[1], -1) {
				a[string(p[1])] = html.UnescapeString(string(p[2]) + string(p[3]))
			}
			properties++
			spec, problems := property.ParseSpec(a["type"], a["qualifiers"])
			want := corpusProblems[[2]string{a["type"], a["qualifiers"]}]
			if len(problems) != len(want) {
				t.Errorf("%s: type %q qualifiers %.80q: %v", path, a["type"], a["qualifiers"], problems)
			}
			for i := range min(len(problems), len(want)) {
				if problems[i].Kind != want[i] {
					t.Errorf("%s: type %q qualifiers %.80q: %v", path, a["type"], a["qualifiers"], problems)
				}
			}
			if v := a["value"]; v != "" && !property.HasReference(v) {
				if err := spec.Check(v); err != nil {
					refused[a["key"]+": "+err.Error()]++
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if properties < 500 {
		t.Errorf("only %d properties found: the search is broken", properties)
	}
	if len(refused) > 0 {
		t.Errorf("defaults of real descriptors refused: %v", refused)
	}
	t.Logf("%d properties", properties)
}
