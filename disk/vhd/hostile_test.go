package vhd_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vhd"
)

// forged is an image of four blocks of 8 KiB, of which block 0 and 2 are
// stored. Fields are at the places that the format gives them; seal puts the
// checksums right.
type forged struct{ b []byte }

const (
	forgedBlock = 8 << 10
	forgedSize  = 4*forgedBlock - 1024
	forgedHead  = 512
	forgedTable = 1536
	forgedFirst = 2048 // block 0; block 2 follows at 2048+512+8192
)

func forge(kind uint32) *forged {
	foot := make([]byte, 512)
	copy(foot, "conectix")
	be := binary.BigEndian
	be.PutUint32(foot[8:], 2)
	be.PutUint32(foot[12:], 0x10000)
	be.PutUint64(foot[16:], forgedHead)
	be.PutUint64(foot[48:], forgedSize)
	be.PutUint32(foot[60:], kind)
	copy(foot[68:], "0123456789abcdef")
	f := &forged{append([]byte(nil), foot...)}
	head := make([]byte, 1024)
	copy(head, "cxsparse")
	be.PutUint64(head[16:], forgedTable)
	be.PutUint32(head[24:], 0x10000)
	be.PutUint32(head[28:], 4)
	be.PutUint32(head[32:], forgedBlock)
	if kind == 4 {
		copy(head[40:], "ABCDEFGHIJKLMNOP")
		copy(head[64:], "\x00p\x00.\x00v\x00h\x00d")
	}
	f.b = append(f.b, head...)
	table := bytes.Repeat([]byte{0xff}, 512)
	be.PutUint32(table, forgedFirst/512)
	be.PutUint32(table[8:], (forgedFirst+512+forgedBlock)/512)
	f.b = append(f.b, table...)
	for _, fill := range []byte{'A', 'C'} {
		bitmap := make([]byte, 512)
		bitmap[0], bitmap[1] = 0b10011111, 0b11110001 // sectors 1, 2 and 12 to 14 are not stored
		f.b = append(f.b, bitmap...)
		f.b = append(f.b, bytes.Repeat([]byte{fill}, forgedBlock)...)
	}
	f.b = append(f.b, foot...)
	f.seal()
	return f
}

func (f *forged) u32(off int, v uint32) { binary.BigEndian.PutUint32(f.b[off:], v) }
func (f *forged) u64(off int, v uint64) { binary.BigEndian.PutUint64(f.b[off:], v) }

// foot changes both copies of the footer.
func (f *forged) foot(change func(b []byte)) {
	change(f.b[:512])
	change(f.b[len(f.b)-512:])
	f.seal()
}

func (f *forged) head(off int, v uint32) {
	f.u32(forgedHead+off, v)
	f.seal()
}

func (f *forged) seal() {
	for _, s := range []struct{ at, size, sum int }{{0, 512, 64}, {len(f.b) - 512, 512, 64}, {forgedHead, 1024, 36}} {
		f.u32(s.at+s.sum, 0)
		n := uint32(0)
		for _, c := range f.b[s.at : s.at+s.size] {
			n += uint32(c)
		}
		f.u32(s.at+s.sum, ^n)
	}
}

func readAll(b []byte) ([]byte, error) {
	m, err := vhd.Open(bytes.NewReader(b), int64(len(b)), image.Limits{})
	if err != nil {
		return nil, err
	}
	p := make([]byte, m.Size())
	if _, err := m.ReadAt(p, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return p, nil
}

// forgedContent is what the forged image holds over a parent.
func forgedContent(parent []byte) []byte {
	want := append([]byte(nil), parent...)
	for _, b := range []struct {
		block int
		fill  byte
	}{{0, 'A'}, {2, 'C'}} {
		for s := range 16 {
			if s == 1 || s == 2 || s >= 12 && s <= 14 {
				continue
			}
			off := b.block*forgedBlock + s*512
			copy(want[off:off+512], bytes.Repeat([]byte{b.fill}, 512))
		}
	}
	return want
}

// TestBitmap: what the bitmap leaves out is zero in a dynamic image, whatever
// is stored in its place.
func TestBitmap(t *testing.T) {
	got, err := readAll(forge(3).b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, forgedContent(make([]byte, forgedSize))) {
		t.Error("content differs")
	}
}

// TestDifferencing reads a child over its parent, sector by sector.
func TestDifferencing(t *testing.T) {
	content := make([]byte, forgedSize)
	for i := range content {
		content[i] = byte(i>>9) + 'a'
	}
	fixed := forge(2)
	fixed.b = append(append([]byte(nil), content...), fixed.b[:512]...)
	foot := fixed.b[len(content):]
	copy(foot[68:], "ABCDEFGHIJKLMNOP")
	binary.BigEndian.PutUint32(foot[64:], 0)
	n := uint32(0)
	for _, c := range foot {
		n += uint32(c)
	}
	binary.BigEndian.PutUint32(foot[64:], ^n)
	parent, err := vhd.Open(bytes.NewReader(fixed.b), int64(len(fixed.b)), image.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	b := forge(4).b
	child, err := vhd.Open(bytes.NewReader(b), int64(len(b)), image.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if l := child.Lineage(); l.Hint != "p.vhd" || l.Parent != parent.Lineage().ID || l.ID != "uuid:30313233-3435-3637-3839-616263646566" {
		t.Errorf("lineage %+v", l)
	}
	c, err := image.NewChain(image.Limits{}, parent, child)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, forgedSize)
	if _, err := c.ReadAt(got, 0); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, forgedContent(content)) {
		t.Error("content differs")
	}
	if _, err := child.ReadAt(got, 0); !errors.Is(err, image.ErrNeedsParent) {
		t.Errorf("the child alone: %v", err)
	}
	if _, err := child.ReadAt(got[:512], 0); err != nil {
		t.Errorf("a sector of the child: %v", err)
	}
}

// TestFixedContentIsNotStructure: the first sector of a fixed disk may be
// whatever its user put there.
func TestFixedContentIsNotStructure(t *testing.T) {
	content := forge(3).b[:2*512]
	f := append([]byte(nil), content...)
	foot := forge(2)
	foot.foot(func(b []byte) { binary.BigEndian.PutUint64(b[48:], uint64(len(content))) })
	f = append(f, foot.b[len(foot.b)-512:]...)
	got, err := readAll(f)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%v, equal %v", err, bytes.Equal(got, content))
	}
}

func TestHostile(t *testing.T) {
	be := binary.BigEndian
	for _, c := range []struct {
		name, rule string
		change     func(f *forged)
	}{
		{"empty file", vhd.RuleTruncated, func(f *forged) { f.b = nil }},
		{"no footer", vhd.RuleFooter, func(f *forged) { f.b = f.b[:len(f.b)-512] }},
		{"damaged footer", vhd.RuleFooter, func(f *forged) { f.b[len(f.b)-100] ^= 1 }},
		{"damaged copy", vhd.RuleFooter, func(f *forged) { f.b[100] ^= 1 }},
		{"copy of another disk", vhd.RuleFooter, func(f *forged) { f.b[70]++; f.seal() }},
		{"version 2", vhd.RuleFooter, func(f *forged) { f.foot(func(b []byte) { b[13] = 2 }) }},
		{"type 0", vhd.RuleFooter, func(f *forged) { f.foot(func(b []byte) { b[63] = 0 }) }},
		{"type 5", vhd.RuleFooter, func(f *forged) { f.foot(func(b []byte) { b[63] = 5 }) }},
		{"size 0", vhd.RuleSize, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[48:], 0) }) }},
		{"size 2^63", vhd.RuleSize, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[48:], 1<<63) }) }},
		{"size not whole sectors", vhd.RuleSize, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[48:], 1000) }) }},
		{"size above the table", vhd.RuleSize, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[48:], 5*forgedBlock) }) }},
		{"fixed beyond the file", vhd.RuleSize, func(f *forged) { f.foot(func(b []byte) { b[63] = 2 }) }},
		{"header outside", vhd.RuleHeader, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[16:], 1<<40) }) }},
		{"header at 2^64-512", vhd.RuleHeader, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[16:], 1<<64-512) }) }},
		{"header at an odd place", vhd.RuleHeader, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[16:], 513) }) }},
		{"header is the footer", vhd.RuleHeader, func(f *forged) { f.foot(func(b []byte) { be.PutUint64(b[16:], 0) }) }},
		{"header cut off", vhd.RuleTruncated, func(f *forged) {
			f.foot(func(b []byte) { be.PutUint64(b[16:], uint64(len(f.b)-512)) })
		}},
		{"header damaged", vhd.RuleHeader, func(f *forged) { f.b[forgedHead+100] ^= 1 }},
		{"header version 2", vhd.RuleHeader, func(f *forged) { f.head(24, 0x20000) }},
		{"child of nothing", vhd.RuleHeader, func(f *forged) { f.foot(func(b []byte) { b[63] = 4 }) }},
		{"block of 0", vhd.RuleBlockSize, func(f *forged) { f.head(32, 0) }},
		{"block of 12288", vhd.RuleBlockSize, func(f *forged) { f.head(32, 12288) }},
		{"block of 2^31", vhd.RuleBlockSize, func(f *forged) { f.head(32, 1<<31) }},
		{"table of nothing", vhd.RuleSize, func(f *forged) { f.head(28, 0) }},
		{"table above the limit", vhd.RuleTable, func(f *forged) {
			f.head(28, 1<<32-1)
			f.foot(func(b []byte) { be.PutUint64(b[48:], 30<<40) })
		}},
		{"table beyond the file", vhd.RuleTable, func(f *forged) {
			f.head(28, 1<<32-1)
			f.foot(func(b []byte) { be.PutUint64(b[48:], 4<<30) })
		}},
		{"table outside", vhd.RuleTable, func(f *forged) { f.head(16, 1) }},
		{"table is the header", vhd.RuleOverlap, func(f *forged) { f.head(20, forgedHead) }},
		{"block outside", vhd.RuleBlock, func(f *forged) { f.u32(forgedTable+4, 1<<32-2) }},
		{"block half outside", vhd.RuleBlock, func(f *forged) { f.u32(forgedTable+4, uint32(len(f.b)/512-2)) }},
		{"block over the footer", vhd.RuleBlock, func(f *forged) { f.u32(forgedTable+4, uint32(len(f.b)/512-17)) }},
		{"block twice", vhd.RuleOverlap, func(f *forged) { f.u32(forgedTable+4, forgedFirst/512) }},
		{"blocks overlap", vhd.RuleOverlap, func(f *forged) { f.u32(forgedTable+4, forgedFirst/512+16) }},
		{"block is the table", vhd.RuleOverlap, func(f *forged) { f.u32(forgedTable+4, forgedTable/512) }},
		{"block is the start", vhd.RuleOverlap, func(f *forged) { f.u32(forgedTable+4, 0) }},
	} {
		f := forge(3)
		c.change(f)
		_, err := readAll(f.b)
		var e *image.Error
		if !errors.As(err, &e) || e.Rule != c.rule {
			t.Errorf("%s: %v, want rule %s", c.name, err, c.rule)
			continue
		}
		listed := false
		for _, r := range vhd.Rules() {
			listed = listed || r.Name == c.rule && r.Summary != "" && r.Why != ""
		}
		if !listed {
			t.Errorf("rule %s is not listed", c.rule)
		}
	}
}

// TestTruncated: an image cut anywhere is refused.
func TestTruncated(t *testing.T) {
	b := forge(3).b
	for n := 0; n < len(b); n += 256 {
		if _, err := readAll(b[:n]); err == nil {
			t.Errorf("an image of %d bytes cut to %d is accepted", len(b), n)
		}
	}
}

// FuzzOpen reads whatever is taken for an image: without a panic, with extents
// that cover the disk, and with the same content at once and in pieces.
func FuzzOpen(f *testing.F) {
	for kind := uint32(2); kind <= 4; kind++ {
		f.Add(forge(kind).b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= forgedHead+1024+512 {
			(&forged{b}).seal() // so that not all input is refused for its checksums
		}
		m, err := vhd.Open(bytes.NewReader(b), int64(len(b)), image.Limits{MaxSize: 1 << 30, MaxTable: 1 << 20, CacheSize: 1 << 20})
		if err != nil {
			return
		}
		end, budget := int64(0), int64(1<<20)
		for e, err := range image.Extents(m) {
			if err != nil {
				t.Fatalf("tables that Open accepted: %v", err)
			}
			if e.Offset != end {
				t.Fatalf("extent %+v after byte %d", e, end)
			}
			end = e.End()
			if e.Kind != image.Data || budget < e.Length {
				continue
			}
			budget -= e.Length
			whole, piece := make([]byte, e.Length), make([]byte, 1)
			if _, err := m.ReadAt(whole, e.Offset); err != nil && err != io.EOF {
				t.Fatalf("%+v: %v", e, err)
			}
			if _, err := m.ReadAt(piece, end-1); err != nil && err != io.EOF || piece[0] != whole[e.Length-1] {
				t.Fatalf("the last byte of %+v: %v, equal %v", e, err, piece[0] == whole[e.Length-1])
			}
		}
		if end != m.Size() {
			t.Fatalf("extents end at %d of %d", end, m.Size())
		}
	})
}
