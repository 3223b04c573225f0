package envelope

import "strings"

// The transports that bring the OVF environment document into the guest, as
// VirtualHardwareSection/@transport lists them (DSP0243 11.2). Every other
// transport is named by the URI of its specification.
const (
	// TransportISO is an ISO 9660 image with the document in its root,
	// connected as a CD. It is the only transport that the standard defines.
	TransportISO = "iso"
	// TransportGuestInfo is VMware's variable guestinfo.ovfEnv, which the
	// guest reads through VMware Tools.
	TransportGuestInfo = "com.vmware.guestInfo"
)

// Transports cuts the value of VirtualHardwareSection/@transport into its names.
// They are separated by white space (DSP0243 11.2); a comma separates too, since
// the annotation in the schemas of OVF 1.0 and 1.1.0 asks for commas.
func Transports(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r'
	})
}
