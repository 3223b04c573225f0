package qcow2_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/qcow2"
)

func wantRule(t *testing.T, name string, err error, rule string) {
	t.Helper()
	var e *image.Error
	if !errors.As(err, &e) || e.Rule != rule {
		t.Errorf("%s: %v, want rule %s", name, err, rule)
		return
	}
	for _, r := range qcow2.Rules() {
		if r.Name == rule && r.Summary != "" && r.Why != "" {
			return
		}
	}
	t.Errorf("%s: rule %s is not listed", name, rule)
}

// forged is an image of 64 KiB in clusters of 512 bytes: header, L1 table of
// two entries, two L2 tables, and clusters for the first, second and 65th cluster
// of the disk, of which the second is compressed.
type forged struct{ b []byte }

const (
	forgedL1   = 1 * 512
	forgedL2   = 2 * 512 // and 3*512
	forgedData = 4 * 512 // and 5*512 compressed, 6*512
)

func (f *forged) u32(off int, v uint32) { binary.BigEndian.PutUint32(f.b[off:], v) }
func (f *forged) u64(off int, v uint64) { binary.BigEndian.PutUint64(f.b[off:], v) }

func deflated(p []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	w.Write(p)
	w.Close()
	return b.Bytes()
}

func forge() *forged {
	f := &forged{make([]byte, 7*512)}
	copy(f.b, "QFI\xfb")
	f.u32(4, 3)
	f.u32(20, 9)
	f.u64(24, 64<<10)
	f.u32(36, 2)
	f.u64(40, forgedL1)
	f.u32(96, 4)
	f.u32(100, 104)
	f.u64(forgedL1, 1<<63|forgedL2)
	f.u64(forgedL1+8, 1<<63|(forgedL2+512))
	f.u64(forgedL2, 1<<63|forgedData)
	f.u64(forgedL2+8, 1<<62|(forgedData+512))
	f.u64(forgedL2+16, 1) // zeros
	f.u64(forgedL2+512, 1<<63|(forgedData+1024))
	for i := range 512 {
		f.b[forgedData+i], f.b[forgedData+1024+i] = 'A', 'C'
	}
	copy(f.b[forgedData+512:], deflated(bytes.Repeat([]byte{'B'}, 512)))
	return f
}

func readAll(b []byte) ([]byte, error) {
	m, err := qcow2.Open(bytes.NewReader(b), int64(len(b)), image.Limits{})
	if err != nil {
		return nil, err
	}
	p := make([]byte, m.Size())
	if _, err := m.ReadAt(p, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return p, nil
}

func TestForgedIsSound(t *testing.T) {
	got, err := readAll(forge().b)
	want := make([]byte, 64<<10)
	for i := range 512 {
		want[i], want[512+i], want[32<<10+i] = 'A', 'B', 'C'
	}
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, equal %v", err, bytes.Equal(got, want))
	}
}

func TestHostile(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		change     func(f *forged)
	}{
		{"empty file", qcow2.RuleHeader, func(f *forged) { f.b = nil }},
		{"other file", qcow2.RuleHeader, func(f *forged) { copy(f.b, "KDMV") }},
		{"half a header", qcow2.RuleTruncated, func(f *forged) { f.b = f.b[:60] }},
		{"version 2 in a header of 3", qcow2.RuleTruncated, func(f *forged) { f.b = f.b[:80] }},
		{"version 1", qcow2.RuleHeader, func(f *forged) { f.u32(4, 1) }},
		{"version 4", qcow2.RuleHeader, func(f *forged) { f.u32(4, 4) }},
		{"backing file", qcow2.RuleBackingFile, func(f *forged) { f.u64(8, 300); f.u32(16, 11); copy(f.b[300:], "/etc/passwd") }},
		{"backing file of no length", qcow2.RuleBackingFile, func(f *forged) { f.u64(8, 300) }},
		{"backing file of 4 GiB", qcow2.RuleBackingFile, func(f *forged) { f.u32(16, 1<<32-1) }},
		{"data file", qcow2.RuleDataFile, func(f *forged) { f.u64(72, 1<<2) }},
		{"data file in an extension", qcow2.RuleDataFile, func(f *forged) { f.u32(104, 0x44415441); f.u32(108, 8) }},
		{"data file in the second extension", qcow2.RuleDataFile, func(f *forged) { f.u32(104, 7); f.u32(108, 13); f.u32(128, 0x44415441) }},
		{"extension of 4 GiB", qcow2.RuleHeader, func(f *forged) { f.u32(104, 7); f.u32(108, 1<<32-1) }},
		{"header of 0", qcow2.RuleHeader, func(f *forged) { f.u32(100, 0) }},
		{"encrypted", qcow2.RuleEncrypted, func(f *forged) { f.u32(32, 1) }},
		{"marked as corrupt", qcow2.RuleFeature, func(f *forged) { f.u64(72, 1<<1) }},
		{"extended L2", qcow2.RuleFeature, func(f *forged) { f.u64(72, 1<<4) }},
		{"unknown feature", qcow2.RuleFeature, func(f *forged) { f.u64(72, 1<<63) }},
		{"zstd", qcow2.RuleFeature, func(f *forged) { f.u64(72, 1<<3); f.u32(100, 112); f.b[104] = 1 }},
		{"clusters of 1", qcow2.RuleHeader, func(f *forged) { f.u32(20, 0) }},
		{"clusters of 4 GiB", qcow2.RuleHeader, func(f *forged) { f.u32(20, 32) }},
		{"size 0", qcow2.RuleSize, func(f *forged) { f.u64(24, 0) }},
		{"size 2^63", qcow2.RuleSize, func(f *forged) { f.u64(24, 1<<63) }},
		{"size not whole sectors", qcow2.RuleSize, func(f *forged) { f.u64(24, 1000) }},
		{"L1 table too short", qcow2.RuleTable, func(f *forged) { f.u32(36, 1) }},
		{"L1 table of 4 Gi entries", qcow2.RuleTable, func(f *forged) { f.u32(36, 1<<32-1); f.u64(24, 60<<40) }},
		{"L1 table beyond the file", qcow2.RuleTable, func(f *forged) { f.u32(36, 1<<20); f.u64(24, 1<<34) }},
		{"L1 table outside", qcow2.RuleTable, func(f *forged) { f.u64(40, 1<<40) }},
		{"L1 table at 2^64-512", qcow2.RuleTable, func(f *forged) { f.u64(40, 1<<64-512) }},
		{"L1 table at an odd place", qcow2.RuleTable, func(f *forged) { f.u64(40, 513) }},
		{"L1 table at 0", qcow2.RuleTable, func(f *forged) { f.u64(40, 0) }},
		{"L2 table outside", qcow2.RuleTable, func(f *forged) { f.u64(forgedL1, 1<<40) }},
		{"reserved bit of L1", qcow2.RuleTable, func(f *forged) { f.u64(forgedL1, 1<<63|1<<60|forgedL2) }},
		{"L2 table twice", qcow2.RuleOverlap, func(f *forged) { f.u64(forgedL1+8, forgedL2) }},
		{"L2 table is L1", qcow2.RuleOverlap, func(f *forged) { f.u64(forgedL1+8, forgedL1) }},
		{"L2 table is the header", qcow2.RuleOverlap, func(f *forged) { f.u64(40, 512*6); f.u64(512*6, 512*6) }},
		{"cluster outside", qcow2.RuleCluster, func(f *forged) { f.u64(forgedL2+24, 1<<40) }},
		{"cluster at an odd sector", qcow2.RuleCluster, func(f *forged) { f.u32(20, 10); f.u64(40, 1024); f.u64(1024, 2048); f.u64(2048, 512) }},
		{"reserved bit of L2", qcow2.RuleCluster, func(f *forged) { f.u64(forgedL2+24, 1<<5) }},
		{"zeros in version 2", qcow2.RuleCluster, func(f *forged) { f.u32(4, 2) }},
		{"cluster twice", qcow2.RuleOverlap, func(f *forged) { f.u64(forgedL2+24, forgedData) }},
		{"cluster is a table", qcow2.RuleOverlap, func(f *forged) { f.u64(forgedL2+24, forgedL2) }},
		{"cluster behind the disk", qcow2.RuleCluster, func(f *forged) { f.u64(24, 64<<10-512); f.u64(forgedL2+512+63*8, forgedData) }},
		{"compressed outside", qcow2.RuleCluster, func(f *forged) { f.u64(forgedL2+24, 1<<62|1<<40) }},
		{"compressed at 0", qcow2.RuleCluster, func(f *forged) { f.u64(forgedL2+24, 1<<62) }},
		{"noise", qcow2.RuleInflate, func(f *forged) { copy(f.b[forgedData+512:], "\xff\xff\xff\xff") }},
		{"compressed too short", qcow2.RuleInflate, func(f *forged) { copy(f.b[forgedData+512:], deflated([]byte("short"))) }},
		{"one compressed cluster for all", qcow2.RuleOverlap, func(f *forged) { f.b = bombForged() }},
		{"cut off", qcow2.RuleCluster, func(f *forged) { f.b = f.b[:len(f.b)-1] }},
	} {
		f := forge()
		c.change(f)
		_, err := readAll(f.b)
		wantRule(t, c.name, err, c.rule)
	}
}

// bombForged is a disk of 512 MiB of which all clusters are the same compressed
// one, in a file of 256 KiB.
func bombForged() []byte {
	const cluster = 64 << 10
	f := forge()
	f.b = append(f.b[:512], make([]byte, 4*cluster-512)...)
	f.u32(20, 16)
	f.u64(24, 512<<20)
	f.u32(36, 1)
	f.u64(40, cluster)
	clear(f.b[512:])
	f.u64(cluster, 2*cluster)
	for k := range cluster / 8 {
		f.u64(2*cluster+8*k, 1<<62|3*cluster)
	}
	copy(f.b[3*cluster:], deflated(bytes.Repeat([]byte{'B'}, cluster)))
	return f.b
}

// FuzzOpen reads whatever is taken for an image: without a panic, with extents
// that cover the disk, and with the same content at once and in pieces.
func FuzzOpen(f *testing.F) {
	f.Add(forge().b)
	v2 := forge()
	v2.u32(4, 2)
	v2.u64(forgedL2+16, 0)
	f.Add(v2.b)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := qcow2.Open(bytes.NewReader(b), int64(len(b)), image.Limits{MaxSize: 1 << 30, MaxTable: 1 << 20, CacheSize: 1 << 20})
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
				continue
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
