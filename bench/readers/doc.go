// Package readers holds the readers of descriptors that the benchmarks compare:
// those of this module, and what a Go program would use instead. libxml2 takes
// part when the package is built with the tag libxml2 and cgo.
package readers
