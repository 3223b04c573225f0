package plan

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

const vendorHead = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:v="urn:v" xmlns:w="urn:w">
<References/>
`

// What stops a plan, by the standard (DSP0243 7.3): unknown sections and direct
// children of known ones, unless they say that they are optional. A line of the
// wanted text is severity, rule and line.
func TestExtensions(t *testing.T) {
	const (
		sectionError = "error extension-not-understood 3"
		passedOver   = "info extension-optional 3"
	)
	machine := func(inside string) string {
		return `<VirtualSystem ovf:id="vm"><Info/>` + "\n" + inside + `</VirtualSystem>`
	}
	for _, c := range []struct {
		name, content string
		choices       Choices
		want          string
	}{
		{"nothing", vs("vm"), Choices{}, ""},
		{"section of the package", `<v:S><Info>Backups</Info></v:S>` + vs("vm"), Choices{}, sectionError},
		{"section that says so", `<v:S ovf:required="true"/>` + vs("vm"), Choices{}, sectionError},
		{"optional section", `<v:S ovf:required="false"/>` + vs("vm"), Choices{}, passedOver},
		{"optional section by number", `<v:S ovf:required="0"/>` + vs("vm"), Choices{}, passedOver},
		{"section of a machine", machine(`<v:S/>`), Choices{}, "error extension-not-understood 4"},
		{"section in the namespace of OVF", `<ovf:TeleportSection><Info/></ovf:TeleportSection>` + vs("vm"), Choices{}, sectionError},
		{"section of 2.x in 1.x", `<ovf:ScaleOutSection ovf:id="x"><Info/></ovf:ScaleOutSection>` + vs("vm"), Choices{}, ""},
		{"child of a section", `<NetworkSection><Info/><v:C/></NetworkSection>` + vs("vm"), Choices{}, sectionError},
		{"optional child", `<NetworkSection><Info/><v:C ovf:required="false"/></NetworkSection>` + vs("vm"), Choices{}, passedOver},
		{"child of an optional section", `<NetworkSection ovf:required="false"><Info/><v:C/></NetworkSection>` + vs("vm"), Choices{}, passedOver},
		{"a level deeper", `<NetworkSection><Info/><Network ovf:name="n"><v:C/></Network></NetworkSection>` + vs("vm"), Choices{}, ""},
		{"attribute", `<NetworkSection v:a="1"><Info/></NetworkSection>` + vs("vm"), Choices{}, ""},
		{"each place is reported", `<v:S/><w:S/><v:S/>` + vs("vm"), Choices{}, strings.Join([]string{sectionError, sectionError, sectionError}, "\n")},
		{"optional ones once for each name", `<v:S ovf:required="false"/><w:S ovf:required="false"/><v:S ovf:required="false"/>` + vs("vm"), Choices{}, passedOver + "\n" + passedOver},
		{"ignored", `<v:S/><w:S/>` + vs("vm"), Choices{Ignore: []string{"{urn:v}S"}}, sectionError},
		{"ignored child", `<NetworkSection><Info/><v:C/></NetworkSection>` + vs("vm"), Choices{Ignore: []string{"{urn:v}C"}}, ""},
		{"ignored, but not there", `<v:S/>` + vs("vm"), Choices{Ignore: []string{"{urn:v}S", "v:S", "v:S"}}, "warning extension-ignore-unused 0"},
		{"ignored, but optional", `<v:S ovf:required="false"/>` + vs("vm"), Choices{Ignore: []string{"{urn:v}S"}}, passedOver},
		{"handled", `<v:S/><w:S/>` + vs("vm"), Choices{Handle: func(x Extension) bool { return strings.HasPrefix(x.Name, "{urn:w}") }}, sectionError},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, d := range extensions(readEnvelope(t, vendorHead+c.content+`</Envelope>`), c.choices) {
				got = append(got, fmt.Sprintf("%s %s %d", d.Severity, d.Rule, d.Location.Line))
				if d.Severity == diag.Error && (d.Hint == "" || d.Location.Column == 0) {
					t.Errorf("no hint or place: %v", d.Error())
				}
			}
			if got := strings.Join(got, "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// The handler hears everything about an extension.
func TestExtensionHandle(t *testing.T) {
	env := readEnvelope(t, vendorHead+`<v:S><Info>Backups</Info></v:S><VirtualSystem ovf:id="vm"><Info/><AnnotationSection><Info>Note</Info><Annotation/><w:C/></AnnotationSection></VirtualSystem></Envelope>`)
	var got []Extension
	found := extensions(env, Choices{Handle: func(x Extension) bool {
		x.Location = diag.Location{Line: x.Location.Line}
		got = append(got, x)
		return true
	}})
	want := []Extension{
		{Name: "{urn:v}S", Info: "Backups", Location: diag.Location{Line: 3}},
		{Name: "{urn:w}C", Content: "vm", Info: "Note", Location: diag.Location{Line: 3}},
	}
	if d := cmp.Diff(want, got); d != "" || len(found) > 0 {
		t.Errorf("-want +got:\n%s%v", d, found)
	}
}

type backup struct{ envelope.UnknownSection }

// A section whose type the caller registered is understood.
func TestExtensionRegistered(t *testing.T) {
	data, err := os.ReadFile("../examples/extension/required.ovf")
	if err != nil {
		t.Fatal(err)
	}
	name := xmltree.Name{Space: "http://www.example.com/schemas/ovf/backup/1", Local: "BackupSection"}
	for _, registered := range []bool{false, true} {
		o := envelope.DecodeOptions{}
		if registered {
			o.Sections = map[xmltree.Name]func() envelope.Section{name: func() envelope.Section { return &backup{} }}
		}
		env, _, err := envelope.Decode(data, o)
		if err != nil {
			t.Fatal(err)
		}
		found := extensions(env, Choices{})
		if found.HasErrors() == registered {
			t.Errorf("registered %t: %v", registered, found)
		}
	}
}

func TestEulas(t *testing.T) {
	env := readEnvelope(t, vendorHead+`<EulaSection><Info>all</Info><License ovf:msgid="l">Licence</License></EulaSection>
<VirtualSystemCollection ovf:id="c"><Info/><AnnotationSection><Info>i</Info><Annotation ovf:msgid="n">Note</Annotation></AnnotationSection>
<EulaSection><Info/><License>of c</License></EulaSection><EulaSection><Info/><License>second of c</License></EulaSection>
<VirtualSystem ovf:id="vm"><Info/><EulaSection><Info/><License>of vm</License></EulaSection></VirtualSystem></VirtualSystemCollection>
<Strings xml:lang="de"><Msg ovf:msgid="l">Lizenz</Msg><Msg ovf:msgid="n">Notiz</Msg></Strings></Envelope>`)
	texts, _ := newTexts(t.Context(), Input{Envelope: env}, Choices{Locales: []string{"de"}})
	got := eulas(env, texts)
	lines := []int{3, 5, 5, 6}
	for i := range got {
		if got[i].Location.Line != lines[i] {
			t.Errorf("licence %d is in line %d", i, got[i].Location.Line)
		}
		got[i].Location = diag.Location{}
	}
	if d := cmp.Diff([]Eula{
		{Info: Text{Text: "all"}, License: Text{Text: "Lizenz", MsgID: "l"}},
		{Content: "c", License: Text{Text: "of c"}},
		{Content: "c", License: Text{Text: "second of c"}},
		{Content: "vm", License: Text{Text: "of vm"}},
	}, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	notes := annotations(env, texts)
	if len(notes) != 1 || notes[0].Text.Text != "Notiz" || notes[0].Content != "c" || notes[0].Info.Text != "i" || notes[0].Location.Line != 4 {
		t.Errorf("%+v", notes)
	}
}
