package plan

import (
	"context"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// Choices is what an operator decides. The zero value takes every default.
type Choices struct {
	// Option is the id of the deployment option; empty for the default one.
	Option string
	// Properties are values for properties, each property once (but see
	// [Setting.Rank]).
	Properties []Setting
	// Locales are BCP 47 tags of the languages for texts, the best first.
	Locales []string
	// SystemTypes are the families of virtual hardware that the platform takes,
	// the best first, as "vmx-13"; empty takes the first section of each machine.
	SystemTypes []string
	// Networks maps names of the NetworkSection to networks of the platform.
	Networks map[string]string
	// Instances are numbers of replicas by the id of the prototype; a prototype
	// that is not named gets its default.
	Instances map[string]int
	// Platform is what the environment says about the platform.
	Platform Platform
	// Ignore names required extensions (as "{namespace}Name") to pass over.
	Ignore []string
	// Handle is asked about each required extension that Ignore does not name:
	// true means that the caller understands it. It may be nil.
	Handle func(extension Extension) bool
	// Limits bounds the work; zero fields have defaults.
	Limits Limits
}

// Setting is a value for a property from the operator. The value stands for
// itself: a ${name} in it is plain text.
type Setting struct {
	// Name is a full name (class.key.instance) or an unambiguous key; with
	// the id of a machine or collection and a slash before it, "DB1/ip", of that
	// one only.
	Name  string
	Value string
	// Rank decides between two settings of one property: the higher one counts.
	// Two of one rank are refused.
	Rank int
	// From says where the operator gave it, as "--property"; Location the place,
	// if that is a file.
	From     string
	Location diag.Location
}

// String returns the name without the value, which may be a password.
func (s Setting) String() string { return s.Name + "=" + hidden }

// GoString is [Setting.String], so that no format prints a password.
func (s Setting) GoString() string { return s.String() }

// Platform is what the PlatformSection of the environment says; empty fields are
// left out (DSP0243 11.1).
type Platform struct {
	Kind, Version, Vendor, Locale string
	// Timezone is in minutes east of UTC; nil leaves it out.
	Timezone *int
}

// Extension is content that the standard does not define, and that its vendor
// declares required for deployment (DSP0243 7.3).
type Extension struct {
	Name     string // "{namespace}Name"
	Content  string // id of the machine or collection; empty for the package
	Info     string // what the vendor says of it
	Location diag.Location
}

// Limits bounds the work of [Resolve]. A zero field has the default.
type Limits struct {
	// Value is the most bytes of one resolved value; default 1 MiB.
	Value int
	// Values is the most bytes of all resolved values together; default 64 MiB.
	Values int
	// Depth is the most references from one value to the next; default 64.
	Depth int
	// Properties is the most properties of all machines and collections
	// together, each inherited one counted for each machine; default 262144.
	Properties int
}

// withDefaults replaces the fields that are not set.
func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{{&l.Value, 1 << 20}, {&l.Values, 64 << 20}, {&l.Depth, 64}, {&l.Properties, 1 << 18}} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
	return l
}

// Files reads files of the package that the descriptor refers to: message bundles
// and texts. A nil Files means that there are none, which is a warning where a
// file is needed.
type Files func(ctx context.Context, id string) ([]byte, error)

// Input is what [Resolve] works on.
type Input struct {
	Envelope *envelope.Envelope
	Files    Files
}
