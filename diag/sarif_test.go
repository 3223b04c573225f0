package diag

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sarifObject lists the members of one SARIF 2.1.0 object that this package may
// write: the value is the type, "!" in front means required. It restates the
// constraints of the standard's schema for these objects, in which no object
// allows further members.
type sarifObject map[string]string

var sarifObjects = map[string]sarifObject{
	"log":           {"$schema": "uri", "version": "!=2.1.0", "runs": "![]run"},
	"run":           {"tool": "!tool", "columnKind": "=utf16CodeUnits|unicodeCodePoints", "results": "[]result"},
	"tool":          {"driver": "!toolComponent"},
	"toolComponent": {"name": "!string", "version": "string", "informationUri": "uri", "rules": "{}reportingDescriptor"},
	"reportingDescriptor": {"id": "!string", "shortDescription": "multiformatMessageString", "fullDescription": "multiformatMessageString",
		"help": "multiformatMessageString", "defaultConfiguration": "reportingConfiguration", "properties": "bag"},
	"multiformatMessageString": {"text": "!string"},
	"reportingConfiguration":   {"level": "=none|note|warning|error"},
	"result": {"ruleId": "string", "ruleIndex": "int>=-1", "level": "=none|note|warning|error", "message": "!message",
		"locations": "[]location", "relatedLocations": "{}location", "properties": "bag"},
	"message":          {"text": "!string"}, // or id, which is not used here
	"location":         {"id": "int>=-1", "physicalLocation": "physicalLocation", "logicalLocations": "{}logicalLocation", "message": "message"},
	"physicalLocation": {"artifactLocation": "!artifactLocation", "region": "region"}, // or address, not used here
	"artifactLocation": {"uri": "uri-reference"},
	"region":           {"startLine": "int>=1", "startColumn": "int>=1", "endLine": "int>=1", "endColumn": "int>=1"},
	"logicalLocation":  {"fullyQualifiedName": "string", "kind": "string"},
	"bag":              {"layer": "string", "clause": "string", "since": "string"},
}

// What may stand in a URI (RFC 3986), and its general form.
var (
	uriChars  = regexp.MustCompile(`^(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})*$`)
	uriScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.\-]*:`)
)

// checkSARIF returns what the standard does not allow in a log.
func checkSARIF(doc []byte) error {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	var errs []error
	checkSARIFValue("log", "log", v, func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) })
	if errs != nil {
		return errors.Join(errs...)
	}

	// What the schema cannot say (clauses 3.27.6, 3.30): the index fits the
	// rule, and no region ends before it starts.
	run := v.(map[string]any)["runs"].([]any)[0].(map[string]any)
	rules := run["tool"].(map[string]any)["driver"].(map[string]any)["rules"].([]any)
	for i, r := range run["results"].([]any) {
		r := r.(map[string]any)
		if n, ok := r["ruleIndex"]; ok {
			n, _ := n.(json.Number).Int64()
			if n >= int64(len(rules)) || rules[n].(map[string]any)["id"] != r["ruleId"] {
				errs = append(errs, fmt.Errorf("result %d: ruleIndex %d is not rule %v", i, n, r["ruleId"]))
			}
		}
		for _, loc := range slices.Concat(list(r["locations"]), list(r["relatedLocations"])) {
			p, _ := loc.(map[string]any)["physicalLocation"].(map[string]any)
			if g, ok := p["region"].(map[string]any); ok {
				at := func(name string) int64 { n, _ := g[name].(json.Number); i, _ := n.Int64(); return i }
				if g["startLine"] == nil {
					errs = append(errs, fmt.Errorf("result %d: region without startLine: %v", i, g))
				}
				if g["endColumn"] != nil && (at("endLine") < at("startLine") || at("endLine") == at("startLine") && at("endColumn") < at("startColumn")) {
					errs = append(errs, fmt.Errorf("result %d: region ends before it starts: %v", i, g))
				}
			}
		}
	}
	return errors.Join(errs...)
}

func list(v any) []any { l, _ := v.([]any); return l }

func checkSARIFValue(at, kind string, v any, report func(string, ...any)) {
	switch {
	case strings.HasPrefix(kind, "[]"), strings.HasPrefix(kind, "{}"):
		l, ok := v.([]any)
		if !ok {
			report("%s: not an array", at)
		}
		seen := map[string]bool{}
		for i, e := range l {
			checkSARIFValue(fmt.Sprintf("%s[%d]", at, i), kind[2:], e, report)
			b, _ := json.Marshal(e)
			if kind[0] == '{' && seen[string(b)] {
				report("%s[%d]: not unique", at, i)
			}
			seen[string(b)] = true
		}
	case kind[0] == '=':
		if s, ok := v.(string); !ok || !slices.Contains(strings.Split(kind[1:], "|"), s) {
			report("%s: %v is not one of %s", at, v, kind[1:])
		}
	case strings.HasPrefix(kind, "int>="):
		var least int64
		fmt.Sscan(kind[5:], &least)
		n, ok := v.(json.Number)
		if i, err := n.Int64(); !ok || err != nil || i < least {
			report("%s: %v is not an integer of at least %d", at, v, least)
		}
	case kind == "string", kind == "uri", kind == "uri-reference":
		s, ok := v.(string)
		if !ok {
			report("%s: not a string", at)
		}
		if kind != "string" && !uriChars.MatchString(s) || kind == "uri" && !uriScheme.MatchString(s) {
			report("%s: %q is not a %s", at, s, kind)
		}
	default:
		obj, ok := v.(map[string]any)
		if !ok {
			report("%s: not an object", at)
		}
		for name := range obj {
			if sarifObjects[kind][name] == "" {
				report("%s: member %q is not part of a %s", at, name, kind)
			}
		}
		for name, want := range sarifObjects[kind] {
			if e, ok := obj[name]; ok {
				checkSARIFValue(at+"."+name, strings.TrimPrefix(want, "!"), e, report)
			} else if want[0] == '!' {
				report("%s: %s is missing", at, name)
			}
		}
	}
}

// The checker is itself checked: each of these mistakes must be found.
func TestCheckSARIFFindsMistakes(t *testing.T) {
	good := sarif(t, List{{Severity: Error, Rule: "r", Message: "m", Location: Location{File: "a.ovf", Line: 1, Column: 2, EndLine: 1, EndColumn: 5},
		Related: []Related{{Message: "x"}, {Message: "y"}}}}, []Rule{{Name: "r", Severity: Error}}, "1")
	if err := checkSARIF(good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"version", `"version": "2.1.0"`, `"version": "2.0.0"`},
		{"no tool", `"tool"`, `"tools"`},
		{"level", `"level": "error"`, `"level": "fatal"`},
		{"startLine", `"startLine": 1`, `"startLine": 0`},
		{"endColumn", `"endColumn": 5`, `"endColumn": 1`},
		{"fraction", `"startLine": 1`, `"startLine": 1.5`},
		{"uri", `"uri": "a.ovf"`, `"uri": "a b.ovf"`},
		{"rule index", `"ruleIndex": 0`, `"ruleIndex": 1`},
		{"unique", `"id": 2`, `"id": 1`},
		{"column kind", `unicodeCodePoints`, `bytes`},
		{"extra member", `"ruleIndex": 0`, `"ruleIndex": 0, "weight": 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(string(good), c.old, c.new, 1)
			if c.name == "unique" {
				bad = strings.Replace(bad, `"text": "y"`, `"text": "x"`, 1)
			}
			if bad == string(good) {
				t.Fatalf("%q does not occur", c.old)
			}
			if checkSARIF([]byte(bad)) == nil {
				t.Errorf("accepted:\n%s", bad)
			}
		})
	}
}

func sarif(t testing.TB, l List, rules []Rule, version string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSARIF(&b, l, rules, version); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteSARIF(t *testing.T) {
	rules := []Rule{
		{Name: "disk-file-ref", Layer: Semantic, Severity: Error, Clause: "DSP0243 9.1", Since: "0.1.0", Summary: "A {Disk} names no File.", Why: "The disk is lost."},
		{Name: "twice"}, {Name: "twice"},
	}
	l := List{
		{Severity: Error, Rule: "disk-file-ref", Layer: Semantic, Clause: "DSP0243 9.1", Message: `Disk "d" names ${f} [x](y)`, Hint: "list it",
			Location: Location{File: "dir/a b.ovf", Line: 3, Column: 4, EndLine: 3, EndColumn: 9, Path: "/Envelope/DiskSection/Disk/@fileRef"},
			Related:  []Related{{Location{File: "dir/a b.ovf", Line: 1}, "here"}, {Location{File: "dir/a b.ovf", Line: 1}, "here"}}},
		{Severity: Info, Rule: "unlisted", Message: "m", Location: Location{Path: "/Envelope"}},
		{}, // nothing at all
		{Severity: Warning, Rule: "twice", Message: "\xff\u202e\n", Location: Location{File: "\xff", Line: 5, Column: 5, EndLine: 4, EndColumn: 9}},
		{Severity: Warning, Message: "far", Location: Location{File: "x", Line: math.MaxInt, Column: math.MaxInt, EndLine: -1, EndColumn: math.MaxInt}},
	}
	doc := sarif(t, l, rules, "0.1.0")
	if err := checkSARIF(doc); err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	var got struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Name, Version string }
			}
			Results []struct {
				RuleIndex *int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           map[string]int
					}
					LogicalLocations []struct{ Kind string }
				}
				RelatedLocations []struct{ ID int }
			}
		}
	}
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	if d := got.Runs[0].Tool.Driver; d.Name != "ovf" || d.Version != "0.1.0" {
		t.Errorf("driver %+v", d)
	}
	rs := got.Runs[0].Results
	if len(rs) != len(l) {
		t.Fatalf("%d results, want %d", len(rs), len(l))
	}
	for i, level := range []string{"error", "note", "none", "warning", "warning"} {
		if rs[i].Level != level {
			t.Errorf("result %d: level %s, want %s", i, rs[i].Level, level)
		}
	}
	r := rs[0]
	if want := "Disk \"d\" names ${{f}} [x\\](y)\nHint: list it\nSee DSP0243 9.1"; r.Message.Text != want {
		t.Errorf("message %q, want %q", r.Message.Text, want)
	}
	if *r.RuleIndex != 0 || rs[1].RuleIndex != nil || *rs[3].RuleIndex != 1 {
		t.Errorf("rule index: %v %v %v", r.RuleIndex, rs[1].RuleIndex, rs[3].RuleIndex)
	}
	p := r.Locations[0].PhysicalLocation
	if p.ArtifactLocation.URI != "dir/a%20b.ovf" {
		t.Errorf("uri %q", p.ArtifactLocation.URI)
	}
	if want := map[string]int{"startLine": 3, "startColumn": 4, "endLine": 3, "endColumn": 9}; fmt.Sprint(p.Region) != fmt.Sprint(want) {
		t.Errorf("region %v, want %v", p.Region, want)
	}
	if k := r.Locations[0].LogicalLocations[0].Kind; k != "attribute" {
		t.Errorf("kind %q", k)
	}
	if len(r.RelatedLocations) != 2 {
		t.Errorf("%d related locations, want 2", len(r.RelatedLocations))
	}
	if g := rs[3].Locations[0].PhysicalLocation.Region; len(g) != 2 {
		t.Errorf("a range that ends before its start: region %v", g)
	}

	if err := checkSARIF(sarif(t, nil, nil, "")); err != nil {
		t.Errorf("empty list: %v", err)
	}
}

func TestFileURI(t *testing.T) {
	for name, want := range map[string]string{
		"a.ovf":                 "a.ovf",
		"./sub/../a.ovf":        "a.ovf",
		"../a.ovf":              "../a.ovf",
		"dir/a b#?%.ovf":        "dir/a%20b%23%3F%25.ovf",
		"/abs/a.ovf":            "file:///abs/a.ovf",
		"a:b.ovf":               "./a:b.ovf",
		"C:x":                   "./C:x",
		"bücher.ovf":            "b%C3%BCcher.ovf",
		"\xff\n":                "%FF%0A",
		"-":                     "-",
		"javascript:alert(1)":   "./javascript:alert%281%29",
		"https://h.example/a b": "https://h.example/a%20b",
		"https://u:secret@h.example/a.ova?sig=secret#f": "https://h.example/a.ova",
		"//h.example/a": "file:///h.example/a",
	} {
		got := fileURI(name)
		if got != want {
			t.Errorf("fileURI(%q) = %q, want %q", name, got, want)
		}
		// A relative reference must give the name back.
		if u, err := url.Parse(got); err != nil {
			t.Errorf("fileURI(%q) = %q: %v", name, got, err)
		} else if u.Scheme == "" && u.Path != name && name != "./sub/../a.ovf" && u.Path != "./"+name {
			t.Errorf("fileURI(%q) = %q, which reads %q", name, got, u.Path)
		}
	}
}
