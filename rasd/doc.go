// Package rasd holds the resource allocation setting data of a virtual system:
// what an Item of a VirtualHardwareSection says about a processor, memory, a
// disk, a network adapter or a controller. The structs are generated from the
// CIM schemas that DSP0243 refers to; the Ethernet port and storage variants of
// OVF 2.x live here too.
//
// # Kinds of resources
//
// [ResourceType] has the CIM numbers with their names. Numbers that CIM does
// not name are kept as they are: 34 to 32767 are DMTF's to define, the rest
// belongs to vendors.
//
// # Units
//
// A quantity is a number and a unit. The unit is text in the grammar of DSP0004
// Annex C.1: "byte * 2^20", "hertz * 10^6", "bit / second * 10^3". [ParseUnit]
// reads it into an exact factor on base units:
//
//	u, err := rasd.ParseUnit("byte * 2^30")
//	n, err := u.Bytes(4) // 4294967296
//
// Nothing is rounded and nothing wraps: a quantity that does not fit is an
// error ([ErrOverflow], [ErrInexact], [ErrNegative], [ErrDimension]).
//
// Many descriptors have units from before DSP0004 or spell them loosely. They
// are read, and [Unit.Deviation] with [Unit.Note] say what was made of them:
//
//   - "MHz", "GiB", "byte*1024*1024": one possible meaning, [Spelling];
//   - "MegaBytes", "GB": read as 2^20 and 2^30, [Assumption]. The standard does
//     not define these words for OVF. Their producers mean powers of two, and
//     VirtualBox, CloudStack and forklift read them so; other readers (govmomi
//     for disks) take powers of ten, so a writer should never use them.
//
// An unknown word is an error. Taking it for 1 byte or for 2^20 is how other
// importers arrive at a machine with 4 MB of memory.
package rasd
