package author

import (
	"fmt"
	"path"
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// machines calls yield with each machine, in order.
func (s *Spec) machines(yield func(*Machine) bool) {
	if s.Machine != nil {
		yield(s.Machine)
	} else if s.Group != nil {
		s.Group.machines(yield)
	}
}

func (g *Group) machines(yield func(*Machine) bool) bool {
	for i := range g.Members {
		switch m := &g.Members[i]; {
		case m.Machine != nil:
			if !yield(m.Machine) {
				return false
			}
		case m.Group != nil:
			if !m.Group.machines(yield) {
				return false
			}
		}
	}
	return true
}

func (m *Member) id() string {
	if m.Machine != nil {
		return m.Machine.ID
	}
	return m.Group.ID
}

// typeName returns the type as descriptors write it (DSP0243 9.5, table 6).
func (p *Property) typeName() string {
	if p.Type == "" {
		return "string"
	}
	return p.Type
}

// qualifiers returns the text of Property/@qualifiers.
func (p *Property) qualifiers() string {
	var out []string
	if p.MinLength != 0 {
		out = append(out, fmt.Sprintf("MinLen(%d)", p.MinLength))
	}
	if p.MaxLength != 0 {
		out = append(out, fmt.Sprintf("MaxLen(%d)", p.MaxLength))
	}
	if len(p.OneOf) > 0 {
		quoted := make([]string, len(p.OneOf))
		for i, v := range p.OneOf {
			quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
		}
		out = append(out, "ValueMap{"+strings.Join(quoted, ", ")+"}")
	}
	return strings.Join(out, ", ")
}

func (f *File) href() string {
	if f.Href != "" {
		return f.Href
	}
	return path.Base(f.Source)
}

func (d *Disk) fileID() string { return "file-" + d.ID }

func (d *Disk) href() string {
	if d.Href != "" {
		return d.Href
	}
	return d.ID + ".vmdk"
}

// format returns the format of the source.
func (d *Disk) format() (string, error) {
	switch d.SourceFormat {
	case "raw", "vmdk", "vhd", "qcow2":
		return d.SourceFormat, nil
	case "":
	default:
		return "", fmt.Errorf("%s is no format of images", diag.Quote(d.SourceFormat))
	}
	switch strings.ToLower(path.Ext(d.Source)) {
	case ".img", ".raw", ".iso":
		return "raw", nil
	case ".vmdk":
		return "vmdk", nil
	case ".vhd", ".vpc":
		return "vhd", nil
	case ".qcow2", ".qcow":
		return "qcow2", nil
	}
	return "", fmt.Errorf("the name %s does not tell the format of the image", diag.Quote(d.Source))
}
