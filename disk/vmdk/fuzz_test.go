package vmdk_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vmdk"
)

// FuzzOpen reads whatever is taken for an image, up to a bound: without a
// panic, with extents that cover the disk, and with the same content whether
// read at once or in pieces.
func FuzzOpen(f *testing.F) {
	for _, compressed := range []bool{false, true} {
		f.Add(forge(compressed, 8).b, []byte("extent"))
		child := forge(compressed, 8)
		child.text("ffffffff", "00000001")
		f.Add(child.b, []byte("extent"))
	}
	var stream memory
	w, err := vmdk.NewWriter(&stream, 200<<10, vmdk.WriterOptions{})
	if err != nil {
		f.Fatal(err)
	}
	w.Write(bytes.Repeat([]byte("stream "), 20000))
	w.Skip(200<<10 - 140000)
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(stream.b, []byte(nil))
	f.Add([]byte("# Disk DescriptorFile\nCID=1\ncreateType=\"twoGbMaxExtentSparse\"\nRW 8192 SPARSE \"a\"\nRW 3 ZERO\n"), forge(false, 8).b)
	f.Add([]byte("# Disk DescriptorFile\nCID=1\ncreateType=\"monolithicFlat\"\nRW 3 FLAT \"a\" 1\n"), make([]byte, 4*512))
	f.Fuzz(func(t *testing.T, b, extent []byte) {
		o := vmdk.Options{
			Limits: image.Limits{MaxSize: 1 << 30, MaxTable: 1 << 20, CacheSize: 1 << 20},
			Extent: func(string) (vmdk.ExtentFile, error) {
				return &member{bytes.NewReader(extent), func() {}}, nil
			},
		}
		m, err := vmdk.Open(bytes.NewReader(b), int64(len(b)), o)
		if err != nil {
			return
		}
		defer m.Close()
		end, budget := int64(0), int64(1<<20)
		for e, err := range image.Extents(m) {
			if err != nil {
				t.Fatalf("tables that Open accepted: %v", err)
			}
			if e.Offset != end {
				t.Fatalf("extent %+v after byte %d", e, end)
			}
			if end = e.End(); end > m.Size() {
				t.Fatalf("extent %+v beyond the disk of %d bytes", e, m.Size())
			}
			if n := min(e.Length, 256<<10); e.Kind == image.Data && budget >= n {
				budget -= n
				compareReads(t, m, e.Offset, n)
			}
		}
		if end != m.Size() {
			t.Fatalf("extents end at %d of %d", end, m.Size())
		}
	})
}

// compareReads reads a range as a whole and in pieces.
func compareReads(t *testing.T, m image.Image, off, n int64) {
	t.Helper()
	whole, pieces := make([]byte, n), make([]byte, n)
	_, err := m.ReadAt(whole, off)
	var pieceErr error
	for at := int64(0); at < n && pieceErr == nil; at += 1000 {
		_, pieceErr = m.ReadAt(pieces[at:min(at+1000, n)], off+at)
		if pieceErr == io.EOF {
			pieceErr = nil
		}
	}
	if err == io.EOF {
		err = nil
	}
	if (err == nil) != (pieceErr == nil) || err == nil && !bytes.Equal(whole, pieces) {
		t.Fatalf("%d bytes at %d: %v as a whole, %v in pieces, equal %v", n, off, err, pieceErr, bytes.Equal(whole, pieces))
	}
}

// FuzzDescriptor holds the parser to what its callers rely on.
func FuzzDescriptor(f *testing.F) {
	f.Add([]byte("# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType=\"monolithicSparse\"\n\n# Extent\nRW 4192256 SPARSE \"a b.vmdk\"\n\nddb.adapterType = \"ide\"\n"))
	f.Add([]byte("# Disk DescriptorFile\r\ncid=1\r\nparentFileNameHint=\"../base.vmdk\"\r\ncreateType=custom\r\nRDONLY 1 FLAT \"x\" 63\r\nNOACCESS 5 ZERO\r\n\x00\x00junk"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := vmdk.ParseDescriptor(b)
		if err != nil {
			return
		}
		if len(d.Extents) == 0 || d.CreateType == "" && !bytes.Contains(bytes.ToLower(b), []byte("createtype")) {
			t.Fatalf("%+v", d)
		}
		for _, e := range d.Extents {
			if e.Sectors <= 0 || e.Offset < 0 || e.Type == "" {
				t.Fatalf("extent %+v", e)
			}
		}
	})
}
