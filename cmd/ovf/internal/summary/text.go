package summary

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

// TextOptions says how to write a summary for a person.
type TextOptions struct {
	All   bool // cut neither lists nor texts
	Color bool // headings in bold
}

// Bounds of the text without TextOptions.All.
const (
	width    = 80  // columns of a line, also with All
	maxText  = 160 // columns of one value
	maxRows  = 20  // entries of one list
	maxDeep  = 36  // columns of the lines of a tree
	maxLabel = 26  // columns of the first column of a table
)

// WriteText writes the summary in lines of at most 80 columns. Nothing from the
// descriptor can break a line or send a command to a terminal.
func (s *Summary) WriteText(w io.Writer, o TextOptions) error {
	p := &printer{w: bufio.NewWriter(w), o: o}
	p.head(s)
	p.products(s)
	if s.Content != nil {
		p.heading("Systems", "")
		p.left = maxRows
		p.content(s, s.Content, "  ", "  ")
		if !o.All {
			p.moreRows(-p.left, "  ")
		}
	}
	p.disks(s)
	p.networks(s)
	p.options(s)
	p.properties(s)
	p.eulas(s)
	p.locales(s)
	p.extensions(s)
	p.files(s)
	p.notes(s)
	return p.w.Flush()
}

// printer writes lines. The error of w is kept until Flush.
type printer struct {
	w    *bufio.Writer
	o    TextOptions
	left int // systems that may still be shown
}

// clean makes a value of the descriptor printable, and cuts it.
func (p *printer) clean(s string) string {
	if p.o.All {
		return cells.Clean(s)
	}
	if len(s) > 8*maxText {
		s = strings.ToValidUTF8(s[:8*maxText], "")
	}
	return cells.Cut(cells.Clean(s), maxText)
}

// quote is clean in quotes.
func (p *printer) quote(s string) string { return `"` + p.clean(s) + `"` }

// list cleans several values and joins them.
func (p *printer) list(values []string) string {
	out := make([]string, 0, len(values))
	for i, v := range values {
		if i == maxRows && !p.o.All {
			out = append(out, fmt.Sprintf("… and %d more", len(values)-i))
			break
		}
		out = append(out, p.clean(v))
	}
	return strings.Join(out, ", ")
}

func (p *printer) line(s string) {
	p.w.WriteString(strings.TrimRight(s, " "))
	p.w.WriteByte('\n')
}

func (p *printer) heading(title, note string) {
	if p.o.Color {
		title = "\x1b[1m" + title + "\x1b[0m"
	}
	if note != "" {
		title += " (" + note + ")"
	}
	p.line("")
	p.line(title)
}

// wrap writes text behind lead, further lines behind hang.
func (p *printer) wrap(lead, hang, text string) {
	lines := cells.Wrap(text, max(20, width-max(cells.Width(lead), cells.Width(hang))))
	if len(lines) == 0 {
		p.line(lead)
	}
	for _, l := range lines {
		p.line(lead + l)
		lead = hang
	}
}

// row is a line of a table: a name, and what there is to say about it.
type row struct {
	lead string // of a tree, before the name
	name string
	text string
}

// table writes rows with the texts in one column. A name too long for the
// first column has a line of its own.
func (p *printer) table(rows []row) {
	column := 0
	for _, r := range rows {
		if n := cells.Width(r.lead) + cells.Width(r.name); n <= maxLabel {
			column = max(column, n)
		}
	}
	if column == 0 {
		column = 4
	}
	for _, r := range rows {
		hang := strings.Repeat(" ", column+2)
		if cells.Width(r.lead)+cells.Width(r.name) <= column || r.text == "" {
			lead := r.lead + r.name
			if r.text == "" {
				p.wrap(r.lead, cells.Pad("", cells.Width(r.lead)+2), r.name)
				continue
			}
			p.wrap(cells.Pad(lead, column+2), hang, r.text)
			continue
		}
		p.wrap(r.lead, cells.Pad("", cells.Width(r.lead)+2), r.name)
		p.wrap(hang, hang, r.text)
	}
}

// shown returns how many of n entries of a list are shown.
func (p *printer) shown(n int) int {
	if p.o.All || n <= maxRows {
		return n
	}
	return maxRows - 1
}

// moreRows says how many entries of a list are not shown.
func (p *printer) moreRows(n int, lead string) {
	if n > 0 {
		p.line(lead + fmt.Sprintf("… and %d more", n))
	}
}

// rows writes a list as a table, cut if it is long.
func rows[T any](p *printer, list []T, make func(*T) row) {
	n := p.shown(len(list))
	var out []row
	for i := range list[:n] {
		out = append(out, make(&list[i]))
	}
	p.table(out)
	p.moreRows(len(list)-n, "  ")
}

// parts joins what is not empty with commas.
func parts(list ...string) string {
	out := list[:0:0]
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// when returns s if the condition holds.
func when(cond bool, s string) string {
	if cond {
		return s
	}
	return ""
}

// plural returns "1 file" or "2 files".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Size writes a number of bytes in binary units: exactly if it is a whole number
// of one, else with one decimal.
func Size(n uint64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	k := 0
	for k < len(units)-1 && n>>(10*(k+1)) > 0 {
		k++
	}
	if unit := uint64(1) << (10 * k); n%unit != 0 {
		return fmt.Sprintf("%.1f %s", float64(n)/float64(unit), units[k])
	}
	return fmt.Sprintf("%d %s", n>>(10*k), units[k])
}
