package xsdset

import (
	"strings"
	"testing"
)

func TestRelative(t *testing.T) {
	for _, c := range [][3]string{
		{".", "a.xsd", "a.xsd"},
		{"1.0.0", "1.0.0/a.xsd", "a.xsd"},
		{"1.0.0", "common/a.xsd", "../common/a.xsd"},
		{"a/b", "a/c/d.xsd", "../c/d.xsd"},
		{"a/b", "x.xsd", "../../x.xsd"},
	} {
		if got := relative(c[0], c[1]); got != c[2] {
			t.Errorf("relative(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func schema(target, body string) []byte {
	return []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="` + target + `">` + body + `</xs:schema>`)
}

func TestLocations(t *testing.T) {
	folder := Memory{
		"entry.xsd": schema("urn:a", `<xs:import namespace="urn:b" schemaLocation="http://example.org/x/b.xsd"/>`+
			`<xs:import namespace="urn:c" schemaLocation="sub/c.xsd"/><xs:import namespace="urn:none"/>`),
		"b.xsd":     schema("urn:b", `<xs:include schemaLocation="b2.xsd"/>`),
		"b2.xsd":    schema("urn:b", ``),
		"sub/c.xsd": schema("urn:c", `<xs:import namespace="urn:b" schemaLocation="../../../etc/b.xsd"/>`),
	}
	s := New()
	if err := s.Add(folder, "p", "entry.xsd"); err != nil {
		t.Fatal(err)
	}
	if len(s.Files) != 4 || len(s.Entries) != 1 || !s.Has("urn:c") || s.Has("urn:none") {
		t.Fatalf("files %v, entries %v", s.Files, s.Entries)
	}
	if got := string(s.Text["p/entry.xsd"]); !strings.Contains(got, `schemaLocation="b.xsd"`) || !strings.Contains(got, `schemaLocation="sub/c.xsd"`) {
		t.Errorf("entry: %s", got)
	}
	if got := string(s.Text["p/sub/c.xsd"]); !strings.Contains(got, `schemaLocation="../b.xsd"`) {
		t.Errorf("c: %s", got)
	}
}

func TestMissing(t *testing.T) {
	folder := Memory{"a.xsd": schema("urn:a", `<xs:include schemaLocation="/etc/passwd"/>`)}
	err := New().Add(folder, "", "a.xsd")
	if err == nil || !strings.Contains(err.Error(), "nothing is fetched") {
		t.Errorf("error %v", err)
	}
}

func TestDoctype(t *testing.T) {
	const text = "<?xml version='1.0'?>\n<!DOCTYPE schema PUBLIC \"a>b\" 'c' [\n <!ENTITY p ']>'>\n]>\n<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"
	f, err := ReadFile(Memory{"a": []byte(text)}, "a")
	if err != nil {
		t.Fatal(err)
	}
	if line := f.Doc.Root().Location().Line; line != 5 {
		t.Errorf("the root is in line %d, want 5", line)
	}
	if _, err := ReadFile(Memory{"a": []byte("<html/>")}, "a"); err == nil {
		t.Error("a document that is no schema was read")
	}
}
