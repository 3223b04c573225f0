package schematest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// Judged is a document with the verdict of xmllint on DMTF's schemas.
type Judged struct {
	Document
	Space  string            // namespace of the root
	Broken bool              // not well-formed
	Valid  []schemas.Version // that accept it
}

// Parse parses a document that is not Broken.
func (j *Judged) Parse(t testing.TB) *xmltree.Document {
	t.Helper()
	doc, err := xmltree.Parse(j.Name, j.Data, xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Samples are the documents in testdata that use the whole grammar.
var Samples = []string{"full-1.x.ovf", "cim-1.1.0.ovf", "exotic.ovf", "strings.xml", "full-2.x.ovf", "encryption-2.x.ovf", "environment.xml"}

// everything is set in the environment for the long run: every mutation of the
// samples, and perCorpus of every descriptor of the corpus.
const (
	everything = "OVF_SCHEMA_EVERYTHING"
	perCorpus  = 60
)

// Documents returns the corpus, the samples, and mutations of these, in the
// order of their versions. root is the way from the test's folder to the
// repository.
func Documents(t testing.TB, root string) []Document {
	t.Helper()
	docs := Corpus(t, root)
	all := os.Getenv(everything) != ""
	var sources []Document
	if all {
		sources = slices.Clone(docs)
	}
	for _, name := range Samples {
		data, err := os.ReadFile(filepath.Join(root, "schemas", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, Document{name, data})
		sources = append(sources, Document{name, data})
	}
	for _, s := range sources {
		if _, err := xmltree.Parse(s.Name, s.Data, xmltree.Limits{}); err != nil {
			continue
		}
		found := Mutations(t, s)
		// without the long run every second one, which is still every kind for
		// nearly every element
		step := 2
		switch {
		case testing.Short():
			step = 25
		case all && slices.Contains(Samples, s.Name):
			step = 1
		case all:
			step = len(found)/perCorpus + 1
		}
		for i := 0; i < len(found); i += step {
			docs = append(docs, found[i])
		}
	}
	return docs
}

// Judge asks xmllint about every document, with DMTF's schema of each version
// whose namespace its root has.
func Judge(t testing.TB, root string, docs []Document) []Judged {
	t.Helper()
	NeedXmllint(t)
	dmtf := Shared(t, root, "schemas")
	out := make([]Judged, len(docs))
	for i, d := range docs {
		out[i].Document = d
		doc, err := xmltree.Parse(d.Name, d.Data, xmltree.Limits{})
		if out[i].Broken = err != nil; !out[i].Broken {
			out[i].Space = strings.Clone(doc.Root().Name().Space)
		}
	}
	valid := make([]map[schemas.Version]bool, len(docs))
	ask := func(space, entry string, versions ...schemas.Version) {
		var some []Document
		var index []int
		for i := range out {
			// what we cannot parse goes to every version: xmllint must agree
			if out[i].Space == space || out[i].Broken {
				some, index = append(some, docs[i]), append(index, i)
			}
		}
		for k, ok := range Xmllint(t, filepath.Join(dmtf, entry), Write(t, some), len(some)) {
			if i := index[k]; ok {
				if valid[i] == nil {
					valid[i] = map[schemas.Version]bool{}
				}
				for _, v := range versions {
					valid[i][v] = true
				}
			}
		}
	}
	for _, v := range schemas.Versions() {
		ask(v.Namespace(), v.Entry(), v)
	}
	ask(schemas.NamespaceEnvironment, "1.1.0/dsp8027_1.1.0.xsd", schemas.Versions()...)
	for i := range out {
		for _, v := range schemas.Versions() {
			if valid[i][v] {
				out[i].Valid = append(out[i].Valid, v)
			}
		}
	}
	return out
}

// WildcardLoop reports whether libxml2 accepts a document by mistake. Where a
// sequence ends in a repeated wildcard, as (File*, any*), libxml2 goes back to the
// state before it: the state in which File is accepted. So File may stand behind
// an element of a vendor, for libxml2, though not for XML Schema. The errors of a
// validator that knows better are then all of this kind: an element of a vendor
// stands before one of the standard, whose place is before it.
func WildcardLoop(errors diag.List) bool {
	for _, d := range errors {
		if d.Severity != diag.Error {
			continue
		}
		if d.Rule != schemas.RuleOrder || !foreignStep(d.Location.Path) && (len(d.Related) == 0 || !foreignStep(d.Related[0].Location.Path)) {
			return false
		}
	}
	return errors.HasErrors()
}

// foreignStep reports whether a path ends in an element with the prefixes that
// samples and mutations use for namespaces of nobody.
func foreignStep(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return strings.HasPrefix(last, "x:") || strings.HasPrefix(last, foreign+":")
}
