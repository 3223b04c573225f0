// Package property knows the small languages inside the Property elements of a
// ProductSection (DSP0243 9.5): the types of values, the qualifiers that narrow
// them, the ${name} references that values may hold, and the full names
// class.key.instance under which the guest sees them. It knows no XML: texts go
// in, answers with byte offsets come out, so that a caller can point at the
// character that is wrong.
//
// A [Spec] joins a type with its qualifiers and answers two questions: is this
// value good, and what would be accepted (for prompts and messages).
//
//	spec, problems := property.ParseSpec("uint16", "")
//	err := spec.Check("70000") // "70000" is out of range; accepted: a whole number from 0 to 65535
//
// All functions are pure and safe for concurrent use. They read any text in
// time linear to its length and never panic.
package property
