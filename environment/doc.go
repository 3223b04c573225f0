// Package environment holds the OVF environment: the document by which a
// deployment tells a guest what it is and what values its properties have
// (DSP0243 11, DSP8027).
//
// A document has sections about the guest itself, a [PlatformSection] and a
// [PropertySection], and one [Entity] for each machine beside it with the
// properties of that one. Read it with [Decode], build it as a literal, write
// it with [Write]. As in package envelope, a document that was read is written
// back unchanged but for what was changed.
//
// Values are free of concurrency: reading from several goroutines is safe,
// changing is not.
package environment
