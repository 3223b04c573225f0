package schemas_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/internal/schematest"
)

func fromDir(t *testing.T, dir string) *schemas.Validator {
	t.Helper()
	source, err := schemas.FromDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, schemas.Options{Source: source})
}

// TestVendorSchema checks a section against the schema of its vendor, which adds
// to the standard's.
func TestVendorSchema(t *testing.T) {
	v := fromDir(t, filepath.Join("testdata", "vendor"))
	doc := ruleFile(t, "schema-vendor-section.bad.ovf")
	want := []schemas.Version{schemas.V1_0_0, schemas.V1_1_0, schemas.V1_1_1}
	if got := validate(t, v, doc); !got.Valid() || !slices.Equal(got.Versions, want) {
		t.Errorf("fits %v\n%v", got.Versions, got.Diagnostics)
	}
	wrong := strings.Replace(string(doc), "PT1H", "hourly", 1)
	got := validate(t, v, []byte(wrong))
	if len(got.Diagnostics) != 1 || got.Diagnostics[0].Rule != schemas.RuleValue || !strings.Contains(got.Diagnostics[0].Message, "a duration such as") {
		t.Errorf("a wrong value gives:\n%v", got.Diagnostics)
	}
	if got := validate(t, v, read(t, "full-2.x.ovf").Data); !got.Valid() {
		t.Errorf("the schema of a 1.x section disturbs 2.x:\n%v", got.Diagnostics)
	}
	if got := validate(t, v, read(t, "environment.xml").Data); !got.Valid() {
		t.Errorf("the schema of a 1.x section disturbs the environment:\n%v", got.Diagnostics)
	}
}

// TestOriginals validates with DMTF's own files: all of them, and one version
// alone, which then is the only one of its namespace.
func TestOriginals(t *testing.T) {
	dmtf := schematest.Shared(t, "..", "schemas")
	full1, full2 := read(t, "full-1.x.ovf").Data, read(t, "full-2.x.ovf").Data
	all := fromDir(t, dmtf)
	ours := compile(t, schemas.Options{})
	for _, doc := range [][]byte{full1, full2, read(t, "cim-1.1.0.ovf").Data, read(t, "environment.xml").Data} {
		got, want := validate(t, all, doc), validate(t, ours, doc)
		if !got.Valid() || !slices.Equal(got.Versions, want.Versions) {
			t.Errorf("fits %v, with our files %v\n%v", got.Versions, want.Versions, got.Diagnostics)
		}
	}
	for _, rule := range schemas.Rules() {
		doc := ruleFile(t, rule.Name+".bad.ovf")
		got, want := validate(t, all, doc).Diagnostics, validate(t, ours, doc).Diagnostics
		if got.Error() != want.Error() {
			t.Errorf("%s: %v, with our files %v", rule.Name, got, want)
		}
	}
	one := fromDir(t, filepath.Join(dmtf, "1.1.0"))
	if got := validate(t, one, full1); !slices.Equal(got.Versions, []schemas.Version{schemas.V1_1_0}) {
		t.Errorf("1.1.0 alone: fits %v", got.Versions)
	}
	if got := validate(t, one, full2); !got.Valid() {
		t.Errorf("2.x with our files: %v", got.Diagnostics)
	}
}

// TestPublishedForm gives DMTF's files the addresses that they are published
// with: nothing is fetched, the files of the folder are found.
func TestPublishedForm(t *testing.T) {
	dir := filepath.Join(schematest.Shared(t, "..", "schemas"), "1.1.1")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(data), `schemaLocation="`, `schemaLocation="http://schemas.example.org/2.22.0/`)
		fsys["published/"+f.Name()] = &fstest.MapFile{Data: []byte(text)}
	}
	source, err := schemas.FromFS(fsys)
	if err != nil {
		t.Fatal(err)
	}
	got := validate(t, compile(t, schemas.Options{Source: source}), read(t, "full-1.x.ovf").Data)
	if !slices.Equal(got.Versions, []schemas.Version{schemas.V1_1_1}) {
		t.Errorf("fits %v\n%v", got.Versions, got.Diagnostics)
	}
}

func TestBadSources(t *testing.T) {
	envelope, err := schemas.Files().Open(schemas.V1_1_0.Entry())
	if err != nil {
		t.Fatal(err)
	}
	defer envelope.Close()
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	const open = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" `
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"empty", fstest.MapFS{"a.txt": file("")}, "no file with the extension .xsd"},
		{"not XML", fstest.MapFS{"a.xsd": file("no")}, "a.xsd"},
		{"no schema", fstest.MapFS{"a.xsd": file("<html/>")}, "not xs:schema"},
		{"no version", fstest.MapFS{"envelope.xsd": file(open + `targetNamespace="` + schemas.NamespaceEnvelope1 + `"/>`)}, "name the file dsp8023_VERSION.xsd"},
		{"version of another namespace", fstest.MapFS{"dsp8023_2.0.1.xsd": file(open + `targetNamespace="` + schemas.NamespaceEnvelope1 + `"/>`)}, "cannot tell which version"},
		{"one version twice", fstest.MapFS{
			"a/dsp8023_1.1.0.xsd": file(open + `targetNamespace="` + schemas.NamespaceEnvelope1 + `"/>`),
			"b/dsp8023_1.1.0.xsd": file(open + `targetNamespace="` + schemas.NamespaceEnvelope1 + `"/>`),
		}, "both schemas of OVF 1.1.0"},
		{"part is missing", fstest.MapFS{"dsp8023_1.1.0.xsd": file(open + `targetNamespace="` + schemas.NamespaceEnvelope1 + `"><xs:include schemaLocation="http://example.org/part.xsd"/></xs:schema>`)}, "nothing is fetched"},
		{"too long", fstest.MapFS{"a.xsd": file(strings.Repeat(" ", 5<<20))}, "too much"},
	} {
		if _, err := schemas.FromFS(c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	if _, err := schemas.FromDir(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("folder that is not there: %v", err)
	}
}

// TestLinkOut checks that a link does not lead out of the folder.
func TestLinkOut(t *testing.T) {
	dir := t.TempDir()
	abs, err := filepath.Abs(filepath.Join("testdata", "vendor", "types.xsd"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(abs, filepath.Join(dir, "out.xsd")); err != nil {
		t.Skip(err)
	}
	if _, err := schemas.FromDir(dir); err == nil {
		t.Error("a file outside the folder was read")
	}
}

// TestWrongSchema checks the error for a schema that does not compile.
func TestWrongSchema(t *testing.T) {
	source, err := schemas.FromFS(fstest.MapFS{"wrong.xsd": {Data: []byte(
		`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:wrong">` + "\n" +
			`<xs:element name="a" type="xs:nothing"/></xs:schema>`)}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = compile(t, schemas.Options{Source: source}).Validate(t.Context(), parse(t, in("", "")))
	var c *schemas.CompileError
	if !errors.As(err, &c) || c.File != "extension/wrong.xsd" || c.Line != 2 {
		t.Errorf("error %#v: %v", err, err)
	}
}
