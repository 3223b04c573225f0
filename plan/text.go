package plan

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
)

// WriteText writes the plan for people: what each machine gets, one fact a line,
// with the reason and the place in the descriptor behind it. Texts are cut to one
// line and passwords are hidden; nothing of the package can send a command to a
// terminal. Diagnostics are left to the caller.
func WriteText(w io.Writer, p *Plan) error {
	b := bufio.NewWriter(w)
	for _, f := range p.facts() {
		f.write(b, "")
	}
	return b.Flush()
}

// write writes the fact and its parts; the error stays in b.
func (f *fact) write(b *bufio.Writer, indent string) {
	line := indent + f.label()
	if f.value != "" {
		line += ": " + f.value
	}
	if f.reason != "" {
		const reasons = 60 // the column where they begin if there is room
		line += strings.Repeat(" ", max(1, reasons-utf8.RuneCountInString(line))) + "(" + f.reason + ")"
	}
	b.WriteString(line + "\n")
	for i := range f.parts {
		f.parts[i].write(b, indent+"  ")
	}
}

// label names what the fact is about.
func (f *fact) label() string {
	if f.id == "" {
		return f.kind
	}
	return f.kind + " " + diag.Quote(f.id)
}
