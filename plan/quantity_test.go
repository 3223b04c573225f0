package plan

import (
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// amounts has one row per rule about numbers and units (DSP0243 8.3, DSP0004
// C.1); the wanted numbers are computed by hand.
var amounts = []struct {
	name   string
	items  []string
	want   string
	errors string
	warns  string
}{
	{name: "GiB as the standard writes it", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^30", "VirtualQuantity=4")}, want: "m: mem=4294967296"},
	{name: "TiB", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^40", "VirtualQuantity=1")}, want: "m: mem=1099511627776"},
	{name: "powers of ten", items: []string{itemXML("2", 4, "AllocationUnits=byte * 10^6", "VirtualQuantity=512")}, want: "m: mem=512000000"},
	{name: "two factors", items: []string{itemXML("2", 4, "AllocationUnits=byte*1024*1024", "VirtualQuantity=3")}, want: "m: mem=3145728"},
	{name: "bits", items: []string{itemXML("2", 4, "AllocationUnits=bit * 2^23", "VirtualQuantity=3")}, want: "m: mem=3145728"},
	{name: "plain bytes", items: []string{itemXML("2", 4, "AllocationUnits=byte", "VirtualQuantity=18446744073709551615")}, want: "m: mem=18446744073709551615"},
	{name: "MegaBytes", items: []string{itemXML("2", 4, "AllocationUnits=MegaBytes", "VirtualQuantity=256")}, want: "m: mem=268435456", warns: "quantity-unit-word"},
	{name: "GB", items: []string{itemXML("2", 4, "AllocationUnits=GB", "VirtualQuantity=2")}, want: "m: mem=2147483648", warns: "quantity-unit-word"},
	{name: "VirtualQuantityUnits before AllocationUnits", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^20", "Limit=1", "VirtualQuantityUnits=byte * 2^30", "VirtualQuantity=2")},
		want: "m: mem=2147483648"},
	{name: "no unit of memory", items: []string{itemXML("2", 4, "VirtualQuantity=256")}, want: "m: mem=268435456", warns: "quantity-unit-missing"},
	{name: "a unit that is none", items: []string{itemXML("2", 4, "AllocationUnits=furlong", "VirtualQuantity=256")}, errors: "quantity-unit"},
	{name: "memory in hertz", items: []string{itemXML("2", 4, "AllocationUnits=hertz * 10^6", "VirtualQuantity=256")}, errors: "quantity-measure"},
	{name: "2^64", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^60", "VirtualQuantity=16")}, errors: "quantity-size"},
	{name: "2^34 times 2^30", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^30", "VirtualQuantity=17179869184")}, errors: "quantity-size"},
	{name: "half a byte", items: []string{itemXML("2", 4, "AllocationUnits=bit", "VirtualQuantity=12")}, errors: "quantity-size"},
	{name: "more than 64 bits", items: []string{itemXML("2", 4, "AllocationUnits=byte", "VirtualQuantity=18446744073709551616")}, errors: "item-number"},
	{name: "a negative number", items: []string{itemXML("1", 3, "VirtualQuantity=-1")}, errors: "item-number"},
	{name: "a property for a number", items: []string{itemXML("1", 3, "VirtualQuantity=${cpus}")}, errors: "item-number"},
	{name: "an empty number says nothing", items: []string{itemXML("1", 3, "VirtualQuantity=2", "Reservation=")}, want: "m: cpu=2"},
	{name: "processors are counted", items: []string{itemXML("1", 3, "AllocationUnits=hertz * 10^6", "VirtualQuantity=2", "Reservation=500")}, want: "m: cpu=2"},
	{name: "processors add up", items: []string{itemXML("1", 3, "VirtualQuantity=2"), itemXML("2", 3, "VirtualQuantity=3")}, want: "m: cpu=5", warns: "quantity-several"},
	{name: "so do their ranges", items: []string{itemXML("1", 3, "VirtualQuantity=2"), itemXML("1", 3, "@bound=max", "VirtualQuantity=4"), itemXML("2", 3, "VirtualQuantity=3"),
		itemXML("2", 3, "@bound=min", "VirtualQuantity=1"), itemXML("2", 3, "@bound=max", "VirtualQuantity=6")}, want: "m: cpu=5[..10]", warns: "quantity-several"},
	{name: "together too much", items: []string{itemXML("1", 4, "AllocationUnits=byte", "VirtualQuantity=18446744073709551615"),
		itemXML("2", 4, "AllocationUnits=byte", "VirtualQuantity=1")}, errors: "quantity-size"},
	{name: "no number at all", items: []string{itemXML("1", 3)}, want: "m:"},
	{name: "a unit that does not matter", items: []string{itemXML("9", 20, "AllocationUnits=furlong", "VirtualQuantity=1")}, want: "m:", warns: "quantity-unit"},
}

func TestAmounts(t *testing.T) {
	for _, tt := range amounts {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			check(t, resolveText(t, one(nil, tt.items...), Choices{}), tt.want, tt.errors, tt.warns)
		})
	}
}

// The numbers of devices that are neither processors nor memory come out in
// their base units, too.
func TestAmountsOfDevices(t *testing.T) {
	r := resolveText(t, one(nil,
		itemXML("1", 3, "AllocationUnits=hertz * 10^6", "VirtualQuantity=2", "Reservation=500", "Limit=2000"),
		itemXML("10", 10, "AllocationUnits=bit / second * 10^6", "Limit=100"),
		itemXML("11", 20, "AllocationUnits=percent", "Reservation=25"),
		itemXML("12", 20, "VirtualQuantity=3")), Choices{})
	d := r.plan.Machines[0].Hardware.Devices
	for _, tt := range []struct {
		q    *Quantity
		n    uint64
		unit string
	}{
		{d[0].Reservation, 500_000_000, "hertz"}, {d[0].Limit, 2_000_000_000, "hertz"}, {d[0].Quantity, 2, ""},
		{d[1].Limit, 100_000_000, "bit / second"}, {d[2].Reservation, 25, "percent"}, {d[3].Quantity, 3, ""},
	} {
		if tt.q == nil || tt.q.Value != tt.n || tt.q.Unit != tt.unit {
			t.Errorf("got %+v, want %d %s", tt.q, tt.n, tt.unit)
		}
	}
}

// A word that is no unit of the standard is reported once, however many Items
// use it.
func TestUnitWordOnce(t *testing.T) {
	r := resolveText(t, one(nil, itemXML("1", 4, "AllocationUnits=MB", "VirtualQuantity=1", "Limit=4", "Reservation=1"), itemXML("2", 20, "AllocationUnits=MB", "Limit=1")), Choices{})
	n := 0
	for _, d := range r.diags {
		if d.Rule == "quantity-unit-word" && d.Severity == diag.Warning {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d times: %v", n, r.diags)
	}
}

func TestAmountText(t *testing.T) {
	for _, tt := range []struct {
		q    Quantity
		want string
	}{
		{Quantity{Value: 0, Unit: "byte"}, "0 bytes"},
		{Quantity{Value: 1, Unit: "byte"}, "1 byte"},
		{Quantity{Value: 1025, Unit: "byte"}, "1025 bytes"},
		{Quantity{Value: 1536 << 20, Unit: "byte"}, "1536 MiB"},
		{Quantity{Value: 1 << 63, Unit: "byte"}, "8 EiB"},
		{Quantity{Value: 1_500_000_000, Unit: "hertz"}, "1500 MHz"},
		{Quantity{Value: 2_000_000_000, Unit: "hertz"}, "2 GHz"},
		{Quantity{Value: 7, Unit: "percent"}, "7 percent"},
		{Quantity{Value: 7}, "7"},
	} {
		if got := tt.q.amountText(tt.q.Value); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.q, got, tt.want)
		}
	}
}
