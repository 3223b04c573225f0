package disk_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/envelope"
)

// FuzzGraph reads the disks of any descriptor: chains end, have parents before
// their children, and are refused by rule; rewriting the disks gives a sound graph.
func FuzzGraph(f *testing.F) {
	for _, name := range []string{"petstore/petstore.ovf", "lamp-one/lamp-one.ovf", "lamp-two-tier/lamp.ovf"} {
		text, err := os.ReadFile("../examples/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, disks := range []string{
		`<Disk ovf:diskId="a" ovf:capacity="8" ovf:parentRef="b"/><Disk ovf:diskId="b" ovf:capacity="8" ovf:parentRef="a"/>`,
		`<Disk ovf:diskId="a" ovf:capacity="${x}" ovf:capacityAllocationUnits="byte * 2^62"/><Disk ovf:diskId="" ovf:capacity="" ovf:parentRef=""/>`,
	} {
		f.Add([]byte(head + `<References><File ovf:id="a" ovf:href="a" ovf:size="18446744073709551615"/></References><DiskSection><Info/>` + disks + `</DiskSection><VirtualSystem ovf:id="v"><Info/></VirtualSystem></Envelope>`))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		env, _, err := envelope.Decode(text, envelope.DecodeOptions{Name: "f.ovf"})
		if err != nil {
			return
		}
		g, found := disk.NewGraph(env)
		var stored []disk.Stored
		for _, d := range g.Disks {
			if d.Capacity < 0 || d.Unit < 0 {
				t.Fatalf("%+v", d)
			}
			first, _ := g.Disk(d.ID)
			chain, err := g.Chain(d.ID)
			var one *diag.Diagnostic
			if err != nil && (!errors.As(err, &one) || !found.HasErrors()) {
				t.Fatalf("%q: %v without a finding", d.ID, err)
			}
			for i, c := range chain {
				if i > 0 && c.Parent != chain[i-1] || i == len(chain)-1 && c != first {
					t.Fatalf("the chain of %q is broken", d.ID)
				}
			}
			if err == nil && first == d {
				s := disk.Stored{ID: d.ID, File: fmt.Sprintf("%d.vmdk", len(stored)), Capacity: 512, FileSize: 1}
				if len(stored) > 0 {
					s.Parent = stored[0].ID
				}
				stored = append(stored, s)
			}
		}
		load, err := g.Download(g.Leaves()...)
		if err == nil && (load.Bytes < 0 || load.Separate < load.Bytes) {
			t.Fatalf("%+v", load)
		}
		disk.Replace(env, stored, nil)
		g, _ = disk.NewGraph(env)
		for _, s := range stored {
			chain, err := g.Chain(s.ID)
			if s.ID == "" || slices.ContainsFunc(stored, func(o disk.Stored) bool { return o.ID == "" }) {
				continue // no id to refer to
			}
			if err != nil || chain[len(chain)-1].File.Href != s.File || (s.Parent != "") != (len(chain) == 2) {
				t.Fatalf("%+v became %s, %v", s, ids(chain), err)
			}
		}
	})
}

// memory is a file in memory.
type memory struct{ *bytes.Reader }

func (m memory) Size() int64 { return m.Reader.Size() }
func (memory) Close() error  { return nil }

// FuzzOpenImage opens any bytes as what they are declared to be: as that or not at all,
// and raw always.
func FuzzOpenImage(f *testing.F) {
	dir := f.TempDir()
	for i, format := range disk.Formats() {
		name := fmt.Sprintf("%d.img", i)
		file := qemutest.Create(f, dir+"/"+name)
		w, err := disk.NewWriter(file, format, 100<<10, disk.WriterOptions{})
		if err != nil {
			f.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte("content "), 100<<7)); err != nil {
			f.Fatal(err)
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		b, err := os.ReadFile(file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, uint8(format.Family()))
	}
	f.Add([]byte("vhdxfile"), uint8(envelope.FormatVHDX))
	f.Add(append(make([]byte, 32769), "CD001"...), uint8(envelope.FormatISO))
	limits := image.Limits{MaxSize: 1 << 40, MaxTable: 1 << 16, CacheSize: 1 << 18}
	f.Fuzz(func(t *testing.T, b []byte, declared uint8) {
		m, err := disk.OpenImage(memory{bytes.NewReader(b)}, envelope.DiskFormat(declared), nil, limits)
		if envelope.DiskFormat(declared) == envelope.FormatRaw && err != nil {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		if raw := envelope.DiskFormat(declared); (raw == envelope.FormatRaw || raw == envelope.FormatISO) && m.Size() != int64(len(b)) {
			t.Fatalf("%d bytes of %d", m.Size(), len(b))
		}
		p := make([]byte, 4096)
		for _, off := range []int64{0, m.Size() / 2, m.Size() - 10} {
			if n, err := m.ReadAt(p, max(off, 0)); err == nil && n != len(p) || errors.Is(err, io.EOF) && max(off, 0)+int64(n) != m.Size() {
				t.Fatalf("%d bytes at %d of %d: %v", n, off, m.Size(), err)
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
