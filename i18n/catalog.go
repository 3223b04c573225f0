package i18n

import (
	"strconv"

	"github.com/ovfkit/ovf/diag"
)

// Catalog finds texts in a chain of bundles.
type Catalog struct {
	own    string
	before map[string]entry // what comes before the texts of the document
	after  map[string]entry // what is taken where the document has no text
}

// entry is a message and the canonical locale it is in.
type entry struct {
	locale string
	*Message
}

// NewCatalog puts the bundles of a chain, which [Choose] returns, in order. It
// keeps their messages. A second message of one id in a locale is
// a warning (rule bundle-message-repeated); the first counts.
func NewCatalog(own string, bundles []Bundle, chain []int) (*Catalog, diag.List) {
	var found diag.Collector
	self, _ := ParseLocale(own)
	c := &Catalog{own: self.String(), before: map[string]entry{}, after: map[string]entry{}}
	into := c.before
	room := MaxMessages
	for _, i := range chain {
		if i == InLine {
			into = c.after
			continue
		}
		b := &bundles[i]
		l, _ := ParseLocale(b.Locale)
		locale := l.String()
		for j := range b.Messages {
			m := &b.Messages[j]
			if room--; room < 0 {
				found.Add(ruleBundleLimit.diagnostic(m.Location(), "there are more than "+strconv.Itoa(MaxMessages)+" messages; this one and those after it are left out",
					"remove the bundles that nobody needs"))
				return c, found.List()
			}
			if blank(m.Text) {
				continue
			}
			was, ok := into[m.ID]
			switch {
			case !ok:
				into[m.ID] = entry{locale, m}
			case was.locale == locale:
				d := ruleBundleRepeated.diagnostic(m.Location(), "the message "+diag.Quote(m.ID)+" stands in the bundles for "+diag.Quote(locale)+" a second time; the first is taken",
					"keep one of the two")
				if was.Source != nil {
					d.Related = []diag.Related{{Location: was.Location(), Message: "the first one"}}
				}
				found.Add(d)
			}
		}
	}
	return c, found.List()
}

// Text returns the text of an id and the locale it is in, in canonical form.
// inLine is what the document says there; it is returned where no bundle of
// the chain comes before it, or no bundle has the id. An empty id has no
// translation.
func (c *Catalog) Text(id, inLine string) (text, locale string) {
	if id != "" {
		if e, ok := c.before[id]; ok {
			return e.Text, e.locale
		}
		if e, ok := c.after[id]; ok && blank(inLine) {
			return e.Text, e.locale
		}
	}
	return inLine, c.own
}
