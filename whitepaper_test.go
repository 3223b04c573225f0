package ovf_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
)

// paper is the text edition whose lines docs/whitepaper-findings.md counts.
const paper = "../shared/seeds/003_adf2fa3f6f387722.txt"

// example is a part of the paper that is made a document.
type example struct {
	first, last   int
	before, after string      // what a fragment lacks
	edits         [][2]string // mended mistakes, which hide others; "..." of the prose
	whole         bool        // all that is reported in it is in the list
}

const (
	closing = `CIM_ResourceAllocationSettingData"` // what should be followed by ">"
	head    = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ns="urn:ns" ` +
		`xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">`
	system = `<VirtualSystem ovf:id="s"><Info/>`
	guest  = `<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:ovfenv="http://schemas.dmtf.org/ovf/environment/1" `
)

// dots are the marks of what the prose leaves out.
var dots = [2]string{"...", ""}

// examples lists the documents and fragments. One with a mistake in the XML comes
// again with that mended, so that the rest can be looked at.
var examples = []example{
	{first: 638, last: 818, whole: true},
	{first: 1201, last: 1221, before: head + "<References/>", after: system + "</VirtualSystem></Envelope>", edits: [][2]string{{"... more configurations ...", ""}}},
	{first: 1201, last: 1221, before: head + "<References/>", after: system + "</VirtualSystem></Envelope>",
		edits: [][2]string{{"... more configurations ...", ""}, {"<Configuration", "<Info/><Configuration"}}},
	{first: 1250, last: 1284, before: head + `<References/><DeploymentOptionSection><Info/><Configuration ovf:id="min"><Label/><Description/></Configuration>` +
		`<Configuration ovf:id="normal"><Label/><Description/></Configuration></DeploymentOptionSection>` + system, after: "</VirtualSystem></Envelope>", edits: [][2]string{dots}},
	{first: 1250, last: 1284, before: head + "<References/>" + system, after: "</VirtualSystem></Envelope>",
		edits: [][2]string{dots, {"InstanceID>0<", "InstanceID>1<"}, {` ovf:configuration="big"`, ""}}},
	{first: 1347, last: 1371, edits: [][2]string{{"<Envelope ...>", head + "<References/>" + system + "<OperatingSystemSection ovf:id='1'>"}, {"<Strings", "</OperatingSystemSection></VirtualSystem><Strings"}, dots}},
	{first: 1383, last: 1402, edits: [][2]string{{"<Envelope ...>", head}, {"</References>", "</References>" + system + "</VirtualSystem>"}, dots}},
	{first: 1432, last: 1444, before: head + "<References/>" + system, after: "</VirtualSystem></Envelope>"},
	{first: 1432, last: 1444, before: head + "<References/>" + system, after: "</VirtualSystem></Envelope>", edits: [][2]string{{"”false”", `"false"`}, dots}},
	{first: 1930, last: 2700, whole: true},
	{first: 1930, last: 2700, whole: true, edits: [][2]string{{closing, closing + ">"}}},
	{first: 2716, last: 2790, whole: true},
	{first: 2796, last: 2868, whole: true},
	{first: 3043, last: 3069, edits: [][2]string{{"<Environment", guest + ">"}}},
	{first: 3051, last: 3069, before: guest + "><PropertySection>", edits: [][2]string{dots, {`httpPort `, `httpPort" `}}},
	{first: 3055, last: 3069, before: guest + "><PropertySection>", edits: [][2]string{dots}},
	{first: 3051, last: 3069, before: guest + "><PropertySection>", edits: [][2]string{dots, {`Port `, `Port" `}, {"”", `"`}}},
	{first: 3079, last: 3463, whole: true},
	{first: 3079, last: 3463, whole: true, edits: [][2]string{{closing, closing + ">"}}},
	{first: 3514, last: 4131, whole: true},
	{first: 3514, last: 4131, whole: true, edits: [][2]string{{closing, closing + ">"}}},
	{first: 4269, last: 4342, whole: true},
}

var (
	furniture = regexp.MustCompile(`^(http://\S+|.*DSP2017|.*ページ)$`) // heads of pages, notes on links
	cut       = regexp.MustCompile(`CIM_(VirtualSystemSettingDa|ResourceAllocationSett)$`)
)

// join undoes the pages of a range of lines, and returns for each line of the
// text its number in the paper.
func (e example) join(lines []string) (string, []int) {
	var out []string
	var from []int
	for i, line := range lines[e.first-1 : e.last] {
		line = strings.TrimRight(line, " \t\r")
		switch last := len(out) - 1; {
		case line == "" || furniture.MatchString(strings.TrimSpace(line)):
		case last >= 0 && cut.MatchString(out[last]): // a name that the width of the page has cut
			out[last] += strings.TrimLeft(line, " ")
		default:
			out, from = append(out, line), append(from, e.first+i)
		}
	}
	text := strings.Join(out, "\n")
	for _, edit := range e.edits {
		n := 1
		if edit == dots || strings.HasSuffix(edit[0], " ") || edit[0] == "”" {
			n = -1
		}
		text = strings.Replace(text, edit[0], edit[1], n)
	}
	return e.before + text + e.after, from
}

// listed is a row of docs/whitepaper-findings.md.
type listed struct {
	lines    [][2]int // ranges
	rule     string   // or "schema" for any of that layer
	severity string
	seen     []bool // by range
}

func findings(t *testing.T) []*listed {
	t.Helper()
	data, err := os.ReadFile("docs/whitepaper-findings.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("^\\| ([0-9–, ]+) \\|.*\\| (`[a-z-]+`|schema) \\| (error|warning|info) \\|")
	var out []*listed
	for line := range strings.Lines(string(data)) {
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		l := &listed{rule: strings.Trim(m[2], "`"), severity: m[3]}
		for part := range strings.SplitSeq(m[1], ", ") {
			from, to, ok := strings.Cut(part, "–")
			if !ok {
				to = from
			}
			a, err1 := strconv.Atoi(from)
			b, err2 := strconv.Atoi(to)
			if err1 != nil || err2 != nil {
				t.Fatalf("%q is no line", part)
			}
			l.lines = append(l.lines, [2]int{a, b})
		}
		l.seen = make([]bool, len(l.lines))
		out = append(out, l)
	}
	return out
}

// covers marks the row as seen if a diagnostic is one of it.
func (l *listed) covers(line int, d diag.Diagnostic) bool {
	if d.Rule != l.rule && (l.rule != "schema" || d.Layer != diag.Schema) || d.Severity.String() != l.severity {
		return false
	}
	i := slices.IndexFunc(l.lines, func(r [2]int) bool { return r[0] <= line && line <= r[1] })
	if i >= 0 {
		l.seen[i] = true
	}
	return i >= 0
}

// TestWhitepaper checks that docs/whitepaper-findings.md is what the validator
// says: every place in it is reported, and in the whole documents nothing else.
func TestWhitepaper(t *testing.T) {
	text, err := os.ReadFile(paper)
	if err != nil {
		t.Skip("../shared/seeds is not beside the repository")
	}
	lines := strings.Split(string(text), "\n")
	rows := findings(t)
	if len(rows) < 45 {
		t.Fatalf("only %d rows in the list", len(rows))
	}
	var v ovf.Validator
	for _, e := range examples {
		doc, from := e.join(lines)
		name := fmt.Sprintf("%d–%d", e.first, e.last)
		r, err := v.Validate(t.Context(), name, []byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		at := func(l diag.Location) int {
			if 0 < l.Line && l.Line <= len(from) {
				return from[l.Line-1]
			}
			return 0
		}
		for _, d := range r.Diagnostics {
			line, known := at(d.Location), false
			for _, row := range rows {
				known = row.covers(line, d) || known
				for _, also := range d.Related {
					row.covers(at(also.Location), d)
				}
			}
			if e.whole && !known {
				t.Errorf("not in the list: line %d %s %s: %s", line, d.Severity, d.Rule, d.Message)
			}
		}
	}
	for _, row := range rows {
		for i, seen := range row.seen {
			if !seen {
				t.Errorf("not reported: lines %v %s %s", row.lines[i], row.severity, row.rule)
			}
		}
	}
}

// TestWhitepaperExtension checks the schema of an extension that the paper
// prints: it does not compile as it is, since it imports nothing, and once that is
// mended the descriptor with the extension follows it.
func TestWhitepaperExtension(t *testing.T) {
	text, err := os.ReadFile(paper)
	if err != nil {
		t.Skip("../shared/seeds is not beside the repository")
	}
	lines := strings.Split(string(text), "\n")
	descriptor, _ := example{first: 4269, last: 4342}.join(lines)
	check := func(edits ...[2]string) (*ovf.Validation, error) {
		schema, _ := example{first: 4186, last: 4251, edits: edits}.join(lines)
		source, err := schemas.FromFS(fstest.MapFS{"custom.xsd": {Data: []byte(schema)}})
		if err != nil {
			return nil, err
		}
		s, err := schemas.Compile(schemas.Options{Source: source})
		if err != nil {
			return nil, err
		}
		v := ovf.Validator{Schema: s}
		return v.Validate(t.Context(), "custom.ovf", []byte(descriptor))
	}
	if _, err := check(); !strings.Contains(fmt.Sprint(err), "custom.xsd") {
		t.Errorf("the schema without import: %v", err)
	}
	r, err := check([2]string{"<xs:element", `<xs:import namespace="http://schemas.dmtf.org/ovf/envelope/1"/><xs:element`})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Diagnostics {
		if d.Layer == diag.Schema {
			t.Error(d.Error())
		}
	}
	if len(r.SchemaVersions) != 3 {
		t.Errorf("the descriptor fits %v", r.SchemaVersions)
	}
}
