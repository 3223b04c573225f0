package xsdset

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/ovfkit/ovf/xmltree"
)

// Namespace of XML Schema.
const Namespace = "http://www.w3.org/2001/XMLSchema"

// MaxBytes is how long one schema file may be. The longest of the standard has
// 60 KB.
const MaxBytes = 4 << 20

// limits bound one schema file.
var limits = xmltree.Limits{Bytes: MaxBytes, Depth: 200, Nodes: 1 << 20}

// A File is one schema document, parsed.
type File struct {
	Path   string
	Target string // target namespace, "" for none
	Doc    *xmltree.Document
	refs   []reference
}

// reference is an import, include or redefine.
type reference struct {
	namespace  string // of what it refers to
	imported   bool   // not included
	located    bool   // has a schemaLocation
	location   string
	start, end int // of that value, in the source of the document
}

// Folder is where schema files are read from. The error for a file that is not
// there is [fs.ErrNotExist].
type Folder interface {
	ReadFile(path string) ([]byte, error)
}

// Memory is a Folder held in memory, by path.
type Memory map[string][]byte

// ReadFile implements [Folder].
func (m Memory) ReadFile(path string) ([]byte, error) {
	data, ok := m[path]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return data, nil
}

// ReadFile reads and parses one schema document. A file that is not a schema is
// an error.
func ReadFile(from Folder, path string) (*File, error) {
	data, err := from.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, err := xmltree.Parse(path, blankDoctype(data), limits)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if !root.Name().Is(Namespace, "schema") {
		return nil, fmt.Errorf("%s: the root element is %s, not xs:schema", path, root.Name())
	}
	file := &File{Path: path, Doc: doc}
	file.Target, _ = root.Attr("", "targetNamespace")
	for n := root.First(); n.Valid(); n = n.Next() {
		if n.Kind() == xmltree.Elem && n.Name().Space == Namespace {
			file.addReference(n)
		}
	}
	return file, nil
}

func (f *File) addReference(n xmltree.Node) {
	r := reference{namespace: f.Target}
	switch n.Name().Local {
	case "import":
		r.imported = true
		r.namespace, _ = n.Attr("", "namespace")
	case "include", "redefine":
	default:
		return
	}
	for i := range n.Attrs() {
		if n.AttrName(i).Is("", "schemaLocation") {
			r.located = true
			r.location = strings.TrimSpace(n.AttrValue(i))
			_, r.start, r.end = n.AttrSpan(i)
		}
	}
	f.refs = append(f.refs, r)
}

// Imports returns the namespaces that the file imports.
func (f *File) Imports() []string {
	var out []string
	for _, r := range f.refs {
		if r.imported {
			out = append(out, r.namespace)
		}
	}
	return out
}

// blankDoctype returns the document with a document type declaration
// overwritten by spaces, line ends kept. Entities that it declares are then
// unknown, which the parser reports where one is used.
func blankDoctype(data []byte) []byte {
	start := strings.Index(string(data[:min(len(data), 1<<16)]), "<!DOCTYPE")
	if start < 0 {
		return data
	}
	end := doctypeEnd(data, start)
	if end < 0 {
		return data
	}
	out := append([]byte(nil), data...)
	for i := start; i < end; i++ {
		if out[i] != '\n' && out[i] != '\r' {
			out[i] = ' '
		}
	}
	return out
}

// doctypeEnd returns the offset behind the declaration that starts at start, or
// -1 if it does not end.
func doctypeEnd(data []byte, start int) int {
	subset := false
	for i := start; i < len(data); i++ {
		switch c := data[i]; c {
		case '[':
			subset = true
		case ']':
			subset = false
		case '>':
			if !subset {
				return i + 1
			}
		case '"', '\'':
			for i++; i < len(data) && data[i] != c; i++ {
			}
		}
	}
	return -1
}
