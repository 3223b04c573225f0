package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Severity says how grave a diagnostic is. The zero value is invalid: a
// diagnostic always states its severity.
type Severity uint8

// The severities, gravest first.
const (
	Error   Severity = iota + 1 // the input breaks a rule of the standard
	Warning                     // legal or tolerated, yet likely to fail somewhere
	Info                        // worth knowing, nothing to mend
)

// String returns "error", "warning" or "info".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
		return "info"
	}
	return "severity(" + strconv.Itoa(int(s)) + ")"
}

// ParseSeverity is the reverse of [Severity.String].
func ParseSeverity(s string) (Severity, error) {
	for _, v := range []Severity{Error, Warning, Info} {
		if s == v.String() {
			return v, nil
		}
	}
	return 0, fmt.Errorf("severity %q is unknown: use error, warning or info", s)
}

// MarshalText writes the name of the severity; an invalid one is an error.
func (s Severity) MarshalText() ([]byte, error) {
	if s < Error || s > Info {
		return nil, fmt.Errorf("diag: invalid severity %d", s)
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads the name of a severity.
func (s *Severity) UnmarshalText(b []byte) error {
	v, err := ParseSeverity(string(b))
	if err == nil {
		*s = v
	}
	return err
}

// Layer names the stage of reading that found a diagnostic.
type Layer string

// The layers, from bytes to a target.
const (
	WellFormed Layer = "wellformed" // not XML, or beyond a limit
	Schema     Layer = "schema"     // against the XSD of the standard
	Semantic   Layer = "semantic"   // against the text of the standard
	Target     Layer = "target"     // what one consumer refuses or misreads
	Package    Layer = "package"    // files, archive members, disks
	Trust      Layer = "trust"      // manifest, certificate, policy
	Usage      Layer = "usage"      // the caller's own input: options, properties, names
)

// Location is a place in a source. Lines and columns count from 1, columns in
// characters (not bytes); 0 means that the number is not known. The zero value
// is "nowhere".
type Location struct {
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"` // column after the last character
	Offset    int64  `json:"offset,omitempty"`    // bytes from the start of the file, from 0
	Path      string `json:"path,omitempty"`      // XPath-like, as /Envelope/DiskSection/Disk[2]/@capacity
}

// String returns file:line:column, leaving out what is not known.
func (l Location) String() string {
	var b strings.Builder
	b.WriteString(l.File)
	if l.Line > 0 {
		if b.Len() > 0 {
			b.WriteByte(':')
		}
		b.WriteString(strconv.Itoa(l.Line))
		if l.Column > 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(l.Column))
		}
	}
	return b.String()
}

// Related is a second place that takes part in a diagnostic, such as the first
// use of an id that is used twice.
type Related struct {
	Location Location `json:"location"`
	Message  string   `json:"message"`
}

// Diagnostic is one finding. It is a plain value: copying it is safe, and so is
// reading it from several goroutines.
type Diagnostic struct {
	Severity Severity
	Layer    Layer
	Rule     string // stable kebab-case name, as disk-file-ref
	Clause   string // where the rule stands, as "DSP0243 9.1"; empty for interop rules
	Location Location
	Related  []Related
	Message  string // what is wrong, naming the value
	Hint     string // what to do about it; may be empty
	Err      error  // the cause, if there is one; not part of the JSON form
}

// Error returns "file:line:column: message [rule]", so that one Diagnostic can
// be returned as an error.
func (d *Diagnostic) Error() string {
	var b strings.Builder
	if l := d.Location.String(); l != "" {
		b.WriteString(l)
		b.WriteString(": ")
	}
	b.WriteString(d.Message)
	if d.Rule != "" {
		b.WriteString(" [")
		b.WriteString(d.Rule)
		b.WriteByte(']')
	}
	return b.String()
}

// Unwrap returns the cause, or nil.
func (d *Diagnostic) Unwrap() error { return d.Err }

// List holds diagnostics in the order in which they were found. The nil List is
// ready to use.
type List []Diagnostic

// Err returns the list as an error if it holds at least one of severity
// [Error], else nil. The error is a List, so errors.As gives it back.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}

// HasErrors reports whether any entry has severity [Error].
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count returns how many entries have that severity.
func (l List) Count(s Severity) int {
	n := 0
	for i := range l {
		if l[i].Severity == s {
			n++
		}
	}
	return n
}

// Error joins all entries, one a line.
func (l List) Error() string {
	var b strings.Builder
	for i := range l {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l[i].Error())
	}
	return b.String()
}

// Unwrap returns the entries, so that errors.Is and errors.As look into each.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i := range l {
		errs[i] = &l[i]
	}
	return errs
}

// Sort orders the list by file, then position, then severity; entries that
// agree in all of these keep their order.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		if c := strings.Compare(a.Location.File, b.Location.File); c != 0 {
			return c
		}
		if c := a.Location.Line - b.Location.Line; c != 0 {
			return c
		}
		if c := a.Location.Column - b.Location.Column; c != 0 {
			return c
		}
		return int(a.Severity) - int(b.Severity)
	})
}

// Rule describes one check. Every package that reports diagnostics lists its
// rules with a function Rules.
type Rule struct {
	Name     string   `json:"rule"` // kebab-case, stable
	Layer    Layer    `json:"layer"`
	Severity Severity `json:"severity"` // the default; a caller may override it
	Clause   string   `json:"clause,omitempty"`
	Since    string   `json:"since"`   // version of this module that brought it
	Summary  string   `json:"summary"` // one sentence: what is refused
	Why      string   `json:"why"`     // what goes wrong for a user if it is ignored
}
