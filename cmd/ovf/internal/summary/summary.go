package summary

import "github.com/ovfkit/ovf/diag"

// Report is the whole output: one summary for each file, in the order given.
type Report struct {
	Files []*Summary `json:"files"`
}

// Summary is about one file.
type Summary struct {
	File       string `json:"file"`                 // as given
	Descriptor string `json:"descriptor,omitempty"` // in an .ova: the name of the member
	Before     int    `json:"before,omitempty"`     // in an .ova: members before the descriptor, which should be the first

	OVFVersion       string      `json:"ovfVersion,omitempty"` // 0.9, 1.x or 2.x
	Namespace        string      `json:"namespace,omitempty"`  // of the Envelope
	Encoding         string      `json:"encoding,omitempty"`
	Size             int64       `json:"size,omitempty"`             // of the descriptor
	Locale           string      `json:"locale,omitempty"`           // of the texts in the descriptor itself
	ConformanceLevel int         `json:"conformanceLevel,omitempty"` // 1 to 3 (DSP0243 7.4)
	Products         []Product   `json:"products,omitempty"`
	Content          *Content    `json:"content,omitempty"`
	Disks            []Disk      `json:"disks,omitempty"`
	Networks         []Network   `json:"networks,omitempty"`
	Options          []Option    `json:"options,omitempty"` // deployment options
	Eulas            []Eula      `json:"eulas,omitempty"`
	Locales          []Locale    `json:"locales,omitempty"` // beside that of the descriptor itself
	Extensions       []Extension `json:"extensions,omitempty"`
	Files            []File      `json:"files,omitempty"`

	// Diagnostics holds what was read leniently, or with an Error, why the
	// descriptor could not be read at all.
	Diagnostics diag.List `json:"diagnostics"`
	Error       string    `json:"error,omitempty"` // set if there is nothing else
}

// Product is one ProductSection.
type Product struct {
	Of          string     `json:"of,omitempty"` // id of its virtual system or collection
	Class       string     `json:"class,omitempty"`
	Instance    string     `json:"instance,omitempty"`
	Name        string     `json:"name,omitempty"`
	Vendor      string     `json:"vendor,omitempty"`
	Version     string     `json:"version,omitempty"`
	FullVersion string     `json:"fullVersion,omitempty"`
	ProductURL  string     `json:"productUrl,omitempty"`
	VendorURL   string     `json:"vendorUrl,omitempty"`
	AppURL      string     `json:"appUrl,omitempty"`
	Properties  []Property `json:"properties,omitempty"`
}

// Property is one property. Of a password no value is told.
type Property struct {
	Name             string        `json:"name"` // class.key.instance
	Category         string        `json:"category,omitempty"`
	Label            string        `json:"label,omitempty"`
	Description      string        `json:"description,omitempty"`
	Type             string        `json:"type"`
	Qualifiers       string        `json:"qualifiers,omitempty"`
	Accepts          string        `json:"accepts,omitempty"`          // in words, where it is less than the type accepts
	UserConfigurable bool          `json:"userConfigurable,omitempty"` // may be set at deployment
	Password         bool          `json:"password,omitempty"`
	Default          *string       `json:"default,omitempty"`        // left out for a password
	HasDefault       bool          `json:"hasDefault"`               // also for a password
	OptionDefaults   []OptionValue `json:"optionDefaults,omitempty"` // left out for a password
	Options          []string      `json:"options,omitempty"`        // only in these deployment options
}

// OptionValue is the default value in some deployment options.
type OptionValue struct {
	Options []string `json:"options,omitempty"`
	Value   string   `json:"value"`
}

// Content is a virtual system or a collection.
type Content struct {
	ID         string           `json:"id"`
	Kind       Kind             `json:"kind"`
	Name       string           `json:"name,omitempty"`
	Info       string           `json:"info,omitempty"`
	StartOrder *uint16          `json:"startOrder,omitempty"` // in its collection
	Install    bool             `json:"install,omitempty"`    // boots once to install itself
	OS         *OperatingSystem `json:"os,omitempty"`
	Hardware   []Hardware       `json:"hardware,omitempty"` // alternatives
	Content    []Content        `json:"content,omitempty"`  // of a collection
}

// Kind tells virtual systems from collections.
type Kind string

// The kinds of content.
const (
	System     Kind = "system"
	Collection Kind = "collection"
)

// OperatingSystem is the guest of a virtual system.
type OperatingSystem struct {
	ID          uint16 `json:"id"`   // CIM_OperatingSystem.OSType
	Name        string `json:"name"` // of that number
	Version     string `json:"version,omitempty"`
	Description string `json:"description,omitempty"`
}

// Hardware is one VirtualHardwareSection.
type Hardware struct {
	ID         string     `json:"id,omitempty"`
	Families   []string   `json:"families,omitempty"`   // virtual hardware families, as vmx-13
	Transports []string   `json:"transports,omitempty"` // of the OVF environment
	CPUs       []Quantity `json:"cpus,omitempty"`
	Memory     []Quantity `json:"memory,omitempty"`
	Disks      []Device   `json:"disks,omitempty"`
	NICs       []Device   `json:"nics,omitempty"`
	Others     []Device   `json:"others,omitempty"`
}

// Quantity is what one Item says about the number of processors or the memory.
type Quantity struct {
	Value   uint64   `json:"value"`             // a count, or bytes
	Written string   `json:"written,omitempty"` // number and unit, where Value cannot be told from them
	Bound   string   `json:"bound,omitempty"`   // min or max for the end of a range
	Options []string `json:"options,omitempty"` // only in these deployment options
}

// Device is one Item.
type Device struct {
	InstanceID   string   `json:"instanceId"`
	Name         string   `json:"name,omitempty"`
	ResourceType uint16   `json:"resourceType"`
	Type         string   `json:"type"` // name of that number
	SubType      string   `json:"subType,omitempty"`
	Controller   string   `json:"controller,omitempty"` // name of the parent
	Unit         string   `json:"unit,omitempty"`       // place on the parent
	Disk         string   `json:"disk,omitempty"`       // id of the Disk behind it
	File         string   `json:"file,omitempty"`       // id of the File behind it
	Networks     []string `json:"networks,omitempty"`
	Address      string   `json:"address,omitempty"`
	Optional     bool     `json:"optional,omitempty"` // may be left out by a deployer
	Bound        string   `json:"bound,omitempty"`    // min or max for the end of a range
	Options      []string `json:"options,omitempty"`  // only in these deployment options
}

// Disk is one disk.
type Disk struct {
	ID        string `json:"id"`
	Capacity  string `json:"capacity"` // as written
	Units     string `json:"units,omitempty"`
	Bytes     uint64 `json:"bytes,omitempty"`    // of the capacity, where it can be told
	Property  string `json:"property,omitempty"` // that the capacity refers to; Bytes is for its default value
	Format    string `json:"format,omitempty"`   // family, as vmdk
	FormatURI string `json:"formatUri,omitempty"`
	FileID    string `json:"fileId,omitempty"` // left out for a disk that is created empty
	File      string `json:"file,omitempty"`   // href of that File
	Populated *int64 `json:"populated,omitempty"`
	Parent    string `json:"parent,omitempty"` // id of the disk that it changes
	Shared    bool   `json:"shared,omitempty"` // by several virtual systems
	ReadOnly  bool   `json:"readOnly,omitempty"`
}

// Network is one logical network.
type Network struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Adapters    int    `json:"adapters"` // Items that are connected to it
}

// Option is one deployment option.
type Option struct {
	ID          string `json:"id"`
	Label       string `json:"label,omitempty"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"` // marked so, or the first where none is
}

// Eula is one licence agreement.
type Eula struct {
	Of         string `json:"of,omitempty"` // id of its virtual system or collection
	FirstLine  string `json:"firstLine"`
	Lines      int    `json:"lines"`
	Characters int    `json:"characters"`
}

// Locale is one bundle of messages.
type Locale struct {
	Locale   string `json:"locale,omitempty"`
	Messages int    `json:"messages,omitempty"` // in the descriptor
	File     string `json:"file,omitempty"`     // href of the File that holds them
}

// Extension is one kind of element or attribute that is not of the standard.
type Extension struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Part      Part   `json:"part"`
	Required  bool   `json:"required,omitempty"` // must be understood: ovf:required, by default true; never for attributes
	Count     int    `json:"count"`
}

// Part is where an extension stands.
type Part string

// The parts.
const (
	Section   Part = "section"
	Element   Part = "element"
	Attribute Part = "attribute"
)

// File is one file of the package.
type File struct {
	ID          string  `json:"id"`
	Href        string  `json:"href"`
	Size        *uint64 `json:"size,omitempty"` // as stored
	Compression string  `json:"compression,omitempty"`
	ChunkSize   *int64  `json:"chunkSize,omitempty"`
	// Stored is how many bytes the package has of it, Problem why it cannot be read;
	// both are left out where the descriptor was read alone.
	Stored  *int64 `json:"stored,omitempty"`
	Problem string `json:"problem,omitempty"`
}
