package i18n_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every message of the package, and at least one of each rule.
func TestMessages(t *testing.T) {
	var many, tags []string
	for i := range i18n.MaxLocales + 1 {
		many = append(many, fmt.Sprintf("de-x-a%d", i))
	}
	for i := range 20 {
		tags = append(tags, fmt.Sprintf("fr-x-a%d", i))
	}
	huge := i18n.Bundle{Locale: "de", Messages: make([]i18n.Message, i18n.MaxMessages+1)}
	for i := range huge.Messages {
		huge.Messages[i].ID = strconv.Itoa(i)
	}
	var b bytes.Buffer
	seen := map[string]bool{}
	for _, c := range []struct {
		own     string
		bundles []i18n.Bundle
		wanted  []string
	}{
		{"en", locales("da", "de"), []string{"fr"}},
		{"en", locales(many...)[:10], tags},
		{"en", nil, []string{"danish", "dk", "us"}},
		{"en", nil, []string{"xx-DK"}},
		{"en", nil, []string{"und", strings.Repeat("a", 1000)}},
		{"en", nil, many},
		{"english", locales("german", "", "de-QQQQ", "dk"), nil},
		{"en", locales(many...), nil},
		{"en", []i18n.Bundle{bundle("de-DE", "a\n", "1"), bundle("de_de", "a\n", "2")}, []string{"de"}},
		{"en", []i18n.Bundle{huge}, []string{"de"}},
	} {
		chain, found := i18n.Choose(c.own, c.bundles, c.wanted)
		_, more := i18n.NewCatalog(c.own, c.bundles, chain)
		found = append(found, more...)
		for _, d := range found {
			seen[d.Rule] = true
		}
		if err := diag.WriteText(&b, found, diag.TextOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range i18n.Rules() {
		if !seen[r.Name] {
			t.Errorf("no message of rule %s", r.Name)
		}
	}
	golden := filepath.Join("testdata", "messages.golden")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("not as in %s (-update writes it anew):\n%s", golden, b.Bytes())
	}
}
