package xsdgen

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// element is one element of an XSD file, with what is needed to resolve the
// names in it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []*element `xml:",any"`
	Text     string     `xml:",chardata"`

	file *file
}

// file is one XSD file.
type file struct {
	name     string
	sum      string // the first digits of its SHA-256
	target   string
	prefixes map[string]string
}

// qname is a resolved name.
type qname struct{ space, local string }

// schemaSet is one version of the schemas: an entry file and all it imports.
type schemaSet struct {
	version    string
	files      []*file
	elements   map[qname]*element
	types      map[qname]*element
	attributes map[qname]*element
	// members lists, for each head of a substitution group, the elements that may stand for it.
	members map[qname][]qname
}

// loadSet reads the entry files and what they import.
func loadSet(fsys fs.FS, version string, entries []string) (*schemaSet, error) {
	s := &schemaSet{version: version, elements: map[qname]*element{}, types: map[qname]*element{},
		attributes: map[qname]*element{}, members: map[qname][]qname{}}
	seen := map[string]bool{}
	for _, e := range entries {
		if err := s.load(fsys, e, seen); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *schemaSet) load(fsys fs.FS, name string, seen map[string]bool) error {
	if seen[name] {
		return nil
	}
	seen[name] = true
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	root := &element{}
	if err := xml.Unmarshal(data, root); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	f := &file{name: name, sum: hex.EncodeToString(sum[:6]), target: root.attr("targetNamespace"), prefixes: map[string]string{}}
	for _, a := range root.Attrs {
		if a.Name.Space == "xmlns" {
			f.prefixes[a.Name.Local] = a.Value
		}
	}
	root.own(f)
	s.files = append(s.files, f)
	for _, c := range root.Children {
		q := qname{f.target, c.attr("name")}
		switch c.XMLName.Local {
		case "import":
			if strings.Contains(c.attr("namespace"), "w3.org") {
				continue // xml:lang is known, encryption is open content
			}
			if err := s.load(fsys, path.Join(path.Dir(name), c.attr("schemaLocation")), seen); err != nil {
				return err
			}
		case "element":
			s.elements[q] = c
			if head := c.attr("substitutionGroup"); head != "" {
				h := c.resolve(head)
				s.members[h] = append(s.members[h], q)
			}
		case "complexType", "simpleType":
			s.types[q] = c
		case "attribute":
			s.attributes[q] = c
		}
	}
	return nil
}

func (e *element) own(f *file) {
	e.file = f
	for _, c := range e.Children {
		c.own(f)
	}
}

// attr returns the value of an attribute, or "".
func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// child returns the first child of that name, or nil.
func (e *element) child(local string) *element {
	for _, c := range e.Children {
		if c.XMLName.Local == local {
			return c
		}
	}
	return nil
}

// resolve turns a prefixed name into a qname.
func (e *element) resolve(name string) qname {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok {
		return qname{e.file.target, name}
	}
	if prefix == "xml" {
		return qname{"http://www.w3.org/XML/1998/namespace", local}
	}
	return qname{e.file.prefixes[prefix], local}
}

// doc returns the documentation of a component, its white space folded.
func (e *element) doc() string {
	if a := e.child("annotation"); a != nil {
		if d := a.child("documentation"); d != nil {
			return strings.Join(strings.Fields(d.Text), " ")
		}
	}
	return ""
}
