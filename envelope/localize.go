package envelope

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/i18n"
	"github.com/ovfkit/ovf/internal/xmlbind"
)

// defaultLocale is the language of a descriptor that does not say it (DSP0243 10).
const defaultLocale = "en-US"

// The bounds of what bundles are read.
const (
	maxBundles     = 1000    // Strings elements of a descriptor
	maxMessageFile = 4 << 20 // bytes of a file that is the text of a message
)

// Locale returns the language of the texts that stand in the descriptor itself:
// xml:lang as written, or en-US if there is none (DSP0243 10).
func (t *Envelope) Locale() string {
	if text(t.Lang) == "" {
		return defaultLocale
	}
	return strings.TrimSpace(*t.Lang)
}

// bundleRules are the rules of reading message bundles, beside those of i18n.
var bundleRules = []diag.Rule{
	{Name: "bundle-file", Layer: diag.Package, Severity: diag.Warning, Clause: "DSP0243 10.2", Since: "0.2.0",
		Summary: "A bundle, or the file of a message, cannot be read.",
		Why:     "Its readers get another language."},
	{Name: "bundle-file-locale", Layer: diag.Package, Severity: diag.Warning, Clause: "DSP0243 10.2", Since: "0.2.0",
		Summary: "A bundle file is in another locale than the descriptor says.",
		Why:     "Readers get a language that they did not choose; the descriptor is believed."},
}

// BundleRules lists the diagnostics of [Envelope.Bundle].
func BundleRules() []diag.Rule { return append([]diag.Rule(nil), bundleRules...) }

// Bundle returns the messages of Strings[i]: those in the descriptor, then those
// of the bundle file that it refers to, with the texts that OVF 2.x lets stand in
// files of their own (DSP0243 10.2).
//
// files returns the content of a file of the package by its id; nil means that
// there are none. What cannot be read is a warning, and its messages are left
// out: readers get the texts of the descriptor. The locale is that of the
// Strings element, or that of the file if the element does not say one.
func (t *Envelope) Bundle(i int, files func(id string) ([]byte, error)) (i18n.Bundle, diag.List) {
	r := bundleReader{env: t, files: files}
	s := &t.Strings[i]
	b := i18n.Bundle{Locale: text(s.Lang)}
	if i >= maxBundles {
		if i == maxBundles {
			r.report(0, s.Location(""), nil, "put all texts of one locale into one bundle", "there are more than %d bundles; this one and those after it are left out", maxBundles)
		}
		return b, r.found.List()
	}
	b.Location = s.Location("")
	r.messages(&b, s)
	if id := value(s.FileRef); id != "" {
		r.file(&b, s, id)
	}
	return b, r.found.List()
}

// bundleReader reads one bundle.
type bundleReader struct {
	env   *Envelope
	files func(id string) ([]byte, error)
	found diag.Collector
}

func (r *bundleReader) report(rule int, where diag.Location, err error, hint, format string, args ...any) {
	b := &bundleRules[rule]
	r.found.Add(diag.Diagnostic{Severity: b.Severity, Layer: b.Layer, Rule: b.Name, Clause: b.Clause, Location: where,
		Message: fmt.Sprintf(format, args...), Hint: hint, Err: err})
}

var (
	errNoFiles = errors.New("the files of the package are not at hand")
	errNoFile  = errors.New("no File in References has this id")
)

func (r *bundleReader) read(id string) ([]byte, error) {
	switch {
	case r.files == nil:
		return nil, errNoFiles
	case !slices.ContainsFunc(r.env.References.File, func(f File) bool { return f.ID == id }):
		return nil, errNoFile
	}
	return r.files(id)
}

// remedy says what to do about a file that cannot be read.
func remedy(err error, otherwise string) string {
	switch err {
	case errNoFiles:
		return "give the whole package, not its descriptor alone"
	case errNoFile:
		return "write the id of a File into fileRef"
	}
	return otherwise
}

// reason says why something cannot be read: of a diagnostic its message alone,
// since the place is said already.
func reason(err error) string {
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return d.Message
	}
	return err.Error()
}

// name returns what a file is called in messages.
func (r *bundleReader) name(id string) string {
	if i := slices.IndexFunc(r.env.References.File, func(f File) bool { return f.ID == id }); i >= 0 {
		return r.env.References.File[i].Href
	}
	return id
}

// file adds the messages of a bundle file.
func (r *bundleReader) file(b *i18n.Bundle, s *Strings, id string) {
	const hint = "repair the file, or remove the bundle"
	name := r.name(id)
	data, err := r.read(id)
	if err != nil {
		r.report(0, s.Location("@fileRef"), err, remedy(err, hint), "the bundle file %s cannot be read: %s", diag.Quote(name), reason(err))
		return
	}
	outer, notes, err := DecodeStrings(data, DecodeOptions{Name: name})
	if err != nil {
		at := s.Location("@fileRef")
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			at = d.Location
		}
		r.report(0, at, err, hint, "the bundle file %s cannot be read: %s", diag.Quote(name), reason(err))
		return
	}
	for _, d := range notes {
		r.found.Add(d)
	}
	said := text(outer.Lang)
	switch {
	case b.Locale == "":
		b.Locale = said
	case said != "" && !sameLocale(said, b.Locale):
		r.report(1, outer.Location("@lang"), nil, "write the same xml:lang in both places",
			"the bundle file %s is in %s, but the descriptor says %s", diag.Quote(name), diag.Quote(said), diag.Quote(b.Locale))
	}
	r.messages(b, outer)
}

// sameLocale reports whether two tags mean the same.
func sameLocale(a, b string) bool {
	x, errX := i18n.ParseLocale(a)
	y, errY := i18n.ParseLocale(b)
	if errX != nil || errY != nil {
		return strings.EqualFold(a, b)
	}
	return x == y
}

// messages adds those of one Strings element.
func (r *bundleReader) messages(b *i18n.Bundle, s *Strings) {
	for i := range s.Msg {
		m := &s.Msg[i]
		out := i18n.Message{ID: m.MsgID, Text: m.Text, Source: m}
		if id := value(m.FileRef); id != "" {
			var err error
			if out.Text, err = r.text(id); err != nil {
				r.report(0, m.Location("@fileRef"), err, remedy(err, "repair the file, or write the text into the Msg"),
					"the file %s with the text %s cannot be read: %s", diag.Quote(r.name(id)), diag.Quote(m.MsgID), reason(err))
			}
		}
		b.Messages = append(b.Messages, out)
	}
}

// text reads a file that is the text of a message.
func (r *bundleReader) text(id string) (string, error) {
	data, err := r.read(id)
	switch {
	case err != nil:
		return "", err
	case len(data) > maxMessageFile:
		return "", fmt.Errorf("it has %d bytes, more than the %d of a text", len(data), maxMessageFile)
	}
	s := strings.TrimPrefix(string(data), "\ufeff")
	if !utf8.ValidString(s) {
		return "", errors.New("it is not in UTF-8")
	}
	return s, nil
}

// Bundles reads all bundles of the descriptor with [Envelope.Bundle], in order.
func (t *Envelope) Bundles(files func(id string) ([]byte, error)) ([]i18n.Bundle, diag.List) {
	var found diag.List
	out := make([]i18n.Bundle, len(t.Strings))
	for i := range t.Strings {
		var notes diag.List
		out[i], notes = t.Bundle(i, files)
		found = append(found, notes...)
	}
	return out, found
}

// ChooseBundles is [i18n.Choose] for the bundles of the descriptor, with the place
// of what it reports.
func (t *Envelope) ChooseBundles(bundles []i18n.Bundle, wanted []string) ([]int, diag.List) {
	chain, found := i18n.Choose(t.Locale(), bundles, wanted)
	for i := range found {
		if found[i].Layer == diag.Package && found[i].Location == (diag.Location{}) {
			found[i].Location = t.Location("@lang")
		}
	}
	return chain, found
}

// Messages returns the texts of the descriptor that have a msgid, in document
// order: those of the standard, of children of CIM settings, and of extensions,
// which come before the texts of the section that they stand in. The same text
// with the same id is listed once.
func (t *Envelope) Messages() []i18n.Message {
	l := messageList{seen: map[[2]string]bool{}}
	visit := visitor(l.visit)
	sections := func(list []Section) {
		for _, s := range list {
			visit.section(s)
			if !none(s) && s.Codec() == nil {
				l.element(sectionElement(s))
			}
			l.settings(s)
		}
	}
	sections(t.Section)
	for c := range Walk(t.Content) {
		visitOpt(visit, c.ContentInfo())
		visitOpt(visit, c.ContentName())
		sections(c.Sections())
		l.open(c.Codec())
	}
	l.open(t.Codec())
	return l.list
}

// messageList gathers texts with ids.
type messageList struct {
	list []i18n.Message
	seen map[[2]string]bool
}

func (l *messageList) add(id, text string, from i18n.Source) {
	key := [2]string{id, text}
	if id == "" || l.seen[key] {
		return
	}
	l.seen[key] = true
	l.list = append(l.list, i18n.Message{ID: id, Text: text, Source: from})
}

// visit takes the text of one struct, and those in its open content.
func (l *messageList) visit(c xmlbind.Codec) {
	switch t := c.(type) {
	case *msgCodec:
		l.add(value(t.MsgID), t.Text, (*Msg)(t))
	case *categoryCodec:
		l.add(value(t.MsgID), t.Text, (*Category)(t))
	}
	l.open(c)
}

// open takes the texts in the open content of a struct.
func (l *messageList) open(c xmlbind.Codec) {
	for _, e := range c.Extra().Elements {
		l.element(e)
	}
}
