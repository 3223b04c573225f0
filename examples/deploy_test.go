package examples_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/disk"
	"github.com/ovfkit/ovf/plan"
	"github.com/ovfkit/ovf/sign"
)

// From a package to the files that a hypervisor needs.
func Example_deploy() {
	ctx := context.Background()
	pkg, err := ovf.Open(ctx, "petstore/petstore.ovf", ovf.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pkg.Close()
	// the examples have no manifest; a real policy has Roots and no Level
	if _, err := pkg.Verify(ctx, sign.Policy{Level: sign.NoManifest}); err != nil {
		fmt.Println(err)
		return
	}
	resolved, err := pkg.Resolve(ctx, plan.Choices{Option: "minimal", Networks: map[string]string{"public": "br0"}, Properties: answers()})
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "petstore-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	layout, err := resolved.Deploy(ctx, dir, ovf.DeployOptions{
		Format: disk.QCOW2,
		Accept: func(e plan.Eula) bool { fmt.Println("accepting:", e.Info.Text); return true },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range layout.Machines {
		fmt.Println(m.Machine, m.ISO, m.Drives[0].Path)
	}
	// Output:
	// accepting: The licence of the shop
	// WebTier machines/WebTier/environment.iso machines/WebTier/web.qcow2
	// DB1 machines/DB1/environment.iso machines/DB1/db.qcow2
	// DB2 machines/DB2/environment.iso machines/DB2/db.qcow2
}

// Each appliance ends with the expected files, and the same ones the second time.
func TestDeployAppliances(t *testing.T) {
	for name, c := range map[string]struct {
		settings []plan.Setting
		want     []string
	}{
		"petstore/petstore.ovf": {answers(), []string{"deployment.json", "eulas/1.txt",
			"machines/DB1/db.qcow2", "machines/DB1/environment.iso", "machines/DB1/guestinfo.txt", "machines/DB1/ovf-env.xml",
			"machines/DB2/db.qcow2", "machines/DB2/environment.iso", "machines/DB2/guestinfo.txt", "machines/DB2/ovf-env.xml",
			"machines/WebTier/environment.iso", "machines/WebTier/guestinfo.txt", "machines/WebTier/ovf-env.xml", "machines/WebTier/web.qcow2"}},
		"lamp-one/lamp-one.ovf": {lampOne, []string{"deployment.json", "eulas/1.txt", "machines/lamp/data.qcow2", "machines/lamp/environment.iso", "machines/lamp/guestinfo.txt",
			"machines/lamp/ovf-env.xml", "machines/lamp/system.qcow2"}},
		"lamp-two-tier/lamp.ovf": {append(lampOne, plan.Setting{Name: "appIp", Value: "10.0.0.2"}, plan.Setting{Name: "dbIp", Value: "10.0.0.3"})[1:], []string{"deployment.json",
			"machines/AppServer/app.qcow2", "machines/AppServer/environment.iso", "machines/AppServer/guestinfo.txt", "machines/AppServer/ovf-env.xml",
			"machines/DbServer/db.qcow2", "machines/DbServer/environment.iso", "machines/DbServer/guestinfo.txt", "machines/DbServer/ovf-env.xml"}},
	} {
		var trees [2]map[string][32]byte
		for i := range trees {
			trees[i] = deployed(t, name, c.settings)
		}
		if d := cmp.Diff(trees[0], trees[1]); d != "" {
			t.Errorf("%s: two runs differ: %s", name, d)
		}
		var files []string
		for f := range trees[0] {
			files = append(files, f)
		}
		slices.Sort(files)
		if d := cmp.Diff(c.want, files); d != "" {
			t.Errorf("%s: -want +got:\n%s", name, d)
		}
	}
}

var lampOne = []plan.Setting{{Name: "ip", Value: "10.0.0.1"}, {Name: "gateway", Value: "10.0.0.254"}, {Name: "dns", Value: "10.0.0.253"}}

func deployed(t *testing.T, name string, settings []plan.Setting) map[string][32]byte {
	t.Helper()
	ctx := context.Background()
	pkg, err := ovf.Open(ctx, name, ovf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer pkg.Close()
	if _, err := pkg.Verify(ctx, sign.Policy{Level: sign.NoManifest}); err != nil {
		t.Fatal(err)
	}
	p, err := pkg.Resolve(ctx, plan.Choices{Properties: settings})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := p.Deploy(ctx, dir, ovf.DeployOptions{Format: disk.QCOW2, Accept: func(plan.Eula) bool { return true }}); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := map[string][32]byte{}
	err = filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		rel, _ := filepath.Rel(dir, file)
		out[filepath.ToSlash(rel)] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
