package environment

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/xmltree"
)

// Pair is a property as documents have it: its full name (class.key.instance,
// without the parts that are empty) and its value.
type Pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Platform is what a guest is told about the platform; what is empty is left
// out (DSP0243 11.1).
type Platform struct {
	Kind, Version, Vendor, Locale string
	// Timezone is in minutes east of UTC; nil leaves it out.
	Timezone *int
}

// Guest is what one guest is to be told. [Build] makes its document as a tree,
// [Guest.Document] and [Guest.WriteTo] make the same document as text, with
// work for the siblings that is no more than a copy. The zero value is a guest
// without id about which nothing is known.
//
// Several goroutines may make documents of one Guest, or of guests with one
// Collection, at the same time.
type Guest struct {
	// ID is the ovf:id of the virtual system.
	ID       string
	Platform Platform
	// Properties are those of the virtual system and those of the collection
	// around it that it does not override, each key once (DSP0243 11.1).
	Properties []Pair
	// Collection is the collection around it; nil for a guest that stands alone.
	Collection *Collection
}

// Member is a virtual system or a collection as its siblings see it.
type Member struct {
	ID         string
	Properties []Pair
}

// Collection is a set of siblings, of which each document shows all but the
// guest itself. Their text is made once and shared. A Collection does not change.
type Collection struct {
	members []Member
	text    []byte         // the Entity elements, one after the other
	ends    []int          // where each ends in text
	index   map[string]int // by id
}

// What is wrong with a [Guest] or [Member], beside characters.
var (
	ErrTwice    = errors.New("is given twice")                   // an id, or the key of a property
	ErrTimezone = errors.New("is more than a day away from UTC") // Platform.Timezone
)

// A GuestError says what cannot be written into a document. It never holds the
// value of a property, which may be a password.
type GuestError struct {
	ID    string // of the guest or sibling
	Part  string // "id", "key", "value", or the name of a part of the platform
	Key   string // of the property, if it is about one
	Cause error  // a *[CharacterError], [ErrTwice] or [ErrTimezone]
}

// Unwrap returns the cause.
func (e *GuestError) Unwrap() error { return e.Cause }

func (e *GuestError) Error() string {
	what := "the " + e.Part
	switch {
	case e.Key != "":
		what = fmt.Sprintf("the %s of property %s", e.Part, diag.Quote(e.Key))
	case e.Part != "id" && e.Part != "key":
		what += " of the platform"
	}
	hint := ""
	if c := (*CharacterError)(nil); errors.As(e.Cause, &c) {
		hint = "; remove it, or encode the text, for example by base64"
	}
	return fmt.Sprintf("environment of %s: %s %v%s", diag.Quote(e.ID), what, e.Cause, hint)
}

// A CharacterError says that a text cannot stand in XML.
type CharacterError struct {
	Offset int  // in bytes
	Char   rune // [utf8.RuneError] for a byte that is not UTF-8
	Byte   byte // that byte
}

func (e *CharacterError) Error() string {
	if e.Char == utf8.RuneError {
		return fmt.Sprintf("is not UTF-8: byte 0x%02x at offset %d", e.Byte, e.Offset)
	}
	return fmt.Sprintf("has the character %U at offset %d, which XML cannot carry", e.Char, e.Offset)
}

// Check returns a *[CharacterError] if a text has a character that XML 1.0 does
// not allow: controls but tab, line feed and carriage return, U+FFFE, U+FFFF,
// and what is not UTF-8.
func Check(text string) error {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c < utf8.RuneSelf || c == '\t' || c == '\n' || c == '\r' {
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r < 0x20 || r == utf8.RuneError && n == 1 || r == 0xfffe || r == 0xffff {
			return &CharacterError{Offset: i, Char: r, Byte: c}
		}
		i += n - 1
	}
	return nil
}

// checkPairs checks the id and the properties of a guest or sibling.
func checkPairs(id string, pairs []Pair) error {
	if err := Check(id); err != nil {
		return &GuestError{ID: id, Part: "id", Cause: err}
	}
	var seen map[string]bool // for long lists only
	if len(pairs) > 16 {
		seen = make(map[string]bool, len(pairs))
	}
	for i, p := range pairs {
		if err := Check(p.Key); err != nil {
			return &GuestError{ID: id, Part: "key", Key: p.Key, Cause: err}
		}
		if err := Check(p.Value); err != nil {
			return &GuestError{ID: id, Part: "value", Key: p.Key, Cause: err}
		}
		twice := seen[p.Key]
		if seen != nil {
			seen[p.Key] = true
		} else {
			twice = slices.ContainsFunc(pairs[:i], func(o Pair) bool { return o.Key == p.Key })
		}
		if twice {
			return &GuestError{ID: id, Part: "key", Key: p.Key, Cause: ErrTwice}
		}
	}
	return nil
}

// NewCollection returns the set of all members of a collection, in the order in
// which documents show them. It keeps the list, which must not change
// afterwards. An error is a *[GuestError].
func NewCollection(members []Member) (*Collection, error) {
	c := &Collection{members: members, ends: make([]int, len(members)), index: make(map[string]int, len(members))}
	size := 0
	for i, m := range members {
		if err := checkPairs(m.ID, m.Properties); err != nil {
			return nil, err
		}
		if _, ok := c.index[m.ID]; ok {
			return nil, &GuestError{ID: m.ID, Part: "id", Cause: ErrTwice}
		}
		c.index[m.ID] = i
		size += 80 + len(m.ID)
		for _, p := range m.Properties {
			size += 48 + len(p.Key) + len(p.Value)
		}
	}
	c.text = make([]byte, 0, size)
	for i, m := range members {
		c.text = appendAttr(append(c.text, "\n  <Entity"...), "oe:id", m.ID)
		c.text = append(c.text, '>')
		c.text = appendProperties(c.text, m.Properties, "\n    ")
		c.text = append(c.text, "\n  </Entity>"...)
		c.ends[i] = len(c.text)
	}
	return c, nil
}

// siblings returns the text of all members but one.
func (c *Collection) siblings(id string) (before, after []byte) {
	if c == nil {
		return nil, nil
	}
	i, ok := c.index[id]
	if !ok {
		return c.text, nil
	}
	start := 0
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.text[:start], c.text[c.ends[i]:]
}

const (
	documentHead = xmlHead + `<Environment xmlns="` + Namespace1 + `" xmlns:oe="` + Namespace1 + `"`
	documentTail = "\n</Environment>\n"
	xmlHead      = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
)

// Document returns the text of the document for the guest (DSP0243 11.1). It is
// the same bytes for the same values. An error is a *[GuestError].
func (g *Guest) Document() ([]byte, error) {
	head, err := g.head()
	if err != nil {
		return nil, err
	}
	before, after := g.Collection.siblings(g.ID)
	return slices.Concat(head, before, after, []byte(documentTail)), nil
}

// WriteTo writes the document without making a copy of it in memory. An error
// is a *[GuestError], and nothing is written, or that of the writer.
func (g *Guest) WriteTo(w io.Writer) (int64, error) {
	head, err := g.head()
	if err != nil {
		return 0, err
	}
	before, after := g.Collection.siblings(g.ID)
	var n int64
	for _, b := range [][]byte{head, before, after, []byte(documentTail)} {
		if len(b) == 0 {
			continue
		}
		k, err := w.Write(b)
		n += int64(k)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// head returns the text before the siblings.
func (g *Guest) head() ([]byte, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	b := appendAttr([]byte(documentHead), "oe:id", g.ID)
	b = append(b, '>')
	if !g.Platform.empty() {
		b = append(b, "\n  <PlatformSection>"...)
		for _, p := range g.Platform.parts() {
			if p.Value != "" {
				b = append(append(append(b, "\n    <"...), p.Key...), '>')
				b = xmltree.AppendText(b, p.Value)
				b = append(append(append(b, "</"...), p.Key...), '>')
			}
		}
		b = append(b, "\n  </PlatformSection>"...)
	}
	return appendProperties(b, g.Properties, "\n  "), nil
}

func (g *Guest) check() error {
	if err := checkPairs(g.ID, g.Properties); err != nil {
		return err
	}
	for _, p := range g.Platform.parts() {
		if err := Check(p.Value); err != nil {
			return &GuestError{ID: g.ID, Part: p.Key, Cause: err}
		}
	}
	const day = 24 * 60
	if zone := g.Platform.Timezone; zone != nil && (*zone < -day || *zone > day) {
		return &GuestError{ID: g.ID, Part: "Timezone", Cause: ErrTimezone}
	}
	return nil
}

func (p Platform) empty() bool { return p == Platform{} }

// parts returns the elements of the PlatformSection in the order of the schema.
func (p Platform) parts() []Pair {
	zone := ""
	if p.Timezone != nil {
		zone = strconv.Itoa(*p.Timezone)
	}
	return []Pair{{"Kind", p.Kind}, {"Version", p.Version}, {"Vendor", p.Vendor}, {"Locale", p.Locale}, {"Timezone", zone}}
}

// appendProperties appends a PropertySection. It is there even when it is
// empty: guests such as cloud-init refuse a document without one.
func appendProperties(b []byte, pairs []Pair, newline string) []byte {
	b = append(append(b, newline...), "<PropertySection"...)
	if len(pairs) == 0 {
		return append(b, "/>"...)
	}
	b = append(b, '>')
	for _, p := range pairs {
		b = append(append(b, newline...), "  <Property"...)
		b = appendAttr(appendAttr(b, "oe:key", p.Key), "oe:value", p.Value)
		b = append(b, "/>"...)
	}
	return append(append(b, newline...), "</PropertySection>"...)
}

func appendAttr(b []byte, name, value string) []byte {
	b = append(append(append(b, ' '), name...), `="`...)
	return append(xmltree.AppendAttr(b, value, '"'), '"')
}

// Build returns the document for a guest as a tree, to which a platform may add
// sections of its own; [Encode] of it as it is gives the bytes of
// [Guest.Document]. Nothing in it is shared with another document. An error is a
// *[GuestError].
func Build(g Guest) (*Environment, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	env := &Environment{Namespace: Namespace1, ID: new(g.ID)}
	if p := g.Platform; !p.empty() {
		text := func(s string) *string {
			if s == "" {
				return nil
			}
			return new(s)
		}
		section := &PlatformSection{Kind: text(p.Kind), Version: text(p.Version), Vendor: text(p.Vendor), Locale: text(p.Locale)}
		if p.Timezone != nil {
			section.Timezone = new(int32(*p.Timezone))
		}
		env.Section = append(env.Section, section)
	}
	env.Section = append(env.Section, propertySection(g.Properties))
	if g.Collection == nil {
		return env, nil
	}
	for _, m := range g.Collection.members {
		if m.ID != g.ID {
			env.Entity = append(env.Entity, Entity{ID: m.ID, Section: Sections{propertySection(m.Properties)}})
		}
	}
	return env, nil
}

func propertySection(pairs []Pair) *PropertySection {
	s := &PropertySection{Property: make([]Property, len(pairs))}
	for i, p := range pairs {
		s.Property[i] = Property{Key: p.Key, Value: p.Value}
	}
	return s
}
