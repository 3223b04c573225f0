package rasd

import "strconv"

// Bound marks an Item as one end of a range instead of a device (DSP0243 8.4).
// The zero value means the attribute is absent, which is the same as [BoundNormal].
type Bound string

// The bounds of DSP0243.
const (
	BoundNormal Bound = "normal" // the Item itself: what a deployer starts from
	BoundMin    Bound = "min"    // the least that the system runs with
	BoundMax    Bound = "max"    // the most that it can use
)

// Valid reports whether b is absent or one of the three bounds.
func (b Bound) Valid() bool {
	return b == "" || b == BoundNormal || b == BoundMin || b == BoundMax
}

// Marker reports whether the Item is one end of a range, and so no device.
func (b Bound) Marker() bool { return b == BoundMin || b == BoundMax }

const firstVendorValue = 32767

// ConsumerVisibility says how much the virtual system sees of the resource
// behind an Item (CIM_ResourceAllocationSettingData.ConsumerVisibility). 1 and 5
// to 32766 are reserved by DMTF, 32767 to 65535 by vendors.
type ConsumerVisibility uint16

// The visibilities of CIM.
const (
	VisibilityUnknown ConsumerVisibility = 0
	PassedThrough     ConsumerVisibility = 2 // the host resource itself; needs a HostResource
	Virtualized       ConsumerVisibility = 3
	NotRepresented    ConsumerVisibility = 4 // used for the system, not visible in it
)

var visibilityNames = [...]string{
	VisibilityUnknown: "Unknown",
	PassedThrough:     "Passed-Through",
	Virtualized:       "Virtualized",
	NotRepresented:    "Not represented",
}

// String returns the name that CIM gives the value.
func (v ConsumerVisibility) String() string {
	return valueName(visibilityNames[:], uint16(v), firstVendorValue)
}

// MappingBehavior says how a resource maps to host resources
// (CIM_ResourceAllocationSettingData.MappingBehavior). 1 and 6 to 32766 are
// reserved by DMTF, 32767 to 65535 by vendors.
type MappingBehavior uint16

// The mappings of CIM.
const (
	MappingUnknown      MappingBehavior = 0
	MappingNotSupported MappingBehavior = 2
	MappingDedicated    MappingBehavior = 3
	MappingSoftAffinity MappingBehavior = 4
	MappingHardAffinity MappingBehavior = 5
)

var mappingNames = [...]string{
	MappingUnknown:      "Unknown",
	MappingNotSupported: "Not Supported",
	MappingDedicated:    "Dedicated",
	MappingSoftAffinity: "Soft Affinity",
	MappingHardAffinity: "Hard Affinity",
}

// String returns the name that CIM gives the value.
func (m MappingBehavior) String() string {
	return valueName(mappingNames[:], uint16(m), firstVendorValue)
}

// ChangeableType says whether setting data may change and whether it lasts
// (CIM_SettingData.ChangeableType). It has no values beyond 3.
type ChangeableType uint16

// The kinds of setting data of CIM.
const (
	NotChangeablePersistent ChangeableType = 0
	ChangeableTransient     ChangeableType = 1
	ChangeablePersistent    ChangeableType = 2
	NotChangeableTransient  ChangeableType = 3
)

var changeableNames = [...]string{
	NotChangeablePersistent: "Not Changeable - Persistent",
	ChangeableTransient:     "Changeable - Transient",
	ChangeablePersistent:    "Changeable - Persistent",
	NotChangeableTransient:  "Not Changeable - Transient",
}

// String returns the name that CIM gives the value.
func (c ChangeableType) String() string {
	if int(c) < len(changeableNames) {
		return changeableNames[c]
	}
	return "undefined (" + strconv.Itoa(int(c)) + ")"
}
