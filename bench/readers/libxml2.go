//go:build libxml2

package readers

/*
#cgo pkg-config: libxml-2.0
#include <libxml/parser.h>

static int parse(const char *data, int size) {
	xmlDocPtr doc = xmlReadMemory(data, size, "x.ovf", NULL, XML_PARSE_NONET);
	if (doc == NULL)
		return -1;
	xmlFreeDoc(doc);
	return 0;
}
*/
import "C"

import (
	"errors"
	"math"
	"unsafe"
)

func libxml2() []Reader {
	return []Reader{{Libxml2, func(data []byte) (any, error) {
		if len(data) == 0 || len(data) > math.MaxInt32 {
			return nil, errors.New("libxml2: size of the document")
		}
		if C.parse((*C.char)(unsafe.Pointer(&data[0])), C.int(len(data))) != 0 {
			return nil, errors.New("libxml2 refuses the document")
		}
		return nil, nil
	}}}
}
