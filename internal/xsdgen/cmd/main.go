// Command cmd writes the generated files of this module. Run it in the root of
// the module, as go generate does.
package main

import (
	"fmt"
	"os"

	"github.com/ovfkit/ovf/internal/xsdgen"
)

func main() {
	files, err := xsdgen.Files(os.DirFS("schemas"), xsdgen.Versions())
	if err == nil {
		for name, src := range files {
			if err = os.WriteFile(name, src, 0o644); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
