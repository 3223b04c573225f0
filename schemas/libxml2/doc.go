// Package libxml2 is the engine for package schemas on the C library libxml2, for
// those who want a second opinion or already trust that library.
//
//	v, err := libxml2.Compile(schemas.Options{})
//
// The validator is used like that of [schemas.Compile], and reports the same rules
// at the same places.
//
// # Building
//
// The engine is in a program only if it is built with the tag libxml2, with cgo, a
// C compiler and the headers of libxml2:
//
//	go build -tags libxml2 ./cmd/ovf
//
// Otherwise [Compile] returns [ErrNotBuilt].
//
// # Differences from the engine in pure Go
//
// libxml2 does not look at the children of an element behind the first one that
// does not fit, so it may report fewer errors; what it reports the other engine
// reports, too. It accepts a little more than XML Schema does: where a sequence
// has a repeated wildcard, as at the end of most types of the standard, it takes
// elements of the particle before the wildcard again behind elements of a vendor.
// And it refuses a little more: white space around most numbers and times, and a
// sign before an unsigned number.
//
// # Safety
//
// Network, document type declarations, entities and the mode without limits are
// off, and documents are parsed by package xmltree first, which refuses what could
// use them. Schemas are read from a folder that holds just the files of the set.
// Versions of libxml2 before 2.14.5 have known faults in schema processing
// (CVE-2024-56171, CVE-2025-49794 to 49796 and others): on hostile input prefer
// a current version, or the engine in pure Go. [Version] tells which one it is.
//
// Documents are parsed with github.com/lestrrat-go/libxml2. Schemas are compiled and
// applied by a few lines of C here: the functions of that module for it drop line
// and element of an error, keep 32 errors at most, leak, and read past a buffer
// when a message has more than 1,023 bytes, as it has for a long wrong value.
package libxml2

import "errors"

// ErrNotBuilt says that the program has no libxml2 in it.
var ErrNotBuilt = errors.New("this program was built without libxml2: build it with the tag libxml2 " +
	"(go build -tags libxml2; needs cgo, a C compiler and the headers of libxml2), or use the engine in pure Go")
