package schemas_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/internal/schematest"
)

const xsdNS = "http://www.w3.org/2001/XMLSchema"

// TestSameDeclarations compares our files with DMTF's declaration by
// declaration: everything but documentation, comments, layout, prefixes, the
// order of declarations, and what XML Schema implies when it is not written.
func TestSameDeclarations(t *testing.T) {
	dir := schematest.Shared(t, "..", "schemas")
	for _, v := range schemas.Versions() {
		entries := []struct{ ours, theirs string }{
			{v.Entry(), v.Entry()},
			{v.EnvironmentEntry(), v.String() + "/dsp8027_1.1.0.xsd"},
		}
		if v == schemas.V1_0_0 {
			entries[1].theirs = "1.0.0/dsp8027_1.0.0.xsd"
		}
		for _, e := range entries {
			ours := components(t, schemas.Files(), e.ours)
			theirs := components(t, os.DirFS(dir), e.theirs)
			if len(theirs) < 20 {
				t.Errorf("%s: only %d declarations found", e.theirs, len(theirs))
			}
			if d := cmp.Diff(theirs, ours); d != "" {
				t.Errorf("%s differs from DMTF's (-theirs +ours):\n%s", e.ours, d)
			}
		}
	}
}

// TestDocumented checks that every declaration says what it is for, in the
// same words in every version.
func TestDocumented(t *testing.T) {
	words := map[string]string{} // path of a component to its documentation
	err := fs.WalkDir(schemas.Files(), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		root := parseXSD(t, schemas.Files(), file)
		ns := strings.TrimRight(root.attr("targetNamespace"), "12")
		root.walk(ns, func(where string, n *node) {
			if n.attr("name") == "" {
				return
			}
			switch said, ok := words[where]; {
			case n.doc == "":
				t.Errorf("%s: %s has no documentation", file, where)
			case !strings.HasSuffix(n.doc, ".") || n.doc[0] < 'a' || n.doc[0] > 'z':
				t.Errorf("%s: documentation of %s does not read on from its name: %q", file, where, n.doc)
			case ok && said != n.doc:
				t.Errorf("%s: %s is described in two ways:\n%s\n%s", file, where, said, n.doc)
			default:
				words[where] = n.doc
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(words) < 400 {
		t.Errorf("only %d components found", len(words))
	}
}

// components returns every global declaration of a schema and of what it
// imports, each as text in one normal form, by kind and name.
func components(t *testing.T, fsys fs.FS, entry string) map[string]string {
	t.Helper()
	out := map[string]string{}
	done := map[string]bool{}
	var load func(string)
	load = func(file string) {
		if done[file] {
			return
		}
		done[file] = true
		root := parseXSD(t, fsys, file)
		ns := root.attr("targetNamespace")
		for _, c := range root.children {
			if c.kind == "import" {
				out[ns+" imports "+c.attr("namespace")] = ""
				load(path.Join(path.Dir(file), c.attr("schemaLocation")))
				continue
			}
			key := fmt.Sprintf("%s %s %s", ns, c.kind, c.attr("name"))
			if _, twice := out[key]; twice {
				t.Errorf("%s: %s is declared twice", file, key)
			}
			out[key] = root.attr("elementFormDefault") + " " + root.attr("attributeFormDefault") + "\n" + c.String()
		}
	}
	load(entry)
	return out
}

// node is one element of a schema file, without annotations.
type node struct {
	kind     string
	attrs    []string // name=value, sorted, without what is implied
	doc      string
	children []*node
}

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if v, ok := strings.CutPrefix(a, name+"="); ok {
			return v
		}
	}
	return ""
}

func (n *node) String() string {
	var b strings.Builder
	b.WriteString(n.kind + " " + strings.Join(n.attrs, " ") + "\n")
	for _, c := range n.children {
		for line := range strings.Lines(c.String()) {
			b.WriteString("  " + line)
		}
	}
	return b.String()
}

// walk calls f for each component with its path of names.
func (n *node) walk(where string, f func(string, *node)) {
	if name := n.attr("name"); name != "" {
		if n.kind == "attribute" {
			name = "@" + name
		}
		where += "/" + name
	}
	f(where, n)
	for _, c := range n.children {
		c.walk(where, f)
	}
}

// implied are attributes that say what XML Schema says without them.
var implied = []string{"use=optional", "minOccurs=1", "maxOccurs=1", "version=1.0", "version=0.1"}

// qnames are the attributes whose values are names with prefixes.
var qnames = []string{"type", "ref", "base", "substitutionGroup", "memberTypes", "itemType"}

func parseXSD(t *testing.T, fsys fs.FS, file string) *node {
	t.Helper()
	f, err := fsys.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dec := xml.NewDecoder(f)
	stack := []*node{{}}
	prefixes := map[string]string{"xml": "http://www.w3.org/XML/1998/namespace"}
	annotation := 0
	var text strings.Builder
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return stack[0].children[0]
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Space != xsdNS {
				continue // markup inside documentation
			}
			if tok.Name.Local == "annotation" || annotation > 0 {
				annotation++
				continue
			}
			n := newNode(tok, prefixes)
			top := stack[len(stack)-1]
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			switch {
			case tok.Name.Space != xsdNS:
			case annotation > 0:
				annotation--
				if annotation == 0 {
					stack[len(stack)-1].doc = strings.Join(strings.Fields(text.String()), " ")
					text.Reset()
				}
			default:
				stack = stack[:len(stack)-1]
			}
		case xml.CharData:
			if annotation > 0 {
				text.Write(tok)
			}
		}
	}
}

func newNode(tok xml.StartElement, prefixes map[string]string) *node {
	n := &node{kind: tok.Name.Local}
	for _, a := range tok.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" && a.Name.Space == "" {
			if a.Name.Space == "" {
				a.Name.Local = ""
			}
			prefixes[a.Name.Local] = a.Value
		}
	}
	for _, a := range tok.Attr {
		if a.Name.Space != "" || a.Name.Local == "xmlns" {
			continue
		}
		v := a.Value
		if slices.Contains(qnames, a.Name.Local) {
			var names []string
			for _, q := range strings.Fields(v) {
				prefix, local, ok := strings.Cut(q, ":")
				if !ok {
					prefix, local = "", q
				}
				names = append(names, "{"+prefixes[prefix]+"}"+local)
			}
			v = strings.Join(names, " ")
		}
		if s := a.Name.Local + "=" + v; !slices.Contains(implied, s) {
			n.attrs = append(n.attrs, s)
		}
	}
	slices.Sort(n.attrs)
	return n
}
