package i18n

import (
	"fmt"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"golang.org/x/text/language"
)

// The bounds of what is looked at.
const (
	MaxLocales  = 128     // different locales of a document, or wanted by a reader
	MaxMessages = 1 << 18 // messages of a chain of bundles
)

// Message is a text with its id.
type Message struct {
	ID   string
	Text string
	// Source tells where the text stands; nil if it was not read.
	Source Source
}

// Source is something that was read and knows from where, as every struct of
// package envelope.
type Source interface {
	// Location returns the place of a part, or of the whole for "".
	Location(part string) diag.Location
}

// Location returns where the text stands; the zero Location if it was not read.
func (m *Message) Location() diag.Location {
	if m.Source == nil {
		return diag.Location{}
	}
	return m.Source.Location("")
}

// Bundle holds the messages of one locale.
type Bundle struct {
	Locale   string // a BCP 47 tag as written
	Messages []Message
	Location diag.Location // of the bundle
}

// maxTag is longer than any language tag that means something.
const maxTag = 100

// Locale is a language tag that was read (BCP 47). The zero value is that of
// texts in no known language, which nobody wants.
type Locale struct{ tag language.Tag }

// ParseLocale reads a language tag and brings it into the canonical form. It
// accepts "_" between the parts. The error says what is wrong in words for the
// author of the tag, and the Locale is then what could be read of it.
func ParseLocale(s string) (Locale, error) {
	if len(s) > maxTag {
		return Locale{}, fmt.Errorf("%s is longer than any language tag", diag.Quote(s))
	}
	tag, err := language.Parse(s)
	base, _ := tag.Base()
	switch {
	case err == nil && tag == language.Und:
		return Locale{}, fmt.Errorf("%s names no language", diag.Quote(s))
	case err == nil:
		return Locale{tag}, nil
	}
	if base == (language.Base{}) || base.String() == "und" {
		tag = language.Und
	}
	if v, ok := err.(language.ValueError); ok {
		return Locale{tag}, fmt.Errorf("%s has the part %s, which is not in the registry of languages", diag.Quote(s), diag.Quote(v.Subtag()))
	}
	return Locale{tag}, fmt.Errorf("%s is no language tag", diag.Quote(s))
}

// String returns the tag in its canonical form, as "da-DK", and "und" for the zero
// value.
func (l Locale) String() string { return l.tag.String() }

// Language returns the language without script and region, as "da".
func (l Locale) Language() string {
	base, _ := l.tag.Base()
	if l.IsZero() {
		return "und"
	}
	return base.String()
}

// IsZero reports whether the language is not known.
func (l Locale) IsZero() bool { return l.tag == language.Und }

// blank reports whether a text says nothing.
func blank(s string) bool { return strings.TrimSpace(s) == "" }
