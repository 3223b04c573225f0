// Package plan resolves a descriptor with the choices of an operator into what
// each virtual machine gets: hardware, disks, networks, properties, environment,
// and the order in which the machines start.
//
// # Resolving
//
// [Resolve] takes the descriptor as an [Input] and the [Choices], whose zero value
// takes every default:
//
//	p, err := plan.Resolve(ctx, plan.Input{Envelope: env}, plan.Choices{Option: "minimal"})
//	if err != nil {
//		return err // a diag.List: all that is wrong with descriptor and choices
//	}
//	for _, m := range p.Machines {
//		fmt.Println(m.ID, m.Hardware.CPUs.Value, m.Hardware.Memory.Value)
//	}
//
// With a package as a whole, use Package.Resolve of package ovf, which reads message
// bundles from it and can lay the result out.
//
// The steps are those of DSP0243:
//
//   - the deployment option is chosen, and the Items of one InstanceID are merged,
//     child by child (9.8); their bounds become ranges (8.4);
//   - quantities are worked out in bytes, hertz and counts, with units checked and
//     no overflow ([Quantity]);
//   - properties get the operator's values, those of the option, or their defaults;
//     ${name} is replaced in its scope (9.5), and what a collection defines is
//     passed on to its machines;
//   - texts come in the language that suits the operator best (10);
//   - the StartupSections of all collections become one list of stages (9.7);
//   - required extensions that nobody knows stop it (7.3).
//
// # Reasons
//
// Every value has an [Origin]: the place in the descriptor, the option, the
// operator's input, or the collection that it was inherited from. [Diff] compares
// two plans; [WriteText] and [WriteDiff] write for people. The JSON form follows the
// JSON Schema that [Schema] returns, and hides the values of passwords.
//
// # Asking
//
// [NewForm] says what an operator is to be asked, in order and by category, and
// checks each answer. [ReadSettings] reads answers from a file in YAML, JSON or the
// form of .properties, [VariableSettings] from environment variables.
//
// # Layout
//
// [Layout] is a plan together with the files that a deployment has written; a manager
// reads it from deployment.json, without the package at hand.
//
// # Limits
//
// [Limits] bounds depth and size of what references can build. Values are plain:
// reading them from several goroutines is safe, changing them is not.
package plan
