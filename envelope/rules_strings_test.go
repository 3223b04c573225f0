package envelope_test

import (
	"strings"
	"testing"
)

// Message bundles (DSP0243 10).
func TestStrings(t *testing.T) {
	named := productXML(``)
	label := func(attrs, text string) string {
		return `<ProductSection><Info>P</Info><Product ` + attrs + `>` + text + `</Product></ProductSection>`
	}
	bundle := func(attrs string, ids ...string) string {
		var b strings.Builder
		for _, id := range ids {
			b.WriteString(`<Msg ovf:msgid="` + id + `">x</Msg>`)
		}
		return `<Strings ` + attrs + `>` + b.String() + `</Strings>`
	}
	const f, g = `<File ovf:id="f" ovf:href="f.xml"/>`, `<File ovf:id="g" ovf:href="g.vmdk"/>`
	runCases(t, []string{"strings-", "msgid-", "lang-"}, []ruleCase{
		{name: "none", content: named},
		{name: "whole", content: label(`ovf:msgid="a"`, "A"), strings: bundle(`xml:lang="de"`, "a")},
		{name: "without language", content: label(`ovf:msgid="a"`, "A"), strings: bundle("", "a"), want: "warning strings-lang-missing"},
		{name: "file without language", refs: f, content: named, strings: bundle(`ovf:fileRef="f"`), want: "info strings-lang-missing"},
		{name: "no such file", content: named, strings: bundle(`ovf:fileRef="f" xml:lang="de"`), want: "error strings-file-ref"},
		{name: "one file twice", refs: f, content: named, strings: bundle(`ovf:fileRef="f" xml:lang="de"`) + bundle(`ovf:fileRef="f" xml:lang="fr"`), want: "warning strings-lang-repeated"},
		{name: "one language twice", content: label(`ovf:msgid="a"`, "A"), strings: bundle(`xml:lang="de-AT"`, "a") + bundle(`xml:lang="de-at"`, "a"), want: "warning strings-lang-repeated"},
		{name: "inside and outside", refs: f, content: named, strings: bundle(`xml:lang="de"`) + bundle(`ovf:fileRef="f" xml:lang="de"`)},
		{name: "both in one", refs: f, content: label(`ovf:msgid="a"`, "A"), strings: bundle(`ovf:fileRef="f" xml:lang="de"`, "a"), want: "warning strings-mixed"},
		{name: "file first", refs: f + g, content: named, strings: bundle(`ovf:fileRef="f" xml:lang="de"`)},
		{name: "file last", refs: g + f, content: named, strings: bundle(`ovf:fileRef="f" xml:lang="de"`), want: "info strings-file-order"},
		{name: "unknown id", content: label(`ovf:msgid="a"`, "A"), strings: bundle(`xml:lang="de"`, "a", "b"), want: "warning msgid-unknown"},
		{name: "unknown id twice", content: label(`ovf:msgid="a"`, "A"), strings: bundle(`xml:lang="de"`, "a", "b", "b"), want: "warning msgid-unknown, warning msgid-repeated"},
		{name: "id twice", content: label(`ovf:msgid="a"`, "A"), strings: bundle(`xml:lang="de"`, "a", "a"), want: "warning msgid-repeated"},
		{name: "id missing", content: label(`ovf:msgid="a"`, "A"), strings: bundle(`xml:lang="de"`), want: "info msgid-untranslated"},
		{name: "id of an item", content: `<VirtualHardwareSection><Info>H</Info><Item><rasd:ElementName ovf:msgid="a">A</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID></Item></VirtualHardwareSection>`, strings: bundle(`xml:lang="de"`, "a")},
		{name: "id of an extension", content: `<x:Section ovf:required="false"><x:A><x:B ovf:msgid="a">A</x:B></x:A></x:Section>`, strings: bundle(`xml:lang="de"`, "a")},
		{name: "empty text", content: label(`ovf:msgid="a"`, ""), want: "warning msgid-no-text"},
		{name: "empty text, translated into another language", content: label(`ovf:msgid="a"`, ""), strings: bundle(`xml:lang="de"`, "a"), want: "warning msgid-no-text"},
		{name: "empty text, default language in a bundle", content: label(`ovf:msgid="a"`, ""), strings: bundle(`xml:lang="en"`, "a")},
		{name: "empty text, default language in a file", refs: f, content: label(`ovf:msgid="a"`, ""), strings: bundle(`ovf:fileRef="f" xml:lang="en-US"`), want: "info msgid-no-text"},
	})
}

// Language tags by RFC 5646 and its registry.
func TestLanguageTags(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "", "de-AT": "", "de-at": "", "sr-Latn-RS": "", "de-1996": "", "zh-Hans": "", "x-mine": "", "i-klingon": "", "": "",
		"da-DA": "warning", "xx": "warning", "deutsch": "warning", "de_DE": "warning", "zh-CHS": "warning",
		"de_DE_": "error", "deutsch!": "error", "e": "error", "de-": "error", "en-US.UTF-8": "error", "12": "error", strings.Repeat("de-", 100): "error",
	} {
		c := ruleCase{content: productXML(``), strings: `<Strings xml:lang="` + tag + `"/>`}
		if c.want = want; want != "" {
			c.want += " lang-tag"
		}
		t.Run(tag, func(t *testing.T) { c.run(t, []string{"lang-tag"}) })
	}
}
