package envelope_test

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/xmltree"
)

func seeds(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(editable))
	for _, name := range []string{"testdata/fuzz-2.x.ovf", "testdata/fuzz-0.9.ovf", "testdata/fuzz-odd.ovf"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// Any bytes are refused with a position, or read and written back as they are;
// written without source they say the same.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) { roundTrip(t, data) })
}

// A changed descriptor is written so that it reads back with the change.
func FuzzEncode(f *testing.F) {
	f.Add([]byte(small), "value", uint8(0))
	f.Add([]byte(editable), "a < b & \"c\"\r\n", uint8(1))
	f.Add([]byte(editable), "]]>", uint8(2))
	f.Add([]byte(small), " x ", uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, value string, what uint8) {
		env, _, err := envelope.Decode(data, envelope.DecodeOptions{Name: "a.ovf"})
		if err != nil || !edit(env, value, what) {
			return
		}
		out, err := envelope.Encode(env)
		if err != nil {
			return // the value cannot stand in XML
		}
		again, _, err := envelope.Decode(out, envelope.DecodeOptions{})
		if err != nil {
			t.Fatalf("%q with %q: written as %q: %v", data, value, out, err)
		}
		if !again.Equal(env) {
			t.Fatalf("%q with %q: written as %q, which says something else", data, value, out)
		}
		if once := encode(t, again); !bytes.Equal(once, out) {
			t.Fatalf("%q is written once more as %q", out, once)
		}
	})
}

// edit makes one change; false where the descriptor has no place for it.
func edit(env *envelope.Envelope, value string, what uint8) bool {
	switch what % 6 {
	case 0:
		present(&env.Ext, "References")
		env.References.File = append(env.References.File, envelope.File{ID: value, Href: value})
	case 1:
		if env.Content == nil {
			return false
		}
		env.Content.ContentInfo().Text = value
		present(env.Content.Codec().Extra(), "Info")
	case 2:
		if len(env.References.File) == 0 {
			return false
		}
		env.References.File[0].Href = value
		present(&env.References.File[0].Ext, "@href")
	case 3:
		env.Section = append(env.Section, &envelope.AnnotationSection{Info: envelope.Msg{Text: value}, Annotation: envelope.Msg{Text: value}})
	case 4:
		hw := hardware(env)
		if hw == nil {
			return false
		}
		hw.Item = append(hw.Item, *hw.Item[0].Clone())
		hw.Item[0].ElementName = value
		present(&hw.Item[0].Ext, "ElementName")
	case 5:
		if len(env.Section) == 0 {
			return false
		}
		env.Section = env.Section[1:]
	}
	return true
}

// present drops the note that a required part was missing, which no longer
// holds: it would tell the value from the one read back.
func present(x *xmltree.Ext, field string) {
	x.Markup = slices.DeleteFunc(x.Markup, func(m xmltree.Markup) bool { return m.Field == field && m.Absent })
}
