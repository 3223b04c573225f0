package rasd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/ovfkit/ovf/rasd"
)

func TestResourceTypeNames(t *testing.T) {
	// Numbers and names as the value map of CIM Schema 2.42 pairs them.
	for v, want := range map[rasd.ResourceType]string{
		0:                       "DMTF reserved (0)",
		rasd.Other:              "Other",
		3:                       "Processor",
		4:                       "Memory",
		5:                       "IDE Controller",
		6:                       "Parallel SCSI HBA",
		10:                      "Ethernet Adapter",
		14:                      "Floppy Drive",
		15:                      "CD Drive",
		16:                      "DVD drive",
		17:                      "Disk Drive",
		20:                      "Other storage device",
		23:                      "USB Controller",
		24:                      "Graphics controller",
		30:                      "Ethernet Switch Port",
		31:                      "Logical Disk",
		rasd.EthernetConnection: "Ethernet Connection",
		34:                      "DMTF reserved (34)",
		32767:                   "DMTF reserved (32767)",
		32768:                   "Vendor reserved (32768)",
		65535:                   "Vendor reserved (65535)",
	} {
		if got := v.String(); got != want {
			t.Errorf("%d is %q, want %q", uint16(v), got, want)
		}
	}
	if rasd.EthernetConnection != 33 {
		t.Errorf("EthernetConnection is %d", uint16(rasd.EthernetConnection))
	}
	defined := 0
	for v := range 65536 {
		r := rasd.ResourceType(v)
		if r.Defined() {
			defined++
		}
		if r.Vendor() != (v >= 32768) {
			t.Errorf("%d: Vendor is %v", v, r.Vendor())
		}
	}
	if defined != 33 {
		t.Errorf("%d types are defined, want 33", defined)
	}
}

// TestResourceTypesOfSchema compares the range of named values with the
// enumeration in DMTF's own schema.
func TestResourceTypesOfSchema(t *testing.T) {
	b, err := os.ReadFile("../../shared/schemas/2.0.1/CIM_ResourceAllocationSettingData.xsd")
	if err != nil {
		t.Skip("no schema files of DMTF beside the repository")
	}
	first := regexp.MustCompile(`(?s)name="ResourceType".*?</xs:simpleType>`).Find(b)
	n := 0
	for _, m := range regexp.MustCompile(`enumeration value="(\d+)"`).FindAllSubmatch(first, -1) {
		v, _ := strconv.Atoi(string(m[1]))
		n++
		if !rasd.ResourceType(v).Defined() {
			t.Errorf("the schema names %d, the table does not", v)
		}
	}
	if n != 33 {
		t.Errorf("the schema names %d types, want 33", n)
	}
}

func TestEnumNames(t *testing.T) {
	for _, c := range []struct {
		v    fmt.Stringer
		want string
	}{
		{rasd.VisibilityUnknown, "Unknown"},
		{rasd.ConsumerVisibility(1), "DMTF reserved (1)"},
		{rasd.PassedThrough, "Passed-Through"},
		{rasd.ConsumerVisibility(3), "Virtualized"},
		{rasd.NotRepresented, "Not represented"},
		{rasd.ConsumerVisibility(32766), "DMTF reserved (32766)"},
		{rasd.ConsumerVisibility(32767), "Vendor reserved (32767)"},
		{rasd.MappingBehavior(0), "Unknown"},
		{rasd.MappingBehavior(1), "DMTF reserved (1)"},
		{rasd.MappingBehavior(2), "Not Supported"},
		{rasd.MappingBehavior(3), "Dedicated"},
		{rasd.MappingSoftAffinity, "Soft Affinity"},
		{rasd.MappingBehavior(5), "Hard Affinity"},
		{rasd.ChangeableType(0), "Not Changeable - Persistent"},
		{rasd.ChangeableType(1), "Changeable - Transient"},
		{rasd.ChangeableType(2), "Changeable - Persistent"},
		{rasd.NotChangeableTransient, "Not Changeable - Transient"},
		{rasd.ChangeableType(4), "undefined (4)"},
	} {
		if got := c.v.String(); got != c.want {
			t.Errorf("%T %d is %q, want %q", c.v, c.v, got, c.want)
		}
	}
}

func TestBound(t *testing.T) {
	for b, want := range map[rasd.Bound][2]bool{ // valid, marker
		"": {true, false}, "normal": {true, false}, "min": {true, true}, "max": {true, true},
		"Min": {false, false}, "minimum": {false, false},
	} {
		if b.Valid() != want[0] || b.Marker() != want[1] {
			t.Errorf("bound %q: valid %v, marker %v", b, b.Valid(), b.Marker())
		}
	}
}

// TestEnumsInJSON holds the enumerations to numbers, which managers compare.
func TestEnumsInJSON(t *testing.T) {
	v := struct {
		Type rasd.ResourceType
		Vis  rasd.ConsumerVisibility
		Map  rasd.MappingBehavior
		Chg  rasd.ChangeableType
	}{rasd.EthernetAdapter, rasd.Virtualized, rasd.MappingDedicated, rasd.ChangeablePersistent}
	b, err := json.Marshal(v)
	if want := `{"Type":10,"Vis":3,"Map":3,"Chg":2}`; err != nil || string(b) != want {
		t.Errorf("JSON is %s, %v; want %s", b, err, want)
	}
}
