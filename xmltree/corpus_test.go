package xmltree

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusDir holds public descriptors, next to the repository. It is not part of
// it.
const corpusDir = "../../shared/corpus"

// corpus calls f for each XML file of the corpus, and skips the test where the
// corpus is missing.
func corpus(t *testing.T, f func(t *testing.T, path string, data []byte)) {
	t.Helper()
	if _, err := os.Stat(corpusDir); err != nil {
		t.Skip("the corpus is not here: ", err)
	}
	files := 0
	err := filepath.WalkDir(corpusDir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		ext := strings.ToLower(filepath.Ext(path))
		if ext != ".ovf" && ext != ".xml" && !bytes.HasPrefix(data, []byte("<?xml")) {
			return nil
		}
		files++
		f(t, path, data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 400 {
		t.Errorf("the corpus has %d XML files only", files)
	}
}
