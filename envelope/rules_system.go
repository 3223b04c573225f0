package envelope

import (
	"strings"

	"github.com/ovfkit/ovf/diag"
)

// systemRules are the rules of InstallSection, OperatingSystemSection and
// EulaSection (DSP0243 9.6, 9.9, 9.10).
var systemRules = []diag.Rule{
	{Name: "install-delay", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.10", Since: "0.1.0",
		Summary: "Nothing bounds the wait for the first boot.",
		Why:     "An installation that hangs is never reported."},
	{Name: "os-id", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.9", Since: "0.1.0",
		Summary: "The operating system has a number that CIM does not define.",
		Why:     "Consumers fall back to an unknown system, with devices that may not fit."},
	{Name: "os-description", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.9", Since: "0.1.0",
		Summary: "Number and name of the operating system differ.",
		Why:     "One of them is wrong, and consumers differ in which they take."},
	{Name: "eula-empty", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.6", Since: "0.1.0",
		Summary: "A licence is empty.",
		Why:     "The operator is asked to accept nothing."},
}

func (c *checker) systems() {
	for s := range c.sections() {
		switch s := s.(type) {
		case *InstallSection:
			if s.InitialBootStopDelay == 0 {
				c.at("install-delay", s.Location("@initialBootStopDelay"), "nothing bounds the wait for the machine to power off after its first boot").
					hint("set ovf:initialBootStopDelay to the seconds that the installation takes at most").add()
			}
		case *OperatingSystemSection:
			c.operatingSystem(s)
		case *EulaSection:
			if strings.TrimSpace(s.License.Text) == "" && text(s.License.MsgID) == "" && len(s.License.Ext.Attrs)+len(s.License.Ext.Elements) == 0 {
				c.at("eula-empty", s.Location("License"), "the licence has no text").
					hint("write the text, or remove the EulaSection").add()
			}
		}
	}
}

func (c *checker) operatingSystem(s *OperatingSystemSection) {
	if !s.ID.Defined() {
		c.at("os-id", s.Location("@id"), "%d is no operating system of CIM", uint16(s.ID)).
			hint("use the number of the nearest system, and say more in Description").add()
	}
	if s.Description == nil {
		return
	}
	name := strings.TrimSpace(s.Description.Text)
	if strings.EqualFold(name, s.ID.String()) {
		return
	}
	if t, ok := OSTypeByName(name); ok && t != s.ID {
		c.at("os-description", s.Location("@id"), "the operating system has the number %d (%s) and the description %s, which is the name of number %d", uint16(s.ID), s.ID, diag.Quote(name), uint16(t)).
			hint("write ovf:id=\"%d\", or correct the description", uint16(t)).add()
	}
}
