package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the manual pages. It is for those who package the command, and
// not listed.
func (c *cli) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages into a folder",
		Example: "  ovf man /usr/local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		Hidden:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return action(func(args []string) error { return writeManual(cmd.Root(), args[0]) })(cmd, args)
		},
	}
}

func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &fileError{err}
	}
	root.DisableAutoGenTag = true
	// a fixed date, so that the same source gives the same pages
	h := &doc.GenManHeader{Title: "OVF", Section: "1", Source: "ovf " + release, Manual: "OVF SDK for Go", Date: new(time.Unix(0, 0).UTC())}
	if err := doc.GenManTree(root, h, dir); err != nil {
		return &fileError{fmt.Errorf("cannot write the manual: %w", err)}
	}
	return nil
}
