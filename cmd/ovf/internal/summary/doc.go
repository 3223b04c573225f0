// Package summary collects what a person wants to know about a descriptor at a
// glance, and shows it.
//
// [Of] makes a [Summary] of an envelope: products with their properties, the tree
// of systems with their hardware, disks with sizes in bytes, and so on. A disk
// capacity that refers to a property comes with the default value of that.
// Nothing is checked, and where a descriptor contradicts itself, all of it is
// shown.
//
// [Summary.WriteText] is for people: lines of at most 80 columns, long lists and
// texts cut. The structs themselves, by encoding/json, are the form of
// "ovf inspect --json": names of members are stable, members may be added, sizes
// are in bytes, and a member that is left out is not in the descriptor. Values
// of password properties are in neither.
package summary
