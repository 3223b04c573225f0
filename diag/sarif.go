package diag

import (
	"encoding/json"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// The subset of the SARIF 2.1.0 object model that WriteSARIF uses, in the
// standard's own names (OASIS SARIF 2.1.0, clause 3).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string          `json:"id"`
		ShortDescription *sarifText      `json:"shortDescription,omitempty"`
		FullDescription  *sarifText      `json:"fullDescription,omitempty"`
		Help             *sarifText      `json:"help,omitempty"`
		Default          sarifConfig     `json:"defaultConfiguration"`
		Properties       sarifProperties `json:"properties"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Layer  Layer  `json:"layer,omitempty"`
		Clause string `json:"clause,omitempty"`
		Since  string `json:"since,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID           string          `json:"ruleId,omitempty"`
		RuleIndex        *int            `json:"ruleIndex,omitempty"`
		Level            string          `json:"level"`
		Message          sarifText       `json:"message"`
		Locations        []sarifLocation `json:"locations,omitempty"`
		RelatedLocations []sarifLocation `json:"relatedLocations,omitempty"`
		Properties       sarifProperties `json:"properties"`
	}
	sarifLocation struct {
		ID               int            `json:"id,omitempty"`
		PhysicalLocation *sarifPhysical `json:"physicalLocation,omitempty"`
		LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
		Message          *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homePage    = "https://github.com/ovfkit/ovf"
)

// WriteSARIF writes l as a SARIF 2.1.0 log with one run of the tool "ovf", in
// the given version (left out if empty), so that code hosts can show each
// diagnostic at its line. rules becomes the rule table of the tool; a rule that
// is listed twice counts once, one without a name not at all, and a diagnostic
// may name a rule that is not listed.
//
// Files become URI references: relative names stay relative (to the folder in
// which the tool ran; cleaned, percent-encoded), absolute ones become file:
// URIs, and of http: and https: addresses user, query and fragment are left out,
// since these may be secrets. Columns are characters
// (columnKind unicodeCodePoints). Hint and clause stand at the end of the
// message text, since most viewers show nothing else. The error is that of w.
func WriteSARIF(w io.Writer, l List, rules []Rule, version string) error {
	index := make(map[string]int, len(rules))
	table := make([]sarifRule, 0, len(rules))
	for i := range rules {
		if _, dup := index[rules[i].Name]; !dup && rules[i].Name != "" {
			index[rules[i].Name] = len(table)
			table = append(table, newSARIFRule(&rules[i]))
		}
	}
	results := make([]sarifResult, 0, len(l))
	for i := range l {
		r := newSARIFResult(&l[i])
		if n, ok := index[l[i].Rule]; ok {
			r.RuleIndex = &n
		}
		results = append(results, r)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(sarifLog{
		Schema:  sarifSchema,
		Version: "2.1.0",
		Runs: []sarifRun{{
			Tool:       sarifTool{sarifDriver{"ovf", version, homePage, table}},
			ColumnKind: "unicodeCodePoints",
			Results:    results,
		}},
	})
}

func newSARIFRule(r *Rule) sarifRule {
	help := r.Why
	if r.Clause != "" {
		help = strings.TrimSpace(help + " (" + r.Clause + ")")
	}
	return sarifRule{
		ID:               r.Name,
		ShortDescription: optionalText(r.Summary),
		FullDescription:  optionalText(r.Why),
		Help:             optionalText(help),
		Default:          sarifConfig{sarifLevel(r.Severity)},
		Properties:       sarifProperties{r.Layer, r.Clause, r.Since},
	}
}

func newSARIFResult(d *Diagnostic) sarifResult {
	text := d.Message
	if text == "" {
		text = "(no message)" // a message object must hold a text
	}
	if d.Hint != "" {
		text += "\nHint: " + d.Hint
	}
	if d.Clause != "" {
		text += "\nSee " + d.Clause
	}
	r := sarifResult{
		RuleID:     d.Rule,
		Level:      sarifLevel(d.Severity),
		Message:    sarifText{sarifEscape(text)},
		Properties: sarifProperties{Layer: d.Layer, Clause: d.Clause},
	}
	if loc := newSARIFLocation(d.Location); loc.PhysicalLocation != nil || loc.LogicalLocations != nil {
		r.Locations = []sarifLocation{loc}
	}
	for i, rel := range d.Related {
		loc := newSARIFLocation(rel.Location)
		loc.ID = i + 1 // makes equal places distinct, as the standard wants
		loc.Message = optionalText(rel.Message)
		r.RelatedLocations = append(r.RelatedLocations, loc)
	}
	return r
}

func newSARIFLocation(l Location) sarifLocation {
	var out sarifLocation
	if l.File != "" {
		out.PhysicalLocation = &sarifPhysical{
			ArtifactLocation: sarifArtifact{fileURI(l.File)},
			Region:           newSARIFRegion(l),
		}
	}
	if l.Path != "" {
		kind := "element"
		if strings.HasPrefix(l.Path[strings.LastIndexByte(l.Path, '/')+1:], "@") {
			kind = "attribute"
		}
		out.LogicalLocations = []sarifLogical{{FullyQualifiedName: l.Path, Kind: kind}}
	}
	return out
}

// newSARIFRegion leaves out an end that lies before the start: a consumer may
// refuse the whole log for it.
func newSARIFRegion(l Location) *sarifRegion {
	if l.Line <= 0 {
		return nil
	}
	r := &sarifRegion{StartLine: l.Line}
	if l.Column <= 0 {
		return r
	}
	r.StartColumn = l.Column
	end := l.EndLine
	if end == 0 {
		end = l.Line
	}
	if l.EndColumn > 0 && (end > l.Line || end == l.Line && l.EndColumn >= l.Column) {
		r.EndLine, r.EndColumn = end, l.EndColumn
	}
	return r
}

func sarifLevel(s Severity) string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
		return "note"
	}
	return "none"
}

func optionalText(s string) *sarifText {
	if s == "" {
		return nil
	}
	return &sarifText{sarifEscape(s)}
}

// sarifEscape protects the characters that mean something in a message string:
// braces enclose placeholders (3.11.5), and "](" would make a link (3.11.6).
func sarifEscape(s string) string {
	return strings.NewReplacer("{", "{{", "}", "}}", "](", `\](`).Replace(s)
}

// fileURI turns the name of a file into a URI reference (RFC 3986).
func fileURI(name string) string {
	if u, err := url.Parse(name); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		// Without user, query and fragment: these hold secrets.
		return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	}
	p := path.Clean(filepath.ToSlash(name))
	switch {
	case strings.HasPrefix(p, "/"):
		return (&url.URL{Scheme: "file", Path: p}).String()
	case filepath.IsAbs(name): // a drive letter
		return (&url.URL{Scheme: "file", Path: "/" + p}).String()
	}
	return (&url.URL{Path: p}).String()
}
