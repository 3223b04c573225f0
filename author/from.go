package author

import (
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/internal/property"
	"github.com/ovfkit/ovf/rasd"
)

// From returns the spec that is nearest to a descriptor, to begin a spec of one's
// own with. What a spec cannot say is in the list, as warnings with their places.
// The sources of disks and files are the names in the package.
func From(env *envelope.Envelope) (*Spec, diag.List) {
	f := &reverse{env: env, spec: &Spec{}}
	if env.Lang != nil && *env.Lang != "en-US" {
		f.spec.Lang = *env.Lang
	}
	f.references()
	for _, s := range env.Section {
		f.envelopeSection(s)
	}
	switch c := env.Content.(type) {
	case *envelope.VirtualSystem:
		f.spec.Machine = f.machine(c)
	case *envelope.VirtualSystemCollection:
		f.spec.Group = f.group(c)
	}
	if len(env.Strings) > 0 {
		f.lost(env.Strings[0].Location(""), "the message bundles", "the ids of messages differ; translate the new package with ovf i18n")
	}
	return f.spec, f.notes
}

type reverse struct {
	env   *envelope.Envelope
	spec  *Spec
	href  map[string]string // by file id
	disk  map[string]bool   // files that are disks
	notes diag.List
}

func (f *reverse) lost(where diag.Location, what, hint string) {
	f.notes = append(f.notes, diag.Diagnostic{Severity: diag.Warning, Layer: diag.Usage, Rule: RuleLost, Location: where, Message: "a spec cannot say " + what, Hint: hint})
}

func (f *reverse) references() {
	f.href, f.disk = map[string]string{}, map[string]bool{}
	for d := range envelope.All[*envelope.DiskSection](f.env.Section) {
		for i := range d.Disk {
			if d.Disk[i].FileRef != nil {
				f.disk[*d.Disk[i].FileRef] = true
			}
		}
	}
	bundles := map[string]bool{}
	for i := range f.env.Strings {
		if r := f.env.Strings[i].FileRef; r != nil {
			bundles[*r] = true
		}
	}
	for i := range f.env.References.File {
		file := &f.env.References.File[i]
		f.href[file.ID] = file.Href
		if !f.disk[file.ID] && !bundles[file.ID] {
			f.spec.Files = append(f.spec.Files, File{ID: file.ID, Source: file.Href})
		}
	}
}

func (f *reverse) envelopeSection(s envelope.Section) {
	switch s := s.(type) {
	case *envelope.DiskSection:
		for i := range s.Disk {
			f.spec.Disks = append(f.spec.Disks, f.diskOf(&s.Disk[i]))
		}
	case *envelope.NetworkSection:
		for i := range s.Network {
			f.spec.Networks = append(f.spec.Networks, Network{Name: s.Network[i].Name, Description: plain(s.Network[i].Description)})
		}
	case *envelope.DeploymentOptionSection:
		for i := range s.Configuration {
			c := &s.Configuration[i]
			f.spec.Options = append(f.spec.Options, Option{ID: c.ID, Label: c.Label.Text, Description: c.Description.Text, Default: c.Default != nil && *c.Default})
		}
	default:
		f.unknown(s, "the package")
	}
}

// place returns where a section was read.
func place(s envelope.Section) diag.Location {
	switch s := s.(type) {
	case interface{ Location(string) diag.Location }:
		return s.Location("") // each section struct has it
	case *envelope.UnknownSection:
		if n := s.Element.Source(); n.Valid() {
			return n.Location()
		}
	}
	return diag.Location{}
}

func (f *reverse) unknown(s envelope.Section, of string) {
	f.lost(place(s), "this section of "+of, "add it to the descriptor afterwards")
}

func (f *reverse) diskOf(d *envelope.Disk) Disk {
	out := Disk{ID: d.DiskID}
	if d.ParentRef != nil {
		out.Parent = *d.ParentRef
	}
	if d.FileRef != nil {
		out.Source = f.href[*d.FileRef]
		out.Href = out.Source
		if out.Href == out.ID+".vmdk" {
			out.Href = ""
		}
		return out
	}
	if name, ok := envelope.Reference(d.Capacity); ok {
		out.CapacityProperty = name
		if d.CapacityAllocationUnits == nil || *d.CapacityAllocationUnits != "byte * 2^30" {
			f.lost(d.Location("@capacityAllocationUnits"), "the unit of this capacity", "a spec has gigabytes there")
		}
		return out
	}
	unit := ""
	if d.CapacityAllocationUnits != nil {
		unit = *d.CapacityAllocationUnits
	}
	n, err := strconv.ParseUint(strings.TrimSpace(d.Capacity), 10, 64)
	size, ok := bytesOf(n, unit)
	if err != nil || !ok {
		f.lost(d.Location("@capacity"), "this capacity", "")
	}
	out.Capacity = size
	return out
}

// bytesOf returns a quantity of bytes in a programmatic unit.
func bytesOf(n uint64, unit string) (Size, bool) {
	if strings.TrimSpace(unit) == "" {
		return Size(n), true
	}
	u, err := rasd.ParseUnit(unit)
	if err != nil || u.Base() != "byte" {
		return 0, false
	}
	b, err := u.Bytes(n)
	return Size(b), err == nil
}

func (f *reverse) group(c *envelope.VirtualSystemCollection) *Group {
	out := &Group{ID: c.ID, Name: plain(c.Name), Info: c.Info.Text}
	starts := map[string]*Start{}
	for _, s := range c.Section {
		switch s := s.(type) {
		case *envelope.ProductSection:
			f.product(s, &out.Product, &out.Properties)
		case *envelope.EulaSection:
			f.once(s, &out.Eula, s.License.Text)
		case *envelope.AnnotationSection:
			f.once(s, &out.Note, s.Annotation.Text)
		case *envelope.StartupSection:
			for i := range s.Item {
				starts[s.Item[i].ID] = f.start(&s.Item[i])
			}
		default:
			f.unknown(s, diag.Quote(c.ID))
		}
	}
	for _, child := range c.Content {
		m := Member{}
		switch child := child.(type) {
		case *envelope.VirtualSystem:
			m.Machine, m.Start = f.machine(child), starts[child.ID]
		case *envelope.VirtualSystemCollection:
			m.Group, m.Start = f.group(child), starts[child.ID]
		}
		out.Members = append(out.Members, m)
	}
	return out
}

func (f *reverse) start(it *envelope.StartupItem) *Start {
	out := &Start{Order: it.Order}
	if it.StartDelay != nil {
		out.Delay = *it.StartDelay
	}
	if it.StopDelay != nil {
		out.StopDelay = *it.StopDelay
	}
	out.WaitForGuest = it.WaitingForGuest != nil && *it.WaitingForGuest
	if it.StopAction != nil && *it.StopAction != envelope.StopPowerOff {
		out.Stop = string(*it.StopAction)
	}
	if it.StartAction != nil && *it.StartAction != envelope.StartPowerOn {
		f.lost(it.Location("@startAction"), "this way to start", "")
	}
	return out
}

// once sets a text that a spec can have one of.
func (f *reverse) once(s envelope.Section, p *string, text string) {
	if *p != "" {
		f.lost(place(s), "a second one of these", "")
		return
	}
	*p = text
}

func (f *reverse) product(s *envelope.ProductSection, product **Product, props *[]Property) {
	if *product != nil {
		f.lost(s.Location(""), "a second ProductSection", "its properties need another class")
		return
	}
	p := &Product{Name: plain(s.Product), Vendor: plain(s.Vendor)}
	for _, field := range []struct {
		to   *string
		from *string
	}{{&p.Class, s.Class}, {&p.Version, s.Version}, {&p.FullVersion, s.FullVersion}, {&p.URL, s.ProductURL}, {&p.VendorURL, s.VendorURL}, {&p.AppURL, s.AppURL}} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	if s.Instance != nil && *s.Instance != "" {
		f.lost(s.Location("@instance"), "the instance of a ProductSection", "")
	}
	if len(s.Icon) > 0 {
		p.Icon = s.Icon[0].FileRef
	}
	*product = p
	category := ""
	for _, e := range s.Entry {
		switch e := e.(type) {
		case *envelope.Category:
			category = e.Text
		case *envelope.Property:
			out := f.property(e)
			out.Category, category = category, ""
			*props = append(*props, out)
		}
	}
}

func (f *reverse) property(e *envelope.Property) Property {
	out := Property{Key: e.Key, Label: plain(e.Label), Description: plain(e.Description)}
	if !strings.EqualFold(e.Type, "string") {
		out.Type = e.Type
	}
	if e.Value != nil {
		out.Value = *e.Value
	}
	out.Configurable = e.UserConfigurable != nil && *e.UserConfigurable
	out.Password = e.Password != nil && *e.Password
	qualifiers := ""
	if e.Qualifiers != nil {
		qualifiers = *e.Qualifiers
	}
	spec, _ := property.ParseSpec(e.Type, qualifiers)
	if n := spec.Limits.MinLen; n != nil {
		out.MinLength = uint32(min(max(*n, 0), 1<<32-1))
	}
	if n := spec.Limits.MaxLen; n != nil {
		out.MaxLength = uint32(min(max(*n, 0), 1<<32-1))
	}
	out.OneOf = spec.Limits.Values
	if spec.Limits.MinValue != nil || spec.Limits.MaxValue != nil {
		f.lost(e.Location("@qualifiers"), "the range of this number", "")
	}
	for i := range e.Values {
		v := &e.Values[i]
		if v.Configuration == nil {
			f.lost(v.Location(""), "a Value without a deployment option", "")
			continue
		}
		for _, option := range strings.Fields(*v.Configuration) {
			if out.Options == nil {
				out.Options = map[string]string{}
			}
			out.Options[option] = v.Value
		}
	}
	return out
}

func (f *reverse) machine(v *envelope.VirtualSystem) *Machine {
	out := &Machine{ID: v.ID, Name: plain(v.Name), Info: v.Info.Text}
	var hw *envelope.VirtualHardwareSection
	for _, s := range v.Section {
		switch s := s.(type) {
		case *envelope.ProductSection:
			f.product(s, &out.Product, &out.Properties)
		case *envelope.EulaSection:
			f.once(s, &out.Eula, s.License.Text)
		case *envelope.AnnotationSection:
			f.once(s, &out.Note, s.Annotation.Text)
		case *envelope.OperatingSystemSection:
			out.OS = strconv.Itoa(int(s.ID))
			if name := s.ID.String(); s.ID != 1 {
				if _, ok := envelope.OSTypeByName(name); ok {
					out.OS = name
				}
			}
			if s.Version != nil {
				out.OSVersion = *s.Version
			}
		case *envelope.InstallSection:
			out.Install = &Install{StopDelay: s.InitialBootStopDelay}
		case *envelope.VirtualHardwareSection:
			if hw != nil {
				f.lost(s.Location(""), "a second VirtualHardwareSection", "")
				continue
			}
			hw = s
		default:
			f.unknown(s, diag.Quote(v.ID))
		}
	}
	if hw != nil {
		f.hardware(hw, out)
	}
	return out
}

func (f *reverse) hardware(s *envelope.VirtualHardwareSection, out *Machine) {
	if s.Transport != nil {
		out.Transports = envelope.Transports(*s.Transport)
	}
	if s.System != nil && s.System.VirtualSystemType != nil {
		out.SystemTypes = strings.FieldsFunc(*s.System.VirtualSystemType, func(r rune) bool { return r == ' ' || r == ',' })
	}
	amounts := map[string]*rasd.Item{} // the first Item of each quantity, whose unit the others share
	for i := range s.Item {
		it := &s.Item[i]
		if it.ResourceType == nil {
			continue
		}
		switch *it.ResourceType {
		case rasd.Processor:
			f.amount(it, &out.CPUs, amounts)
		case rasd.Memory:
			f.amount(it, &out.Memory, amounts)
		case rasd.EthernetAdapter:
			out.Networks = append(out.Networks, it.Connection...)
			if it.ResourceSubType != nil && out.NIC == "" {
				out.NIC = *it.ResourceSubType
			}
		case rasd.DiskDrive:
			f.disks(it, out, controllers(s))
		case rasd.CDDrive, rasd.DVDDrive:
			out.CDROMs = append(out.CDROMs, backing(it, "file"))
		case rasd.IDEController, rasd.ParallelSCSIHBA, rasd.OtherStorageDevice, rasd.ISCSIHBA:
			// follow from the drives
		default:
			f.lost(it.Location(""), "a device of type "+it.ResourceType.String(), "")
		}
	}
	if len(s.EthernetPortItem)+len(s.StorageItem) > 0 {
		f.lost(s.Location(""), "the EthernetPortItems and StorageItems of OVF 2", "")
	}
}

func controllers(s *envelope.VirtualHardwareSection) map[string]*rasd.Item {
	out := map[string]*rasd.Item{}
	for i := range s.Item {
		out[s.Item[i].InstanceID] = &s.Item[i]
	}
	return out
}

func (f *reverse) disks(it *rasd.Item, out *Machine, controllers map[string]*rasd.Item) {
	id := backing(it, "disk")
	if id == "" {
		f.lost(it.Location(""), "a disk drive without a disk", "")
		return
	}
	out.Disks = append(out.Disks, id)
	if it.Parent == nil || controllers[*it.Parent] == nil {
		return
	}
	c := controllers[*it.Parent]
	if c.ResourceType == nil {
		return
	}
	model := ""
	if c.ResourceSubType != nil {
		model = *c.ResourceSubType
	}
	name := "scsi"
	switch *c.ResourceType {
	case rasd.IDEController:
		name = "ide"
	case rasd.OtherStorageDevice:
		if name = "sata"; strings.Contains(strings.ToLower(model), "nvme") {
			name = "nvme"
		}
	}
	if name != "scsi" {
		out.DiskBus = name
	}
	if model != buses[name].model {
		out.DiskController = model
	}
}

// backing returns the id that an Item has as its disk or file.
func backing(it *rasd.Item, kind string) string {
	for _, h := range it.HostResource {
		h = strings.TrimPrefix(strings.TrimSpace(h), "ovf:")
		if id, ok := strings.CutPrefix(strings.TrimLeft(h, "/"), kind+"/"); ok {
			return id
		}
	}
	return ""
}

func (f *reverse) amount(it *rasd.Item, a *Amount, first map[string]*rasd.Item) {
	if it.VirtualQuantity == nil {
		return
	}
	unit := it.AllocationUnits
	if head := first[it.InstanceID]; head == nil {
		first[it.InstanceID] = it
	} else if unit == nil {
		unit = head.AllocationUnits
	}
	v := Size(*it.VirtualQuantity)
	if *it.ResourceType == rasd.Memory && unit != nil {
		var ok bool
		if v, ok = bytesOf(*it.VirtualQuantity, *unit); !ok {
			f.lost(it.Location("AllocationUnits"), "this unit", "")
			return
		}
	}
	options := []string(nil)
	if it.Configuration != nil {
		options = strings.Fields(*it.Configuration)
	}
	switch {
	case it.Bound != nil && *it.Bound != rasd.BoundNormal && len(options) > 0:
		f.lost(it.Location(""), "a range for one deployment option", "")
	case it.Bound != nil && *it.Bound == rasd.BoundMin:
		a.Min = v
	case it.Bound != nil && *it.Bound == rasd.BoundMax:
		a.Max = v
	case len(options) > 0:
		if a.Options == nil {
			a.Options = map[string]Size{}
		}
		for _, o := range options {
			a.Options[o] = v
		}
		if a.Value == 0 {
			a.Value = v
		}
	case a.Value == 0 || first[it.InstanceID] == it:
		a.Value = v
	default:
		f.lost(it.Location(""), "a second amount", "")
	}
	if it.Reservation != nil || it.Limit != nil || it.Weight != nil {
		f.lost(it.Location(""), "reservation, limit and weight", "")
	}
}

func plain(m *envelope.Msg) string {
	if m == nil {
		return ""
	}
	return m.Text
}
