package grammar

import (
	"fmt"
	"testing"

	"github.com/ovfkit/ovf/schemas/internal/xsdset"
	"github.com/ovfkit/ovf/xmltree"
)

const (
	ns   = "urn:t"
	open = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">`
)

func load(t *testing.T, body string) *Grammar {
	t.Helper()
	set := xsdset.New()
	if err := set.Add(xsdset.Memory{"a.xsd": []byte(open + body + "</xs:schema>")}, "", "a.xsd"); err != nil {
		t.Fatal(err)
	}
	return Load(set)
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ simple, want string }{
		{`<xs:restriction base="xs:string"/>`, "any text"},
		{`<xs:restriction base="xs:string"><xs:maxLength value="64"/></xs:restriction>`, "any text of at most 64 characters"},
		{`<xs:restriction base="xs:boolean"/>`, "true or false"},
		{`<xs:restriction base="xs:unsignedByte"/>`, "a whole number from 0 to 255"},
		{`<xs:restriction base="xs:positiveInteger"/>`, "a whole number from 1 up"},
		{`<xs:restriction base="xs:int"><xs:minInclusive value="-5"/><xs:maxInclusive value="5"/></xs:restriction>`, "a whole number from -5 to 5"},
		{`<xs:restriction base="xs:unsignedShort"><xs:enumeration value="3"/><xs:enumeration value="1"/><xs:enumeration value="2"/></xs:restriction>`, "a whole number from 1 to 3"},
		{`<xs:restriction base="xs:string"><xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction>`, "one of a, b"},
		{`<xs:union memberTypes="xs:language"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value=""/></xs:restriction></xs:simpleType></xs:union>`, "a language tag such as en-US, or nothing"},
		{`<xs:union><xs:simpleType><xs:restriction base="xs:unsignedShort"><xs:enumeration value="0"/><xs:enumeration value="2"/></xs:restriction></xs:simpleType>
			<xs:simpleType><xs:restriction base="xs:unsignedShort"><xs:minInclusive value="5"/></xs:restriction></xs:simpleType></xs:union>`, "a whole number 0 or 2 or from 5 to 65535"},
		{`<xs:list itemType="xs:byte"/>`, "a list, separated by spaces, of a whole number from -128 to 127"},
		{`<xs:restriction base="xs:string"><xs:pattern value="[a-z]+"/></xs:restriction>`, "any text of the form [a-z]+"},
	} {
		g := load(t, `<xs:simpleType name="s">`+c.simple+`</xs:simpleType><xs:element name="e" type="t:s"/>`)
		if got := g.Root(Name{ns, "e"}).Type.Simple.String(); got != c.want {
			t.Errorf("%s\nis %q, want %q", c.simple, got, c.want)
		}
	}
}

// TestDerived checks what extension and restriction inherit, types that refer to
// each other, and substitution.
func TestDerived(t *testing.T) {
	g := load(t, `
		<xs:element name="head" type="t:base" abstract="true"/>
		<xs:element name="member" type="t:more" substitutionGroup="t:head"/>
		<xs:element name="grand" substitutionGroup="t:member"/>
		<xs:complexType name="more"><xs:complexContent><xs:extension base="t:base">
			<xs:sequence><xs:element name="b" type="t:more" maxOccurs="2"/><xs:element ref="t:head" minOccurs="0"/></xs:sequence>
			<xs:attribute name="y" type="xs:int" use="required"/>
		</xs:extension></xs:complexContent></xs:complexType>
		<xs:complexType name="base"><xs:sequence><xs:element name="a" type="t:more" minOccurs="0"/></xs:sequence>
			<xs:attribute name="x"/><xs:anyAttribute/></xs:complexType>
		<xs:complexType name="circle"><xs:complexContent><xs:extension base="t:circle"/></xs:complexContent></xs:complexType>
		<xs:group name="g"><xs:sequence><xs:group ref="t:g"/></xs:sequence></xs:group>
		<xs:complexType name="grouped"><xs:group ref="t:g"/></xs:complexType>`)
	more := g.NamedType(Name{ns, "more"})
	row, ok := more.Slots()
	if got := fmt.Sprint(len(row), ok); got != "3 true" || row[1].Max != 2 || row[0].Min != 0 {
		t.Fatalf("slots %s: %+v", got, row)
	}
	if len(more.Attributes) != 2 || !more.AnyAttribute {
		t.Errorf("attributes %+v", more.Attributes)
	}
	if !g.Accepts(&row[2], Name{ns, "grand"}) || g.Accepts(&row[1], Name{ns, "grand"}) {
		t.Error("substitution of a substitute")
	}
	if e := g.Child(more, Name{ns, "grand"}); e == nil || e.Type != more {
		t.Errorf("type of a substitute without one: %+v", e)
	}
	if e := g.Child(more, Name{ns, "a"}); e == nil || e.Type != more {
		t.Errorf("child of the base: %+v", e)
	}
	if m := g.Members(Name{ns, "head"}); len(m) != 1 || m[0].Local != "member" {
		t.Errorf("members %v", m)
	}
}

func TestWildcards(t *testing.T) {
	g := load(t, `<xs:element name="known" type="xs:int"/><xs:complexType name="t"><xs:sequence>
		<xs:any namespace="##other"/><xs:any namespace="##local ##targetNamespace"/><xs:any/></xs:sequence></xs:complexType>`)
	row, ok := g.NamedType(Name{ns, "t"}).Slots()
	if !ok || len(row) != 3 {
		t.Fatal(row, ok)
	}
	for _, c := range []struct {
		space string
		want  [3]bool
	}{{ns, [3]bool{false, true, true}}, {"", [3]bool{false, true, true}}, {"urn:o", [3]bool{true, false, true}}} {
		for i := range row {
			if got := g.Accepts(&row[i], Name{c.space, "x"}); got != c.want[i] {
				t.Errorf("wildcard %d takes namespace %q: %t", i, c.space, got)
			}
		}
	}
	if e := g.Child(g.NamedType(Name{ns, "t"}), Name{ns, "known"}); e == nil || e.Type.Simple == nil {
		t.Error("a declared element behind a wildcard has no declaration")
	}
}

// TestNoRow lists contents that are no plain row.
func TestNoRow(t *testing.T) {
	g := load(t, `<xs:complexType name="a"><xs:choice><xs:sequence><xs:element name="x"/><xs:element name="y"/></xs:sequence><xs:element name="z"/></xs:choice></xs:complexType>
		<xs:complexType name="b"><xs:sequence maxOccurs="2"><xs:element name="x"/><xs:element name="y"/></xs:sequence></xs:complexType>
		<xs:complexType name="c"><xs:all><xs:element name="x"/></xs:all></xs:complexType>
		<xs:complexType name="d"/>`)
	for _, name := range []string{"a", "b", "c"} {
		if row, ok := g.NamedType(Name{ns, name}).Slots(); ok {
			t.Errorf("%s is a row: %+v", name, row)
		}
	}
	if row, ok := g.NamedType(Name{ns, "d"}).Slots(); !ok || len(row) != 0 {
		t.Errorf("no content: %+v, %t", row, ok)
	}
}

// TestProver lists documents that must have no proof, each next to one that has.
func TestProver(t *testing.T) {
	g := load(t, `
		<xs:element name="r" type="t:r"/>
		<xs:element name="known" type="xs:boolean"/>
		<xs:attribute name="g" type="xs:boolean"/>
		<xs:complexType name="r"><xs:sequence>
			<xs:element name="a" type="t:leaf" minOccurs="0"/>
			<xs:element name="b" type="xs:unsignedByte" maxOccurs="2"/>
			<xs:element name="d" type="xs:dateTime" minOccurs="0"/>
			<xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
			<xs:attribute name="x" type="xs:language" use="required"/>
			<xs:anyAttribute processContents="lax"/></xs:complexType>
		<xs:complexType name="leaf"><xs:simpleContent><xs:extension base="t:short"/></xs:simpleContent></xs:complexType>
		<xs:simpleType name="short"><xs:restriction base="xs:string"><xs:maxLength value="2"/></xs:restriction></xs:simpleType>`)
	p := NewProver(g)
	for _, c := range []struct {
		body string
		want bool
	}{
		{`x='en'><b>0</b>`, true},
		{`><b>0</b>`, false},
		{`x='e1'><b>0</b>`, false},
		{`x='en-1'><b>0</b>`, true},
		{`x='en' y='1'><b>0</b>`, true},
		{`x='en' t:g='1'><b>0</b>`, true},
		{`x='en' t:g='2'><b>0</b>`, false},
		{`x='en' i:schemaLocation='a b'><b>0</b>`, true},
		{`x='en' i:mychemaLocation='a b'><b>0</b>`, false},
		{`x='en' i:type='t:r'><b>0</b>`, false}, // right, but not for here
		{`x='en'>`, false},
		{`x='en'><b>0</b><b>255</b>`, true},
		{`x='en'><b>0</b><b>256</b>`, false},
		{`x='en'><b>0</b><b>1</b><b>2</b>`, false},
		{`x='en'><b>0</b><a>é1</a>`, false},
		{`x='en'><a>é1</a><b>0</b>`, true},
		{`x='en'><a>123</a><b>0</b>`, false},
		{`x='en'><a><b/></a><b>0</b>`, false},
		{`x='en'><a y='1'/><b>0</b>`, false},
		{`x='en'><a i:schemaLocation='a b'/><b>0</b>`, true},
		{`x='en'>text<b>0</b>`, false},
		{`x='en'><b>0</b><d>2026-11-22T00:00:00Z</d>`, false}, // right, but not for here
		{`x='en'><b>0</b><o:e q='1'>text<o:f/></o:e>`, true},
		{`x='en'><b>0</b><o:e><known>true</known></o:e>`, false}, // right, but not for here
		{`x='en'><b>0</b><o:e t:g='3'/>`, false},
		{`x='en'><b>0</b><o:e i:nil='true'/>`, false},
		{`x='en'><o:e/><b>0</b>`, false},
		{`x='en'><b>0</b><e xmlns=''/>`, false},
	} {
		text := `<r xmlns="urn:t" xmlns:t="urn:t" xmlns:o="urn:o" xmlns:i="` + nsXSI + `" ` + c.body + `</r>`
		doc, err := xmltree.Parse("r", []byte(text), xmltree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Valid(doc, doc.Source()); got != c.want {
			t.Errorf("%s: proof %t, want %t", c.body, got, c.want)
		}
	}
}
