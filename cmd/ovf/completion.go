package main

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"github.com/ovfkit/ovf/envelope"
)

// completeFiles lets the shell offer descriptors and packages.
func completeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"ovf", "ova"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeFrom lets the shell offer names out of the descriptor that is on the
// command line already.
func completeFrom(names func(*envelope.Envelope) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 || args[0] == stdinName {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		c := &cli{stdin: bytes.NewReader(nil), stdout: io.Discard, stderr: io.Discard, sources: map[string][]byte{}}
		in, err := c.read(args[0])
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		env, _, err := c.decode(in)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(env), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
