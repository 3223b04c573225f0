package sym

import "strings"

// The namespaces of the vocabularies, as the standards spell them.
const (
	NSEnvelope1   = "http://schemas.dmtf.org/ovf/envelope/1"
	NSEnvelope2   = "http://schemas.dmtf.org/ovf/envelope/2"
	NSVMware09    = "http://www.vmware.com/schema/ovf/1/envelope"
	NSEnvironment = "http://schemas.dmtf.org/ovf/environment/1"
	NSRASD        = cimSchema + "CIM_ResourceAllocationSettingData"
	NSVSSD        = cimSchema + "CIM_VirtualSystemSettingData"
	NSEPASD       = cimSchema + "CIM_EthernetPortAllocationSettingData"
	NSSASD        = cimSchema + "CIM_StorageAllocationSettingData"
	NSBootConfig  = cimSchema + "CIM_BootConfigSetting"
	NSBootSource  = cimSchema + "CIM_BootSourceSetting"
	NSXSI         = "http://www.w3.org/2001/XMLSchema-instance"
	NSXML         = "http://www.w3.org/XML/1998/namespace"

	cimSchema = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
)

// Space returns the namespace in which names of a class are written. For OVF
// it is version 1; a document may use another one.
func (c Class) Space() string {
	switch c {
	case OVF:
		return NSEnvelope1
	case RASD:
		return NSRASD
	case VSSD:
		return NSVSSD
	case EPASD:
		return NSEPASD
	case SASD:
		return NSSASD
	case BootConfig:
		return NSBootConfig
	case BootSource:
		return NSBootSource
	case OVFEnv:
		return NSEnvironment
	case XML:
		return NSXML
	case XSI:
		return NSXSI
	}
	return ""
}

// Prefix returns the prefix under which the namespace of a class is written
// where the document has none of its own.
func (c Class) Prefix() string {
	return [...]string{"", "ovf", "rasd", "vssd", "epasd", "sasd", "bootc", "boots", "oe", "xml", "xsi"}[c]
}

// ClassOf returns the vocabulary of a namespace, and whether it is spelled as
// the standard does.
func ClassOf(space string) (c Class, exact bool) {
	switch space {
	case NSEnvelope1, NSEnvelope2:
		return OVF, true
	case NSVMware09, NSEnvelope1 + "/", NSEnvelope2 + "/",
		"http://schemas.dmtf.org/ovf/1/envelope", "http://schemas.dmtf.org/ovf/envelope": // white paper; open-ovf
		return OVF, false
	case NSEnvironment:
		return OVFEnv, true
	case NSEnvironment + "/", "http://schemas.dmtf.org/ovf/1/environment":
		return OVFEnv, false
	case NSXML:
		return XML, true
	case NSXSI:
		return XSI, true
	}
	rest, ok := strings.CutPrefix(space, cimSchema)
	if !ok {
		return Other, true
	}
	rest, suffixed := strings.CutSuffix(rest, ".xsd") // VirtualBox
	for c := RASD; c <= BootSource; c++ {
		if c.Space()[len(cimSchema):] == rest {
			return c, !suffixed
		}
	}
	return Other, true
}
