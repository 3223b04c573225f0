package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/plan"
)

// optionsXML offers the options s (the default) and m.
const optionsXML = `<DeploymentOptionSection><Info>Sizes</Info>
<Configuration ovf:id="s" ovf:default="true"><Label>S</Label><Description>Small</Description></Configuration>
<Configuration ovf:id="m"><Label>M</Label><Description>Medium</Description></Configuration></DeploymentOptionSection>`

// descriptor wraps sections of the envelope and content.
func descriptor(version, top, content string) string {
	return `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/` + version + `" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/` + version + `">
<References/>` + top + "\n" + content + `
</Envelope>`
}

// product is a ProductSection with properties.
func product(attrs string, properties ...string) string {
	return `<ProductSection ` + attrs + `><Info>P</Info>` + strings.Join(properties, "\n") + `</ProductSection>`
}

// prop is a Property.
func prop(key, attrs string, values ...string) string {
	if !strings.Contains(attrs, "ovf:type=") {
		attrs += ` ovf:type="string"`
	}
	return `<Property ovf:key="` + key + `" ` + attrs + `>` + strings.Join(values, "") + `</Property>`
}

// system and collection are content.
func system(id string, parts ...string) string {
	return `<VirtualSystem ovf:id="` + id + `"><Info>V</Info>` + strings.Join(parts, "\n") + `<VirtualHardwareSection><Info>H</Info></VirtualHardwareSection></VirtualSystem>`
}

func collection(id string, parts ...string) string {
	return `<VirtualSystemCollection ovf:id="` + id + `"><Info>C</Info>` + strings.Join(parts, "\n") + `</VirtualSystemCollection>`
}

func decodeText(t testing.TB, text string) *envelope.Envelope {
	t.Helper()
	env, _, err := envelope.Decode([]byte(text), envelope.DecodeOptions{Name: "test.ovf"})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return env
}

func resolveText(t testing.TB, text string, c plan.Choices) (*plan.Plan, error) {
	t.Helper()
	return plan.Resolve(context.Background(), plan.Input{Envelope: decodeText(t, text)}, c)
}

// rulesOf lists severity and rule of each diagnostic.
func rulesOf(list diag.List) string {
	var out []string
	for _, d := range list {
		out = append(out, d.Severity.String()+" "+d.Rule)
	}
	return strings.Join(out, ", ")
}

// set makes settings of "name=value".
func set(list ...string) []plan.Setting {
	var out []plan.Setting
	for _, s := range list {
		name, value, _ := strings.Cut(s, "=")
		out = append(out, plan.Setting{Name: name, Value: value, From: "--property"})
	}
	return out
}

// propertyCase is a descriptor with what becomes of its properties: want has
// "machine: name=value name=value", fails the rules of the error.
type propertyCase struct {
	name    string
	v2      bool
	top     string
	content string
	choices plan.Choices
	want    string
	fails   string
	notes   string // of a plan
}

func runPropertyCases(t *testing.T, cases []propertyCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			version := "1"
			if c.v2 {
				version = "2"
			}
			p, err := resolveText(t, descriptor(version, c.top, c.content), c.choices)
			if err != nil {
				var list diag.List
				if !errors.As(err, &list) || p != nil {
					t.Fatalf("plan %v, error %v", p, err)
				}
				if got := rulesOf(list); got != c.fails {
					t.Errorf("got %s\nwant %s\n%v", got, c.fails, err)
				}
				return
			}
			if c.fails != "" {
				t.Fatalf("resolved, want %s", c.fails)
			}
			var lines []string
			for _, m := range p.Machines {
				line := m.ID + ":"
				for _, x := range m.Properties {
					line += " " + x.Name + "=" + x.Value
				}
				lines = append(lines, line)
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := rulesOf(p.Diagnostics); got != c.notes {
				t.Errorf("notes %q, want %q\n%v", got, c.notes, p.Diagnostics)
			}
		})
	}
}

const free = `ovf:userConfigurable="true"`

// Where values come from (DSP0243 9.5, 9.8).
func TestPropertyValue(t *testing.T) {
	value := func(v, configuration string) string {
		if configuration != "" {
			configuration = ` ovf:configuration="` + configuration + `"`
		}
		return `<Value ovf:value="` + v + `"` + configuration + `/>`
	}
	perOption := system("a", product("", prop("k", free+` ovf:value="base"`, value("small", "s"), value("other", "x m"))))
	runPropertyCases(t, []propertyCase{
		{name: "none", content: system("a"), want: "a:"},
		{name: "value", content: system("a", product("", prop("k", `ovf:value="v"`))), want: "a: k=v"},
		{name: "names", content: system("a", product(`ovf:class="c"`, prop("k", `ovf:value="1"`)), product(`ovf:class="c" ovf:instance="i"`, prop("k", `ovf:value="2"`)), product(`ovf:instance="i"`, prop("k", `ovf:value="3"`))),
			want: "a: c.k=1 c.k.i=2 k.i=3"},
		{name: "no value", content: system("a", product("", prop("k", free))), want: "a: k=", notes: "info value-empty"},
		{name: "empty value", content: system("a", product("", prop("k", free+` ovf:value=""`))), want: "a: k="},
		{name: "fixed without value", content: system("a", product("", prop("k", ``))), want: "a: k="},
		{name: "fixed number without value", content: system("a", product("", prop("k", `ovf:type="uint8"`))), want: "a: k=", notes: "warning value-missing"},
		{name: "operator", content: system("a", product("", prop("k", free+` ovf:value="v"`))), choices: plan.Choices{Properties: set("k=mine")}, want: "a: k=mine"},
		{name: "operator empty", content: system("a", product("", prop("k", free+` ovf:value="v"`))), choices: plan.Choices{Properties: set("k=")}, want: "a: k="},
		{name: "operator text is literal", content: collection("c", product("", prop("x", `ovf:value="1"`)), system("a", product("", prop("k", free)))),
			choices: plan.Choices{Properties: set("k=${x}")}, want: "a: k=${x} x=1"},
		{name: "default option", top: optionsXML, content: strings.Replace(perOption, "x m", "m", 1), want: "a: k=small"},
		{name: "chosen option", top: optionsXML, content: strings.Replace(perOption, "x m", "m", 1), choices: plan.Choices{Option: "m"}, want: "a: k=other"},
		{name: "operator before option", top: optionsXML, content: strings.Replace(perOption, "x m", "m", 1), choices: plan.Choices{Option: "m", Properties: set("k=mine")}, want: "a: k=mine"},
		{name: "value for unknown option", top: optionsXML, content: perOption, fails: "error option-unknown"},
		{name: "value for another option", top: optionsXML, content: system("a", product("", prop("k", `ovf:value="base"`, value("v", "m")))), want: "a: k=base"},
		{name: "two values for one option", top: optionsXML, content: system("a", product("", prop("k", ``, value("1", "s"), value("2", "m s")))), want: "a: k=1", notes: "warning value-alternatives"},
		{name: "value without option", content: system("a", product("", prop("k", ``, value("1", "")))), want: "a: k=1"},
		{name: "value without option beside another", content: system("a", product("", prop("k", `ovf:value="0"`, value("1", "")))), want: "a: k=0", notes: "warning value-alternatives"},
		{name: "property for an option of 2.x", v2: true, top: optionsXML, content: system("a", product("", prop("k", `ovf:value="1" ovf:configuration="m"`), prop("k", `ovf:value="2" ovf:configuration="s"`))), want: "a: k=2"},
		{name: "property for another option of 2.x", v2: true, top: optionsXML, content: system("a", product("", prop("k", `ovf:value="1" ovf:configuration="m"`))), want: "a:"},
		{name: "configuration of a property in 1.x", top: optionsXML, content: system("a", product("", prop("k", `ovf:value="1" ovf:configuration="m"`))), want: "a: k=1"},
		{name: "one name twice", content: system("a", product("", prop("k", `ovf:value="1"`), prop("k", `ovf:value="2"`))), fails: "error property-collision"},
		{name: "the same twice", content: system("a", product("", prop("k", `ovf:value="1"`), prop("k", `ovf:value="1"`))), want: "a: k=1", notes: "warning property-collision"},
		{name: "one full name of two", content: system("a", product(`ovf:class="a.b"`, prop("c", `ovf:value="1"`)), product(`ovf:class="a" ovf:instance="c"`, prop("b", `ovf:value="2"`))), fails: "error property-collision"},
	})
}

// Types and qualifiers of defaults and of the operator's values.
func TestPropertyTypes(t *testing.T) {
	one := func(attrs string) string { return system("a", product("", prop("k", attrs))) }
	runPropertyCases(t, []propertyCase{
		{name: "default of wrong type", content: one(`ovf:type="uint8" ovf:value="300"`), fails: "error value-unfit"},
		{name: "default breaks qualifiers", content: one(`ovf:qualifiers="MinLen(4)" ovf:value="abc"`), fails: "error value-unfit"},
		{name: "default below MinValue", content: one(`ovf:type="uint8" ovf:qualifiers="MinValue(4)" ovf:value="3"`), want: "a: k=3", notes: "warning value-unfit"},
		{name: "default of a vendor type", content: one(`ovf:type="ip" ovf:value="dhcp"`), want: "a: k=dhcp", notes: "warning value-unfit"},
		{name: "operator", content: one(free + ` ovf:type="uint8" ovf:value="3"`), choices: plan.Choices{Properties: set("k=300")}, fails: "error choice-property-value"},
		{name: "operator below MinValue", content: one(free + ` ovf:type="uint8" ovf:qualifiers="MinValue(4)" ovf:value="5"`), choices: plan.Choices{Properties: set("k=3")}, fails: "error choice-property-value"},
		{name: "operator mends a default", content: one(free + ` ovf:type="uint8" ovf:value="300"`), choices: plan.Choices{Properties: set("k=30")}, want: "a: k=30"},
		{name: "not in the list", content: one(free + ` ovf:qualifiers='ValueMap{"x","y"}'`), choices: plan.Choices{Properties: set("k=z")}, fails: "error choice-property-value"},
		{name: "in the list", content: one(free + ` ovf:qualifiers='ValueMap{"x","y"}'`), choices: plan.Choices{Properties: set("k=y")}, want: "a: k=y"},
		{name: "required", content: one(free + ` ovf:type="uint8"`), fails: "error choice-property-required"},
		{name: "required, empty default", content: one(free + ` ovf:type="boolean" ovf:value=""`), fails: "error choice-property-required"},
		{name: "required by qualifiers", content: one(free + ` ovf:qualifiers="MinLen(1)"`), fails: "error choice-property-required"},
		{name: "all required at once", content: system("a", product("", prop("k", free+` ovf:type="uint8"`), prop("l", free+` ovf:type="boolean"`)), product(`ovf:class="c"`, prop("m", free+` ovf:type="real32"`))),
			fails: "error choice-property-required, error choice-property-required, error choice-property-required"},
		{name: "address that vSphere gives", content: one(`ovf:type="ip:Net"`), want: "a: k=", notes: "info value-reference-platform"},
		{name: "address that the operator gives", content: one(free + ` ovf:type="ip"`), fails: "error choice-property-required"},
	})
}

// What a reference reaches (DSP0243 9.5): the properties of the collection around.
func TestPropertyReference(t *testing.T) {
	nested := func(inner, own string) string {
		return collection("outer", product("", prop("o", `ovf:value="O"`)),
			collection("inner", product(`ovf:class="c"`, inner), system("a", product("", own))))
	}
	ref := func(v string) string { return prop("k", `ovf:value="`+v+`"`) }
	runPropertyCases(t, []propertyCase{
		{name: "key", content: nested(prop("i", `ovf:value="I"`), ref("(${i})")), want: "a: k=(I) c.i=I"},
		{name: "full name", content: nested(prop("i", `ovf:value="I"`), ref("${c.i}")), want: "a: k=I c.i=I"},
		{name: "several", content: nested(prop("i", `ovf:value="I"`), ref("${i}-${c.i}-$${i}-$5")), want: "a: k=I-I-${i}-$5 c.i=I"},
		{name: "through the collection", content: nested(prop("i", `ovf:value="${o}!"`), ref("${i}")), want: "a: k=O! c.i=O!"},
		{name: "not the collection further out", content: nested(prop("i", `ovf:value="I"`), ref("${o}")), fails: "error value-reference"},
		{name: "not beside", content: nested(prop("i", `ovf:value="I"`), ref("${l}")+prop("l", `ovf:value="L"`)), fails: "error value-reference"},
		{name: "not itself", content: nested(prop("i", `ovf:value="I"`), ref("${k}")), fails: "error value-reference"},
		{name: "cycle", content: collection("c", product("", prop("x", `ovf:value="${y}"`), prop("y", `ovf:value="${x}"`)), system("a")), fails: "error value-reference, error value-reference"},
		{name: "undefined", content: nested(prop("i", `ovf:value="I"`), ref("${none}")), fails: "error value-reference"},
		{name: "letter case", content: nested(prop("i", `ovf:value="I"`), ref("${I}")), fails: "error value-reference"},
		{name: "without collection", content: system("a", product("", ref("${i}"))), fails: "error value-reference"},
		{name: "one mistake, one report", content: nested(prop("i", `ovf:value="${none}"`), ref("${i}")), fails: "error value-reference"},
		{name: "overrides, and refers to what it overrides", content: collection("c", product("", prop("k", `ovf:value="K"`)), system("a", product("", ref("own ${k}")))), want: "a: k=own K"},
		{name: "override by full name only", content: collection("c", product(`ovf:class="x"`, prop("k", `ovf:value="K"`)), system("a", product("", ref("own")))), want: "a: k=own x.k=K"},
		{name: "ambiguous key", content: collection("c", product(`ovf:class="x"`, prop("i", `ovf:value="1"`)), product(`ovf:class="y"`, prop("i", `ovf:value="2"`)), system("a", product("", ref("${i}")))), fails: "error value-reference-ambiguous"},
		{name: "key that is a full name", content: collection("c", product(``, prop("i", `ovf:value="1"`)), product(`ovf:class="y"`, prop("i", `ovf:value="2"`)), system("a", product("", ref("${i}")))), want: "a: k=1 i=1 y.i=2"},
		{name: "broken", content: system("a", product("", ref("${x"))), want: "a: k=${x", notes: "warning value-reference-syntax"},
		{name: "of vSphere", content: system("a", product("", prop("k", `ovf:type="ip" ovf:value="${ip:VM Network}"`))), want: "a: k=${ip:VM Network}", notes: "info value-reference-platform"},
		{name: "operator's value passes on", content: nested(prop("i", free+` ovf:value="I"`), ref("${i}")), choices: plan.Choices{Properties: set("i=mine")}, want: "a: k=mine c.i=mine"},
		{name: "type of the result", content: collection("c", product("", prop("i", free+` ovf:value="80"`)), system("a", product("", prop("k", `ovf:type="uint8" ovf:value="${i}"`)))),
			choices: plan.Choices{Properties: set("i=300")}, fails: "error value-unfit"},
		{name: "siblings", content: collection("c", product("", prop("i", `ovf:value="I"`)), system("a"), system("b", product("", ref("${i}")))), want: "a: i=I\nb: k=I i=I"},
		{name: "collection in collection", content: nested(prop("i", `ovf:value="I"`), ""), want: "a: c.i=I"},
	})
}

// Names of settings.
func TestSettings(t *testing.T) {
	two := collection("c", product("", prop("ip", free), prop("fixed", `ovf:value="1"`)),
		system("a", product(`ovf:class="x"`, prop("port", free+` ovf:value="1"`), prop("fixed", free+` ovf:value="2"`))),
		system("b", product(`ovf:class="x"`, prop("port", free+` ovf:value="1"`))))
	choose := func(s ...string) plan.Choices {
		return plan.Choices{Properties: append(set("ip=1.2.3.4"), set(s...)...)}
	}
	ranked := choose("a/port=5", "a/port=6")
	ranked.Properties[1].Rank = 1
	runPropertyCases(t, []propertyCase{
		{name: "key", content: two, choices: choose(), want: "a: x.port=1 x.fixed=2 ip=1.2.3.4 fixed=1\nb: x.port=1 ip=1.2.3.4 fixed=1"},
		{name: "with id", content: two, choices: choose("a/port=2", "b/x.port=3"), want: "a: x.port=2 x.fixed=2 ip=1.2.3.4 fixed=1\nb: x.port=3 ip=1.2.3.4 fixed=1"},
		{name: "ambiguous", content: two, choices: choose("port=2"), fails: "error choice-property-ambiguous"},
		{name: "unknown", content: two, choices: choose("ports=2", "d/port=2"), fails: "error choice-property, error choice-property"},
		{name: "fixed", content: two, choices: choose("fixed=2"), fails: "error choice-property-fixed"},
		{name: "among several the one that can be set", content: collection("c", product(`ovf:class="y"`, prop("fixed", `ovf:value="1"`)), system("a", product(`ovf:class="x"`, prop("fixed", free)))),
			choices: plan.Choices{Properties: set("fixed=3")}, want: "a: x.fixed=3 y.fixed=1"},
		{name: "twice", content: two, choices: choose("a/port=2", "a/x.port=2"), fails: "error choice-property-repeated"},
		{name: "rank", content: two, choices: ranked, want: "a: x.port=5 x.fixed=2 ip=1.2.3.4 fixed=1\nb: x.port=1 ip=1.2.3.4 fixed=1"},
		{name: "of the envelope", top: product("", prop("e", free)), content: system("a"), choices: plan.Choices{Properties: set("e=1")}, want: "a:"},
		{name: "all at once", top: optionsXML, content: two, choices: plan.Choices{Option: "xl", Networks: map[string]string{"n": "m"}, Properties: set("ip=1", "ip=2", "port=4", "none=3", "fixed=9")},
			fails: "error choice-option, error choice-network, error choice-property-repeated, error choice-property-ambiguous, error choice-property, error choice-property-fixed"},
	})
}

// Every value says where it comes from.
func TestPropertyOrigin(t *testing.T) {
	text := descriptor("1", optionsXML, collection("c", product("", "\n"+prop("ip", free), "\n"+prop("log", free+` ovf:value="normal"`, `<Value ovf:value="quiet" ovf:configuration="s"/>`)),
		system("a", product("", "\n"+prop("k", `ovf:value="${ip}"`), "\n"+prop("d", free+` ovf:value="D"`), "\n"+prop("n", ``)))))
	// place finds a text after another one and counts its line and column.
	place := func(parts ...string) string {
		i := 0
		for _, part := range parts {
			i += strings.Index(text[i:], part)
		}
		return fmt.Sprintf("test.ovf:%d:%d", 1+strings.Count(text[:i], "\n"), i-strings.LastIndexByte(text[:i], '\n'))
	}
	p, err := resolveText(t, text, plan.Choices{Properties: []plan.Setting{{Name: "ip", Value: "1", From: "values.yaml", Location: diag.Location{File: "values.yaml", Line: 7, Column: 3}}}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]plan.Property{}
	for _, x := range p.Machines[0].Properties {
		got[x.Name] = x
	}
	for _, c := range []struct {
		name, kind, from, at string
	}{
		{"k", "descriptor", "", place(`ovf:key="k"`, "ovf:value")},
		{"d", "default", "", place(`ovf:key="d"`, "ovf:value")},
		{"n", "standard", "", place(`<Property ovf:key="n"`)},
		{"ip", "inherited", "c", "values.yaml:7:3"},
		{"log", "inherited", "c", place(`ovf:key="log"`, "<Value", "ovf:value")},
	} {
		o := got[c.name].Origin
		if string(o.Kind) != c.kind || o.From != c.from || o.Location.String() != c.at {
			t.Errorf("%s: %s %s %s, want %s %s %s", c.name, o.Kind, o.From, o.Location, c.kind, c.from, c.at)
		}
	}
	if o := p.Collections[0].Properties[0].Origin; o.Kind != plan.FromOperator || o.From != "values.yaml" {
		t.Errorf("operator: %+v", o)
	}
	if o := p.Collections[0].Properties[1].Origin; o.Kind != plan.FromOption || o.From != "s" {
		t.Errorf("option: %+v", o)
	}
	refs := got["k"].References
	if len(refs) != 1 || refs[0].Name != "ip" || refs[0].Property != "ip" || refs[0].Content != "c" || refs[0].Location.String() != place(`<Property ovf:key="ip"`) || got["k"].Raw != "${ip}" {
		t.Errorf("references %+v, raw %q", refs, got["k"].Raw)
	}
}

// AppUrl sees the properties of its own content and of the collection around.
func TestAppURL(t *testing.T) {
	url := func(s string) string {
		return strings.Replace(product("", prop("own", `ovf:value="o"`), prop("pw", free+` ovf:password="true"`)), `</Info>`, `</Info><AppUrl>`+s+`</AppUrl>`, 1)
	}
	for _, c := range []struct{ in, want string }{
		{"http://x/", "http://x/"},
		{"http://${own}.${around}/$${x}", "http://o.A/${x}"},
		{"http://u:${pw}@${own}/", "http://u:********@o/"},
		{"http://${none}/", ""},
		{"http://${", "http://${"},
	} {
		p, err := resolveText(t, descriptor("1", "", collection("c", product("", prop("around", `ovf:value="A"`)), system("a", url(c.in)))), plan.Choices{Properties: set("pw=hunter2")})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Machines[0].Products[0].AppURL; got != c.want {
			t.Errorf("%s: %q, want %q", c.in, got, c.want)
		}
		if warned := strings.Contains(rulesOf(p.Diagnostics), "warning value-reference"); warned != (c.want == "") {
			t.Errorf("%s: %v", c.in, p.Diagnostics)
		}
	}
}

// A password is in no message, no print and no JSON, nor is what is made of one.
func TestPasswordIsNeverShown(t *testing.T) {
	const secret = "hunter2"
	secretText := collection("c",
		product("", prop("pw", free+` ovf:password="true" ovf:qualifiers="MaxLen(7)"`), prop("def", `ovf:password="true" ovf:value="`+secret+`"`)),
		system("a", product("", prop("dsn", `ovf:value="u:${pw}@h"`), prop("vendor", `ovf:type="password" ovf:value="${pw}"`), prop("num", `ovf:type="uint8" ovf:value="1"`))))
	p, err := resolveText(t, descriptor("1", "", secretText), plan.Choices{Properties: set("pw=" + secret)})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Machines[0].Properties[0]; got.Value != "u:"+secret+"@h" || !got.Password {
		t.Errorf("value %q, password %v", got.Value, got.Password)
	}
	var seen strings.Builder
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	seen.Write(b)
	for _, m := range p.Machines {
		fmt.Fprintf(&seen, "%v %+v %#v %s", m.Properties, m.Properties, m.Properties, m.Properties)
	}
	for _, c := range p.Collections {
		fmt.Fprintf(&seen, "%v %+v %#v", c.Properties, *c, c.Properties)
	}
	choices := plan.Choices{Properties: set("pw="+secret+"-too-long", "pw="+secret, "none="+secret, "num="+secret, "dsn="+secret)}
	fmt.Fprintf(&seen, "%v %+v %#v %v", choices, choices, choices.Properties, p.Diagnostics)
	// mistakes of every kind around it
	for _, content := range []string{
		secretText,
		strings.Replace(secretText, "MaxLen(7)", "MinLen(9)", 1),
		strings.Replace(secretText, "MaxLen(7)", "ValueMap{&quot;"+secret+"&quot;,&quot;"+secret+"x&quot;}", 1),
		strings.Replace(secretText, `ovf:type="uint8" ovf:value="1"`, `ovf:type="uint8" ovf:value="${pw}"`, 1),
		strings.Replace(secretText, `ovf:type="password" ovf:value="${pw}"`, `ovf:type="password" ovf:value="${`+secret+`}"`, 1),
	} {
		for _, s := range []plan.Choices{{}, choices, {Properties: set("pw=" + secret + "-too-long")}, {Properties: set("pw=" + secret)}} {
			_, err := resolveText(t, descriptor("1", "", content), s)
			fmt.Fprintf(&seen, "%v ", err)
			var list diag.List
			if errors.As(err, &list) {
				j, _ := json.Marshal(list)
				fmt.Fprintf(&seen, "%s %+v", j, list)
			}
		}
	}
	if i := strings.Index(seen.String(), secret); i >= 0 {
		t.Errorf("the password is shown: …%s…", seen.String()[max(0, i-200):min(i+40, seen.Len())])
	}
	if !strings.Contains(string(b), `"password":true`) {
		t.Error("the JSON form does not say that it is a password")
	}
}
