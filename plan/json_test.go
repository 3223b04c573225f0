package plan

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validJSON(t testing.TB, s *jsonschema.Schema, v any) error {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// everything is a descriptor that fills as many members of a plan as one can.
func everything() string {
	return head2 + fileRef + `<DiskSection><Info>D</Info><Disk ovf:diskId="d" ovf:fileRef="f1" ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^20" ovf:format="http://example.com/fmt" ovf:populatedSize="4096"/>
<Disk ovf:diskId="e" ovf:capacity="${size}" ovf:parentRef="d"/></DiskSection>
<SharedDiskSection><Info>S</Info><SharedDisk ovf:diskId="s" ovf:capacity="1" ovf:readOnly="true"/></SharedDiskSection>
<NetworkSection><Info>N</Info><Network ovf:name="front"><Description ovf:msgid="net">Outside</Description></Network></NetworkSection>
<EulaSection><Info>E</Info><License>Be nice</License></EulaSection><AnnotationSection><Info>A</Info><Annotation>Note</Annotation></AnnotationSection>
` + options("a", "b*") + collection("c", scaleOut("m", "minimum=1;default=2;maximum=4"),
		`<StartupSection><Info>S</Info><Item ovf:id="m" ovf:order="1" ovf:startDelay="5" ovf:waitingForGuest="true"/></StartupSection>`,
		"<ResourceAllocationSection><Info>R</Info>"+itemXML("2", 4, "AllocationUnits=byte * 2^30", "Limit=8", "Weight=3")+"</ResourceAllocationSection>",
		`<ProductSection ovf:class="k" ovf:instance="1"><Info>P</Info><Product>P</Product><Vendor>V</Vendor><Version>1</Version><FullVersion>1.0</FullVersion>
<ProductUrl>u</ProductUrl><VendorUrl>v</VendorUrl><AppUrl>http://x/</AppUrl><Category>C</Category>
<Property ovf:key="secret" ovf:type="string" ovf:password="true" ovf:userConfigurable="true" ovf:value="s3cr3t-word"><Label>L</Label><Description>D</Description></Property>
<Property ovf:key="size" ovf:type="uint32" ovf:value="7"><Value ovf:value="70" ovf:configuration="b"/></Property></ProductSection>`,
		machine("m", `<OperatingSystemSection ovf:id="96" ovf:version="12"><Info>O</Info><Description>Debian</Description></OperatingSystemSection>
<InstallSection ovf:initialBootStopDelay="300"><Info>I</Info></InstallSection>
<ProductSection><Info>P</Info><Property ovf:key="copy" ovf:type="string" ovf:value="x${size}"/><Property ovf:key="both" ovf:type="string" ovf:value="${secret}!"/></ProductSection>
<VirtualHardwareSection ovf:id="v" ovf:transport="iso"><Info>H</Info>`+el("System", "vssd", "ElementName=F", "InstanceID=0", "VirtualSystemType=vmx-13")+
			itemXML("1", 3, "AllocationUnits=hertz * 10^6", "VirtualQuantity=2", "Reservation=500", "Limit=900", "Description=D")+itemXML("1", 3, "@bound=min", "VirtualQuantity=1")+
			itemXML("1", 3, "@bound=max", "VirtualQuantity=8")+itemXML("2", 4, "AllocationUnits=byte * 2^30", "VirtualQuantity=4")+itemXML("2", 4, "@configuration=b", "VirtualQuantity=6")+
			itemXML("3", 6, "Address=1", "ResourceSubType=lsilogic")+itemXML("4", 17, "HostResource=ovf:/disk/e", "Parent=3", "AddressOnParent=0")+
			itemXML("5", 17, "HostResource=ovf:/disk/s", "@required=false")+itemXML("6", 10, "Connection=front", "Address=02:00:00:00:00:01", "ResourceSubType=E1000")+
			itemXML("7", 15, "HostResource=ovf:/file/iso")+itemXML("8", 24)+`</VirtualHardwareSection>`)) + "</Envelope>"
}

// The plans of all examples, of every descriptor of the corpus and of one that
// fills all members are valid by the schema.
func TestSchemaAccepts(t *testing.T) {
	s := compileSchema(t)
	full := resolveText(t, everything(), Choices{Networks: map[string]string{"front": "prod"}})
	if full.plan == nil {
		t.Fatal(full.diags)
	}
	if err := validJSON(t, s, full.plan); err != nil {
		t.Error(err)
	}
	n := 0
	check := func(path string) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		env, found, err := envelope.Decode(data, envelope.DecodeOptions{Name: filepath.Base(path)})
		if err != nil || found.HasErrors() {
			return
		}
		p, err := Resolve(t.Context(), Input{Envelope: env}, Choices{})
		if err != nil {
			return
		}
		n++
		if err := validJSON(t, s, p); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	examples, _ := filepath.Glob("../examples/*/*.ovf")
	for _, p := range examples {
		check(p)
	}
	if n == 0 {
		t.Error("no example could be resolved")
	}
	for _, p := range corpus(t) {
		check(p)
	}
	t.Logf("%d plans", n)
}

// corpus returns the paths of the descriptors of the corpus, none if it is not
// there.
func corpus(t testing.TB) []string {
	t.Helper()
	const dir = "../../shared/corpus"
	index, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Log("../shared/corpus is not beside the repository")
		return nil
	}
	var out []string
	for line := range strings.Lines(string(index)) {
		if c := strings.Split(line, "\t"); len(c) > 11 && strings.HasPrefix(c[5], "descriptor") {
			out = append(out, filepath.Join(dir, c[0]))
		}
	}
	return out
}

// The schema refuses what a plan never is.
func TestSchemaRefuses(t *testing.T) {
	s := compileSchema(t)
	for _, change := range []func(p map[string]any){
		func(p map[string]any) { p["unknown"] = 1 },
		func(p map[string]any) { delete(p, "machines") },
		func(p map[string]any) { p["conformanceLevel"] = 4 },
		func(p map[string]any) {
			p["machines"] = []any{map[string]any{"id": "m", "hardware": map[string]any{"cpus": map[string]any{"value": -1}}}}
		},
		func(p map[string]any) { // a password that is shown
			p["machines"] = []any{map[string]any{"id": "m", "hardware": map[string]any{}, "properties": []any{
				map[string]any{"name": "k", "key": "k", "origin": map[string]any{"kind": "default"}, "password": true, "value": "s"}}}}
		},
	} {
		data, err := json.Marshal(resolveText(t, one(nil, itemXML("1", 3, "VirtualQuantity=1")), Choices{}).plan)
		if err != nil {
			t.Fatal(err)
		}
		var p map[string]any
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
		if err := validJSON(t, s, p); err != nil {
			t.Fatal(err)
		}
		change(p)
		if validJSON(t, s, p) == nil {
			t.Errorf("accepted: %v", p)
		}
	}
}

// The schema names the members of the Go types, no more and no fewer.
func TestSchemaMembers(t *testing.T) {
	var schema struct {
		Properties map[string]any
		Defs       map[string]map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	def := func(name string) map[string]any {
		p, _ := schema.Defs[name]["properties"].(map[string]any)
		return p
	}
	inner := func(m map[string]any, member string) map[string]any {
		e := m[member].(map[string]any)
		if items, ok := e["items"].(map[string]any); ok {
			e = items
		}
		return e["properties"].(map[string]any)
	}
	for _, tt := range []struct {
		typ     any
		members map[string]any
	}{
		{Plan{}, schema.Properties}, {diag.Location{}, def("location")}, {Text{}, def("text")}, {Origin{}, def("origin")}, {Quantity{}, def("quantity")},
		{Option{}, def("option")}, {Eula{}, def("eula")}, {Annotation{}, def("annotation")}, {Network{}, def("network")}, {Disk{}, def("disk")},
		{Collection{}, def("collection")}, {ScaleOut{}, def("scaleOut")}, {Machine{}, def("machine")}, {Install{}, inner(def("machine"), "install")},
		{EnvironmentFile{}, def("environmentFile")}, {Product{}, def("product")}, {OperatingSystem{}, def("os")}, {Hardware{}, def("hardware")}, {Controller{}, inner(def("hardware"), "controllers")},
		{NIC{}, inner(def("hardware"), "nics")}, {DiskDrive{}, def("drive")}, {Device{}, def("device")}, {Property{}, def("property")},
		{Reference{}, inner(def("property"), "references")}, {Stage{}, def("stage")}, {Step{}, inner(def("stage"), "steps")},
	} {
		typ := reflect.TypeOf(tt.typ)
		var want []string
		for i := range typ.NumField() {
			if name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); name != "-" {
				want = append(want, name)
			}
		}
		var got []string
		for name := range tt.members {
			got = append(got, name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the type %v", typ.Name(), got, want)
		}
	}
}

// Neither JSON nor text nor differences show a password.
func TestPasswordsHidden(t *testing.T) {
	c := Choices{Properties: []Setting{{Name: "secret", Value: "0perat0r-word", From: "--property"}}}
	a := resolveText(t, everything(), Choices{})
	b := resolveText(t, everything(), c)
	if a.plan == nil || b.plan == nil {
		t.Fatal(a.diags, b.diags)
	}
	var out bytes.Buffer
	for _, p := range []*Plan{a.plan, b.plan} {
		if err := json.NewEncoder(&out).Encode(p); err != nil {
			t.Fatal(err)
		}
		if err := WriteText(&out, p); err != nil {
			t.Fatal(err)
		}
	}
	changes := Diff(a.plan, b.plan)
	if len(changes) == 0 {
		t.Error("a new password is no change")
	}
	if err := WriteDiff(&out, changes); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&out).Encode(changes); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"s3cr3t-word", "0perat0r-word"} {
		if i := strings.Index(out.String(), secret); i >= 0 {
			t.Errorf("the password is shown: …%s…", out.String()[max(0, i-80):i+20])
		}
	}
	if !strings.Contains(out.String(), "secret") {
		t.Error("the property is not even named")
	}
}

// What is written as JSON can be read again.
func TestJSONReadable(t *testing.T) {
	p := resolveText(t, one(nil, itemXML("2", 4, "AllocationUnits=byte", "VirtualQuantity=18446744073709551615")), Choices{}).plan
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Plan
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&back)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, again) {
		t.Errorf("%s\n%s", data, again)
	}
}
