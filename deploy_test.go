package ovf_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/author"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/environment"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/sign"
)

// shop is a package of three machines on one base disk, with a blank disk, a CD and
// a licence.
const shop = `
group:
  id: Shop
  eula: Be nice.
  properties:
    - {key: appIp, configurable: true}
    - {key: secret, configurable: true, password: true}
  members:
    - start: {order: 1}
      machine: {id: DB1, cpus: 1, memory: 256 MiB, disks: [db, data], transports: [iso], properties: [{key: peer, value: "${appIp}"}]}
    - start: {order: 1}
      machine: {id: db1, cpus: 1, memory: 256 MiB, disks: [db], cdroms: [tools], transports: [iso, com.vmware.guestInfo]}
    - start: {order: 2}
      machine: {id: "Web/..", cpus: 1, memory: 256 MiB, disks: [web]}
disks:
  - {id: base, source: base.img}
  - {id: db, source: db.img, parent: base}
  - {id: web, source: web.img, parent: base}
  - {id: data, capacity: 32 MiB}
files: [{id: tools, source: tools.iso}]
`

// shopPackage builds the package; disks are the contents by id.
func shopPackage(t *testing.T) (name string, disks map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	base := bytes.Repeat([]byte("what all machines share, and then some. "), 100_000)[:3<<20]
	db, web := bytes.Clone(base), bytes.Clone(base)
	copy(db[1<<20:], "a database")
	copy(web[2<<20:], "a web server")
	disks = map[string][]byte{"db": db, "web": web, "tools": []byte("not really an ISO image")}
	for name, data := range map[string][]byte{"base.img": base, "db.img": db, "web.img": web, "tools.iso": disks["tools"]} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := author.Decode("shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(dir, "shop.ova")
	if _, err := author.Build(context.Background(), s, name, author.BuildOptions{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	return name, disks
}

// largeShop builds the package with disks of so many bytes, half of which compress.
func largeShop(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	block := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(block[:len(block)/2])
	for _, name := range []string{"base.img", "db.img", "web.img"} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range size / len(block) {
			if i%4 == 0 { // the children share three quarters with the base
				copy(block, name)
			} else {
				copy(block, "shared by all")
			}
			if _, err := f.Write(block); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "tools.iso"), []byte("tools"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := author.Decode("shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "shop.ova")
	if _, err := author.Build(context.Background(), s, name, author.BuildOptions{Dir: dir, Level: 1}); err != nil {
		t.Fatal(err)
	}
	return name
}

// resolved opens, verifies and resolves a package.
func resolved(t *testing.T, name, appIP string) *ovf.Plan {
	t.Helper()
	ctx := context.Background()
	p, err := ovf.Open(ctx, name, ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if _, err := p.Verify(ctx, sign.Policy{Level: sign.Unsigned}); err != nil {
		t.Fatal(err)
	}
	out, err := p.Resolve(ctx, plan.Choices{Properties: []plan.Setting{{Name: "appIp", Value: appIP}, {Name: "secret", Value: "hunter2"}}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var accept = func(plan.Eula) bool { return true }

// tree returns what is below a folder: digests of files, and their identities.
func tree(t *testing.T, dir string) (sums map[string][32]byte, infos map[string]os.FileInfo) {
	t.Helper()
	sums, infos = map[string][32]byte{}, map[string]os.FileInfo{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		sums[filepath.ToSlash(rel)] = sha256.Sum256(data)
		infos[filepath.ToSlash(rel)], err = os.Stat(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums, infos
}

func TestDeploy(t *testing.T) {
	name, disks := shopPackage(t)
	p := resolved(t, name, "10.0.0.1")
	dir := filepath.Join(t.TempDir(), "out")
	l, err := p.Deploy(context.Background(), dir, ovf.DeployOptions{Accept: accept})
	if err != nil {
		t.Fatal(err)
	}
	sums, infos := tree(t, dir)
	if infos["machines/DB1/data.raw"].Size() != 32<<20 {
		t.Errorf("the blank disk has %d bytes", infos["machines/DB1/data.raw"].Size())
	}
	for file, want := range map[string][]byte{
		"machines/DB1/db.raw": disks["db"], "machines/db1-2/db.raw": disks["db"], "machines/Web_../web.raw": disks["web"], "machines/db1-2/tools.iso": disks["tools"], "eulas/1.txt": []byte("Be nice.")} {
		if sums[file] != sha256.Sum256(want) {
			t.Errorf("%s is not what the package has", file)
		}
	}
	if _, ok := sums["machines/Web_../environment.iso"]; ok {
		t.Error("a machine without the transport iso has an image")
	}
	for file, info := range infos {
		if info.Mode().Perm()&0o077 != 0 && strings.HasPrefix(file, "machines/") {
			t.Errorf("%s can be read by others: %v", file, info.Mode())
		}
	}
	// the document says what the plan says
	f, err := os.Open(filepath.Join(dir, "machines/DB1/ovf-env.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	env, _, err := environment.Read(f, environment.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := env.Lookup("peer"); v != "10.0.0.1" {
		t.Errorf("peer is %q", v)
	}
	// the layout in JSON is the one returned, and keeps the secret
	data, err := os.ReadFile(filepath.Join(dir, ovf.LayoutFile))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("hunter2")) {
		t.Error("the layout has a password")
	}
	var again plan.Layout
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(l.Machines, again.Machines); d != "" {
		t.Errorf("-returned +written:\n%s", d)
	}
	sum := sha256.Sum256([]byte("Be nice."))
	if len(l.Eulas) != 1 || l.Eulas[0].SHA256 != hexOf(sum[:]) {
		t.Errorf("licences: %+v", l.Eulas)
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var out []byte
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// One disk goes to a file in any format, and to a pipe in those that can.
func TestWriteDisk(t *testing.T) {
	name, disks := shopPackage(t)
	p := resolved(t, name, "10.0.0.1")
	ctx := context.Background()
	var pipe bytes.Buffer
	if err := p.WriteDisk(ctx, "web", &pipe, disk.Raw); err != nil || !bytes.Equal(pipe.Bytes(), disks["web"]) {
		t.Errorf("through a pipe: %v, %d bytes", err, pipe.Len())
	}
	for _, format := range []disk.Format{disk.VMDK, disk.QCOW2, disk.VHD} {
		f, err := os.Create(filepath.Join(t.TempDir(), "web"+format.Ext()))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.WriteDisk(ctx, "web", f, format); err != nil {
			t.Fatal(err)
		}
		f.Close()
		qemuCompares(t, f.Name(), format, disks["web"])
	}
	if err := p.WriteDisk(ctx, "web", &pipe, disk.QCOW2); !errors.Is(err, disk.ErrNeedsFile) {
		t.Errorf("qcow2 through a pipe: %v", err)
	}
	pipe.Reset()
	if err := p.WriteDisk(ctx, "data", &pipe, disk.Raw); err != nil || pipe.Len() != 32<<20 || len(bytes.TrimLeft(pipe.Bytes(), "\x00")) > 0 {
		t.Errorf("a blank disk: %v, %d bytes", err, pipe.Len())
	}
	if err := p.WriteDisk(ctx, "none", &pipe, disk.Raw); err == nil || !strings.Contains(err.Error(), `"none"`) {
		t.Errorf("an unknown disk: %v", err)
	}
}

// The same deployment twice is the same bytes, whatever the format; and qemu-img
// reads in each what the disk has.
func TestDeployReproducible(t *testing.T) {
	name, disks := shopPackage(t)
	for _, format := range disk.Formats() {
		if format == disk.Raw || format == disk.VHDFixed {
			continue // see TestDeploy
		}
		var trees [2]map[string][32]byte
		for i := range trees {
			dir := filepath.Join(t.TempDir(), "out")
			if _, err := resolved(t, name, "10.0.0.1").Deploy(context.Background(), dir, ovf.DeployOptions{Format: format, Accept: accept}); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			trees[i], _ = tree(t, dir)
			if i == 0 {
				qemuCompares(t, filepath.Join(dir, "machines/DB1/db"+format.Ext()), format, disks["db"])
			}
		}
		if d := cmp.Diff(trees[0], trees[1]); d != "" {
			t.Errorf("%s: %s", format, d)
		}
	}
}

func qemuCompares(t *testing.T, image string, format disk.Format, want []byte) {
	t.Helper()
	if _, err := exec.LookPath("qemu-img"); err != nil {
		t.Log("not compared: ", err)
		return
	}
	kind := map[disk.Format]string{disk.VMDK: "vmdk", disk.QCOW2: "qcow2", disk.VHD: "vpc"}[format]
	raw := filepath.Join(t.TempDir(), "want.raw")
	if err := os.WriteFile(raw, want, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qemu-img", "compare", "-f", kind, "-F", "raw", image, raw).CombinedOutput(); err != nil {
		t.Errorf("%s: %v %s", format, err, out)
	}
}

// A second run with other values leaves the disks as they are, with what a guest has
// written; Fresh makes them anew.
func TestDeployAgain(t *testing.T) {
	name, disks := shopPackage(t)
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := resolved(t, name, "10.0.0.1").Deploy(context.Background(), dir, ovf.DeployOptions{Accept: accept}); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(dir, "machines/DB1/db.raw")
	f, err := os.OpenFile(changed, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("guest data"), 0); err != nil {
		t.Fatal(err)
	}
	f.Close()
	before, files := tree(t, dir)
	if _, err := resolved(t, name, "10.0.0.2").Deploy(context.Background(), dir, ovf.DeployOptions{Accept: accept}); err != nil {
		t.Fatal(err)
	}
	after, newFiles := tree(t, dir)
	for file := range before {
		same := before[file] == after[file]
		isDisk := strings.HasSuffix(file, ".raw")
		if isDisk && (!same || !os.SameFile(files[file], newFiles[file])) {
			t.Errorf("%s was touched", file)
		}
		if file == "machines/DB1/ovf-env.xml" && same {
			t.Error("the environment did not change")
		}
	}
	if _, err := resolved(t, name, "10.0.0.2").Deploy(context.Background(), dir, ovf.DeployOptions{Accept: accept, Fresh: true}); err != nil {
		t.Fatal(err)
	}
	after, _ = tree(t, dir)
	if after["machines/DB1/db.raw"] != sha256.Sum256(disks["db"]) {
		t.Error("Fresh kept what the guest had written")
	}
	// another format is another image
	l, err := resolved(t, name, "10.0.0.2").Deploy(context.Background(), dir, ovf.DeployOptions{Accept: accept, Format: disk.QCOW2})
	if err != nil {
		t.Fatal(err)
	}
	if l.Machines[0].Drives[0].Path != "machines/DB1/db.qcow2" {
		t.Errorf("%+v", l.Machines[0].Drives)
	}
	if _, err := os.Stat(changed); !os.IsNotExist(err) {
		t.Errorf("the raw image is still there: %v", err)
	}
}

// What is refused leaves nothing, and what was there as it was.
func TestDeployRefuses(t *testing.T) {
	name, _ := shopPackage(t)
	ctx := context.Background()
	parent := t.TempDir()
	dir := filepath.Join(parent, "out")
	p := resolved(t, name, "10.0.0.1")
	if _, err := p.Deploy(ctx, dir, ovf.DeployOptions{}); !errors.Is(err, ovf.ErrEula) || !strings.Contains(err.Error(), `"Shop"`) {
		t.Errorf("without licence: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := p.Deploy(stopped, dir, ovf.DeployOptions{Accept: accept}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	late, cancel := context.WithCancel(ctx)
	if _, err := p.Deploy(late, dir, ovf.DeployOptions{Accept: accept, Progress: func(int64, int64) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled in the middle: %v", err)
	}
	if list, _ := os.ReadDir(parent); len(list) > 0 {
		t.Errorf("left %v", list)
	}
	// a package that was not verified
	q, err := ovf.Open(ctx, name, ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	unverified, err := q.Resolve(ctx, plan.Choices{Properties: []plan.Setting{{Name: "appIp", Value: "1"}, {Name: "secret", Value: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unverified.Deploy(ctx, dir, ovf.DeployOptions{Accept: accept}); !errors.Is(err, ovf.ErrNotVerified) {
		t.Errorf("not verified: %v", err)
	}
	if _, err := unverified.Deploy(ctx, dir, ovf.DeployOptions{Accept: accept, Unverified: true}); err != nil {
		t.Error(err)
	}
	// a folder of somebody else
	other := filepath.Join(parent, "other")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	precious := filepath.Join(other, "thesis.txt")
	if err := os.WriteFile(precious, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, layout := range []string{"", "no JSON"} {
		if layout != "" {
			if err := os.WriteFile(filepath.Join(other, ovf.LayoutFile), []byte(layout), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Deploy(ctx, other, ovf.DeployOptions{Accept: accept}); !errors.Is(err, ovf.ErrNotDeployment) {
			t.Errorf("a folder with other content: %v", err)
		}
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

// A package that changes on its medium after it was verified is noticed.
func TestDeployChanged(t *testing.T) {
	name, _ := shopPackage(t)
	p := resolved(t, name, "10.0.0.1")
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	junk := bytes.Repeat([]byte{0x55}, 4096)
	for at := int64(64 << 10); at < size-64<<10; at += 4096 {
		if _, err := f.WriteAt(junk, at); err != nil {
			t.Fatal(err)
		}
	}
	parent := t.TempDir()
	if _, err := p.Deploy(context.Background(), filepath.Join(parent, "out"), ovf.DeployOptions{Accept: accept}); !errors.Is(err, ovf.ErrChanged) {
		t.Errorf("got %v", err)
	}
	if list, _ := os.ReadDir(parent); len(list) > 0 {
		t.Errorf("left %v", list)
	}
}

// Packages of other producers end as disks that qemu-img finds equal to what it makes
// of the image in the archive.
func TestDeployOthers(t *testing.T) {
	const corpus = "../shared/corpus/"
	for _, name := range []string{
		"vmware__go-vcloud-director/test-resources/vapp_with_3_vms.ova",                                        // vCloud Director
		"fanjinfei__virtualBox-ose/src/VBox/ValidationKit/tests/api/tdAppliance1-t2-ovftool-4.1.0.ova",         // OVF Tool
		"cyberus-technology__virtualbox-kvm/src/VBox/ValidationKit/tests/api/tdAppliance1-t7-bad-instance.ova", // VirtualBox
	} {
		if _, err := os.Stat(corpus + name); err != nil {
			t.Skip("the corpus is not here")
		}
		ctx := context.Background()
		p, err := ovf.Open(ctx, corpus+name, ovf.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		defer p.Close()
		if _, err := p.Verify(ctx, sign.Policy{Level: sign.NoManifest, AllowSHA1: true}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r, err := p.Resolve(ctx, plan.Choices{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		dir := filepath.Join(t.TempDir(), "out")
		l, err := r.Deploy(ctx, dir, ovf.DeployOptions{Accept: accept})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, m := range l.Machines {
			if len(m.Drives) == 0 {
				t.Errorf("%s: %s has no disks", name, m.Machine)
			}
			for _, d := range m.Drives {
				qemuAgrees(t, p, d, filepath.Join(dir, d.Path))
			}
		}
	}
}

// qemuAgrees compares a raw image with what qemu-img sees in the image of the package.
func qemuAgrees(t *testing.T, p *ovf.Package, d plan.DriveLayout, raw string) {
	t.Helper()
	if _, err := exec.LookPath("qemu-img"); err != nil {
		t.Log("not compared: ", err)
		return
	}
	g, _ := disk.NewGraph(p.Envelope)
	v, ok := g.Disk(d.Disk)
	if !ok || v.File == nil || v.Format.String() != "vmdk" {
		t.Fatalf("disk %+v", v)
	}
	f, ok := p.File(v.File.ID)
	if !ok {
		t.Fatal(v.File.ID)
	}
	r, err := f.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	stored := filepath.Join(t.TempDir(), "stored.vmdk")
	w, err := os.Create(stored)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if out, err := exec.Command("qemu-img", "compare", "-f", "vmdk", "-F", "raw", stored, raw).CombinedOutput(); err != nil {
		t.Errorf("%s: %v %s", d.Disk, err, out)
	}
}
