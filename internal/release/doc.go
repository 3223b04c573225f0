// Release builds what a release of the command consists of: an archive with a static
// binary for each system, a bill of materials for each, man pages and completions, and
// a list of digests. It is run from the root of the repository:
//
//	go run ./internal/release -version v0.1.0 -o dist
//
// The same source, version and Go release give the same bytes on every machine:
// binaries are built without paths and without cgo, archives have fixed times, owners
// and order.
package main
