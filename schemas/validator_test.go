package schemas_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

const head = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" ` +
	`xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" ` +
	`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:v="urn:example:vendor">` + "\n"

const system = "<VirtualSystem ovf:id=\"a\">\n<Info/>\n%s</VirtualSystem>\n</Envelope>"

// in makes a descriptor with something at the level of the package and something
// in its virtual system, each from line 3 or 6 on.
func in(pkg, vs string) []byte {
	return []byte(head + "<References/>\n" + pkg + fmt.Sprintf(system, vs))
}

// TestDiagnostics checks rule, place and words by hand.
func TestDiagnostics(t *testing.T) {
	v := compile(t, schemas.Options{})
	hardware := func(item string) string {
		return "<VirtualHardwareSection><Info/><Item>\n" + item + "</Item></VirtualHardwareSection>\n"
	}
	for _, c := range []struct {
		name string
		doc  []byte
		want []string // line:column path rule: part of the message | part of the hint
	}{
		{"misspelt child", in("<DiskSection><Info/>\n<disk ovf:diskId='d' ovf:capacity='1'/></DiskSection>\n", ""),
			[]string{`4:1 /Envelope/DiskSection/disk schema-element-unexpected: "disk" is not expected in "DiskSection": it may still have Disk | is Disk meant?`}},
		{"misspelt section", in("<NetworksSection><Info/></NetworksSection>\n", ""),
			[]string{`3:1 /Envelope/NetworksSection schema-element-unexpected: it may still have a section such as AnnotationSection or Strings | is NetworkSection meant?`}},
		{"child without namespace", in("<DiskSection><Info/><Disk xmlns='' id='d'/></DiskSection>\n", ""),
			[]string{`3:21 /Envelope/DiskSection/Disk schema-element-unexpected: | write ovf:Disk: the element needs its namespace`}},
		{"section of 2.x", in("<SharedDiskSection><Info/></SharedDiskSection>\n", ""),
			[]string{`3:1 /Envelope/SharedDiskSection schema-element-unexpected: | OVF 2.x has this section`}},
		{"two systems", []byte(strings.Replace(string(in("", "")), "</Envelope>", "<VirtualSystem ovf:id='b'><Info/></VirtualSystem></Envelope>", 1)),
			[]string{`6:1 /Envelope/VirtualSystem[2] schema-element-repeated: only once | VirtualSystemCollection`}},
		{"one child out of order, the rest in order", in("", hardware("<rasd:VirtualQuantity>2</rasd:VirtualQuantity>\n<rasd:ElementName>n</rasd:ElementName>\n<rasd:InstanceID>1</rasd:InstanceID>\n<rasd:ResourceType>3</rasd:ResourceType>\n")),
			[]string{`6:1 /Envelope/VirtualSystem/VirtualHardwareSection/Item/rasd:VirtualQuantity schema-element-order: its place is behind "rasd:ResourceType" | move it behind line 9`}},
		{"missing and wrong order", in("", hardware("<rasd:ResourceType>3</rasd:ResourceType>\n<rasd:InstanceID>1</rasd:InstanceID>\n")),
			[]string{
				`5:32 /Envelope/VirtualSystem/VirtualHardwareSection/Item schema-element-missing: "Item" has no rasd:ElementName | `,
				`6:1 /Envelope/VirtualSystem/VirtualHardwareSection/Item/rasd:ResourceType schema-element-order: behind "rasd:InstanceID" | move it behind line 7`,
			}},
		{"no info and no content", []byte(head + "<References/><DiskSection/></Envelope>"),
			[]string{
				`1:1 /Envelope schema-element-missing: "Envelope" has no VirtualSystem or VirtualSystemCollection | `,
				`2:14 /Envelope/DiskSection schema-element-missing: "DiskSection" has no Info | `,
			}},
		{"number too large", in("", hardware("<rasd:ElementName/><rasd:InstanceID/>\n<rasd:ResourceType>70000</rasd:ResourceType>\n")),
			[]string{`7:20 /Envelope/VirtualSystem/VirtualHardwareSection/Item/rasd:ResourceType schema-value: "70000": expected is a whole number from 0 to 65535 | `}},
		{"caption too long", in("", hardware("<rasd:Caption>"+strings.Repeat("é", 65)+"</rasd:Caption><rasd:ElementName/><rasd:InstanceID/>")),
			[]string{`6:15 /Envelope/VirtualSystem/VirtualHardwareSection/Item/rasd:Caption schema-value: any text of at most 64 characters | `}},
		{"columns count characters", in("", "<OperatingSystemSection x:é='é' xmlns:x='urn:x' ovf:id='é'><Info/></OperatingSystemSection>\n"),
			[]string{`5:49 /Envelope/VirtualSystem/OperatingSystemSection/@ovf:id schema-value: has the value "é" | `}},
		{"prefix forgotten", in("<NetworkSection><Info/><Network name='lan'/></NetworkSection>\n", ""),
			[]string{`3:24 /Envelope/NetworkSection/Network schema-attribute-missing: "Network" has no attribute "ovf:name" | write ovf:name: "name" without prefix is another attribute`}},
		{"boolean", in("", "<ProductSection ovf:required='yes'><Info/></ProductSection>\n"),
			[]string{`5:17 /Envelope/VirtualSystem/ProductSection/@ovf:required schema-value: expected is true or false | `}},
		{"text", in("<NetworkSection><Info/>\n  stray <Network ovf:name='a'/></NetworkSection>\n", ""),
			[]string{`4:3 /Envelope/NetworkSection schema-text: the text "stray" stands in "NetworkSection" | `}},
		{"child in text", in("<NetworkSection><Info><b/></Info></NetworkSection>\n", ""),
			[]string{`3:23 /Envelope/NetworkSection/Info/b schema-element-unexpected: stands in "Info", which holds text, not elements | `}},
		{"type of before the standard", in("<Section xsi:type='ovf:DiskSection_Typ'><Info/></Section>\n", ""),
			[]string{`3:10 /Envelope/Section/@xsi:type schema-type: names no type that fits there | name the element after the kind of section`}},
		{"head used as an element", in("<Section><Info/></Section>\n", ""),
			[]string{`3:1 /Envelope/Section schema-type: stands for others and cannot be used itself: expected is AnnotationSection, DeploymentOptionSection | `}},
		{"vendor sections, and a mistake behind them", in("<v:ASection><junk/></v:ASection>\n<DiskSection><Info/><Disk/></DiskSection>\n", "<v:BSection ovf:required='false'/>\n"),
			[]string{
				`3:1 /Envelope/v:ASection schema-vendor-section: "v:ASection" of the vendor namespace "urn:example:vendor" is declared by no schema at hand: nothing in it was checked; without ovf:required="false", products | load the vendor's schema`,
				`4:21 /Envelope/DiskSection/Disk schema-attribute-missing: "ovf:diskId" | `,
				`4:21 /Envelope/DiskSection/Disk schema-attribute-missing: "ovf:capacity" | `,
				`7:1 /Envelope/VirtualSystem/v:BSection schema-vendor-section: nothing in it was checked | `,
			}},
		{"vendor section where none may stand", []byte(strings.Replace(string(in("", "")), "</Envelope>", "<v:Late/></Envelope>", 1)),
			[]string{`6:1 /Envelope/v:Late schema-element-unexpected: "v:Late" is not expected in "Envelope" | `}},
		{"lax content", in("<NetworkSection><Info/><v:x xsi:nil='true'>text<v:y/></v:x></NetworkSection>\n", ""), nil},
		{"root of a draft", []byte("<e:Envelope xmlns:e='http://www.vmware.com/schema/ovf/1/envelope'/>"),
			[]string{`1:1 /e:Envelope schema-root: "http://www.vmware.com/schema/ovf/1/envelope" | OVF 0.9`}},
		{"root of the right namespace", []byte("<e:File xmlns:e='http://schemas.dmtf.org/ovf/envelope/1'/>"),
			[]string{`1:1 /e:File schema-root: "File" | the namespace is right, the element is not`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := validate(t, v, c.doc).Diagnostics
			for i, d := range got {
				at := d.Location
				if i >= len(c.want) || !matches(fmt.Sprintf("%d:%d %s %s: ", at.Line, at.Column, at.Path, d.Rule), d, c.want[i]) {
					t.Errorf("diagnostic %d is\n%d:%d %s %s: %s | %s", i, at.Line, at.Column, at.Path, d.Rule, d.Message, d.Hint)
				}
				if at.File != "test.ovf" || d.Layer != diag.Schema || d.Clause == "" {
					t.Errorf("file, layer or clause is missing: %+v", d)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("%d diagnostics, want %d", len(got), len(c.want))
			}
		})
	}
}

func matches(prefix string, d diag.Diagnostic, want string) bool {
	rest, ok := strings.CutPrefix(want, prefix)
	message, hint, _ := strings.Cut(rest, "|")
	return ok && strings.Contains(d.Message, strings.TrimSpace(message)) && strings.Contains(d.Hint, strings.TrimSpace(hint))
}

func TestVersionsOfDocuments(t *testing.T) {
	read := func(name string) string { return string(read(t, name).Data) }
	full, cim := read("full-1.x.ovf"), read("cim-1.1.0.ovf")
	undelayed := strings.Replace(full, ` ovf:initialBootStopDelay="300"`, "", 1)
	units := strings.NewReplacer("<rasd:Weight>", "<rasd:VirtualQuantityUnits>byte</rasd:VirtualQuantityUnits><rasd:Weight>").Replace(full)
	v := compile(t, schemas.Options{})
	for _, c := range []struct {
		name, doc string
		want      []schemas.Version
	}{
		{"all 1.x", full, []schemas.Version{schemas.V1_0_0, schemas.V1_1_0, schemas.V1_1_1}},
		{"1.1.0 alone", cim, []schemas.Version{schemas.V1_1_0}},
		{"no delay", undelayed, []schemas.Version{schemas.V1_0_0, schemas.V1_1_0}},
		{"units", units, []schemas.Version{schemas.V1_1_0, schemas.V1_1_1}},
		{"bundle", read("strings.xml"), []schemas.Version{schemas.V1_1_0, schemas.V1_1_1}},
		{"password that is no boolean", strings.Replace(full, `ovf:key="on"`, `ovf:key="on" ovf:password="maybe"`, 1), []schemas.Version{schemas.V1_0_0}},
		{"2.x", read("full-2.x.ovf"), []schemas.Version{schemas.V2_0_1}},
		{"environment", read("environment.xml"), schemas.Versions()},
		{"neither", strings.Replace(full, `ovf:order="1"`, "", 1), nil},
	} {
		got := validate(t, v, []byte(c.doc))
		if !slices.Equal(got.Versions, c.want) {
			t.Errorf("%s: fits %v, want %v\n%v", c.name, got.Versions, c.want, got.Diagnostics)
		}
	}
}

// TestClosest checks that a document that fits no version is explained by the
// version with the fewest errors.
func TestClosest(t *testing.T) {
	doc := strings.Replace(string(read(t, "cim-1.1.0.ovf").Data), `ovf:id="vm"`, "", 1)
	got := validate(t, compile(t, schemas.Options{}), []byte(doc))
	if len(got.Diagnostics) != 1 || got.Diagnostics[0].Clause != "DSP8023 1.1.0" || got.Diagnostics[0].Rule != schemas.RuleAttrMissing {
		t.Errorf("diagnostics:\n%v", got.Diagnostics)
	}
}

// TestReadOver checks what the parser lets pass: problems of namespaces, and
// documents in other encodings.
func TestReadOver(t *testing.T) {
	v := compile(t, schemas.Options{})
	good := string(in("<NetworkSection ovf:required='true'><Info>é</Info></NetworkSection>\n", ""))
	latin := []byte("<?xml version='1.0' encoding='ISO-8859-1'?>" + strings.ReplaceAll(good, "é", "\xe9"))
	for name, doc := range map[string][]byte{
		"latin 1":            latin,
		"XML 1.1":            []byte("<?xml version='1.1'?>" + good),
		"XML 1.000":          []byte("<?xml version='1.000'?>" + good),
		"undeclared prefix":  []byte(strings.Replace(good, "<References/>", "<References nowhere:a='1'/>", 1)),
		"attribute twice":    []byte(strings.Replace(good, "ovf:required='true'", "xmlns:w='http://schemas.dmtf.org/ovf/envelope/1' ovf:required='true' w:required='true'", 1)),
		"prefix for nothing": []byte(strings.Replace(good, "<References/>", "<References xmlns:z=''/>", 1)),
		"schema location":    []byte(strings.Replace(good, "<References/>", "<References xsi:schemaLocation='odd number of words'/>", 1)),
	} {
		if got := validate(t, v, doc); !got.Valid() {
			t.Errorf("%s: %v", name, got.Diagnostics)
		}
	}
	element := strings.Replace(good, "<References/>", "<References><nowhere:a>\n</nowhere:a></References>", 1)
	got := validate(t, v, []byte(element))
	if len(got.Diagnostics) != 1 || got.Diagnostics[0].Rule != schemas.RuleUnexpected || got.Diagnostics[0].Location.Column != 13 {
		t.Errorf("element with an undeclared prefix: %v", got.Diagnostics)
	}
}

func TestMaxDiagnostics(t *testing.T) {
	doc := in("<DiskSection><Info/>"+strings.Repeat("<Disk ovf:capacity='1'/>", 5000)+"</DiskSection>", "")
	for limit, want := range map[int]int{0: diag.DefaultMax, 7: 7} {
		got := validate(t, compile(t, schemas.Options{MaxDiagnostics: limit}), doc)
		if len(got.Diagnostics) != want {
			t.Errorf("limit %d: %d diagnostics, want %d", limit, len(got.Diagnostics), want)
		}
	}
	if _, err := schemas.Compile(schemas.Options{MaxDiagnostics: -1}); err == nil {
		t.Error("a negative limit was accepted")
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	v := compile(t, schemas.Options{})
	if _, err := v.Validate(ctx, parse(t, in("", ""))); !errors.Is(err, why) {
		t.Errorf("error %v", err)
	}
	if got := validate(t, v, in("", "")); !got.Valid() {
		t.Errorf("after a canceled call: %v", got.Diagnostics)
	}
}

// failing is an engine that cannot check.
type failing struct{}

func (failing) Check(context.Context, *xmltree.Document, string, int) ([]schemas.Finding, error) {
	return nil, &schemas.EngineError{Err: errors.New("no")}
}

func TestOtherEngines(t *testing.T) {
	if _, err := schemas.CompileWith(schemas.Options{}, nil); err == nil {
		t.Error("no engine was accepted")
	}
	made := 0
	v, err := schemas.CompileWith(schemas.Options{}, func(_ context.Context, set schemas.Set) (schemas.Engine, error) {
		made++
		if len(set.Entries) != 1 || set.Files[set.Entries[0]] == nil {
			t.Errorf("entries %v, %d files", set.Entries, len(set.Files))
		}
		return failing{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var e *schemas.EngineError
		if _, err := v.Validate(t.Context(), parse(t, in("", ""))); !errors.As(err, &e) {
			t.Errorf("error %v", err)
		}
	}
	if made != 1 {
		t.Errorf("the engine was made %d times", made)
	}
}

func TestConcurrent(t *testing.T) {
	v := compile(t, schemas.Options{})
	docs := []*xmltree.Document{parse(t, read(t, "full-1.x.ovf").Data), parse(t, read(t, "full-2.x.ovf").Data), parse(t, in("<disk/>", ""))}
	var want [3]string
	for i, d := range docs {
		r, err := compile(t, schemas.Options{}).Validate(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		want[i] = fmt.Sprint(r)
	}
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 12 {
				k := (n + i) % len(docs)
				r, err := v.Validate(t.Context(), docs[k])
				if got := fmt.Sprint(r); err != nil || got != want[k] {
					t.Errorf("document %d: %s, %v", k, got, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestNothingIsLoaded makes sure that no name of a file that a document gives is
// opened: the folder has what the hints name.
func TestNothingIsLoaded(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile(filepath.Join(dir, "vendor.xsd"), []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:vendor"><xs:element name="x" type="xs:int"/></xs:schema>`), 0o600); err != nil {
		t.Fatal(err)
	}
	doc := in("<NetworkSection xsi:schemaLocation='urn:example:vendor vendor.xsd'><Info/><v:x>no number</v:x></NetworkSection>\n", "")
	if got := validate(t, compile(t, schemas.Options{}), doc); !got.Valid() {
		t.Errorf("the schema that the document names was used: %v", got.Diagnostics)
	}
}

// TestManyMistakes gives an element very many children that are wrong: what is
// reported is bounded, and so is the work. (If it grew with the square of their
// number, this test would not end.)
func TestManyMistakes(t *testing.T) {
	const n = 50_000
	v := compile(t, schemas.Options{})
	for name, c := range map[string]struct {
		doc            []byte
		errors, others int
	}{
		"attributes": {in("<DiskSection><Info/>"+strings.Repeat("<Disk/>\n", n)+"</DiskSection>\n", ""), diag.DefaultMax, 0},
		"unexpected": {in("<DiskSection><Info/>"+strings.Repeat("<dsk/>\n", n)+"</DiskSection>\n", ""), diag.DefaultMax, 0},
		"order":      {in("<DiskSection><Info/>"+strings.Repeat("<v:x/><Disk/>\n", n)+"</DiskSection>\n", ""), diag.DefaultMax, 0},
		"vendors":    {in(strings.Repeat("<v:x/>\n", n), ""), 0, diag.DefaultMax},
	} {
		got := validate(t, v, c.doc)
		if errors := got.Diagnostics.Count(diag.Error); errors != c.errors || len(got.Diagnostics) != c.errors+c.others {
			t.Errorf("%s: %d errors of %d diagnostics, want %d and %d others", name, errors, len(got.Diagnostics), c.errors, c.others)
		}
		if c.others > 0 && got.Undeclared != n {
			t.Errorf("%s: %d undeclared, want %d", name, got.Undeclared, n)
		}
	}
}
