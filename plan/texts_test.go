package plan

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

func readEnvelope(t testing.TB, text string) *envelope.Envelope {
	t.Helper()
	env, _, err := envelope.Decode([]byte(text), envelope.DecodeOptions{Name: "test.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// petstoreInput is the pet store of the examples with its German bundle.
func petstoreInput(t testing.TB) Input {
	t.Helper()
	data, err := os.ReadFile("../examples/petstore/petstore.ovf")
	if err != nil {
		t.Fatal(err)
	}
	return Input{Envelope: readEnvelope(t, string(data)), Files: func(_ context.Context, id string) ([]byte, error) {
		if id != "strings-de" {
			return nil, fs.ErrNotExist
		}
		return os.ReadFile("../examples/petstore/petstore-de.xml")
	}}
}

// Each text of the pet store is the one that a plain search finds in the text of
// its bundle.
func TestTextsPetstore(t *testing.T) {
	in := petstoreInput(t)
	danish, err := os.ReadFile("../examples/petstore/petstore.ovf")
	if err != nil {
		t.Fatal(err)
	}
	german, err := os.ReadFile("../examples/petstore/petstore-de.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		wanted, locale string
		bundle         []byte
	}{{"da", "da-DK", danish}, {"de-AT", "de-DE", german}, {"fr de", "de-DE", german}} {
		texts, found := newTexts(t.Context(), in, Choices{Locales: strings.Fields(c.wanted)})
		if texts.locale != c.locale || len(found) > 0 {
			t.Errorf("%s: locale %s, %v", c.wanted, texts.locale, found)
		}
		n := 0
		for _, m := range regexp.MustCompile(`<Msg ovf:msgid="([^"]+)">([^<]+)</Msg>`).FindAllStringSubmatch(string(c.bundle), -1) {
			id := m[1]
			n++
			if got := texts.msg(&envelope.Msg{MsgID: &id, Text: "in line"}); got != (Text{Text: m[2], MsgID: id}) {
				t.Errorf("%s: %s is %+v, want %q", c.wanted, id, got, m[2])
			}
		}
		if n < 40 {
			t.Errorf("%d messages only", n)
		}
	}
	texts, found := newTexts(t.Context(), in, Choices{})
	if got := texts.msg(in.Envelope.Content.ContentName()); got.Text != "Pet store" || got.Locale != "" || texts.locale != "en-US" || len(found) > 0 {
		t.Errorf("%+v in %s, %v", got, texts.locale, found)
	}
}

const textsHead = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xml:lang="en-GB">
  <References><File ovf:id="caption" ovf:href="caption.txt"/><File ovf:id="de" ovf:href="de.xml"/><File ovf:id="broken" ovf:href="fr.xml"/><File ovf:id="big" ovf:href="big.xml"/></References>
  <VirtualSystem ovf:id="vm"><Info>plain</Info><Name ovf:msgid="name">Machine</Name>
    <ProductSection><Info/><Category ovf:msgid="category">Mail</Category></ProductSection>
    <VirtualHardwareSection><Info/><Item><rasd:Caption ovf:msgid="cpu.caption"/><rasd:ElementName ovf:msgid="cpu">1 processor</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType></Item></VirtualHardwareSection>
  </VirtualSystem>
`

// Every kind of text is translated, and falls back by itself.
func TestTextsKinds(t *testing.T) {
	env := readEnvelope(t, textsHead+`
  <Strings xml:lang="de-AT"><Msg ovf:msgid="cpu">a Prozessor</Msg><Msg ovf:msgid="cpu.caption" ovf:fileRef="caption"/></Strings>
  <Strings ovf:fileRef="de"/>
  <Strings xml:lang="fr" ovf:fileRef="broken"/>
</Envelope>`)
	files := func(_ context.Context, id string) ([]byte, error) {
		switch id {
		case "caption":
			return []byte("Prozessor"), nil
		case "de":
			return []byte(`<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2" xml:lang="de"><Msg ovf:msgid="category">Post</Msg><Msg ovf:msgid="cpu">ein Prozessor</Msg></Strings>`), nil
		}
		return nil, errors.New("the disk is on fire")
	}
	texts, found := newTexts(t.Context(), Input{Envelope: env, Files: files}, Choices{Locales: []string{"de-AT"}})
	if len(found) > 0 || texts.locale != "de-AT" {
		t.Errorf("locale %s, %v", texts.locale, found)
	}
	vs := env.Content.(*envelope.VirtualSystem)
	product, _ := envelope.First[*envelope.ProductSection](vs.Section)
	hardware, _ := envelope.First[*envelope.VirtualHardwareSection](vs.Section)
	item := &hardware.Item[0]
	for _, c := range []struct {
		what      string
		got, want Text
	}{
		{"nil", texts.msg(nil), Text{}},
		{"no category", texts.category(nil), Text{}},
		{"plain", texts.msg(&vs.Info), Text{Text: "plain"}},
		{"nobody has it", texts.msg(vs.Name), Text{Text: "Machine", MsgID: "name", Locale: "en-GB"}},
		{"from the language", texts.category(product.Entry[0].(*envelope.Category)), Text{Text: "Post", MsgID: "category", Locale: "de"}},
		{"from the region", texts.cim(item.ElementName, &item.Ext, "ElementName"), Text{Text: "a Prozessor", MsgID: "cpu"}},
		{"text in a file", texts.cim("", &item.Ext, "Caption"), Text{Text: "Prozessor", MsgID: "cpu.caption"}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", c.what, c.got, c.want)
		}
	}
	// what cannot be read is a warning, and the plan is in the next language
	texts, found = newTexts(t.Context(), Input{Envelope: env, Files: files}, Choices{Locales: []string{"fr", "de"}})
	if len(found) != 1 || found[0].Rule != "bundle-file" || found.HasErrors() || texts.locale != "de" {
		t.Errorf("locale %s, %v", texts.locale, found)
	}
	if _, found = newTexts(t.Context(), Input{Envelope: env}, Choices{Locales: []string{"de-AT"}}); len(found) != 3 || found.HasErrors() {
		t.Errorf("without files: %v", found) // the file without locale, of which that is said too, and the caption
	}
	if _, found = newTexts(t.Context(), Input{Envelope: env, Files: files}, Choices{Locales: []string{"german"}}); !found.HasErrors() {
		t.Errorf("no error: %v", found)
	}
}

// A descriptor that names one big file (broken, so that the test is fast) ten thousand times makes nobody read it
// more often than the limit allows.
func TestTextsLimit(t *testing.T) {
	var b strings.Builder
	b.WriteString(textsHead)
	for range 10_000 {
		b.WriteString(`<Strings ovf:fileRef="big"/>`)
	}
	b.WriteString("</Envelope>")
	big := []byte(strings.Repeat("no XML ", 10<<20/7+1))
	reads := 0
	_, found := newTexts(t.Context(), Input{Envelope: readEnvelope(t, b.String()), Files: func(context.Context, string) ([]byte, error) {
		reads++
		return big, nil
	}}, Choices{Locales: []string{"de"}})
	if reads != 7 { // 7 of 10 MiB are more than 64
		t.Errorf("%d reads", reads)
	}
	if len(found) == 0 || len(found) > 3000 {
		t.Errorf("%d diagnostics", len(found))
	}
}

func BenchmarkTexts(b *testing.B) {
	in := petstoreInput(b)
	for b.Loop() {
		newTexts(context.Background(), in, Choices{Locales: []string{"da"}})
	}
}
