package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

// readmeExample is the code in the README.
func readmeExample(w io.Writer, data []byte) error {
	env, notes, err := envelope.Decode(data, envelope.DecodeOptions{Name: "petstore.ovf"})
	if err != nil {
		return err // a *diag.Diagnostic: file, line, column, rule
	}
	for _, n := range notes {
		fmt.Println(n.Error()) // what was read leniently
	}
	for vs := range env.Systems() {
		hw, ok := envelope.First[*envelope.VirtualHardwareSection](vs.Section)
		if !ok {
			continue
		}
		for i := range hw.Item {
			if t := hw.Item[i].ResourceType; t != nil && *t == rasd.Memory {
				hw.Item[i].VirtualQuantity = new(uint64(4096))
			}
		}
	}
	return envelope.Write(w, env)
}

// The code of the README is that of readmeExample, which does what it should.
func TestReadmeCode(t *testing.T) {
	readme, source := load(t, filepath.Join(repo, "README.md")), load(t, "readme_test.go")
	_, code, _ := strings.Cut(readme, "```go\n")
	code, _, _ = strings.Cut(code, "```")
	var indented strings.Builder
	for line := range strings.Lines(code) {
		indented.WriteString("\t" + line)
	}
	if code == "" || !strings.Contains(source, "error {\n"+indented.String()+"}\n") {
		t.Error("the code in the README is not the code here")
	}
	text := load(t, petstore)
	var out strings.Builder
	if err := readmeExample(&out, []byte(text)); err != nil {
		t.Fatal(err)
	}
	// three machines, each with memory for all options and for one; two range markers
	if n := len(diffLines(text, out.String())); n != 2*8 {
		t.Errorf("%d lines differ:\n%s", n, lineDiff(text, out.String()))
	}
}

// What the README shows is what the command prints, up to lines left out at a
// line with three dots.
func TestReadmeOutput(t *testing.T) {
	t.Chdir(repo)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(readme), "```console\n")
	block, _, _ = strings.Cut(block, "```")
	uses := strings.Split(block, "$ ")[1:]
	if len(uses) < 2 {
		t.Fatal("the README shows no use of the command")
	}
	for _, use := range uses {
		line, shown, _ := strings.Cut(use, "\n")
		args, ok := strings.CutPrefix(line, "go run ./cmd/ovf ")
		if !ok {
			t.Errorf("%q is not about the command", line)
			continue
		}
		args = strings.Replace(args, "-o big.ovf", "-o "+filepath.Join(t.TempDir(), "big.ovf"), 1)
		r := execute("", strings.Fields(args)...)
		r.want(t, exitGood)
		printed := r.stdout + r.stderr
		for part := range strings.SplitSeq(shown, "…\n") {
			if !strings.Contains(printed, part) {
				t.Errorf("%s does not print\n%s", line, part)
			}
		}
	}
}
