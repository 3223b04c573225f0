package envelope

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// stringsRules are the rules of message bundles and languages (DSP0243 10);
// those of single messages are msgRules.
var stringsRules = []diag.Rule{
	{Name: "strings-file-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 10.2", Since: "0.1.0",
		Summary: "A bundle refers to a file that the package does not list.",
		Why:     "The language is missing."},
	{Name: "strings-lang-missing", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 10.2", Since: "0.1.0",
		Summary: "A bundle does not say its language.",
		Why:     "Nobody chooses it."},
	{Name: "strings-lang-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 10.2", Since: "0.1.0",
		Summary: "A language has two bundles.",
		Why:     "Which one counts is undefined."},
	{Name: "lang-tag", Layer: diag.Semantic, Severity: diag.Warning, Clause: "BCP 47", Since: "0.1.0",
		Summary: "A language tag is not one of BCP 47.",
		Why:     "The bundle is never chosen."},
	{Name: "strings-file-order", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 5.3, 10.2", Since: "0.1.0",
		Summary: "A bundle file is not listed first.",
		Why:     "A reader of a stream gets the texts after gigabytes of disks."},
	{Name: "strings-mixed", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 10.2", Since: "0.1.0",
		Summary: "A bundle has texts inside and outside.",
		Why:     "Consumers read one of the two."},
}

func (c *checker) bundles() {
	c.lang(c.env.Lang, c.env)
	inside, outside := map[string]*Strings{}, map[string]*Strings{} // the first of each language, and of each file
	for i := range c.env.Strings {
		s := &c.env.Strings[i]
		c.lang(s.Lang, s)
		file := value(s.FileRef)
		if file != "" {
			c.bundleFile(s, file)
			if was := outside[file]; was != nil {
				c.at("strings-lang-repeated", s.Location("@fileRef"), "the file %s is the bundle of two Strings", diag.Quote(file)).
					related(was.Location("@fileRef"), "the other one").
					hint("give each language a file of its own").add()
			} else {
				outside[file] = s
			}
		}
		if text(s.Lang) == "" {
			f := c.at("strings-lang-missing", s.Location(""), "the bundle does not say its language").
				hint("add xml:lang, as xml:lang=\"de\"")
			if file != "" {
				f.as(diag.Info) // the file may say it
			}
			f.add()
		} else if file == "" {
			tag := readLang(*s.Lang).tag
			if was := inside[tag]; was != nil {
				c.at("strings-lang-repeated", s.Location("@lang"), "a second bundle is for the language %s", diag.Quote(*s.Lang)).
					related(was.Location("@lang"), "the first one").
					hint("put all texts of one language into one bundle").add()
			} else {
				inside[tag] = s
			}
		}
	}
	c.bundleOrder()
}

// lang checks the xml:lang of the envelope or of a bundle. An empty one is legal
// and says nothing.
func (c *checker) lang(tag *string, of located) {
	if text(tag) == "" {
		return
	}
	l := readLang(*tag)
	if l.problem == "" {
		return
	}
	f := c.at("lang-tag", of.Location("@lang"), "the language %s %s", diag.Quote(*tag), l.problem).hint("%s", l.hint)
	if l.malformed {
		f.as(diag.Error)
	}
	f.add()
}

func (c *checker) bundleFile(s *Strings, file string) {
	if len(s.Msg) > 0 {
		c.at("strings-mixed", s.Location(""), "the bundle has %s and the file %s", plural(len(s.Msg), "text"), diag.Quote(file)).
			hint("put all texts into the file, or all into the descriptor").add()
	}
	if c.files.get(file) != nil {
		return
	}
	f := c.at("strings-file-ref", s.Location("@fileRef"), "the bundle refers to the file %s, which is not in References", diag.Quote(file))
	for i := range c.env.References.File {
		if h := &c.env.References.File[i]; h.Href == file {
			f.hint("refer to it by its id %s, not by its name", diag.Quote(h.ID)).add()
			return
		}
	}
	c.hintFile(f, file).add()
}

// bundleOrder checks that the files of bundles come first.
func (c *checker) bundleOrder() {
	bundles := map[string]bool{}
	for i := range c.env.Strings {
		if ref := value(c.env.Strings[i].FileRef); ref != "" {
			bundles[ref] = true
		}
	}
	if len(bundles) == 0 {
		return
	}
	var other *File
	for i := range c.env.References.File {
		f := &c.env.References.File[i]
		switch {
		case !bundles[f.ID]:
			if other == nil {
				other = f
			}
		case other != nil:
			c.at("strings-file-order", f.Location(""), "the bundle file %s stands after %s", diag.Quote(f.ID), diag.Quote(other.ID)).
				related(other.Location(""), "the first file that is no bundle").
				hint("list the files of bundles first").add()
		}
	}
}

// msgRules are the rules of single messages (DSP0243 10).
var msgRules = []diag.Rule{
	{Name: "msgid-unknown", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 10", Since: "0.1.0",
		Summary: "A translation belongs to no text.",
		Why:     "The id is misspelt, or left over."},
	{Name: "msgid-repeated", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 10", Since: "0.1.0",
		Summary: "A text is translated twice.",
		Why:     "One of the translations is never shown."},
	{Name: "msgid-untranslated", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 10", Since: "0.1.0",
		Summary: "A bundle does not translate all texts.",
		Why:     "Readers see two languages mixed."},
	{Name: "msgid-no-text", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 10", Since: "0.1.0",
		Summary: "A text has an id and no default.",
		Why:     "Without a bundle that fits, nothing is shown."},
}

func (c *checker) messages() {
	m := messageIDs{wanted: len(c.env.Strings) > 0}
	visitor(m.collect).envelope(c.env)
	for s := range c.sections() {
		if s.Codec() == nil {
			m.element(sectionElement(s))
		}
	}
	last := make([]translation, len(m.ids))
	for i := range c.env.Strings {
		c.bundle(&c.env.Strings[i], &m, last)
	}
	c.emptyTexts(m.empty)
}

// translation is the latest one of a text that has been met.
type translation struct {
	in  *Strings
	msg *StringsMsg
}

// bundle checks the messages of one internal bundle against the ids in use.
// last has the latest translation of each, whatever the bundle.
func (c *checker) bundle(s *Strings, ids *messageIDs, last []translation) {
	missing := len(ids.ids)
	var unknown map[string]*StringsMsg
	for i := range s.Msg {
		m := &s.Msg[i]
		var was *StringsMsg
		if n, ok := ids.index[m.MsgID]; !ok {
			was = unknown[m.MsgID]
			if unknown == nil {
				unknown = map[string]*StringsMsg{}
			}
			unknown[m.MsgID] = m
		} else if last[n].in == s {
			was = last[n].msg
		} else {
			missing--
			last[n] = translation{s, m}
			continue
		}
		if was != nil {
			c.at("msgid-repeated", m.Location("@msgid"), "the text %s is translated a second time", diag.Quote(m.MsgID)).
				related(was.Location("@msgid"), "the first time").
				hint("keep one of the two").add()
			continue
		}
		f := c.at("msgid-unknown", m.Location("@msgid"), "no text has the id %s", diag.Quote(m.MsgID))
		if name, ok := ids.similar(m.MsgID); ok {
			f.hint("there is the id %s", diag.Quote(name))
		} else {
			f.hint("correct the id, or remove the translation")
		}
		f.add()
	}
	if missing == 0 || value(s.FileRef) != "" { // the file may have the others
		return
	}
	var some []string
	for i := 0; i < len(last) && len(some) < 3; i++ {
		if last[i].in != s {
			some = append(some, diag.Quote(ids.ids[i]))
		}
	}
	more := ""
	if missing > len(some) {
		more = " …"
	}
	c.at("msgid-untranslated", s.Location(""), "the bundle for %s lacks %s: %s%s", diag.Quote(text(s.Lang)), plural(missing, "text"), strings.Join(some, ", "), more).
		hint("add a Msg for each").add()
}

// emptyTexts reports elements that have an id and no text, where the descriptor
// itself has none in its own language.
func (c *checker) emptyTexts(empty []emptyText) {
	if len(empty) == 0 {
		return
	}
	own := readLang("en-US")
	if text(c.env.Lang) != "" {
		own = readLang(*c.env.Lang)
	}
	fits := map[string]bool{}
	external := false
	for i := range c.env.Strings {
		s := &c.env.Strings[i]
		if tag := readLang(text(s.Lang)).tag; tag != own.tag && tag != own.base {
			continue
		}
		external = external || value(s.FileRef) != ""
		for j := range s.Msg {
			fits[s.Msg[j].MsgID] = true
		}
	}
	for i := range empty {
		e := &empty[i]
		if fits[e.id] {
			continue
		}
		f := c.at("msgid-no-text", e.location(), "the text %s is empty, and no bundle for %s has it", diag.Quote(e.id), diag.Quote(own.tag)).
			hint("write the text in the language of the descriptor")
		if external {
			f.d.Message = fmt.Sprintf("the text %s is empty; an external bundle may have it", diag.Quote(e.id))
			f.as(diag.Info)
		}
		f.add()
	}
}
