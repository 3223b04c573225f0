package plan

// Layout is what a deployment has put where. A manager of hypervisors takes from
// it, with the plan, what it needs to define and start the machines. Paths are
// relative to the folder of the deployment, with forward slashes.
type Layout struct {
	Plan *Plan `json:"plan"`
	// Format is that of the disk images: raw, vmdk, qcow2, vhd or vhd-fixed.
	Format string `json:"format"`
	// Machines are in the order of the plan.
	Machines []MachineLayout `json:"machines"`
	// Eulas are the licences that were accepted.
	Eulas []AcceptedEula `json:"eulas,omitempty"`
}

// MachineLayout is what a deployment has made for one machine.
type MachineLayout struct {
	Machine string `json:"machine"` // ID
	Folder  string `json:"folder"`
	// Environment is the document for the guest, ISO the image with it, Guestinfo
	// the text for the variable guestinfo.ovfEnv; empty where the machine cannot
	// take it that way (DSP0243 11.2).
	Environment string `json:"environment,omitempty"`
	ISO         string `json:"iso,omitempty"`
	Guestinfo   string `json:"guestinfo,omitempty"`
	// Drives are the images of its disks and CD drives.
	Drives []DriveLayout `json:"drives,omitempty"`
}

// DriveLayout is the image in one drive of a machine.
type DriveLayout struct {
	InstanceID string `json:"instanceId"` // that of the [DiskDrive]
	Disk       string `json:"disk,omitempty"`
	File       string `json:"file,omitempty"` // of the package, for a medium
	Path       string `json:"path"`
	// Format is that of the image at Path; "raw" for a CD medium.
	Format string `json:"format"`
	// Size is that of the virtual disk, in bytes.
	Size     uint64 `json:"size"`
	Shared   bool   `json:"shared,omitempty"`
	ReadOnly bool   `json:"readOnly,omitempty"`
	// Source stands for the content of the image: the digests of the files that it
	// was made of, its size and its format. It is empty if that is not known.
	Source string `json:"source,omitempty"`
}

// AcceptedEula records the acceptance of a licence.
type AcceptedEula struct {
	Content string `json:"content,omitempty"` // as in [Eula]
	Path    string `json:"path"`              // the text that was accepted
	SHA256  string `json:"sha256"`            // of that text
}

// Drive returns the image in a drive.
func (m *MachineLayout) Drive(instanceID string) (DriveLayout, bool) {
	for _, d := range m.Drives {
		if d.InstanceID == instanceID {
			return d, true
		}
	}
	return DriveLayout{}, false
}
