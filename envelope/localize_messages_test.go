package envelope_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every message about reading bundles as it stands on the terminal, and at least
// one of each rule.
func TestBundleMessages(t *testing.T) {
	var b bytes.Buffer
	seen := map[string]bool{}
	show := func(text string, read func(string) ([]byte, error)) {
		t.Helper()
		env := mustDecode(t, text)
		_, found := env.Bundles(read)
		for _, d := range found {
			seen[d.Rule] = true
		}
		source := func(name string) ([]byte, error) {
			if name == "test.ovf" && len(text) < 1<<16 {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		}
		if err := diag.WriteText(&b, found, diag.TextOptions{Source: source}); err != nil {
			t.Fatal(err)
		}
	}
	with := func(da, licence string) func(string) ([]byte, error) {
		return files(map[string]string{"da": da, "licence": licence})
	}
	const good = `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/2" xml:lang="da"/>`
	show(localized, nil)
	show(localized, func(string) ([]byte, error) { return nil, errors.New("permission denied") })
	show(localized, with("<Strings><Msg></Strings>", "A licence"))
	show(localized, with("<Envelope/>", "A licence"))
	show(localized, with(strings.Replace(good, `"da"`, `"nb"`, 1), "A licence"))
	show(localized, with(good, "\xff\xfe"))
	show(localized, with(good, strings.Repeat("x", 5<<20)))
	show(strings.NewReplacer(`fileRef="da"`, `fileRef="da.xml"`, `fileRef="licence"`, `fileRef="eula"`).Replace(localized), with(good, ""))
	show(strings.Replace(localized, "</Envelope>", strings.Repeat(`<Strings xml:lang="fr"/>`, 2000)+"</Envelope>", 1), with(good, ""))
	for _, r := range envelope.BundleRules() {
		if !seen[r.Name] {
			t.Errorf("no message of rule %s", r.Name)
		}
	}
	golden := filepath.Join("testdata", "bundle-messages.golden")
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
