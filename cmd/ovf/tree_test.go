package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// element is what encoding/xml makes of an element, with its places in the text:
// a second opinion on what a descriptor says and where.
type element struct {
	name   string // local
	space  string
	attrs  map[string]string
	text   string
	kids   []*element
	parent *element

	tag, content, end int // offsets of the start tag, behind it, and behind the end tag
}

// parseTree reads a document in UTF-8 with encoding/xml.
func parseTree(text string) (*element, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "us-ascii") {
			return r, nil
		}
		return nil, errors.New("charset " + label)
	}
	root := &element{}
	at := root
	for {
		start := int(d.InputOffset())
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := &element{name: tok.Name.Local, space: tok.Name.Space, attrs: map[string]string{}, parent: at, tag: start, content: int(d.InputOffset())}
			for _, a := range tok.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			at.kids = append(at.kids, e)
			at = e
		case xml.EndElement:
			at.end = int(d.InputOffset())
			at = at.parent
		case xml.CharData:
			at.text += string(tok)
		}
	}
}

// all returns the elements of that name, in document order.
func (e *element) all(name string) []*element {
	var out []*element
	for _, k := range e.kids {
		if k.name == name {
			out = append(out, k)
		}
		out = append(out, k.all(name)...)
	}
	return out
}

// child returns the text of a child, and whether there is one.
func (e *element) child(name string) (string, bool) {
	for _, k := range e.kids {
		if k.name == name {
			return strings.TrimSpace(k.text), true
		}
	}
	return "", false
}

// within returns the nearest element around it that has one of the names.
func (e *element) within(names ...string) *element {
	for p := e.parent; p != nil; p = p.parent {
		for _, n := range names {
			if p.name == n {
				return p
			}
		}
	}
	return nil
}

// lines adds the numbers of the lines from one offset to another.
func lines(set map[int]bool, text string, from, to int) {
	first := 1 + strings.Count(text[:from], "\n")
	for n := range 1 + bytes.Count([]byte(text[from:to]), []byte("\n")) {
		set[first+n] = true
	}
}
