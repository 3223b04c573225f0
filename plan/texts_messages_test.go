package plan

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// What the operator is told about languages, extensions and the start order, as it
// stands on the terminal.
func TestTextsMessages(t *testing.T) {
	var b bytes.Buffer
	for _, c := range []struct {
		name, text string
		choices    Choices
	}{
		{"languages", textsHead + `  <Strings xml:lang="da" ovf:fileRef="broken"/>
  <Strings><Msg ovf:msgid="name">Maschine</Msg></Strings>
</Envelope>`, Choices{Locales: []string{"english", "da", "xx"}}},
		{"no such language", textsHead + `  <Strings xml:lang="da"/>
</Envelope>`, Choices{Locales: []string{"fr", "it-CH"}}},
		{"extensions", vendorHead + `<v:BackupSection><Info>How disks are backed up</Info></v:BackupSection>
<v:Hint ovf:required="false"/><VirtualSystem ovf:id="web"><Info/><EulaSection><Info/><License/><v:Seal/></EulaSection>
<v:Hint ovf:required="false"/></VirtualSystem></Envelope>`, Choices{Ignore: []string{"v:Seal", "{urn:w}Other"}}},
		{"start order", startupEnvelope(`
<VirtualSystemCollection ovf:id="shop"><Info/><StartupSection><Info/>
<Item ovf:id="Web" ovf:order="1"/>
<Item ovf:id="mail" ovf:order="2"/>
<Item ovf:id="web" ovf:order="2" ovf:startAction="boot" ovf:stopAction="halt"/>
<Item ovf:id="web" ovf:order="3"/>
<Item ovf:id="tier" ovf:order="3" ovf:startDelay="10"/>
</StartupSection>` + vs("web") + col("tier", vs("db")) + `</VirtualSystemCollection>`), Choices{}},
	} {
		in := Input{Envelope: readEnvelope(t, c.text)}
		_, found := newTexts(t.Context(), in, c.choices)
		found = append(found, extensions(in.Envelope, c.choices)...)
		_, _, more := startup(in.Envelope)
		found = append(found, more...)
		b.WriteString("# " + c.name + "\n")
		source := func(string) ([]byte, error) { return []byte(c.text), nil }
		if err := diag.WriteText(&b, found, diag.TextOptions{Source: source}); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	name := filepath.Join("testdata", "texts-messages.txt")
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("not as in %s (-update writes it anew):\n%s", name, b.Bytes())
	}
}

// A plan of the pet store has its texts, licence, note and orders in the
// language of the operator.
func TestResolveDanish(t *testing.T) {
	p, err := Resolve(t.Context(), petstoreInput(t), Choices{Locales: []string{"da"}, Properties: []Setting{
		{Name: "adminEmail", Value: "drift@example.com"}, {Name: "appIp", Value: "10.0.0.1"}, {Name: "dbIp", Value: "10.0.0.2"}, {Name: "db2Ip", Value: "10.0.0.3"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Locale != "da-DK" || p.Collections[0].Name.Text != "Dyrehandel" || len(p.Eulas) != 1 || len(p.Annotations) != 1 {
		t.Errorf("%s %+v %+v", p.Locale, p.Eulas, p.Annotations)
	}
	if got, want := p.Eulas[0].License.Text, "Du må køre dette eksempel, så tit du vil.\nDet kommer uden garanti og uden dyr."; got != want {
		t.Errorf("licence %q", got)
	}
	if got := stagesText(p.Startup); got != "DB1+20w | DB2+20w | WebTier+30w" {
		t.Errorf("start %s", got)
	}
}

// A package that must be understood is not resolved, nor one for an unknown
// language, nor one whose start order names what is not there.
func TestResolveRefused(t *testing.T) {
	for _, c := range []struct {
		name, text, rule string
		choices          Choices
	}{
		{"extension", vendorHead + `<v:S/>` + vs("vm") + `</Envelope>`, "extension-not-understood", Choices{}},
		{"language", vendorHead + vs("vm") + `</Envelope>`, "locale-unknown", Choices{Locales: []string{"danish"}}},
		{"start order", startupEnvelope(col("c", order("ghost 1"), vs("vm"))), "startup-id", Choices{}},
	} {
		_, err := Resolve(t.Context(), Input{Envelope: readEnvelope(t, c.text)}, c.choices)
		var list diag.List
		if !errors.As(err, &list) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		found := false
		for _, d := range list {
			found = found || d.Rule == c.rule && d.Severity == diag.Error
		}
		if !found {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	data, err := os.ReadFile("../examples/extension/required.ovf")
	if err != nil {
		t.Fatal(err)
	}
	env, _, err := envelope.Decode(data, envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Resolve(t.Context(), Input{Envelope: env}, Choices{}); err == nil {
		t.Error("the example that must be understood is resolved")
	}
	if _, err := Resolve(t.Context(), Input{Envelope: env}, Choices{Ignore: []string{"{http://www.example.com/schemas/ovf/backup/1}BackupSection"}}); err != nil {
		t.Errorf("what is ignored stops the plan: %v", err)
	}
}
