package schematest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Shared returns the folder name beside the repository, where DMTF's schema
// files ("schemas") and the corpus ("corpus") may be found. The test is skipped if
// it is not there. root is the way from the test's folder to the repository.
func Shared(t testing.TB, root, name string) string {
	t.Helper()
	dir := filepath.Join(root, "..", "shared", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is not there: nothing to compare with", dir)
	}
	return dir
}

// A Document is a file with its content.
type Document struct {
	Name string
	Data []byte
}

// Corpus reads every descriptor and environment document that the index of the
// corpus has.
func Corpus(t testing.TB, root string) []Document {
	t.Helper()
	dir := Shared(t, root, "corpus")
	index, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var docs []Document
	for line := range strings.Lines(string(index)) {
		columns := strings.Split(line, "\t")
		if len(columns) < 6 || !strings.HasPrefix(columns[5], "descriptor") && columns[5] != "environment" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, columns[0]))
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, Document{columns[0], data})
	}
	return docs
}
