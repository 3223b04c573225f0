package schematest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// Judged is a document with the verdict of xmllint on DMTF's schemas.
type Judged struct {
	Document
	File   string            // where it is, for [Xmllint]
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

// everything is set in the environment for the long run (some minutes, 1 GB): every
// mutation of the samples, and some of every descriptor of the corpus.
const (
	everything = "OVF_SCHEMA_EVERYTHING"
	perCorpus  = 200 // a document of n bytes has about n/3 mutations
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
		// without the long run every second one, which is still every kind for
		// nearly every element
		step := 2
		switch {
		case testing.Short():
			step = 25
		case all && slices.Contains(Samples, s.Name):
			step = 1
		case all:
			step = len(s.Data)/perCorpus + 1
		}
		docs = append(docs, Mutations(t, s, step)...)
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
	files := write(t, docs)
	for i, d := range docs {
		out[i].Document, out[i].File = d, files[i]
		doc, err := xmltree.Parse(d.Name, d.Data, xmltree.Limits{})
		if out[i].Broken = err != nil; !out[i].Broken {
			out[i].Space = strings.Clone(doc.Root().Name().Space)
		}
	}
	ask := func(space, entry string, versions ...schemas.Version) {
		var some []string
		for i := range out {
			// what we cannot parse goes to every version: xmllint must agree
			if out[i].Space == space || out[i].Broken {
				some = append(some, files[i])
			}
		}
		valid := Xmllint(t, filepath.Join(dmtf, entry), some)
		for i := range out {
			if valid[files[i]] {
				out[i].Valid = append(out[i].Valid, versions...)
			}
		}
	}
	for _, v := range schemas.Versions() {
		ask(v.Namespace(), v.Entry(), v)
	}
	ask(schemas.NamespaceEnvironment, "1.1.0/dsp8027_1.1.0.xsd", schemas.Versions()...)
	return out
}
