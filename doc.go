// Package ovf is the front door of the OVF SDK for Go: it opens, verifies,
// resolves and writes packages of the Open Virtualization Format (DMTF DSP0243).
//
// # Opening and verifying
//
// [Open] takes a folder, an .ovf, an .ova or a URL and gives a [Package]: the
// descriptor as structs, and the files, with their chunks joined and their
// compression undone. Nothing in it is trusted before [Package.Verify] says so:
//
//	p, err := ovf.Open(ctx, "petstore.ova", ovf.Options{})
//	if err != nil {
//		return err
//	}
//	defer p.Close()
//	report, err := p.Verify(ctx, sign.Policy{Roots: roots})
//	if err != nil {
//		return err // report says why, row by row
//	}
//	disk, err := p.OpenFile(ctx, "disk1") // the bytes that were verified, or an error
//
// A package that comes through a pipe is verified by [VerifyStream]. [Options] holds
// the limits for hostile packages; docs/security.md says what is promised.
//
// # The parts
//
// They can be used by themselves:
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
