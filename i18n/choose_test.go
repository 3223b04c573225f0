package i18n_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/i18n"
)

// locales makes bundles without messages.
func locales(tags ...string) []i18n.Bundle {
	var out []i18n.Bundle
	for _, t := range tags {
		out = append(out, i18n.Bundle{Locale: t})
	}
	return out
}

// The chains are worked out by hand from the order that the documentation of
// the package gives, RFC 4647 3.4 and the parents of locales in CLDR.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name, own, have, wanted, chain string
	}{
		{"nothing wanted", "en-US", "da de", "", "inline"},
		{"no bundles", "en-US", "", "da", "inline"},
		{"exact", "en-US", "da-DK de-DE", "de-DE", "de-DE inline"},
		{"language of a region", "en-US", "da de", "da-DK", "da inline"},
		{"region of a language", "en-US", "da-DK de-DE", "da", "da-DK inline"},
		{"region first, then the language", "en-US", "de de-AT", "de-AT", "de-AT de inline"},
		{"the usual region stands for the language", "en-US", "de-CH de-DE de-AT", "de-AT", "de-AT de-DE de-CH inline"},
		{"another region", "en-US", "de-CH", "de-AT", "de-CH inline"},
		{"order of the reader", "en-US", "de da", "da de", "da de inline"},
		{"the document in between", "en-US", "de da", "da en de", "da inline de"},
		{"the document first", "en-US", "de da", "en-GB de", "inline de"},
		{"a bundle corrects the document", "en-US", "en-US de", "en", "en-US inline"},
		{"nothing wanted, a bundle corrects", "en-US", "de en-US", "", "en-US inline"},
		{"a document in German", "de", "en", "de-DE", "inline"},
		{"a document in German, English wanted", "de", "en", "en-GB", "en inline"},
		{"Taiwan reads no simplified characters", "en-US", "zh-Hans zh-CN", "zh-TW", "inline"},
		{"Taiwan reads those of Hong Kong", "en-US", "zh zh-HK", "zh-TW", "zh-HK inline"},
		{"Traditional", "en-US", "zh zh-Hant", "zh-TW", "zh-Hant inline"},
		{"Mexico, Latin America, Spain", "en-US", "es es-419", "es-MX", "es-419 es inline"},
		{"old codes", "en-US", "he", "iw", "he inline"},
		{"two names of one language", "en-US", "nb da", "no", "nb inline"},
		{"no kin language where there is a wanted one", "en-US", "nb de", "da de", "de inline"},
		{"kin language alone", "en-US", "nb", "da", "nb inline"},
		{"unrelated", "en-US", "ru", "uk", "inline"},
		{"letter case and underscore", "en-US", "DA_dk", "da-DK", "DA_dk inline"},
		{"extensions do not matter", "en-US", "de", "de-DE-u-co-phonebk", "de inline"},
		{"private tag", "en-US", "x-klingons de", "x-klingons", "x-klingons inline"},
		{"several bundles of a locale", "en-US", "de da de", "de", "de de inline"},
		{"unreadable bundle", "en-US", "klingon de", "de", "de inline"},
		{"unknown region of a bundle", "en-US", "de-QQQQ", "de", "de-QQQQ inline"},
		{"no locale", "en-US", "<none> da", "da", "da inline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bundles := locales(strings.Fields(c.have)...)
			for i := range bundles {
				if bundles[i].Locale == "<none>" {
					bundles[i].Locale = ""
				}
			}
			chain, found := i18n.Choose(c.own, bundles, strings.Fields(c.wanted))
			var got []string
			for _, i := range chain {
				if i == i18n.InLine {
					got = append(got, "inline")
				} else {
					got = append(got, bundles[i].Locale)
				}
			}
			if s := strings.Join(got, " "); s != c.chain {
				t.Errorf("chain %s, want %s", s, c.chain)
			}
			if found.HasErrors() {
				t.Error(found)
			}
		})
	}
}

// Bundles of one locale come in the order of the document.
func TestChooseOrder(t *testing.T) {
	chain, _ := i18n.Choose("en", locales("de", "en", "da", "de", "EN"), []string{"de", "en"})
	if want := []int{0, 3, 1, 4, i18n.InLine}; !slices.Equal(chain, want) {
		t.Errorf("chain %d, want %d", chain, want)
	}
}

func TestChooseDiagnostics(t *testing.T) {
	for _, c := range []struct{ name, own, have, wanted, rules string }{
		{"all well", "en", "de", "de", ""},
		{"unavailable", "en", "de", "fr", "locale-unavailable"},
		{"the document is wanted", "en", "de", "en", ""},
		{"no tag", "en", "de", "german de", "locale-unknown"},
		{"unknown language", "en", "de", "xx", "locale-unknown"},
		{"undetermined", "en", "de", "und", "locale-unknown"},
		{"too long", "en", "de", strings.Repeat("a-", 2000) + "a", "locale-unknown"},
		{"too many", "en", "de", strings.Repeat("de ", i18n.MaxLocales+1), "locale-unknown"},
		{"bundle", "en", "german de", "de", "bundle-locale"},
		{"document", "english", "de", "de", "bundle-locale"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := i18n.Choose(c.own, locales(strings.Fields(c.have)...), strings.Fields(c.wanted))
			if got := ruleNames(found); got != c.rules {
				t.Errorf("rules %q, want %q: %v", got, c.rules, found)
			}
		})
	}
}

func ruleNames(l diag.List) string {
	var names []string
	for _, d := range l {
		names = append(names, d.Rule)
	}
	return strings.Join(names, " ")
}

// Locales beyond the limit are left out, with one diagnostic.
func TestChooseLimit(t *testing.T) {
	var tags []string
	for i := range 10 * i18n.MaxLocales {
		tags = append(tags, fmt.Sprintf("de-x-a%d", i))
	}
	chain, found := i18n.Choose("en", locales(tags...), []string{"de"})
	if len(chain) != i18n.MaxLocales+1 || chain[len(chain)-1] != i18n.InLine {
		t.Errorf("chain of %d", len(chain))
	}
	if got := ruleNames(found); got != "bundle-limit" {
		t.Errorf("rules %s", got)
	}
}

func BenchmarkChoose(b *testing.B) {
	bundles := locales("da-DK", "de-DE")
	for b.Loop() {
		i18n.Choose("en-US", bundles, []string{"da"})
	}
}

func BenchmarkChooseHostile(b *testing.B) {
	var tags, wanted []string
	for i := range i18n.MaxLocales {
		tags = append(tags, fmt.Sprintf("de-x-a%d", i))
		wanted = append(wanted, fmt.Sprintf("de-AT-x-b%d", i))
	}
	bundles := locales(tags...)
	for b.Loop() {
		i18n.Choose("en", bundles, wanted)
	}
}
