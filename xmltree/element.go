package xmltree

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Element is an element of open content: one that the schema lets anybody add.
// It is a plain value to read, build and change.
//
// An element that was read remembers where it came from, so that writing it
// back unchanged gives the same bytes. A literal has no source.
type Element struct {
	Name       Name
	Namespaces []Namespace // declared on this element, in order
	Attrs      []Attr      // without namespace declarations, in order
	Content    []Content   // in order; adjacent text is one Text

	src Node
}

// Content is what may stand in an [Element]: *Element, [Text], [CommentText] or
// [Instruction].
type Content interface{ content() }

// Text is character data, normalised: no references, lines end with a line feed.
type Text string

// CommentText is the body of a comment.
type CommentText string

// Instruction is a processing instruction.
type Instruction struct {
	Target string `json:"target"`
	Data   string `json:"data,omitempty"`
}

func (*Element) content()    {}
func (Text) content()        {}
func (CommentText) content() {}
func (Instruction) content() {}

// NewElement makes the mutable form of an element and everything in it.
func NewElement(n Node) *Element {
	e := &Element{Name: n.Name(), Namespaces: n.Declared(), src: n}
	for i := range n.Attrs() {
		if !n.AttrIsNamespace(i) {
			e.Attrs = append(e.Attrs, Attr{n.AttrName(i), n.AttrValue(i)})
		}
	}
	n.pieces(func(c Content, k Node) bool {
		if k.Valid() && k.Kind() == Elem {
			c = NewElement(k)
		}
		e.Content = append(e.Content, c)
		return true
	})
	return e
}

// pieces calls yield for each piece of the content of an element: text by its
// value, every other node also by its handle (an element by that alone).
func (n Node) pieces(yield func(Content, Node) bool) {
	from, end := n.Content()
	text := func(to int) bool {
		if from == to {
			return true
		}
		if s := n.gap(from, to); s != "" {
			return yield(Text(s), Node{})
		}
		return true
	}
	for k := n.First(); k.Valid(); k = k.Next() {
		start, after := k.Span()
		if !text(start) {
			return
		}
		from = after
		var c Content
		switch k.Kind() {
		case Comment:
			c = CommentText(k.Text())
		case ProcInst:
			c = k.instruction()
		}
		if !yield(c, k) {
			return
		}
	}
	text(end)
}

func (n Node) instruction() Instruction {
	r := n.rec()
	s := n.doc.text[r.open:r.close]
	for i := range len(s) {
		if space(s[i]) {
			j := i
			for j < len(s) && space(s[j]) {
				j++
			}
			return Instruction{Target: s[:i], Data: string(appendLines(nil, s[j:]))}
		}
	}
	return Instruction{Target: s}
}

// Source returns where the element was read, or the zero Node.
func (e *Element) Source() Node { return e.src }

// Attr returns the value of an attribute.
func (e *Element) Attr(space, local string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Name.Is(space, local) {
			return a.Value, true
		}
	}
	return "", false
}

// Child returns the first child element of that name, or nil.
func (e *Element) Child(space, local string) *Element {
	for _, c := range e.Content {
		if k, ok := c.(*Element); ok && k.Name.Is(space, local) {
			return k
		}
	}
	return nil
}

// Text returns the character data directly in the element.
func (e *Element) Text() string {
	var b strings.Builder
	for _, c := range e.Content {
		if t, ok := c.(Text); ok {
			b.WriteString(string(t))
		}
	}
	return b.String()
}

// Clone returns a deep copy, which remembers the same source.
func (e *Element) Clone() *Element {
	if e == nil {
		return nil
	}
	c := *e
	c.Namespaces = slices.Clone(e.Namespaces)
	c.Attrs = slices.Clone(e.Attrs)
	c.Content = slices.Clone(e.Content)
	for i, k := range c.Content {
		if k, ok := k.(*Element); ok {
			c.Content[i] = k.Clone()
		}
	}
	return &c
}

// Strip makes the element and everything in it forget their source.
func (e *Element) Strip() {
	e.src = Node{}
	for _, k := range e.Content {
		if k, ok := k.(*Element); ok {
			k.Strip()
		}
	}
}

// Equal reports whether both elements say the same. Prefixes and their
// declarations, and sources, do not count.
func (e *Element) Equal(o *Element) bool {
	if e == nil || o == nil {
		return e == o
	}
	return e.Name.Same(o.Name) &&
		slices.EqualFunc(e.Attrs, o.Attrs, Attr.Same) &&
		slices.EqualFunc(e.Content, o.Content, sameContent)
}

// Same reports whether both attributes have the same name and value.
func (a Attr) Same(b Attr) bool { return a.Value == b.Value && a.Name.Same(b.Name) }

func sameContent(a, b Content) bool {
	if x, ok := a.(*Element); ok {
		y, ok := b.(*Element)
		return ok && x.Equal(y)
	}
	return a == b
}

// Unchanged reports whether the element still says what stands at a node.
func (e *Element) Unchanged(n Node) bool {
	if n.Kind() != Elem || !e.Name.Same(n.Name()) {
		return false
	}
	attrs, namespaces := 0, 0
	for i := range n.Attrs() {
		if n.AttrIsNamespace(i) {
			namespaces++
			continue
		}
		if attrs >= len(e.Attrs) || !e.Attrs[attrs].Name.Same(n.AttrName(i)) || e.Attrs[attrs].Value != n.AttrValue(i) {
			return false
		}
		attrs++
	}
	if attrs != len(e.Attrs) || namespaces != len(e.Namespaces) || namespaces > 0 && !slices.Equal(e.Namespaces, n.Declared()) {
		return false
	}
	i := 0
	same := true
	n.pieces(func(c Content, k Node) bool {
		switch {
		case i >= len(e.Content):
			same = false
		case k.Valid() && k.Kind() == Elem:
			x, ok := e.Content[i].(*Element)
			same = ok && x.Unchanged(k)
		default:
			same = sameContent(e.Content[i], c)
		}
		i++
		return same
	})
	return same && i == len(e.Content)
}

// elementJSON is the JSON form of an Element.
type elementJSON struct {
	Name       Name          `json:"name"`
	Namespaces []Namespace   `json:"namespaces,omitempty"`
	Attrs      []Attr        `json:"attrs,omitempty"`
	Content    []contentJSON `json:"content,omitempty"`
}

type contentJSON struct {
	Element     *Element     `json:"element,omitempty"`
	Text        *string      `json:"text,omitempty"`
	Comment     *string      `json:"comment,omitempty"`
	Instruction *Instruction `json:"instruction,omitempty"`
}

// MarshalJSON writes the element with its names, attributes and content.
func (e *Element) MarshalJSON() ([]byte, error) {
	j := elementJSON{Name: e.Name, Namespaces: e.Namespaces, Attrs: e.Attrs}
	for _, c := range e.Content {
		var k contentJSON
		switch c := c.(type) {
		case *Element:
			k.Element = c
		case Text:
			k.Text = (*string)(&c)
		case CommentText:
			k.Comment = (*string)(&c)
		case Instruction:
			k.Instruction = &c
		}
		j.Content = append(j.Content, k)
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what [Element.MarshalJSON] writes.
func (e *Element) UnmarshalJSON(b []byte) error {
	var j elementJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*e = Element{Name: j.Name, Namespaces: j.Namespaces, Attrs: j.Attrs}
	for _, k := range j.Content {
		switch {
		case k.Element != nil:
			e.Content = append(e.Content, k.Element)
		case k.Text != nil:
			e.Content = append(e.Content, Text(*k.Text))
		case k.Comment != nil:
			e.Content = append(e.Content, CommentText(*k.Comment))
		case k.Instruction != nil:
			e.Content = append(e.Content, *k.Instruction)
		default:
			return errors.New("xmltree: content without element, text, comment or instruction")
		}
	}
	return nil
}
