// Command ovf reads, shows, rewrites and edits OVF packages (DMTF DSP0243). It is
// a thin layer over the packages of this module:
//
//	ovf inspect petstore.ovf
//	ovf fmt --canonical -w petstore.ovf
//	ovf set petstore.ovf -o big.ovf --vm DB1 --memory 4GiB
//
// Every verb has --help with examples. The exit status is 0 if all is well, 1 if
// the input has errors, 2 for wrong usage, 3 if something could not be read or
// written.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
