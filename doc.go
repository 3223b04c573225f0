// Package ovf is the front door of the OVF SDK for Go: it opens, verifies, resolves,
// lays out and writes packages of the Open Virtualization Format (DMTF DSP0243).
//
// # From a package to machines
//
// [Open] takes a folder, an .ovf, an .ova or a URL and gives a [Package]: the
// descriptor as structs, and the files, with their chunks joined and their
// compression undone. Nothing in it is trusted before [Package.Verify] says so.
// [Package.Resolve] works out what each machine gets, with the choices of an
// operator, and where every value comes from. [Plan.Deploy] writes disks,
// environments and the plan into a folder:
//
//	pkg, err := ovf.Open(ctx, "petstore.ova", ovf.Options{})
//	if err != nil {
//		return err
//	}
//	defer pkg.Close()
//	report, err := pkg.Verify(ctx, sign.Policy{Roots: roots})
//	if err != nil {
//		return err // report says why, row by row
//	}
//	p, err := pkg.Resolve(ctx, plan.Choices{Option: "minimal", Locales: []string{"da"},
//		Properties: []plan.Setting{{Name: "appIp", Value: "10.20.132.101"}}})
//	if err != nil {
//		return err // a diag.List: all that is wrong, with file, line and column
//	}
//	for _, m := range p.Machines {
//		fmt.Println(m.ID, m.Hardware.CPUs.Value, m.Hardware.Memory.Value, m.Hardware.Disks)
//	}
//	layout, err := p.Deploy(ctx, "petstore", ovf.DeployOptions{Format: disk.QCOW2, Accept: ask})
//
// A package that comes through a pipe is verified by [VerifyStream]. [Options] holds
// the limits for hostile packages; docs/security.md says what is promised.
//
// # Writing
//
// A [Writer] makes an archive or a folder of a descriptor and the contents of its
// files, and signs it. Package author makes the descriptor, too, from a short
// description. [Package.Unpack] and [Package.Sign] work on a package that is there.
//
// # Checking
//
// A [Validator] says everything that is wrong with a descriptor, from its bytes to
// what one consumer is known to refuse.
//
// # The parts
//
// They can be used by themselves:
//
//   - package envelope reads, edits and writes descriptors as Go structs, and
//     keeps every byte that was not changed;
//   - package plan resolves a descriptor, package environment makes and reads the
//     document for the guest;
//   - package disk and those below it read, convert and share disk images;
//   - package sign has manifests, certificates and policies;
//   - package i18n has message bundles and the choice of a language;
//   - packages rasd and vssd hold the CIM settings of virtual hardware;
//   - package schemas validates by XSD;
//   - package xmltree is the XML layer under them, with positions, and package diag
//     holds what all of them report.
//
// The command ovf in cmd/ovf shows them at a shell.
package ovf

//go:generate go run ./internal/xsdgen/cmd
