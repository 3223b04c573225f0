// Package interop holds tests that put packages of this module before other
// programs, and theirs before this module: openssl, tar, bsdtar, Python, virt-v2v,
// cloud-init, govmomi. It is a module of its own, so that these peers are no
// dependencies of the SDK. "make interop" installs the programs from Debian and runs
// it; a test whose program is missing is skipped, or fails if OVF_INTEROP is set.
package interop
