package xmltree

import (
	"sync"

	"github.com/ovfkit/ovf/diag"
)

// Kind tells what a node is.
type Kind uint8

// The kinds of nodes. Character data is no node of its own: it is what lies
// between the nodes, see [Node.Text].
const (
	None Kind = iota // no node at all
	Root             // the document itself, parent of the root element
	Elem
	Comment
	ProcInst
)

// Document is a parsed document: the bytes it was read from and an index into
// them. It never changes, so it may be used from several goroutines.
type Document struct {
	file     string
	raw      []byte // as stored
	text     string // in UTF-8, without byte order mark
	bom      int    // bytes of the byte order mark
	encoding Encoding

	nodes  []node // nodes[0] is the document
	root   int32  // the root element
	attrs  []attr
	names  []name
	scopes []scope
	decls  []Namespace

	problems diag.List

	marksOnce sync.Once
	marks     []mark

	ordinals ordinals
}

// node is one element, comment or processing instruction. Offsets count bytes
// of the UTF-8 text; indexes count from 1, since 0 is the document.
type node struct {
	start, end  uint32 // the whole node
	open, close uint32 // content of an element: after the start tag, before the end tag
	name        uint32 // index into names, of an element
	parent      int32
	next, first int32 // 0: none
	attr        uint32
	scope       int32
	nattr       uint16
	kind        Kind
	flags       uint8
}

const (
	hasText  = 1 << iota // character data that is not white space stands directly inside
	needsFix             // that data holds references, CDATA or carriage returns
	empty                // written as <name/>
)

type attr struct {
	name       uint32
	start      uint32 // of the name
	vstart     uint32 // of the value, inside the quotes
	vend       uint32
	needsFix   bool // the value holds references or white space to normalise
	namespaces bool // a namespace declaration
}

// name is one name as resolved. Equal indexes mean equal names; equal names
// have different indexes where they are written with different prefixes.
type name struct {
	Name
	raw string // as written
}

// scope is a set of namespace declarations made on one element.
type scope struct {
	parent   int32 // -1: none
	from, to uint32
}

// Parse reads a document strictly by XML 1.0 and Namespaces in XML, with two
// differences on purpose: a document type declaration is refused, and errors of
// namespaces (an undeclared prefix) are kept in [Document.Problems] instead of
// ending the parse, since real producers make them and libxml2 reads on too.
//
// The file name only serves messages. Parse keeps data: the caller must not
// change it afterwards. An error is a *[diag.Diagnostic] with a position.
func Parse(file string, data []byte, limits Limits) (*Document, error) {
	p := &scanner{doc: &Document{file: file, raw: data}, lim: limits.WithDefaults()}
	if err := p.decode(); err != nil {
		return nil, err
	}
	if err := p.document(); err != nil {
		return nil, err
	}
	return p.doc, nil
}

// File returns the name given to [Parse].
func (d *Document) File() string { return d.file }

// Raw returns the bytes as read, byte order mark included. They must not be
// changed.
func (d *Document) Raw() []byte { return d.raw }

// Source returns the whole text in UTF-8, without byte order mark.
func (d *Document) Source() string { return d.text }

// Encoding returns the encoding in which the document is stored.
func (d *Document) Encoding() Encoding { return d.encoding }

// Problems returns the errors of namespaces that were read over: each name once,
// where it stands first, and 100 in all.
func (d *Document) Problems() diag.List { return d.problems }

// Root returns the root element.
func (d *Document) Root() Node { return Node{d, d.root} }

// Node returns the document node, whose children are the root element and the
// comments and instructions beside it.
func (d *Document) Node() Node { return Node{d, 0} }

// NameCount returns how many different names the document has; every
// [Node.NameID] and [Node.AttrNameID] is below it.
func (d *Document) NameCount() int { return len(d.names) }

// Name returns the name with that id.
func (d *Document) Name(id int) Name { return d.names[id].Name }
