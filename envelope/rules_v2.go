package envelope

import (
	"path"
	"regexp"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/sym"
	"github.com/ovfkit/ovf/xmltree"
)

// v2Rules are the rules of the sections that OVF 2.0 brought.
var v2Rules = []diag.Rule{
	{Name: "shared-disk-ref", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 2.x 9.1", Since: "0.1.0",
		Summary: "A shared disk refers to a file that the package does not list.",
		Why:     "The disk has no content, or cannot be made."},
	{Name: "scale-out-count", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 2.x, ScaleOutSection", Since: "0.1.0",
		Summary: "The numbers of instances contradict each other.",
		Why:     "No number of instances satisfies minimum, default and maximum."},
	{Name: "scale-out-configuration", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 2.x, ScaleOutSection", Since: "0.1.0",
		Summary: "A number of instances belongs to a configuration that does not exist.",
		Why:     "It is never used."},
	{Name: "placement-group-id", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 2.x, PlacementGroupSection", Since: "0.1.0",
		Summary: "Two placement groups have one id.",
		Why:     "Which policy the members get is undefined."},
	{Name: "placement-group-ref", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 2.x, PlacementSection", Since: "0.1.0",
		Summary: "A placement names a group that does not exist.",
		Why:     "The deployer cannot honour it."},
	{Name: "placement-policy", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 2.x, PlacementGroupSection", Since: "0.1.0",
		Summary: "The policy of a placement group is none of the standard's.",
		Why:     "The deployer cannot honour it."},
	{Name: "environment-file-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 2.x, EnvironmentFilesSection", Since: "0.1.0",
		Summary: "An environment file refers to a file that the package does not list.",
		Why:     "The guest does not get it."},
	{Name: "environment-file-path", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 2.x, EnvironmentFilesSection", Since: "0.1.0",
		Summary: "The path of an environment file is not one in the environment.",
		Why:     "Files overwrite each other, or land outside of the medium."},
	{Name: "msg-file-ref", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 2.x 10.2", Since: "0.1.0",
		Summary: "A translation refers to a file that the package does not list.",
		Why:     "The text is missing in that language."},
	{Name: "boot-source", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 2.x, BootDeviceSection", Since: "0.1.0",
		Summary: "A boot source names no device of the machine.",
		Why:     "The deployer cannot honour the boot order."},
	{Name: "network-profile-uri", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 2.x 9.2", Since: "0.1.0",
		Summary: "The address of a network port profile is no URI.",
		Why:     "The deployer cannot find the profile."},
}

func (c *checker) version2() {
	var groups names[PlacementGroupSection]
	for s := range c.sections() {
		if g, ok := s.(*PlacementGroupSection); ok {
			c.placementGroup(g, &groups)
		}
	}
	for s, sc := range c.sections() {
		switch s := s.(type) {
		case *SharedDiskSection:
			for i := range s.SharedDisk {
				c.sharedDisk(&s.SharedDisk[i])
			}
		case *ScaleOutSection:
			for i := range s.InstanceCount {
				c.instanceCount(&s.InstanceCount[i])
			}
		case *PlacementSection:
			c.placement(s, &groups)
		case *EnvironmentFilesSection:
			c.environmentFiles(s)
		case *BootDeviceSection:
			c.bootDevices(s, sc)
		case *NetworkSection:
			for i := range s.Network {
				c.networkProfiles(&s.Network[i])
			}
		}
	}
	for i := range c.env.Strings {
		for j := range c.env.Strings[i].Msg {
			m := &c.env.Strings[i].Msg[j]
			if ref := value(m.FileRef); ref != "" && c.files.get(ref) == nil {
				f := c.at("msg-file-ref", m.Location("@fileRef"), "the text %s refers to the file %s, which is not in References", diag.Quote(m.MsgID), diag.Quote(ref))
				c.hintFile(f, ref).add()
			}
		}
	}
}

func (c *checker) sharedDisk(d *SharedDisk) {
	if ref := value(d.FileRef); ref != "" && c.files.get(ref) == nil {
		f := c.at("shared-disk-ref", d.Location("@fileRef"), "the shared disk %s refers to the file %s, which is not in References", diag.Quote(d.DiskID), diag.Quote(ref))
		c.hintFile(f, ref).add()
	}
}

func (c *checker) instanceCount(n *InstanceCount) {
	low := uint32(1)
	if n.Minimum != nil {
		low = *n.Minimum
	}
	if low > n.Default {
		c.at("scale-out-count", n.Location("@default"), "the default of %d is below the minimum of %d", n.Default, low).
			hint("choose a default between minimum and maximum").add()
	}
	if n.Maximum != nil && n.Default > *n.Maximum {
		c.at("scale-out-count", n.Location("@default"), "the default of %d is above the maximum of %d", n.Default, *n.Maximum).
			hint("choose a default between minimum and maximum").add()
	}
	if low < 1 {
		c.at("scale-out-count", n.Location("@minimum"), "the minimum is 0: the system may be missing altogether").as(diag.Warning).
			hint("write 1 or more").add()
	}
	for _, w := range list(n.Configuration) {
		if c.options.get(w) == nil {
			f := c.at("scale-out-configuration", n.Location("@configuration"), "the number of instances names the configuration %s, which DeploymentOptionSection does not have", diag.Quote(w))
			c.hintOption(f, w).add()
		}
	}
}

func (c *checker) placementGroup(g *PlacementGroupSection, groups *names[PlacementGroupSection]) {
	if was := groups.get(g.ID); was != nil {
		c.at("placement-group-id", g.Location("@id"), "a second placement group has the id %s", diag.Quote(g.ID)).
			related(was.Location("@id"), "the first one").
			hint("give each group an id of its own").add()
	}
	groups.add(g.ID, g)
	if g.Policy != "affinity" && g.Policy != "availability" {
		c.at("placement-policy", g.Location("@policy"), "the policy of the placement group is %s", diag.Quote(g.Policy)).
			hint("use affinity or availability").add()
	}
}

func (c *checker) placement(s *PlacementSection, groups *names[PlacementGroupSection]) {
	if groups.get(s.Group) != nil {
		return
	}
	f := c.at("placement-group-ref", s.Location("@group"), "there is no placement group %s", diag.Quote(s.Group))
	nearest(f, groups, s.Group, "PlacementGroupSection", "add a PlacementGroupSection with this id to the Envelope").add()
}

func (c *checker) environmentFiles(s *EnvironmentFilesSection) {
	var seen names[EnvironmentFile]
	for i := range s.File {
		e := &s.File[i]
		if c.files.get(e.FileRef) == nil {
			f := c.at("environment-file-ref", e.Location("@fileRef"), "the environment file %s refers to the file %s, which is not in References", diag.Quote(e.Path), diag.Quote(e.FileRef))
			c.hintFile(f, e.FileRef).add()
		}
		if reason := badEnvironmentPath(e.Path); reason != "" {
			c.at("environment-file-path", e.Location("@path"), "the path %s %s", diag.Quote(e.Path), reason).
				hint("use a relative path such as config/app.conf").add()
			continue
		}
		name := path.Clean(e.Path)
		if was := seen.get(name); was != nil {
			c.at("environment-file-path", e.Location("@path"), "a second environment file has the path %s", diag.Quote(e.Path)).
				related(was.Location("@path"), "the first one").
				hint("give each file a path of its own").add()
		}
		seen.add(name, e)
	}
}

// badEnvironmentPath says why a path cannot be one on the medium of the
// environment; "" if it can.
func badEnvironmentPath(p string) string {
	switch {
	case strings.Trim(p, "./ ") == "":
		return "names no file"
	case strings.HasPrefix(p, "/"):
		return "is absolute"
	case strings.ContainsAny(p, "\\\x00"):
		return "holds a character that separates nothing here"
	}
	for part := range strings.SplitSeq(p, "/") {
		if part == ".." {
			return "leaves the environment by \"..\""
		}
	}
	return ""
}

// structuredBoot is the form of a boot source that names a kind of device and
// which of them (CIM_BootSourceSetting.StructuredBootString).
var structuredBoot = regexp.MustCompile(`^CIM:(Floppy|Hard-Disk|CD/DVD|Network|PCMCIA|USB):[1-9][0-9]*$`)

// bootDevices checks the sources of a boot order against the hardware beside it.
// How a source names a device is not certain, so every way counts.
func (c *checker) bootDevices(s *BootDeviceSection, sc *scope) {
	if s.CIM_BootConfigSetting == nil || sc == nil {
		return
	}
	var devices map[string]bool
	for _, e := range s.CIM_BootConfigSetting.Ext.Elements {
		if e == nil || e.Name.Local != "CIM_BootSourceSetting" {
			continue
		}
		if k, _ := sym.ClassOf(e.Name.Space); k != sym.BootSource {
			continue
		}
		if devices == nil {
			devices = instanceIDs(sc.content)
		}
		id := childText(e, "InstanceID")
		if devices[id] || devices[childText(e, "BootString")] || structuredBoot.MatchString(childText(e, "StructuredBootString")) {
			continue
		}
		c.at("boot-source", elementLocation(e), "the boot source %s names no Item of the hardware", diag.Quote(id)).
			hint("write the InstanceID of a device, or a StructuredBootString such as CIM:Hard-Disk:1").add()
	}
}

// childText returns the text of the first child of that name in the namespace of
// the element, without blanks around it.
func childText(e *xmltree.Element, local string) string {
	k := e.Child(e.Name.Space, local)
	if k == nil {
		return ""
	}
	return strings.TrimSpace(k.Text())
}

// instanceIDs returns the InstanceIDs of all hardware of a system.
func instanceIDs(of Content) map[string]bool {
	ids := map[string]bool{}
	for h := range All[*VirtualHardwareSection](of.Sections()) {
		if h == nil {
			continue
		}
		for i := range h.Item {
			ids[h.Item[i].InstanceID] = true
		}
		for i := range h.EthernetPortItem {
			ids[h.EthernetPortItem[i].InstanceID] = true
		}
		for i := range h.StorageItem {
			ids[h.StorageItem[i].InstanceID] = true
		}
	}
	return ids
}

func (c *checker) networkProfiles(n *Network) {
	for _, p := range n.Profile {
		u, ok := p.(*NetworkPortProfileURI)
		if !ok || u == nil {
			continue
		}
		if uri := trim(u.Text); schemeOf(uri) != "" && !strings.ContainsAny(uri, " \t\r\n<>\"") {
			continue
		}
		c.at("network-profile-uri", u.Location(""), "%s is no URI", diag.Quote(u.Text)).
			hint("write the absolute address of the profile").add()
	}
}
