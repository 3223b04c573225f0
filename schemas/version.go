package schemas

import (
	"fmt"
	"slices"
)

// Namespaces of the documents that the standard defines.
const (
	NamespaceEnvelope1   = "http://schemas.dmtf.org/ovf/envelope/1"    // OVF 1.0.0 to 1.1.1
	NamespaceEnvelope2   = "http://schemas.dmtf.org/ovf/envelope/2"    // OVF 2.0.1
	NamespaceEnvironment = "http://schemas.dmtf.org/ovf/environment/1" // all versions
)

// Version is a version of the OVF envelope (DSP8023). The zero value is no
// version.
type Version uint8

// The versions whose schema this package holds, oldest first.
const (
	V1_0_0 Version = iota + 1
	V1_1_0
	V1_1_1
	V2_0_1
)

// Versions returns all versions, oldest first.
func Versions() []Version { return []Version{V1_0_0, V1_1_0, V1_1_1, V2_0_1} }

// VersionsOf returns the versions whose envelopes, or for
// [NamespaceEnvironment] whose environment documents, are in a namespace;
// oldest first, none for any other namespace.
func VersionsOf(namespace string) []Version {
	return slices.DeleteFunc(Versions(), func(v Version) bool {
		return namespace != v.Namespace() && namespace != NamespaceEnvironment
	})
}

// String returns the number, as "1.1.0".
func (v Version) String() string {
	switch v {
	case V1_0_0:
		return "1.0.0"
	case V1_1_0:
		return "1.1.0"
	case V1_1_1:
		return "1.1.1"
	case V2_0_1:
		return "2.0.1"
	}
	return fmt.Sprintf("version(%d)", uint8(v))
}

// ParseVersion is the reverse of [Version.String].
func ParseVersion(s string) (Version, error) {
	for _, v := range Versions() {
		if s == v.String() {
			return v, nil
		}
	}
	return 0, fmt.Errorf("OVF version %q is unknown: use one of %v", s, Versions())
}

// MarshalText writes the number; the zero value is an error.
func (v Version) MarshalText() ([]byte, error) {
	if !slices.Contains(Versions(), v) {
		return nil, fmt.Errorf("schemas: invalid %v", v)
	}
	return []byte(v.String()), nil
}

// UnmarshalText reads the number.
func (v *Version) UnmarshalText(b []byte) error {
	w, err := ParseVersion(string(b))
	if err == nil {
		*v = w
	}
	return err
}

// Namespace returns the namespace of the envelopes of this version, "" for the
// zero value.
func (v Version) Namespace() string {
	switch v {
	case V1_0_0, V1_1_0, V1_1_1:
		return NamespaceEnvelope1
	case V2_0_1:
		return NamespaceEnvelope2
	}
	return ""
}

// Entry returns the path in [Files] of the schema of the envelope, from which
// all others are imported.
func (v Version) Entry() string {
	return v.String() + "/dsp8023_" + v.String() + ".xsd"
}

// EnvironmentEntry returns the path in [Files] of the schema of the environment
// document. It is the same for every version: DSP8027 1.0.0 and 1.1.0 have one
// grammar, and OVF 2.x uses it too.
func (v Version) EnvironmentEntry() string { return "common/dsp8027_1.1.0.xsd" }
