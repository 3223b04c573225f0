package rasd

import "strconv"

// ResourceType says what kind of resource an Item describes: the value of
// CIM_ResourceAllocationSettingData.ResourceType (CIM Schema 2.42; DSP0243 8.3).
// It is a number in XML and in JSON. The zero value is not a type: the schema
// has 0 among the values that DMTF reserves.
type ResourceType uint16

// The resource types of CIM. 34 to 32767 are reserved by DMTF, 32768 to 65535
// by vendors.
const (
	Other                 ResourceType = 1 // Item/OtherResourceType says what
	ComputerSystem        ResourceType = 2
	Processor             ResourceType = 3
	Memory                ResourceType = 4
	IDEController         ResourceType = 5
	ParallelSCSIHBA       ResourceType = 6
	FCHBA                 ResourceType = 7
	ISCSIHBA              ResourceType = 8
	IBHCA                 ResourceType = 9
	EthernetAdapter       ResourceType = 10
	OtherNetworkAdapter   ResourceType = 11
	IOSlot                ResourceType = 12
	IODevice              ResourceType = 13
	FloppyDrive           ResourceType = 14
	CDDrive               ResourceType = 15
	DVDDrive              ResourceType = 16
	DiskDrive             ResourceType = 17
	TapeDrive             ResourceType = 18
	StorageExtent         ResourceType = 19
	OtherStorageDevice    ResourceType = 20 // also a SATA controller, as VMware and VirtualBox use it
	SerialPort            ResourceType = 21
	ParallelPort          ResourceType = 22
	USBController         ResourceType = 23
	GraphicsController    ResourceType = 24
	IEEE1394Controller    ResourceType = 25
	PartitionableUnit     ResourceType = 26
	BasePartitionableUnit ResourceType = 27
	Power                 ResourceType = 28
	CoolingCapacity       ResourceType = 29
	EthernetSwitchPort    ResourceType = 30
	LogicalDisk           ResourceType = 31
	StorageVolume         ResourceType = 32
	EthernetConnection    ResourceType = 33
)

const firstVendorType ResourceType = 0x8000

var resourceTypeNames = [...]string{
	Other:                 "Other",
	ComputerSystem:        "Computer System",
	Processor:             "Processor",
	Memory:                "Memory",
	IDEController:         "IDE Controller",
	ParallelSCSIHBA:       "Parallel SCSI HBA",
	FCHBA:                 "FC HBA",
	ISCSIHBA:              "iSCSI HBA",
	IBHCA:                 "IB HCA",
	EthernetAdapter:       "Ethernet Adapter",
	OtherNetworkAdapter:   "Other Network Adapter",
	IOSlot:                "I/O Slot",
	IODevice:              "I/O Device",
	FloppyDrive:           "Floppy Drive",
	CDDrive:               "CD Drive",
	DVDDrive:              "DVD drive",
	DiskDrive:             "Disk Drive",
	TapeDrive:             "Tape Drive",
	StorageExtent:         "Storage Extent",
	OtherStorageDevice:    "Other storage device",
	SerialPort:            "Serial port",
	ParallelPort:          "Parallel port",
	USBController:         "USB Controller",
	GraphicsController:    "Graphics controller",
	IEEE1394Controller:    "IEEE 1394 Controller",
	PartitionableUnit:     "Partitionable Unit",
	BasePartitionableUnit: "Base Partitionable Unit",
	Power:                 "Power",
	CoolingCapacity:       "Cooling Capacity",
	EthernetSwitchPort:    "Ethernet Switch Port",
	LogicalDisk:           "Logical Disk",
	StorageVolume:         "Storage Volume",
	EthernetConnection:    "Ethernet Connection",
}

// String returns the name that CIM gives the type, as "Ethernet Adapter", and
// "DMTF reserved (40)" or "Vendor reserved (32768)" for a number without a name.
func (t ResourceType) String() string {
	return valueName(resourceTypeNames[:], uint16(t), uint16(firstVendorType))
}

// Defined reports whether CIM names the type.
func (t ResourceType) Defined() bool {
	return t > 0 && int(t) < len(resourceTypeNames)
}

// Vendor reports whether the type is in the range left to vendors.
func (t ResourceType) Vendor() bool { return t >= firstVendorType }

// valueName names value v of a CIM value map: by the table, else by its range.
func valueName(names []string, v, firstVendor uint16) string {
	if int(v) < len(names) && names[v] != "" {
		return names[v]
	}
	rangeName := "DMTF reserved"
	if v >= firstVendor {
		rangeName = "Vendor reserved"
	}
	return rangeName + " (" + strconv.Itoa(int(v)) + ")"
}
