package main

import (
	"fmt"
	"io"
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
