package envelope

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/i18n"
	"github.com/ovfkit/ovf/xmltree"
)

// ExtractBundle returns a bundle file for translators: a Msg for each text of the
// descriptor that has a msgid, in document order, with the text of the
// descriptor in a comment above it. A Msg has the translation that bundles have
// for exactly this locale; otherwise it is empty, which is no translation: until
// it is filled in, readers get the text of the comment. [Strings.Merge] takes
// the translations back.
//
// The bundles are those of [Envelope.Bundles]. The error says what cannot stand
// in XML, or that the locale is no language tag.
func (t *Envelope) ExtractBundle(locale string, bundles []i18n.Bundle) ([]byte, error) {
	to, err := i18n.ParseLocale(locale)
	if err != nil {
		return nil, fmt.Errorf("the locale %w", err)
	}
	own := t.Locale()
	chain, _ := i18n.Choose(own, bundles, nil)
	source, _ := i18n.NewCatalog(own, bundles, chain)
	done := map[string]string{}
	for i := range bundles {
		if l, _ := i18n.ParseLocale(bundles[i].Locale); l != to {
			continue
		}
		for _, m := range bundles[i].Messages {
			if _, ok := done[m.ID]; !ok && !blank(m.Text) {
				done[m.ID] = m.Text
			}
		}
	}
	space := t.Namespace
	if space == "" {
		space = Namespace1
	}
	b := []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b = appendComment(b, " The texts in "+to.String()+". A Msg without text is not translated yet; the comment above it has the text in "+own+". ")
	b = append(b, "\n<Strings xmlns=\""...)
	b = xmltree.AppendAttr(b, space, '"')
	b = append(b, "\" xmlns:ovf=\""...)
	b = xmltree.AppendAttr(b, space, '"')
	b = append(b, "\" xml:lang=\""...)
	b = xmltree.AppendAttr(b, to.String(), '"')
	b = append(b, "\">\n"...)
	messages := t.Messages()
	texts := map[string][]string{} // an id may stand for several texts
	for _, m := range messages {
		text, _ := source.Text(m.ID, m.Text)
		texts[m.ID] = append(texts[m.ID], text)
	}
	for _, m := range messages {
		list, ok := texts[m.ID]
		if !ok {
			continue
		}
		delete(texts, m.ID)
		for _, s := range list {
			b = append(b, "  "...)
			b = appendComment(b, " "+own+": "+s+" ")
			b = append(b, '\n')
		}
		b = append(b, "  <Msg ovf:msgid=\""...)
		b = xmltree.AppendAttr(b, m.ID, '"')
		b = append(b, "\">"...)
		b = xmltree.AppendText(b, done[m.ID])
		b = append(b, "</Msg>\n"...)
	}
	b = append(b, "</Strings>\n"...)
	if _, err := xmltree.Parse(to.String(), b, xmltree.Limits{}); err != nil {
		return nil, err
	}
	return b, nil
}

// appendComment appends a comment. Two hyphens may not stand in one.
func appendComment(b []byte, s string) []byte {
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "- -")
	}
	return append(append(append(b, "<!--"...), s...), "-->"...)
}

// Merge takes the translations of another bundle: it changes the messages that
// have the same id and adds those that are new, each behind the one it follows
// there. Messages without text or with white space only are passed over, since nobody
// has translated them yet; nothing is removed.
func (t *Strings) Merge(from *Strings) []Change {
	at := make(map[string]int, len(t.Msg)) // where each id stands
	for i := range t.Msg {
		if _, ok := at[t.Msg[i].MsgID]; !ok {
			at[t.Msg[i].MsgID] = i
		}
	}
	var changes []Change
	added := map[int][]StringsMsg{} // behind which old message; -1 is before all
	seen := make(map[string]bool, len(from.Msg))
	last := len(t.Msg) - 1
	for i := range from.Msg {
		m := &from.Msg[i]
		where, have := at[m.MsgID]
		if have {
			last = where
		}
		if blank(m.Text) || seen[m.MsgID] {
			continue
		}
		seen[m.MsgID] = true
		if !have {
			added[last] = append(added[last], StringsMsg{MsgID: m.MsgID, Text: m.Text})
			changes = append(changes, Change{Location: m.Location(""), What: "message " + m.MsgID, New: m.Text})
			continue
		}
		if old := &t.Msg[where]; old.Text != m.Text || value(old.FileRef) != "" {
			changes = append(changes, Change{Location: old.Location(""), What: "message " + m.MsgID, Old: old.Text, New: m.Text})
			old.Text, old.FileRef = m.Text, nil
		}
	}
	if len(added) > 0 {
		all := added[-1]
		for i := range t.Msg {
			all = append(append(all, t.Msg[i]), added[i]...)
		}
		t.Msg = all
	}
	return changes
}

// AddBundle adds an empty bundle to the descriptor and returns it, to be filled
// with [Strings.Merge]. The pointer is good until the next one is added.
func (t *Envelope) AddBundle(locale string) *Strings {
	t.Strings = append(t.Strings, Strings{Lang: &locale})
	return &t.Strings[len(t.Strings)-1]
}

// AddBundleFile adds a reference to a bundle file: a File, behind those of the
// other bundles and before all others as DSP0243 5.3 has it, and the Strings
// that names it. It returns a copy of the File; the file itself is for the caller to
// write. The error is a [*LookupError] if another File has the href.
func (t *Envelope) AddBundleFile(locale, name string) (File, error) {
	files := t.References.File
	key := parseHref(name).key
	if i := slices.IndexFunc(files, func(f File) bool { return key != "" && parseHref(f.Href).key == key }); i >= 0 {
		return File{}, &LookupError{Kind: "file", Name: name, Err: ErrTaken}
	}
	bundles := map[string]bool{}
	for i := range t.Strings {
		if id := value(t.Strings[i].FileRef); id != "" {
			bundles[id] = true
		}
	}
	place := 0
	ids := make(map[string]bool, len(files))
	for i := range files {
		ids[files[i].ID] = true
		if bundles[files[i].ID] && place == i {
			place = i + 1
		}
	}
	id := "strings-" + locale
	for n := 2; ids[id]; n++ {
		id = "strings-" + locale + "-" + strconv.Itoa(n)
	}
	f := File{ID: id, Href: name}
	t.References.File = slices.Insert(files, place, f)
	t.Strings = append(t.Strings, Strings{Lang: &locale, FileRef: &f.ID})
	return f, nil
}

// NewBundle returns a bundle for a file of its own, for a descriptor of the same
// generation of OVF.
func (t *Envelope) NewBundle(locale string) *Strings {
	space := t.Namespace
	if space == "" {
		space = Namespace1
	}
	return &Strings{Namespace: space, Lang: &locale}
}
