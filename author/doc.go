// Package author makes packages from a short description: the systems, their
// processors, memory, disks and networks, the settings that an operator makes, the
// sizes it can be deployed in. Nobody who writes one needs to know XML or the
// standard (white paper DSP2017 3.1).
//
// # The description
//
// A [Spec] is plain Go data. [Decode] reads it from YAML or JSON:
//
//	machine:
//	  id: web
//	  name: Web server
//	  os: Debian 64-Bit
//	  cpus: 2
//	  memory: 1 GiB
//	  disks: [system]
//	  networks: [public]
//	  transports: [iso]
//	  properties:
//	    - key: hostname
//	      label: Name of the host
//	      configurable: true
//	disks:
//	  - id: system
//	    source: build/web.img
//
// [Schema] is its JSON Schema, which editors take to complete and check the text.
// [From] goes the other way: it makes the spec that is nearest to a descriptor.
//
// # From a description to a package
//
// [Spec.Envelope] makes the descriptor, which is valid by construction. [Build] makes
// the whole package: it converts the images of the disks to stream-optimized VMDK,
// disks with a parent to what differs from it, and writes an archive or a folder.
//
// Everything that is wrong with a spec is reported at once, with line and column.
package author
