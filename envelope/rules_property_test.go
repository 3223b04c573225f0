package envelope_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

var propertyPrefixes = []string{"property-", "product-", "icon-"}

// Names of properties (DSP0243 9.5): class and instance of the section and the
// key identify one.
func TestPropertyNames(t *testing.T) {
	p := func(key string) string { return `<Property ovf:key="` + key + `" ovf:type="string" ovf:value="x"/>` }
	section := func(attrs, key string) string {
		return `<ProductSection ` + attrs + `><Info>A product</Info>` + p(key) + `</ProductSection>`
	}
	runCases(t, propertyPrefixes, []ruleCase{
		{name: "no properties", content: productXML("")},
		{name: "two keys", content: productXML(p("a") + p("b"))},
		{name: "one key twice", content: productXML(p("a") + p("a")), want: "error property-key-unique"},
		{name: "three times", content: productXML(p("a") + p("a") + p("a")), want: "error property-key-unique, error property-key-unique"},
		{name: "other class", content: section(`ovf:class="c"`, "a") + section(`ovf:class="d"`, "a")},
		{name: "other instance", content: section(`ovf:class="c"`, "a") + section(`ovf:class="c" ovf:instance="2"`, "a")},
		{name: "same class", content: section(`ovf:class="c"`, "a") + section(`ovf:class="c" ovf:instance=""`, "b"), want: "error product-class-unique"},
		{name: "other system", content: collectionXML(section("", "a"), section("", "a"))},
		{name: "key like class", content: section(`ovf:class="a.b"`, "c") + section(`ovf:class="a" ovf:instance="c"`, "b"), want: "warning property-name-ambiguous"},
		{name: "key like that of the parent", content: collectionXML(section(`ovf:class="a.b"`, "c"), section(`ovf:class="a" ovf:instance="c"`, "b")), want: "warning property-name-ambiguous"},
		{name: "overrides the parent", content: collectionXML(section(`ovf:class="a"`, "c"), section(`ovf:class="a"`, "c"))},
		{name: "dot", content: productXML(p("a.b")), want: "error property-key-form"},
		{name: "colon", content: productXML(p("a:b")), want: "error property-key-form"},
		{name: "blank", content: productXML(p("a b")), want: "error property-key-form"},
		{name: "letters of any script", content: productXML(p("größe") + p("a-b_c"))},
		{name: "configurations of 2.x apart", v2: true, top: options, content: productXML(configuredXML("a", "s") + configuredXML("a", "m"))},
		{name: "configurations of 2.x meet", v2: true, top: options, content: productXML(configuredXML("a", "s m") + configuredXML("a", "m")), want: "error property-key-unique"},
		{name: "one without configuration", v2: true, top: options, content: productXML(configuredXML("a", "s") + p("a")), want: "error property-key-unique"},
	})
}

const options = `<DeploymentOptionSection><Info>Sizes</Info>
<Configuration ovf:id="s" ovf:default="true"><Label>S</Label><Description>Small</Description></Configuration>
<Configuration ovf:id="m"><Label>M</Label><Description>Medium</Description></Configuration></DeploymentOptionSection>`

func configuredXML(key, configuration string) string {
	return `<Property ovf:key="` + key + `" ovf:type="string" ovf:value="x" ovf:configuration="` + configuration + `"/>`
}

// Types, qualifiers and values (DSP0243 9.5, tables 6 and 7).
func TestPropertyValues(t *testing.T) {
	p := func(attrs string) string { return productXML(`<Property ovf:key="k" ` + attrs + `/>`) }
	values := func(value string, more ...string) string {
		return productXML(`<Property ovf:key="k" ovf:type="uint16" ovf:value="` + value + `">` + strings.Join(more, "") + `</Property>`)
	}
	runCases(t, propertyPrefixes, []ruleCase{
		{name: "number", content: p(`ovf:type="uint16" ovf:value="65535"`)},
		{name: "too large", content: p(`ovf:type="uint16" ovf:value="65536"`), want: "error property-default-type"},
		{name: "no number", content: p(`ovf:type="sint8" ovf:value="a"`), want: "error property-default-type"},
		{name: "boolean", content: p(`ovf:type="boolean" ovf:value="True"`)},
		{name: "no boolean", content: p(`ovf:type="Boolean" ovf:value="maybe"`), want: "error property-default-type"},
		{name: "length", content: p(`ovf:type="String" ovf:qualifiers="MinLen(2),MaxLen(3)" ovf:value="abc"`)},
		{name: "too long", content: p(`ovf:type="String" ovf:qualifiers="MinLen(2),MaxLen(3)" ovf:value="abcd"`), want: "error property-default-qualifiers"},
		{name: "CIM qualifiers that may not be the standard's", content: p(`ovf:type="uint8" ovf:qualifiers="MinValue(3)" ovf:value="2"`), want: "warning property-default-qualifiers"},
		{name: "type of VMware", content: p(`ovf:type="ip" ovf:value="here"`), want: "info property-type-vendor, warning property-default-type"},
		{name: "unknown type", content: p(`ovf:type="text" ovf:value="x"`), want: "warning property-type"},
		{name: "no type", content: p(`ovf:type="" ovf:value="x"`), want: "error property-type"},
		{name: "references are not checked", content: collectionXML(p(`ovf:type="uint16" ovf:value="1"`), productXML(`<Property ovf:key="q" ovf:type="uint16" ovf:value="${k}"/>`))},
		{name: "escaped reference", content: p(`ovf:type="string" ovf:qualifiers="MaxLen(4)" ovf:value="$${a}"`)},
		{name: "empty default that forces a question", content: p(`ovf:type="uint16" ovf:value="" ovf:userConfigurable="true"`)},
		{name: "empty number, fixed", content: p(`ovf:type="uint16" ovf:value=""`), want: "warning property-unsettable"},
		{name: "no value, fixed", content: p(`ovf:type="string"`), want: "warning property-unsettable"},
		{name: "empty text, fixed", content: p(`ovf:type="string" ovf:value=""`)},
		{name: "empty text that is too short, fixed", content: p(`ovf:type="string" ovf:value="" ovf:qualifiers="MinLen(1)"`), want: "warning property-unsettable"},
		{name: "vSphere assigns it", content: p(`ovf:type="ip:lan"`), want: "info property-type-vendor"},
		{name: "impossible", content: p(`ovf:type="string" ovf:qualifiers="MinLen(5),MaxLen(4)" ovf:userConfigurable="true"`), want: "error property-qualifiers-impossible"},
		{name: "unknown qualifier", content: p(`ovf:type="string" ovf:qualifiers="Length(5)" ovf:userConfigurable="true"`), want: "warning property-qualifiers"},
		{name: "values of options", top: options, content: values("1", `<Value ovf:value="2" ovf:configuration="m"/>`)},
		{name: "value only in an option", top: options, content: productXML(`<Property ovf:key="k" ovf:type="string"><Value ovf:value="2" ovf:configuration="m"/></Property>`)},
		{name: "value of no option", top: options, content: values("1", `<Value ovf:value="2"/>`), want: "warning property-value-no-configuration"},
		{name: "option that does not exist", top: options, content: values("1", `<Value ovf:value="2" ovf:configuration="m l"/>`), want: "error property-value-configuration"},
		{name: "no options at all", content: values("1", `<Value ovf:value="2" ovf:configuration="m"/>`), want: "error property-value-configuration"},
		{name: "two values for an option", top: options, content: values("1", `<Value ovf:value="2" ovf:configuration="s m"/>`, `<Value ovf:value="3" ovf:configuration="m"/>`), want: "warning property-value-repeated"},
		{name: "an option named twice", top: options, content: values("1", `<Value ovf:value="2" ovf:configuration="m m"/>`)},
		{name: "wrong value of an option", top: options, content: values("1", `<Value ovf:value="x" ovf:configuration="m"/>`), want: "error property-default-type"},
		{name: "icon", content: productXML(`<Icon ovf:fileRef="pic"/>`), want: "error icon-file-ref"},
		{name: "icon that is there", refs: `<File ovf:id="pic" ovf:href="p.png"/>`, content: productXML(`<Icon ovf:fileRef="pic"/>`)},
	})
}

// References reach the properties of the collection around, and no others.
func TestPropertyReferences(t *testing.T) {
	p := func(key, value string) string {
		return productXML(`<Property ovf:key="` + key + `" ovf:type="string" ovf:value="` + value + `"/>`)
	}
	class := func(c string) string {
		return `<ProductSection ovf:class="` + c + `"><Info>P</Info><Property ovf:key="ip" ovf:type="string" ovf:value="1"/></ProductSection>`
	}
	nested := func(outer, middle, inner string) string {
		return `<VirtualSystemCollection ovf:id="outer"><Info>All</Info>` + outer + collectionXML(middle, inner) + `</VirtualSystemCollection>`
	}
	runCases(t, []string{"property-ref", "property-value-blank"}, []ruleCase{
		{name: "of the parent", content: collectionXML(p("ip", "1"), p("own", "${ip}"))},
		{name: "in the middle of a text", content: collectionXML(p("ip", "1"), p("own", "http://${ip}:80/"))},
		{name: "full name", content: collectionXML(class("a.b"), p("own", "${a.b.ip}"))},
		{name: "key alone", content: collectionXML(class("a.b"), p("own", "${ip}"))},
		{name: "two of that key", content: collectionXML(class("a")+class("b"), p("own", "${ip}")), want: "warning property-ref-ambiguous"},
		{name: "full name of two of that key", content: collectionXML(class("a")+class("b"), p("own", "${b.ip}"))},
		{name: "letter case", content: collectionXML(p("ip", "1"), p("own", "${IP}")), want: "error property-ref"},
		{name: "own property", content: collectionXML("", p("ip", "1")+`<ProductSection ovf:class="x"><Info>P</Info><Property ovf:key="own" ovf:type="string" ovf:value="${ip}"/></ProductSection>`), want: "error property-ref"},
		{name: "of the grandparent", content: nested(p("ip", "1"), "", p("own", "${ip}")), want: "error property-ref"},
		{name: "passed on", content: nested(p("ip", "1"), p("mid", "${ip}"), p("own", "${mid}"))},
		{name: "no collection", content: p("own", "${ip}"), want: "error property-ref"},
		{name: "outermost collection", content: collectionXML(p("ip", "${other}"), ""), want: "error property-ref"},
		{name: "never closed", content: collectionXML(p("ip", "1"), p("own", "${ip")), want: "warning property-ref-syntax"},
		{name: "escaped", content: p("own", "$${ip}")},
		{name: "vSphere's", content: p("own", "${autoIp:lan}"), want: "info property-ref-vsphere"},
		{name: "blank after it", content: collectionXML(p("ip", "1"), p("own", "${ip} ")), want: "warning property-value-blank"},
		{name: "blank without reference", content: p("own", "a ")},
	})
}

// The hint of a reference that leads nowhere says where the name is.
func TestPropertyReferenceHints(t *testing.T) {
	for _, c := range []struct{ own, value, hint string }{
		{"appHostname", "${appHostName}", `"appHostname"`},
		{"other", "${here}", "beside this one"},
		{"other", "${none}", "define the property"},
	} {
		rc := ruleCase{want: "error property-ref", content: collectionXML(
			productXML(`<Property ovf:key="`+c.own+`" ovf:type="string" ovf:value="1"/>`),
			productXML(`<Property ovf:key="here" ovf:type="string" ovf:value="1"/><Property ovf:key="k" ovf:type="string" ovf:value="`+c.value+`"/>`))}
		if l := rc.run(t, []string{"property-ref"}); len(l) != 1 || !strings.Contains(l[0].Hint, c.hint) {
			t.Errorf("%s: %+v", c.value, l)
		}
	}
}

// No finding shows what a password is or may be, whatever else is wrong.
func TestPasswordsAreNotShown(t *testing.T) {
	const secret = "s3cr3tw0rd"
	marks := []string{`ovf:key="k" ovf:password="true"`, `ovf:key="adminPassword"`, `ovf:key="k" ovf:type="password"`}
	for _, mark := range marks {
		for _, rest := range []string{
			`ovf:type="uint8" ovf:value="` + secret + `"`,
			`ovf:type="string" ovf:qualifiers="MaxLen(2)" ovf:value="` + secret + `"`,
			`ovf:type="string" ovf:qualifiers='ValueMap{"` + secret + `"}' ovf:value="x"`,
			`ovf:type="uint8" ovf:qualifiers='ValueMap{"` + secret + `"}' ovf:value="1"`,
			`ovf:type="string" ovf:qualifiers='ValueMap{"` + secret + `"},MaxLen(3),ValueMap{"b"}' ovf:value="1"`,
			`ovf:type="string" ovf:qualifiers='ValueMap{"` + secret + `' ovf:value="1"`,
			`ovf:type='string["` + secret + `"]' ovf:value="x"`,
			`ovf:type='text["` + secret + `"]' ovf:value="x"`,
			`ovf:type="string" ovf:value="${` + secret + `} "`,
			`ovf:type="string" ovf:value="${` + secret + `"`,
			`ovf:type="string" ovf:value="` + secret + `"`,
		} {
			if strings.Contains(mark, "type=") {
				if i := strings.IndexByte(rest, ' '); i < 0 || !strings.HasPrefix(rest, `ovf:type="`) {
					continue
				} else {
					rest = rest[i:]
				}
			}
			body := productXML(`<Property ` + mark + ` ` + rest + `/>`)
			for _, content := range []string{body, collectionXML("", body)} {
				c := ruleCase{content: content}
				env, _, err := envelope.Decode([]byte(c.document()), envelope.DecodeOptions{})
				if err != nil {
					t.Fatal(err)
				}
				l := envelope.Validate(env, envelope.ValidateOptions{Targets: envelope.Targets()})
				if text := fmt.Sprintf("%+v", l); strings.Contains(text, secret) {
					t.Errorf("%s: %s", body, text)
				}
				if len(l) == 0 {
					t.Errorf("%s: nothing found", body)
				}
			}
		}
	}
}

// Thousands of mistakes of one kind are found without one looking at all others:
// every property clashes, refers to nothing and has a value of no option.
func TestManyProperties(t *testing.T) {
	var b strings.Builder
	const n = 2000
	for i := range n {
		fmt.Fprintf(&b, `<Property ovf:key="k%d" ovf:type="string" ovf:value="${K%d} "><Value ovf:value="${x%d}" ovf:configuration="o%d"/></Property>`, i%(n/2), i, i, i)
	}
	c := ruleCase{content: collectionXML(productXML(b.String()), productXML(b.String()))}
	env, _, err := envelope.Decode([]byte(c.document()), envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, d := range envelope.Validate(env, envelope.ValidateOptions{Max: -1}) {
		count[d.Rule]++
	}
	for rule, want := range map[string]int{"property-key-unique": n, "property-ref": 4 * n, "property-value-configuration": 2 * n, "property-value-blank": 2 * n} {
		if count[rule] != want {
			t.Errorf("%s: %d findings, want %d", rule, count[rule], want)
		}
	}
	if l := envelope.Validate(env, envelope.ValidateOptions{Max: 10}); len(l) > 30 {
		t.Errorf("%d findings are kept, want at most 10 of each severity", len(l))
	}
}
