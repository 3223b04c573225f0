package descriptors

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var all = []struct {
	name     string
	write    func() []byte
	min, max int // bytes
}{
	{"single", Single, 11_000, 13_000},
	{"multi", Multi, 55_000, 65_000},
	{"big", func() []byte { return Big(BigSystems) }, 9_500_000, 11_000_000},
	{"no system", func() []byte { return Big(0) }, 500, 3000},
}

func TestSizeAndDeterminism(t *testing.T) {
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			doc := c.write()
			if n := len(doc); n < c.min || n > c.max {
				t.Errorf("%d bytes, want %d to %d", n, c.min, c.max)
			}
			if !bytes.Equal(doc, c.write()) {
				t.Error("a second call gives other bytes")
			}
			d := xml.NewDecoder(bytes.NewReader(doc))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// What the package is said to write: counted in the parsed document.
func TestContent(t *testing.T) {
	count := func(doc []byte) map[string]int {
		n := map[string]int{}
		d := xml.NewDecoder(bytes.NewReader(doc))
		for {
			tok, err := d.Token()
			if err != nil {
				return n
			}
			if e, ok := tok.(xml.StartElement); ok {
				n[e.Name.Local]++
			}
		}
	}
	for _, c := range []struct {
		name string
		doc  []byte
		want map[string]int
	}{
		{"single", Single(), map[string]int{"VirtualSystem": 1, "VirtualSystemCollection": 0, "Property": 10}},
		{"multi", Multi(), map[string]int{"VirtualSystem": 3, "VirtualSystemCollection": 1, "Configuration": 3, "Strings": 5}},
		{"big", Big(70), map[string]int{"VirtualSystem": 70, "VirtualSystemCollection": 1, "File": 70, "Disk": 70}},
	} {
		got := count(c.doc)
		for name, n := range c.want {
			if got[name] != n {
				t.Errorf("%s: %d elements %s, want %d", c.name, got[name], name, n)
			}
		}
	}
}

// DMTF's own schema accepts every descriptor, by xmllint.
func TestSchemaValid(t *testing.T) {
	dir := "../../../shared/schemas"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("DMTF's schema files are not at hand: %v", err)
	}
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed")
	}
	for _, version := range []string{"1.1.0", "1.1.1"} {
		for _, c := range all {
			t.Run(version+" "+c.name, func(t *testing.T) {
				cmd := exec.Command(xmllint, "--nonet", "--noout", "--schema", filepath.Join(dir, version, "dsp8023_"+version+".xsd"), "-")
				cmd.Stdin = bytes.NewReader(c.write())
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Errorf("%v: %.2000s", err, out)
				}
			})
		}
	}
}
