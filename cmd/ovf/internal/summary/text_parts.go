package summary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

func (p *printer) head(s *Summary) {
	what := parts(
		"OVF "+s.OVFVersion,
		when(s.Encoding != "", Size(uint64(s.Size))+" in "+s.Encoding),
		"texts in "+p.clean(s.Locale),
		when(s.ConformanceLevel > 0, fmt.Sprintf("conformance level %d", s.ConformanceLevel)),
	)
	p.wrap("", "  ", p.clean(s.File))
	p.wrap("  ", "  ", what)
	if s.Descriptor != "" {
		p.wrap("  ", "  ", "descriptor "+p.clean(s.Descriptor)+when(s.Before > 0,
			fmt.Sprintf(", which is not the first member of the archive: %s it", plural(s.Before, "member stands before", "members stand before"))))
	}
}

func (p *printer) products(s *Summary) {
	var list []*Product
	for i := range s.Products {
		if x := &s.Products[i]; x.Name+x.Vendor+x.Version+x.FullVersion != "" {
			list = append(list, x)
		}
	}
	if len(list) == 0 {
		return
	}
	p.heading("Product", "")
	n := p.shown(len(list))
	for _, x := range list[:n] {
		line := x.Name
		if line == "" {
			line = "(no name)"
		}
		line += when(x.Version != "", " "+x.Version)
		line += when(x.FullVersion != "" && x.FullVersion != x.Version, " ("+x.FullVersion+")")
		line += when(x.Vendor != "", " by "+x.Vendor)
		of := when(x.Of != "" && len(list) > 1, "  of "+p.clean(x.Of))
		p.wrap("  ", "    ", p.clean(line)+of)
		for _, url := range slices.Compact([]string{x.ProductURL, x.VendorURL, x.AppURL}) {
			if url != "" {
				p.wrap("    ", "      ", p.clean(url))
			}
		}
	}
	p.moreRows(len(list)-n, "  ")
}

func (p *printer) networks(s *Summary) {
	if len(s.Networks) == 0 {
		return
	}
	p.heading("Networks", "")
	rows(p, s.Networks, func(n *Network) row {
		return row{"  ", p.clean(n.Name), parts(plural(n.Adapters, "adapter", "adapters"), p.clean(n.Description))}
	})
}

func (p *printer) options(s *Summary) {
	if len(s.Options) == 0 {
		return
	}
	p.heading("Deployment options", "* is the default")
	rows(p, s.Options, func(o *Option) row {
		lead := "  "
		if o.Default {
			lead = "* "
		}
		label := p.clean(o.Label)
		if d := p.clean(o.Description); d != "" && d != label {
			label = strings.TrimPrefix(label+": "+d, ": ")
		}
		return row{lead, p.clean(o.ID), label}
	})
}

func (p *printer) properties(s *Summary) {
	total := 0
	for i := range s.Products {
		total += len(s.Products[i].Properties)
	}
	if total == 0 {
		return
	}
	p.heading("Properties", "* may be set at deployment")
	left := 2 * maxRows
	hidden := 0
	for i := range s.Products {
		x := &s.Products[i]
		if len(x.Properties) == 0 {
			continue
		}
		if left <= 0 && !p.o.All {
			hidden += len(x.Properties)
			continue
		}
		owner := p.clean(x.Of)
		if owner == "" {
			owner = "the package"
		}
		p.wrap("  ", "    ", owner+when(x.Class+x.Instance != "", ", class "+p.clean(x.Class)+when(x.Instance != "", " instance "+p.clean(x.Instance))))
		category := ""
		for k := range x.Properties {
			if left <= 0 && !p.o.All {
				hidden += len(x.Properties) - k
				break
			}
			left--
			q := &x.Properties[k]
			if q.Category != category {
				category = q.Category
				p.wrap("    ", "      ", "["+p.clean(category)+"]")
			}
			p.property(q)
		}
	}
	p.moreRows(hidden, "  ")
}

func (p *printer) property(q *Property) {
	lead := "      "
	if q.UserConfigurable {
		lead = "    * "
	}
	value := ", no default"
	switch {
	case q.Password && q.HasDefault:
		value = ", default hidden"
	case q.Default != nil:
		value = " = " + p.quote(*q.Default)
	}
	text := parts(p.clean(q.Type), when(q.Password, "password"), p.clean(q.Accepts), when(len(q.Options) > 0, "only with "+p.list(q.Options))) + value
	for _, o := range q.OptionDefaults {
		text += "; with " + p.list(o.Options) + " = " + p.quote(o.Value)
	}
	p.wrap(lead, "        ", p.clean(q.Name)+": "+text)
	label := q.Label
	if label == "" || p.o.All && q.Description != "" && q.Description != label {
		label = strings.TrimPrefix(label+": "+q.Description, ": ")
	}
	if label != "" {
		p.wrap("        ", "        ", p.clean(label))
	}
}

func (p *printer) eulas(s *Summary) {
	if len(s.Eulas) == 0 {
		return
	}
	p.heading("Licence agreements", "")
	n := p.shown(len(s.Eulas))
	for _, e := range s.Eulas[:n] {
		first := "(empty)"
		if e.FirstLine != "" {
			first = `"` + cells.Cut(p.clean(e.FirstLine), 60) + `"`
		}
		p.wrap("  ", "    ", parts(first, plural(e.Lines, "line", "lines"), plural(e.Characters, "character", "characters"),
			when(e.Of != "" && len(s.Eulas) > 1, "of "+p.clean(e.Of))))
	}
	p.moreRows(len(s.Eulas)-n, "  ")
}

func (p *printer) locales(s *Summary) {
	if len(s.Locales) == 0 {
		return
	}
	p.heading("Locales", "beside "+cells.Cut(p.clean(s.Locale), 40))
	rows(p, s.Locales, func(l *Locale) row {
		name := p.clean(l.Locale)
		if name == "" {
			name = "(none)"
		}
		where := when(l.File != "", "in the file "+p.clean(l.File))
		return row{"  ", name, parts(when(l.Messages > 0 || where == "", plural(l.Messages, "message", "messages")+" in the descriptor"), where)}
	})
}

func (p *printer) extensions(s *Summary) {
	if len(s.Extensions) == 0 {
		return
	}
	p.heading("Extensions", "! must be understood")
	n := p.shown(len(s.Extensions))
	space := "\x00"
	var out []row
	for _, e := range s.Extensions[:n] {
		if e.Namespace != space {
			p.table(out)
			out = nil
			space = e.Namespace
			name := p.clean(space)
			if name == "" {
				name = "(no namespace)"
			}
			p.wrap("  ", "      ", name)
		}
		lead := "    "
		if e.Required {
			lead = "  ! "
		}
		out = append(out, row{lead, string(e.Part), p.clean(e.Name) + when(e.Count > 1, fmt.Sprintf(" (%d times)", e.Count))})
	}
	p.table(out)
	p.moreRows(len(s.Extensions)-n, "  ")
}

func (p *printer) files(s *Summary) {
	if len(s.Files) == 0 {
		return
	}
	total, known := uint64(0), 0
	for _, f := range s.Files {
		if f.Size != nil && total+*f.Size >= total {
			total += *f.Size
			known++
		}
	}
	note := ""
	if known == len(s.Files) {
		note = Size(total) + " in all"
	}
	p.heading("Files", note)
	rows(p, s.Files, func(f *File) row {
		size := "size not given"
		if f.Size != nil {
			size = Size(*f.Size)
		} else if f.Stored != nil {
			size = Size(uint64(max(0, *f.Stored)))
		}
		return row{"  ", p.clean(f.Href), parts(size, p.clean(f.Compression), when(f.ChunkSize != nil, "in chunks of "+Size(uint64(max(0, value(f.ChunkSize))))), p.clean(f.Problem))}
	})
}

// notes counts what was read leniently.
func (p *printer) notes(s *Summary) {
	if len(s.Diagnostics) == 0 {
		return
	}
	count := map[string]int{}
	var rules []string
	for _, d := range s.Diagnostics {
		if count[d.Rule]++; count[d.Rule] == 1 {
			rules = append(rules, d.Rule)
		}
	}
	for i, r := range rules {
		if count[r] > 1 {
			rules[i] = fmt.Sprintf("%s (%d)", r, count[r])
		}
	}
	p.line("")
	p.wrap("", "  ", plural(len(s.Diagnostics), "note on what was read leniently: ", "notes on what was read leniently: ")+strings.Join(rules, ", ")+"; --notes shows them")
}
