package schematest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// batch is how many files one xmllint process checks.
const batch = 400

// NeedXmllint skips the test if xmllint is not installed.
func NeedXmllint(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: nothing to compare with")
	}
}

// Write puts the documents into one folder under numbers as names, for
// [Xmllint].
func Write(t testing.TB, docs []Document) string {
	t.Helper()
	dir := t.TempDir()
	for i, d := range docs {
		if err := os.WriteFile(filepath.Join(dir, number(i)), d.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func number(i int) string { return fmt.Sprintf("%d.xml", i) }

// Xmllint checks the first n documents of a folder made by [Write] against a
// schema file, and returns which of them validate.
func Xmllint(t testing.TB, schema, dir string, n int) []bool {
	t.Helper()
	schema, err := filepath.Abs(schema)
	if err != nil {
		t.Fatal(err)
	}
	valid := make([]bool, n)
	seen := 0
	for from := 0; from < n; from += batch {
		to := min(from+batch, n)
		args := []string{"--nonet", "--noout", "--schema", schema}
		for i := from; i < to; i++ {
			args = append(args, number(i))
		}
		cmd := exec.Command("xmllint", args...)
		cmd.Dir = dir
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		seen += verdicts(&out, valid)
	}
	if seen == 0 {
		t.Fatalf("xmllint said nothing about %d documents with schema %s", n, schema)
	}
	return valid
}

// verdicts reads the lines "N.xml validates" and counts the verdicts.
func verdicts(out *bytes.Buffer, valid []bool) int {
	seen := 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var i int
		name, ok := strings.CutSuffix(lines.Text(), " validates")
		if !ok {
			if name, bad := strings.CutSuffix(lines.Text(), " fails to validate"); bad && !strings.ContainsAny(name, ": ") {
				seen++
			}
			continue
		}
		if _, err := fmt.Sscanf(name, "%d.xml", &i); err == nil && number(i) == name && i < len(valid) {
			valid[i] = true
			seen++
		}
	}
	return seen
}
