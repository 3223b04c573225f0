package schematest

import (
	"io/fs"
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

// Corpus reads every descriptor of the corpus.
func Corpus(t testing.TB, root string) []Document {
	t.Helper()
	dir := Shared(t, root, "corpus")
	var docs []Document
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".ovf") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		docs = append(docs, Document{name, data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return docs
}
