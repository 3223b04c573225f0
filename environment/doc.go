// Package environment makes and reads the OVF environment: the document by
// which a deployment tells a guest what it is and what values its properties
// have (DSP0243 11, DSP8027).
//
// # The document
//
// A document has sections about the guest itself, a [PlatformSection] and a
// [PropertySection], and one [Entity] for each machine or collection beside it,
// with the properties of that one. As in package envelope, [Environment] is a
// tree of plain structs; [Decode] and [Read] make it from text, [Write] and
// [Encode] write it, and a document that was read is written back unchanged but
// for what was changed.
//
// # On the host
//
// A [Guest] holds what one guest is to be told; its siblings are a [Collection],
// made once for all of them:
//
//	c, err := environment.NewCollection(members)
//	...
//	g := environment.Guest{ID: "web", Properties: own, Collection: c}
//	document, err := g.Document()
//
// The standard has each of n machines see all others, so that all documents
// together grow with n²; of that, nothing but the copying of bytes is done more
// than once. [Build] makes a tree instead, for platforms that add sections of
// their own.
//
// Package plan makes the Guest of each machine from a descriptor and the choices
// of an operator.
//
// # To the guest
//
// [WriteISO] writes the image of the transport "iso", which every platform has to
// support; [GuestInfo] makes the variables that VMware's tools read. A plain
// file needs neither.
//
// # In the guest
//
//	env, _, err := environment.Read(f, environment.DecodeOptions{Name: "ovf-env.xml"})
//	...
//	ip, ok := env.Lookup("com.example.web.ip")
//	for key, value := range env.Sibling("db").Properties() {
//
// Reading is lenient: attributes may lack their prefix, and sections of vendors
// are kept in Ext. [ReadGuestInfo] undoes the encodings of a variable.
//
// # Limits and secrets
//
// Documents that are read are bounded by xmltree.Limits. What is written is
// checked: a character that XML does not allow is an error that names the
// property. No error holds the value of a property, since it may be a password,
// and no content passes through a file on its way into an image.
//
// Values are free of concurrency: reading from several goroutines is safe,
// changing is not.
package environment
