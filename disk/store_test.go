package disk_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/envelope"
)

// alike returns n disks of 8 MiB that share a base of noise and differ in one block
// each.
func alike(n int) [][]byte {
	base := make([]byte, 8<<20)
	rand.NewChaCha8([32]byte{1}).Read(base[:2<<20])
	var out [][]byte
	for i := range n {
		b := bytes.Clone(base)
		rand.NewChaCha8([32]byte{2, byte(i)}).Read(b[i<<16+100 : i<<16+30_000])
		out = append(out, b)
	}
	return out
}

// Three full images become a parent and three children; the descriptor is rewritten
// for them, and both we and qemu-img read each disk as it was.
func TestDelta(t *testing.T) {
	qemutest.Need(t, "qemu-img")
	dir, out := t.TempDir(), t.TempDir()
	disks := alike(3)
	odd := bytes.Repeat([]byte("alone "), 1000)[:4096]
	names := []string{"web", "db", "cache"}
	var sources []disk.Source
	full := int64(0)
	for i, b := range disks {
		save(t, dir, names[i]+".vmdk", disk.VMDK, b)
		fi, err := os.Stat(filepath.Join(dir, names[i]+".vmdk"))
		if err != nil {
			t.Fatal(err)
		}
		full += fi.Size()
		sources = append(sources, disk.Source{ID: names[i], Image: rawImage(t, b)})
	}
	sources = append(sources, disk.Source{ID: "small", Image: rawImage(t, odd)})

	var done, total int64
	stored, err := disk.Delta(t.Context(), sources, func(file string) (disk.Output, error) { return os.Create(filepath.Join(out, file)) },
		disk.DeltaOptions{Taken: func(id string) bool { return id == "base" }, Progress: func(d, n int64) {
			if d < done {
				t.Errorf("progress goes back from %d to %d", done, d)
			}
			done, total = d, n
		}})
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(2 * (8<<20 + 4096)); total != want || done != total {
		t.Errorf("progress ended at %d of %d, want %d", done, total, want)
	}
	size := int64(0)
	for _, s := range stored {
		fi, err := os.Stat(filepath.Join(out, s.File))
		if err != nil || fi.Size() != s.FileSize {
			t.Fatalf("%+v: %v", s, err)
		}
		size += s.FileSize
	}
	if len(stored) != 5 || !stored[0].Common || stored[0].ID != "base-2" || size > full/2 {
		t.Errorf("%d bytes instead of %d: %+v", size, full, stored)
	}

	const d = `<Disk ovf:diskId="%" ` + capacity + ` ovf:fileRef="%" ovf:format="` + vmdkURI + `"/>`
	text := ""
	for _, id := range []string{"web", "old", "db", "cache"} {
		text += string(bytes.ReplaceAll([]byte(d), []byte("%"), []byte(id)))
	}
	env := descriptor(t, "web.vmdk old.vmdk db.vmdk cache.vmdk", text, "ovf:/disk/web", "ovf:/disk/db", "ovf:/disk/cache")
	disk.Replace(env, stored, []string{"old"})
	if l := envelope.Validate(env, envelope.ValidateOptions{}); l.HasErrors() {
		t.Error(l)
	}
	written, err := envelope.Encode(env)
	if err != nil {
		t.Fatal(err)
	}
	env = decode(t, string(written))
	g, found := disk.NewGraph(env)
	if len(found) != 0 {
		t.Fatal(found)
	}
	if got := ids(g.Disks); got != "base-2 web db cache small" {
		t.Errorf("disks %q", got)
	}
	if base, _ := g.Disk("base-2"); base.Capacity != 8<<20 || base.File.Size != stored[0].FileSize {
		t.Errorf("%+v", base)
	}
	for i, want := range append(disks, odd) {
		id := append(names, "small")[i]
		m, err := disk.Open(t.Context(), g, id, in(out, env), disk.Options{})
		if err != nil {
			t.Fatal(err)
		}
		qemutest.Equal(t, m, m.Size(), want)
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		qemutest.Write(t, dir, "want.raw", want)
		d, _ := g.Disk(id)
		qemutest.Compare(t, "raw", filepath.Join(dir, "want.raw"), "vmdk", filepath.Join(out, d.File.Href))
	}
}

// A disk that becomes the child of a later one moves behind it; a file that two disks
// had is no longer shared; a second section is folded into the first.
func TestReplaceOrder(t *testing.T) {
	env := descriptor(t, "one.vmdk", `<Disk ovf:diskId="a" `+capacity+` ovf:fileRef="one" ovf:format="x"/><Disk ovf:diskId="b" ovf:capacity="${p}" ovf:fileRef="one" ovf:format="x"/></DiskSection><DiskSection><Info>e</Info><Disk ovf:diskId="c" ovf:capacity="4"/>`)
	disk.Replace(env, []disk.Stored{
		{ID: "c", File: "c.vmdk", Capacity: 8 << 20, FileSize: 3},
		{ID: "b", Parent: "c", File: "b.vmdk", Capacity: 8 << 20, FileSize: 2},
		{ID: "a", Parent: "b", File: "a.vmdk", Capacity: 8 << 20, FileSize: 1},
	}, nil)
	g, found := disk.NewGraph(env)
	if len(found) != 0 {
		t.Fatal(found)
	}
	if got := ids(g.Disks); got != "c b a" {
		t.Errorf("disks %q", got)
	}
	for _, d := range g.Disks {
		if d.Capacity != 8<<20 || d.File.Href != d.ID+".vmdk" || d.URI != vmdkURI {
			t.Errorf("%+v with %+v", d, d.File)
		}
	}
	// A descriptor without disks gets a section.
	env = decode(t, head+`<References/><VirtualSystem ovf:id="v"><Info>v</Info></VirtualSystem></Envelope>`)
	disk.Replace(env, []disk.Stored{{ID: "a", File: "a.vmdk", Capacity: 512, FileSize: 1}}, nil)
	if g, found := disk.NewGraph(env); len(found) != 0 || ids(g.Disks) != "a" || g.Disks[0].Capacity != 512 {
		t.Errorf("%q, %v", ids(g.Disks), found)
	}
}

func TestDeltaFails(t *testing.T) {
	src := disk.Source{ID: "a", Image: rawImage(t, make([]byte, 4096))}
	if _, err := disk.Delta(t.Context(), []disk.Source{src, src}, nil, disk.DeltaOptions{}); err == nil {
		t.Error("one id twice is accepted")
	}
	full := errors.New("no space")
	if _, err := disk.Delta(t.Context(), []disk.Source{src}, func(string) (disk.Output, error) { return nil, full }, disk.DeltaOptions{}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := disk.Delta(ctx, []disk.Source{src}, nil, disk.DeltaOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// Names of files are safe whatever the ids are.
	names := map[string]bool{}
	_, err := disk.Delta(t.Context(), []disk.Source{{ID: "../x", Image: src.Image}, {ID: ".._x", Image: src.Image}, {ID: "", Image: src.Image}},
		func(file string) (disk.Output, error) {
			names[file] = true
			return os.Create(filepath.Join(t.TempDir(), file))
		}, disk.DeltaOptions{})
	if err != nil || len(names) != 3 || !names["_x.vmdk"] || !names["_x-2.vmdk"] || !names["disk.vmdk"] {
		t.Errorf("%v, %v", names, err)
	}
}
