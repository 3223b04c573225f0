package envelope

import (
	"github.com/ovfkit/ovf/internal/xmlbind"
	"github.com/ovfkit/ovf/rasd"
)

// visitor is called with each struct that an envelope consists of, in document
// order. Elements of open content are in the Ext of the struct around them.
type visitor func(xmlbind.Codec)

// part is the pointer to a generated struct.
type part[T any] interface {
	*T
	Codec() xmlbind.Codec
}

func visitOpt[T any, P part[T]](v visitor, p P) {
	if p != nil {
		v(p.Codec())
	}
}

func visitAll[T any, P part[T]](v visitor, list []T) {
	for i := range list {
		v(P(&list[i]).Codec())
	}
}

func (v visitor) envelope(t *Envelope) {
	v(t.Codec())
	v(t.References.Codec())
	visitAll(v, t.References.File)
	for _, s := range t.Section {
		v.section(s)
	}
	for c := range Walk(t.Content) {
		switch c := c.(type) {
		case *VirtualSystem:
			v(c.Codec())
		case *VirtualSystemCollection:
			v(c.Codec())
		}
		visitOpt(v, c.ContentInfo())
		visitOpt(v, c.ContentName())
		for _, s := range c.Sections() {
			v.section(s)
		}
	}
	for i := range t.Strings {
		v(t.Strings[i].Codec())
		visitAll(v, t.Strings[i].Msg)
	}
}

func (v visitor) section(s Section) {
	if none(s) || s.Codec() == nil {
		return
	}
	v(s.Codec())
	visitOpt(v, s.SectionInfo())
	switch s := s.(type) {
	case *AnnotationSection:
		v(s.Annotation.Codec())
	case *BootDeviceSection:
		visitOpt(v, s.CIM_BootConfigSetting)
	case *DeploymentOptionSection:
		for i := range s.Configuration {
			v(s.Configuration[i].Codec())
			v(s.Configuration[i].Label.Codec())
			v(s.Configuration[i].Description.Codec())
		}
	case *DiskSection:
		visitAll(v, s.Disk)
	case *EnvironmentFilesSection:
		visitAll(v, s.File)
	case *EulaSection:
		v(s.License.Codec())
	case *NetworkSection:
		for i := range s.Network {
			v.network(&s.Network[i])
		}
	case *OperatingSystemSection:
		visitOpt(v, s.Description)
	case *PlacementGroupSection:
		visitOpt(v, s.Description)
	case *ProductSection:
		v.product(s)
	case *ResourceAllocationSection:
		v.items(s.Item, s.EthernetPortItem, s.StorageItem)
	case *ScaleOutSection:
		visitOpt(v, s.Description)
		visitAll(v, s.InstanceCount)
	case *SharedDiskSection:
		visitAll(v, s.SharedDisk)
	case *StartupSection:
		visitAll(v, s.Item)
	case *VirtualHardwareSection:
		visitOpt(v, s.System)
		v.items(s.Item, s.EthernetPortItem, s.StorageItem)
	}
}

func (v visitor) items(items []rasd.Item, ports []rasd.EthernetPortItem, storage []rasd.StorageItem) {
	visitAll(v, items)
	visitAll(v, ports)
	visitAll(v, storage)
}

func (v visitor) network(n *Network) {
	v(n.Codec())
	visitOpt(v, n.Description)
	for _, p := range n.Profile {
		switch p := p.(type) {
		case *NetworkPortProfile:
			visitOpt(v, p)
			if p != nil {
				visitAll(v, p.Item)
			}
		case *NetworkPortProfileURI:
			visitOpt(v, p)
		}
	}
}

func (v visitor) product(s *ProductSection) {
	visitOpt(v, s.Product)
	visitOpt(v, s.Vendor)
	visitAll(v, s.Icon)
	for _, e := range s.Entry {
		switch e := e.(type) {
		case *Category:
			visitOpt(v, e)
		case *Property:
			if e != nil {
				v(e.Codec())
				visitOpt(v, e.Label)
				visitOpt(v, e.Description)
				visitAll(v, e.Values)
			}
		}
	}
}
