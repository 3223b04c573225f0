package envelope

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/ovfkit/ovf/internal/xmlbind"
)

// codecs counts the generated structs in a value by walking every field of it,
// as [visitor] must without looking at types.
func codecs(v reflect.Value) int {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return codecs(v.Elem())
	case reflect.Slice:
		n := 0
		for i := range v.Len() {
			n += codecs(v.Index(i))
		}
		return n
	case reflect.Struct:
		n := 0
		if v.CanAddr() && v.Addr().CanInterface() {
			if c, ok := v.Addr().Interface().(xmlbind.Coder); ok && c.Codec() != nil {
				n = 1
			}
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Ext" && f.Type.String() != "*xmltree.Element" {
				n += codecs(v.Field(i))
			}
		}
		return n
	}
	return 0
}

func visited(env *Envelope) int {
	n := 0
	visitor(func(xmlbind.Codec) { n++ }).envelope(env)
	return n
}

// fill puts one of everything into a value: a struct behind each pointer, an
// entry into each list.
func fill(v reflect.Value, depth int) {
	if depth > 12 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type().String() == "*xmltree.Element" {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		switch list := v.Addr().Interface().(type) {
		case *Sections:
			*list = every[Section]()
		case *ProductEntries:
			*list = ProductEntries{&Category{}, &Property{}}
		case *NetworkProfiles:
			*list = NetworkProfiles{&NetworkPortProfile{}, &NetworkPortProfileURI{}}
		case *Contents:
			if depth < 4 {
				*list = Contents{&VirtualSystem{}, &VirtualSystemCollection{}}
			}
		default:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i), depth+1)
		}
	case reflect.Interface:
		if v.Type() == reflect.TypeFor[Content]() && v.IsNil() {
			v.Set(reflect.ValueOf(&VirtualSystemCollection{}))
		}
		if !v.IsNil() && v.Elem().Kind() == reflect.Pointer {
			fill(v.Elem().Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Ext" {
				fill(v.Field(i), depth+1)
			}
		}
	}
}

// every returns one of each section of the standard.
func every[S any]() []S {
	var out []S
	for _, s := range []any{
		&AnnotationSection{}, &BootDeviceSection{}, &DeploymentOptionSection{}, &DiskSection{}, &EncryptionSection{}, &EnvironmentFilesSection{},
		&EulaSection{}, &InstallSection{}, &NetworkSection{}, &OperatingSystemSection{}, &PlacementGroupSection{}, &PlacementSection{}, &ProductSection{},
		&ResourceAllocationSection{}, &ScaleOutSection{}, &SharedDiskSection{}, &StartupSection{}, &VirtualHardwareSection{},
	} {
		out = append(out, s.(S))
	}
	return out
}

// The visitor meets every struct of an envelope: as many as reflection finds in
// one that has one of everything, and in the descriptors of the corpus.
func TestVisitor(t *testing.T) {
	var env Envelope
	fill(reflect.ValueOf(&env).Elem(), 0)
	if got, want := visited(&env), codecs(reflect.ValueOf(&env)); got != want || want < 100 {
		t.Errorf("of one of everything, %d structs are visited, want %d", got, want)
	}
	if l := Validate(&env, ValidateOptions{Targets: Targets()}); len(l) == 0 {
		t.Error("nothing is wrong with an envelope of empty structs")
	}
	files, _ := filepath.Glob("../../shared/corpus/*/*/*.ovf")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		env, _, err := Decode(data, DecodeOptions{})
		if err != nil {
			continue // the corpus has some that are no envelopes
		}
		if got, want := visited(env), codecs(reflect.ValueOf(env)); got != want {
			t.Errorf("%s: %d structs are visited, want %d", f, got, want)
		}
	}
}

// A value with nothing in it, or with nil where something belongs, is checked
// without a panic, as an unfinished literal.
func TestValidateUnfinished(t *testing.T) {
	nils := []Section{nil, (*AnnotationSection)(nil), (*BootDeviceSection)(nil), (*DeploymentOptionSection)(nil), (*DiskSection)(nil), (*EncryptionSection)(nil),
		(*EnvironmentFilesSection)(nil), (*EulaSection)(nil), (*InstallSection)(nil), (*NetworkSection)(nil), (*OperatingSystemSection)(nil),
		(*PlacementGroupSection)(nil), (*PlacementSection)(nil), (*ProductSection)(nil), (*ResourceAllocationSection)(nil), (*ScaleOutSection)(nil),
		(*SharedDiskSection)(nil), (*StartupSection)(nil), (*VirtualHardwareSection)(nil), (*UnknownSection)(nil), &UnknownSection{},
		&ProductSection{Entry: ProductEntries{nil, (*Property)(nil), (*Category)(nil)}},
		&NetworkSection{Network: []Network{{Profile: NetworkProfiles{nil, (*NetworkPortProfile)(nil), (*NetworkPortProfileURI)(nil)}}}}}
	for _, env := range []*Envelope{
		{},
		{Section: nils},
		{Content: (*VirtualSystem)(nil)},
		{Content: (*VirtualSystemCollection)(nil)},
		{Content: &VirtualSystem{Section: nils}},
		{Content: &VirtualSystemCollection{Section: nils, Content: Contents{nil, (*VirtualSystem)(nil), (*VirtualSystemCollection)(nil), &VirtualSystem{Section: nils}}}},
		{Section: every[Section](), Content: &VirtualSystemCollection{Section: every[Section](), Content: Contents{&VirtualSystem{Section: every[Section]()}}}},
	} {
		Validate(env, ValidateOptions{Targets: Targets()})
		env.ConformanceLevel()
	}
}
