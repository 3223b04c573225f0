package environment_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/xmltree"
)

// Whatever can be read is written back byte for byte, and its properties are
// found by their keys.
func FuzzDecode(f *testing.F) {
	golden, err := os.ReadFile("testdata/web.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`<Environment/>`))
	f.Add([]byte(`<e:Environment xmlns:e="http://schemas.dmtf.org/ovf/environment/1" id="x"><e:PropertySection><e:Property key="k" value=" v "/><x/></e:PropertySection><e:Entity id=""/></e:Environment>`))
	f.Add([]byte(`<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:o="http://schemas.dmtf.org/ovf/environment/1"><Section xsi:type="o:PlatformSection_Type"><Kind>a</Kind><Timezone>x</Timezone></Section></Environment>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		env, _, err := environment.Decode(data, environment.DecodeOptions{})
		if err != nil {
			return
		}
		out, err := environment.Encode(env)
		if err != nil || !bytes.Equal(out, data) {
			t.Fatalf("written differently (%v):\n%q\n%q", err, data, out)
		}
		seen := map[string]bool{}
		for k, v := range env.Properties() {
			if got, ok := env.Lookup(k); !seen[k] && (!ok || got != v) {
				t.Errorf("%q is %q, Lookup says %q, %v", k, v, got, ok)
			}
			seen[k] = true
		}
		env.Platform()
		for i := range env.Entity {
			if env.Sibling(env.Entity[i].ID) == nil {
				t.Errorf("sibling %q is not found", env.Entity[i].ID)
			}
		}
	})
}

// A variable gives an error or a document within the limit, and what was packed
// comes back.
func FuzzReadGuestInfo(f *testing.F) {
	f.Add("<Environment/>", "")
	f.Add("PEVudmlyb25tZW50Lz4=", "base64")
	f.Add("H4sIAAAAAAAC/wMAAAAAAAAAAAA=", "gzip+base64")
	f.Add("!", "gz+b64")
	f.Fuzz(func(t *testing.T, value, encoding string) {
		const most = 1 << 12
		if out, err := environment.ReadGuestInfo(value, encoding, xmltree.Limits{Bytes: most}); err == nil && len(out) > most || err != nil && out != nil {
			t.Errorf("%d bytes, error %v", len(out), err)
		}
		if len(value) > most {
			return
		}
		for _, compress := range []bool{false, true} {
			list, err := environment.GuestInfo([]byte(value), compress)
			if err != nil {
				t.Fatal(err)
			}
			back := ""
			if compress {
				back = list[1].Value
			}
			if out, err := environment.ReadGuestInfo(list[0].Value, back, xmltree.Limits{Bytes: most}); err != nil || string(out) != value {
				t.Errorf("packed %v: %q comes back as %q, %v", compress, value, out, err)
			}
		}
	})
}

// Names are refused, or bsdtar finds their contents under them in both trees.
func FuzzWriteISO(f *testing.F) {
	f.Add("a", "b", []byte("x"))
	f.Add("folder/file.name.txt", "folder/other", []byte{})
	f.Add("ünï/☃", ".hidden", bytes.Repeat([]byte{1}, 2048))
	f.Add(strings.Repeat("n", 64), strings.Repeat("n", 63)+"/"+strings.Repeat("m", 64), make([]byte, 4097))
	f.Add("a/b/c/d/e/f/g/h", "OVF-ENV.XML", []byte("x"))
	f.Add("name one.txt", "name two.txt", []byte("\x00"))
	f.Fuzz(func(t *testing.T, first, second string, content []byte) {
		contents := map[string][]byte{"ovf-env.xml": []byte("<env/>"), first: content, second: append([]byte("second"), content...)}
		var b bytes.Buffer
		err := environment.WriteISO(&b, contents["ovf-env.xml"],
			environment.File{Path: first, Size: int64(len(content)), Content: bytes.NewReader(content)},
			environment.File{Path: second, Size: int64(len(content) + 6), Content: bytes.NewReader(contents[second])})
		var fe *environment.FileError
		if errors.As(err, &fe) {
			return
		}
		if err != nil {
			t.Fatalf("%q, %q: %v", first, second, err)
		}
		for _, tree := range []string{"bsdtar, Rock Ridge", "bsdtar, Joliet"} {
			got := unpacked(t, b.Bytes(), unpackers[tree])
			for p, want := range contents {
				if have, ok := got[p]; !ok || !bytes.Equal(have, want) {
					t.Errorf("%s: %q has %q, %v, want %q", tree, p, have, ok, want)
				}
			}
		}
	})
}
