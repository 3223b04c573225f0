package plan

import (
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
)

// merging has one row per rule about options, merging and ranges; the wanted
// numbers are computed by hand from DSP0243 8.3, 8.4 and 9.8.
var merging = []struct {
	name    string
	options []string
	choose  string
	items   []string
	want    string // brief of the plan
	errors  string // rules, if there is no plan
	warns   string
}{
	// 9.8: which option counts.
	{name: "the marked option is the default", options: []string{"a", "b*"},
		items: []string{itemXML("1", 3, "@configuration=a", "VirtualQuantity=1"), itemXML("1", 3, "@configuration=b", "VirtualQuantity=2")}, want: "m: cpu=2"},
	{name: "none marked: the first is", options: []string{"a", "b"},
		items: []string{itemXML("1", 3, "@configuration=a", "VirtualQuantity=1"), itemXML("1", 3, "@configuration=b", "VirtualQuantity=2")}, want: "m: cpu=1"},
	{name: "two marked", options: []string{"a*", "b*"}, items: []string{itemXML("1", 3, "VirtualQuantity=1")}, errors: "option-defaults"},
	{name: "two marked, one chosen", options: []string{"a*", "b*"}, choose: "b",
		items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 3, "@configuration=b", "VirtualQuantity=3")}, want: "m: cpu=3"},
	{name: "one id twice", options: []string{"a", "a"}, items: []string{itemXML("1", 3, "VirtualQuantity=1")}, errors: "option-repeated"},
	{name: "unknown choice", options: []string{"small", "large"}, choose: "medium", items: []string{itemXML("1", 3, "VirtualQuantity=1")}, errors: "choice-option"},
	{name: "choice where there is none", choose: "small", items: []string{itemXML("1", 3, "VirtualQuantity=1")}, errors: "choice-option"},

	// 9.8: which Items count.
	{name: "no configuration: every option", options: []string{"a", "b"}, choose: "b", items: []string{itemXML("1", 3, "VirtualQuantity=4")}, want: "m: cpu=4"},
	{name: "an empty list is none", options: []string{"a", "b"}, choose: "b", items: []string{itemXML("1", 3, "@configuration= ", "VirtualQuantity=4")}, want: "m: cpu=4"},
	{name: "a list of options, the second one", options: []string{"small", "large"}, choose: "large",
		items: []string{itemXML("1", 3, "@configuration=small large", "VirtualQuantity=4")}, want: "m: cpu=4"},
	{name: "a list with tabs and line feeds", options: []string{"small", "large"}, choose: "large",
		items: []string{itemXML("1", 3, "@configuration=&#10;small&#9;large ", "VirtualQuantity=4")}, want: "m: cpu=4"},
	{name: "not in the list", options: []string{"small", "medium", "large"}, choose: "medium",
		items: []string{itemXML("1", 3, "@configuration=small large", "VirtualQuantity=4"), itemXML("2", 4, "AllocationUnits=byte", "VirtualQuantity=7")}, want: "m: mem=7"},
	{name: "part of an id is not the id", options: []string{"small", "smaller"}, choose: "small",
		items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 3, "@configuration=smaller", "VirtualQuantity=4")}, want: "m: cpu=1"},
	{name: "unknown option of an Item", options: []string{"small"},
		items: []string{itemXML("1", 3, "@configuration=huge", "VirtualQuantity=4")}, errors: "option-unknown"},

	// 9.8: Items with one InstanceID are one device.
	{name: "the later child counts, the unit stays", options: []string{"a", "b"}, choose: "b",
		items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^20", "VirtualQuantity=512"), itemXML("2", 4, "@configuration=b", "VirtualQuantity=2048")}, want: "m: mem=2147483648"},
	{name: "not chosen: the first alone", options: []string{"a", "b"}, choose: "a",
		items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^20", "VirtualQuantity=512"), itemXML("2", 4, "@configuration=b", "VirtualQuantity=2048")}, want: "m: mem=536870912"},
	{name: "a new unit for the old number", options: []string{"a", "b"}, choose: "b",
		items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^20", "VirtualQuantity=2"), itemXML("2", 4, "@configuration=b", "AllocationUnits=byte * 2^30")}, want: "m: mem=2147483648"},
	{name: "document order, not how special", options: []string{"a", "b"}, choose: "b",
		items: []string{itemXML("1", 3, "@configuration=b", "VirtualQuantity=8"), itemXML("1", 3, "VirtualQuantity=1")}, want: "m: cpu=1"},
	{name: "three Items", options: []string{"small", "medium", "large"}, choose: "large",
		items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^20", "VirtualQuantity=256"), itemXML("2", 4, "@configuration=medium large", "VirtualQuantity=512"),
			itemXML("2", 4, "@configuration=large", "AllocationUnits=byte * 2 ^ 30", "VirtualQuantity=1")}, want: "m: mem=1073741824"},
	{name: "blanks around InstanceIDs", options: []string{"a"},
		items: []string{itemXML(" 1 ", 3, "VirtualQuantity=1"), itemXML("1", 3, "@configuration=a", "VirtualQuantity=2")}, want: "m: cpu=2"},
	{name: "another kind of device", options: []string{"a"},
		items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 4, "@configuration=a", "VirtualQuantity=2")}, errors: "item-kind"},
	{name: "no kind at all", items: []string{el("Item", "rasd", "ElementName=E", "InstanceID=1", "VirtualQuantity=1")}, errors: "item-kind-missing"},
	{name: "twice for every option", items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 3, "VirtualQuantity=2")}, want: "m: cpu=2", warns: "item-repeated"},
	{name: "one disk, not two", options: []string{"a", "b"}, choose: "b",
		items: []string{itemXML("3", 6), itemXML("7", 17, "Parent=3", "AddressOnParent=0"), itemXML("7", 17, "@configuration=b", "AddressOnParent=1")}, want: "m: 7@scsi3/1="},
	{name: "the parent is for another option", options: []string{"a", "b"}, choose: "b",
		items: []string{itemXML("3", 6, "@configuration=a"), itemXML("7", 17, "Parent=3")}, errors: "device-parent"},

	// 8.4: ranges.
	{name: "only a maximum", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^20", "VirtualQuantity=2048"),
		itemXML("2", 4, "@bound=max", "AllocationUnits=byte * 2^20", "VirtualQuantity=65536")}, want: "m: mem=2147483648[..68719476736]"},
	{name: "only a minimum", items: []string{itemXML("1", 3, "VirtualQuantity=4"), itemXML("1", 3, "@bound=min", "VirtualQuantity=2")}, want: "m: cpu=4[2..]"},
	{name: "both, markers first", items: []string{itemXML("1", 3, "@bound=max", "VirtualQuantity=8"), itemXML("1", 3, "@bound=min", "VirtualQuantity=2"),
		itemXML("1", 3, "@bound=normal", "VirtualQuantity=4")}, want: "m: cpu=4[2..8]"},
	{name: "the ends belong to the range", items: []string{itemXML("1", 3, "VirtualQuantity=4"), itemXML("1", 3, "@bound=min", "VirtualQuantity=4"),
		itemXML("1", 3, "@bound=max", "VirtualQuantity=4")}, want: "m: cpu=4[4..4]"},
	{name: "a range in another unit", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^20", "VirtualQuantity=2048"),
		itemXML("2", 4, "@bound=max", "AllocationUnits=byte * 2^30", "VirtualQuantity=3")}, want: "m: mem=2147483648[..3221225472]"},
	{name: "a range without unit has that of the Item", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^30", "VirtualQuantity=2"),
		itemXML("2", 4, "@bound=max", "VirtualQuantity=3")}, want: "m: mem=2147483648[..3221225472]"},
	{name: "below the minimum", items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 3, "@bound=min", "VirtualQuantity=2")}, errors: "range-order"},
	{name: "above the maximum", items: []string{itemXML("1", 3, "VirtualQuantity=9"), itemXML("1", 3, "@bound=max", "VirtualQuantity=8")}, errors: "range-order"},
	{name: "above it in bytes, though not in numbers", items: []string{itemXML("2", 4, "AllocationUnits=byte * 2^30", "VirtualQuantity=2"),
		itemXML("2", 4, "@bound=max", "AllocationUnits=byte * 2^20", "VirtualQuantity=1024")}, errors: "range-order"},
	{name: "upside down", items: []string{itemXML("1", 3, "VirtualQuantity=4"), itemXML("1", 3, "@bound=min", "VirtualQuantity=8"),
		itemXML("1", 3, "@bound=max", "VirtualQuantity=2")}, errors: "range-order"},
	{name: "a range of nothing", items: []string{itemXML("1", 3, "@bound=max", "VirtualQuantity=8")}, errors: "range-without-item"},
	{name: "a range of what another option has", options: []string{"a", "b"}, choose: "b",
		items: []string{itemXML("1", 3, "@configuration=a", "VirtualQuantity=1"), itemXML("1", 3, "@bound=max", "VirtualQuantity=8")}, want: "m:"},
	{name: "a range of another kind", items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 4, "@bound=max", "VirtualQuantity=8")}, errors: "range-kind"},
	{name: "two maxima", items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 3, "@bound=max", "VirtualQuantity=8"),
		itemXML("1", 3, "@bound=max", "VirtualQuantity=9")}, errors: "range-repeated"},
	{name: "a maximum for one option", options: []string{"a", "b"}, choose: "b",
		items: []string{itemXML("1", 3, "VirtualQuantity=1"), itemXML("1", 3, "@configuration=b", "@bound=max", "VirtualQuantity=16"),
			itemXML("1", 3, "@bound=max", "VirtualQuantity=8")}, want: "m: cpu=1[..16]"},
	{name: "bytes against hertz", items: []string{itemXML("3", 20, "AllocationUnits=byte", "Limit=1"), itemXML("3", 20, "@bound=max", "AllocationUnits=hertz", "Limit=9")}, errors: "range-unit"},
	{name: "no value to start from", items: []string{itemXML("1", 3), itemXML("1", 3, "@bound=max", "VirtualQuantity=8")}, want: "m:", warns: "range-unused"},
	{name: "an unknown bound", items: []string{itemXML("1", 3, "@bound=Max", "VirtualQuantity=8")}, errors: "item-bound"},
	{name: "no second disk from a range", items: []string{itemXML("7", 17), itemXML("7", 17, "@bound=max", "VirtualQuantity=8")}, want: "m: 7@/-1=", warns: "range-unused"},
}

func TestMerging(t *testing.T) {
	for _, tt := range merging {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			r := resolveText(t, one(tt.options, tt.items...), Choices{Option: tt.choose})
			check(t, r, tt.want, tt.errors, tt.warns)
		})
	}
}

// check compares a result with a row of a table.
func check(t *testing.T, r result, want, errors, warns string) {
	t.Helper()
	if got := r.rules(diag.Error); got != errors {
		t.Fatalf("errors %q, want %q\n%v", got, errors, r.diags)
	}
	if got := r.rules(diag.Warning); got != warns && errors == "" {
		t.Errorf("warnings %q, want %q\n%v", got, warns, r.diags)
	}
	for _, d := range r.diags {
		if d.Hint == "" || d.Layer == diag.Semantic && (d.Location.Line == 0 || d.Location.File == "") {
			t.Errorf("no place or no hint: %+v", d)
		}
	}
	if r.plan == nil {
		return
	}
	if got := r.plan.brief(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The merged Item has all children: each from the last Item that has it, and
// open content and attributes by the same rule.
func TestMergedItem(t *testing.T) {
	r := resolveText(t, one([]string{"a", "b"},
		itemXML("2", 4, "AllocationUnits=byte * 2^20", "Caption=first", "VirtualQuantity=256", "Reservation=128", "PoolID=gold", "@required=false"),
		itemXML("2", 4, "@configuration=a", "Caption=not chosen", "Weight=1"),
		itemXML("2", 4, "@configuration=b", "Caption=last", "VirtualQuantity=512", "Weight=150")), Choices{Option: "b"})
	d := r.plan.Machines[0].Hardware.Devices[0]
	switch it := d.Item; {
	case *it.Caption != "last", *it.PoolID != "gold", *it.VirtualQuantity != 512, *it.Reservation != 128, *it.Weight != 150, *it.Required:
		t.Errorf("%+v", it)
	case it.Configuration != nil, it.Bound != nil:
		t.Error("a merged Item is for no configuration")
	}
	if d.Quantity.Value != 512<<20 || d.Reservation.Value != 128<<20 || *d.Weight != 150 || d.Required {
		t.Errorf("%+v", d)
	}
	if d.Quantity.Origin.Kind != FromOption || d.Quantity.Origin.From != "b" || d.Reservation.Origin.Kind != FromDescriptor {
		t.Errorf("origins %+v, %+v", d.Quantity.Origin, d.Reservation.Origin)
	}
	if len(d.Locations) != 2 || d.Locations[0].Line >= d.Locations[1].Line {
		t.Errorf("places %v", d.Locations)
	}
	if d.Quantity.Origin.Location.Line <= d.Locations[1].Line {
		t.Errorf("the quantity of the last Item is said to be in line %d", d.Quantity.Origin.Location.Line)
	}
}

// A single Item is that of the envelope itself.
func TestSingleItemShared(t *testing.T) {
	env := readEnvelope(t, one(nil, itemXML("1", 3, "VirtualQuantity=1")))
	p, err := Resolve(t.Context(), Input{Envelope: env}, Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if l := p.Machines[0].Hardware.Devices[0].Item.Location("InstanceID"); l.Line == 0 {
		t.Error("the Item has lost its place")
	}
}
