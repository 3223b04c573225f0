package plan

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/environment"
)

// buildEnvironments gives the machines of a plan their environments.
func buildEnvironments(p *Plan, c Choices) error {
	b := newEnvironments(p, c)
	if len(b.found) > 0 {
		return b.found
	}
	return b.share()
}

// tiers is a plan with a collection in a collection, its properties resolved:
//
//	shop (owner=ops, port=80)
//	├ web (port=8080, its own)
//	├ data (engine=pg, owner=dba)
//	│ ├ db1 (ip=10.0.0.1)
//	│ └ db2 (ip=10.0.0.2)
//	└ mail
func tiers() *Plan {
	prop := func(name, value string, kind OriginKind) Property {
		return Property{Name: name, Key: name, Value: value, Origin: Origin{Kind: kind}}
	}
	at := func(offset int64) diag.Location { return diag.Location{File: "shop.ovf", Offset: offset} }
	return &Plan{
		Collections: []*Collection{
			{ID: "shop", Properties: []Property{prop("owner", "ops", FromDefault), prop("port", "80", FromDefault)}, Location: at(10)},
			{ID: "data", Parent: "shop", Properties: []Property{prop("engine", "pg", FromDefault), prop("owner", "dba", FromDefault)}, Location: at(30)},
		},
		Machines: []*Machine{
			{ID: "web", Path: []string{"shop"}, Properties: []Property{prop("port", "8080", FromOperator), prop("owner", "ops", FromParent)}, Location: at(20)},
			{ID: "db1", Path: []string{"shop", "data"}, Properties: []Property{prop("ip", "10.0.0.1", FromDefault), prop("engine", "pg", FromParent), prop("owner", "dba", FromParent)}, Location: at(40)},
			{ID: "db2", Path: []string{"shop", "data"}, Properties: []Property{prop("ip", "10.0.0.2", FromDefault), prop("engine", "pg", FromParent), prop("owner", "dba", FromParent)}, Location: at(50)},
			{ID: "mail", Path: []string{"shop"}, Properties: []Property{prop("owner", "ops", FromParent), prop("port", "80", FromParent)}, Location: at(60)},
		},
	}
}

// Each machine sees what the standard says: its own properties, those of its
// siblings, a collection among them with what it inherits, and nothing of what is
// further away.
func TestEnvironments(t *testing.T) {
	p := tiers()
	if err := buildEnvironments(p, Choices{Platform: Platform{Kind: "Test"}}); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"web":  {"port=8080 owner=ops", "data: engine=pg owner=dba port=80", "mail: owner=ops port=80"},
		"db1":  {"ip=10.0.0.1 engine=pg owner=dba", "db2: ip=10.0.0.2 engine=pg owner=dba"},
		"db2":  {"ip=10.0.0.2 engine=pg owner=dba", "db1: ip=10.0.0.1 engine=pg owner=dba"},
		"mail": {"owner=ops port=80", "web: port=8080 owner=ops", "data: engine=pg owner=dba port=80"},
	}
	for _, m := range p.Machines {
		text, err := m.EnvironmentDocument()
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(t, text, m.ID); !slices.Equal(got, want[m.ID]) {
			t.Errorf("%s sees\n%q\nwant\n%q", m.ID, got, want[m.ID])
		}
	}
}

// shown lists what a document says: own properties, then each entity.
func shown(t *testing.T, text []byte, id string) []string {
	t.Helper()
	env, notes, err := environment.Decode(text, environment.DecodeOptions{})
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	if *env.ID != id || *env.Platform().Kind != "Test" {
		t.Errorf("id %q, platform %q", *env.ID, *env.Platform().Kind)
	}
	line := func(s environment.Sections) string {
		var out []string
		for k, v := range s.Properties() {
			out = append(out, k+"="+v)
		}
		return strings.Join(out, " ")
	}
	out := []string{line(env.Section)}
	for _, e := range env.Entity {
		out = append(out, e.ID+": "+line(e.Section))
	}
	return out
}

// A machine that stands alone has no entities.
func TestEnvironmentAlone(t *testing.T) {
	p := &Plan{Machines: []*Machine{{ID: "vm", Properties: []Property{{Name: "a.b", Value: "c"}}}}}
	if err := buildEnvironments(p, Choices{Platform: Platform{Kind: "Test"}}); err != nil {
		t.Fatal(err)
	}
	text, err := p.Machines[0].EnvironmentDocument()
	if err != nil {
		t.Fatal(err)
	}
	if got := shown(t, text, "vm"); !slices.Equal(got, []string{"a.b=c"}) {
		t.Errorf("it sees %q", got)
	}
}

// Every value that cannot be written is reported at its place, once, and
// without the value.
func TestEnvironmentRefused(t *testing.T) {
	p := tiers()
	const secret = "hunter2"
	bad := p.Collections[1].Properties // inherited by db1 and db2
	bad[1].Value, bad[1].Password = secret+"\x00", true
	bad[1].Location = diag.Location{File: "shop.ovf", Line: 7, Column: 3}
	p.Machines[1].Properties[2].Value = secret + "\x00"
	p.Machines[0].Properties[0].Value = "\ufffe"
	p.Machines[0].Properties[0].Origin.Location = diag.Location{File: "values.yaml", Line: 2, Column: 1}
	err := buildEnvironments(p, Choices{Platform: Platform{Vendor: "\x7f\x01", Timezone: new(7200)}})
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("error %v", err)
	}
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprintf("%s %s: %s", d.Location, d.Rule, d.Message))
		if d.Hint == "" || d.Clause == "" || strings.Contains(d.Message+d.Hint, secret) {
			t.Errorf("%+v", d)
		}
	}
	want := []string{
		` environment-character: the Vendor of the platform has the character U+0001 at offset 1, which XML cannot carry`,
		`shop.ovf:7:3 environment-character: the value of property "owner" of "data" has the character U+0000 at offset 7, which XML cannot carry`,
		`values.yaml:2:1 environment-character: the value of property "port" of "web" has the character U+FFFE at offset 0, which XML cannot carry`,
	}
	if len(got) != len(want) {
		t.Fatalf("reported:\n%s", strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("reported\n%s\nwant\n%s", got[i], want[i])
		}
	}
	err = buildEnvironments(tiers(), Choices{Platform: Platform{Timezone: new(7200)}})
	if !errors.As(err, &list) || len(list) != 1 || list[0].Rule != "environment-timezone" {
		t.Errorf("time zone: %v", err)
	}
}

// Every message about environments as an operator sees it.
func TestEnvironmentMessages(t *testing.T) {
	const text = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<References/>
<VirtualSystemCollection ovf:id="shop"><Info>A shop</Info>
<ProductSection><Info>Settings</Info>
<Property ovf:key="motd" ovf:type="string" ovf:userConfigurable="true" ovf:value="hello"/>
</ProductSection>
<VirtualSystem ovf:id="web"><Info>Web</Info>
<ProductSection><Info>Settings</Info>
<Property ovf:key="title" ovf:type="string" ovf:value="${motd}!"/>
<Property ovf:key="pw" ovf:type="string" ovf:password="true" ovf:userConfigurable="true"/>
</ProductSection>
</VirtualSystem></VirtualSystemCollection></Envelope>
`
	var b bytes.Buffer
	for _, c := range []struct {
		name    string
		choices Choices
	}{
		{"a value from the command line", Choices{Properties: []Setting{{Name: "motd", Value: "one\x1b[2J", From: "--property"}}}},
		{"a password from a file", Choices{Properties: []Setting{{Name: "web/pw", Value: "hunter2\xff", From: "values.yaml", Location: diag.Location{File: "values.yaml", Line: 3, Column: 5}}}}},
		{"the platform", Choices{Platform: Platform{Version: "9\x00"}}},
		{"the time zone", Choices{Platform: Platform{Timezone: new(-3600)}}},
	} {
		_, err := Resolve(t.Context(), Input{Envelope: readEnvelope(t, text)}, c.choices)
		var list diag.List
		if !errors.As(err, &list) {
			t.Errorf("%s: error %v", c.name, err)
			continue
		}
		list = slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return !strings.HasPrefix(d.Rule, "environment-") })
		fmt.Fprintf(&b, "## %s\n", c.name)
		if err := diag.WriteText(&b, list, diag.TextOptions{Source: func(name string) ([]byte, error) {
			if name == "values.yaml" {
				return nil, os.ErrNotExist
			}
			return []byte(text), nil
		}}); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	const golden = "testdata/environment-messages.txt"
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("messages differ from %s; run with -update and read the difference:\n%s", golden, b.Bytes())
	}
	if bytes.Contains(b.Bytes(), []byte("hunter2")) {
		t.Error("a message has the password")
	}
}

// The medium has the document and the files beside it.
func TestWriteEnvironmentISO(t *testing.T) {
	p := tiers()
	if err := buildEnvironments(p, Choices{}); err != nil {
		t.Fatal(err)
	}
	m := p.Machines[0]
	var b bytes.Buffer
	if err := m.WriteEnvironmentISO(&b, environment.File{Path: "conf/answers.txt", Size: 3, Content: strings.NewReader("yes")}); err != nil {
		t.Fatal(err)
	}
	document, err := m.EnvironmentDocument()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("isoinfo"); err != nil {
		t.Skip("isoinfo is not installed")
	}
	iso := filepath.Join(t.TempDir(), "env.iso")
	if err := os.WriteFile(iso, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"/ovf-env.xml": string(document), "/conf/answers.txt": "yes"} {
		for _, tree := range []string{"-R", "-J"} {
			if out, err := exec.Command("isoinfo", tree, "-x", name, "-i", iso).Output(); err != nil || string(out) != want {
				t.Errorf("isoinfo %s %s: %v\n%s", tree, name, err, out)
			}
		}
	}
	if err := new(Machine).WriteEnvironmentISO(&b); err == nil {
		t.Error("a machine that is not resolved has an image")
	}
	if _, err := new(Machine).EnvironmentDocument(); err == nil {
		t.Error("a machine that is not resolved has a document")
	}
}

// crowd is a plan of n machines in one collection.
func crowd(n int) *Plan {
	p := &Plan{Collections: []*Collection{{ID: "all", Properties: []Property{{Name: "zone", Value: "eu"}}}}}
	for i := range n {
		p.Machines = append(p.Machines, &Machine{ID: fmt.Sprint("vm", i), Path: []string{"all"}, Properties: []Property{
			{Name: "com.example.ip", Value: fmt.Sprint("10.0.0.", i)}, {Name: "com.example.role", Value: "worker"},
			{Name: "zone", Value: "eu", Origin: Origin{Kind: FromParent}}}})
	}
	return p
}

// BenchmarkEnvironments builds the environments of many siblings; the time per
// machine should stay.
func BenchmarkEnvironments(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		p := crowd(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := buildEnvironments(p, Choices{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/machine")
		})
	}
}
