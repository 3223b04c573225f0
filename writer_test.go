package ovf_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/sign"
)

// smallOVF is a descriptor with three files, of which the bundle is not the first.
const smallOVF = `<?xml version="1.0" encoding="UTF-8"?>
<!-- stays -->
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:id="disk" ovf:href="disks/disk%201.vmdk"/>
    <File ovf:id="readme" ovf:href="README"/>
    <File ovf:id="texts" ovf:href="de.xml"/>
  </References>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:diskId="d" ovf:fileRef="disk" ovf:capacity="1048576" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <VirtualSystem ovf:id="vm"><Info>A machine</Info></VirtualSystem>
  <Strings xml:lang="de" ovf:fileRef="texts"/>
</Envelope>
`

// diskImage makes a VMDK of 1 MiB of which three grains are in use.
func diskImage(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := vmdk.NewWriter(&b, 1<<20, vmdk.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 1<<20)
	for i := range 3 * vmdk.GrainSize {
		content[i] = byte(i*i>>8) | 1
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type nopCloserAt struct{ *bytes.Reader }

func (nopCloserAt) Close() error { return nil }

// of is a source of bytes.
func of(b []byte) ovf.Source {
	return ovf.Source{Size: int64(len(b)), Open: func(context.Context) (io.ReadCloser, error) { return nopCloserAt{bytes.NewReader(b)}, nil }}
}

func smallEnvelope(t testing.TB) *envelope.Envelope {
	t.Helper()
	env, _, err := envelope.Decode([]byte(smallOVF), envelope.DecodeOptions{Name: "small.ovf"})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func smallSources(t testing.TB) map[string]ovf.Source {
	return map[string]ovf.Source{
		"disk":   of(diskImage(t)),
		"readme": of(bytes.Repeat([]byte("Read me. "), 200_000)),
		"texts":  of([]byte(`<Strings/>`)),
	}
}

// member is a member of an archive, as archive/tar reads it.
type member struct {
	name string
	data []byte
}

func members(t testing.TB, archive []byte) []member {
	t.Helper()
	var out []member
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Format != tar.FormatUSTAR {
			t.Errorf("%s: format %v", h.Name, h.Format)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{h.Name, b})
	}
}

func memberNames(ms []member) (out []string) {
	for _, m := range ms {
		out = append(out, m.name)
	}
	return out
}

func write(t testing.TB, w *ovf.Writer, env *envelope.Envelope, sources map[string]ovf.Source) []byte {
	t.Helper()
	var b bytes.Buffer
	stored, err := w.WriteArchive(t.Context(), &b, env, sources)
	if err != nil {
		t.Fatal(err)
	}
	ms := members(t, b.Bytes())
	if len(ms) != len(stored) {
		t.Fatalf("%d members, and %d are told", len(ms), len(stored))
	}
	for i, s := range stored {
		if s.Name != ms[i].name || s.Size != int64(len(ms[i].data)) {
			t.Errorf("told %s of %d bytes, stored %s of %d", s.Name, s.Size, ms[i].name, len(ms[i].data))
		}
	}
	return b.Bytes()
}

// The package has the members in the order of the standard, the manifest has
// their digests, and the descriptor differs in what is filled in and no byte else.
func TestWriteArchive(t *testing.T) {
	data := write(t, &ovf.Writer{Name: "small"}, smallEnvelope(t), smallSources(t))
	ms := members(t, data)
	if got, want := memberNames(ms), []string{"small.ovf", "de.xml", "disks/disk 1.vmdk", "README", "small.mf"}; !slices.Equal(got, want) {
		t.Fatalf("members %q, want %q", got, want)
	}
	var mf strings.Builder
	for i, listed := range []string{"small.ovf", "de.xml", "disks/disk%201.vmdk", "README"} {
		fmt.Fprintf(&mf, "SHA256(%s)= %x\n", listed, sha256.Sum256(ms[i].data))
	}
	if got := string(ms[4].data); got != mf.String() {
		t.Errorf("manifest:\n%swant:\n%s", got, &mf)
	}
	desc := string(ms[0].data)
	for _, want := range []string{
		fmt.Sprintf(`<File ovf:id="disk" ovf:href="disks/disk%%201.vmdk" ovf:size="%d"/>`, len(ms[2].data)),
		`ovf:populatedSize="196608"`, // three grains of 64 KiB
	} {
		if !strings.Contains(desc, want) {
			t.Errorf("the descriptor has no %s:\n%s", want, desc)
		}
	}
	bare := regexp.MustCompile(` ovf:(size|populatedSize)="\d+"`).ReplaceAllString(desc, "")
	inOrder := strings.Replace(smallOVF, `    <File ovf:id="texts" ovf:href="de.xml"/>`+"\n", "", 1)
	inOrder = strings.Replace(inOrder, "<References>\n", "<References>\n"+`    <File ovf:id="texts" ovf:href="de.xml"/>`+"\n", 1)
	if bare != inOrder {
		t.Errorf("the descriptor differs in more than what is filled in:\n%s", bare)
	}
}

// What was right stays as it is: a package that is written again is the same.
func TestWriteAgain(t *testing.T) {
	first := write(t, &ovf.Writer{Name: "small"}, smallEnvelope(t), smallSources(t))
	env, _, err := envelope.Decode(members(t, first)[0].data, envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []*ovf.Writer{{Name: "small"}, {Name: "small", Digest: sign.SHA256, ChunkSize: -1}} {
		if again := write(t, w, env, smallSources(t)); !bytes.Equal(first, again) {
			t.Error("the second package differs from the first")
		}
	}
}

func TestWriteManifestFirst(t *testing.T) {
	last := members(t, write(t, &ovf.Writer{Name: "small"}, smallEnvelope(t), smallSources(t)))
	first := members(t, write(t, &ovf.Writer{Name: "small", ManifestFirst: true}, smallEnvelope(t), smallSources(t)))
	if got, want := memberNames(first), []string{"small.ovf", "small.mf", "de.xml", "disks/disk 1.vmdk", "README"}; !slices.Equal(got, want) {
		t.Errorf("members %q, want %q", got, want)
	}
	if !bytes.Equal(first[1].data, last[4].data) {
		t.Error("the manifests differ")
	}
}

// The chunks have the names and sizes of the standard, and together they are the
// file. A file that fits into one stays whole.
func TestWriteChunks(t *testing.T) {
	sources := smallSources(t)
	readme := bytes.Repeat([]byte("Read me. "), 200_000) // 1,800,000 bytes
	ms := members(t, write(t, &ovf.Writer{Name: "small", ChunkSize: 600_001}, smallEnvelope(t), sources))
	want := []string{"small.ovf", "de.xml", "disks/disk 1.vmdk", "README.000000000", "README.000000001", "README.000000002", "small.mf"}
	if got := memberNames(ms); !slices.Equal(got, want) {
		t.Fatalf("members %q, want %q", got, want)
	}
	if a, b, c := len(ms[3].data), len(ms[4].data), len(ms[5].data); a != 600_001 || b != 600_001 || c != 599_998 {
		t.Errorf("chunks of %d, %d and %d bytes", a, b, c)
	}
	if !bytes.Equal(slices.Concat(ms[3].data, ms[4].data, ms[5].data), readme) {
		t.Error("the chunks together are not the file")
	}
	for _, want := range []string{`ovf:href="README" ovf:size="1800000" ovf:chunkSize="600001"`} {
		if !strings.Contains(string(ms[0].data), want) {
			t.Errorf("the descriptor has no %s:\n%s", want, ms[0].data)
		}
	}
	if got := strings.Count(string(ms[0].data), "chunkSize"); got != 1 {
		t.Errorf("%d files have a chunkSize, want 1", got)
	}
	for _, m := range ms[3:6] {
		if line := fmt.Sprintf("SHA256(%s)= %x\n", m.name, sha256.Sum256(m.data)); !strings.Contains(string(ms[6].data), line) {
			t.Errorf("the manifest has no line %s", line)
		}
	}
	// and back to whole files
	env, _, err := envelope.Decode(ms[0].data, envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	whole := members(t, write(t, &ovf.Writer{Name: "small", ChunkSize: -1}, env, sources))
	if strings.Contains(string(whole[0].data), "chunkSize") || !bytes.Equal(whole[3].data, readme) {
		t.Error("the chunks are not put together")
	}
}

func TestWriteGzip(t *testing.T) {
	sources := smallSources(t)
	data := write(t, &ovf.Writer{Name: "small", Gzip: true, Temp: t.TempDir()}, smallEnvelope(t), sources)
	ms := members(t, data)
	if got, want := memberNames(ms), []string{"small.ovf", "de.xml", "disks/disk 1.vmdk.gz", "README.gz", "small.mf"}; !slices.Equal(got, want) {
		t.Fatalf("members %q, want %q", got, want)
	}
	z, err := gzip.NewReader(bytes.NewReader(ms[3].data))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(plain, bytes.Repeat([]byte("Read me. "), 200_000)) {
		t.Errorf("gzip gives %d bytes, %v", len(plain), err)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Errorf("the gzip header has %v and %q", z.ModTime, z.Name)
	}
	want := fmt.Sprintf(`ovf:href="README.gz" ovf:size="%d" ovf:compression="gzip"`, len(ms[3].data))
	if !strings.Contains(string(ms[0].data), want) {
		t.Errorf("the descriptor has no %s:\n%s", want, ms[0].data)
	}
	if again := write(t, &ovf.Writer{Name: "small", Gzip: true}, smallEnvelope(t), sources); !bytes.Equal(data, again) {
		t.Error("the second package differs from the first")
	}
}

// A source that does not know its size is counted.
func TestWriteUnknownSize(t *testing.T) {
	sources := smallSources(t)
	want := write(t, &ovf.Writer{Name: "small"}, smallEnvelope(t), sources)
	readme := sources["readme"]
	readme.Size = -1
	sources["readme"] = readme
	if got := write(t, &ovf.Writer{Name: "small"}, smallEnvelope(t), sources); !bytes.Equal(got, want) {
		t.Error("the package differs from the one of known sizes")
	}
}

// A folder has the same files as the archive, and a failure leaves none.
func TestWriteFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "small")
	stored, err := (&ovf.Writer{}).WriteFolder(t.Context(), dir, smallEnvelope(t), smallSources(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range members(t, write(t, &ovf.Writer{Name: "small"}, smallEnvelope(t), smallSources(t))) {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m.name)))
		if err != nil || !bytes.Equal(got, m.data) || stored[i].Name != m.name {
			t.Errorf("%s: %d bytes, %v; want %d", m.name, len(got), err, len(m.data))
		}
	}
	failed := filepath.Join(t.TempDir(), "failed")
	broken := smallSources(t)
	broken["readme"] = ovf.Source{Size: 10, Open: func(context.Context) (io.ReadCloser, error) { return nil, errors.New("gone") }}
	if _, err := (&ovf.Writer{}).WriteFolder(t.Context(), failed, smallEnvelope(t), broken); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("error %v, want that of the source", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(failed), "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// What is wrong with sources is found, nothing is left, and the old file stays.
func TestWriteFileFails(t *testing.T) {
	cut := func(n int) ovf.Source {
		s := of(make([]byte, 1<<20))
		s.Size += int64(n)
		return s
	}
	changing := 0
	for name, c := range map[string]struct {
		source ovf.Source
		w      ovf.Writer
		check  func(error) bool
	}{
		"none":      {ovf.Source{}, ovf.Writer{}, func(err error) bool { var e *ovf.WriteError; return errors.As(err, &e) && e.Name == "README" }},
		"too short": {cut(1), ovf.Writer{}, func(err error) bool { var e *sign.SizeError; return errors.As(err, &e) && e.Got == 1<<20 }},
		"too long":  {cut(-1), ovf.Writer{}, func(err error) bool { var e *sign.SizeError; return errors.As(err, &e) && e.Want == 1<<20-1 }},
		"cancelled": {ovf.Source{Size: 10, Open: func(ctx context.Context) (io.ReadCloser, error) { return nil, context.Canceled }}, ovf.Writer{},
			func(err error) bool { return errors.Is(err, context.Canceled) }},
		"changes between the passes": {ovf.Source{Size: 1, Open: func(context.Context) (io.ReadCloser, error) {
			changing++
			return io.NopCloser(bytes.NewReader([]byte{byte(changing)})), nil
		}}, ovf.Writer{ManifestFirst: true}, func(err error) bool { var e *sign.DigestError; return errors.As(err, &e) && e.Name == "README" }},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			out := filepath.Join(dir, "small.ova")
			if err := os.WriteFile(out, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			sources := smallSources(t)
			sources["readme"] = c.source
			stored, err := c.w.WriteFile(t.Context(), out, smallEnvelope(t), sources)
			if stored != nil || err == nil || !c.check(err) {
				t.Errorf("error %v", err)
			}
			if got, err := os.ReadFile(out); err != nil || string(got) != "old" {
				t.Errorf("the old file has %q, %v", got, err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
				t.Errorf("left behind: %q", left)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// Names that cannot stand in a package are refused, all at once.
func TestWriteNames(t *testing.T) {
	for name, c := range map[string]struct {
		hrefs []string
		bad   []string // those that the error names
	}{
		"escapes":       {[]string{"../a", "b/../../c", "/d"}, []string{"../a", "b/../../c", "/d"}},
		"hidden":        {[]string{"a%2fb", "c%5cd", "e%00f"}, []string{"a%2fb", "c%5cd", `e%00f`}},
		"bad escape":    {[]string{"a%zz"}, []string{"a%zz"}},
		"same":          {[]string{"a", "A"}, []string{"A"}},
		"descriptor":    {[]string{"Small.OVF"}, []string{"Small.OVF"}},
		"manifest":      {[]string{"small.mf"}, []string{"small.mf"}},
		"certificate":   {[]string{"small.cert"}, []string{"small.cert"}},
		"far too long":  {[]string{strings.Repeat("a", 101)}, []string{"aaaa"}},
		"chunk of file": {[]string{"b", "b.000000001"}, []string{"b.000000001"}},
	} {
		env := &envelope.Envelope{Content: &envelope.VirtualSystem{ID: "vm"}}
		sources := map[string]ovf.Source{}
		for i, href := range c.hrefs {
			id := fmt.Sprint("f", i)
			env.References.File = append(env.References.File, envelope.File{ID: id, Href: href})
			sources[id] = of(make([]byte, 10-5*i))
		}
		w := ovf.Writer{Name: "small"}
		if name == "chunk of file" {
			w.ChunkSize = 5 // the first file has two chunks, the second one none
		}
		_, err := w.WriteArchive(t.Context(), io.Discard, env, sources)
		var e *ovf.WriteError
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		for _, bad := range c.bad {
			if !strings.Contains(err.Error(), bad) {
				t.Errorf("%s: %q is not named in: %v", name, bad, err)
			}
		}
	}
}

// Each target gets the digest that it takes, and refuses what it does not take.
func TestWriteTargets(t *testing.T) {
	sums := func(data []byte) string {
		mf := members(t, data)[len(members(t, data))-1].data
		label, _, _ := strings.Cut(string(mf), "(")
		return label
	}
	for target, want := range map[envelope.Target]string{"": "SHA256", envelope.TargetVirtualBox: "SHA256", envelope.TargetVirtV2V: "SHA256", envelope.TargetStrict: "SHA1"} {
		data := write(t, &ovf.Writer{Name: "small", Target: target}, smallEnvelope(t), smallSources(t))
		if got := sums(data); got != want {
			t.Errorf("%s: the manifest has %s, want %s", target, got, want)
		}
		if target == envelope.TargetStrict {
			ms := members(t, data)
			sum := sha1.Sum(ms[0].data)
			if !strings.Contains(string(ms[4].data), "SHA1(small.ovf)= "+hex.EncodeToString(sum[:])+"\n") {
				t.Errorf("manifest:\n%s", ms[4].data)
			}
		}
	}
	for name, c := range map[string]struct {
		w    ovf.Writer
		rule string // of a diagnostic; else the error has text
		text string
	}{
		"gzip, vSphere":        {ovf.Writer{Target: envelope.TargetVSphere, Gzip: true}, "vsphere-gzip", ""},
		"chunks, VirtualBox":   {ovf.Writer{Target: envelope.TargetVirtualBox, ChunkSize: 1 << 20}, "virtualbox-chunk", ""},
		"chunks, virt-v2v":     {ovf.Writer{Target: envelope.TargetVirtV2V, ChunkSize: 1 << 20}, "v2v-chunk", ""},
		"SHA-512, virt-v2v":    {ovf.Writer{Target: envelope.TargetVirtV2V, Digest: sign.SHA512}, "", "SHA512"},
		"SHA-256, strict, 1.x": {ovf.Writer{Target: envelope.TargetStrict, Digest: sign.SHA256}, "", "SHA1"},
		"unknown":              {ovf.Writer{Target: "nobody"}, "", "nobody"},
	} {
		_, err := c.w.WriteArchive(t.Context(), io.Discard, smallEnvelope(t), smallSources(t))
		var list diag.List
		switch {
		case c.rule != "" && (!errors.As(err, &list) || !slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Rule == c.rule })):
			t.Errorf("%s: error %v, want the rule %s", name, err, c.rule)
		case err == nil || !strings.Contains(err.Error(), c.text):
			t.Errorf("%s: error %v, want one with %q", name, err, c.text)
		}
	}
}

// A cancelled context ends a write in the middle of a file.
func TestWriteInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	endless := ovf.Source{Size: 1 << 50, Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(zeroReader{}), nil }}
	sources := smallSources(t)
	sources["readme"] = endless
	dir := t.TempDir()
	w := ovf.Writer{Progress: func(int64) { cancel() }}
	if _, err := w.WriteFile(ctx, filepath.Join(dir, "a.ova"), smallEnvelope(t), sources); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// full fails once it has taken some bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriteNoSpace(t *testing.T) {
	for _, space := range []int{0, 512, 5000, 100_000, 1_000_000} {
		if _, err := (&ovf.Writer{}).WriteArchive(t.Context(), &full{space}, smallEnvelope(t), smallSources(t)); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%d bytes: error %v", space, err)
		}
	}
}
