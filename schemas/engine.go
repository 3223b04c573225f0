package schemas

import (
	"context"

	"github.com/ovfkit/ovf/xmltree"
)

// Set is the text of one schema: what an [Engine] is made from.
type Set struct {
	// Files holds every file of the set by its path. Each schemaLocation in
	// them is a relative path to another one; there is nothing else to load.
	Files map[string][]byte
	// Entries are the paths of the files to start from. Together they reach
	// all others.
	Entries []string
}

// An Engine checks documents against one [Set]. It may be used by several
// goroutines at a time.
type Engine interface {
	// Check returns what the schema refuses, at most about max findings, none
	// for a valid document.
	//
	// text is what is to be checked: doc.Source(), or a form of it of the same
	// length in which parts that no engine shall see are overwritten. doc tells
	// where elements stand.
	//
	// An error means that the document could not be checked.
	Check(ctx context.Context, doc *xmltree.Document, text string, max int) ([]Finding, error)
}

// NewEngine compiles a set, for [CompileWith].
type NewEngine func(ctx context.Context, set Set) (Engine, error)

// Finding is one thing that an [Engine] refuses.
type Finding struct {
	Kind Kind
	// Node is the element concerned; for [BadChild] the child, not its parent.
	Node xmltree.Node
	// Attr is the local name of the attribute concerned, if there is one.
	Attr string
	// Text is what the engine itself says.
	Text string
}

// Kind is a class of findings.
type Kind uint8

// The classes of findings.
const (
	OtherKind     Kind = iota // none of the others
	BadRoot                   // the schema has no such root element
	BadChild                  // an element may not stand where it does
	Incomplete                // an element lacks a child
	BadText                   // character data where only elements may stand
	BadValue                  // the content of an element has the wrong form
	MissingAttr               // an element lacks an attribute
	UnknownAttr               // an element may not have the attribute
	BadAttr                   // an attribute has a value of the wrong form
	BadType                   // an abstract element or type, or a wrong xsi:type
	BadNil                    // a wrong xsi:nil
	BadIdentifier             // an ID given twice, or a reference to none
)
