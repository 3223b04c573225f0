//go:build libxml2 && cgo

package libxml2

// #cgo pkg-config: libxml-2.0
// #include "engine.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/lestrrat-go/libxml2/parser"

	"github.com/ovfkit/ovf/schemas"
	"github.com/ovfkit/ovf/xmltree"
)

// Compile returns a validator on libxml2, or [ErrNotBuilt] in a program that was
// built without it.
func Compile(o schemas.Options) (*schemas.Validator, error) { return schemas.CompileWith(o, newEngine) }

// Version returns the version of libxml2, as "2.14.5", or "" in a program that was
// built without it.
func Version() string {
	var n int
	if _, err := fmt.Sscanf(C.GoString(C.xmlParserVersion), "%d", &n); err != nil {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", n/10000, n/100%100, n%100)
}

// initialize makes the tables that libxml2 shares between threads.
var initialize = sync.OnceFunc(func() { C.ovf_init() })

// engine is a compiled schema. The C structure is only read after it was made,
// so threads may share it.
type engine struct{ schema C.xmlSchemaPtr }

func newEngine(_ context.Context, set schemas.Set) (schemas.Engine, error) {
	initialize()
	dir, err := os.MkdirTemp("", "ovf-schema-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	entry, err := write(dir, set)
	if err != nil {
		return nil, err
	}
	path := C.CString(filepath.Join(dir, filepath.FromSlash(entry)))
	defer C.free(unsafe.Pointer(path))
	list := C.ovf_list_new(1)
	if list == nil {
		return nil, errNoMemory
	}
	defer C.ovf_list_free(list)
	schema := C.ovf_compile(path, list)
	if schema == nil {
		return nil, compileError(dir, list)
	}
	e := &engine{schema}
	runtime.AddCleanup(e, func(s C.xmlSchemaPtr) { C.xmlSchemaFree(s) }, schema)
	return e, nil
}

var errNoMemory = errors.New("libxml2: out of memory")

func compileError(dir string, list *C.ovf_list) error {
	out := &schemas.CompileError{Err: errors.New("libxml2 gives no reason")}
	if list.count > 0 {
		f := list.items
		out.Err = errors.New(strings.TrimSpace(C.GoString(f.message)))
		if rel, err := filepath.Rel(dir, C.GoString(f.file)); err == nil && f.file != nil {
			out.File = filepath.ToSlash(rel)
		}
		out.Line = int(f.line)
	}
	return out
}

// Check implements [schemas.Engine].
func (e *engine) Check(ctx context.Context, doc *xmltree.Document, text string, limit int) ([]schemas.Finding, error) {
	switch {
	case text == "":
		return nil, &schemas.EngineError{Err: errors.New("the document is empty")}
	case len(text) > math.MaxInt32/2:
		return nil, &schemas.EngineError{Err: errors.New("the document is too long for libxml2")}
	case strings.IndexByte(text, 0) >= 0:
		return nil, &schemas.EngineError{Err: errors.New("the document holds a NUL character")}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	// no entities, no DTD, no lifting of limits: those options are not given
	p := parser.New(parser.XMLParseNoNet, parser.XMLParseNoError, parser.XMLParseNoWarning, parser.XMLParseCompact)
	parsed, err := p.ParseString(text)
	if err != nil {
		return nil, &schemas.EngineError{Err: err}
	}
	defer parsed.Free()

	list := C.ovf_list_new(C.int(min(limit, math.MaxInt32)))
	if list == nil {
		return nil, errNoMemory
	}
	defer C.ovf_list_free(list)
	status := C.ovf_validate(e.schema, C.uintptr_t(parsed.Pointer()), list)
	runtime.KeepAlive(e)
	switch {
	case status == 0:
		return nil, nil
	case status < 0:
		return nil, &schemas.EngineError{Err: errors.New("libxml2 failed inside")}
	case list.count == 0:
		return nil, &schemas.EngineError{Err: errors.New("libxml2 refuses the document without a reason")}
	}
	return findings(doc, text, unsafe.Slice(list.items, int(list.count))), nil
}

// findings translates what libxml2 said. That numbers the elements in the order
// of the text, in which some of the document may be overwritten.
func findings(doc *xmltree.Document, text string, items []C.ovf_finding) []schemas.Finding {
	wanted := map[int]xmltree.Node{}
	for _, f := range items {
		wanted[int(f.element)] = doc.Root()
	}
	count := 0
	var walk func(n xmltree.Node)
	walk = func(n xmltree.Node) {
		if start, _ := n.Span(); text[start] != '<' {
			return
		}
		if _, ok := wanted[count]; ok {
			wanted[count] = n
		}
		count++
		for c := n.First(); c.Valid(); c = c.Next() {
			if c.Kind() == xmltree.Elem {
				walk(c)
			}
		}
	}
	walk(doc.Root())
	out := make([]schemas.Finding, len(items))
	for i, f := range items {
		out[i] = finding(f)
		out[i].Node = wanted[int(f.element)]
		if emptyContent(f.code) { // it means the element, the others its first child
			out[i].Kind = schemas.BadText
			if child := firstElement(out[i].Node); child.Valid() {
				out[i].Kind, out[i].Node = schemas.BadChild, child
			}
		}
	}
	return out
}

// emptyContent reports whether an error is about children, or text, in an element
// that may have none at all.
func emptyContent(code C.int) bool {
	return code == C.XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1 || code == C.XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2 || code == C.XML_SCHEMAV_CVC_TYPE_3_1_2
}

func firstElement(n xmltree.Node) xmltree.Node {
	c := n.First()
	for c.Valid() && c.Kind() != xmltree.Elem {
		c = c.Next()
	}
	return c
}

// finding classifies one error of libxml2.
func finding(f C.ovf_finding) schemas.Finding {
	out := schemas.Finding{Text: strings.TrimSpace(C.GoString(f.message))}
	// the node is the element also where an attribute is meant
	if head, _, ok := strings.Cut(out.Text, "': "); ok {
		out.Attr = quoted(head+"'", "', attribute '")
	}
	value := func() schemas.Kind {
		if out.Attr != "" {
			return schemas.BadAttr
		}
		return schemas.BadValue
	}
	switch f.code {
	case C.XML_SCHEMAV_CVC_ELT_1:
		out.Kind = schemas.BadRoot
		if strings.Contains(out.Text, "wildcard") {
			out.Kind = schemas.BadChild
		}
	case C.XML_SCHEMAV_ELEMENT_CONTENT:
		out.Kind = schemas.BadChild
		if strings.Contains(out.Text, "Missing child element(s)") {
			out.Kind = schemas.Incomplete
		}
	case C.XML_SCHEMAV_CVC_WILDCARD:
		out.Kind = schemas.BadChild
		if out.Attr != "" {
			out.Kind = schemas.UnknownAttr
		}
	case C.XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3:
		out.Kind = schemas.BadText
	case C.XML_SCHEMAV_CVC_COMPLEX_TYPE_4:
		out.Kind = schemas.MissingAttr
		out.Attr = quoted(out.Text, "The attribute '")
	case C.XML_SCHEMAV_CVC_COMPLEX_TYPE_3_1, C.XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, C.XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, C.XML_SCHEMAV_CVC_TYPE_3_1_1:
		out.Kind = schemas.UnknownAttr
	case C.XML_SCHEMAV_CVC_ELT_2, C.XML_SCHEMAV_CVC_TYPE_1, C.XML_SCHEMAV_CVC_TYPE_2, C.XML_SCHEMAV_CVC_ELT_4_1, C.XML_SCHEMAV_CVC_ELT_4_2, C.XML_SCHEMAV_CVC_ELT_4_3:
		out.Kind = schemas.BadType
	case C.XML_SCHEMAV_CVC_ELT_3_1, C.XML_SCHEMAV_CVC_ELT_3_2_1, C.XML_SCHEMAV_CVC_ELT_3_2_2:
		out.Kind = schemas.BadNil
	case C.XML_SCHEMAV_CVC_IDC:
		out.Kind = schemas.BadIdentifier
	default:
		if C.XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 <= f.code && f.code <= C.XML_SCHEMAV_CVC_ENUMERATION_VALID {
			out.Kind = value()
		}
	}
	return out
}

// quoted returns the local name in single quotes behind a prefix of a message.
func quoted(text, prefix string) string {
	_, rest, _ := strings.Cut(text, prefix)
	name, _, _ := strings.Cut(rest, "'")
	return name[strings.LastIndexByte(name, '}')+1:]
}
