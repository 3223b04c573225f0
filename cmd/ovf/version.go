package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (c *cli) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of this command",
		Example: "  ovf version",
		Args:    cobra.NoArgs,
		RunE: action(func([]string) error {
			return c.print([]byte(version() + "\n"))
		}),
	}
}

// release is the version that a release build stamps; empty in others.
var release string

// version tells what the binary was built from.
func version() string {
	v, revision := release, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = " " + s.Value[:min(12, len(s.Value))] + revision
			case s.Key == "vcs.modified" && s.Value == "true":
				revision += " (modified)"
			}
		}
	}
	if v == "" {
		v = "unknown"
	}
	return fmt.Sprintf("ovf %s%s %s %s/%s", v, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
