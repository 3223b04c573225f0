package envelope_test

import (
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
)

// The oldest version that has all parts, by the change logs of DSP8023.
func TestMinimumVersion(t *testing.T) {
	for _, c := range []struct{ name, old, new, version, part string }{
		{"as it is", "", "", "1.0.0", ""},
		{"xml:lang", "<Envelope ", `<Envelope xml:lang="da" `, "1.1.0", "@lang"},
		{"id of the hardware", "<VirtualHardwareSection>", `<VirtualHardwareSection ovf:id="a">`, "1.1.0", "@id"},
		{"a section of 2.x", "<VirtualHardwareSection>", `<PlacementSection ovf:group="a"><Info/></PlacementSection><VirtualHardwareSection>`, "2.0.1", "ovf:PlacementSection_Type"},
	} {
		env, _, err := envelope.Decode([]byte(strings.Replace(small, c.old, c.new, 1)), envelope.DecodeOptions{Name: "a.ovf"})
		if err != nil {
			t.Fatal(err)
		}
		version, part, where := env.MinimumVersion()
		if version != c.version || part != c.part || (where.Line == 0) != (c.part == "") {
			t.Errorf("%s: %s %q %v, want %s %q", c.name, version, part, where, c.version, c.part)
		}
	}
}
