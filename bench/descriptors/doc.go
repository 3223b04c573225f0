// Package descriptors writes OVF 1.1 descriptors of chosen sizes, for benchmarks
// and property tests.
//
// The output depends on nothing but the arguments, is valid by the schema
// (DSP8023 1.1), and consistent: every reference has its target, every message
// its text in each locale. The descriptors look like those of real appliances:
// two namespaces prefixed, indented by two spaces, comments, properties with
// categories and qualifiers, hardware with controllers, disks and ports.
package descriptors
