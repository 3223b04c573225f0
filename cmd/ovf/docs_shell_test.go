package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
