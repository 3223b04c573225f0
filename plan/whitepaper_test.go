package plan_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// The documents printed in the white paper (DSP2017) are the independent truth
// for how properties become environments. They are taken from a text of the
// paper beside the repository, if there is one.

// paperLines are the first and last line of each document in that text.
var paperLines = map[string][2]int{
	"petstore": {1930, 2700}, "WebTier": {2716, 2790}, "DB1": {2796, 2868},
	"lamp-one": {3079, 3463}, "lamp-two-tier": {3514, 4131}, "httpd": {3043, 3069},
	"custom.xsd": {4186, 4251}, "custom": {4269, 4342},
}

var pageFurniture = regexp.MustCompile(`^(http://\S+|.*DSP2017|.*ページ)$`)

// paper returns a document of the white paper without what the pages add to it.
func paper(t *testing.T, name string) string {
	t.Helper()
	files, _ := filepath.Glob("../../shared/seeds/003_*.txt")
	if len(files) != 1 {
		t.Skip("the text of the white paper is not beside the repository")
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(string(data), "\n")
	var out []string
	for _, line := range all[paperLines[name][0]-1 : paperLines[name][1]] {
		line = strings.TrimRight(line, " \t\r\f")
		if line == "" || pageFurniture.MatchString(strings.TrimSpace(line)) {
			continue
		}
		// a namespace that is cut by the width of the page
		if n := len(out) - 1; n >= 0 && (strings.HasSuffix(out[n], "CIM_VirtualSystemSettingDa") || strings.HasSuffix(out[n], "CIM_ResourceAllocationSett")) {
			out[n] += strings.TrimLeft(line, " ")
			continue
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n") + "\n"
}

// mend replaces mistakes of the paper, each of which must be there.
func mend(t *testing.T, text string, replacements ...string) string {
	t.Helper()
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			t.Fatalf("the paper has no %q", replacements[i])
		}
		text = strings.ReplaceAll(text, replacements[i], replacements[i+1])
	}
	return text
}

// closed is the mistake of all appendices: the root element is never closed.
var closed = []string{"CIM_ResourceAllocationSettingData\"\n    <!-- References", "CIM_ResourceAllocationSettingData\">\n    <!-- References"}

// documented reads an environment into "id/key" = value; the own properties have
// the id of the guest.
func documented(t *testing.T, text string) map[string]string {
	t.Helper()
	env, _, err := environment.Decode([]byte(text), environment.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	add := func(id string, sections environment.Sections) {
		for _, s := range sections {
			switch s := s.(type) {
			case *environment.PropertySection:
				for _, p := range s.Property {
					out[id+"/"+p.Key] = p.Value
				}
			case *environment.PlatformSection:
				out["platform"] = fmt.Sprint(*s.Kind, "|", *s.Version, "|", *s.Vendor, "|", *s.Locale)
			}
		}
	}
	add(*env.ID, env.Section)
	for _, e := range env.Entity {
		add(e.ID, e.Section)
	}
	return out
}

// environmentOf returns the environment of a machine in the same form.
func environmentOf(t *testing.T, p *plan.Plan, id string) map[string]string {
	t.Helper()
	for _, m := range p.Machines {
		if m.ID == id {
			b, err := m.EnvironmentDocument()
			if err != nil {
				t.Fatal(err)
			}
			return documented(t, string(b))
		}
	}
	t.Fatalf("no machine %s", id)
	return nil
}

func sameValues(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if got[k] != want[k] {
			t.Errorf("%s: %s is %q, want %q", what, k, got[k], want[k])
		}
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: %s is not in the paper", what, k)
		}
	}
}

// Appendix A: the pet store and the environments that the paper prints for it.
func TestPaperPetstore(t *testing.T) {
	text := mend(t, mend(t, paper(t, "petstore"), closed...),
		`fileRef="webappdelta"`, `fileRef="webdelta"`,
		`${db2Ip} "`, `${db2Ip}"`, `${vm1} "`, `${vm1}"`, `${vm2} "`, `${vm2}"`)
	p, err := resolveText(t, text, plan.Choices{
		Properties: set("adminEmail=ovf-admin@vmware.com", "appIp=10.20.132.101", "dbIp=10.20.132.102", "db2Ip=10.20.132.103", "logLevel=warning"),
		Platform:   plan.Platform{Kind: "ESX Server", Version: "3.0.1", Vendor: "VMware, Inc.", Locale: "en_US"},
	})
	if err != nil {
		t.Fatal(err)
	}
	web, db1 := documented(t, paper(t, "WebTier")), documented(t, paper(t, "DB1"))
	if len(web) != 14 || len(db1) != 13 {
		t.Fatalf("the printed documents have %d and %d values", len(web), len(db1))
	}
	sameValues(t, "WebTier", environmentOf(t, p, "WebTier"), web)
	sameValues(t, "DB1", environmentOf(t, p, "DB1"), db1)
	// what DB1 is to itself it is to DB2, and the other way round
	db2 := map[string]string{"platform": db1["platform"]}
	for k, v := range db1 {
		if k != "platform" {
			db2[k] = v
		}
	}
	sameValues(t, "DB2", environmentOf(t, p, "DB2"), db2)

	// the option changes the default of the log level alone
	p, err = resolveText(t, text, plan.Choices{Option: "minimal"})
	if err != nil {
		t.Fatal(err)
	}
	if got := environmentOf(t, p, "DB1")["DB1/com.mydb.db.log"]; got != "low" {
		t.Errorf("log level under minimal: %q", got)
	}
}

// Appendix B: LAMP in one machine and in two.
func TestPaperLAMP(t *testing.T) {
	text := mend(t, mend(t, paper(t, "lamp-one"), closed...))
	p, err := resolveText(t, text, plan.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	got := environmentOf(t, p, "MyLampService")
	// the fragment in the paper is no XML: quotes are missing and of the wrong kind
	printed := regexp.MustCompile(`ovfenv:name="([^"”\s]+)["”]? ovfenv:value="([^"]*)"`).FindAllStringSubmatch(paper(t, "httpd"), -1)
	if len(printed) != 6 {
		t.Fatalf("%d values in the fragment", len(printed))
	}
	for _, m := range printed {
		if got["MyLampService/"+m[1]] != m[2] {
			t.Errorf("%s is %q, want %q", m[1], got["MyLampService/"+m[1]], m[2])
		}
	}

	two := mend(t, paper(t, "lamp-two-tier"), closed...)
	_, err = resolveText(t, two, plan.Choices{})
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("the two-tier appliance is not refused: %v", err)
	}
	var wrong []string
	for _, d := range list {
		if d.Severity == diag.Error {
			wrong = append(wrong, d.Message)
		}
	}
	for i, name := range []string{`"DbServer"`, `"appHostName"`, `"dbHostName"`} {
		if len(wrong) != 3 || !strings.Contains(wrong[i], name) {
			t.Errorf("refused for %q, want a mistake about %s", wrong, name)
		}
	}
	p, err = resolveText(t, mend(t, two, `${appHostName}`, `${appHostname}`, `${dbHostName}`, `${dbHostname}`, `ovf:id="DB Server"`, `ovf:id="DbServer"`,
		`"lamp-base" ovf:href="lampdb.vmdk"`, `"lamp-base" ovf:href="lampbase.vmdk"`,
		`ovf:key="dbIp" ovf:type="string"`, `ovf:key="dbIp" ovf:type="string" ovf:userConfigurable="true"`), plan.Choices{Properties: set("dbIp=10.0.0.2", "httpPort=8080")})
	if err != nil {
		t.Fatal(err)
	}
	got = environmentOf(t, p, "AppServer")
	for k, want := range map[string]string{
		"AppServer/org.linuxdistx.netCoreRmemMaxMB": "16", "AppServer/org.apache.httpd.httpPort": "8080",
		"DbServer/org.linuxdistx.ip": "10.0.0.2", "DbServer/dbIp": "10.0.0.2", "AppServer/net.php.memoryLimit": "32",
	} {
		if got[k] != want {
			t.Errorf("%s is %q, want %q", k, got[k], want)
		}
	}
	if len(p.Startup) != 2 || p.Startup[0].Steps[0].Machine != "DbServer" {
		t.Errorf("start order %+v", p.Startup)
	}
}

// Appendix C: a vendor's section needs the vendor's schema, and stays as it is.
func TestPaperExtension(t *testing.T) {
	text := paper(t, "custom")
	folder := t.TempDir()
	// the paper forgets to import the schema that it extends
	schema := mend(t, paper(t, "custom.xsd"), "elementFormDefault=\"qualified\">", "elementFormDefault=\"qualified\">\n<xs:import namespace=\"http://schemas.dmtf.org/ovf/envelope/1\"/>")
	if err := os.WriteFile(filepath.Join(folder, "custom.xsd"), []byte(schema), 0o600); err != nil {
		t.Fatal(err)
	}
	extended, err := schemas.FromDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range []schemas.Options{{}, {Source: extended}} {
		v, err := schemas.Compile(o)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := xmltree.Parse("custom.ovf", []byte(text), xmltree.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := v.Validate(t.Context(), doc)
		if err != nil {
			t.Fatal(err)
		}
		if valid := len(r.Diagnostics) == 0; valid != (i == 1) {
			t.Errorf("with its schema: %v, diagnostics: %v", i == 1, r.Diagnostics)
		}
	}
	env := decodeText(t, text)
	p, err := plan.Resolve(context.Background(), plan.Input{Envelope: env}, plan.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if p.ConformanceLevel != 2 || len(p.Machines) != 1 || len(p.Networks) != 1 {
		t.Errorf("level %d, %d machines, %d networks", p.ConformanceLevel, len(p.Machines), len(p.Networks))
	}
	if b, err := envelope.Encode(env); err != nil || string(b) != text {
		t.Errorf("the descriptor is not the same after resolving it: %v", err)
	}
}
