// Package envelope reads, edits and writes OVF descriptors (DMTF DSP0243,
// DSP8023) as Go structs, without losing a byte.
//
// # The model
//
// The structs are generated from the schemas and use their words: an [Envelope]
// has References, Sections, one Content and Strings. OVF 1.x and 2.x are one set
// of types; each type and field says since when it exists. Optional scalars are
// pointers, lists are slices, and what many types may stand in for is a slice of
// a small interface:
//
//	disks, ok := envelope.First[*envelope.DiskSection](env.Section)
//	for vs := range env.Systems() { … }
//
// Whatever fits no field (vendor attributes, vendor elements, values that are
// not of their type) is in the Ext of the struct it stands in, and sections of
// other vocabularies are an [UnknownSection]. Nothing is dropped.
//
// # Reading and writing
//
// [Decode] is lenient and says so: the older form of VMware, misspelt
// namespaces, unqualified attributes and children out of order are read, with a
// diagnostic for each kind.
//
// A struct remembers where it was read. [Write] compares each value with its
// source: what is equal keeps its bytes, what differs is rewritten alone, and
// what is new goes to its place in the schema with the indentation of its
// neighbours. So a descriptor that was not changed is written byte for byte,
// and one changed value changes only the text of that value. A struct literal
// has no source; it is written in schema order.
//
// To add something like a part that exists, Clone the part, change the clone,
// and append it: its layout is copied too. (A plain copy of a struct shares
// what its pointers point to.)
//
// # Versions and forms
//
// [Envelope.Version] tells 1.x from 2.x by the namespace, which is kept and
// written back. [Envelope.WithoutSource] forgets layout and comments.
// MarshalJSON and UnmarshalJSON carry the same values with the names of the
// schema.
//
// # Safety
//
// Documents may be hostile: size, depth and counts are bounded by
// [xmltree.Limits], a document type declaration is refused, nothing is fetched.
// Values are safe to read from several goroutines; changing them is not.
package envelope
