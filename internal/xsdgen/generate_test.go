package xsdgen

import (
	"bytes"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func generate(t *testing.T, dir string, v []Version) map[string][]byte {
	t.Helper()
	files, err := Files(os.DirFS(dir), v)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The generated files in the tree are what the generator makes of the schemas
// in the tree, no more and no fewer.
func TestNoDrift(t *testing.T) {
	files := generate(t, filepath.Join(root, "schemas"), Versions())
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator makes: run make generate", name)
		}
	}
	for _, pkg := range []string{"envelope", "environment", "rasd", "vssd", "internal/sym"} {
		have, err := filepath.Glob(filepath.Join(root, pkg, "*_gen.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range have {
			rel, _ := filepath.Rel(root, name)
			if _, ok := files[filepath.ToSlash(rel)]; !ok {
				t.Errorf("%s is not made by the generator any more: remove it", rel)
			}
		}
	}
}

// The schemas of DMTF give the same Go declarations as ours, comments aside.
func TestSameAsDMTF(t *testing.T) {
	dir := filepath.Join(root, "..", "shared", "schemas")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared/schemas, the files of DMTF, is not beside the repository")
	}
	theirs := generate(t, dir, []Version{
		{"1.0.0", []string{"1.0.0/dsp8023_1.0.0.xsd", "1.0.0/dsp8027_1.0.0.xsd"}},
		{"1.1.0", []string{"1.1.0/dsp8023_1.1.0.xsd", "1.1.0/dsp8027_1.1.0.xsd"}},
		{"1.1.1", []string{"1.1.1/dsp8023_1.1.1.xsd", "1.1.1/dsp8027_1.1.0.xsd"}},
		{"2.0.1", []string{"2.0.1/dsp8023_2.0.1.xsd", "2.0.1/dsp8027_1.1.0.xsd"}},
	})
	ours := generate(t, filepath.Join(root, "schemas"), Versions())
	if a, b := slices.Sorted(maps.Keys(ours)), slices.Sorted(maps.Keys(theirs)); !slices.Equal(a, b) {
		t.Fatalf("files %q, from the schemas of DMTF %q", a, b)
	}
	for name := range ours {
		a, b := bare(t, ours[name]), bare(t, theirs[name])
		if a == b {
			continue
		}
		x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
		for i := range min(len(x), len(y)) {
			if x[i] != y[i] {
				t.Errorf("%s: %q, from the schemas of DMTF %q", name, x[i], y[i])
				break
			}
		}
	}
}

// bare prints a Go file without its comments.
func bare(t *testing.T, src []byte) string {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range f.Decls {
		if err := printer.Fprint(&b, fset, d); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Since-versions come out of the schemas: a few that the change logs of DSP8023
// name.
func TestSince(t *testing.T) {
	b, err := superset(os.DirFS(filepath.Join(root, "schemas")), Versions())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ typ, field, since string }{
		{"ovf:EnvelopeType", "References", "1.0.0"},
		{"ovf:EnvelopeType", "@lang", "1.1.0"},
		{"ovf:ProductSection_Type/Property", "@password", "1.1.0"},
		{"ovf:ProductSection_Type/Property", "@configuration", "2.0.1"},
		{"ovf:VirtualHardwareSection_Type", "@id", "1.1.0"},
		{"ovf:VirtualHardwareSection_Type", "StorageItem", "2.0.1"},
		{"ovf:Strings_Type/Msg", "@fileRef", "2.0.1"},
	} {
		i := slices.IndexFunc(b.types[c.typ].fields, func(f *field) bool { return f.schema == c.field })
		if i < 0 {
			t.Errorf("%s has no field %s", c.typ, c.field)
		} else if got := b.types[c.typ].fields[i].since; got != c.since {
			t.Errorf("%s %s since %s, want %s", c.typ, c.field, got, c.since)
		}
	}
	if got := b.types["ovf:ScaleOutSection_Type"].since; got != "2.0.1" {
		t.Errorf("ScaleOutSection since %s, want 2.0.1", got)
	}
}
