// Package boot proves the main job with guests that boot: a package is made from
// nothing, signed, served over HTTP, verified, resolved, deployed, and its machines are
// started under QEMU in their order. Each guest reads its environment from the medium
// that the deployment made for it.
//
// "make e2e" runs it, and installs what it needs: QEMU, a Debian kernel, busybox.
package boot

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/author"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/examples/qemu"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/sign"
)

// modules are what the guest loads, in order: a CD drive on virtio, and its file
// system.
var modules = strings.Fields("virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci scsi_common scsi_mod virtio_scsi cdrom sr_mod isofs")

const initScript = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for m in %s; do /bin/busybox insmod /lib/modules/$m.ko; done
i=0; while [ ! -b /dev/sr0 ] && [ $i -lt 100 ]; do /bin/busybox sleep 0.1; i=$((i+1)); done
/bin/busybox mount -t iso9660 -o ro /dev/sr0 /mnt
/bin/guest /mnt/ovf-env.xml /etc/base /etc/role
/bin/busybox poweroff -f
`

// role is the file that a delta adds to the base.
var role = map[string]string{"web": "a web server\n", "db": "a database\n"}

const baseText = "what all machines share\n"

func TestBoot(t *testing.T) {
	if os.Getenv("OVF_E2E") == "" {
		t.Skip("set OVF_E2E=1, or run make e2e")
	}
	kernel := os.Getenv("OVF_E2E_KERNEL")
	dir := t.TempDir()
	images(t, dir, kernel)
	key, roots := authority(t)
	spec, err := os.ReadFile("petstore.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := author.Decode("petstore.yaml", spec)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	ova := filepath.Join(dir, "served", "petstore.ova")
	if err := os.Mkdir(filepath.Dir(ova), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := author.Build(ctx, s, ova, author.BuildOptions{Dir: dir, Writer: &ovf.Writer{Key: key.key, Chain: []*x509.Certificate{key.cert}}}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(ova))))
	defer server.Close()

	p, err := ovf.Open(ctx, server.URL+"/petstore.ova", ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if report, err := p.Verify(ctx, sign.Policy{Roots: roots}); err != nil {
		t.Fatalf("%v\n%+v", err, report)
	}
	resolved, err := p.Resolve(ctx, plan.Choices{Option: "minimal", Properties: []plan.Setting{
		{Name: "appIp", Value: "10.20.132.101"}, {Name: "dbIp", Value: "10.20.132.102"}, {Name: "motd", Value: `<"Hej & velkommen" til 犬>`}}})
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "deployed")
	layout, err := resolved.Deploy(ctx, out, ovf.DeployOptions{Format: disk.QCOW2, Accept: func(plan.Eula) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	vmlinuz := one(t, filepath.Join(kernel, "boot", "vmlinuz-*"))
	commands, err := qemu.Commands(layout, qemu.Options{Dir: out, Extra: []string{"-kernel", vmlinuz,
		"-append", "console=ttyS0 root=/dev/nvme0n1 rw init=/init quiet", "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot"}})
	if err != nil {
		t.Fatal(err)
	}
	ready := map[string]time.Time{}
	for _, c := range commands {
		started := time.Now()
		facts := run(t, c)
		ready[c.Machine] = time.Now()
		t.Logf("%s: started %s, ready after %v", c.Machine, started.Format("15:04:05.000"), ready[c.Machine].Sub(started).Round(10*time.Millisecond))
		if d := cmp.Diff(expected(resolved, c.Machine), facts); d != "" {
			t.Errorf("%s: the guest saw something else than the plan says: -plan +guest\n%s", c.Machine, d)
		}
	}
	for _, order := range [][2]string{{"DB1", "DB2"}, {"DB1", "WebTier"}, {"DB2", "WebTier"}} {
		if a, b := ready[order[0]], ready[order[1]]; a.IsZero() || b.IsZero() || !a.Before(b) {
			t.Errorf("%s was ready at %v, %s at %v", order[0], a, order[1], b)
		}
	}
}

// expected is what a guest has to print, by the plan and the files that we made.
func expected(p *ovf.Plan, machine string) []string {
	i := slices.IndexFunc(p.Machines, func(m *plan.Machine) bool { return m.ID == machine })
	m := p.Machines[i]
	out := []string{fmt.Sprintf("ID %q", m.ID)}
	for _, v := range m.Properties {
		out = append(out, fmt.Sprintf("PROPERTY %q %q", v.Name, v.Value))
	}
	// the siblings stand in the plan as machines and collections of their own
	parent := m.Path[len(m.Path)-1]
	add := func(id string, list []plan.Property) {
		for _, v := range list {
			out = append(out, fmt.Sprintf("SIBLING %q %q %q", id, v.Name, v.Value))
		}
	}
	for _, s := range p.Machines {
		if s.ID != m.ID && s.Path[len(s.Path)-1] == parent {
			add(s.ID, s.Properties)
		}
	}
	for _, c := range p.Collections {
		if c.Parent == parent {
			list := slices.Clone(c.Properties)
			for _, o := range p.Collections {
				if o.ID == parent {
					list = append(list, o.Properties...)
				}
			}
			add(c.ID, list)
		}
	}
	text := role["db"]
	if machine == "WebTier" {
		text = role["web"]
	}
	return append(out, fmt.Sprintf("FILE %q %x", "/etc/base", sha256.Sum256([]byte(baseText))), fmt.Sprintf("FILE %q %x", "/etc/role", sha256.Sum256([]byte(text))))
}

// run starts a machine and returns what its guest prints until it is ready.
func run(t *testing.T, c qemu.Command) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	serial, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var facts, console []string
	ready := false
	for lines := bufio.NewScanner(serial); !ready && lines.Scan(); {
		line := strings.TrimRight(lines.Text(), "\r")
		console = append(console, line)
		_, fact, ok := strings.Cut(line, "GUEST ")
		switch {
		case fact == "READY":
			ready = true
		case ok:
			facts = append(facts, fact)
		}
	}
	if !ready {
		t.Errorf("%s did not come up; its console:\n%s", c.Machine, strings.Join(console, "\n"))
	}
	_, _ = io.Copy(io.Discard, serial)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v", c.Machine, err)
	}
	return facts
}

// images makes the base image, and those of the two roles, which differ from it in
// one file.
func images(t *testing.T, dir, kernel string) {
	t.Helper()
	root := filepath.Join(dir, "root")
	for _, d := range []string{"bin", "proc", "dev", "mnt", "etc", "lib/modules"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	copyFile(t, command(t, "busybox"), filepath.Join(root, "bin", "busybox"))
	for _, m := range modules {
		found := ""
		_ = filepath.WalkDir(filepath.Join(kernel, "lib", "modules"), func(name string, _ os.DirEntry, err error) error {
			if err == nil && filepath.Base(name) == m+".ko" {
				found = name
			}
			return nil
		})
		if found == "" {
			t.Fatalf("the kernel in %s has no module %s", kernel, m)
		}
		copyFile(t, found, filepath.Join(root, "lib", "modules", m+".ko"))
	}
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", filepath.Join(root, "bin", "guest"), "./guest")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	do(t, build)
	write(t, filepath.Join(root, "init"), fmt.Sprintf(initScript, strings.Join(modules, " ")), 0o755)
	write(t, filepath.Join(root, "etc", "base"), baseText, 0o644)
	base := filepath.Join(dir, "base.img")
	do(t, exec.Command(command(t, "mkfs.ext4"), "-q", "-m", "0", "-d", root, base, "64M"))
	for name, text := range role {
		img := filepath.Join(dir, name+".img")
		copyFile(t, base, img)
		file := filepath.Join(dir, name+".txt")
		write(t, file, text, 0o644)
		do(t, exec.Command(command(t, "debugfs"), "-w", "-R", "write "+file+" /etc/role", img))
	}
}

// command finds a program, also where only root has it in the path.
func command(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return filepath.Join(dir, name)
		}
	}
	t.Fatalf("%s is not installed: make e2e installs it", name)
	return ""
}

func do(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
}

func write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

func one(t *testing.T, pattern string) string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil || len(list) == 0 {
		t.Fatalf("nothing is called %s: %v", pattern, err)
	}
	return list[len(list)-1]
}

type signer struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// authority makes a publisher and the root that vouches for it.
func authority(t *testing.T) (signer, *x509.CertPool) {
	t.Helper()
	make := func(name string, ca bool, parent *signer) signer {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		cert := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IsCA: ca, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature}
		if ca {
			cert.KeyUsage = x509.KeyUsageCertSign
		}
		out := signer{key, cert}
		if parent == nil {
			parent = &out
		}
		der, err := x509.CreateCertificate(rand.Reader, cert, parent.cert, key.Public(), parent.key)
		if err != nil {
			t.Fatal(err)
		}
		if out.cert, err = x509.ParseCertificate(der); err != nil {
			t.Fatal(err)
		}
		return out
	}
	root := make("Example Root", true, nil)
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	return make("Example Appliances", false, &root), roots
}
