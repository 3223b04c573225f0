package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
)

// helpWidth is how wide the paragraphs of a help text are.
const helpWidth = 79

// fitHelp wraps the paragraphs in the long texts of a command and those below it.
// Lines that are indented, as lists and samples, stay as they are.
func fitHelp(cmd *cobra.Command) {
	paragraphs := strings.Split(cmd.Long, "\n\n")
	for i, p := range paragraphs {
		if !strings.HasPrefix(p, " ") && !strings.Contains(p, "\n ") {
			paragraphs[i] = strings.Join(cells.Wrap(strings.ReplaceAll(p, "\n", " "), helpWidth), "\n")
		}
	}
	cmd.Long = strings.Join(paragraphs, "\n\n")
	for _, sub := range cmd.Commands() {
		fitHelp(sub)
	}
}
