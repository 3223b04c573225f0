package diag

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// DefaultWidth is the width of the text form, in terminal columns, when
// [TextOptions.Width] is 0.
const DefaultWidth = 80

// TextOptions says how [WriteText] writes. The zero value writes plain text
// without source lines.
type TextOptions struct {
	// Source returns the text of a file that diagnostics name, as UTF-8: the
	// bytes of a file in another encoding must be decoded first, since
	// columns count characters. A byte order mark is skipped. With an error, or
	// if Source is nil, the source line is left out. Source is called again
	// when diagnostics jump between more than two files; the text is not
	// changed, and not kept after WriteText returns.
	Source func(file string) ([]byte, error)

	// Width is the number of terminal columns in which a source line has to
	// fit; longer lines are cut around the place. 0 means [DefaultWidth].
	// Messages are never cut.
	Width int

	// Color adds ANSI colours. Whether the output is a terminal is for the
	// caller to know.
	Color bool
}

// WriteText writes the diagnostics of l for a person, each as
//
//	file:line:column: severity: message [rule]
//	    5 | the source line
//	      |     ^~~~~~ the range is marked
//	      = clause: DSP0243 9.1
//	      = hint: what to do
//	file:line:column: note: message of a related place
//
// Parts that are not known are left out. Tabs are expanded, and control
// characters, invisible characters and broken UTF-8 are made visible, in the
// source line as well as in messages: no input can start a new line or send a
// command to a terminal. Lines end with "\n"; columns are those of
// [Location]. The error is that of w.
func WriteText(w io.Writer, l List, o TextOptions) error {
	if o.Width == 0 {
		o.Width = DefaultWidth
	}
	p := textPrinter{w: bufio.NewWriter(w), o: o}
	for i := range l {
		p.diagnostic(&l[i])
	}
	return p.w.Flush()
}

// Summary counts the entries by severity, as "2 errors, 1 warning"; severities
// that do not occur are left out, and an empty list gives "no problems".
func (l List) Summary() string { return summary(l.Count) }

func summary(count func(Severity) int) string {
	var parts []string
	add := func(n int, one, many string) {
		if n == 1 {
			parts = append(parts, "1 "+one)
		} else if n > 1 {
			parts = append(parts, strconv.Itoa(n)+" "+many)
		}
	}
	add(count(Error), "error", "errors")
	add(count(Warning), "warning", "warnings")
	add(count(Info), "info", "infos")
	if parts == nil {
		return "no problems"
	}
	return strings.Join(parts, ", ")
}

// The ANSI sequences in use; the mark under a source line has the colour of its
// severity.
const (
	ansiReset  = "\x1b[0m"
	ansiBold   = "\x1b[1m"
	ansiDim    = "\x1b[2m"
	ansiRed    = "\x1b[1;31m"
	ansiYellow = "\x1b[1;33m"
	ansiCyan   = "\x1b[1;36m"
)

func severityColor(s Severity) string {
	switch s {
	case Error:
		return ansiRed
	case Warning:
		return ansiYellow
	}
	return ansiCyan
}

type textPrinter struct {
	w       *bufio.Writer // keeps the first error; Flush reports it
	o       TextOptions
	sources [2]*source // most recently used first
}

func (p *textPrinter) diagnostic(d *Diagnostic) {
	color := severityColor(d.Severity)
	p.head(d.Location, d.Severity.String(), color, d.Message)
	if d.Rule != "" {
		p.w.WriteByte(' ')
		p.paint(ansiDim, "["+visible(d.Rule)+"]")
	}
	p.w.WriteByte('\n')
	indent := p.snippet(d.Location, color)
	if d.Location.Line <= 0 {
		p.note(indent, "at", d.Location.Path)
	}
	p.note(indent, "clause", d.Clause)
	p.note(indent, "hint", d.Hint)
	for _, r := range d.Related {
		p.head(r.Location, "note", ansiBold, r.Message)
		p.w.WriteByte('\n')
		p.snippet(r.Location, ansiBold)
	}
}

func (p *textPrinter) head(l Location, kind, color, message string) {
	if at := l.String(); at != "" {
		p.paint(ansiBold, visible(at)+":")
		p.w.WriteByte(' ')
	}
	p.paint(color, kind+":")
	p.w.WriteByte(' ')
	p.w.WriteString(visible(message))
}

func (p *textPrinter) note(indent int, name, text string) {
	if text == "" {
		return
	}
	p.pad(indent)
	p.paint(ansiDim, "= "+name+":")
	p.w.WriteByte(' ')
	p.w.WriteString(visible(text))
	p.w.WriteByte('\n')
}

// minGutter is the width of the line number before the bar.
const minGutter = 5

// minExcerpt is the least width that a source line gets, however narrow the
// output.
const minExcerpt = 20

// snippet writes the source line of l with a mark below. It returns how far
// notes are indented to stand below the bar.
func (p *textPrinter) snippet(l Location, color string) int {
	number := strconv.Itoa(l.Line)
	gutter := max(minGutter, len(number))
	if l.Line <= 0 || l.File == "" {
		return minGutter + 1
	}
	src := p.source(l.File)
	if src == nil {
		return minGutter + 1
	}
	e, ok := src.excerpt(l, max(minExcerpt, p.o.Width-gutter-len(" | ")))
	if !ok {
		return gutter + 1
	}
	p.pad(gutter - len(number))
	p.paint(ansiDim, number+" |")
	if e.text != "" {
		p.w.WriteByte(' ')
		p.w.WriteString(e.text)
	}
	p.w.WriteByte('\n')
	if e.mark > 0 {
		p.pad(gutter + 1)
		p.paint(ansiDim, "|")
		p.pad(1 + e.indent)
		p.paint(color, "^"+strings.Repeat("~", e.mark-1))
		p.w.WriteByte('\n')
	}
	return gutter + 1
}

// source returns the text of a file, or nil if there is none.
func (p *textPrinter) source(file string) *source {
	if p.o.Source == nil {
		return nil
	}
	if s := p.sources[0]; s == nil || s.file != file {
		p.sources[0], p.sources[1] = p.sources[1], p.sources[0]
		if s = p.sources[0]; s == nil || s.file != file {
			text, err := p.o.Source(file)
			p.sources[0] = newSource(file, text, err == nil)
		}
	}
	if !p.sources[0].known {
		return nil
	}
	return p.sources[0]
}

func (p *textPrinter) paint(color, s string) {
	if p.o.Color {
		s = color + s + ansiReset
	}
	p.w.WriteString(s)
}

func (p *textPrinter) pad(n int) {
	for ; n > 0; n-- {
		p.w.WriteByte(' ')
	}
}
