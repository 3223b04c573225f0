package plan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/envelope"
)

// The same input gives the same bytes: no map decides about an order. Each run
// has maps of its own, whose order Go changes from run to run.
func TestHardwareNeverDependsOnMaps(t *testing.T) {
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	good := everything()
	bad := head + fileRef + disks("diskId=a;capacity=x;parentRef=b", "diskId=b;capacity=8;parentRef=a") + networks("front", "front") + options("a", "b") +
		collection("c", many(20, func(i int) string {
			return machine(fmt.Sprint("m", i%15), hardware("x",
				many(8, func(k int) string {
					return itemXML(fmt.Sprint(k%5), 3+k%2, fmt.Sprintf("@configuration=x%d b", k), "Parent=99")
				}),
				itemXML("50", 17, "HostResource=ovf:/disk/a"), itemXML("51", 10, "Connection=n1", "Connection=n2")))
		})) + "</Envelope>"
	choices := Choices{Option: "b", SystemTypes: []string{"x"}, Networks: map[string]string{"q": "1", "r": "2", "s": "3", "t": "4"}, Instances: map[string]int{"p": 1, "q": 2, "r": 3}}
	run := func(text string, c Choices) string {
		p, err := Resolve(context.Background(), Input{Envelope: readEnvelope(t, text)}, c)
		if err != nil {
			return err.Error()
		}
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	wantGood, wantBad := run(good, Choices{}), run(bad, choices)
	if !strings.HasPrefix(wantGood, "{") || strings.Count(wantBad, "\n") < 20 {
		t.Fatal(wantGood, wantBad)
	}
	for range 20 {
		if run(good, Choices{}) != wantGood || run(bad, choices) != wantBad {
			t.Fatal("two runs differ")
		}
	}
}

// Input that is out of all proportion ends in linear time and bounded memory;
// the list of diagnostics is bounded, too.
func TestHostileHardware(t *testing.T) {
	n := many()
	repeat := func(f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, text string
		want       string // rules of errors, or of warnings if there is a plan
	}{
		{"Items with one InstanceID", one(nil, repeat(func(int) string {
			return `<Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>`
		})), "item-repeated"},
		{"devices", one(nil, repeat(func(i int) string {
			return fmt.Sprintf(`<Item><rasd:InstanceID>%d</rasd:InstanceID><rasd:ResourceType>24</rasd:ResourceType></Item>`, i)
		})), ""},
		{"processors", one(nil, repeat(func(i int) string {
			return fmt.Sprintf(`<Item><rasd:InstanceID>%d</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>9223372036854775807</rasd:VirtualQuantity></Item>`, i)
		})), "quantity-size"},
		{"markers of nothing", one(nil, repeat(func(i int) string {
			return fmt.Sprintf(`<Item ovf:bound="max"><rasd:InstanceID>%d</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType></Item>`, i)
		})), "range-without-item"},
		{"markers of one Item", one(nil, itemXML("1", 3, "VirtualQuantity=1"), repeat(func(i int) string {
			return `<Item ovf:bound="max"><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>5</rasd:VirtualQuantity></Item>`
		})), "range-repeated"},
		{"unknown options", one([]string{"a"}, repeat(func(i int) string {
			return fmt.Sprintf(`<Item ovf:configuration="x%d"><rasd:InstanceID>%[1]d</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType></Item>`, i)
		})), "option-unknown"},
		{"a list of options without end", one([]string{"a"}, `<Item ovf:configuration="`+strings.Repeat("a ", n)+`"><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>24</rasd:ResourceType></Item>`), ""},
		{"parents that do not exist", one(nil, repeat(func(i int) string {
			return fmt.Sprintf(`<Item><rasd:InstanceID>%d</rasd:InstanceID><rasd:Parent>x</rasd:Parent><rasd:ResourceType>24</rasd:ResourceType></Item>`, i)
		})), "device-parent"},
		{"networks that do not exist", envelopeOf(networks(strings.Fields(repeat(func(i int) string { return fmt.Sprintf("net%d ", i) }))...), machine("m", hardware("x",
			strings.Repeat(`<Item><rasd:Connection>x</rasd:Connection><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>10</rasd:ResourceType></Item>`, 100)))), "nic-network"},
		{"a chain of disks", head + fileRef + "<DiskSection><Info>D</Info>" + repeat(func(i int) string {
			return fmt.Sprintf(`<Disk ovf:diskId="d%d" ovf:capacity="8" ovf:parentRef="d%d"/>`, i, i+1)
		}) + fmt.Sprintf(`<Disk ovf:diskId="d%d" ovf:capacity="8"/></DiskSection>`, n) + withDisk("m", "d0") + "</Envelope>", ""},
		{"a circle of disks", head + fileRef + "<DiskSection><Info>D</Info>" + repeat(func(i int) string {
			return fmt.Sprintf(`<Disk ovf:diskId="d%d" ovf:capacity="8" ovf:parentRef="d%d"/>`, i, (i+1)%n)
		}) + "</DiskSection>" + withDisk("m", "d0") + "</Envelope>", "plan-disk-parent"},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) {
			r := resolveText(t, tt.text, Choices{})
			severity := diag.Error
			if r.plan != nil {
				severity = diag.Warning
			}
			if got := r.rules(severity); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if len(r.diags) > 3*diag.DefaultMax+1 {
				t.Errorf("%d diagnostics", len(r.diags))
			}
		})
	}
}

// Every descriptor of the corpus that can be read has a plan or says what is
// wrong with it: with a hint, and with a place unless the operator has to act.
func TestCorpus(t *testing.T) {
	paths := corpus(t)
	if len(paths) == 0 {
		t.Skip("../shared/corpus is not beside the repository")
	}
	plans, refused := 0, 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		env, found, err := envelope.Decode(data, envelope.DecodeOptions{Name: path})
		if err != nil || found.HasErrors() {
			continue
		}
		p, err := Resolve(context.Background(), Input{Envelope: env}, Choices{})
		var l diag.List
		if err == nil {
			plans++
			l = p.Diagnostics
		} else if refused++; !errors.As(err, &l) || !l.HasErrors() {
			t.Errorf("%s: %v", path, err)
		}
		for _, d := range l {
			if d.Hint == "" && d.Severity != diag.Info || d.Message == "" || d.Location.Line == 0 && d.Layer != diag.Usage || d.Location.Line > 0 && d.Location.Path == "" {
				t.Errorf("%s: %+v", path, d)
			}
		}
	}
	t.Logf("%d plans, %d refused", plans, refused)
	if plans < 300 {
		t.Errorf("only %d plans", plans)
	}
}

// Numbers of public descriptors, computed by hand from their text.
func TestCorpusByHand(t *testing.T) {
	const dir = "../../shared/corpus/vmware__govmomi/ovf/fixtures/external/"
	const suite = dir + "OVFToolTemplates/OVF/xmltestfiles/"
	sugar := Choices{}
	for _, k := range []string{"theme=Love", "dns=x", "domainName=x", "dnsSearchPath=x", "gateway=x", "netmask=x", "hostPrefix=x", "dbIp=x", "webIp=x"} {
		k, v, _ := strings.Cut(k, "=")
		sugar.Properties = append(sugar.Properties, Setting{Name: k, Value: v})
	}
	with := func(option string) Choices { c := sugar; c.Option = option; return c }
	for _, tt := range []struct {
		path    string
		choices Choices
		want    string
	}{
		// 256 MiB; 512 MiB from medium on; 1 GiB and 2 processors for large.
		{suite + "DiskSection_1_0/Pos/make_delta.ovf", with("small"), "web: cpu=1 mem=268435456 6@ide5/0= nic7=Network\ndb: cpu=1 mem=268435456 6@ide5/0= nic7=Network"},
		{suite + "DiskSection_1_0/Pos/make_delta.ovf", with(""), "web: cpu=1 mem=536870912 6@ide5/0= nic7=Network\ndb: cpu=1 mem=536870912 6@ide5/0= nic7=Network"},
		{suite + "DiskSection_1_0/Pos/make_delta.ovf", with("large"), "web: cpu=2 mem=1073741824 6@ide5/0= nic7=Network\ndb: cpu=2 mem=1073741824 6@ide5/0= nic7=Network"},
	} {
		t.Run(filepath.Base(tt.path)+"-"+tt.choices.Option, func(t *testing.T) {
			data, err := os.ReadFile(tt.path)
			if err != nil {
				t.Skip("../shared/corpus is not beside the repository")
			}
			r := resolveText(t, string(data), tt.choices)
			if r.plan == nil {
				t.Fatal(r.diags)
			}
			if got := r.plan.brief(); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
