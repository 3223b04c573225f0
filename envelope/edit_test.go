package envelope_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/rasd"
)

func mustDecode(t testing.TB, text string) *envelope.Envelope {
	t.Helper()
	env, _, err := envelope.Decode([]byte(text), envelope.DecodeOptions{Name: "test.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

const nested = `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<References/>
<VirtualSystemCollection ovf:id="all"><Info/>
  <VirtualSystemCollection ovf:id="a"><Info/><VirtualSystem ovf:id="db"><Info/></VirtualSystem></VirtualSystemCollection>
  <VirtualSystemCollection ovf:id="b"><Info/><VirtualSystem ovf:id="db"><Info/></VirtualSystem><VirtualSystem ovf:id="web"><Info/></VirtualSystem></VirtualSystemCollection>
</VirtualSystemCollection></Envelope>`

func TestFindContent(t *testing.T) {
	env := mustDecode(t, nested)
	for id, want := range map[string]error{
		"all": nil, "a": nil, "web": nil, "all/b/db": nil, "all/a/db": nil,
		"db": envelope.ErrAmbiguous, "b/db": envelope.ErrUnknown, "x": envelope.ErrUnknown, "": envelope.ErrUnknown,
	} {
		c, err := env.FindContent(id)
		if !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", id, err, want)
		}
		if err == nil && !strings.HasSuffix("/"+id, "/"+c.ContentID()) {
			t.Errorf("%q: found %q", id, c.ContentID())
		}
	}
	for id, want := range map[string]error{"web": nil, "all/a/db": nil, "a": envelope.ErrUnknown, "": envelope.ErrAmbiguous} {
		if _, err := env.FindSystem(id); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", id, err, want)
		}
	}
	var e *envelope.LookupError
	if _, err := env.FindSystem("wep"); !errors.As(err, &e) || e.Names[0] != "all/b/web" && e.Names[0] != "all/a/db" {
		t.Errorf("got %v", err)
	}
	if _, err := new(envelope.Envelope).FindSystem(""); !errors.Is(err, envelope.ErrUnknown) {
		t.Errorf("in an empty envelope: %v", err)
	}
}

// Names that are asked for come first in errors if they are nearly right.
func TestNearNames(t *testing.T) {
	env := mustDecode(t, strings.Replace(nested, "<References/>", `<References/><DeploymentOptionSection><Info/>
		<Configuration ovf:id="large"/><Configuration ovf:id="small"/><Configuration ovf:id="medium"/></DeploymentOptionSection>`, 1))
	for name, want := range map[string]string{"smal": "small", "Medium": "medium", "largest": "large"} {
		_, err := env.FindOption(name)
		var e *envelope.LookupError
		if !errors.As(err, &e) || e.Names[0] != want || len(e.Names) != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := env.FindOption(strings.Repeat("x", 1_000_000)); err == nil || len(err.Error()) > 500 {
		t.Error("a long name makes a long error")
	}
}

func products(sections ...*envelope.ProductSection) *envelope.VirtualSystem {
	vs := &envelope.VirtualSystem{ID: "vm"}
	for _, s := range sections {
		vs.Section = append(vs.Section, s)
	}
	return vs
}

func TestFindProperty(t *testing.T) {
	property := func(key string) *envelope.Property { return &envelope.Property{Key: key, Type: "string"} }
	plain := &envelope.ProductSection{Entry: envelope.ProductEntries{property("a"), property("com.example.b")}}
	class := &envelope.ProductSection{Class: new("com.example"), Entry: envelope.ProductEntries{property("a"), property("b"), property("d")}}
	both := &envelope.ProductSection{Class: new("com.example"), Instance: new("1"), Entry: envelope.ProductEntries{property("c"), property("d")}}
	vs := products(plain, class, both)
	env := &envelope.Envelope{Content: vs}
	for name, want := range map[string]*envelope.ProductSection{
		"a": plain, "com.example.a": class, "c": both, "com.example.c.1": both, "com.example.d": class,
		"d": nil, "com.example.b": nil, "b": class, "com.example.c": nil, "x": nil,
	} {
		r, err := env.FindProperty(name, vs)
		if r.Section != want || (err == nil) != (want != nil) {
			t.Errorf("%s: found in %v, %v", name, r.Section, err)
		}
	}
	if _, err := env.FindProperty("a", products()); !errors.Is(err, envelope.ErrUnknown) {
		t.Errorf("within other content: %v", err)
	}
}

func TestProductFor(t *testing.T) {
	plain, class := &envelope.ProductSection{}, &envelope.ProductSection{Class: new("com.example")}
	both := &envelope.ProductSection{Class: new("com.example"), Instance: new("1")}
	for _, c := range []struct {
		sections []*envelope.ProductSection
		name     string
		want     *envelope.ProductSection
		key      string
	}{
		{[]*envelope.ProductSection{plain, class, both}, "x", plain, "x"},
		{[]*envelope.ProductSection{plain, class, both}, "com.example.x", class, "x"},
		{[]*envelope.ProductSection{plain, class, both}, "com.example.x.1", both, "x"},
		{[]*envelope.ProductSection{class}, "x", class, "x"},
		{[]*envelope.ProductSection{class, both}, "x", nil, ""},
		{nil, "x", nil, ""},
	} {
		s, key, err := envelope.ProductFor(products(c.sections...), c.name)
		if s != c.want || key != c.key || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v, %q, %v", c.name, s, key, err)
		}
	}
}

func TestMainProduct(t *testing.T) {
	named := func(class *string) *envelope.ProductSection {
		return &envelope.ProductSection{Class: class, Product: &envelope.Msg{Text: "x"}}
	}
	empty, class, plain := &envelope.ProductSection{}, named(new("com.example")), named(nil)
	for i, c := range []struct {
		vs   *envelope.VirtualSystem
		want *envelope.ProductSection
	}{
		{products(empty, class, plain), plain}, {products(empty, class), class}, {products(empty), empty}, {products(), nil},
	} {
		got, err := (&envelope.Envelope{Content: c.vs}).MainProduct(nil)
		if got != c.want || (err == nil) != (c.want != nil) {
			t.Errorf("%d: %v, %v", i, got, err)
		}
	}
	collection := &envelope.VirtualSystemCollection{Content: envelope.Contents{products(), products(plain)}}
	if got, err := (&envelope.Envelope{Content: collection}).MainProduct(nil); got != plain {
		t.Errorf("the only one inside: %v, %v", got, err)
	}
	collection.Content = append(collection.Content, products(class))
	if _, err := (&envelope.Envelope{Content: collection}).MainProduct(nil); !errors.Is(err, envelope.ErrAmbiguous) {
		t.Errorf("two inside: %v", err)
	}
	collection.Section = envelope.Sections{empty}
	if got, err := (&envelope.Envelope{Content: collection}).MainProduct(nil); got != empty {
		t.Errorf("the outermost: %v, %v", got, err)
	}
}

// machine makes a system with memory Items.
func machine(items ...rasd.Item) *envelope.VirtualSystem {
	for i := range items {
		items[i].ResourceType = new(rasd.Memory)
		items[i].InstanceID = "1"
	}
	return &envelope.VirtualSystem{ID: "vm", Section: envelope.Sections{&envelope.VirtualHardwareSection{Item: items}}}
}

func memoryOf(t *testing.T, vs *envelope.VirtualSystem) []rasd.Item {
	t.Helper()
	hw, ok := envelope.First[*envelope.VirtualHardwareSection](vs.Section)
	if !ok {
		t.Fatal("no hardware")
	}
	return hw.Item
}

// The unit in which memory is written, where it is not simply that of the Item.
func TestSetMemoryUnits(t *testing.T) {
	mib, gib := new("byte * 2^20"), new("byte * 2^30")
	for name, c := range map[string]struct {
		items  []rasd.Item
		bytes  uint64
		option string
		want   string // quantity and units of each Item; empty for an error
	}{
		"own unit":              {[]rasd.Item{{AllocationUnits: gib}}, 2 << 30, "", "2 byte * 2^30"},
		"finer unit":            {[]rasd.Item{{AllocationUnits: gib}}, 3 << 29, "", "1536 byte * 2^20"},
		"no unit":               {[]rasd.Item{{}}, 2 << 30, "", "2 byte * 2^30"},
		"odd number":            {[]rasd.Item{{AllocationUnits: gib}}, 7, "", "7 byte"},
		"largest":               {[]rasd.Item{{AllocationUnits: mib}}, math.MaxUint64, "", "18446744073709551615 byte"},
		"loose unit":            {[]rasd.Item{{AllocationUnits: new("MegaBytes")}}, 1 << 30, "", "1024 MegaBytes"},
		"unknown unit":          {[]rasd.Item{{AllocationUnits: new("lots")}}, 1 << 30, "", "1 byte * 2^30"},
		"unknown unit, limits":  {[]rasd.Item{{AllocationUnits: new("lots"), Limit: new(uint64(1))}}, 1 << 30, "", ""},
		"unit of the quantity":  {[]rasd.Item{{AllocationUnits: gib, VirtualQuantityUnits: mib}}, 1 << 30, "", "1024 byte * 2^20"},
		"its unit changes":      {[]rasd.Item{{AllocationUnits: gib, VirtualQuantityUnits: gib, Limit: new(uint64(1))}}, 1 << 20, "", "1 byte * 2^20"},
		"unit from the base":    {[]rasd.Item{{AllocationUnits: gib}, {Configuration: new("a")}}, 2 << 30, "", "2 byte * 2^30, 2 "},
		"fragment first":        {[]rasd.Item{{Configuration: new("a")}, {AllocationUnits: gib}}, 1 << 20, "", "1 , 1 byte * 2^20"},
		"one option":            {[]rasd.Item{{AllocationUnits: gib}, {Configuration: new("a")}}, 2 << 30, "a", "1 byte * 2^30, 2 "},
		"option, own unit":      {[]rasd.Item{{AllocationUnits: gib}, {Configuration: new("a")}}, 1 << 20, "a", "1 byte * 2^30, 1 byte * 2^20"},
		"limits of the base":    {[]rasd.Item{{AllocationUnits: gib, Limit: new(uint64(1))}, {Configuration: new("a")}}, 1 << 20, "a", ""},
		"marker without unit":   {[]rasd.Item{{AllocationUnits: gib}, {Bound: new(rasd.BoundMax)}}, 1 << 20, "", ""},
		"other option's amount": {[]rasd.Item{{AllocationUnits: gib}, {Configuration: new("b")}}, 1 << 20, "a", "1 byte * 2^30, 1 byte * 2^20, 1 "},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.items {
				c.items[i].VirtualQuantity = new(uint64(1))
			}
			vs := machine(c.items...)
			before := vs.Clone()
			_, err := vs.SetMemory(c.bytes, c.option)
			if c.want == "" {
				var e *envelope.HardwareError
				if !errors.As(err, &e) || !errors.Is(err, envelope.ErrQuantity) {
					t.Errorf("error %v", err)
				}
				if !vs.Equal(before) {
					t.Error("changed in spite of an error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, it := range memoryOf(t, vs) {
				unit := ""
				if it.AllocationUnits != nil {
					unit = *it.AllocationUnits
				}
				if it.VirtualQuantityUnits != nil {
					unit = *it.VirtualQuantityUnits
				}
				got = append(got, fmt.Sprintf("%d %s", *it.VirtualQuantity, unit))
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// Two names can be swapped; a name that is taken changes nothing.
func TestRenameNetworks(t *testing.T) {
	env := &envelope.Envelope{
		Section: envelope.Sections{&envelope.NetworkSection{Network: []envelope.Network{{Name: "a"}, {Name: "b"}}}},
		Content: &envelope.VirtualSystem{Section: envelope.Sections{&envelope.VirtualHardwareSection{
			Item:             []rasd.Item{{Connection: []string{"a", "b", "c"}}},
			EthernetPortItem: []rasd.EthernetPortItem{{Connection: []string{"a"}}},
		}, &envelope.ProductSection{Entry: envelope.ProductEntries{
			&envelope.Property{Key: "p", Type: "ip:a", Value: new("${gateway:b} and ${net:a}, not ${a:b} $${net:a}")},
		}}}},
	}
	changes, err := env.RenameNetworks(map[string]string{"a": "b", "b": "a", "c": "c"})
	if err != nil || len(changes) != 7 {
		t.Errorf("%d changes, %v: %v", len(changes), err, changes)
	}
	nets, _ := envelope.First[*envelope.NetworkSection](env.Section)
	hw := hardware(env)
	p := firstProperty(env)
	if nets.Network[0].Name+nets.Network[1].Name != "ba" || strings.Join(hw.Item[0].Connection, "") != "bac" || hw.EthernetPortItem[0].Connection[0] != "b" {
		t.Errorf("got %v, %v", nets.Network, hw)
	}
	if p.Type != "ip:b" || *p.Value != "${gateway:a} and ${net:b}, not ${a:b} $${net:a}" {
		t.Errorf("got %s, %s", p.Type, *p.Value)
	}
	before := env.Clone()
	for _, names := range []map[string]string{{"a": "b"}, {"a": "x", "b": "x"}, {"a": "x", "y": "z"}} {
		if _, err := env.RenameNetworks(names); err == nil || !env.Equal(before) {
			t.Errorf("%v: %v", names, err)
		}
	}
}

func TestAccepts(t *testing.T) {
	for _, c := range []struct{ typ, qualifiers, want string }{
		{"string", "", ""}, {"uint16", "", ""}, {"boolean", "", ""}, {"ip", "", ""}, {"ip:VM Network", "", ""}, {"odd", "MinLen(1)", ""},
		{"string", "MinLen(1)", "text of at least 1 character"}, {"string(1..20)", "", "text of 1 to 20 characters"},
		{"uint8", `ValueMap{"1","2"}`, "1 or 2"}, {"String", `ValueMap{"a"}`, `"a"`},
	} {
		p := envelope.Property{Type: c.typ, Qualifiers: &c.qualifiers}
		if got := p.Accepts(); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.typ, c.qualifiers, got, c.want)
		}
	}
}

func TestReference(t *testing.T) {
	for in, want := range map[string]string{"${a}": "a", " ${a.b} ": "a.b", "a": "", "${a}b": "", "${a": "", "$${a}": "", "": ""} {
		if got, ok := envelope.Reference(in); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
}
