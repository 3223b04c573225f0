package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.ovf")
	f, err := os.Create(huge)
	if err == nil {
		err = errors.Join(f.Truncate(300<<20), f.Close()) // sparse
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file   string
		status int
		stderr string
	}{
		"missing":       {filepath.Join(dir, "nothing.ovf"), exitFile, "nothing.ovf: no such file"},
		"device":        {os.DevNull, exitFile, "not a regular file"},
		"huge":          {huge, exitFile, "more than the 268435456 that a descriptor may have"},
		"empty":         {save(t, "a.ovf", ""), exitInput, "a.ovf:1:1"},
		"empty archive": {save(t, "a.ova", ""), exitInput, "the archive is empty"},
		"gzip":          {save(t, "a.ovf", "\x1f\x8b\x08\x00"), exitInput, "compressed by gzip"},
		"zip":           {save(t, "a.ova", "PK\x03\x04"), exitInput, "is a zip archive"},
		"no XML":        {save(t, "a.ovf", "hello"), exitInput, "xml-syntax"},
		"no tar":        {save(t, "a.ova", strings.Repeat("hello", 500)), exitInput, "no tar archive"},
		"other XML":     {save(t, "a.ovf", "<Domain/>"), exitInput, "envelope-root"},
		"NULs":          {save(t, "a.ovf", strings.Repeat("\x00", 100)), exitInput, "a.ovf:1:1"},
		"two encodings": {save(t, "a.ovf", "<?xml version='1.0' encoding='UTF-8'?><Envelope a='\xff'/>"), exitInput, "xml-encoding"},
		"deep":          {save(t, "a.ovf", strings.Repeat("<a>", 1_000_000)), exitInput, "xml-limit"},
		"entity bomb":   {save(t, "a.ovf", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Envelope>&b;</Envelope>`), exitInput, "xml-doctype"},
	} {
		t.Run(name, func(t *testing.T) {
			execute("", "inspect", c.file).want(t, c.status, c.stderr)
			if r := execute("", "set", c.file, "-o", "-", "--name", "x"); r.status != c.status {
				t.Errorf("set: status %d, %s", r.status, r.stderr)
			}
			if name != "other XML" {
				execute("", "fmt", c.file).want(t, c.status, c.stderr)
			}
		})
	}
}

// What works on one descriptor says which one to give of a folder.
func TestFolder(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(one, "it.ovf"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	execute("", "fmt", one).want(t, exitFile, "did you mean "+filepath.Join(one, "it.ovf"))
	execute("", "fmt", two).want(t, exitFile, "is a directory; give the .ovf file in it")
	execute("", "inspect", one).want(t, exitInput, "it.ovf:1:1")
	execute("", "inspect", two).want(t, exitInput, "package-descriptor-none")
}

func TestUnreadable(t *testing.T) {
	name := save(t, "a.ovf", small)
	if err := os.Chmod(name, 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(name); err == nil {
		f.Close()
		t.Skip("this user may read everything")
	}
	execute("", "inspect", name).want(t, exitFile, "permission denied")
}

func TestUsage(t *testing.T) {
	name := save(t, "a.ovf", small)
	for _, c := range []struct {
		args   string
		stderr string
	}{
		{"frobnicate", `unknown command "frobnicate"`},
		{"inspect", "requires at least 1 arg"},
		{"inspect --frob " + name, "unknown flag: --frob"},
		{"fmt", "requires at least 1 arg"},
		{"version x", "unknown command"},
		{"set " + name, "at least one of the flags in the group [output in-place] is required"},
		{"set " + name + " -o -", "nothing to change"},
		{"set " + name + " " + name + " -o - --name x", "accepts 1 arg"},
		{"set " + name + " -o - --in-place --name x", "none of the others can be"},
		{"set " + name + " -o " + name + " --name x", "give --in-place"},
		{"set - --in-place --name x", "give -o -"},
		{"set " + name + " -o - --name x --option a", "--option goes with"},
		{"set " + name + " -o - --name x --label a", "--label goes with"},
		{"set " + name + " -o - --cpus many", "invalid argument"},
	} {
		r := execute("", strings.Fields(c.args)...)
		r.want(t, exitUsage, c.stderr)
		if r.stdout != "" {
			t.Errorf("%s: printed %s", c.args, r.stdout)
		}
	}
}

// Output that nobody takes is an error.
func TestWriteErrors(t *testing.T) {
	name := save(t, "a.ovf", small)
	nowhere := filepath.Join(t.TempDir(), "missing", "out.ovf")
	execute("", "set", name, "-o", nowhere, "--name", "x").want(t, exitFile, "out.ovf: no such file")
	execute("", "set", name, "-o", t.TempDir(), "--name", "x").want(t, exitFile, "is a directory")
	for _, args := range [][]string{{"inspect", name}, {"inspect", "--json", name}, {"fmt", name}, {"set", name, "-o", "-", "--name", "x"}, {"version"}} {
		var stderr strings.Builder
		if status := run(args, strings.NewReader(""), full{}, &stderr); status != exitFile || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%q: status %d, %s", args, status, stderr.String())
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// Every verb explains itself, with examples.
func TestHelp(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		r := execute("", args...)
		r.want(t, exitGood)
		checkHelp(t, r.stdout)
		if cmd.Parent() != nil && !cmd.HasSubCommands() && !strings.Contains(r.stdout, "Examples:\n") {
			t.Errorf("%q has no example", args)
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&cli{color: "auto"}).root())
	if r := execute("", "version"); !strings.HasPrefix(r.stdout, "ovf ") || strings.Count(r.stdout, "\n") != 1 {
		t.Errorf("version is %q", r.stdout)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := execute("", "completion", shell); r.status != exitGood || !strings.Contains(r.stdout, "ovf") {
			t.Errorf("completion for %s: status %d", shell, r.status)
		}
	}
}

// checkHelp checks that what we write fits; flags are laid out by the library.
func checkHelp(t *testing.T, text string) {
	t.Helper()
	text, _, _ = strings.Cut(text, "\nFlags:")
	text, _, _ = strings.Cut(text, "\nExamples:")
	for line := range strings.Lines(text) {
		if len([]rune(line)) > 81 && !strings.HasPrefix(line, " ") { // lists and samples are as long as they are
			t.Errorf("%q is too long", line)
		}
	}
}

// The shell completes names that the descriptor has.
func TestCompletion(t *testing.T) {
	file := filepath.Join(repo, "examples", "petstore", "petstore.ovf")
	for flag, want := range map[string]string{"--vm": "DB2\n", "--option": "minimal\n", "--property": "com.example.db.role=\n", "--network": "backend=\n", "--remove-property": "appIp\n"} {
		r := execute("", "__complete", "set", file, flag, "")
		if r.status != exitGood || !strings.Contains(r.stdout, want) {
			t.Errorf("%s: status %d, %s", flag, r.status, r.stdout)
		}
	}
}
