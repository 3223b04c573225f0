// Package schemas holds the XML Schema files of the standard and checks
// documents against them: the schema layer of validation.
//
// # The files
//
// [Files] is the grammar of DSP8023 (envelope) 1.0.0, 1.1.0, 1.1.1 and 2.0.1, of
// DSP8027 (environment) and of the CIM classes in them, written for this module:
// names, types, occurrence, order, defaults and facets are the standard's, the
// documentation is ours. DMTF's own files accept and refuse the same documents;
// [FromDir] loads them, or the extension schemas of a vendor, from a folder.
//
// A [Version] is one of the four envelope versions. The namespace of a document
// does not tell 1.0.0, 1.1.0 and 1.1.1 apart, so a 1.x descriptor is checked
// against all three: it is good when one of them accepts it, and the
// [Result] says which do.
//
// # Checking
//
//	doc, err := xmltree.Parse("petstore.ovf", data, xmltree.Limits{})
//	...
//	v, err := schemas.Compile(schemas.Options{})
//	...
//	result, err := v.Validate(ctx, doc)
//	if err := result.Diagnostics.Err(); err != nil {
//		return err
//	}
//	fmt.Println(result.Versions) // [1.0.0 1.1.0 1.1.1]
//
// A [Validator] may be used by several goroutines at a time, and should be kept:
// each schema set is compiled once, when the first document needs it.
//
// The engine of [Compile] is github.com/jacoelho/xsd, in pure Go. Most valid
// documents do not need it: a quick check in front of it can show that they follow
// the grammar, and leaves to the engine whatever it cannot show. Only the engine
// refuses. Package schemas/libxml2 has the same interface on libxml2, always asked.
// Both engines report the rules that [Rules] lists, with the same positions and
// messages, since an [Engine] only says what it found and where; the message is
// made here, from the grammar.
//
// # Vendor sections
//
// A section in a foreign namespace is legal only as a member of the substitution
// group ovf:Section, which needs the vendor's schema. Without it, the section is
// reported once by the rule schema-vendor-section, and the rest of the document is
// checked as if the section were not there.
//
// # Safety
//
// Nothing is ever fetched: not the network, not a file that an
// xsi:schemaLocation in a document names, not a file outside the folder given to
// [FromDir].
package schemas
