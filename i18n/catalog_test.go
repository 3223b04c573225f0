package i18n_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ovfkit/ovf/i18n"
)

func bundle(locale string, texts ...string) i18n.Bundle {
	b := i18n.Bundle{Locale: locale}
	for i := 0; i < len(texts); i += 2 {
		b.Messages = append(b.Messages, i18n.Message{ID: texts[i], Text: texts[i+1]})
	}
	return b
}

func catalog(t *testing.T, own string, bundles []i18n.Bundle, wanted ...string) *i18n.Catalog {
	t.Helper()
	chain, found := i18n.Choose(own, bundles, wanted)
	c, more := i18n.NewCatalog(own, bundles, chain)
	for _, d := range append(found, more...) {
		t.Error(d.Message)
	}
	return c
}

// Each text falls back by itself.
func TestCatalogText(t *testing.T) {
	c := catalog(t, "en-US", []i18n.Bundle{
		bundle("de", "both", "auf Deutsch", "german", "nur Deutsch", "empty", "nicht leer"),
		bundle("de-AT", "both", "auf Österreichisch", "empty", " \n"),
		bundle("da", "german", "dansk", "danish", "kun dansk"),
	}, "de-AT", "da")
	for _, w := range []struct{ id, inLine, text, locale string }{
		{"both", "both", "auf Österreichisch", "de-AT"},
		{"german", "German", "nur Deutsch", "de"},
		{"empty", "not empty", "nicht leer", "de"},
		{"danish", "Danish", "kun dansk", "da"},
		{"none", "in English", "in English", "en-US"},
		{"none", "", "", "en-US"},
		{"", "no id", "no id", "en-US"},
	} {
		if text, locale := c.Text(w.id, w.inLine); text != w.text || locale != w.locale {
			t.Errorf("%q: %q in %s, want %q in %s", w.id, text, locale, w.text, w.locale)
		}
	}
}

// Bundles behind the document in the chain complete it only.
func TestCatalogAfter(t *testing.T) {
	c := catalog(t, "en", []i18n.Bundle{bundle("de", "a", "deutsch")}, "en", "de")
	if text, locale := c.Text("a", "English"); text != "English" || locale != "en" {
		t.Errorf("%q in %s", text, locale)
	}
	if text, locale := c.Text("a", " "); text != "deutsch" || locale != "de" {
		t.Errorf("%q in %s", text, locale)
	}
}

func TestCatalogRepeated(t *testing.T) {
	bundles := []i18n.Bundle{bundle("de", "a", "erstes", "a", "zweites"), bundle("DE", "a", "drittes", "b", "eins"), bundle("de-AT", "b", "zwei")}
	chain, _ := i18n.Choose("en", bundles, []string{"de"})
	c, found := i18n.NewCatalog("en", bundles, chain)
	if got := ruleNames(found); got != "bundle-message-repeated bundle-message-repeated" {
		t.Errorf("rules %s", got)
	}
	if text, _ := c.Text("a", "A"); text != "erstes" {
		t.Errorf("text %q", text)
	}
}

func TestCatalogLimit(t *testing.T) {
	b := i18n.Bundle{Locale: "de", Messages: make([]i18n.Message, i18n.MaxMessages+10)}
	for i := range b.Messages {
		b.Messages[i] = i18n.Message{ID: strconv.Itoa(i), Text: "x"}
	}
	c, found := i18n.NewCatalog("en", []i18n.Bundle{b}, []int{0, i18n.InLine})
	if got := ruleNames(found); got != "bundle-limit" {
		t.Errorf("rules %s", got)
	}
	if text, _ := c.Text(strconv.Itoa(i18n.MaxMessages-1), "in line"); text != "x" {
		t.Errorf("the last message within the limit is %q", text)
	}
	if text, _ := c.Text(strconv.Itoa(i18n.MaxMessages), "in line"); text != "in line" {
		t.Errorf("the first message beyond the limit is %q", text)
	}
}

func TestReport(t *testing.T) {
	source := bundle("", "a", "A", "b", "B", "b", "B again", "c", "C", "d", "D", "", "no id").Messages
	got := i18n.Report("en-US", source, []i18n.Bundle{
		bundle("de", "a", "Ä", "b", "B again", "old", "alt"),
		bundle("de-AT", "a", "Ä!", "c", ""),
		bundle("en-GB", "a", "A", "b", "Bee", "c", "C", "d", "D"),
		bundle("de_DE", "a", "doppelt", "d", "De"), // is de-DE
		bundle("klingon", "a", "ghob"),
	})
	m := func(id, text string) []i18n.Message { return []i18n.Message{{ID: id, Text: text}} }
	want := []i18n.Status{
		{Locale: "de", Bundles: []int{0}, Total: 4, Translated: 1, Untranslated: m("b", "B again"), Unused: m("old", "alt"), Missing: m("c", "C"), Inherited: m("d", "D")},
		{Locale: "de-AT", Bundles: []int{1}, Total: 4, Translated: 1, Missing: m("c", "C"),
			Inherited: []i18n.Message{{ID: "b", Text: "B"}, {ID: "d", Text: "D"}}},
		{Locale: "en-GB", Bundles: []int{2}, Total: 4, Translated: 4},
		{Locale: "de-DE", Bundles: []int{3}, Total: 4, Translated: 2, Missing: m("c", "C"), Inherited: m("b", "B")},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got[0].Complete() || !got[2].Complete() {
		t.Error("Complete is wrong")
	}
}

func TestParseLocale(t *testing.T) {
	for _, c := range []struct{ in, out, language, err string }{
		{"da-DK", "da-DK", "da", ""},
		{"EN_us", "en-US", "en", ""},
		{"i-klingon", "tlh", "tlh", ""},
		{"x-a", "x-a", "und", ""},
		{"", "und", "und", `"" is no language tag`},
		{"root", "und", "und", `"root" names no language`},
		{"xx", "und", "und", `"xx" has the part "xx", which is not in the registry of languages`},
		{"de-DE-DE", "de-DE", "de", `"de-DE-DE" is no language tag`},
		{"klingon", "und", "und", `"klingon" is no language tag`},
	} {
		l, err := i18n.ParseLocale(c.in)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if l.String() != c.out || l.Language() != c.language || text != c.err {
			t.Errorf("%q: %s, language %s, %q", c.in, l, l.Language(), text)
		}
	}
}

func FuzzChoose(f *testing.F) {
	f.Add("en-US", "da", "de-AT", "de", "id", "text")
	f.Add("", "x-a", "i-klingon", "zh-Hant-TW-u-nu-hanidec", "", "")
	f.Add("und", "en_US@x", "de--DE", "sr-Cyrl-x-\xff", "a", "\x00")
	f.Add("a-DE", "art-lojban", "sgn-BE-FR", "mul", "a", " ")
	f.Fuzz(func(t *testing.T, own, a, b, wanted, id, text string) {
		bundles := []i18n.Bundle{bundle(a, id, text), bundle(b, id, text+"b", "other", text), bundle(a, id, "again")}
		chain, _ := i18n.Choose(own, bundles, []string{wanted, b})
		seen := map[int]bool{}
		for _, i := range chain {
			if i < i18n.InLine || i >= len(bundles) || seen[i] {
				t.Fatalf("chain %d", chain)
			}
			seen[i] = true
		}
		if !seen[i18n.InLine] {
			t.Fatalf("chain %d without the texts of the document", chain)
		}
		c, _ := i18n.NewCatalog(own, bundles, chain)
		got, locale := c.Text(id, "in line")
		if got != "in line" && got != text && got != text+"b" && got != "again" {
			t.Fatalf("text %q in %s", got, locale)
		}
		if l, err := i18n.ParseLocale(a); err == nil {
			if again, err := i18n.ParseLocale(l.String()); err != nil || again != l {
				t.Fatalf("%q is %s, which is %s, %v", a, l, again, err)
			}
		}
		i18n.Report(own, []i18n.Message{{ID: id, Text: text}}, bundles)
	})
}
