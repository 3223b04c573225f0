package interop

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/vmdk"
	"github.com/ovfkit/ovf/envelope"
	"github.com/ovfkit/ovf/sign"
)

// machine is one machine of an example, as a person reads it in the descriptor: of
// Items that differ by deployment option, those of the default.
type machine struct {
	example, id, name string
	cpus              int
	memory            int64 // MiB
	memoryItems       int   // 1, or more: by deployment option, and for a range
	disks             []string
	networks          []string
}

var machines = []machine{
	{"lamp-one/lamp-one", "lamp", "LAMP", 1, 768, 1, []string{"system", "data"}, []string{"service"}},
	{"extension/extension", "files", "File server", 1, 256, 1, nil, []string{"office"}},
	{"lamp-two-tier/lamp", "AppServer", "Web server", 1, 512, 1, []string{"app"}, []string{"service"}},
	{"lamp-two-tier/lamp", "DbServer", "Database", 1, 768, 1, []string{"db"}, []string{"service"}},
	{"petstore/petstore", "WebTier", "Web server", 1, 512, 4, []string{"web"}, []string{"public", "backend"}},
	{"petstore/petstore", "DB1", "First database", 1, 384, 2, []string{"db"}, []string{"backend"}},
	{"petstore/petstore", "DB2", "Second database", 1, 384, 2, []string{"db"}, []string{"backend"}},
}

// alone packs one machine of an example as a package of its own, as consumers need
// it that know neither collections nor delta disks nor disks without a file: every
// disk is a whole stream-optimized VMDK.
// adapt may change the machine before.
func alone(t *testing.T, m machine, w ovf.Writer, adapt func(*envelope.VirtualSystem)) string {
	t.Helper()
	p := openExample(t, m.example)
	env := p.Envelope.Clone()
	vs, err := env.FindSystem(m.id)
	if err != nil {
		t.Fatal(err)
	}
	adapt(vs)
	env.Content = vs
	env.References.File, env.Strings = nil, nil
	sources := map[string]ovf.Source{}
	g, problems := disk.NewGraph(p.Envelope)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	options := disk.Options{Property: func(name string) (string, bool) {
		r, err := p.Envelope.FindProperty(name, nil)
		if err != nil || r.Property.Value == nil {
			return "", false
		}
		return *r.Property.Value, true
	}}
	for s := range envelope.All[*envelope.DiskSection](env.Section) {
		s.Disk = slices.DeleteFunc(s.Disk, func(d envelope.Disk) bool { return !slices.Contains(m.disks, d.DiskID) })
		for i := range s.Disk {
			d := &s.Disk[i]
			content := whole(t, g, p, d.DiskID, options)
			format := envelope.URIVMDKStream
			d.FileRef, d.ParentRef, d.Format = new(d.DiskID), nil, &format
			env.References.File = append(env.References.File, envelope.File{ID: d.DiskID, Href: d.DiskID + ".vmdk"})
			sources[d.DiskID] = ovf.Source{Size: int64(len(content)), Open: func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(content)), nil
			}}
		}
	}
	archive := filepath.Join(t.TempDir(), m.id+".ova")
	if _, err := w.WriteFile(t.Context(), archive, env, sources); err != nil {
		t.Fatal(err)
	}
	return archive
}

// whole writes the content of a disk as a VMDK without parent.
func whole(t *testing.T, g *disk.Graph, p *ovf.Package, id string, o disk.Options) []byte {
	t.Helper()
	src, err := disk.Open(t.Context(), g, id, p, o)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var b bytes.Buffer
	w, err := vmdk.NewWriter(&b, src.Size(), vmdk.WriterOptions{})
	if err == nil {
		err = image.Copy(t.Context(), w, src, image.CopyOptions{})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// virt-v2v reads each machine of the examples from our archives, with the right
// processors, memory, disks and networks, and so it does with a manifest of each
// digest that it knows.
func TestVirtV2V(t *testing.T) {
	v2v := need(t, "virt-v2v")
	for i, m := range machines {
		t.Run(m.example+" "+m.id, func(t *testing.T) {
			w := ovf.Writer{Digest: []sign.Algorithm{sign.SHA256, sign.SHA1}[i%2], ManifestFirst: i%3 == 0}
			if m.memoryItems == 1 {
				w.Target = envelope.TargetVirtV2V // which objects to Items that virt-v2v would add up or misread
			}
			archive := alone(t, m, w, func(*envelope.VirtualSystem) {})
			cmd := exec.Command(v2v, "-i", "ova", archive, "--print-source")
			cmd.Env = append(os.Environ(), "LC_ALL=C")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			raw, err := cmd.Output()
			if err != nil {
				t.Fatalf("virt-v2v: %v\n%s%s", err, raw, stderr.Bytes())
			}
			if strings.Contains(stderr.String()+string(raw), "warning") {
				t.Errorf("virt-v2v warns: %s", stderr.Bytes())
			}
			out := string(raw)
			field := func(name string) string {
				if f := regexp.MustCompile(`(?m)^ *` + name + `: (.*)$`).FindStringSubmatch(out); f != nil {
					return f[1]
				}
				return ""
			}
			part := func(from, to string) []string {
				_, rest, _ := strings.Cut(out, "\n"+from+":\n")
				rest, _, _ = strings.Cut(rest, "\n"+to+":")
				return strings.FieldsFunc(rest, func(r rune) bool { return r == '\n' })
			}
			for _, c := range []struct{ what, got, want string }{
				{"name", field("source name"), m.name},
				{"memory", field("memory"), fmt.Sprintf("%d (bytes)", m.memory<<20)},
				{"CPUs", field("nr vCPUs"), fmt.Sprint(m.cpus)},
			} {
				if c.got != c.want {
					t.Errorf("%s %q, want %q", c.what, c.got, c.want)
				}
			}
			disks, nics := part("disks", "removable media"), part("NICs", "\x00")
			if len(disks) != len(m.disks) {
				t.Errorf("disks %q, want %d", disks, len(m.disks))
			}
			if len(nics) != len(m.networks) {
				t.Errorf("NICs %q, want %d", nics, len(m.networks))
			}
			for i, n := range m.networks {
				if !slices.ContainsFunc(nics, func(s string) bool { return strings.Contains(s, `"`+n+`"`) }) {
					t.Errorf("NIC %d: no network %q in %q", i, n, nics)
				}
			}
			if t.Failed() {
				t.Logf("virt-v2v says:\n%s", out)
			}
		})
	}
}
