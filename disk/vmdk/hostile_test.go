package vmdk_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// forged is a sparse file of two tables, the first with the grains 0 and 3. The
// fields of the header are at the places that the format gives them.
type forged struct{ b []byte }

const (
	forgedCapacity  = 2 * 512 * 128 // sectors: two tables of grains of 64 KiB
	forgedDirectory = 21
	forgedTable     = 22 // and 26
	forgedGrain     = 30
)

func (f *forged) sector(n int) []byte { return f.b[n*512:] }

func (f *forged) entry(table, k int, v uint32) {
	binary.LittleEndian.PutUint32(f.sector(forgedTable + 4*table)[4*k:], v)
}

func (f *forged) directory(k int, v uint32) {
	binary.LittleEndian.PutUint32(f.sector(forgedDirectory)[4*k:], v)
}

func (f *forged) u64(off int, v uint64) { binary.LittleEndian.PutUint64(f.b[off:], v) }
func (f *forged) u32(off int, v uint32) { binary.LittleEndian.PutUint32(f.b[off:], v) }

func (f *forged) text(old, new string) {
	d := f.b[512 : 21*512]
	s := strings.Replace(string(bytes.TrimRight(d, "\x00")), old, new, 1)
	clear(d)
	copy(d, s)
}

// forge returns a sound file: a sparse one, or a compressed one whose
// directory is at the front. Grains have that many sectors.
func forge(compressed bool, grain int) *forged {
	f := &forged{make([]byte, forgedGrain*512)}
	capacity := 2 * 512 * uint64(grain)
	copy(f.b, "KDMV")
	f.u32(4, 1)
	f.u32(8, 1)
	f.u64(12, capacity)
	f.u64(20, uint64(grain))
	f.u64(28, 1)
	f.u64(36, 20)
	f.u32(44, 512)
	f.u64(56, forgedDirectory)
	f.u64(64, forgedGrain)
	copy(f.b[73:], "\n \r\n")
	createType := "monolithicSparse"
	if compressed {
		createType = "streamOptimized"
		f.u32(8, 0x30001)
		f.b[77] = 1
	}
	copy(f.sector(1), fmt.Sprintf("# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"%s\"\n\nRW %d SPARSE \"x.vmdk\"\n", createType, capacity))
	f.directory(0, forgedTable)
	f.directory(1, forgedTable+4)
	for _, k := range []int{0, 3} {
		content := bytes.Repeat([]byte{byte(k + 1)}, 512*grain)
		f.entry(0, k, uint32(len(f.b)/512))
		if compressed {
			f.addGrain(uint64(k*grain), deflated(content), -1)
		} else {
			f.b = append(f.b, content...)
		}
	}
	return f
}

func deflated(p []byte) []byte {
	var z bytes.Buffer
	w, _ := zlib.NewWriterLevel(&z, 9)
	w.Write(p)
	w.Close()
	return z.Bytes()
}

// addGrain appends a compressed grain; a negative size stands for the true one.
func (f *forged) addGrain(lba uint64, content []byte, size int64) {
	if size < 0 {
		size = int64(len(content))
	}
	f.b = binary.LittleEndian.AppendUint64(f.b, lba)
	f.b = binary.LittleEndian.AppendUint32(f.b, uint32(size))
	f.b = append(f.b, content...)
	f.b = append(f.b, make([]byte, (512-len(f.b)%512)%512)...)
}

// readAll opens an image and reads all that it stores.
func readAll(b []byte, o vmdk.Options) error {
	m, err := vmdk.Open(bytes.NewReader(b), int64(len(b)), o)
	if err != nil {
		return err
	}
	defer m.Close()
	p := make([]byte, 1<<20)
	for e, err := range image.Extents(m) {
		for off := e.Offset; err == nil && e.Kind == image.Data && off < e.End(); off += int64(len(p)) {
			_, err = m.ReadAt(p[:min(int64(len(p)), e.End()-off)], off)
		}
		if err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

func wantRule(t *testing.T, name string, err error, rule string) {
	t.Helper()
	var e *image.Error
	if !errors.As(err, &e) || e.Rule != rule {
		t.Errorf("%s: %v, want rule %s", name, err, rule)
		return
	}
	for _, r := range vmdk.Rules() {
		if r.Name == rule {
			return
		}
	}
	t.Errorf("%s: rule %s is not listed", name, rule)
}

func TestForgedIsSound(t *testing.T) {
	for _, compressed := range []bool{false, true} {
		if err := readAll(forge(compressed, 128).b, vmdk.Options{}); err != nil {
			t.Errorf("compressed %v: %v", compressed, err)
		}
	}
}

// TestHostileSparse changes one thing in a sound file without compression.
func TestHostileSparse(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		change     func(f *forged)
	}{
		{"empty file", vmdk.RuleTruncated, func(f *forged) { f.b = nil }},
		{"half a header", vmdk.RuleTruncated, func(f *forged) { f.b = f.b[:100] }},
		{"other signature", vmdk.RuleHeader, func(f *forged) { f.b[0] = 'k' }},
		{"ESX COW file", vmdk.RuleHeader, func(f *forged) { copy(f.b, "COWD") }},
		{"qcow2 file", vmdk.RuleHeader, func(f *forged) { copy(f.b, "QFI\xfb") }},
		{"version 0", vmdk.RuleHeader, func(f *forged) { f.u32(4, 0) }},
		{"version 4", vmdk.RuleHeader, func(f *forged) { f.u32(4, 4) }},
		{"transfer as text", vmdk.RuleTextTransfer, func(f *forged) { f.b[75] = '\n' }},
		{"capacity 0", vmdk.RuleCapacity, func(f *forged) { f.u64(12, 0) }},
		{"capacity 2^63", vmdk.RuleCapacity, func(f *forged) { f.u64(12, 1<<63) }},
		{"capacity 2^63 bytes", vmdk.RuleCapacity, func(f *forged) { f.u64(12, 1<<54) }},
		{"capacity 2^64-1", vmdk.RuleCapacity, func(f *forged) { f.u64(12, 1<<64-1) }},
		{"64 TiB need another directory", vmdk.RuleTable, func(f *forged) { f.u64(12, 64<<40/512) }},
		{"64 TiB of small grains", vmdk.RuleTable, func(f *forged) { f.u64(12, 64<<40/512); f.u64(20, 8) }},
		{"capacity unlike the descriptor", vmdk.RuleCapacity, func(f *forged) { f.u64(12, forgedCapacity-128) }},
		{"capacity a grain above", vmdk.RuleCapacity, func(f *forged) { f.text("131072", "130944") }},
		{"grain of 0", vmdk.RuleGrainSize, func(f *forged) { f.u64(20, 0) }},
		{"grain of 1", vmdk.RuleGrainSize, func(f *forged) { f.u64(20, 1) }},
		{"grain of 100", vmdk.RuleGrainSize, func(f *forged) { f.u64(20, 100) }},
		{"grain of 2^40", vmdk.RuleGrainSize, func(f *forged) { f.u64(20, 1<<40) }},
		{"tables of 2^32-1 entries", vmdk.RuleGrainSize, func(f *forged) { f.u32(44, 1<<32-1) }},
		{"compression without flag", vmdk.RuleHeader, func(f *forged) { f.b[77] = 1 }},
		{"descriptor outside", vmdk.RuleTable, func(f *forged) { f.u64(28, 1<<60) }},
		{"descriptor of 2^63 sectors", vmdk.RuleTable, func(f *forged) { f.u64(36, 1<<63) }},
		{"descriptor of all the file", vmdk.RuleOverlap, func(f *forged) { f.u64(36, 280) }},
		{"no descriptor", vmdk.RuleDescriptor, func(f *forged) { f.u64(36, 0) }},
		{"descriptor over the header", vmdk.RuleOverlap, func(f *forged) { f.u64(28, 0) }},
		{"descriptor not UTF-8", vmdk.RuleDescriptor, func(f *forged) { f.text("x.vmdk", "\xff") }},
		{"no CID", vmdk.RuleDescriptor, func(f *forged) { f.text("CID=12345678", "") }},
		{"two CIDs", vmdk.RuleDescriptor, func(f *forged) { f.text("version=1", "cid=1") }},
		{"CID of 40 bits", vmdk.RuleDescriptor, func(f *forged) { f.text("CID=12", "CID=1234") }},
		{"no extent", vmdk.RuleDescriptor, func(f *forged) { f.text("RW", "#") }},
		{"two extents", vmdk.RuleDescriptor, func(f *forged) { f.text("RW", "RW 5 SPARSE \"/etc/passwd\"\nRW") }},
		{"flat extent", vmdk.RuleDescriptor, func(f *forged) { f.text("SPARSE", "FLAT") }},
		{"negative extent", vmdk.RuleDescriptor, func(f *forged) { f.text("RW ", "RW -") }},
		{"other createType", vmdk.RuleCreateType, func(f *forged) { f.text("monolithicSparse", "streamOptimized") }},
		{"foreign createType", vmdk.RuleCreateType, func(f *forged) { f.text("monolithicSparse", "vmfsSparse") }},
		{"directory at 0", vmdk.RuleTable, func(f *forged) { f.u64(56, 0) }},
		{"directory outside", vmdk.RuleTable, func(f *forged) { f.u64(56, 1<<40) }},
		{"directory beyond 2^64 bytes", vmdk.RuleTable, func(f *forged) { f.u64(56, 1<<56) }},
		{"directory at the very end", vmdk.RuleTable, func(f *forged) { f.u64(56, uint64(len(f.b)/512)) }},
		{"directory is the descriptor", vmdk.RuleOverlap, func(f *forged) { f.u64(56, 1) }},
		{"footer without one", vmdk.RuleFooter, func(f *forged) { f.u64(56, 1<<64-1) }},
		{"table outside", vmdk.RuleTable, func(f *forged) { f.directory(0, 1<<32-1) }},
		{"table half outside", vmdk.RuleTable, func(f *forged) { f.directory(0, uint32(len(f.b)/512-1)) }},
		{"table twice", vmdk.RuleOverlap, func(f *forged) { f.directory(1, forgedTable) }},
		{"tables overlap by a sector", vmdk.RuleOverlap, func(f *forged) { f.directory(1, forgedTable+3) }},
		{"table is the header", vmdk.RuleOverlap, func(f *forged) { f.directory(0, 1) }},
		{"table is the directory", vmdk.RuleOverlap, func(f *forged) { f.directory(0, forgedDirectory) }},
		{"table is a grain", vmdk.RuleOverlap, func(f *forged) { f.directory(1, forgedGrain) }},
		{"grain outside", vmdk.RuleGrain, func(f *forged) { f.entry(0, 7, 1<<32-1) }},
		{"grain half outside", vmdk.RuleGrain, func(f *forged) { f.entry(0, 7, uint32(len(f.b)/512-1)) }},
		{"grain twice", vmdk.RuleOverlap, func(f *forged) { f.entry(1, 7, forgedGrain) }},
		{"grains overlap by a sector", vmdk.RuleOverlap, func(f *forged) { f.entry(0, 3, forgedGrain+127) }},
		{"grain is its own table", vmdk.RuleOverlap, func(f *forged) { f.entry(0, 3, forgedTable) }},
		{"grain is the header", vmdk.RuleOverlap, func(f *forged) { f.entry(0, 3, 1) }},
		{"grain behind the disk", vmdk.RuleGrain, func(f *forged) {
			f.u64(12, forgedCapacity-128)
			f.text("131072", "130944")
			f.entry(1, 511, forgedGrain+256)
			f.b = append(f.b, make([]byte, 64<<10)...)
		}},
		{"one grain for all", vmdk.RuleOverlap, func(f *forged) {
			for k := range 512 {
				f.entry(0, k, forgedGrain)
				f.entry(1, k, forgedGrain)
			}
		}},
		{"cut off", vmdk.RuleGrain, func(f *forged) { f.b = f.b[:len(f.b)-512] }},
	} {
		f := forge(false, 128)
		c.change(f)
		wantRule(t, c.name, readAll(f.b, vmdk.Options{}), c.rule)
	}
}

// TestHostileStream changes one thing in a sound compressed file.
func TestHostileStream(t *testing.T) {
	second := func(f *forged) int { // where grain 3 begins
		return 512 * int(binary.LittleEndian.Uint32(f.sector(forgedTable)[12:]))
	}
	replace := func(content []byte, size int64) func(f *forged) {
		return func(f *forged) {
			f.b = f.b[:second(f)]
			f.addGrain(3*128, content, size)
		}
	}
	noise := make([]byte, 64<<10)
	for i := range noise {
		noise[i] = byte(i * i >> 5)
	}
	var stored bytes.Buffer
	z, _ := zlib.NewWriterLevel(&stored, zlib.NoCompression)
	z.Write(noise)
	z.Close()
	for _, c := range []struct {
		name, rule string
		change     func(f *forged)
	}{
		{"compressed without markers", vmdk.RuleHeader, func(f *forged) { f.u32(8, 0x10001) }},
		{"unknown compression", vmdk.RuleHeader, func(f *forged) { f.b[77] = 2 }},
		{"createType of a sparse file", vmdk.RuleCreateType, func(f *forged) { f.text("streamOptimized", "monolithicSparse") }},
		{"marker of 4 GiB", vmdk.RuleMarker, replace(nil, 1<<32-1)},
		{"marker of 0", vmdk.RuleMarker, replace(deflated(noise), 0)},
		{"marker above what deflate needs", vmdk.RuleMarker, replace(make([]byte, 80<<10), -1)},
		{"marker beyond the file", vmdk.RuleTruncated, replace(deflated(noise), 60<<10)},
		{"marker of another grain", vmdk.RuleMarker, func(f *forged) { f.u64(second(f), 7*128) }},
		{"marker with a grain of 2^64-1", vmdk.RuleMarker, func(f *forged) { f.u64(second(f), 1<<64-1) }},
		{"grain twice", vmdk.RuleOverlap, func(f *forged) { f.entry(1, 9, forgedGrain) }},
		{"grain into another", vmdk.RuleMarker, func(f *forged) {
			replace(stored.Bytes(), -1)(f)
			f.entry(1, 9, uint32(second(f)/512+3))
		}},
		{"bomb", vmdk.RuleInflate, replace(deflated(make([]byte, 4<<20)), -1)},
		{"one byte too many", vmdk.RuleInflate, replace(deflated(make([]byte, 64<<10+1)), -1)},
		{"one byte too few", vmdk.RuleInflate, replace(deflated(make([]byte, 64<<10-1)), -1)},
		{"noise", vmdk.RuleInflate, replace(noise, -1)},
		{"wrong checksum", vmdk.RuleInflate, func(f *forged) {
			z := deflated(noise)
			z[len(z)-1] ^= 1
			replace(z, -1)(f)
		}},
		{"cut off in a grain", vmdk.RuleTruncated, func(f *forged) {
			replace(deflated(noise), -1)(f)
			f.b = f.b[:len(f.b)-1024]
		}},
		{"cut off in a marker", vmdk.RuleTruncated, func(f *forged) { f.b = f.b[:second(f)+5] }},
	} {
		f := forge(true, 128)
		c.change(f)
		wantRule(t, c.name, readAll(f.b, vmdk.Options{}), c.rule)
	}
}

// TestTruncated cuts written images after each of their sectors: what is left
// is refused, or is all there is to the disk.
func TestTruncated(t *testing.T) {
	content := make([]byte, 34<<20)
	for i := 0; i < 300<<10; i++ {
		content[i] = byte(i * i >> 7)
		content[33<<20+i] = byte(i * i >> 9)
	}
	var stream, file memory
	w, err := vmdk.NewWriter(&stream, int64(len(content)), vmdk.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	qemutest.Feed(t, w, 1, content)
	if w, err = vmdk.NewFileWriter(&file, int64(len(content)), vmdk.WriterOptions{}); err != nil {
		t.Fatal(err)
	}
	qemutest.Feed(t, w, 1, content)
	for n := 0; n < len(stream.b); n += 512 {
		if err := readAll(stream.b[:n], vmdk.Options{}); err == nil {
			t.Errorf("a stream of %d bytes cut to %d is accepted", len(stream.b), n)
		}
	}
	for n := 0; n < len(file.b)-512; n += 512 { // all but the end-of-stream marker
		if err := readAll(file.b[:n], vmdk.Options{}); err == nil {
			t.Errorf("a file of %d bytes cut to %d is accepted", len(file.b), n)
		}
	}
}

// memory is an output in memory.
type memory struct{ b []byte }

func (m *memory) Write(p []byte) (int, error) {
	m.b = append(m.b, p...)
	return len(p), nil
}

func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	if n := int(off) + len(p); n > len(m.b) {
		m.b = append(m.b, make([]byte, n-len(m.b))...)
	}
	return copy(m.b[off:], p), nil
}

func (m *memory) Truncate(size int64) error {
	m.b = append(m.b, make([]byte, max(int(size)-len(m.b), 0))...)[:size]
	return nil
}

// TestHostileDescriptor: a descriptor file reaches nothing but plain names
// beside it, and nothing at all if any of its extents is refused.
func TestHostileDescriptor(t *testing.T) {
	text := func(createType string, extents ...string) string {
		return "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"" + createType + "\"\n" + strings.Join(extents, "\n") + "\n"
	}
	good := `RW 8 FLAT "a-flat.vmdk" 0`
	for _, c := range []struct{ name, rule, text string }{
		{"not a descriptor", vmdk.RuleHeader, "hello, this is a file"},
		{"comment only", vmdk.RuleDescriptor, "# Disk\n"},
		{"absolute path", vmdk.RuleExtentName, text("monolithicFlat", good, `RW 8 FLAT "/etc/passwd" 0`)},
		{"device", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "/dev/sda" 0`)},
		{"parent directory", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "../secret" 0`)},
		{"two dots", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT ".." 0`)},
		{"directory", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "a/b" 0`)},
		{"backslash", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "..\secret" 0`)},
		{"drive", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "C:secret" 0`)},
		{"device of Windows", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "\\.\PhysicalDrive0" 0`)},
		{"protocol", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "nbd:host" 0`)},
		{"control character", vmdk.RuleExtentName, text("monolithicFlat", "RW 8 FLAT \"a\x01b\" 0")},
		{"empty name", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "" 0`)},
		{"long name", vmdk.RuleExtentName, text("monolithicFlat", `RW 8 FLAT "`+strings.Repeat("a", 256)+`" 0`)},
		{"no name", vmdk.RuleDescriptor, text("monolithicFlat", `RW 8 FLAT`)},
		{"open quote", vmdk.RuleDescriptor, text("monolithicFlat", `RW 8 FLAT "abc`)},
		{"file twice", vmdk.RuleExtentFile, text("twoGbMaxExtentFlat", good, good)},
		{"short file", vmdk.RuleExtentFile, text("monolithicFlat", `RW 9 FLAT "a-flat.vmdk" 0`)},
		{"offset outside", vmdk.RuleExtentFile, text("monolithicFlat", `RW 8 FLAT "a-flat.vmdk" 1`)},
		{"offset 2^62", vmdk.RuleExtentFile, text("monolithicFlat", `RW 8 FLAT "a-flat.vmdk" 4611686018427387904`)},
		{"negative offset", vmdk.RuleDescriptor, text("monolithicFlat", `RW 8 FLAT "a-flat.vmdk" -1`)},
		{"sum of 2^63", vmdk.RuleCapacity, text("twoGbMaxExtentFlat", `RW 9223372036854775807 FLAT "a" 0`, `RW 9223372036854775807 FLAT "b" 0`)},
		{"sum of 2^63 bytes", vmdk.RuleCapacity, text("twoGbMaxExtentFlat", `RW 18014398509481984 FLAT "a" 0`)},
		{"2^63 sectors", vmdk.RuleDescriptor, text("monolithicFlat", `RW 9223372036854775808 FLAT "a" 0`)},
		{"raw device", vmdk.RuleCreateType, text("fullDevice", good)},
		{"VMFS", vmdk.RuleCreateType, text("vmfs", `RW 8 VMFS "a-flat.vmdk"`)},
		{"VMFS extent", vmdk.RuleCreateType, text("monolithicFlat", `RW 8 VMFSRDM "a-flat.vmdk"`)},
		{"NOACCESS", vmdk.RuleCreateType, text("monolithicFlat", `NOACCESS 8 FLAT "a-flat.vmdk" 0`)},
		{"stream in a descriptor", vmdk.RuleCreateType, text("streamOptimized", `RW 8 SPARSE "a-flat.vmdk"`)},
		{"flat child", vmdk.RuleCreateType, strings.Replace(text("monolithicFlat", good), "ffffffff", "00000001", 1)},
		{"not in the package", vmdk.RuleExtentFile, text("monolithicFlat", `RW 8 FLAT "other" 0`)},
		{"not a sparse file", vmdk.RuleHeader, text("twoGbMaxExtentSparse", `RW 8 SPARSE "a-flat.vmdk"`)},
		{"compressed extent", vmdk.RuleCreateType, text("twoGbMaxExtentSparse", `RW 131072 SPARSE "stream.vmdk"`)},
		{"5000 extents", vmdk.RuleDescriptor, text("twoGbMaxExtentFlat", strings.Repeat("RW 1 ZERO\n", 5000))},
		{"1 MiB", vmdk.RuleDescriptor, text("monolithicFlat", strings.Repeat("#\n", 1<<19))},
	} {
		opened := 0
		files := map[string][]byte{"a-flat.vmdk": make([]byte, 8*512), "stream.vmdk": forge(true, 128).b}
		err := readAll([]byte(c.text), vmdk.Options{Extent: func(name string) (vmdk.ExtentFile, error) {
			if b, ok := files[name]; ok {
				opened++
				return &member{Reader: bytes.NewReader(b), closed: func() { opened-- }}, nil
			}
			return nil, errors.New("no such file in the package")
		}})
		wantRule(t, c.name, err, c.rule)
		if opened != 0 {
			t.Errorf("%s: %d extent files are left open", c.name, opened)
		}
		if c.rule == vmdk.RuleExtentName {
			_, err := vmdk.Open(strings.NewReader(c.text), int64(len(c.text)), vmdk.Options{Extent: func(name string) (vmdk.ExtentFile, error) {
				t.Errorf("%s: the file %q was opened", c.name, name)
				return nil, io.EOF
			}})
			wantRule(t, c.name, err, c.rule)
		}
	}
	wantRule(t, "no opener", readAll([]byte(text("monolithicFlat", good)), vmdk.Options{}), vmdk.RuleExtentFile)
}

// member is an extent file in memory.
type member struct {
	*bytes.Reader
	closed func()
}

func (m *member) Close() error {
	m.closed()
	return nil
}

func TestZeroExtents(t *testing.T) {
	text := "# Disk DescriptorFile\nCID=1\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\nRW 3 ZERO\nRW 2 FLAT \"f\" 1\nRW 3 ZERO\n"
	m, err := vmdk.Open(strings.NewReader(text), int64(len(text)), vmdk.Options{Extent: func(string) (vmdk.ExtentFile, error) {
		return &member{bytes.NewReader(make([]byte, 3*512)), func() {}}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for e, err := range image.Extents(m) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, fmt.Sprintf("%d+%d %s", e.Offset/512, e.Length/512, e.Kind))
	}
	if got := strings.Join(kinds, ", "); got != "0+3 zero, 3+2 data, 5+3 zero" {
		t.Errorf("extents %s", got)
	}
}
