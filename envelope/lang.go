package envelope

import (
	"errors"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"golang.org/x/text/language"
)

// maxLang is longer than any language tag that means something.
const maxLang = 100

// lang is a language tag of the descriptor as the rules see it.
type lang struct {
	tag       string // in the canonical form if it can be read, else in lower case
	base      string // the language alone
	malformed bool   // no tag of RFC 5646 at all
	problem   string // what is wrong; "" if nothing is
	hint      string
}

// readLang reads xml:lang (BCP 47).
func readLang(s string) lang {
	l := lang{tag: strings.ToLower(s[:min(len(s), maxLang)])}
	l.base, _, _ = strings.Cut(strings.ReplaceAll(l.tag, "_", "-"), "-")
	if len(s) > maxLang {
		l.malformed, l.problem = true, "is longer than any language tag"
		return l
	}
	t, err := language.Parse(s)
	var unknown language.ValueError
	switch {
	case err == nil:
		base, _ := t.Base()
		l.tag, l.base = t.String(), base.String()
		if strings.Contains(s, "_") {
			l.problem, l.hint = "separates its parts by \"_\"", "write "+t.String()
		}
	case errors.As(err, &unknown):
		l.problem = "has the part " + diag.Quote(unknown.Subtag()) + ", which is none of the registry of languages"
		l.hint = nearLang(t, unknown.Subtag())
	case unregistered(s):
		l.problem, l.hint = "names a language that the registry does not have", "use the code of two or three letters, as de"
	default:
		l.malformed, l.problem, l.hint = true, "is no language tag", "write a language and, if it matters, a region, as de or de-AT"
	}
	return l
}

// unregistered reports whether a tag is well-formed but for a language of four
// to eight letters, which RFC 5646 reserves and nobody has registered.
func unregistered(s string) bool {
	base, rest, _ := strings.Cut(s, "-")
	if len(base) < 4 || len(base) > 8 || strings.Trim(strings.ToLower(base), "abcdefghijklmnopqrstuvwxyz") != "" {
		return false
	}
	if rest == "" {
		return true
	}
	_, err := language.Parse("und-" + rest)
	return err == nil
}

// nearLang suggests the region where a language is at home instead of one that
// does not exist.
func nearLang(t language.Tag, subtag string) string {
	base, sure := t.Base()
	region, _ := language.Make(base.String()).Region()
	if sure != language.Exact || len(subtag) != 2 || !region.IsCountry() {
		return "use a code of the registry of languages"
	}
	return "write " + base.String() + ", or " + base.String() + "-" + region.String() + " with its usual region"
}
