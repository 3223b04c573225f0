// Package plan resolves a descriptor with the choices of an operator into what
// each virtual machine gets.
package plan
