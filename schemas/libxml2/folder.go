//go:build libxml2 && cgo

package libxml2

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/schemas/internal/xsdset"
)

// write puts the files of a set into a folder and returns the one to start
// from, made up if the set has several: libxml2 starts from one document.
func write(dir string, set schemas.Set) (string, error) {
	for name, data := range set.Files {
		if err := writeFile(dir, name, data); err != nil {
			return "", err
		}
	}
	if len(set.Entries) == 1 {
		return set.Entries[0], nil
	}
	groups := map[string][]string{} // entries by namespace
	var spaces []string
	for _, entry := range set.Entries {
		f, err := xsdset.ReadFile(xsdset.Memory(set.Files), entry)
		if err != nil {
			return "", err
		}
		if groups[f.Target] == nil {
			spaces = append(spaces, f.Target)
		}
		groups[f.Target] = append(groups[f.Target], entry)
	}
	const start = "all.xsd"
	var b strings.Builder
	b.WriteString(`<xs:schema xmlns:xs="` + xsdset.Namespace + `" targetNamespace="urn:ovfkit:all">`)
	for i, space := range spaces {
		entry := groups[space][0]
		if len(groups[space]) > 1 { // one import for each namespace
			entry = fmt.Sprintf("namespace-%d.xsd", i)
			if err := writeFile(dir, entry, include(space, groups[space])); err != nil {
				return "", err
			}
		}
		b.WriteString("<xs:import" + attribute("namespace", space) + attribute("schemaLocation", entry) + "/>")
	}
	b.WriteString("</xs:schema>")
	if slices.Contains(set.Entries, start) {
		return "", fmt.Errorf("schema set: the name %s is taken", start)
	}
	return start, writeFile(dir, start, []byte(b.String()))
}

// include makes a schema that has the entries of one namespace.
func include(space string, entries []string) []byte {
	var b strings.Builder
	b.WriteString(`<xs:schema xmlns:xs="` + xsdset.Namespace + `"` + attribute("targetNamespace", space) + `>`)
	for _, e := range entries {
		b.WriteString("<xs:include" + attribute("schemaLocation", e) + "/>")
	}
	b.WriteString("</xs:schema>")
	return []byte(b.String())
}

// attribute writes an attribute, or nothing for an empty value.
func attribute(name, value string) string {
	if value == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(" " + name + `="`)
	_ = xml.EscapeText(&b, []byte(value)) // a Builder takes everything
	b.WriteString(`"`)
	return b.String()
}

func writeFile(dir, name string, data []byte) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("schema set: %q is not a path inside the set", name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
