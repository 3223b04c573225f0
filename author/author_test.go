package author

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

func petstore(t *testing.T) ([]byte, *Spec) {
	t.Helper()
	data, err := os.ReadFile("testdata/petstore.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Decode("petstore.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return data, s
}

var ignorePlaces = cmpopts.IgnoreUnexported(Spec{})

// encoded returns the descriptor of s, whose disks all have 64 MiB.
func encoded(t *testing.T, s *Spec) []byte {
	t.Helper()
	for i := range s.Disks {
		if s.Disks[i].Source != "" {
			s.Disks[i].Capacity = 64 << 20
		}
	}
	env, err := s.Envelope()
	if err != nil {
		t.Fatal(err)
	}
	out, err := envelope.Encode(env)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The descriptor has no finding in any layer but those that images settle.
func TestEnvelopeIsValid(t *testing.T) {
	_, s := petstore(t)
	data := encoded(t, s)
	v := ovf.Validator{Targets: []envelope.Target{envelope.TargetStrict}}
	r, err := v.Validate(context.Background(), "petstore.ovf", data)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Diagnostics {
		if d.Severity != diag.Info {
			t.Errorf("%s", d.Error())
		}
	}
	if len(r.SchemaVersions) != 3 {
		t.Errorf("valid in %v, want all of 1.x", r.SchemaVersions)
	}
}

// DMTF's own schema accepts it, for libxml2.
func TestEnvelopeForDMTF(t *testing.T) {
	found, _ := filepath.Glob("../../shared/schemas/1.*/dsp8023*.xsd")
	if len(found) == 0 {
		t.Skip("DMTF's schemas are not here")
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip(err)
	}
	_, s := petstore(t)
	file := filepath.Join(t.TempDir(), "petstore.ovf")
	if err := os.WriteFile(file, encoded(t, s), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, schema := range found {
		if out, err := exec.Command("xmllint", "--noout", "--nonet", "--schema", schema, file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", schema, err, out)
		}
	}
}

// A spec made of the descriptor says the same as the spec it came from.
func TestFrom(t *testing.T) {
	_, s := petstore(t)
	env, _, err := envelope.Decode(encoded(t, s), envelope.DecodeOptions{Name: "petstore.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	got, notes := From(env)
	// what a descriptor cannot say, or says otherwise
	want := *s
	want.Texts = nil
	web := want.Group.Members[1].Machine
	web.OS = "Debian 64-Bit"
	for i := range want.Disks {
		if d := &want.Disks[i]; d.Source != "" {
			d.Source, d.Capacity = d.href(), 0
		}
	}
	for i := range want.Files {
		want.Files[i].Source = want.Files[i].href()
	}
	for _, m := range []*Machine{want.Group.Members[0].Machine, web} {
		m.Info = "A virtual machine"
	}
	web.Product = &Product{}
	if d := cmp.Diff(&want, got, ignorePlaces); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if len(notes) != 1 || !strings.Contains(notes[0].Message, "bundles") {
		t.Errorf("notes: %v", notes)
	}
}

func TestEncode(t *testing.T) {
	_, s := petstore(t)
	text, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode("again.yaml", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if d := cmp.Diff(s, again, ignorePlaces, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("-first +again:\n%s", d)
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("spec.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("spec.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance turns YAML into what the validator of JSON Schema takes.
func instance(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSchemaAccepts(t *testing.T) {
	schema := compileSchema(t)
	data, s := petstore(t)
	if err := schema.Validate(instance(t, data)); err != nil {
		t.Error(err)
	}
	text, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(instance(t, text)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"machine: {id: a, cpus: 1}", "machine: {id: a, cpus: 1, memory: 1 elephant}", "{}", "machine: {id: a, cpus: 1, memory: 1, colour: red}",
		"{machine: {id: a, cpus: 1, memory: 1}, group: {id: b, members: []}}"} {
		if schema.Validate(instance(t, []byte(bad))) == nil {
			t.Errorf("the schema accepts %s", bad)
		}
		if s, err := Decode("bad.yaml", []byte(bad)); err == nil && s.Check().Err() == nil {
			t.Errorf("Decode and Check accept %s", bad)
		}
	}
}

// Schema and structs have the same keys.
func TestSchemaKeys(t *testing.T) {
	var doc struct {
		Properties map[string]any
		Defs       map[string]struct {
			Properties map[string]any
			OneOf      []struct{ Properties map[string]any }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	compare := func(t2 reflect.Type, got map[string]any) {
		for name := range fieldsOf(t2) {
			if got[name] == nil {
				t.Errorf("%s: the schema has no %s", t2.Name(), name)
			}
		}
		if len(got) != len(fieldsOf(t2)) {
			t.Errorf("%s: %d keys in the schema, %d in Go", t2.Name(), len(got), len(fieldsOf(t2)))
		}
	}
	compare(reflect.TypeFor[Spec](), doc.Properties)
	for _, typ := range []reflect.Type{reflect.TypeFor[Group](), reflect.TypeFor[Member](), reflect.TypeFor[Start](), reflect.TypeFor[Machine](), reflect.TypeFor[Install](),
		reflect.TypeFor[Product](), reflect.TypeFor[Property](), reflect.TypeFor[Disk](), reflect.TypeFor[File](), reflect.TypeFor[Network](), reflect.TypeFor[Option]()} {
		compare(typ, doc.Defs[typ.Name()].Properties)
	}
	compare(reflect.TypeFor[Amount](), doc.Defs["Amount"].OneOf[1].Properties)
}
