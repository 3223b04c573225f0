package disk_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/raw"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
)

func wantRule(t *testing.T, err error, rule string) {
	t.Helper()
	var refused *image.Error
	if !errors.As(err, &refused) || refused.Rule != rule {
		t.Errorf("got %v, want a refusal by %s", err, rule)
	}
}

// content is 8 MiB with text here and there.
func content(seed byte) []byte {
	b := make([]byte, 8<<20)
	for i := 0; i < len(b); i += 1 << 20 {
		copy(b[i:], bytes.Repeat([]byte{seed, byte(i >> 20), 3}, 50_000))
	}
	return b
}

func rawImage(t testing.TB, b []byte) image.Image {
	t.Helper()
	m, err := raw.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// save writes content as an image of a format.
func save(t testing.TB, dir, name string, f disk.Format, b []byte) {
	t.Helper()
	w, err := disk.NewWriter(qemutest.Create(t, filepath.Join(dir, name)), f, int64(len(b)), disk.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Copy(t.Context(), w, rawImage(t, b), image.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// Every format that is written is read back, by its declaration and by no other.
func TestFormats(t *testing.T) {
	dir := t.TempDir()
	want := content(1)
	for _, f := range disk.Formats() {
		save(t, dir, "one.img", f, want)
		env := descriptor(t, "one.img", `<Disk ovf:diskId="a" `+capacity+` ovf:fileRef="one" ovf:format="`+f.URI()+`"/>`)
		g, found := disk.NewGraph(env)
		if len(found) != 0 {
			t.Fatal(found)
		}
		m, err := disk.Open(t.Context(), g, "a", in(dir, env), disk.Options{})
		if err != nil {
			t.Fatalf("%v: %v", f, err)
		}
		qemutest.Equal(t, m, m.Size(), want)
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		for _, other := range []disk.Format{disk.VMDK, disk.QCOW2, disk.VHD} {
			if other.Family() == f.Family() || f == disk.Raw {
				continue
			}
			g.Disks[0].Format = other.Family()
			_, err := disk.Open(t.Context(), g, "a", in(dir, env), disk.Options{})
			wantRule(t, err, disk.RuleImageFormat)
		}
		// What is declared raw is raw, whatever it looks like.
		file, size := qemutest.Open(t, filepath.Join(dir, "one.img"))
		m, err = disk.OpenImage(opened{file, size}, envelope.FormatRaw, nil, image.Limits{})
		if err != nil || m.Size() != size {
			t.Errorf("%v as raw: %v", f, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	save(t, dir, "one.vmdk", disk.VMDK, content(1))
	qemutest.Write(t, dir, "text.img", []byte("this is no image"))
	qemutest.Write(t, dir, "vhdx.img", append([]byte("vhdxfile"), make([]byte, 4096)...))
	hostile := "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\nRW 16384 FLAT \"EXTENT\" 0\n"
	for _, c := range []struct{ name, files, disk, rule string }{
		{"text", "text.img", vmdkURI, vmdk.RuleHeader},
		{"vhdx", "vhdx.img", "https://example.com/vhdx", disk.RuleImageSupported},
		{"vhdx as vhd", "vhdx.img", envelope.URIVHD, disk.RuleImageFormat},
		{"no iso", "text.img", envelope.URIISO, disk.RuleImageFormat},
		{"host path", "ext.img", strings.ReplaceAll(hostile, "EXTENT", "/etc/passwd"), vmdk.RuleExtentName},
		{"way up", "ext.img", strings.ReplaceAll(hostile, "EXTENT", "../one.vmdk"), vmdk.RuleExtentName},
		{"outside of the package", "ext.img", strings.ReplaceAll(hostile, "EXTENT", "one.vmdk"), vmdk.RuleExtentFile},
	} {
		t.Run(c.name, func(t *testing.T) {
			uri := c.disk
			if strings.HasPrefix(uri, "#") {
				qemutest.Write(t, dir, "ext.img", []byte(c.disk))
				uri = envelope.URIVMDKSparse
			}
			id, _, _ := strings.Cut(c.files, ".")
			env := descriptor(t, c.files, `<Disk ovf:diskId="a" `+capacity+` ovf:fileRef="`+id+`" ovf:format="`+uri+`"/>`)
			g, _ := disk.NewGraph(env)
			_, err := disk.Open(t.Context(), g, "a", in(dir, env), disk.Options{})
			wantRule(t, err, c.rule)
			var e *disk.Error
			if !errors.As(err, &e) || e.Disk != "a" {
				t.Errorf("the error does not name the disk: %v", err)
			}
		})
	}
}

// Extents of a VMDK are files of the package, and of nothing else.
func TestExtentFiles(t *testing.T) {
	dir := t.TempDir()
	want := content(4)
	qemutest.Write(t, dir, "data-flat.vmdk", want)
	qemutest.Write(t, dir, "one.vmdk", []byte("# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\nRW 16384 FLAT \"data-flat.vmdk\" 0\n"))
	env := descriptor(t, "one.vmdk data-flat.vmdk", `<Disk ovf:diskId="a" `+capacity+` ovf:fileRef="one" ovf:format="`+envelope.URIVMDKSparse+`"/>`)
	g, _ := disk.NewGraph(env)
	m, err := disk.Open(t.Context(), g, "a", in(dir, env), disk.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	qemutest.Equal(t, m, m.Size(), want)
}

// A capacity above the size of the image is room at the end; one below it is refused.
func TestCapacity(t *testing.T) {
	dir := t.TempDir()
	b := content(1)
	save(t, dir, "one.vmdk", disk.VMDK, b)
	for bytes, want := range map[string][]byte{"8388608": b, "9000000": append(bytes.Clone(b), make([]byte, 9000000-len(b))...), "8388607": nil} {
		env := descriptor(t, "one.vmdk", `<Disk ovf:diskId="a" ovf:capacity="`+bytes+`" ovf:fileRef="one" ovf:format="`+vmdkURI+`"/>`)
		g, _ := disk.NewGraph(env)
		m, err := disk.Open(t.Context(), g, "a", in(dir, env), disk.Options{})
		if want == nil {
			wantRule(t, err, disk.RuleImageCapacity)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		qemutest.Equal(t, m, m.Size(), want)
		qemutest.Equal(t, copied(t, m), m.Size(), want)
		m.Close()
	}
}

// copied is the content of an image as a copy brings it.
func copied(t testing.TB, m image.Image) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	w, err := disk.NewStreamWriter(&b, disk.Raw, m.Size(), disk.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(image.Copy(t.Context(), w, m, image.CopyOptions{}), w.Close()); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func TestBlankDisks(t *testing.T) {
	env := descriptor(t, "", `<Disk ovf:diskId="a" ovf:capacity="${gb}" ovf:capacityAllocationUnits="byte * 2^20"/><Disk ovf:diskId="b" ovf:capacity="${gb}" ovf:capacityAllocationUnits="byte * 2^20" ovf:parentRef="a"/>`)
	g, found := disk.NewGraph(env)
	if len(found) != 0 {
		t.Fatal(found)
	}
	if _, err := disk.Open(t.Context(), g, "b", folder{}, disk.Options{}); !errors.Is(err, disk.ErrCapacity) {
		t.Errorf("without a value: %v", err)
	}
	o := disk.Options{Property: func(string) (string, bool) { return "3", true }}
	m, err := disk.Open(t.Context(), g, "b", folder{}, o)
	if err != nil {
		t.Fatal(err)
	}
	qemutest.Equal(t, m, m.Size(), make([]byte, 3<<20))
}

// Chains of qemu-img's own, streamOptimized children over a streamOptimized base, are
// flattened as qemu-img flattens them: several disks to several formats in one pass.
func TestFlattenQEMUChain(t *testing.T) {
	qemutest.Need(t, "qemu-img", "qemu-io")
	dir := t.TempDir()
	qemutest.Write(t, dir, "base.raw", content(1))
	run := func(program string, args ...string) { t.Helper(); qemutest.Run(t, dir, program, args...) }
	run("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", "base.raw", "base.vmdk")
	child := func(parent, name string, writes ...string) {
		run("qemu-img", "create", "-q", "-f", "vmdk", "-b", parent, "-F", "vmdk", "c.vmdk")
		for _, w := range writes {
			run("qemu-io", "-f", "vmdk", "-c", w, "c.vmdk")
		}
		run("qemu-img", "convert", "-f", "vmdk", "-O", "vmdk", "-o", "subformat=streamOptimized", "-B", parent, "-F", "vmdk", "c.vmdk", name)
		os.Remove(filepath.Join(dir, "c.vmdk"))
	}
	child("base.vmdk", "one.vmdk", "write -P 0xaa 128k 64k", "write -P 0x31 4M 200k")
	child("one.vmdk", "two.vmdk", "write -P 0xbb 192k 64k", "write -P 0 1M 64k")
	child("base.vmdk", "other.vmdk", "write -P 0xcc 7M 1M")

	d := func(id, parent string) string {
		s := `<Disk ovf:diskId="` + id + `" ` + capacity + ` ovf:fileRef="` + id + `" ovf:format="` + vmdkURI + `"`
		if parent != "" {
			s += ` ovf:parentRef="` + parent + `"`
		}
		return s + "/>\n"
	}
	env := descriptor(t, "base.vmdk one.vmdk two.vmdk other.vmdk", d("base", "")+d("one", "base")+d("two", "one")+d("other", "base"))
	g, found := disk.NewGraph(env)
	if len(found) != 0 {
		t.Fatal(found)
	}
	var targets []disk.Target
	formats := map[disk.Format]string{disk.Raw: "raw", disk.VMDK: "vmdk", disk.QCOW2: "qcow2", disk.VHD: "vpc"}
	for _, id := range []string{"two", "other", "one"} {
		for f := range formats {
			name := filepath.Join(dir, id+"-flat"+f.Ext())
			targets = append(targets, disk.Target{Disk: id, Create: func(size int64) (image.Writer, error) {
				return disk.NewWriter(qemutest.Create(t, name), f, size, disk.WriterOptions{})
			}})
		}
	}
	var done, total int64
	files := &counting{folder: in(dir, env)}
	if err := disk.Flatten(t.Context(), g, files, disk.Options{Progress: func(d, n int64) { done, total = d, n }}, targets...); err != nil {
		t.Fatal(err)
	}
	if done != 8<<20 || total != done {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	if files.opened != 4 {
		t.Errorf("%d files were opened, want each of 4 once", files.opened)
	}
	for _, id := range []string{"two", "other", "one"} {
		for f, name := range formats {
			qemutest.Compare(t, "vmdk", filepath.Join(dir, id+".vmdk"), name, filepath.Join(dir, id+"-flat"+f.Ext()))
		}
	}

	// Taken for each other, they are refused.
	files.names["one"] = "other.vmdk"
	_, err := disk.Open(t.Context(), g, "two", files, disk.Options{})
	wantRule(t, err, image.RuleParentID)
	files.names["one"] = "one.vmdk"
	files.names["base"] = "two.vmdk"
	_, err = disk.Open(t.Context(), g, "one", files, disk.Options{})
	wantRule(t, err, image.RuleParentID)

	t.Run("check", func(t *testing.T) {
		files := in(dir, env)
		l, err := disk.Check(t.Context(), env, files, true, disk.Options{})
		if err != nil || len(l) != 0 {
			t.Errorf("sound disks: %v, %v", l, err)
		}
		b, err := os.ReadFile(filepath.Join(dir, "two.vmdk"))
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.LastIndex(b, []byte{0x78, 0x9c}) // deflate of the last grain
		if at < 0 {
			t.Fatal("no grain found")
		}
		b[at+5] ^= 0xff
		b[at+6] ^= 0xff
		qemutest.Write(t, dir, "broken.vmdk", b)
		files.names["two"] = "broken.vmdk"
		if l, err := disk.Check(t.Context(), env, files, false, disk.Options{}); err != nil || len(l) != 0 {
			t.Errorf("the tables are sound: %v, %v", l, err)
		}
		l, err = disk.Check(t.Context(), env, files, true, disk.Options{})
		if err != nil || len(l) != 1 || l[0].Severity != diag.Error || !strings.Contains(l[0].Message, `"two"`) || l[0].Location.Line == 0 {
			t.Errorf("a broken grain: %v, %v", l, err)
		}
		files.names["base"] = "missing.vmdk"
		l, err = disk.Check(t.Context(), env, files, true, disk.Options{})
		if err != nil || len(l) != 1 || l[0].Rule != disk.RuleImageOpen || !errors.Is(l[0].Err, os.ErrNotExist) {
			t.Errorf("a missing base: %v, %v", l, err)
		}
	})
}

// counting counts what is opened.
type counting struct {
	folder
	opened int
}

func (c *counting) OpenFile(ctx context.Context, id string) (disk.File, error) {
	c.opened++
	return c.folder.OpenFile(ctx, id)
}

// A VMDK that grows on demand is no stream-optimized one.
func TestVariant(t *testing.T) {
	qemutest.Need(t, "qemu-img")
	dir := t.TempDir()
	qemutest.Run(t, dir, "qemu-img", "create", "-q", "-f", "vmdk", "one.vmdk", "8M")
	qemutest.Run(t, dir, "qemu-img", "create", "-q", "-f", "vmdk", "-b", "one.vmdk", "-F", "vmdk", "two.vmdk")
	d := `<Disk ovf:diskId="%" ` + capacity + ` ovf:fileRef="%" ovf:format="` + vmdkURI + `" `
	env := descriptor(t, "one.vmdk two.vmdk", strings.ReplaceAll(d+"/>", "%", "one")+strings.ReplaceAll(d+`ovf:parentRef="one"/>`, "%", "two"))
	var done, total int64
	l, err := disk.Check(t.Context(), env, in(dir, env), true, disk.Options{Progress: func(d, n int64) { done, total = d, n }})
	if err != nil || len(l) != 2 {
		t.Fatalf("%v, %v", l, err)
	}
	for i, id := range []string{`"one"`, `"two"`} {
		if l[i].Rule != disk.RuleImageVariant || l[i].Severity != diag.Warning || !strings.Contains(l[i].Message, id) {
			t.Errorf("%v", l[i])
		}
	}
	if done != 16<<20 || total != done {
		t.Errorf("progress ended at %d of %d", done, total)
	}
}

func TestWriterOptions(t *testing.T) {
	var b bytes.Buffer
	for _, f := range []disk.Format{disk.QCOW2, disk.VHD, disk.VHDFixed} {
		if _, err := disk.NewStreamWriter(&b, f, 512, disk.WriterOptions{}); !errors.Is(err, disk.ErrNeedsFile) {
			t.Errorf("%v to a stream: %v", f, err)
		}
		if _, err := disk.NewStreamWriter(&b, f, 512, disk.WriterOptions{Level: 3}); err == nil || errors.Is(err, disk.ErrNeedsFile) {
			t.Errorf("%v with a level: %v", f, err)
		}
		if _, err := disk.NewStreamWriter(&b, f, 512, disk.WriterOptions{Lineage: image.Lineage{Parent: "cid:00000001"}}); err == nil || errors.Is(err, disk.ErrNeedsFile) {
			t.Errorf("%v as a child: %v", f, err)
		}
	}
	if _, err := disk.NewStreamWriter(&b, 0, 512, disk.WriterOptions{}); err == nil {
		t.Error("no format is accepted")
	}
	for _, f := range disk.Formats() {
		if g, err := disk.ParseFormat(f.String()); g != f || err != nil {
			t.Errorf("ParseFormat(%q) = %v, %v", f, g, err)
		}
		if envelope.DiskFormatOf(f.URI()) != f.Family() || disk.FormatByName("X"+strings.ToUpper(f.Ext())) != f.Family() {
			t.Errorf("%v: family %v", f, f.Family())
		}
	}
	if _, err := disk.ParseFormat("vdi"); err == nil {
		t.Error("vdi is accepted")
	}
}
