// Package ruleexample holds a bad and a good example for every rule: descriptors for
// the rules about descriptors, a few lines of text for the others ([Texts]). The
// command shows them, and tests run them where that is possible.
package ruleexample

import (
	"embed"
	"io/fs"
)

//go:embed files
var files embed.FS

// Bad returns a descriptor that breaks the rule and, where that is possible, no
// other; Good returns the same one mended. The error is fs.ErrNotExist for a
// rule without example.
func Bad(rule string) ([]byte, error) { return fs.ReadFile(files, "files/"+rule+".bad.ovf") }

// Good returns a descriptor that keeps the rule.
func Good(rule string) ([]byte, error) { return fs.ReadFile(files, "files/"+rule+".good.ovf") }
