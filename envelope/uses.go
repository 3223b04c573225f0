package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/rasd"
)

// trim removes white space around a value. Most have none, which costs little to
// see.
func trim(s string) string {
	if s != "" && s[0] > ' ' && s[len(s)-1] > ' ' {
		return s
	}
	return strings.TrimSpace(s)
}

// blank reports whether an id is empty, which rule reference-empty reports.
func blank(id string) bool { return trim(id) == "" }

// digits reports whether s is one digit or more and nothing else.
func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// value returns the text of an optional reference; one that is blank counts as
// absent.
func value(p *string) string {
	if p == nil || blank(*p) {
		return ""
	}
	return *p
}

// uses is what the parts of an envelope refer to, by id or name.
type uses struct {
	files, disks, networks, options map[string]bool
}

// uses returns what is referred to, whether it exists or not.
func (c *checker) uses() *uses {
	if c.used == nil {
		c.used = &uses{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
		for s := range c.sections() {
			c.used.section(s)
		}
		for i := range c.env.Strings {
			c.used.strings(&c.env.Strings[i])
		}
	}
	return c.used
}

func (u *uses) section(s Section) {
	switch s := s.(type) {
	case *DiskSection:
		for i := range s.Disk {
			u.ref(u.files, s.Disk[i].FileRef)
			u.ref(u.disks, s.Disk[i].ParentRef)
		}
	case *SharedDiskSection:
		for i := range s.SharedDisk {
			u.ref(u.files, s.SharedDisk[i].FileRef)
			u.ref(u.disks, s.SharedDisk[i].ParentRef)
		}
	case *ProductSection:
		u.product(s)
	case *EnvironmentFilesSection:
		for i := range s.File {
			u.files[s.File[i].FileRef] = true
		}
	case *ScaleOutSection:
		for i := range s.InstanceCount {
			u.words(s.InstanceCount[i].Configuration)
		}
	case *VirtualHardwareSection:
		u.items(s.Item, s.EthernetPortItem, s.StorageItem)
	case *ResourceAllocationSection:
		u.items(s.Item, s.EthernetPortItem, s.StorageItem)
	}
}

func (u *uses) product(s *ProductSection) {
	for i := range s.Icon {
		u.files[s.Icon[i].FileRef] = true
	}
	for _, e := range s.Entry {
		if p, ok := e.(*Property); ok && p != nil {
			u.words(p.Configuration)
			for i := range p.Values {
				u.words(p.Values[i].Configuration)
			}
		}
	}
}

func (u *uses) strings(s *Strings) {
	u.ref(u.files, s.FileRef)
	for i := range s.Msg {
		u.ref(u.files, s.Msg[i].FileRef)
	}
}

func (u *uses) items(items []rasd.Item, ports []rasd.EthernetPortItem, storage []rasd.StorageItem) {
	for i := range items {
		u.item(items[i].Configuration, items[i].HostResource, items[i].Connection)
	}
	for i := range ports {
		u.item(ports[i].Configuration, ports[i].HostResource, ports[i].Connection)
	}
	for i := range storage {
		u.item(storage[i].Configuration, storage[i].HostResource, storage[i].Connection)
	}
}

func (u *uses) item(configuration *string, hosts, connections []string) {
	u.words(configuration)
	for _, h := range hosts {
		b := parseBacking(h)
		set := u.disks
		if b.kind == "file" {
			set = u.files
		}
		for id := range b.ids {
			set[id] = true
		}
	}
	for _, n := range connections {
		u.networks[trim(n)] = true
	}
}

func (u *uses) ref(set map[string]bool, id *string) {
	if id != nil {
		set[*id] = true
	}
}

func (u *uses) words(configuration *string) {
	for _, w := range list(configuration) {
		u.options[w] = true
	}
}
