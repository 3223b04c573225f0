package author

import "github.com/ovfkit/ovf/diag"

// Spec describes a package in few words. The zero value of every field that is not
// said to be required has a meaning of its own, mostly "leave it out". The texts are
// in the language Lang; Texts holds other languages.
//
// A Spec is plain data: reading it from several goroutines is safe, changing it is
// not. Its YAML and JSON forms have the names in the tags, and the JSON Schema of
// [Schema].
type Spec struct {
	// Lang is the language of the texts as a BCP 47 tag; empty means "en-US", as
	// the standard has it (DSP0243 10.1).
	Lang string `yaml:"lang,omitempty"`
	// Machine or Group is what the package holds. One of them is required.
	Machine *Machine `yaml:"machine,omitempty"`
	Group   *Group   `yaml:"group,omitempty"`
	// Disks are the virtual disks, which machines name in their Disks.
	Disks []Disk `yaml:"disks,omitempty"`
	// Files are further files of the package: ISO images, icons.
	Files []File `yaml:"files,omitempty"`
	// Networks are the logical networks. A network that a machine names need not
	// be listed, unless it is to have a description.
	Networks []Network `yaml:"networks,omitempty"`
	// Options are the deployment options (DSP0243 9.8).
	Options []Option `yaml:"options,omitempty"`
	// Texts are translations: language, then message id, then text. The ids are
	// those that [Spec.Envelope] gives; "ovf i18n extract" lists them.
	Texts map[string]map[string]string `yaml:"texts,omitempty"`

	places map[string]diag.Location // by path; of a spec that was read
}

// Group is a VirtualSystemCollection: machines and groups that are deployed
// together (DSP0243 7.2).
type Group struct {
	// ID is required, and unique in the package.
	ID   string `yaml:"id"`
	Name string `yaml:"name,omitempty"`
	Info string `yaml:"info,omitempty"`
	// Product, Eula and Note describe what it is.
	Product    *Product   `yaml:"product,omitempty"`
	Properties []Property `yaml:"properties,omitempty"`
	Eula       string     `yaml:"eula,omitempty"`
	Note       string     `yaml:"note,omitempty"`
	// Members are the machines and groups in it, in order.
	Members []Member `yaml:"members"`
}

// Member is a machine or a group inside a [Group], with its place in the order of
// start and stop (DSP0243 9.7). Exactly one of Machine and Group is set.
type Member struct {
	Machine *Machine `yaml:"machine,omitempty"`
	Group   *Group   `yaml:"group,omitempty"`
	Start   *Start   `yaml:"start,omitempty"`
}

// Start is the place of a member in the order of start and stop.
type Start struct {
	// Order: lower numbers start first and stop last; equal ones side by side.
	Order uint16 `yaml:"order"`
	// Delay is how many seconds to wait after the start before the next order.
	Delay uint16 `yaml:"delay,omitempty"`
	// WaitForGuest goes on sooner, when the guest reports ready.
	WaitForGuest bool `yaml:"waitForGuest,omitempty"`
	// StopDelay is how many seconds to wait for the stop; Stop is powerOff,
	// guestShutdown or none, empty for the default of the standard, powerOff.
	StopDelay uint16 `yaml:"stopDelay,omitempty"`
	Stop      string `yaml:"stop,omitempty"`
}

// Machine is a VirtualSystem (DSP0243 7.2).
type Machine struct {
	// ID is required, and unique in the package.
	ID         string     `yaml:"id"`
	Name       string     `yaml:"name,omitempty"`
	Info       string     `yaml:"info,omitempty"`
	Product    *Product   `yaml:"product,omitempty"`
	Properties []Property `yaml:"properties,omitempty"`
	Eula       string     `yaml:"eula,omitempty"`
	Note       string     `yaml:"note,omitempty"`
	// OS is the name of the guest system as CIM has it ("Debian 64-Bit") or its
	// number ("96"); empty means Other (DSP0243 9.11).
	OS        string `yaml:"os,omitempty"`
	OSVersion string `yaml:"osVersion,omitempty"`
	// CPUs is the number of processors, Memory the memory; both are required.
	CPUs   Amount `yaml:"cpus"`
	Memory Amount `yaml:"memory"`
	// Disks are the ids of its disks in the order of their places on the
	// controller; CDROMs the ids of files, "" for an empty drive.
	Disks  []string `yaml:"disks,omitempty"`
	CDROMs []string `yaml:"cdroms,omitempty"`
	// DiskBus is the controller of the disks: scsi (which is the default), sata,
	// nvme or ide. DiskController is its model, as "VirtualSCSI" or "lsilogic".
	DiskBus        string `yaml:"diskBus,omitempty"`
	DiskController string `yaml:"diskController,omitempty"`
	// Networks are the networks of its adapters, one each; NIC is the model
	// of the adapters, as "VmxNet3" or "E1000".
	Networks []string `yaml:"networks,omitempty"`
	NIC      string   `yaml:"nic,omitempty"`
	// SystemTypes are the families of virtual hardware it runs on, as "vmx-13".
	SystemTypes []string `yaml:"systemTypes,omitempty"`
	// Transports are the ways in which the guest can take its environment:
	// iso, com.vmware.guestInfo (DSP0243 11.2).
	Transports []string `yaml:"transports,omitempty"`
	// Install is set for a machine that installs itself at the first boot.
	Install *Install `yaml:"install,omitempty"`
}

// Install is an InstallSection (DSP0243 9.10).
type Install struct {
	// StopDelay is how many seconds to wait until the guest powers itself off;
	// 0 is without limit.
	StopDelay uint16 `yaml:"stopDelay,omitempty"`
}

// Amount is a number of processors or an amount of memory, which may differ by
// deployment option and have a range (DSP0243 8.4, 9.8). In YAML it may be just the
// value: "memory: 2 GiB".
type Amount struct {
	// Value is required: a count, or bytes ("512 MiB").
	Value Size `yaml:"value"`
	// Min and Max are the range in which a consumer may choose; 0 is without
	// bound.
	Min Size `yaml:"min,omitempty"`
	Max Size `yaml:"max,omitempty"`
	// Options are other values for deployment options, by their id.
	Options map[string]Size `yaml:"options,omitempty"`
}

// Product is what a ProductSection says about the product (DSP0243 9.5).
type Product struct {
	// Class is put before the keys of the properties, as "com.example.shop".
	Class       string `yaml:"class,omitempty"`
	Name        string `yaml:"name,omitempty"`
	Vendor      string `yaml:"vendor,omitempty"`
	Version     string `yaml:"version,omitempty"`
	FullVersion string `yaml:"fullVersion,omitempty"`
	URL         string `yaml:"url,omitempty"`
	VendorURL   string `yaml:"vendorUrl,omitempty"`
	// AppURL is where to reach the product after deployment; it may refer to
	// properties, as "http://${appIp}/".
	AppURL string `yaml:"appUrl,omitempty"`
	// Icon is the id of a file.
	Icon string `yaml:"icon,omitempty"`
}

// Property is a property of the product (DSP0243 9.5).
type Property struct {
	// Key is required, and unique in the machine or group.
	Key string `yaml:"key"`
	// Type is one of the standard: string (the default), boolean, uint8 to uint64,
	// sint8 to sint64, real32, real64.
	Type        string `yaml:"type,omitempty"`
	Label       string `yaml:"label,omitempty"`
	Description string `yaml:"description,omitempty"`
	// Category is the heading that it stands under; empty keeps that of the
	// property before.
	Category string `yaml:"category,omitempty"`
	// Value is the default. It may refer to properties of the group around, as
	// "${appIp}".
	Value string `yaml:"value,omitempty"`
	// Options are other defaults for deployment options, by their id.
	Options map[string]string `yaml:"options,omitempty"`
	// Configurable is whether an operator may set it.
	Configurable bool `yaml:"configurable,omitempty"`
	// Password hides the value where it is shown.
	Password bool `yaml:"password,omitempty"`
	// MinLength and MaxLength bound a string, in characters; 0 is without bound.
	// OneOf lists the values that are allowed.
	MinLength uint32   `yaml:"minLength,omitempty"`
	MaxLength uint32   `yaml:"maxLength,omitempty"`
	OneOf     []string `yaml:"oneOf,omitempty"`
}

// Disk is a virtual disk (DSP0243 9.1).
type Disk struct {
	// ID is required, and unique among the disks.
	ID string `yaml:"id"`
	// Source is the image to take the content from: a raw, VMDK, VHD or qcow2
	// image, relative to the folder of the spec. Empty makes a blank disk.
	Source string `yaml:"source,omitempty"`
	// SourceFormat is the format of Source: raw, vmdk, vhd or qcow2; empty goes by
	// the ending of its name. The content decides nothing: what stands in a raw
	// disk may have been put there by whoever used it.
	SourceFormat string `yaml:"sourceFormat,omitempty"`
	// Capacity is required for a blank disk; else it is that of the image.
	Capacity Size `yaml:"capacity,omitempty"`
	// CapacityProperty is the name of a property of which a blank disk takes
	// its capacity, in gigabytes of 2^30 bytes.
	CapacityProperty string `yaml:"capacityProperty,omitempty"`
	// Parent is the id of the disk that this one is a delta to. Its Source is
	// still the whole disk: what differs is found by comparing.
	Parent string `yaml:"parent,omitempty"`
	// Href is the name of the file in the package; empty means ID with the ending
	// .vmdk. The image is a stream-optimized VMDK.
	Href string `yaml:"href,omitempty"`
}

// File is a further file of the package.
type File struct {
	// ID is required, and unique among the files.
	ID string `yaml:"id"`
	// Source is the file, relative to the folder of the spec; required.
	Source string `yaml:"source"`
	// Href is its name in the package; empty means the last part of Source.
	Href string `yaml:"href,omitempty"`
}

// Network is a logical network (DSP0243 9.2).
type Network struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description,omitempty"`
}

// Option is a deployment option (DSP0243 9.8).
type Option struct {
	// ID, Label and Description are required.
	ID          string `yaml:"id"`
	Label       string `yaml:"label"`
	Description string `yaml:"description"`
	// Default marks the option that is taken if nobody chooses; without a mark it
	// is the first.
	Default bool `yaml:"default,omitempty"`
}
