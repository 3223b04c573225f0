package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The output that the README shows is what the command prints.
func TestReadme(t *testing.T) {
	readme := load(t, filepath.Join(repo, "README.md"))
	const command = "    $ go run ./cmd/ovf inspect examples/petstore/petstore.ovf\n"
	_, shown, ok := strings.Cut(readme, command)
	if !ok {
		t.Fatal("the README does not show the command")
	}
	shown, _, ok = strings.Cut(shown, "    …\n")
	if !ok {
		t.Fatal("the README does not end the output with …")
	}
	var want strings.Builder
	for line := range strings.Lines(shown) {
		want.WriteString(strings.TrimPrefix(line, "    "))
	}
	t.Chdir(repo)
	r := execute("", "inspect", "examples/petstore/petstore.ovf")
	r.want(t, exitGood)
	if !strings.HasPrefix(r.stdout, want.String()) {
		t.Errorf("differs from the README:\n%s", lineDiff(want.String(), r.stdout[:min(len(r.stdout), want.Len())]))
	}
}
