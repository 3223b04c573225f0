package plan_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every message about properties and files of values as an operator
// sees it: what is wrong, where, why, and what to do.
func TestPropertyMessages(t *testing.T) {
	const golden = "testdata/property-messages.txt"
	var b strings.Builder
	seen := map[string]bool{}
	show := func(name, text string, found diag.List) {
		fmt.Fprintf(&b, "## %s\n", name)
		for _, d := range found {
			seen[d.Rule] = true
		}
		o := diag.TextOptions{Source: func(file string) ([]byte, error) {
			if file != "test.ovf" {
				return nil, os.ErrNotExist // files of values are never shown
			}
			return []byte(text), nil
		}}
		if err := diag.WriteText(&b, found, o); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	in := func(parts ...string) string {
		return strings.Replace(descriptor("1", optionsXML, collection("app", append(parts, "\n"+system("web"))...)), "><", ">\n<", -1)
	}
	number := prop("port", free+` ovf:type="uint16" ovf:value="80"`)
	for _, c := range []struct {
		name, text string
		choices    plan.Choices
	}{
		{"required", in(product("", prop("port", free+` ovf:type="uint16"`), prop("name", free+` ovf:qualifiers="MinLen(3), MaxLen(9)"`), prop("size", free+` ovf:qualifiers='ValueMap{"small","large"}'`), prop("secret", free+` ovf:password="true" ovf:qualifiers="MinLen(8)"`))), plan.Choices{}},
		{"operator's values", in(product("", number, prop("size", free+` ovf:value="small" ovf:qualifiers='ValueMap{"small","large"}'`), prop("secret", free+` ovf:password="true" ovf:qualifiers="MaxLen(3)"`))),
			plan.Choices{Properties: append(set("port=70000", "size=middle"), plan.Setting{Name: "secret", Value: "hunter2", From: "values.yaml", Location: diag.Location{File: "values.yaml", Line: 4, Column: 1}})}},
		{"operator's names", in(product(`ovf:class="com.example"`, number, prop("fixed", `ovf:value="1"`)), product(`ovf:class="org.example"`, number)),
			plan.Choices{Properties: set("Com.Example.Port=1", "host=1", "port=1", "fixed=2", "com.example.port=1", "app/com.example.port=2")}},
		{"nothing to set", in(product("", prop("fixed", `ovf:value="1"`))), plan.Choices{Properties: set("port=1")}},
		{"descriptor's values", in(product("", prop("port", `ovf:type="uint16" ovf:value="70000"`), prop("ip", `ovf:type="ip" ovf:value="dhcp"`), prop("count", `ovf:type="uint8"`), prop("host", free), prop("auto", free+` ovf:type="ip:VM Network"`),
			prop("twice", `ovf:value="1"`), prop("twice", `ovf:value="2"`), prop("same", ``), prop("same", ``), prop("alt", ``, `<Value ovf:value="1" ovf:configuration="s"/>`, `<Value ovf:value="2" ovf:configuration="m s"/>`, `<Value ovf:value="3"/>`, `<Value ovf:value="4"/>`))), plan.Choices{}},
		{"references", in(product("", prop("up", `ovf:value="${x}"`)), system("db", product("", prop("a", `ovf:value="${none}"`), prop("b", `ovf:value="${UP}"`), prop("c", `ovf:value="${a}"`), prop("d", `ovf:value="${x"`), prop("e", `ovf:value="${ip:VM Network}"`)))), plan.Choices{}},
		{"references further", in(product("", prop("out", `ovf:value="1"`)), collection("in", product(`ovf:class="x"`, prop("k", `ovf:value="1"`)), product(`ovf:class="y"`, prop("k", `ovf:value="2"`)), system("db", product("", prop("a", `ovf:value="${out}"`), prop("b", `ovf:value="${k}"`))))), plan.Choices{}},
		{"result of a reference", in(product("", prop("port", free+` ovf:value="80"`)), system("db", product("", prop("p", `ovf:type="uint8" ovf:value="${port}"`)))), plan.Choices{Properties: set("port=8080")}},
		{"part of a password", in(product("", prop("pw", free+` ovf:password="true"`)), system("db", product("", prop("p", `ovf:type="uint8" ovf:password="true" ovf:value="${hunter2}"`), prop("q", `ovf:type="uint8" ovf:value="${pw}"`)))), plan.Choices{Properties: set("pw=hunter2")}},
		{"limits", in(product("", prop("long", `ovf:value="0123456789"`)), collection("in", product("", prop("far", `ovf:value="${long}${long}"`)), system("db", product("", prop("p", `ovf:value="${far}"`))))), plan.Choices{Limits: plan.Limits{Value: 15, Depth: 1}}},
		{"depth", in(product("", prop("long", `ovf:value="1"`)), collection("in", product("", prop("far", `ovf:value="${long}"`)), system("db", product("", prop("p", `ovf:value="${far}"`))))), plan.Choices{Limits: plan.Limits{Depth: 1}}},
		{"total", in(product("", prop("a", `ovf:value="0123456789"`), prop("b", `ovf:value="0123456789"`), prop("c", `ovf:value="0123456789"`))), plan.Choices{Limits: plan.Limits{Values: 15}}},
		{"count", in(product("", prop("a", ``), prop("b", ``))), plan.Choices{Limits: plan.Limits{Properties: 3}}},
		{"address", in(strings.Replace(product(""), `</Info>`, "</Info><AppUrl>http://${ip}/</AppUrl>", 1)), plan.Choices{}},
		{"capacity", descriptor("1", `<DiskSection><Info>D</Info>
<Disk ovf:diskId="d" ovf:capacity="${size}"/></DiskSection>`, collection("app", product("", prop("Size", `ovf:type="uint8" ovf:value="1"`)), system("web", `<VirtualHardwareSection><Info>H</Info><Item>
<rasd:ElementName xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">D</rasd:ElementName><rasd:HostResource xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">ovf:/disk/d</rasd:HostResource><rasd:InstanceID xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">1</rasd:InstanceID><rasd:ResourceType xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">17</rasd:ResourceType></Item></VirtualHardwareSection>`))), plan.Choices{}},
	} {
		p, err := resolveText(t, c.text, c.choices)
		var found diag.List
		if err == nil {
			found = p.Diagnostics
		} else if !errors.As(err, &found) {
			t.Fatal(err)
		}
		show(c.name, c.text, found)
	}
	for _, c := range badSettings {
		if c.name != "too large" {
			_, err := plan.ReadSettings(strings.NewReader(c.in), c.file)
			var found diag.List
			errors.As(err, &found)
			show(c.file+", "+c.name, "", found)
		}
	}
	_, err := plan.ReadSettings(strings.NewReader(strings.Repeat(" ", 4<<20+1)), "v.json")
	var found diag.List
	errors.As(err, &found)
	show("too large", "", found)
	env := decodeText(t, in(product("", prop("a-b", free), prop("a.b", free))))
	_, found = plan.VariableSettings(env, []string{"OVF_PROPERTY_A_B=1", "OVF_PROPERTY_X=2"})
	show("variables", "", found)

	for _, r := range plan.Rules() {
		for _, prefix := range []string{"property-", "value-", "choice-property", "settings-"} {
			if strings.HasPrefix(r.Name, prefix) && !seen[r.Name] {
				t.Errorf("no message of rule %s", r.Name)
			}
		}
	}
	if strings.Contains(b.String(), "hunter2") && strings.Contains(strings.ReplaceAll(b.String(), "value=\"${hunter2}\"", ""), "hunter2") {
		t.Error("a password is shown")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("messages differ from %s; run with -update and read the difference", golden)
	}
}
