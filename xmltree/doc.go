// Package xmltree reads XML without losing a byte of it.
//
// [Parse] checks a document strictly and makes an index into its text: every
// element, comment and processing instruction is a [Node] that knows where it
// begins and ends. What is changed later can so be written into the original
// text, and all the rest (white space, quotes, prefixes, comments, the order of
// attributes, the encoding) stays as it was.
//
// # Reading
//
//	doc, err := xmltree.Parse("appliance.ovf", data, xmltree.Limits{})
//	if err != nil {
//		return err // a *diag.Diagnostic: appliance.ovf:12:5: the end tag is of "Disk", but … [xml-syntax]
//	}
//	for n := doc.Root().First(); n.Valid(); n = n.Next() {
//		if n.Kind() == xmltree.Elem && n.Name().Is(space, "References") {
//			…
//		}
//	}
//
// A Node is a small value that can be copied and compared. The zero Node is no
// node: First, Next and Parent return it where there is nothing, and a loop ends
// with [Node.Valid].
//
// Character data is not a node. It is what lies between the nodes: [Node.Text]
// gives that of an element as XML means it, with references replaced, CDATA
// sections opened and line ends as line feeds; [Node.Content] and [Node.Span]
// tell where it stands. Attributes are numbered from 0 and include the namespace
// declarations; [Node.AttrValue] gives the normalised value, [Node.AttrSpan] its
// place.
//
// Names are resolved. A [Name] holds namespace, local part and the prefix it was
// written with; [Name.Is] compares the first two. A program that looks at many
// nodes may compare [Node.NameID] instead: the number of a name in its document.
//
// # Open content
//
// [Element] is the mutable form of an element that a schema leaves open. It
// remembers the node it was made from, and [Element.Unchanged] tells whether it
// still says the same. [Ext] holds what a typed struct has no field for.
//
// # Positions
//
// All offsets count bytes of [Document.Source], the text in UTF-8 without a byte
// order mark. [Document.Position] turns them into lines and columns, from 1;
// lines end at line feeds, and columns count characters, a tab or a carriage
// return as one. [Document.Location] adds the offset in the document as stored,
// and [Node.Location] the path, as /Envelope/DiskSection/Disk[2].
//
// # What is refused
//
// Parse accepts what XML 1.0 (fifth edition) calls well-formed, with these
// exceptions, each of which has a rule (see [Rules]):
//
//   - A document type declaration is refused (xml-doctype, [ErrDoctype]). Hence
//     no entity is ever declared, and no document can read a file or expand
//     itself: only lt, gt, amp, quot, apos and character numbers are known.
//   - What exceeds [Limits] is refused (xml-limit, [ErrLimit]).
//   - Encodings other than UTF-8, UTF-16, ISO-8859-1, windows-1252 and US-ASCII
//     are refused, and so is a document whose bytes contradict its declaration
//     or its byte order mark (xml-encoding, [ErrEncoding]).
//
// Every such error is a *[diag.Diagnostic] with line and column.
//
// Errors of namespaces (Namespaces in XML 1.0), such as a prefix that is not
// declared, do not end the parse, since real producers make them and other
// parsers read on. They are in [Document.Problems]; a name without a known
// namespace has none, and keeps its prefix in the local part.
//
// # Hostile documents
//
// Time and memory grow with the size of the input and no faster, whatever is in
// it: names are hashed with a random seed, no step looks back, and neither Parse
// nor Canonical recurses. Memory is bounded by [Limits]; a text in UTF-8 is not
// copied, which is why the caller must not change the bytes given to Parse.
//
// # Canonical form
//
// [Node.Canonical] writes Canonical XML 1.0 or Exclusive XML Canonicalization
// 1.0 of a document or of one element, as signatures need it.
//
// # Compared with libxml2
//
// The tests and the fuzz targets compare the verdict with xmllint. The two
// differ, on purpose, on:
//
//   - document type declarations and encodings (see above);
//   - limits: Parse has more of them, and libxml2 stops at 10,000,000 bytes of
//     text where [Limits] allows 16 MiB;
//   - a document whose declared encoding contradicts its byte order mark or its
//     UTF-16, which libxml2 reads by the mark (XML 1.0 4.3.3 calls it a fatal
//     error);
//   - the version "1.", and a missing space before standalone in the XML
//     declaration, which libxml2 lets pass (XML 1.0 2.8, 2.9);
//   - what follows a NUL behind the root element, which libxml2 does not look at
//     (XML 1.0 2.2);
//   - namespace URIs that are no URIs, which libxml2 reports and Parse compares
//     as strings like all others. In the canonical form libxml2 refuses them, and
//     writes an ampersand in a namespace URI without escaping it.
//
// # Concurrency
//
// A [Document] never changes. It and its nodes may be used by several goroutines
// at a time; an [Element] may not while one of them changes it.
package xmltree
