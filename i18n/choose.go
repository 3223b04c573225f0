package i18n

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"golang.org/x/text/language"
)

// InLine stands for the texts of the document in a chain.
const InLine = -1

// Choose returns where a reader who wants some locales, the best first, finds
// texts: indexes of bundles and, exactly once, [InLine]; see the documentation of the
// package for the order. Of the bundles it looks at locale and location only, so
// that those which are not in the chain need not be read. Nothing wanted is the
// language of the document.
//
// own is the locale of the texts in the document. A wanted locale that is no
// language tag is an error (rule locale-unknown); that there is nothing
// in any wanted one is a warning (locale-unavailable); a tag of the document that
// cannot be read is a warning, too (bundle-locale).
func Choose(own string, bundles []Bundle, wanted []string) ([]int, diag.List) {
	var found diag.Collector
	c := chooser{}
	self, err := ParseLocale(own)
	if err != nil {
		found.Add(ruleBundleLocale.diagnostic(diag.Location{}, "the language of the document: "+err.Error(),
			"write a tag of BCP 47 into xml:lang of the Envelope, as en or en-US"))
	}
	c.add(self, InLine)
	for i := range bundles {
		b := &bundles[i]
		l, err := ParseLocale(b.Locale)
		if err != nil {
			message, hint := "the locale of the bundle: "+err.Error(), tagHint(b.Locale)
			if b.Locale == "" {
				message, hint = "the bundle does not say its locale, so it is never chosen", "add xml:lang, as xml:lang=\"de\""
			}
			found.Add(ruleBundleLocale.diagnostic(b.Location, message, hint))
		}
		if !l.IsZero() && !c.add(l, i) {
			found.Add(ruleBundleLimit.diagnostic(b.Location, "there are more than "+strconv.Itoa(MaxLocales)+" locales; this one and those after it are left out",
				"remove the bundles that nobody needs"))
			break
		}
	}
	tags := wantedTags(wanted, &found)
	if len(tags) == 0 {
		tags = []language.Tag{self.tag}
	}
	chain := c.chain(tags)
	if len(wanted) > 0 && !found.List().HasErrors() && len(chain) == 0 {
		found.Add(ruleLocaleUnavailable.diagnostic(diag.Location{},
			"there are no texts in "+quoteAll(wanted)+"; they come in "+diag.Quote(self.String()), c.available()))
	}
	if !slices.Contains(chain, InLine) {
		chain = append(chain, InLine)
	}
	return chain, found.List()
}

// wantedTags reads what the reader asks for.
func wantedTags(wanted []string, found *diag.Collector) []language.Tag {
	if len(wanted) > MaxLocales {
		found.Add(ruleLocaleUnknown.diagnostic(diag.Location{}, "there are "+strconv.Itoa(len(wanted))+" wanted locales, more than "+strconv.Itoa(MaxLocales),
			"name the few that the reader understands"))
		return nil
	}
	var tags []language.Tag
	for _, w := range wanted {
		l, err := ParseLocale(w)
		if err != nil {
			found.Add(ruleLocaleUnknown.diagnostic(diag.Location{}, "the wanted locale "+err.Error(), tagHint(w)))
			continue
		}
		tags = append(tags, l.tag)
	}
	return tags
}

// tagHint says what to write in place of something that is no tag.
func tagHint(s string) string {
	if r, err := language.ParseRegion(s); len(s) == 2 && err == nil && r.IsCountry() {
		if base, _ := language.Make("und-" + r.String()).Base(); base.String() != "und" {
			return r.String() + " is a country; write the language, as " + base.String() + " or " + base.String() + "-" + r.String()
		}
	}
	return "write a tag of BCP 47, as da, de-AT or zh-Hant"
}

func quoteAll(list []string) string {
	const most = 8
	var b strings.Builder
	for i, s := range list[:min(len(list), most)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(diag.Quote(s))
	}
	if len(list) > most {
		b.WriteString(" …")
	}
	return b.String()
}

// chooser knows the locales of a document, each with its bundles.
type chooser struct {
	tags    []language.Tag
	bundles [][]int
	taken   []bool
}

// add notes a bundle. It is false if there are too many locales.
func (c *chooser) add(l Locale, bundle int) bool {
	i := slices.Index(c.tags, l.tag)
	if i < 0 {
		if len(c.tags) > MaxLocales {
			return false
		}
		i = len(c.tags)
		c.tags = append(c.tags, l.tag)
		c.bundles = append(c.bundles, nil)
		c.taken = append(c.taken, false)
	}
	if bundle == InLine { // after the bundles of its language, see order
		c.bundles[i] = []int{InLine}
		return true
	}
	if n := len(c.bundles[i]); n > 0 && c.bundles[i][n-1] == InLine {
		c.bundles[i] = slices.Insert(c.bundles[i], n-1, bundle)
		return true
	}
	c.bundles[i] = append(c.bundles[i], bundle)
	return true
}

// available lists the locales for a message.
func (c *chooser) available() string {
	var names []string
	for _, t := range c.tags {
		if t != language.Und {
			names = append(names, t.String())
		}
	}
	return "available: " + quoteAll(names)
}

// chain returns the bundles that fit the wanted tags, best first.
func (c *chooser) chain(wanted []language.Tag) (chain []int) {
	take := func(i int) {
		c.taken[i] = true
		chain = append(chain, c.bundles[i]...)
	}
	for _, w := range wanted {
		left := c.left(languageOf(w))
		for t := w; t != language.Und; t = t.Parent() {
			if i := c.best(t, left); i >= 0 {
				take(i)
			}
		}
		for _, i := range left {
			if !c.taken[i] && language.Comprehends(w, c.tags[i]) >= language.High {
				take(i)
			}
		}
	}
	if len(chain) > 0 {
		return chain
	}
	all := c.left("")
	for _, w := range wanted {
		for i := c.best(w, all); i >= 0; i = c.best(w, all) {
			take(i)
		}
	}
	return chain
}

// languageOf names the language of a tag. Individual languages have the name of
// the language that they are mostly written under: nb and no are one.
func languageOf(t language.Tag) string {
	if m, err := language.Macro.Canonicalize(t); err == nil {
		t = m
	}
	base, _ := t.Base()
	return base.String()
}

// left returns the locales of a language that are not taken; of all for "".
func (c *chooser) left(language string) (left []int) {
	for i, t := range c.tags {
		if !c.taken[i] && (language == "" || languageOf(t) == language) {
			left = append(left, i)
		}
	}
	return left
}

// best returns which of some locales fits a tag best, those taken left out; -1
// if none does.
func (c *chooser) best(t language.Tag, among []int) int {
	var tags []language.Tag
	var index []int
	for _, i := range among {
		switch {
		case c.taken[i] || c.tags[i] == language.Und:
		case c.tags[i] == t:
			return i
		default:
			tags, index = append(tags, c.tags[i]), append(index, i)
		}
	}
	if len(tags) == 0 {
		return -1
	}
	if _, i, sure := language.NewMatcher(tags).Match(t); sure >= language.High {
		return index[i]
	}
	return -1
}
