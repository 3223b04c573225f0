package environment_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/libxml2"
	"github.com/ovfkit/ovf/xmltree"
)

// webGuest is the guest that testdata/web.xml is about.
func webGuest(t testing.TB) environment.Guest {
	t.Helper()
	own := []environment.Pair{
		{Key: "org.example.motd.1", Value: "\"Hi\" & 'bye' <x>\n\tnew line\r"},
		{Key: "name", Value: "Søren ☃ 𝄞"},
		{Key: "empty"},
	}
	c, err := environment.NewCollection([]environment.Member{
		{ID: `db "1"`, Properties: []environment.Pair{{Key: "ip", Value: "10.0.0.8"}}},
		{ID: "web", Properties: own},
		{ID: "tier"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return environment.Guest{ID: "web", Properties: own, Collection: c,
		Platform: environment.Platform{Kind: "Type-1 & fast", Version: "7.0", Vendor: "Example <Ltd>", Locale: "da-DK", Timezone: new(-60)}}
}

// The document is the one written by hand in testdata, by all ways to make it.
func TestDocument(t *testing.T) {
	want, err := os.ReadFile("testdata/web.xml")
	if err != nil {
		t.Fatal(err)
	}
	g := webGuest(t)
	document, err := g.Document()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(document, want) {
		t.Errorf("Document:\n%s\nwant:\n%s", document, want)
	}
	var b bytes.Buffer
	if n, err := g.WriteTo(&b); err != nil || n != int64(len(want)) || !bytes.Equal(b.Bytes(), want) {
		t.Errorf("WriteTo: %d bytes, error %v:\n%s", n, err, b.Bytes())
	}
	env, err := environment.Build(g)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := environment.Encode(env); err != nil || !bytes.Equal(text, want) {
		t.Errorf("Build and Encode: %v\n%s", err, text)
	}
}

// Documents are valid for both engines and for xmllint with DMTF's schema.
func TestDocumentValid(t *testing.T) {
	web := webGuest(t)
	long := environment.Guest{ID: "long", Properties: []environment.Pair{{Key: "text", Value: strings.Repeat("æ<&\n", 20_000)}}}
	alone := environment.Guest{Platform: environment.Platform{Locale: "en"}}
	goEngine, err := schemas.Compile(schemas.Options{})
	if err != nil {
		t.Fatal(err)
	}
	engines := map[string]*schemas.Validator{"go": goEngine}
	switch c, err := libxml2.Compile(schemas.Options{}); {
	case errors.Is(err, libxml2.ErrNotBuilt):
		t.Log("engine libxml2 is not built in: go test -tags libxml2")
	case err != nil:
		t.Fatal(err)
	default:
		engines["libxml2"] = c
	}
	for i, g := range []environment.Guest{web, long, alone, {ID: "web", Collection: web.Collection}} {
		text, err := g.Document()
		if err != nil {
			t.Fatal(err)
		}
		doc, err := xmltree.Parse("ovf-env.xml", text, xmltree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range engines {
			result, err := v.Validate(context.Background(), doc)
			if err != nil || len(result.Diagnostics) > 0 {
				t.Errorf("document %d, engine %s: %v %v", i, name, err, result.Diagnostics)
			}
		}
		lint(t, text)
	}
}

// lint asks xmllint with the schema of DMTF, or ours where that is not at hand.
func lint(t *testing.T, text []byte) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Log("xmllint is not installed")
		return
	}
	schema := "../schemas/common/dsp8027_1.1.0.xsd"
	if s := "../../shared/schemas/1.1.0/dsp8027_1.1.0.xsd"; exists(s) {
		schema = s
	}
	cmd := exec.Command("xmllint", "--nonet", "--noout", "--schema", schema, "-")
	cmd.Stdin = bytes.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s\n%.2000s", out, text)
	}
}

func exists(p string) bool { _, err := os.Stat(p); return err == nil }

// Each of many siblings sees all others, in order, and not itself.
func TestSiblings(t *testing.T) {
	const n = 50
	members := make([]environment.Member, n)
	for i := range members {
		members[i] = environment.Member{ID: fmt.Sprint("vm", i), Properties: []environment.Pair{{Key: "n", Value: fmt.Sprint(i)}}}
	}
	c, err := environment.NewCollection(members)
	if err != nil {
		t.Fatal(err)
	}
	texts := make([][]byte, n)
	var wg sync.WaitGroup
	for i, m := range members {
		wg.Go(func() {
			g := environment.Guest{ID: m.ID, Properties: m.Properties, Collection: c}
			var err error
			if texts[i], err = g.Document(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, text := range texts {
		got := decode(t, text)
		var want []string
		for k := range n {
			if k != i {
				want = append(want, fmt.Sprintf("vm%d n=%d", k, k))
			}
		}
		if got.ID != members[i].ID || !slices.Equal(got.entities(), want) {
			t.Errorf("%s sees %s", got.ID, got.entities())
		}
	}
	outsider := environment.Guest{ID: "other", Collection: c}
	text, err := outsider.Document()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(decode(t, text).Entity); got != n {
		t.Errorf("one that is no member sees %d entities, want %d", got, n)
	}
}

// document is what the decoder of the standard library makes of a document.
type document struct {
	XMLName xml.Name `xml:"http://schemas.dmtf.org/ovf/environment/1 Environment"`
	ID      string   `xml:"http://schemas.dmtf.org/ovf/environment/1 id,attr"`
	section
	Entity []struct {
		ID string `xml:"http://schemas.dmtf.org/ovf/environment/1 id,attr"`
		section
	}
}

type section struct {
	Property []struct {
		Key   string `xml:"http://schemas.dmtf.org/ovf/environment/1 key,attr"`
		Value string `xml:"http://schemas.dmtf.org/ovf/environment/1 value,attr"`
	} `xml:"http://schemas.dmtf.org/ovf/environment/1 PropertySection>Property"`
}

func decode(t testing.TB, text []byte) document {
	t.Helper()
	var d document
	if err := xml.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *document) entities() []string {
	var out []string
	for _, e := range d.Entity {
		s := e.ID
		for _, p := range e.Property {
			s += " " + p.Key + "=" + p.Value
		}
		out = append(out, s)
	}
	return out
}

// What XML cannot carry is refused by every way to make a document, with the
// name of the property and without its value; nothing is written.
func TestRefused(t *testing.T) {
	const secret = "hunter2"
	pair := func(k, v string) []environment.Pair { return []environment.Pair{{Key: k, Value: v}} }
	for name, c := range map[string]struct {
		guest environment.Guest
		want  string
		cause error
	}{
		"control": {environment.Guest{ID: "vm", Properties: pair("pw", secret+"\x01")},
			`environment of "vm": the value of property "pw" has the character U+0001 at offset 7, which XML cannot carry; remove it, or encode the text, for example by base64`, nil},
		"zero":      {environment.Guest{ID: "vm", Properties: pair("pw", secret+"\x00")}, `has the character U+0000 at offset 7`, nil},
		"U+FFFE":    {environment.Guest{ID: "vm", Properties: pair("pw", secret+"\ufffe")}, `has the character U+FFFE at offset 7`, nil},
		"U+FFFF":    {environment.Guest{ID: "vm", Properties: pair("pw", secret+"\uffff")}, `has the character U+FFFF at offset 7`, nil},
		"not UTF-8": {environment.Guest{ID: "vm", Properties: pair("pw", secret+"\xff")}, `the value of property "pw" is not UTF-8: byte 0xff at offset 7`, nil},
		"surrogate": {environment.Guest{ID: "vm", Properties: pair("pw", secret+"\xed\xa0\x80")}, `is not UTF-8: byte 0xed at offset 7`, nil},
		"key":       {environment.Guest{ID: "vm", Properties: pair("p\x02w", secret)}, `the key of property "p\x02w" has the character U+0002`, nil},
		"id":        {environment.Guest{ID: "v\x1bm", Properties: pair("pw", secret)}, `the id has the character U+001B at offset 1`, nil},
		"platform":  {environment.Guest{ID: "vm", Platform: environment.Platform{Kind: "\b"}}, `the Kind of the platform has the character U+0008`, nil},
		"timezone": {environment.Guest{ID: "vm", Platform: environment.Platform{Timezone: new(3600 * 2)}},
			`the Timezone of the platform is more than a day away from UTC`, environment.ErrTimezone},
		"twice": {environment.Guest{ID: "vm", Properties: append(pair("pw", secret), pair("pw", "x")...)},
			`the key of property "pw" is given twice`, environment.ErrTwice},
	} {
		t.Run(name, func(t *testing.T) {
			g := c.guest
			_, err := g.Document()
			_, buildErr := environment.Build(g)
			var b bytes.Buffer
			n, writeErr := g.WriteTo(&b)
			if err == nil || buildErr == nil || writeErr == nil || n+int64(b.Len()) > 0 {
				t.Fatalf("errors %v, %v, %v, %d bytes written", err, buildErr, writeErr, n)
			}
			if err.Error() != buildErr.Error() || err.Error() != writeErr.Error() {
				t.Errorf("errors differ:\n%v\n%v\n%v", err, buildErr, writeErr)
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("error %q, want %q", err, c.want)
			}
			var ge *environment.GuestError
			var ce *environment.CharacterError
			switch {
			case !errors.As(err, &ge):
				t.Errorf("error is %T", err)
			case c.cause != nil && !errors.Is(err, c.cause), c.cause == nil && !errors.As(err, &ce):
				t.Errorf("cause is %v", ge.Cause)
			}
			if _, err := environment.NewCollection([]environment.Member{{ID: g.ID, Properties: g.Properties}}); name != "platform" && name != "timezone" && err == nil {
				t.Error("as a sibling it is accepted")
			}
		})
	}
}

func TestSiblingsRefused(t *testing.T) {
	_, err := environment.NewCollection([]environment.Member{{ID: "a"}, {ID: "b"}, {ID: "a"}})
	if !errors.Is(err, environment.ErrTwice) || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("error %v", err)
	}
	many := make([]environment.Pair, 40)
	for i := range many {
		many[i].Key = fmt.Sprint("k", i%39)
	}
	if _, err := environment.NewCollection([]environment.Member{{ID: "a", Properties: many}}); !errors.Is(err, environment.ErrTwice) || !strings.Contains(err.Error(), `"k0"`) {
		t.Errorf("error %v", err)
	}
}

// Check agrees with the production Char of XML 1.0, over all of Unicode.
func TestCheck(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		legal := r == 9 || r == 10 || r == 13 || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
		if err := environment.Check("a" + string(r)); (err == nil) != legal {
			t.Fatalf("%U: %v", r, err)
		}
	}
}

func FuzzBuild(f *testing.F) {
	f.Add("web", "com.example.ip", "10.0.0.7", "db", "ip", "10.0.0.8")
	f.Add("", "", "", "\"<>&'", "\t\n\r", "]]>&#10;\u0085\u2028")
	f.Add("a", "k", "\x01", "a", "k", "\ufffe")
	f.Add("a", "k", "\xff", "b", "é𝄞", "\u00a0 ")
	f.Add("a", "k\x00", "", "b", "", "")
	f.Fuzz(func(t *testing.T, id, key, value, sibling, otherKey, otherValue string) {
		own := []environment.Pair{{Key: key, Value: value}}
		other := []environment.Pair{{Key: otherKey, Value: otherValue}}
		bad := false
		for _, s := range []string{id, key, value, sibling, otherKey, otherValue} {
			bad = bad || environment.Check(s) != nil
		}
		c, err := environment.NewCollection([]environment.Member{{ID: sibling, Properties: other}})
		var text []byte
		var tree *environment.Environment
		if err == nil {
			g := environment.Guest{ID: id, Properties: own, Collection: c}
			if text, err = g.Document(); err == nil {
				tree, err = environment.Build(g)
			}
		}
		if bad != (err != nil) {
			t.Fatalf("error %v for %q", err, []string{id, key, value, sibling, otherKey, otherValue})
		}
		if bad {
			return
		}
		again, err := environment.Encode(tree)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("the tree is written as\n%s\n%v, the document is\n%s", again, err, text)
		}
		env, notes, err := environment.Decode(text, environment.DecodeOptions{})
		if err != nil || len(notes) > 0 {
			t.Fatal(err, notes)
		}
		d := decode(t, text) // the other reader
		if got := maps.Collect(env.Properties()); *env.ID != id || len(got) != 1 || got[key] != value {
			t.Errorf("%q: %q", *env.ID, got)
		}
		if d.ID != id || len(d.Property) != 1 || d.Property[0].Key != key || d.Property[0].Value != value {
			t.Errorf("encoding/xml reads %+v", d)
		}
		if sibling == id {
			if len(env.Entity) > 0 || len(d.Entity) > 0 {
				t.Error("it sees itself")
			}
			return
		}
		e := env.Sibling(sibling)
		if e == nil {
			t.Fatal("no sibling")
		}
		if got, ok := e.Lookup(otherKey); !ok || got != otherValue {
			t.Errorf("sibling has %q, %v", got, ok)
		}
		if len(d.Entity) != 1 || d.Entity[0].ID != sibling || d.Entity[0].Property[0].Key != otherKey || d.Entity[0].Property[0].Value != otherValue {
			t.Errorf("encoding/xml reads %+v", d)
		}
	})
}

// BenchmarkDocument makes the documents of 100 of so many siblings; the time per
// document should grow as its bytes do.
func BenchmarkDocument(b *testing.B) {
	for _, n := range []int{10, 100, 2000, 10_000} {
		members := make([]environment.Member, n)
		for i := range members {
			m := environment.Member{ID: fmt.Sprint("vm", i)}
			for k := range 5 {
				m.Properties = append(m.Properties, environment.Pair{Key: fmt.Sprint("com.example.app.key", k), Value: fmt.Sprint("value ", i, " of ", k)})
			}
			members[i] = m
		}
		b.Run(fmt.Sprint("collection/", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := environment.NewCollection(members); err != nil {
					b.Fatal(err)
				}
			}
		})
		c, err := environment.NewCollection(members)
		if err != nil {
			b.Fatal(err)
		}
		g := environment.Guest{ID: members[n/2].ID, Properties: members[n/2].Properties, Collection: c}
		b.Run(fmt.Sprint("document/", n), func(b *testing.B) {
			for b.Loop() {
				text, err := g.Document()
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(text)))
			}
		})
	}
}
