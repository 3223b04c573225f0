package envelope_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/i18n"
)

func petstore(t testing.TB) (*envelope.Envelope, []byte) {
	t.Helper()
	data, err := os.ReadFile("../examples/petstore/petstore.ovf")
	if err != nil {
		t.Fatal(err)
	}
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "petstore.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	return env, data
}

func petstoreFiles(id string) ([]byte, error) {
	if id != "strings-de" {
		return nil, fs.ErrNotExist
	}
	return os.ReadFile("../examples/petstore/petstore-de.xml")
}

// files serves files from memory.
func files(m map[string]string) func(string) ([]byte, error) {
	return func(id string) ([]byte, error) {
		s, ok := m[id]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return []byte(s), nil
	}
}

func ids(list []i18n.Message) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}

// The ids are those that a plain search finds before the bundles.
func TestMessagesPetstore(t *testing.T) {
	env, data := petstore(t)
	text, _, _ := bytes.Cut(data, []byte("<Strings"))
	var want []string
	for _, m := range regexp.MustCompile(`msgid="([^"]*)"`).FindAllSubmatch(text, -1) {
		want = append(want, string(m[1]))
	}
	got := ids(env.Messages())
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(slices.Compact(want), slices.Compact(got)); d != "" || len(got) < 40 {
		t.Errorf("%d ids, -want +got:\n%s", len(got), d)
	}
}

const localized = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:v="urn:example:vendor" xml:lang="en-GB">
  <References><File ovf:id="da" ovf:href="da.xml"/><File ovf:id="licence" ovf:href="licence.txt"/></References>
  <v:BackupSection ovf:required="false"><Info ovf:msgid="backup">Backups</Info><v:Plan><v:Label ovf:msgid="plan">Each night</v:Label></v:Plan></v:BackupSection>
  <VirtualSystem ovf:id="vm"><Info ovf:msgid="vm">A machine</Info><Name ovf:msgid="name">Machine</Name>
    <EulaSection><Info/><License ovf:msgid="licence"/><v:Extra ovf:msgid="extra">More</v:Extra></EulaSection>
    <ProductSection><Info/><Category ovf:msgid="category">Mail</Category><Property ovf:key="a" ovf:type="string"><Label ovf:msgid="a">A</Label></Property></ProductSection>
    <VirtualHardwareSection><Info/>
      <System><vssd:Description ovf:msgid="family">Hardware</vssd:Description><vssd:ElementName>x</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID></System>
      <Item><rasd:Caption ovf:msgid="cpu.caption">CPU</rasd:Caption><rasd:Description ovf:msgid="cpu.description">Processors</rasd:Description><rasd:ElementName ovf:msgid="cpu">1 processor</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType></Item>
      <Item><rasd:ElementName ovf:msgid="cpu">2 processors</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType></Item>
      <Item><rasd:ElementName ovf:msgid="cpu">2 processors</rasd:ElementName><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType></Item>
    </VirtualHardwareSection>
  </VirtualSystem>
  <Strings xml:lang="da" ovf:fileRef="da"><Msg ovf:msgid="vm">En maskine</Msg></Strings>
  <Strings xml:lang="de"><Msg ovf:msgid="licence" ovf:fileRef="licence"/></Strings>
</Envelope>`

func TestMessages(t *testing.T) {
	env := mustDecode(t, localized)
	got := env.Messages()
	want := []string{"backup", "plan", "vm", "name", "extra", "licence", "category", "a", "family", "cpu.caption", "cpu.description", "cpu", "cpu"}
	if d := cmp.Diff(want, ids(got)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	lines := strings.Split(localized, "\n")
	for _, m := range got {
		if line := m.Location().Line; m.Text != "" && (line == 0 || !strings.Contains(lines[line-1], m.Text)) {
			t.Errorf("%s: line %d does not have %q", m.ID, line, m.Text)
		}
	}
	if got := env.Locale(); got != "en-GB" {
		t.Errorf("locale %s", got)
	}
	if got := new(envelope.Envelope).Locale(); got != "en-US" {
		t.Errorf("locale %s of an empty envelope", got)
	}
}

func TestBundle(t *testing.T) {
	const head = `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2"`
	good := map[string]string{"da": head + ` xml:lang="da"><Msg ovf:msgid="name">Maskine</Msg></Strings>`, "licence": "\ufeffEine Lizenz.\n"}
	with := func(id, content string) map[string]string {
		m := map[string]string{"da": good["da"], "licence": good["licence"]}
		m[id] = content
		return m
	}
	broken := errors.New("the disk is on fire")
	for _, c := range []struct {
		name   string
		files  func(string) ([]byte, error)
		rules  string
		da, de map[string]string
	}{
		{"all well", files(good), "", map[string]string{"vm": "En maskine", "name": "Maskine"}, map[string]string{"licence": "Eine Lizenz.\n"}},
		{"no files", nil, "bundle-file bundle-file", map[string]string{"vm": "En maskine"}, map[string]string{"licence": ""}},
		{"file gone", func(string) ([]byte, error) { return nil, broken }, "bundle-file bundle-file", map[string]string{"vm": "En maskine"}, map[string]string{"licence": ""}},
		{"no XML", files(with("da", "hello")), "bundle-file", map[string]string{"vm": "En maskine"}, map[string]string{"licence": "Eine Lizenz.\n"}},
		{"no bundle", files(with("da", "<Envelope/>")), "bundle-file", map[string]string{"vm": "En maskine"}, map[string]string{"licence": "Eine Lizenz.\n"}},
		{"another locale", files(with("da", head+` xml:lang="nb"><Msg ovf:msgid="name">x</Msg></Strings>`)), "bundle-file-locale",
			map[string]string{"vm": "En maskine", "name": "x"}, map[string]string{"licence": "Eine Lizenz.\n"}},
		{"the same locale", files(with("da", head+` xml:lang="DA"/>`)), "", map[string]string{"vm": "En maskine"}, map[string]string{"licence": "Eine Lizenz.\n"}},
		{"no locale", files(with("da", head+`/>`)), "", map[string]string{"vm": "En maskine"}, map[string]string{"licence": "Eine Lizenz.\n"}},
		{"no text", files(with("licence", "\xff\xfe\x00")), "bundle-file", map[string]string{"vm": "En maskine", "name": "Maskine"}, map[string]string{"licence": ""}},
		{"huge text", files(with("licence", strings.Repeat("x", 5<<20))), "bundle-file", map[string]string{"vm": "En maskine", "name": "Maskine"}, map[string]string{"licence": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bundles, found := mustDecode(t, localized).Bundles(c.files)
			var rules []string
			for _, d := range found {
				rules = append(rules, d.Rule)
				if d.Location.Line == 0 {
					t.Errorf("no position: %v", d.Error())
				}
			}
			if got := strings.Join(rules, " "); got != c.rules {
				t.Errorf("rules %q, want %q: %v", got, c.rules, found)
			}
			for i, want := range []map[string]string{c.da, c.de} {
				got := map[string]string{}
				for _, m := range bundles[i].Messages {
					got[m.ID] = m.Text
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s: -want +got:\n%s", bundles[i].Locale, d)
				}
			}
		})
	}
}

// A bundle whose locale only its file tells.
func TestBundleLocaleOfFile(t *testing.T) {
	env := mustDecode(t, strings.Replace(localized, `xml:lang="da" `, "", 1))
	b, found := env.Bundle(0, files(map[string]string{"da": `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/2" xml:lang="da"/>`}))
	if b.Locale != "da" || len(found) > 0 {
		t.Errorf("locale %q, %v", b.Locale, found)
	}
}

// Every locale of the pet store is complete.
func TestPetstoreTranslated(t *testing.T) {
	env, _ := petstore(t)
	bundles, found := env.Bundles(petstoreFiles)
	if len(found) > 0 {
		t.Error(found)
	}
	status := i18n.Report(env.Locale(), env.Messages(), bundles)
	if len(status) != 2 {
		t.Fatalf("%d locales", len(status))
	}
	for _, s := range status {
		if !s.Complete() || s.Translated+len(s.Untranslated) != s.Total || len(s.Untranslated) > 1 {
			t.Errorf("%s: %d of %d, missing %v, unused %v, untranslated %v", s.Locale, s.Translated, s.Total, ids(s.Missing), ids(s.Unused), ids(s.Untranslated))
		}
	}
}

func FuzzBundle(f *testing.F) {
	data, err := os.ReadFile("../examples/petstore/petstore-de.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/1" xml:lang="x"><Msg fileRef="da" msgid=""/><Msg/></Strings>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		env := mustDecode(t, localized)
		bundles, found := env.Bundles(func(id string) ([]byte, error) { return data, nil })
		for _, d := range found {
			if d.Severity == diag.Error && d.Layer == diag.Package {
				t.Fatalf("an error: %v", d)
			}
		}
		out, err := env.ExtractBundle("da", bundles)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := envelope.DecodeStrings(out, envelope.DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if s := env.NewBundle("da"); len(s.Merge(again)) != 0 && len(bundles[0].Messages) == 0 {
			t.Fatalf("texts from nowhere: %v", s.Msg)
		}
	})
}
