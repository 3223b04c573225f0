// Package ovf is the front door of the OVF SDK for Go: it opens, verifies,
// resolves and writes packages of the Open Virtualization Format (DMTF DSP0243).
//
// The parts can be used by themselves:
//
//   - package envelope reads, edits and writes descriptors as Go structs, and
//     keeps every byte that was not changed;
//   - package environment holds the document a guest reads;
//   - packages rasd and vssd hold the CIM settings of virtual hardware;
//   - package xmltree is the XML layer under them, with positions;
//   - package diag holds what all of them report.
//
// The command ovf in cmd/ovf shows them at a shell.
package ovf

//go:generate go run ./internal/xsdgen/cmd
