package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
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

// What the pages show is what the command prints. The commands of a page are run
// one after the other, in a folder with a copy of examples; a line of three dots
// stands for any lines, three dots in a line for any text.
func TestDocsOutput(t *testing.T) {
	shown := 0
	for _, name := range pages(t) {
		all := blocks(load(t, name))
		t.Run(filepath.Base(name), func(t *testing.T) {
			s := &shell{dir: t.TempDir()}
			if err := os.CopyFS(filepath.Join(s.dir, "examples"), os.DirFS(filepath.Join(repo, "examples"))); err != nil {
				t.Fatal(err)
			}
			t.Chdir(s.dir)
			for _, b := range all {
				if !strings.HasPrefix(b.text, "$ ") {
					continue
				}
				for _, use := range strings.Split("\n"+b.text, "\n$ ")[1:] {
					line, want, _ := strings.Cut(strings.ReplaceAll(use, "\\\n", " "), "\n")
					got, err := s.run(line)
					if errors.Is(err, errNotRun) {
						continue
					}
					if errors.Is(err, exec.ErrNotFound) {
						t.Skip(err)
					}
					if err != nil {
						t.Fatalf("block at line %d: %s: %v\n%s", b.line, line, err, got)
					}
					shown++
					if want = strings.TrimSuffix(want, "\n"); !shows(want).MatchString(strings.TrimSuffix(got, "\n")) {
						t.Errorf("block at line %d: %s prints\n%s\nand not\n%s", b.line, line, got, want)
					}
				}
			}
		})
	}
	if shown < 20 {
		t.Errorf("only %d commands are shown", shown)
	}
}

// shows returns what the text of a page stands for.
func shows(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		end := "\n"
		if i == len(lines)-1 {
			end = ""
		}
		if line == "…" {
			if end == "" {
				b.WriteString(`(?s:.*)`)
			} else {
				b.WriteString(`(?:.*\n)*?`)
			}
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + end)
	}
	return regexp.MustCompile(b.String() + `\z`)
}

func TestShows(t *testing.T) {
	for _, c := range []struct {
		text, printed string
		want          bool
	}{
		{"a\nb", "a\nb", true},
		{"a\nb", "a\nb\nc", false},
		{"a\n…\nc", "a\nb\nb\nc", true},
		{"a\n…\nc", "a\nc", true},
		{"a\n…\nc", "a\nb", false},
		{"a\n…", "a\nb\nc", true},
		{"a.c", "abc", false},
		{"valid at …, ok", "valid at 12:00, ok", true},
		{"valid at …, ok", "valid at\n12:00, ok", false},
	} {
		if got := shows(c.text).MatchString(c.printed); got != c.want {
			t.Errorf("%q stands for %q: %t", c.text, c.printed, got)
		}
	}
}

// errNotRun says that a command of a page is not run by the test.
var errNotRun = errors.New("not run")

// shell runs the commands of a page.
type shell struct {
	dir    string
	status int
}

func (s *shell) run(line string) (string, error) {
	if line == "echo $?" {
		return fmt.Sprintln(s.status), nil
	}
	args, err := words(strings.Replace(line, "go run ./cmd/ovf", "ovf", 1))
	if err != nil {
		return "", err
	}
	switch args[0] {
	case "ovf":
		var out strings.Builder
		s.status = run(args[1:], strings.NewReader(""), &out, &out)
		return out.String(), nil
	case "openssl", "cat", "ls", "diff", "cmp":
		if _, err := exec.LookPath(args[0]); err != nil {
			return "", err
		}
		cmd := exec.Command(args[0], args[1:]...)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) && args[0] != "openssl" {
			err = nil
		}
		if args[0] == "openssl" {
			out = nil // it draws its progress
		}
		s.status = cmd.ProcessState.ExitCode()
		return string(out), err
	case "make", "git", "cd":
		return "", errNotRun
	}
	return "", errors.New("the test does not run this command")
}

// words splits a command line at its spaces, as a shell does; of its language only
// quotes are known.
func words(line string) (out []string, err error) {
	var word strings.Builder
	quote, in := rune(0), false
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, in = c, true
		case quote == 0 && c == ' ':
			if in {
				out = append(out, word.String())
			}
			word.Reset()
			in = false
		case quote == 0 && strings.ContainsRune("|<>&;$*", c):
			return nil, fmt.Errorf("the test does not know %q", c)
		default:
			word.WriteRune(c)
			in = true
		}
	}
	if in {
		out = append(out, word.String())
	}
	if quote != 0 || len(out) == 0 {
		return nil, errors.New("the quotes do not fit")
	}
	return out, nil
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
