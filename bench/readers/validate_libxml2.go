//go:build libxml2

package readers

/*
#cgo pkg-config: libxml-2.0
#include <stdlib.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

static xmlSchemaPtr compile(const char *path) {
	xmlSchemaParserCtxtPtr c = xmlSchemaNewParserCtxt(path);
	xmlSchemaPtr s;
	if (c == NULL)
		return NULL;
	s = xmlSchemaParse(c);
	xmlSchemaFreeParserCtxt(c);
	return s;
}

static int validate(xmlSchemaPtr schema, const char *data, int size) {
	xmlSchemaValidCtxtPtr c;
	int status;
	xmlDocPtr doc = xmlReadMemory(data, size, "x.ovf", NULL, XML_PARSE_NONET);
	if (doc == NULL)
		return -1;
	c = xmlSchemaNewValidCtxt(schema);
	status = c == NULL ? -1 : xmlSchemaValidateDoc(c, doc);
	xmlSchemaFreeValidCtxt(c);
	xmlFreeDoc(doc);
	return status;
}
*/
import "C"

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"sync"
	"unsafe"

	"github.com/ovfkit/ovf/schemas"
)

// libxml2Validator parses and validates with the schema of 1.1.1, compiled once.
// Both happen in one call of C, so that the way there is paid once.
func libxml2Validator() []Reader {
	schema := sync.OnceValues(compileSchema)
	return []Reader{{Libxml2Schema, func(data []byte) (any, error) {
		if len(data) == 0 || len(data) > math.MaxInt32 {
			return nil, errors.New("libxml2: size of the document")
		}
		s, err := schema()
		if err != nil {
			return nil, err
		}
		if C.validate(s, (*C.char)(unsafe.Pointer(&data[0])), C.int(len(data))) != 0 {
			return nil, errors.New("libxml2 refuses the document")
		}
		return nil, nil
	}}}
}

func compileSchema() (C.xmlSchemaPtr, error) {
	dir, err := os.MkdirTemp("", "ovfbench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, schemas.Files()); err != nil {
		return nil, err
	}
	path := C.CString(filepath.Join(dir, filepath.FromSlash(schemas.V1_1_1.Entry())))
	defer C.free(unsafe.Pointer(path))
	if s := C.compile(path); s != nil {
		return s, nil
	}
	return nil, errors.New("libxml2 refuses the schema")
}
