package schematest

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// batch is how many files one xmllint process checks.
const batch = 250

// NeedXmllint skips the test if xmllint is not installed.
func NeedXmllint(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: nothing to compare with")
	}
}

// write puts the documents into one folder, and returns their paths.
func write(t testing.TB, docs []Document) []string {
	t.Helper()
	dir := t.TempDir()
	files := make([]string, len(docs))
	for i, d := range docs {
		files[i] = filepath.Join(dir, strconv.Itoa(i)+".xml")
		if err := os.WriteFile(files[i], d.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// Xmllint checks files against a schema, and returns which of them validate.
func Xmllint(t testing.TB, schema string, files []string) map[string]bool {
	t.Helper()
	schema, err := filepath.Abs(schema)
	if err != nil {
		t.Fatal(err)
	}
	valid := map[string]bool{}
	seen := 0
	var m sync.Mutex
	var workers sync.WaitGroup
	next := make(chan []string)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for some := range next {
				out, err := xmllint(schema, some)
				m.Lock()
				if err != nil {
					t.Error(err)
				}
				seen += verdicts(out, valid)
				m.Unlock()
			}
		})
	}
	for from := 0; from < len(files); from += batch {
		next <- files[from:min(from+batch, len(files))]
	}
	close(next)
	workers.Wait()
	if seen == 0 {
		t.Fatalf("xmllint said nothing about %d documents with schema %s", len(files), schema)
	}
	return valid
}

// xmllint returns what the program prints about files. It fails for bad files,
// which is no error here.
func xmllint(schema string, files []string) (*bytes.Buffer, error) {
	cmd := exec.Command("xmllint", append([]string{"--nonet", "--noout", "--schema", schema}, files...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		err = nil
	}
	return &out, err
}

// verdicts reads the lines "FILE validates" and counts the verdicts.
func verdicts(out *bytes.Buffer, valid map[string]bool) int {
	seen := 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if name, ok := strings.CutSuffix(lines.Text(), " validates"); ok {
			valid[name] = true
			seen++
		} else if name, ok := strings.CutSuffix(lines.Text(), " fails to validate"); ok && !strings.ContainsAny(name, ": ") {
			seen++
		}
	}
	return seen
}
