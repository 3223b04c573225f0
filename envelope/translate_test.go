package envelope_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/i18n"
)

func decodeStrings(t testing.TB, data []byte) *envelope.Strings {
	t.Helper()
	s, notes, err := envelope.DecodeStrings(data, envelope.DecodeOptions{Name: "bundle.xml"})
	if err != nil || len(notes) > 0 {
		t.Fatalf("%v %v\n%s", err, notes, data)
	}
	return s
}

func TestExtractBundle(t *testing.T) {
	env := mustDecode(t, strings.Replace(localized, "Each night", "Each --- &lt;night&gt; -", 1))
	bundles, _ := env.Bundles(files(map[string]string{"da": `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2"><Msg ovf:msgid="name">&lt;Maskine&gt;</Msg><Msg ovf:msgid="old">x</Msg></Strings>`}))
	out, err := env.ExtractBundle("DA", bundles)
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	for _, want := range []string{
		` xml:lang="da">`,
		`xmlns="http://schemas.dmtf.org/ovf/envelope/2"`,
		"<!-- en-GB: Each - - - <night> - -->\n  <Msg ovf:msgid=\"plan\"></Msg>\n",
		"<!-- en-GB: A machine -->\n  <Msg ovf:msgid=\"vm\">En maskine</Msg>\n",
		"<Msg ovf:msgid=\"name\">&lt;Maskine&gt;</Msg>\n",
		"<!-- en-GB: 1 processor -->\n  <!-- en-GB: 2 processors -->\n  <Msg ovf:msgid=\"cpu\"></Msg>\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	var got []string
	for _, m := range decodeStrings(t, out).Msg {
		got = append(got, m.MsgID)
	}
	want := ids(env.Messages())
	want = slices.Compact(want) // cpu has two texts
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if _, err := env.ExtractBundle("danish", nil); err == nil || !strings.Contains(err.Error(), `"danish" is no language tag`) {
		t.Errorf("error %v", err)
	}
}

// A text that only a bundle in the language of the document has is shown to
// translators.
func TestExtractBundleEmptyText(t *testing.T) {
	env := mustDecode(t, strings.Replace(localized, `<Strings xml:lang="de">`, `<Strings xml:lang="en-GB">`, 1))
	bundles, _ := env.Bundles(files(map[string]string{"licence": "The licence."}))
	out, err := env.ExtractBundle("fr", bundles)
	if err != nil || !strings.Contains(string(out), "<!-- en-GB: The licence. -->\n  <Msg ovf:msgid=\"licence\"></Msg>") {
		t.Errorf("%v\n%s", err, out)
	}
}

// What is extracted and put back unchanged changes no byte.
func TestMergeNothing(t *testing.T) {
	env, data := petstore(t)
	bundles, _ := env.Bundles(petstoreFiles)
	out, err := env.ExtractBundle("da-DK", bundles)
	if err != nil {
		t.Fatal(err)
	}
	if changes := env.Strings[0].Merge(decodeStrings(t, out)); len(changes) > 0 {
		t.Errorf("changes %v", changes)
	}
	got, err := envelope.Encode(env)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%v: the descriptor has changed", err)
	}
	german, err := petstoreFiles("strings-de")
	if err != nil {
		t.Fatal(err)
	}
	s := decodeStrings(t, german)
	if out, err = env.ExtractBundle("de-DE", bundles); err != nil {
		t.Fatal(err)
	}
	if changes := s.Merge(decodeStrings(t, out)); len(changes) > 0 {
		t.Errorf("changes %v", changes)
	}
	if got, err = envelope.EncodeStrings(s); err != nil || !bytes.Equal(got, german) {
		t.Errorf("%v: the bundle file has changed", err)
	}
}

// Merging touches the messages that changed, and adds new ones in their place.
func TestMerge(t *testing.T) {
	const old = `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xml:lang='da'>
	<!-- kept -->
	<Msg ovf:msgid="a">A &#65;</Msg> <!-- kept, too -->
	<Msg ovf:msgid="b">gammelt</Msg>
	<Msg ovf:msgid="c"><![CDATA[C]]></Msg>
</Strings>
`
	s := decodeStrings(t, []byte(old))
	from := decodeStrings(t, []byte(`<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<Msg ovf:msgid="a">A A</Msg><Msg ovf:msgid="a2">ny &amp; god</Msg><Msg ovf:msgid="b">nyt</Msg><Msg ovf:msgid="b">nyere</Msg><Msg ovf:msgid="c"> </Msg><Msg ovf:msgid="d">sidst</Msg></Strings>`))
	var what []string
	for _, c := range s.Merge(from) {
		what = append(what, c.String())
	}
	if d := cmp.Diff([]string{`message a2: "" -> "ny & god"`, `message b: "gammelt" -> "nyt"`, `message d: "" -> "sidst"`}, what); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	got, err := envelope.EncodeStrings(s)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("gammelt", "nyt", "<!-- kept, too -->\n", "<!-- kept, too -->\n\t<Msg ovf:msgid=\"a2\">ny &amp; god</Msg>\n",
		"]]></Msg>\n", "]]></Msg>\n\t<Msg ovf:msgid=\"d\">sidst</Msg>\n").Replace(old)
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// A text in a file is replaced only by a text.
func TestMergeFileRef(t *testing.T) {
	s := decodeStrings(t, []byte(`<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2"><Msg ovf:msgid="a" ovf:fileRef="f"/></Strings>`))
	if c := s.Merge(&envelope.Strings{Msg: []envelope.StringsMsg{{MsgID: "a"}}}); len(c) != 0 || *s.Msg[0].FileRef != "f" {
		t.Errorf("changes %v", c)
	}
	if c := s.Merge(&envelope.Strings{Msg: []envelope.StringsMsg{{MsgID: "a", Text: "A"}}}); len(c) != 1 || s.Msg[0].FileRef != nil || s.Msg[0].Text != "A" {
		t.Errorf("changes %v", c)
	}
}

// A new bundle leaves every other byte as it was.
func TestAddBundle(t *testing.T) {
	env, data := petstore(t)
	from := &envelope.Strings{Msg: []envelope.StringsMsg{{MsgID: "name.web", Text: "Serveur"}, {MsgID: "name.db1"}}}
	if c := env.AddBundle("fr").Merge(from); len(c) != 1 {
		t.Errorf("changes %v", c)
	}
	checkNewLines(t, env, data, "  <Strings xml:lang=\"fr\">\n    <Msg ovf:msgid=\"name.web\">Serveur</Msg>\n  </Strings>\n")
}

func TestAddBundleFile(t *testing.T) {
	env, data := petstore(t)
	f, err := env.AddBundleFile("fr", "petstore-fr.xml")
	if err != nil || f.ID != "strings-fr" || f.Href != "petstore-fr.xml" {
		t.Fatalf("%v %v", f, err)
	}
	checkNewLines(t, env, data, "    <File ovf:id=\"strings-fr\" ovf:href=\"petstore-fr.xml\"/>\n", "  <Strings xml:lang=\"fr\" ovf:fileRef=\"strings-fr\"/>\n")
	for _, d := range envelope.Validate(env, envelope.ValidateOptions{}) {
		if d.Rule == "strings-file-order" || d.Rule == "strings-file-ref" {
			t.Error(d.Error())
		}
	}
	var lookup *envelope.LookupError
	if _, err := env.AddBundleFile("sv", "./petstore%2Dde.xml"); !errors.As(err, &lookup) || !errors.Is(err, envelope.ErrTaken) {
		t.Errorf("error %v", err)
	}
	if f, err = env.AddBundleFile("fr", "other.xml"); err != nil || f.ID != "strings-fr-2" {
		t.Errorf("%v %v", f, err)
	}
}

// checkNewLines checks that a descriptor has some new lines and is otherwise as before.
func checkNewLines(t *testing.T, env *envelope.Envelope, before []byte, added ...string) {
	t.Helper()
	got, err := envelope.Encode(env)
	if err != nil {
		t.Fatal(err)
	}
	rest := string(got)
	for _, a := range added {
		if strings.Count(rest, a) != 1 {
			t.Errorf("no %q", a)
		}
		rest = strings.Replace(rest, a, "", 1)
	}
	if d := cmp.Diff(strings.Split(string(before), "\n"), strings.Split(rest, "\n")); d != "" {
		t.Errorf("-before +after:\n%s", d)
	}
}

// The texts of a bundle file reach a reader of its language.
func TestNewBundle(t *testing.T) {
	env, _ := petstore(t)
	s := env.NewBundle("fr")
	s.Merge(&envelope.Strings{Msg: []envelope.StringsMsg{{MsgID: "name.web", Text: "Serveur & <co>"}}})
	data, err := envelope.EncodeStrings(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := env.AddBundleFile("fr", "fr.xml"); err != nil {
		t.Fatal(err)
	}
	bundles, found := env.Bundles(files(map[string]string{"strings-fr": string(data), "strings-de": string(data)}))
	chain, _ := i18n.Choose(env.Locale(), bundles, []string{"fr-CA"})
	c, _ := i18n.NewCatalog(env.Locale(), bundles, chain)
	if text, locale := c.Text("name.web", "Web server"); text != "Serveur & <co>" || locale != "fr" {
		t.Errorf("%q in %s; %v", text, locale, found)
	}
}
