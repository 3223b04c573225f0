package author

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/envelope"
)

// sources makes the files that testdata/petstore.yaml names. The disks have 4 MiB;
// db and web differ from base in two places.
func sources(t *testing.T) (dir string, disks map[string][]byte) {
	t.Helper()
	dir = t.TempDir()
	base := make([]byte, 4<<20)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 1 << 20 {
		base[i] = byte(random.Uint32())
	}
	db, web := bytes.Clone(base), bytes.Clone(base)
	copy(db[100<<10:], "what the database adds")
	copy(web[3<<20:], "what the web server adds")
	clear(web[64<<10 : 128<<10])
	disks = map[string][]byte{"base": base, "base-db": db, "base-web": web}
	for name, data := range map[string][]byte{"base.img": base, "db.img": db, "web.img": web, "tools.iso": []byte("tools"), "art/petstore.png": []byte("icon")} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, disks
}

// members reads an archive as another program would.
func members(t *testing.T, name string) (order []string, content map[string][]byte) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	content = map[string][]byte{}
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			return order, content
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, h.Name)
		content[h.Name] = data
	}
}

func TestBuild(t *testing.T) {
	dir, disks := sources(t)
	_, s := petstore(t)
	out := filepath.Join(t.TempDir(), "petstore.ova")
	if _, err := Build(context.Background(), s, out, BuildOptions{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	order, content := members(t, out)
	if want := "petstore.ovf petstore.png tools.iso base.vmdk base-db.vmdk disks/web.vmdk petstore.mf"; strings.Join(order, " ") != want {
		t.Errorf("members %v, want %s", order, want)
	}
	for _, name := range order[:len(order)-1] {
		sum := sha256.Sum256(content[name])
		if line := "SHA256(" + name + ")= " + hex.EncodeToString(sum[:]) + "\n"; !bytes.Contains(content["petstore.mf"], []byte(line)) {
			t.Errorf("the manifest has no line %q", line)
		}
	}
	if n := len(content["base-db.vmdk"]); n > 200<<10 {
		t.Errorf("the delta has %d bytes", n)
	}
	env, _, err := envelope.Decode(content["petstore.ovf"], envelope.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d, _ := envelope.First[*envelope.DiskSection](env.Section)
	if got := d.Disk[1].Capacity; got != "4194304" {
		t.Errorf("capacity %s", got)
	}
	for _, f := range env.References.File {
		if f.Size == nil || *f.Size != uint64(len(content[f.Href])) {
			t.Errorf("size of %s: %v, stored are %d", f.Href, f.Size, len(content[f.Href]))
		}
	}
	qemuReads(t, content["base.vmdk"], disks["base"])
	flattened(t, out, disks)
}

// qemuReads compares a disk as qemu-img sees it with its source.
func qemuReads(t *testing.T, vmdk, want []byte) {
	t.Helper()
	if _, err := exec.LookPath("qemu-img"); err != nil {
		t.Log("not compared: ", err)
		return
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.vmdk"), filepath.Join(dir, "out.raw")
	if err := os.WriteFile(in, vmdk, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command("qemu-img", "convert", "-f", "vmdk", "-O", "raw", in, out).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, text)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("qemu-img reads something else")
	}
}

// flattened compares all disks, each over its parent, with their sources.
func flattened(t *testing.T, archive string, disks map[string][]byte) {
	t.Helper()
	ctx := context.Background()
	p, err := ovf.Open(ctx, archive, ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	g, problems := disk.NewGraph(p.Envelope)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for id, want := range disks {
		m, err := disk.Open(ctx, g, id, p, disk.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, m.Size())
		if _, err := m.ReadAt(got, 0); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("disk %s is not its source", id)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A raw source whose size is no multiple of a sector is filled up with zeros.
func TestBuildOddSize(t *testing.T) {
	dir := t.TempDir()
	data := bytes.Repeat([]byte("odd"), 100_001)
	if err := os.WriteFile(filepath.Join(dir, "a.img"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Spec{Machine: &Machine{ID: "a", CPUs: Amount{Value: 1}, Memory: Amount{Value: 1 << 30}, Disks: []string{"a", "b"}},
		Disks: []Disk{{ID: "a", Source: "a.img"}, {ID: "b", Source: "a.img", Parent: "a"}}}
	out := filepath.Join(dir, "a.ova")
	if _, err := Build(context.Background(), s, out, BuildOptions{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	want := append(bytes.Clone(data), make([]byte, (512-len(data)%512)%512)...)
	flattened(t, out, map[string][]byte{"a": want, "b": want})
}

// The same spec and sources give the same bytes.
func TestBuildIsReproducible(t *testing.T) {
	dir, _ := sources(t)
	_, s := petstore(t)
	var sums [2][32]byte
	for i := range sums {
		out := filepath.Join(t.TempDir(), "petstore.ova")
		if _, err := Build(context.Background(), s, out, BuildOptions{Dir: dir}); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(data)
	}
	if sums[0] != sums[1] {
		t.Error("two runs differ")
	}
}

func TestBuildFolder(t *testing.T) {
	dir, _ := sources(t)
	_, s := petstore(t)
	out := filepath.Join(t.TempDir(), "petstore")
	if _, err := Build(context.Background(), s, out, BuildOptions{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"petstore.ovf", "petstore.mf", "disks/web.vmdk", "petstore.png"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
}

// A source that cannot be used is named, and nothing is left.
func TestBuildRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(dir string, s *Spec)
		want   string
	}{
		"missing": {func(dir string, s *Spec) { os.Remove(filepath.Join(dir, "db.img")) }, "no such file"},
		"folder":  {func(dir string, s *Spec) { s.Disks[1].Source = "art"; s.Disks[1].SourceFormat = "raw" }, "no regular file"},
		"outside": {func(dir string, s *Spec) { s.Disks[1].Source = "../db.img" }, "escapes"},
		"link": {func(dir string, s *Spec) {
			os.Remove(filepath.Join(dir, "tools.iso"))
			os.Symlink("/etc/passwd", filepath.Join(dir, "tools.iso"))
		}, "escapes"},
		"format":    {func(dir string, s *Spec) { s.Disks[1].SourceFormat = "qcow2" }, "qcow2"},
		"too small": {func(dir string, s *Spec) { s.Disks[0].Capacity = 1 << 20 }, "raise the capacity"},
		"parent":    {func(dir string, s *Spec) { os.Truncate(filepath.Join(dir, "db.img"), 1<<20) }, "size of its parent"},
	} {
		dir, _ := sources(t)
		_, s := petstore(t)
		c.change(dir, s)
		target, temp := t.TempDir(), t.TempDir()
		_, err := Build(context.Background(), s, filepath.Join(target, "petstore.ova"), BuildOptions{Dir: dir, Temp: temp})
		var source *SourceError
		if !errors.As(err, &source) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want something with %q", name, err, c.want)
		}
		for _, d := range []string{target, temp} {
			if left, _ := fs.Glob(os.DirFS(d), "*"); len(left) > 0 {
				t.Errorf("%s: left %v", name, left)
			}
		}
	}
}
