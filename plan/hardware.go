package plan

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/rasd"
)

// Hardware is the virtual hardware of a machine: one VirtualHardwareSection with
// the Items of the chosen option merged (DSP0243 8, 9.8).
type Hardware struct {
	// Section is the ovf:id of the VirtualHardwareSection that was chosen; often
	// empty.
	Section string `json:"section,omitempty"`
	// SystemTypes are the families of virtual hardware that the section is for.
	SystemTypes []string `json:"systemTypes,omitempty"`
	// Transports are the ways in which the guest can take its environment.
	Transports []string `json:"transports,omitempty"`
	// CPUs is the number of virtual processors, Memory the memory in bytes. The
	// zero Quantity means that the descriptor does not say.
	CPUs   Quantity `json:"cpus,omitzero"`
	Memory Quantity `json:"memory,omitzero"`
	// Controllers, Disks, CDROMs and NICs are the devices that most consumers ask
	// for; they are in Devices, too.
	Controllers []Controller `json:"controllers,omitempty"`
	Disks       []DiskDrive  `json:"disks,omitempty"`
	CDROMs      []DiskDrive  `json:"cdroms,omitempty"`
	NICs        []NIC        `json:"nics,omitempty"`
	// Devices are all merged Items in the order in which their InstanceIDs occur.
	Devices  []Device      `json:"devices,omitempty"`
	Location diag.Location `json:"location,omitzero"`
}

// Quantity is an amount with its range, in one plain unit.
type Quantity struct {
	Value uint64 `json:"value"`
	Unit  string `json:"unit,omitempty"` // "byte", "hertz" or another base unit; empty for counts
	// Min and Max are the range in which the consumer may choose; nil is
	// unbounded on that side where the other is given, else there is no range.
	Min *uint64 `json:"min,omitempty"`
	Max *uint64 `json:"max,omitempty"`
	// Origin says where Value comes from.
	Origin Origin `json:"origin,omitzero"`
}

// Device is an Item after selection by option and merging by InstanceID.
type Device struct {
	InstanceID      string            `json:"instanceId"`
	Name            Text              `json:"name,omitzero"` // ElementName
	Description     Text              `json:"description,omitzero"`
	ResourceType    rasd.ResourceType `json:"resourceType"`
	ResourceSubType string            `json:"resourceSubType,omitempty"`
	// Quantity is VirtualQuantity in plain units; Reservation and Limit alike.
	// nil means that the Item does not say, or not in a unit that can be read.
	Quantity    *Quantity `json:"quantity,omitempty"`
	Reservation *Quantity `json:"reservation,omitempty"`
	Limit       *Quantity `json:"limit,omitempty"`
	Weight      *uint32   `json:"weight,omitempty"`
	Parent      string    `json:"parent,omitempty"` // InstanceID of the controller
	// Address and AddressOnParent are as the descriptor writes them.
	Address         string   `json:"address,omitempty"`
	AddressOnParent string   `json:"addressOnParent,omitempty"`
	Connections     []string `json:"connections,omitempty"`
	HostResources   []string `json:"hostResources,omitempty"`
	// Automatic is AutomaticAllocation: connected when the machine starts.
	Automatic bool `json:"automatic"`
	// Required is false for a device that a consumer may leave out.
	Required bool `json:"required"`
	// Locations are the Items that were merged, in document order.
	Locations []diag.Location `json:"locations,omitempty"`
	// Item is the merged Item with all of its settings. It is nil for an
	// EthernetPortItem or StorageItem of OVF 2.x, which is Port or Storage. A
	// device of one Item shares it with the envelope: treat it as read-only.
	Item    *rasd.Item             `json:"-"`
	Port    *rasd.EthernetPortItem `json:"-"`
	Storage *rasd.StorageItem      `json:"-"`
}

// Controller is what drives are attached to.
type Controller struct {
	InstanceID string `json:"instanceId"`
	// Bus is "scsi", "ide", "sata", "nvme", "fc", "iscsi", "usb" or "ieee1394";
	// empty for another one.
	Bus string `json:"bus,omitempty"`
	// Number is the address of the controller among those of its kind; -1 if that
	// is not said.
	Number int    `json:"number"`
	Model  string `json:"model,omitempty"` // ResourceSubType
}

// DiskDrive is a hard disk or optical drive of a machine.
type DiskDrive struct {
	InstanceID string `json:"instanceId"`
	// Disk is the id of its [Disk]; File of the file of the package that is the
	// medium (an ISO image). Both are empty for a drive without medium.
	Disk string `json:"disk,omitempty"`
	File string `json:"file,omitempty"`
	// Controller is the InstanceID of its controller, and Bus that of the
	// [Controller].
	Controller string `json:"controller,omitempty"`
	Bus        string `json:"bus,omitempty"`
	// Unit is the place on the controller; -1 if that is not said.
	Unit int `json:"unit"`
}

// NIC is a network adapter.
type NIC struct {
	InstanceID string   `json:"instanceId"`
	Networks   []string `json:"networks,omitempty"` // names of [Network]
	Model      string   `json:"model,omitempty"`    // ResourceSubType
	MAC        string   `json:"mac,omitempty"`
	// Connected is whether it is connected when the machine starts.
	Connected bool `json:"connected"`
}
