package plan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/plan"
)

// showSettings writes settings as "line:column name=value", for comparison.
func showSettings(list []plan.Setting) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "%d:%d %s=%q\n", s.Location.Line, s.Location.Column, s.Name, s.Value)
	}
	return b.String()
}

func TestReadSettings(t *testing.T) {
	for _, c := range []struct {
		name, file, in, want string
	}{
		{"yaml", "v.yaml", "# values\na: 1\nb.c: \"x: y\"\nDB1/ip: 10.0.0.1\nport: 0080\non: yes\nempty: ''\nlong: |\n  one\n  two\ndate: 2026-01-01\n",
			"2:1 a=\"1\"\n3:1 b.c=\"x: y\"\n4:1 DB1/ip=\"10.0.0.1\"\n5:1 port=\"0080\"\n6:1 on=\"yes\"\n7:1 empty=\"\"\n8:1 long=\"one\\ntwo\\n\"\n11:1 date=\"2026-01-01\"\n"},
		{"yaml flow", "v.yml", "{a: 1, \"b\": 'ü'}", "1:2 a=\"1\"\n1:8 b=\"ü\"\n"},
		{"yaml, nothing", "v.yaml", "# nothing\n", ""},
		{"yaml, empty", "v.yaml", "", ""},
		{"byte order mark", "v.yaml", "\ufeffa: 1\n", "1:1 a=\"1\"\n"},
		{"json", "v.json", "{\n  \"a\": \"x\\u00fc\\ud83d\\ude00\",\n  \"n\": 1.50e3, \"t\": true,\n \"ü\" : \"\", \"f\":false}\n",
			"2:3 a=\"xü😀\"\n3:3 n=\"1.50e3\"\n3:16 t=\"true\"\n4:2 ü=\"\"\n4:12 f=\"false\"\n"},
		{"json, nothing", "v.json", " {} ", ""},
		{"properties", "v.properties", "# c\n! c = d\n\n  a = 1\nb:2\nc 3\nd\ne = x \\\n    y\nf\\ g\\=h=\\u00e4\\t\\ud83d\\ude00\\z\r\ni=j=k\rl=ü\nm=\\\\\n",
			"4:3 a=\"1\"\n5:1 b=\"2\"\n6:1 c=\"3\"\n7:1 d=\"\"\n8:1 e=\"x y\"\n10:1 f g=h=\"ä\\t😀z\"\n11:1 i=\"j=k\"\n11:7 l=\"ü\"\n12:1 m=\"\\\\\"\n"},
		{"properties, no last line break", "v.properties", "a=1\\", "1:1 a=\"1\"\n"},
		{"comment is not continued", "v.properties", "#a\\\nb=1", "2:1 b=\"1\"\n"},
	} {
		list, err := plan.ReadSettings(strings.NewReader(c.in), c.file)
		if got := showSettings(list); err != nil || got != c.want {
			t.Errorf("%s: %v\n%swant\n%s", c.name, err, got, c.want)
		}
		for _, s := range list {
			if s.From != c.file || s.Location.File != c.file {
				t.Errorf("%s: from %q, %q", c.name, s.From, s.Location.File)
			}
		}
	}
}

// What the three readers refuse, each with its place.
var badSettings = []struct{ name, file, in, want string }{
	{"duplicate", "v.yaml", "a: 1\nb: 2\na: 3\n", "3:1 settings-repeated"},
	{"duplicate", "v.json", "{\"a\":1,\n\"a\":2}", "2:1 settings-repeated"},
	{"duplicate", "v.properties", "a=1\na=2", "2:1 settings-repeated"},
	{"group", "v.yaml", "a:\n  b: 1\nc: 2\n", "2:3 settings-structure"},
	{"list", "v.yaml", "a: [1, 2]\n", "1:4 settings-structure"},
	{"null", "v.yaml", "a:\nb: ~\n", "1:3 settings-structure, 2:4 settings-structure"},
	{"alias", "v.yaml", "a: &x 1\nb: *x\n", "2:4 settings-structure"},
	{"merge", "v.yaml", "a: 1\n<<: {b: 1}\n", "2:1 settings-structure"},
	{"tag", "v.yaml", "a: !secret 1\nb: !!binary aGk=\n", "1:4 settings-structure, 2:4 settings-structure"},
	{"no mapping", "v.yaml", "- a\n- b\n", "1:1 settings-structure"},
	{"scalar", "v.yaml", "a=1\n", "1:1 settings-structure"},
	{"two documents", "v.yaml", "a: 1\n---\nb: 2\n", "2:1 settings-structure"},
	{"no name", "v.yaml", "'': 1\n", "1:1 settings-structure"},
	{"not yaml", "v.yaml", "a: 1\nb: [\n", "0 settings-syntax"},
	{"group", "v.json", "{\"a\": {\"b\": [1, {}]}, \"c\": \"x\"}", "1:7 settings-structure"},
	{"list", "v.json", "{\"a\": [], \"b\": null}", "1:7 settings-structure, 1:16 settings-structure"},
	{"no object", "v.json", " [1]", "1:2 settings-structure"},
	{"cut off", "v.json", "{\"a\": \"b\"", "1:10 settings-syntax"},
	{"cut off in a list", "v.json", "{\"a\": [1,", "1:7 settings-structure, 1:10 settings-syntax"},
	{"comma", "v.json", "{\"a\": \"b\",}", "1:11 settings-syntax"},
	{"rest", "v.json", "{\"a\": \"b\"}\n x", "2:2 settings-syntax"},
	{"no value", "v.json", "{\"a\": x}", "1:7 settings-syntax"},
	{"empty", "v.json", "", "1:1 settings-syntax"},
	{"escape", "v.properties", "a=1\nb=x\\u12", "2:4 settings-syntax"},
	{"no name", "v.properties", "= 1\n", "1:1 settings-structure"},
	{"not UTF-8", "v.properties", "a=1\nb=\xe4", "2:3 settings-syntax"},
	{"ending", "v.txt", "a=1", "0 settings-syntax"},
	{"too large", "v.json", strings.Repeat(" ", 4<<20+1), "0 settings-size"},
}

func TestReadSettingsRefuses(t *testing.T) {
	for _, c := range badSettings {
		list, err := plan.ReadSettings(strings.NewReader(c.in), c.file)
		var found diag.List
		if !errors.As(err, &found) || list != nil {
			t.Errorf("%s, %s: got %v, %v", c.file, c.name, list, err)
			continue
		}
		var got []string
		for _, d := range found {
			place := strings.TrimPrefix(strings.TrimPrefix(d.Location.String(), c.file), ":")
			if i := strings.IndexByte(place, ':'); i < 0 {
				place = "0" // a line at the most
			}
			got = append(got, place+" "+d.Rule)
			if d.Layer != diag.Usage || d.Hint == "" || d.Severity != diag.Error {
				t.Errorf("%s, %s: %+v", c.file, c.name, d)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s, %s: got %s, want %s\n%v", c.file, c.name, strings.Join(got, ", "), c.want, err)
		}
	}
}

func TestVariableSettings(t *testing.T) {
	env := decodeText(t, descriptor("1", "", collection("c", product(`ovf:class="com.example"`, prop("ip", free), prop("a-b", free), prop("a.b", free), prop("größe", free)),
		system("DB1", product("", prop("port", free))))))
	show := func(variables ...string) string {
		list, found := plan.VariableSettings(env, variables)
		var out []string
		for _, s := range list {
			out = append(out, s.Name+"="+s.Value+" from "+s.From)
		}
		return strings.Join(append(out, rulesOf(found)), "; ")
	}
	for _, c := range []struct{ in, want string }{
		{"HOME=/root", ""},
		{"OVF_PROPERTY_=x", ""},
		{"OVF_PROPERTY_COM_EXAMPLE_IP=1", "com.example.ip=1 from OVF_PROPERTY_COM_EXAMPLE_IP; "},
		{"OVF_PROPERTY_ip=a=b", "ip=a=b from OVF_PROPERTY_ip; "},
		{"OVF_PROPERTY_DB1_PORT=1", "DB1/port=1 from OVF_PROPERTY_DB1_PORT; "},
		{"OVF_PROPERTY_GR__E=1", "größe=1 from OVF_PROPERTY_GR__E; "},
		{"OVF_PROPERTY_A_B=1", "error settings-variable"},
		{"OVF_PROPERTY_NONE=1", "warning settings-variable"},
	} {
		if got := show(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.in, got, c.want)
		}
	}
	// two spellings of one property are two settings of it
	list, _ := plan.VariableSettings(env, []string{"OVF_PROPERTY_ip=1", "OVF_PROPERTY_IP=2"})
	_, err := plan.Resolve(t.Context(), plan.Input{Envelope: env}, plan.Choices{Properties: list})
	if err == nil || !strings.Contains(err.Error(), "set twice from OVF_PROPERTY_IP and from OVF_PROPERTY_ip") {
		t.Errorf("got %v", err)
	}
}

// The readers never panic, never give a name twice, and agree with the libraries
// that read into maps on what they take.
func FuzzReadSettings(f *testing.F) {
	for _, c := range badSettings {
		if len(c.in) < 1000 {
			f.Add(c.file, c.in)
		}
	}
	f.Add("v.yaml", "a: 1\nb: \"x\"\n")
	f.Add("v.json", "{\"a\":\"\\ud800\",\"b\":1e5}")
	f.Add("v.properties", "a\\:b : c\\\n  d\\u0041")
	f.Fuzz(func(t *testing.T, name, text string) {
		list, err := plan.ReadSettings(strings.NewReader(text), name)
		if err != nil {
			var found diag.List
			if list != nil || !errors.As(err, &found) || len(found) == 0 {
				t.Fatalf("%v, %v", list, err)
			}
			for _, d := range found {
				if d.Message == "" || len(d.Message) > 2000 {
					t.Fatalf("%+v", d)
				}
			}
			return
		}
		seen := map[string]string{}
		for _, s := range list {
			if _, ok := seen[s.Name]; ok || s.Name == "" || s.Location.Line < 1 || !utf8.ValidString(s.Value) {
				t.Fatalf("%q: %+v", s.Name, s.Location)
			}
			seen[s.Name] = s.Value
		}
		text = strings.TrimPrefix(text, "\ufeff")
		switch {
		case strings.HasSuffix(strings.ToLower(name), ".json"):
			var want map[string]any
			dec := json.NewDecoder(strings.NewReader(text))
			dec.UseNumber()
			if err := dec.Decode(&want); err != nil || len(want) != len(seen) {
				t.Fatalf("%v: %d names, want %d", err, len(seen), len(want))
			}
			for k, v := range want {
				if seen[k] != fmt.Sprint(v) {
					t.Fatalf("%q: %q, want %v", k, seen[k], v)
				}
			}
		case strings.HasSuffix(strings.ToLower(name), ".yaml"):
			var want map[string]yaml.Node
			if err := yaml.NewDecoder(bytes.NewReader([]byte(text))).Decode(&want); err == nil && len(want) != len(seen) {
				t.Fatalf("%d names, want %d", len(seen), len(want))
			}
		}
	})
}
