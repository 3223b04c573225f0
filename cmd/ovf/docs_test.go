package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// pages returns README.md and the pages in docs, as paths from here.
func pages(t *testing.T) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(repo, "docs", "*.md"))
	if err != nil || len(out) < 10 {
		t.Fatalf("%d pages in docs, %v", len(out), err)
	}
	return append(out, filepath.Join(repo, "README.md"))
}

// fenced is a fenced block of a page.
type fenced struct {
	line           int // of its first line of text
	language, text string
}

func blocks(page string) (out []fenced) {
	var in *fenced
	n := 0
	for line := range strings.Lines(page) {
		n++
		fence, ok := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case ok && in == nil:
			in = &fenced{line: n + 1, language: fence}
		case ok:
			out = append(out, *in)
			in = nil
		case in != nil:
			in.text += line
		}
	}
	return out
}

// The Go code of the pages is code that is compiled, and run, in a test.
func TestDocsCode(t *testing.T) {
	var sources strings.Builder
	for _, pattern := range []string{"examples/*_test.go", "cmd/ovf/*_test.go"} {
		files, err := filepath.Glob(filepath.Join(repo, filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, name := range files {
			sources.WriteString(flat(load(t, name)))
		}
	}
	found := 0
	for _, name := range pages(t) {
		for _, b := range blocks(load(t, name)) {
			if b.language != "go" {
				continue
			}
			found++
			if !strings.Contains(sources.String(), flat(b.text)) {
				t.Errorf("%s:%d: this code is in no test", name, b.line)
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d blocks of code", found)
	}
}

// flat takes indentation away.
func flat(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

var (
	link = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
)

// Links between files of the repository lead to a file, and to a heading in it.
func TestDocsLinks(t *testing.T) {
	links := 0
	err := filepath.WalkDir(repo, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "testdata" || e.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".md") {
			return nil
		}
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(load(t, name), ""), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			links++
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), filepath.FromSlash(file))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if anchor != "" && !hasHeading(load(t, target), anchor) {
				t.Errorf("%s: %s has no heading #%s", name, target, anchor)
			}
		}
		return nil
	})
	if err != nil || links < 20 {
		t.Errorf("%d links, %v", links, err)
	}
}

// hasHeading reports whether a page has a heading that code hosts give the anchor.
func hasHeading(page, anchor string) bool {
	for line := range strings.Lines(page) {
		text, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		slug := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, strings.TrimSpace(text))
		if slug == anchor {
			return true
		}
	}
	return false
}

var testName = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz|Example)[A-Za-z0-9_]*)`")

// Every test that a page names is there, and every row of the feature table names
// one for what is claimed.
func TestDocsNameTests(t *testing.T) {
	named := 0
	for _, name := range pages(t) {
		for _, m := range testName.FindAllStringSubmatch(load(t, name), -1) {
			named++
			dir := m[1]
			if dir == "ovf" {
				dir = "."
			}
			if !hasTest(t, path.Join(repo, dir), m[2]) {
				t.Errorf("%s: there is no test %s in %s", name, m[2], m[1])
			}
		}
	}
	if named < 40 {
		t.Errorf("only %d tests are named", named)
	}
	rows, table := 0, false // whether a line is in a table of features
	for line := range strings.Lines(load(t, filepath.Join(repo, "docs", "features.md"))) {
		cells := strings.Split(line, "|")
		switch {
		case strings.HasPrefix(line, "| feature | ovf | shown by |"):
			table = true
			continue
		case len(cells) < 5:
			table = false
		}
		if !table || strings.HasPrefix(line, "|---") {
			continue
		}
		rows++
		ours := strings.TrimSpace(cells[2])
		if ours != "yes" && ours != "partly" && ours != "no" {
			t.Errorf("the column ovf says %q:\n%s", ours, line)
		}
		if ours != "no" && !testName.MatchString(cells[3]) {
			t.Errorf("no test shows it:\n%s", line)
		}
	}
	if rows < 36 {
		t.Errorf("%d features", rows)
	}
}

// hasTest reports whether a folder has a test of a name.
func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(load(t, f), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}

// Every public package is taught by a doc.go and an example.
func TestDocsPackages(t *testing.T) {
	packages := 0
	err := filepath.WalkDir(repo, func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		switch name, _ := filepath.Rel(repo, dir); filepath.ToSlash(name) {
		case ".git", "bench", "cmd", "examples", "interop", "schemas/libxml2": // modules of their own, programs, and what needs a build tag
			return filepath.SkipDir
		}
		if e.Name() == "internal" || e.Name() == "testdata" {
			return filepath.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			return err
		}
		packages++
		if _, err := os.Stat(filepath.Join(dir, "doc.go")); err != nil {
			t.Error(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") && strings.Contains(load(t, f), "\nfunc Example") {
				return nil
			}
		}
		t.Errorf("%s has no example", dir)
		return nil
	})
	if err != nil || packages < 15 {
		t.Errorf("%d packages, %v", packages, err)
	}
}
