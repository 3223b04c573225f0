package schemas_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/internal/schematest"
)

// TestAgree compares verdicts, version by version: xmllint with DMTF's files is
// the judge, of xmllint with our files, of the engine in pure Go, of the quick
// check before it, and of both together.
func TestAgree(t *testing.T) {
	docs := schematest.Documents(t, "..")
	judged := schematest.Judge(t, "..", docs)
	t.Run("files", func(t *testing.T) { ourFiles(t, judged) })
	t.Run("engine", func(t *testing.T) {
		v, err := schemas.CompileWith(schemas.Options{}, schemas.NewGoEngine)
		if err != nil {
			t.Fatal(err)
		}
		verdicts(t, v, judged)
	})
	t.Run("quick", func(t *testing.T) { quick(t, judged) })
	t.Run("both", func(t *testing.T) { verdicts(t, compile(t, schemas.Options{}), judged) })
}

// verdicts compares those of a validator in pure Go.
func verdicts(t *testing.T, v *schemas.Validator, judged []schematest.Judged) {
	mistakes, found, valid := schematest.Mistakes(t, ".."), 0, 0
	for _, d := range judged {
		if len(d.Valid) > 0 {
			valid++
		}
		if d.Broken {
			if len(d.Valid) > 0 {
				t.Errorf("%s: not well-formed for us, valid in %v for xmllint", d.Name, d.Valid)
			}
			continue
		}
		got, err := v.Validate(t.Context(), d.Parse(t))
		if err != nil {
			t.Errorf("%s: %v", d.Name, err)
			continue
		}
		if (len(got.Versions) == 0) != got.Diagnostics.HasErrors() {
			t.Errorf("%s: fits %v with errors %v", d.Name, got.Versions, got.Diagnostics)
		}
		versions := got.Versions
		if !got.Valid() {
			versions = nil
		}
		mistake, known := mistakes[d.Name]
		switch same := slices.Equal(versions, d.Valid); {
		case same && known:
			t.Errorf("%s: listed as a mistake of libxml2, and is none", d.Name)
		case !same && mistake.Explains(got.Diagnostics):
			found++
		case !same:
			t.Errorf("%s: valid in %v, for xmllint in %v\n%v", d.Name, versions, d.Valid, got.Diagnostics)
		}
	}
	t.Logf("%d documents, %d valid; about %d libxml2 is wrong for a known reason", len(judged), valid, found)
	if !testing.Short() && len(judged) < 5000 || valid < len(judged)/5 || valid > len(judged)*3/4 {
		t.Errorf("%d of %d documents are valid: that compares too little", valid, len(judged))
	}
}

// quick checks that what the quick check accepts is valid for xmllint, and that
// it accepts nearly all descriptors of the corpus that are, and many others.
func quick(t *testing.T, judged []schematest.Judged) {
	v := compile(t, schemas.Options{})
	var valid, proved, validReal, provedReal int
	for _, d := range judged {
		if d.Broken {
			continue
		}
		got, err := v.Proves(d.Parse(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range got {
			if !slices.Contains(d.Valid, version) {
				t.Errorf("%s: accepted for %v, valid in %v for xmllint", d.Name, version, d.Valid)
			}
		}
		valid += len(d.Valid)
		proved += len(got)
		if strings.HasSuffix(d.Name, ".ovf") && strings.Contains(d.Name, "/") {
			validReal += len(d.Valid)
			provedReal += len(got)
		}
	}
	t.Logf("%d of %d verdicts need no engine, %d of %d in the corpus", proved, valid, provedReal, validReal)
	if proved < valid/2 || provedReal < validReal*9/10 {
		t.Error("that is too little")
	}
}

// ourFiles runs xmllint with our files.
func ourFiles(t *testing.T, judged []schematest.Judged) {
	for _, v := range append(schemas.Versions(), 0) {
		space, entry := v.Namespace(), v.Entry()
		if v == 0 {
			space, entry, v = schemas.NamespaceEnvironment, v.EnvironmentEntry(), schemas.V1_1_0
		}
		var files []string
		for _, d := range judged {
			if !d.Broken && d.Space == space {
				files = append(files, d.File)
			}
		}
		valid := schematest.Xmllint(t, entry, files)
		for _, d := range judged {
			if want := slices.Contains(d.Valid, v); !d.Broken && d.Space == space && valid[d.File] != want {
				t.Errorf("%s: our %s says valid=%t, DMTF's file %t", d.Name, entry, valid[d.File], want)
			}
		}
	}
}

// TestValues lists values that libxml2 refuses and XML Schema accepts. They are
// in no document of TestAgree.
func TestValues(t *testing.T) {
	const (
		space = "white space around a value collapses (XML Schema Part 2, 4.3.6)"
		sign  = "the types are derived from nonNegativeInteger, which has a sign (XML Schema Part 2, 3.3.20)"
	)
	sample := string(read(t, "exotic.ovf").Data)
	cases := []struct{ old, new, reason string }{
		{`"007"`, `" 007 "`, space}, {`"-1"`, `" -1 "`, space}, {"PT5S", " PT5S ", space}, {"2026-11-22T10:00:00Z", " 2026-11-22T10:00:00Z ", space},
		{`"007"`, `"+007"`, sign}, {`"007"`, `"-0"`, sign}, {" 17 ", "+17", sign},
	}
	var docs []schematest.Document
	for _, name := range schematest.Samples { // every schema needs a document
		docs = append(docs, read(t, name))
	}
	samples := len(docs)
	for _, c := range cases {
		docs = append(docs, schematest.Document{Name: c.new, Data: []byte(strings.Replace(sample, c.old, c.new, 1))})
	}
	v := compile(t, schemas.Options{})
	for i, d := range schematest.Judge(t, "..", docs)[samples:] {
		got, err := v.Validate(t.Context(), d.Parse(t))
		if err != nil || len(got.Versions) != 3 {
			t.Errorf("%q is refused, though %s: %v, %v", d.Name, cases[i].reason, got.Diagnostics, err)
		}
		if len(d.Valid) != 0 {
			t.Errorf("%q: libxml2 accepts it now: take it off the list", d.Name)
		}
	}
}
