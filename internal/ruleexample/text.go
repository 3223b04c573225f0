package ruleexample

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed texts
var texts embed.FS

// Text is a bad and a good example of a rule in a few lines: a part of a file, a
// command, or what an image or package has, in words.
type Text struct {
	Bad, Good string
	// Run names how the tests try both; empty if they cannot. Test names the
	// test that covers the rule instead: its file and function.
	Run  string
	Test string
}

// Texts returns the examples by rule.
//
// They are in the files of the folder texts. There a line "rule NAME" begins an
// example, whose lines begin with "- " (bad) and "+ " (good). A line "run NAME" or "test
// FILE FUNCTION" is for the examples behind it, up to the next such line. Lines that
// begin with # are comments.
func Texts() (map[string]Text, error) {
	out := map[string]Text{}
	err := fs.WalkDir(texts, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := texts.ReadFile(name)
		if err != nil {
			return err
		}
		return read(out, name, string(data))
	})
	return out, err
}

// read adds the examples of one file.
func read(out map[string]Text, name, data string) error {
	var run, test, rule string
	for i, line := range strings.Split(data, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		t, ok := out[rule]
		switch word {
		case "", "#":
			continue
		case "run":
			run, test = rest, ""
			continue
		case "test":
			run, test = "", rest
			continue
		case "rule":
			if _, twice := out[rest]; twice {
				return fmt.Errorf("%s:%d: a second example for %s", name, i+1, rest)
			}
			rule, t, ok = rest, Text{Run: run, Test: test}, true
		case "-":
			t.Bad += rest + "\n"
		case "+":
			t.Good += rest + "\n"
		default:
			ok = false
		}
		if !ok {
			return fmt.Errorf("%s:%d: %q is not expected here", name, i+1, line)
		}
		out[rule] = t
	}
	return nil
}
