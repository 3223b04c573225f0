package plan

import (
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/environment"
)

// Plan is what a package becomes with the choices of an operator: what each
// virtual machine gets, and why. [Resolve] makes one. It holds plain values; the
// JSON form is that of the JSON Schema which [Schema] returns. Reading a Plan from
// several goroutines is safe, changing it is not. Locations are where something
// begins: those in Diagnostics have an end and a path, too.
type Plan struct {
	// Descriptor is the name of the descriptor, as in its locations.
	Descriptor string `json:"descriptor"`
	// OVFVersion is the generation of the standard: "0.9", "1.x" or "2.x".
	OVFVersion string `json:"ovfVersion"`
	// ConformanceLevel is 1, 2 or 3 (DSP0243 7.4).
	ConformanceLevel int `json:"conformanceLevel"`
	// Locale is the language of the texts in the plan as a BCP 47 tag: the best
	// match for [Choices.Locales] among what the package has.
	Locale string `json:"locale"`
	// Option is the deployment option that was chosen; nil where the package
	// offers none (DSP0243 9.8).
	Option *Option `json:"option,omitempty"`
	// Options are all deployment options in the order of the descriptor.
	Options []Option `json:"options,omitempty"`
	// Eulas are the licences to be accepted, those of the whole first.
	Eulas []Eula `json:"eulas,omitempty"`
	// Annotations are notes of the author, those about the whole first.
	Annotations []Annotation `json:"annotations,omitempty"`
	// Networks are those of the NetworkSection, in its order.
	Networks []Network `json:"networks,omitempty"`
	// Disks are the virtual disks that a machine uses and their parents; a
	// parent comes before its children.
	Disks []Disk `json:"disks,omitempty"`
	// Collections are the collections around the machines, outer ones first.
	Collections []*Collection `json:"collections,omitempty"`
	// Machines are the virtual machines in the order of the descriptor.
	Machines []*Machine `json:"machines"`
	// ScaleOuts say which of them are replicas, and of what.
	ScaleOuts []ScaleOut `json:"scaleOuts,omitempty"`
	// Startup says in which order to start the machines, Shutdown in which to
	// stop them (DSP0243 9.7).
	Startup  []Stage `json:"startup,omitempty"`
	Shutdown []Stage `json:"shutdown,omitempty"`
	// Diagnostics are the warnings and notes that resolving gave.
	Diagnostics diag.List `json:"diagnostics,omitempty"`
}

// Origin says where a value comes from.
type Origin struct {
	Kind OriginKind `json:"kind"`
	// From names the source: the option, the collection, or the operator's
	// means of input; empty where Kind says all.
	From string `json:"from,omitempty"`
	// Location is the place in the descriptor, in a message bundle or in a file
	// of the operator; the zero Location where there is none.
	Location diag.Location `json:"location,omitzero"`
}

// OriginKind classes the sources of values.
type OriginKind string

// The sources of values.
const (
	FromDescriptor OriginKind = "descriptor" // stated, and the same for every choice
	FromOption     OriginKind = "option"     // stated for the chosen deployment option
	FromDefault    OriginKind = "default"    // default of the descriptor, which the operator left
	FromStandard   OriginKind = "standard"   // default of the standard
	FromOperator   OriginKind = "operator"   // given by the operator
	FromParent     OriginKind = "inherited"  // property of the collection around the machine
)

// Text is a text for people in the locale of the plan.
type Text struct {
	Text string `json:"text"`
	// MsgID is the id of the message in the bundles; empty for a plain text.
	MsgID string `json:"msgid,omitempty"`
	// Locale is the language of Text where it is not that of the plan, since
	// the bundle has no such message.
	Locale string `json:"locale,omitempty"`
}

// Option is a deployment option (DSP0243 9.8).
type Option struct {
	ID          string `json:"id"`
	Label       Text   `json:"label,omitzero"`
	Description Text   `json:"description,omitzero"`
	Default     bool   `json:"default,omitempty"` // taken if the operator chooses none
}

// Eula is a licence agreement, to be shown and accepted before deployment
// (DSP0243 9.6).
type Eula struct {
	// Content is the id of the machine or collection that it is for; empty for the
	// whole package.
	Content string `json:"content,omitempty"`
	// Info says in a sentence what it is.
	Info     Text          `json:"info,omitzero"`
	License  Text          `json:"license"`
	Location diag.Location `json:"location,omitzero"`
}

// Annotation is a note of the author for people (DSP0243 9.4).
type Annotation struct {
	// Content is the id of the machine or collection that it is about; empty for
	// the whole package.
	Content string `json:"content,omitempty"`
	// Info says in a sentence what the note is.
	Info     Text          `json:"info,omitzero"`
	Text     Text          `json:"text"`
	Location diag.Location `json:"location,omitzero"`
}

// Network is a logical network (DSP0243 9.2).
type Network struct {
	Name        string `json:"name"`
	Description Text   `json:"description,omitzero"`
	// Target is the network of the platform that [Choices.Networks] maps it to;
	// empty if it maps none.
	Target   string        `json:"target,omitempty"`
	Location diag.Location `json:"location,omitzero"`
}

// Disk is a virtual disk (DSP0243 9.1).
type Disk struct {
	ID string `json:"id"`
	// Capacity is in bytes.
	Capacity uint64 `json:"capacity"`
	// CapacityOrigin says where the capacity comes from.
	CapacityOrigin Origin `json:"capacityOrigin,omitzero"`
	// File is the id of the file with the content; empty for a blank disk.
	File string `json:"file,omitempty"`
	// Href is where that file is, as the descriptor writes it.
	Href string `json:"href,omitempty"`
	// Format is the URI of the format; Parent the id of the disk that this one
	// is a delta to, or empty.
	Format string `json:"format,omitempty"`
	Parent string `json:"parent,omitempty"`
	// Populated is how many bytes of content are expected; 0 if that is not said.
	Populated uint64 `json:"populated,omitempty"`
	// Shared is set for a disk of a SharedDiskSection, which all of its
	// machines use together; ReadOnly if they may only read it.
	Shared   bool          `json:"shared,omitempty"`
	ReadOnly bool          `json:"readOnly,omitempty"`
	Location diag.Location `json:"location,omitzero"`
}

// Collection is a group of machines and collections (DSP0243 7.2).
type Collection struct {
	ID     string `json:"id"`
	Parent string `json:"parent,omitempty"` // id of the collection around it
	Name   Text   `json:"name,omitzero"`
	// Limits are the resources that everything in it shares, by the
	// ResourceAllocationSection (DSP0243 9.9).
	Limits []Device `json:"limits,omitempty"`
	// Properties are those of the collection itself; passwords are hidden in
	// the JSON form.
	Properties []Property    `json:"properties,omitempty"`
	Products   []Product     `json:"products,omitempty"`
	Location   diag.Location `json:"location,omitzero"`
}

// ScaleOut is a machine or collection of the descriptor that the plan has a
// number of times (ScaleOutSection, OVF 2.x). Replica number n of the prototype
// "web" is "web-n", counted from 1; so are all contents of a collection that is
// replicated. Nothing in the plan has the id of the prototype itself.
type ScaleOut struct {
	// Prototype is the id of what is replicated, Collection that of the
	// collection around it.
	Prototype   string `json:"prototype"`
	Collection  string `json:"collection"`
	Description Text   `json:"description,omitzero"`
	// Count is the number of replicas, with the range to choose from.
	Count    Quantity      `json:"count"`
	Replicas []string      `json:"replicas"` // ids
	Location diag.Location `json:"location,omitzero"`
}

// Machine is one virtual machine.
type Machine struct {
	// ID is that of the VirtualSystem: what the guest finds in its environment.
	ID string `json:"id"`
	// Path are the ids of the collections around it, the outermost first.
	Path     []string         `json:"path,omitempty"`
	Name     Text             `json:"name,omitzero"`
	Info     Text             `json:"info,omitzero"`
	Products []Product        `json:"products,omitempty"`
	OS       *OperatingSystem `json:"os,omitempty"`
	Hardware Hardware         `json:"hardware"`
	// Properties are what the guest sees, in order: its own, then those of the
	// collection around it that it does not override (DSP0243 11.1).
	Properties []Property `json:"properties,omitempty"`
	// Install is set for a machine that installs itself at the first boot.
	Install *Install `json:"install,omitempty"`
	// EnvironmentFiles are files of the package that the guest finds beside its
	// environment.
	EnvironmentFiles []EnvironmentFile `json:"environmentFiles,omitempty"`
	// Environment makes the document for the guest (DSP0243 11). The text about
	// the siblings is shared between the machines of one collection.
	Environment *environment.Guest `json:"-"`
	Location    diag.Location      `json:"location,omitzero"`
}

// Product is what a ProductSection says beside its properties (DSP0243 9.5).
type Product struct {
	Class       string `json:"class,omitempty"`
	Instance    string `json:"instance,omitempty"`
	Name        Text   `json:"name,omitzero"`
	Vendor      Text   `json:"vendor,omitzero"`
	Version     string `json:"version,omitempty"`
	FullVersion string `json:"fullVersion,omitempty"`
	ProductURL  string `json:"productUrl,omitempty"`
	VendorURL   string `json:"vendorUrl,omitempty"`
	// AppURL is where to reach the product after deployment, with its
	// references to properties resolved.
	AppURL string `json:"appUrl,omitempty"`
}

// OperatingSystem is the guest operating system (DSP0243 9.11).
type OperatingSystem struct {
	ID          uint16 `json:"id"`             // CIM_OperatingSystem.OSType
	Name        string `json:"name,omitempty"` // the CIM name of ID
	Version     string `json:"version,omitempty"`
	Description Text   `json:"description,omitzero"`
}

// Install says how a machine installs itself (DSP0243 9.10).
type Install struct {
	// InitialBootStopDelay is how many seconds to wait until the guest powers
	// itself off after the first boot; 0 is without limit.
	InitialBootStopDelay uint64 `json:"initialBootStopDelay"`
}

// Stage is a set of machines that are started (or stopped) side by side. The next
// stage begins when every Step of this one has been waited for (DSP0243 9.7).
type Stage struct {
	Steps []Step `json:"steps"`
}

// Step is what to do with one machine in a [Stage].
type Step struct {
	Machine string `json:"machine"` // ID
	// Action is one of [envelope.StartAction] or [envelope.StopAction], never
	// empty. With "none" the machine is left as it is.
	Action string `json:"action"`
	// Delay is how many seconds to wait before the next stage.
	Delay uint64 `json:"delay,omitempty"`
	// WaitForGuest is whether to go on sooner, when the guest reports ready.
	WaitForGuest bool `json:"waitForGuest,omitempty"`
	// Install is set if this start is the installation boot, when the machine is
	// started for the first time: wait for the power off (see [Machine.Install]),
	// then start it again.
	Install bool `json:"install,omitempty"`
	// Location is the Item of the StartupSection; zero for a machine that none
	// names.
	Location diag.Location `json:"location,omitzero"`
}
