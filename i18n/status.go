package i18n

import "slices"

// Status says how far the texts of a document are translated into one locale.
type Status struct {
	// Locale is the tag in canonical form.
	Locale string
	// Bundles are the indexes of the bundles in that locale.
	Bundles []int
	// Total is how many ids the texts of the document have; Translated how many of
	// them have a message in this locale that differs from the text.
	Total      int
	Translated int
	// Inherited are ids without message here, whose text a reader of
	// this locale gets in a near one (see [Choose]), as de for de-AT.
	Inherited []Message
	// Missing are ids for which such a reader gets the text of the document.
	Missing []Message
	// Untranslated are messages that say the same as the document, in another
	// language. Names of products may have to.
	Untranslated []Message
	// Unused are messages whose id no text of the document has.
	Unused []Message
}

// Complete reports whether readers of the locale get every text in it or a near
// one, and nothing is left over.
func (s *Status) Complete() bool { return len(s.Missing) == 0 && len(s.Unused) == 0 }

// Report compares the texts of a document, in their order, with its bundles: one
// Status for each locale, in the order of the bundles. An id may have several
// texts; bundles whose locale cannot be read are passed over.
func Report(own string, source []Message, bundles []Bundle) []Status {
	texts := make(map[string][]string, len(source)) // the texts of each id
	var ids []Message
	for _, m := range source {
		if m.ID == "" {
			continue
		}
		was, ok := texts[m.ID]
		if !ok {
			ids = append(ids, m)
		}
		if len(was) < 8 && !slices.Contains(was, m.Text) {
			texts[m.ID] = append(was, m.Text)
		}
	}
	self, _ := ParseLocale(own)
	var out []Status
	for i := range bundles {
		l, _ := ParseLocale(bundles[i].Locale)
		if l.IsZero() || slices.ContainsFunc(out, func(s Status) bool { return s.Locale == l.String() }) || len(out) == MaxLocales {
			continue
		}
		out = append(out, report(own, self, l, ids, texts, bundles))
	}
	return out
}

func report(own string, self, l Locale, ids []Message, texts map[string][]string, bundles []Bundle) Status {
	s := Status{Locale: l.String(), Total: len(ids)}
	has := map[string]Message{}
	near := map[string]bool{}
	chain, _ := Choose(own, bundles, []string{l.String()})
	for _, i := range chain {
		if i == InLine {
			break
		}
		other, _ := ParseLocale(bundles[i].Locale)
		if other == l {
			s.Bundles = append(s.Bundles, i)
		}
		for _, m := range bundles[i].Messages {
			switch _, again := has[m.ID]; {
			case other != l:
				near[m.ID] = near[m.ID] || !blank(m.Text) && other.Language() == l.Language()
			case again:
			case texts[m.ID] == nil:
				s.Unused = append(s.Unused, m)
				has[m.ID] = m
			case !blank(m.Text):
				has[m.ID] = m
			}
		}
	}
	for _, source := range ids {
		m, ok := has[source.ID]
		switch {
		case !ok && near[source.ID]:
			s.Inherited = append(s.Inherited, source)
		case !ok:
			s.Missing = append(s.Missing, source)
		case l.Language() != self.Language() && slices.Contains(texts[m.ID], m.Text):
			s.Untranslated = append(s.Untranslated, m)
		default:
			s.Translated++
		}
	}
	return s
}
