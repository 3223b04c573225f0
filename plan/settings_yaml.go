package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ovfkit/ovf/diag"
)

// yaml reads a YAML mapping. The nodes are looked at as they stand: nothing is
// expanded, so that no alias can grow.
func (f *settingsFile) yaml() {
	dec := yaml.NewDecoder(bytes.NewReader(f.data))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return // nothing but comments
	case err != nil:
		f.yamlError(err)
		return
	}
	if len(doc.Content) != 1 {
		return
	}
	root := doc.Content[0]
	switch {
	case root.Kind == yaml.ScalarNode && root.Tag == "!!null":
		return
	case root.Kind != yaml.MappingNode:
		f.report("settings-structure", f.node(root), "the file is no YAML mapping").Hint = "write lines of the form name: value"
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		f.yamlEntry(root.Content[i], root.Content[i+1])
	}
	var more yaml.Node
	switch err := dec.Decode(&more); {
	case errors.Is(err, io.EOF):
	case err != nil:
		f.yamlError(err)
	default:
		f.report("settings-structure", f.node(&more), "the file has a second YAML document").Hint = "put all values into one"
	}
}

func (f *settingsFile) yamlEntry(k, v *yaml.Node) {
	if k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge" {
		f.report("settings-structure", f.node(k), "a name is no plain text").Hint = "write lines of the form name: value"
		return
	}
	switch v.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		f.nested(k.Value, "a group or a list", f.node(v))
		return
	case yaml.AliasNode:
		f.nested(k.Value, "an alias", f.node(v))
		return
	}
	switch tag := v.ShortTag(); tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
		f.add(k.Value, v.Value, f.node(k))
	case "!!null":
		f.empty(k.Value, f.node(v))
	default:
		f.nested(k.Value, "of the type "+diag.Quote(tag), f.node(v))
	}
}

// node returns the place of a node.
func (f *settingsFile) node(n *yaml.Node) diag.Location {
	return diag.Location{File: f.name, Line: n.Line, Column: n.Column}
}

// yamlError reports what the parser says, with the line that it names.
func (f *settingsFile) yamlError(err error) {
	at := diag.Location{File: f.name}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if n, _ := fmt.Sscanf(text, "line %d:", &at.Line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	f.report("settings-syntax", at, "the file is no YAML: %s", text).Hint = "write lines of the form name: value"
}
