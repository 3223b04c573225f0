package xmltree

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// canonicalBatch gathers documents and their canonical forms, to ask one
// xmllint for many of them.
type canonicalBatch struct {
	dir   string
	cases []canonicalCase
}

type canonicalCase struct {
	name, doc string
	file      string
	forms     map[string]string // by option of xmllint
}

// add gathers a document, and the node whose canonical forms it should have:
// by the options given, with or without comments.
func (b *canonicalBatch) add(t testing.TB, name, doc string, n Node, comments bool, options ...string) {
	t.Helper()
	if b.dir == "" {
		b.dir = t.TempDir()
	}
	c := canonicalCase{name: name, doc: doc, file: fmt.Sprint(len(b.cases)), forms: map[string]string{}}
	for _, o := range options {
		c.forms[o] = canonicalText(t, n, CanonicalOptions{Exclusive: o == exclusive, Comments: comments})
	}
	if err := os.WriteFile(filepath.Join(b.dir, c.file), []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	b.cases = append(b.cases, c)
}

// The options of xmllint, which keep comments.
const (
	inclusive = "--c14n"
	exclusive = "--exc-c14n"
)

// compare asks for the canonical forms of all documents in one go, and then of
// single ones if they are not as they should be.
func (b *canonicalBatch) compare(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: no comparison with libxml2")
	}
	for _, option := range []string{inclusive, exclusive} {
		cmd := exec.Command("xmllint", "--nonet", option)
		cmd.Dir = b.dir
		var want strings.Builder
		for _, c := range b.cases {
			if form, ok := c.forms[option]; ok {
				cmd.Args = append(cmd.Args, c.file)
				want.WriteString(form)
			}
		}
		if len(cmd.Args) == 3 {
			continue
		}
		if out, err := cmd.Output(); err == nil && string(out) == want.String() {
			continue
		}
		for _, c := range b.cases {
			form, ok := c.forms[option]
			if !ok {
				continue
			}
			if want, err := lintCanonical(t, option, []byte(c.doc)); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			} else if want != form {
				t.Fatalf("%s: xmllint %s of %.2000q:\ngot  %.2000q\nwant %.2000q", c.name, option, c.doc, form, want)
			}
		}
		t.Error("xmllint does not give the forms of all documents at once")
	}
}

// comparable reports whether libxml2 has the canonical form of a document: it
// has none if a namespace URI is invalid or relative, and writes namespace URIs
// without escaping them, so that what it makes of xmlns="urn:a&amp;b" is no XML.
func comparable(d *Document) bool {
	return len(d.Problems()) == 0 && !slices.ContainsFunc(d.decls, func(ns Namespace) bool {
		return strings.ContainsAny(ns.URI, "&<\"\t\n\r ")
	})
}

// TestCanonicalCorpus compares both forms of every real descriptor with
// libxml2, and the form without comments with what libxml2 makes of the
// document after its comments were cut out.
func TestCanonicalCorpus(t *testing.T) {
	comment := regexp.MustCompile(`(?s)<!--.*?-->`)
	var batch canonicalBatch
	commented := 0
	corpus(t, func(t *testing.T, path string, data []byte) {
		d, err := Parse(path, data, Limits{})
		if err != nil || len(d.Problems()) > 0 {
			return
		}
		if !comparable(d) {
			t.Logf("%s: libxml2 has no canonical form", path)
			return
		}
		batch.add(t, path, string(data), d.Node(), true, inclusive, exclusive)
		if strings.Contains(string(data), "<!--") && !strings.Contains(string(data), "<![CDATA[") {
			commented++
			batch.add(t, path+" without comments", comment.ReplaceAllString(string(data), ""), d.Node(), false, inclusive, exclusive)
		}
	})
	if len(batch.cases)-commented < 450 || commented < 100 {
		t.Errorf("%d documents compared only, %d of them with comments", len(batch.cases)-commented, commented)
	}
	batch.compare(t)
}

// TestCanonicalRandom compares both forms of made documents with libxml2.
func TestCanonicalRandom(t *testing.T) {
	rounds := 1
	if os.Getenv("XMLTREE_LONG") != "" {
		rounds = 100
	}
	for round := range rounds {
		var batch canonicalBatch
		for i := range 300 {
			s := randomDocument(rand.New(rand.NewPCG(uint64(i), 100+uint64(round))))
			if d := parse(t, s); comparable(d) {
				batch.add(t, fmt.Sprintf("document %d of round %d", i, round), s, d.Node(), true, inclusive, exclusive)
			}
		}
		if len(batch.cases) < 150 {
			t.Errorf("%d documents compared only", len(batch.cases))
		}
		batch.compare(t)
	}
}

// compareCanonical compares both forms of one document with libxml2, where it
// has them.
func compareCanonical(t testing.TB, data []byte) {
	t.Helper()
	d := parse(t, string(data))
	if !comparable(d) {
		return
	}
	for _, option := range []string{inclusive, exclusive} {
		want, err := lintCanonical(t, option, data)
		if err != nil {
			if strings.Contains(err.Error(), "is not a valid URI") || strings.Contains(err.Error(), "Relative namespace") {
				return
			}
			t.Fatal(err)
		}
		if got := canonicalText(t, d.Node(), CanonicalOptions{Exclusive: option == exclusive, Comments: true}); got != want {
			t.Errorf("xmllint %s of %.2000q:\ngot  %.2000q\nwant %.2000q", option, data, got, want)
		}
	}
}

// TestCanonicalElements cuts elements out of made and real documents by other
// means, each with the namespaces and xml: attributes around it written into its
// start tag, and compares what libxml2 makes of them with the canonical forms
// of the element in its place.
func TestCanonicalElements(t *testing.T) {
	t.Run("made", func(t *testing.T) {
		var batch canonicalBatch
		for i := range 500 {
			s := randomDocument(rand.New(rand.NewPCG(uint64(i), 9)))
			batch.addElement(t, fmt.Sprint("document ", i), []byte(s))
		}
		if len(batch.cases) < 200 {
			t.Errorf("%d elements compared only", len(batch.cases))
		}
		batch.compare(t)
	})
	t.Run("corpus", func(t *testing.T) {
		var batch canonicalBatch
		corpus(t, func(t *testing.T, path string, data []byte) { batch.addElement(t, path, data) })
		if len(batch.cases) < 450 {
			t.Errorf("%d elements compared only", len(batch.cases))
		}
		batch.compare(t)
	})
}

// addElement adds one element of a document.
func (b *canonicalBatch) addElement(t testing.TB, name string, data []byte) {
	t.Helper()
	d, err := Parse("doc.xml", data, Limits{})
	if err != nil || d.Encoding() != UTF8 || !comparable(d) {
		return
	}
	var elems []Node
	each(d.Root(), func(n Node) {
		if n.Kind() == Elem {
			elems = append(elems, n)
		}
	})
	alone, err := standAlone(string(data))
	if err != nil || len(alone) != len(elems) {
		return // encoding/xml knows no astral characters in names, and more
	}
	k := len(elems) * 2 / 3
	options := []string{inclusive, exclusive}
	if strings.Contains(alone[k], addedXML) { // an xml: attribute of an ancestor belongs to the inclusive form only
		options = options[:1]
	}
	b.add(t, name+elems[k].Path(), alone[k], elems[k], true, options...)
}

// addedXML stands before the xml: attributes that standAlone adds.
const addedXML = " \n\n\n "

// rawAttribute finds the attributes of a start tag as they are written.
var rawAttribute = regexp.MustCompile(`([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')`)

// standAlone returns every element of a document as a document of its own.
func standAlone(s string) ([]string, error) {
	type open struct {
		index   int
		content int64 // where it begins
		attrs   [][]string
	}
	var stack []open
	var out []string
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		start := d.InputOffset()
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		end := d.InputOffset() // that of the end of <a/> is its start
		switch tok := tok.(type) {
		case xml.StartElement:
			tag := s[start:end]
			name := strings.TrimPrefix(tok.Name.Space+":"+tok.Name.Local, ":")
			o := open{len(out), end, rawAttribute.FindAllStringSubmatch(tag[1+len(name):], -1)}
			stack = append(stack, o)
			seen := map[string]bool{}
			added := ""
			for k := len(stack) - 1; k >= 0; k-- {
				for _, a := range stack[k].attrs {
					isXML := strings.HasPrefix(a[1], "xml:")
					switch {
					case seen[a[1]] || !isXML && a[1] != "xmlns" && !strings.HasPrefix(a[1], "xmlns:"):
						continue
					case k == len(stack)-1:
					case isXML:
						added += addedXML + a[1] + "=" + a[2]
					default:
						added += " " + a[1] + "=" + a[2]
					}
					seen[a[1]] = true
				}
			}
			out = append(out, "<"+name+added+tag[1+len(name):])
		case xml.EndElement:
			o := stack[len(stack)-1]
			out[o.index] += s[o.content:end]
			stack = stack[:len(stack)-1]
		}
	}
}

// TestCanonicalUndeclared writes names with undeclared prefixes as libxml2 does.
func TestCanonicalUndeclared(t *testing.T) {
	var batch canonicalBatch
	for _, s := range []string{
		`<p:x/>`,
		`<p:x xmlns="urn:u"/>`,
		`<r xmlns="urn:u"><p:x p:y="1"/></r>`,
		`<r xmlns:q="urn:q"><p:x xmlns="urn:u" q:a="" b="" p:y="1" a:z="2"/></r>`,
		`<a xmlns:p="" p:b="2"/>`,
		`<:a/>`,
	} {
		d := parse(t, s)
		if len(d.Problems()) == 0 {
			t.Errorf("%s has no problem", s)
		}
		batch.add(t, s, s, d.Node(), true, inclusive, exclusive)
	}
	batch.compare(t)
}
