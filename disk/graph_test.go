package disk_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/envelope"
)

// The disks of the white paper's pet store: one base, two children.
func petstore(t *testing.T) *envelope.Envelope {
	t.Helper()
	text, err := os.ReadFile("../examples/petstore/petstore.ovf")
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, string(text))
}

func ids(disks []*disk.Disk) string {
	var out []string
	for _, d := range disks {
		out = append(out, d.ID)
	}
	return strings.Join(out, " ")
}

func TestGraph(t *testing.T) {
	env := petstore(t)
	g, found := disk.NewGraph(env)
	if len(found) != 0 {
		t.Fatal(found)
	}
	if got := ids(g.Disks); got != "base web db" {
		t.Errorf("disks %q", got)
	}
	base, _ := g.Disk("base")
	if base.Capacity != 64<<20 || base.Format != envelope.FormatVMDK || base.File.Href != "petstore-base.vmdk" || len(base.Users) != 0 {
		t.Errorf("base is %+v", base)
	}
	if got := ids(base.Children); got != "web db" {
		t.Errorf("children of base: %q", got)
	}
	db, _ := g.Disk("db")
	var systems []string
	for _, u := range db.Users {
		systems = append(systems, u.System)
	}
	if want := []string{"DB1", "DB2"}; !slices.Equal(systems, want) {
		t.Errorf("db is used by %q, want %q", systems, want)
	}
	chain, err := g.Chain("db")
	if err != nil || ids(chain) != "base db" {
		t.Errorf("chain %q, %v", ids(chain), err)
	}
	if got := g.Leaves(); !slices.Equal(got, []string{"web", "db"}) {
		t.Errorf("leaves %q", got)
	}
	if _, err := g.Chain("nothing"); !errors.Is(err, disk.ErrNoDisk) {
		t.Errorf("an unknown disk: %v", err)
	}
}

func TestDownload(t *testing.T) {
	env := petstore(t)
	for i, n := range map[string]uint64{"base-file": 1000, "web-file": 10} {
		for k := range env.References.File {
			if f := &env.References.File[k]; f.ID == i {
				f.Size = &n
			}
		}
	}
	g, _ := disk.NewGraph(env)
	d, err := g.Download("web", "db")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range d.Files {
		names = append(names, f.ID)
	}
	// Twice the base, where each machine would come alone; the size of db is not said.
	if d.Bytes != 1010 || d.Separate != 2010 || d.Unknown != 1 || strings.Join(names, " ") != "base-file web-file db-file" {
		t.Errorf("%+v of %q", d, names)
	}
	huge := uint64(1) << 62
	for k := range env.References.File {
		env.References.File[k].Size = &huge
	}
	g, _ = disk.NewGraph(env)
	if d, _ := g.Download("web", "db"); d.Bytes != 1<<62 || d.Separate != 1<<62 {
		t.Errorf("sums wrap: %+v", d)
	}
}

func TestGraphRefuses(t *testing.T) {
	const f = ` ovf:format="` + vmdkURI + `" `
	disk1 := func(id, rest string) string { return fmt.Sprintf(`<Disk ovf:diskId="%s" %s/>`, id, rest) }
	for _, c := range []struct {
		name, disks, rule, id string // id: a disk that has no chain; empty if all have one
	}{
		{"twice", disk1("a", capacity) + disk1("a", capacity), "disk-id-unique", ""},
		{"no file", disk1("a", capacity+f+`ovf:fileRef="x"`), "disk-file-ref", "a"},
		{"no format", disk1("a", capacity+` ovf:fileRef="one"`), "disk-format-missing", "a"},
		{"foreign format", disk1("a", capacity+` ovf:fileRef="one" ovf:format="http://example.com/own"`), disk.RuleImageSupported, "a"},
		{"no parent", disk1("a", capacity+` ovf:parentRef="x"`), "disk-parent-ref", "a"},
		{"own parent", disk1("a", capacity+` ovf:parentRef="a"`), "disk-parent-cycle", "a"},
		{"cycle", disk1("a", capacity+` ovf:parentRef="c"`) + disk1("b", capacity+` ovf:parentRef="a"`) + disk1("c", capacity+` ovf:parentRef="b"`), "disk-parent-cycle", "c"},
		{"into a cycle", disk1("a", capacity+` ovf:parentRef="b"`) + disk1("b", capacity+` ovf:parentRef="a"`) + disk1("x", capacity+` ovf:parentRef="a"`), "disk-parent-cycle", "x"},
		{"order", disk1("a", capacity+` ovf:parentRef="b"`) + disk1("b", capacity), "disk-parent-order", ""},
		{"unequal", disk1("b", capacity) + disk1("a", `ovf:capacity="9" ovf:parentRef="b"`), "disk-parent-capacity", "a"},
		{"property and number", disk1("b", `ovf:capacity="${x}"`) + disk1("a", capacity+` ovf:parentRef="b"`), "disk-parent-capacity", "a"},
		{"mixed formats", disk1("b", capacity+f+`ovf:fileRef="one"`) + disk1("a", capacity+` ovf:fileRef="two" ovf:parentRef="b" ovf:format="`+envelope.URIVHD+`"`), "disk-parent-format", ""},
		{"capacity", disk1("a", `ovf:capacity="much"`), "disk-capacity", ""},
		{"negative", disk1("a", `ovf:capacity="-1"`), "disk-capacity", ""},
		{"units", disk1("a", `ovf:capacity="1" ovf:capacityAllocationUnits="parsec"`), "disk-capacity-units", ""},
		{"overflow", disk1("a", `ovf:capacity="17179869184" ovf:capacityAllocationUnits="byte * 2^30"`), "disk-capacity-overflow", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, found := disk.NewGraph(descriptor(t, "one.vmdk two.vmdk", c.disks))
			if len(found) != 1 || found[0].Rule != c.rule || found[0].Location.Line == 0 || found[0].Hint == "" {
				t.Fatalf("got %+v, want one of %s with place and hint", found, c.rule)
			}
			for _, d := range g.Disks {
				_, err := g.Chain(d.ID)
				var one *diag.Diagnostic
				if d.ID == c.id && (!errors.As(err, &one) || one.Rule != c.rule || one.Severity != diag.Error) {
					t.Errorf("chain of %s: %v", d.ID, err)
				}
				if c.id == "" && err != nil {
					t.Errorf("chain of %s: %v", d.ID, err)
				}
			}
		})
	}
}

// A chain of 10,000 is refused, in time and memory that are proportional to it; one
// that is shorter, when it is to be opened.
func TestLongChain(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, `<Disk ovf:diskId="d0" %s/>`, capacity)
	for i := 1; i < 10000; i++ {
		fmt.Fprintf(&b, `<Disk ovf:diskId="d%d" ovf:parentRef="d%d" %s/>`+"\n", i, i-1, capacity)
	}
	g, found := disk.NewGraph(descriptor(t, "", b.String()))
	if len(found) != 1 || found[0].Rule != image.RuleChainDepth || !strings.Contains(found[0].Message, `"d1024"`) {
		t.Fatal(found)
	}
	if chain, err := g.Chain("d1023"); err != nil || len(chain) != 1024 || chain[0].ID != "d0" {
		t.Errorf("%d disks, %v", len(chain), err)
	}
	var one *diag.Diagnostic
	if _, err := g.Chain("d9999"); !errors.As(err, &one) || one.Rule != image.RuleChainDepth {
		t.Errorf("got %v", err)
	}
	_, err := disk.Open(t.Context(), g, "d64", folder{}, disk.Options{})
	wantRule(t, err, image.RuleChainDepth)
	if _, err := disk.Open(t.Context(), g, "d63", folder{}, disk.Options{}); err != nil {
		t.Error(err)
	}
}

func TestSize(t *testing.T) {
	g, found := disk.NewGraph(descriptor(t, "", `<Disk ovf:diskId="a" ovf:capacity="${disk.size}" ovf:capacityAllocationUnits="byte * 2^30"/>`))
	if len(found) != 0 {
		t.Fatal(found)
	}
	d := g.Disks[0]
	for value, want := range map[string]int64{"4": 4 << 30, " 1 ": 1 << 30, "0": 0, "-1": 0, "8589934592": 0, "x": 0, "1.5": 0, "": 0} {
		n, err := d.Size(func(name string) (string, bool) { return value, name == "disk.size" })
		if n != want || (want == 0) != errors.Is(err, disk.ErrCapacity) {
			t.Errorf("%q: %d, %v; want %d", value, n, err, want)
		}
	}
	if _, err := d.Size(nil); !errors.Is(err, disk.ErrCapacity) {
		t.Errorf("without a function: %v", err)
	}
	if _, err := d.Size(func(string) (string, bool) { return "", false }); !errors.Is(err, disk.ErrCapacity) {
		t.Errorf("without a value: %v", err)
	}
}

// Shared disks of OVF 2.x are in the graph.
func TestSharedDisks(t *testing.T) {
	env := decode(t, `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/2" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/2"><References/>
<SharedDiskSection><Info>s</Info><SharedDisk ovf:diskId="s" ovf:capacity="4096" ovf:readOnly="true"/></SharedDiskSection>
<VirtualSystem ovf:id="v"><Info>v</Info></VirtualSystem></Envelope>`)
	g, found := disk.NewGraph(env)
	if len(found) != 0 || len(g.Disks) != 1 {
		t.Fatalf("%d disks, %v", len(g.Disks), found)
	}
	if d := g.Disks[0]; !d.Shared || !d.ReadOnly || d.Capacity != 4096 || d.Location.Line != 2 {
		t.Errorf("%+v", d)
	}
}

// Every rule has a name of its own and says what it is.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range disk.Rules() {
		if seen[r.Name] || r.Summary == "" || r.Why == "" || r.Severity == 0 || r.Layer != diag.Package || r.Since == "" {
			t.Errorf("%+v", r)
		}
		seen[r.Name] = true
	}
	if !seen[disk.RuleImageFormat] || !seen["vmdk-inflate"] || !seen["qcow2-backing-file"] || !seen[image.RuleParentID] {
		t.Error("a rule is missing")
	}
}
