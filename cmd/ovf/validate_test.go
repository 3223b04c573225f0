package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/internal/ruleexample"
)

const broken = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References/>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:diskId="d" ovf:capacity="1" ovf:fileRef="nowhere" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <VirtualSystem ovf:id="vm">
    <Name>before Info</Name>
  </VirtualSystem>
</Envelope>
`

// validation is the fixed form of the JSON output.
type validation struct {
	Files []struct {
		File             string
		OVFVersion       string `json:"ovfVersion"`
		ConformanceLevel int    `json:"conformanceLevel"`
		Diagnostics      []struct {
			Severity, Layer, Rule, Clause, Path, Message string
			Line, Column                                 int
		}
	}
}

func TestValidateJSON(t *testing.T) {
	name := save(t, "broken.ovf", broken)
	r := execute("", "validate", "--json", name)
	r.want(t, exitInput)
	var v validation
	if err := json.Unmarshal([]byte(r.stdout), &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Files) != 1 || v.Files[0].File != name || v.Files[0].OVFVersion != "1.x" || v.Files[0].ConformanceLevel != 1 {
		t.Fatalf("%+v", v)
	}
	at := map[string][2]int{}
	for _, d := range v.Files[0].Diagnostics {
		if d.Severity == "error" {
			at[d.Layer+" "+d.Rule] = [2]int{d.Line, d.Column}
		}
		if d.Message == "" || d.Path == "" {
			t.Errorf("%+v", d)
		}
	}
	if at["semantic disk-file-ref"] != [2]int{6, 43} {
		t.Errorf("the dangling fileRef: %v", at)
	}
	if !slices.ContainsFunc(v.Files[0].Diagnostics, func(d struct {
		Severity, Layer, Rule, Clause, Path, Message string
		Line, Column                                 int
	}) bool {
		return d.Layer == "schema" && d.Severity == "error" && d.Line == 8
	}) {
		t.Errorf("no error of the schema for the missing Info: %v", at)
	}
}

func TestValidateText(t *testing.T) {
	r := execute(broken, "validate", "-")
	r.want(t, exitInput)
	for _, s := range []string{"standard input:6:43: error: ", "[disk-file-ref]", `  6 |     <Disk ovf:diskId="d"`, "^~~~", "standard input: OVF 1.x (follows no schema): "} {
		if !strings.Contains(r.stdout, s) {
			t.Errorf("no %q in\n%s", s, r.stdout)
		}
	}
	execute("<a", "validate", "-").want(t, exitInput)
	execute("", "validate", "no-such-file.ovf").want(t, exitFile, "no-such-file.ovf")
}

// Several files are reported in the order given, also when one cannot be read.
func TestValidateMany(t *testing.T) {
	good := filepath.Join(repo, "examples/lamp-one/lamp-one.ovf")
	bad := save(t, "bad.ovf", broken)
	r := execute("", "validate", "-j", "4", good, bad, "missing.ovf", good)
	r.want(t, exitFile, "missing.ovf")
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if n := len(lines); n < 3 || !strings.HasPrefix(lines[n-3], good) || !strings.HasPrefix(lines[n-2], bad) || !strings.HasPrefix(lines[n-1], good) {
		t.Errorf("order:\n%s", r.stdout)
	}
}

func TestValidateOverrides(t *testing.T) {
	has := func(r result, s string) bool { return strings.Contains(r.stdout, s) }
	name := save(t, "broken.ovf", broken)
	if r := execute("", "validate", "--ignore", "disk-file-ref", name); has(r, "[disk-file-ref]") {
		t.Error("an ignored rule is reported")
	}
	if r := execute("", "validate", "--severity", "disk-file-ref=info", name); !has(r, ": info: the disk") && !has(r, ": info:") {
		t.Errorf("the severity is not changed:\n%s", r.stdout)
	}
	cfg := save(t, "c.json", `{"ignore":["disk-file-ref"],"targets":["strict"]}`)
	if r := execute("", "validate", "--config", cfg, name); has(r, "[disk-file-ref]") {
		t.Error("a rule that the file ignores is reported")
	}
	for _, args := range [][]string{
		{"--ignore", "no-such-rule"}, {"--severity", "disk-file-ref=bad"}, {"--target", "toaster"}, {"--engine", "abacus"},
		{"--max", "0"}, {"--json", "--sarif"}, {"--config", save(t, "d.json", `{"ignroe":[]}`)},
	} {
		execute("", append(append([]string{"validate"}, args...), name)...).want(t, exitUsage)
	}
	execute("", "validate", "--config", "missing.json", name).want(t, exitFile)
	execute("", "validate", "--schemas", "missing-folder", name).want(t, exitFile)
}

// SARIF is JSON with a result for each diagnostic.
func TestValidateSARIF(t *testing.T) {
	r := execute(broken, "validate", "--sarif", "-")
	r.want(t, exitInput)
	var log struct {
		Version string
		Runs    []struct {
			Results []struct{ RuleID string }
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) == 0 {
		t.Errorf("%+v", log)
	}
}

// The value of a password is nowhere in the output.
func TestValidateHidesPasswords(t *testing.T) {
	text := strings.Replace(broken, "<Name>before Info</Name>", `<Info/><ProductSection><Info/>
      <Property ovf:key="pw" ovf:type="uint8" ovf:password="true" ovf:value="hunter2secret"/></ProductSection>`, 1)
	for _, form := range []string{"--json", "--sarif", "--quiet=false"} {
		r := execute(text, "validate", form, "-")
		if strings.Contains(r.stdout+r.stderr, "hunter2") {
			t.Errorf("%s shows the password:\n%s%s", form, r.stdout, r.stderr)
		}
	}
}

// Both engines come to the same verdict, where the other one is there; where
// not, the message says how to get it.
func TestValidateEngine(t *testing.T) {
	r := execute(broken, "validate", "--engine", "libxml2", "-")
	if r.status == exitUsage {
		r.want(t, exitUsage, "tag libxml2")
		return
	}
	r.want(t, exitInput)
}

// Every rule is listed, and explained with two examples. Where these are descriptors,
// what is wrong with the bad one is shown.
func TestExplain(t *testing.T) {
	listed := execute("", "validate", "--list-rules")
	listed.want(t, exitGood)
	for _, rule := range allRules() {
		if !strings.Contains(listed.stdout, " "+rule.Name+" ") {
			t.Errorf("%s is not listed", rule.Name)
		}
		r := execute("", "explain", rule.Name)
		r.want(t, exitGood)
		if !strings.Contains(r.stdout, rule.Summary) || !strings.Contains(r.stdout, "Bad:\n\n    ") || !strings.Contains(r.stdout, "Good:\n\n    ") {
			t.Errorf("%s: something is missing:\n%s", rule.Name, r.stdout)
		}
		if _, err := ruleexample.Bad(rule.Name); err == nil && !strings.Contains(r.stdout, "["+rule.Name+"]") {
			t.Errorf("%s: the mistake is not shown:\n%s", rule.Name, r.stdout)
		}
	}
	r := execute("", "explain", "spec-key", "vmdk-extent-name", "--json")
	r.want(t, exitGood)
	var out struct {
		Rules []struct{ Name, Bad, Good string }
	}
	if unmarshal(t, r, &out); len(out.Rules) != 2 || out.Rules[1].Bad != "RW 20971520 FLAT \"/etc/passwd\" 0\n" || !strings.Contains(out.Rules[0].Good, "cpus") {
		t.Errorf("%s", r.stdout)
	}
	execute("", "explain", "disk-fileref").want(t, exitUsage, "disk-file-ref")
}

// The descriptors under examples/ keep every rule.
func TestValidateExamples(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(repo, "examples/*/*.ovf"))
	if err != nil || len(names) < 4 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		args := []string{"validate", name}
		if xsd, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*.xsd")); len(xsd) > 0 {
			args = append(args, "--schemas", filepath.Dir(name))
		}
		if filepath.Base(name) == "required.ovf" { // it is about a section that must be understood
			args = append(args, "--ignore", "extension-required")
		}
		r := execute("", args...)
		r.want(t, exitGood)
		if strings.Contains(r.stdout, "warning:") {
			t.Errorf("%s:\n%s", name, r.stdout)
		}
	}
}

// What the schema layer says of the corpus is what xmllint says with the files
// of DMTF: valid is valid.
func TestValidateCorpusAgainstXmllint(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed")
	}
	if _, err := os.Stat(schemasDir); err != nil {
		t.Skip("../shared/schemas is not beside the repository")
	}
	names := corpus(t, ".ovf")
	if testing.Short() {
		names = names[:40]
	}
	var v struct {
		Files []struct {
			File           string
			SchemaVersions []string
			Diagnostics    []struct{ Rule string }
		}
	}
	if err := json.Unmarshal([]byte(execute("", append([]string{"validate", "--json"}, names...)...).stdout), &v); err != nil {
		t.Fatal(err)
	}
	ours := map[string]map[string]bool{}
	for _, f := range v.Files {
		ours[f.File] = map[string]bool{}
		if slices.ContainsFunc(f.Diagnostics, func(d struct{ Rule string }) bool { return d.Rule == "schema-vendor-section" }) {
			continue // set aside by us, refused by a plain validator
		}
		for _, s := range f.SchemaVersions {
			ours[f.File][s] = true
		}
	}
	agree := 0
	for _, version := range []string{"1.0.0", "1.1.0", "1.1.1", "2.0.1"} {
		xsd := filepath.Join(schemasDir, version, "dsp8023_"+version+".xsd")
		out, _ := exec.Command("xmllint", append([]string{"--nonet", "--noout", "--schema", xsd}, names...)...).CombinedOutput()
		for _, name := range names {
			theirs := strings.Contains(string(out), name+" validates\n")
			if mine, ok := ours[name]; ok && mine[version] != theirs {
				t.Errorf("%s: valid by %s: %v, xmllint: %v", name, version, mine[version], theirs)
			} else if ok {
				agree++
			}
		}
	}
	t.Logf("%d verdicts agree", agree)
}

var ovfCall = regexp.MustCompile(`\bovf ((?:[a-z]+ )*)(.*)`)

// The examples of rules have no verb and no flag that the command has not.
func TestExplainCalls(t *testing.T) {
	texts, err := ruleexample.Texts()
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for rule, text := range texts {
		for _, m := range ovfCall.FindAllStringSubmatch(text.Bad+text.Good, -1) {
			cmd, _, err := (&cli{}).root().Find(strings.Fields(m[1]))
			if err != nil || !cmd.HasParent() {
				continue // prose
			}
			calls++
			for _, word := range strings.Fields(m[2]) {
				if name, ok := strings.CutPrefix(strings.TrimRight(word, ",;"), "--"); ok && cmd.Flags().Lookup(name) == nil {
					t.Errorf("%s: %s has no flag --%s", rule, cmd.CommandPath(), name)
				}
			}
		}
	}
	if calls < 40 {
		t.Errorf("only %d calls of ovf", calls)
	}
}
