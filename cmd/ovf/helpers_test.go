package main

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	repo       = "../.."
	corpusDir  = "../../../shared/corpus"
	schemasDir = "../../../shared/schemas"
)

// result is what a run of the command gave.
type result struct {
	status         int
	stdout, stderr string
}

// ovf runs the command in this process.
func execute(stdin string, args ...string) result {
	var stdout, stderr bytes.Buffer
	status := run(args, strings.NewReader(stdin), &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// want checks the exit status, and that standard error has each of the texts.
func (r result) want(t testing.TB, status int, stderr ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("exit status %d, want %d; standard error:\n%s", r.status, status, r.stderr)
	}
	for _, s := range stderr {
		if !strings.Contains(r.stderr, s) {
			t.Errorf("standard error has no %q:\n%s", s, r.stderr)
		}
	}
}

// save writes a file into a new folder and returns its name.
func save(t testing.TB, name, content string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func load(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// golden compares with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; run go test -update", err)
	}
	if got != string(want) {
		t.Errorf("differs from %s (go test -update writes it anew):\n%s", name, lineDiff(string(want), got))
	}
}

// corpus returns the files of the corpus with one of the endings; in short mode
// every fifth.
func corpus(t testing.TB, endings ...string) []string {
	t.Helper()
	var out []string
	_ = filepath.WalkDir(corpusDir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			for _, end := range endings {
				if strings.HasSuffix(p, end) {
					out = append(out, p)
				}
			}
		}
		return nil
	})
	if len(out) == 0 {
		t.Skip("../shared/corpus is not beside the repository")
	}
	if testing.Short() {
		for i := range (len(out) + 4) / 5 {
			out[i] = out[5*i]
		}
		out = out[:(len(out)+4)/5]
	}
	return out
}

// lineDiff returns the lines in which two texts differ, marked with - and + and
// the number of the line in its text.
func lineDiff(a, b string) string {
	var out strings.Builder
	for _, d := range diffLines(a, b) {
		out.WriteString(d.String())
		out.WriteByte('\n')
	}
	return out.String()
}
