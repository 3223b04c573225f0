package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	petstoreDir = repo + "/examples/petstore"
	webImage    = petstoreDir + "/petstore-web.vmdk"
	baseImage   = petstoreDir + "/petstore-base.vmdk"
)

// qemuRaw returns the digest of an image as qemu-img reads it.
func qemuRaw(t *testing.T, format, image string) string {
	t.Helper()
	if _, err := exec.LookPath("qemu-img"); err != nil {
		t.Skipf("qemu-img is not installed: %v", err)
	}
	out := filepath.Join(t.TempDir(), "raw")
	if b, err := exec.Command("qemu-img", "convert", "-f", format, "-O", "raw", image, out).CombinedOutput(); err != nil {
		t.Fatalf("qemu-img: %v\n%s", err, b)
	}
	return digest(t, out)
}

func digest(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// unmarshal reads the JSON that a run printed.
func unmarshal(t *testing.T, r result, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.stdout), into); err != nil {
		t.Fatalf("%v in:\n%s", err, r.stdout)
	}
}

// names lists a folder.
func names(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func TestDiskTree(t *testing.T) {
	r := execute("", "disk", "tree", petstoreDir)
	r.want(t, exitGood)
	golden(t, "disk-tree.txt", strings.ReplaceAll(r.stdout, petstoreDir, "petstore"))
	doc := load(t, filepath.Join(repo, "docs", "disks.md"))
	for line := range strings.Lines(r.stdout) {
		if !strings.HasPrefix(line, repo) && !strings.Contains(doc, line) {
			t.Errorf("docs/disks.md does not show %q", line)
		}
	}

	r = execute("", "disk", "tree", "--json", filepath.Join(petstoreDir, "petstore.ovf"))
	r.want(t, exitGood)
	var report struct {
		Packages []struct {
			Disks []struct {
				ID, Parent string
				Capacity   int64
				Chain      []string
				File       struct{ Size int64 }
				Users      []struct{ System string }
			}
			Download struct{ Bytes, Separate int64 }
		}
	}
	unmarshal(t, r, &report)
	p := report.Packages[0]
	var sizes []int64
	for _, name := range []string{"base", "web", "db"} {
		fi, err := os.Stat(filepath.Join(petstoreDir, "petstore-"+name+".vmdk"))
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, fi.Size())
	}
	if len(p.Disks) != 3 || p.Disks[2].ID != "db" || p.Disks[2].Parent != "base" || len(p.Disks[2].Users) != 2 || strings.Join(p.Disks[2].Chain, " ") != "base db" || p.Disks[0].Capacity != 64<<20 {
		t.Errorf("%+v", p.Disks)
	}
	for i, d := range p.Disks {
		if d.File.Size != sizes[i] {
			t.Errorf("file of %s has %d bytes, want %d", d.ID, d.File.Size, sizes[i])
		}
	}
	if p.Download.Bytes != sizes[0]+sizes[1]+sizes[2] || p.Download.Separate != p.Download.Bytes+sizes[0] {
		t.Errorf("%+v of %v", p.Download, sizes)
	}
}

// A descriptor whose disks go round in a circle is shown as far as it goes.
func TestDiskTreeCycle(t *testing.T) {
	text := strings.Replace(load(t, filepath.Join(petstoreDir, "petstore.ovf")), `ovf:diskId="base"`, `ovf:diskId="base" ovf:parentRef="web"`, 1)
	r := execute("", "disk", "tree", save(t, "petstore.ovf", text))
	r.want(t, exitInput, "[disk-parent-cycle]", "over 2 disks")
	if !strings.Contains(r.stdout, "db") {
		t.Errorf("the other disk is not shown:\n%s", r.stdout)
	}
}

func TestDiskInfo(t *testing.T) {
	r := execute("", "disk", "info", "--json", webImage, baseImage)
	r.want(t, exitGood)
	var report struct {
		Images []struct {
			Format, Variant, ID, Parent, ParentHint string
			Capacity, FileSize, Allocated           int64
		}
	}
	unmarshal(t, r, &report)
	web, base := report.Images[0], report.Images[1]
	if web.Format != "vmdk" || web.Variant != "streamOptimized" || web.Capacity != 64<<20 || web.Allocated != 128<<10 || web.Parent != base.ID || web.ParentHint != "petstore-base.vmdk" || base.Parent != "" {
		t.Errorf("%+v", report.Images)
	}
	r = execute("", "disk", "info", webImage)
	r.want(t, exitGood)
	for _, s := range []string{"vmdk, streamOptimized\n", "64 MiB (67108864 bytes)\n", web.ID, web.Parent + ", named petstore-base.vmdk\n"} {
		if !strings.Contains(r.stdout, s) {
			t.Errorf("no %q in:\n%s", s, r.stdout)
		}
	}
	execute("", "disk", "info", "--from", "qcow2", webImage).want(t, exitInput, "declared as qcow2", "[disk-image-format]")
	execute("", "disk", "info", "--from", "vdi", webImage).want(t, exitUsage, "--from")
	execute("", "disk", "info", save(t, "disk.bin", "x")).want(t, exitUsage, "--from")
	execute("", "disk", "info", petstoreDir).want(t, exitUsage, "disk tree")
	r = execute("", "disk", "info", "--json", "nothing.vmdk", webImage)
	r.want(t, exitFile, "nothing.vmdk")
	if unmarshal(t, r, &report); len(report.Images) != 2 || report.Images[1].Capacity != 64<<20 {
		t.Errorf("one bad image hides a good one:\n%s", r.stdout)
	}
}

func TestDiskCheck(t *testing.T) {
	r := execute("", "disk", "check", petstoreDir, webImage)
	r.want(t, exitGood)
	if r.stdout != petstoreDir+": no problems\n"+webImage+": no problems\n" {
		t.Error(r.stdout)
	}
	// One byte of a grain is another.
	b := []byte(load(t, webImage))
	at := bytes.LastIndex(b, []byte{0x78, 0xda})
	if at < 0 {
		t.Fatal("no grain found")
	}
	b[at+9] ^= 0x55
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(petstoreDir)); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "petstore-web.vmdk")
	if err := os.WriteFile(broken, b, 0o666); err != nil {
		t.Fatal(err)
	}
	execute("", "disk", "check", "--quick", dir, broken).want(t, exitGood)
	execute("", "disk", "check", broken).want(t, exitInput, "[vmdk-inflate]")
	r = execute("", "disk", "check", "--json", dir)
	r.want(t, exitInput)
	var report struct {
		Files []struct {
			Diagnostics []struct {
				Severity, Rule, Message string
				Line                    int
			}
		}
	}
	if unmarshal(t, r, &report); len(report.Files) != 1 || len(report.Files[0].Diagnostics) != 1 || report.Files[0].Diagnostics[0].Rule != "vmdk-inflate" || report.Files[0].Diagnostics[0].Line == 0 {
		t.Errorf("%s", r.stdout)
	}
	// A child over another base.
	if err := os.Rename(filepath.Join(dir, "petstore-db.vmdk"), filepath.Join(dir, "petstore-base.vmdk")); err != nil {
		t.Fatal(err)
	}
	execute("", "disk", "check", "--quick", dir).want(t, exitInput, "[disk-parent-id]", "petstore-db.vmdk")
}

func TestDiskConvert(t *testing.T) {
	dir := t.TempDir()
	want := qemuRaw(t, "vmdk", webImage)
	for out, format := range map[string]string{"w.raw": "raw", "w.img": "raw", "w.vmdk": "vmdk", "w.qcow2": "qcow2", "w.vhd": "vpc"} {
		name := filepath.Join(dir, out)
		r := execute("", "disk", "convert", "--parent", baseImage, webImage, name)
		r.want(t, exitGood)
		if got := qemuRaw(t, format, name); got != want {
			t.Errorf("%s has the digest %s, want %s", out, got, want)
		}
	}
	for _, c := range []struct{ format, subformat, peer string }{{"vhd", "fixed", "vpc"}, {"vhd-fixed", "", "vpc"}, {"vhd", "dynamic", "vpc"}, {"qcow2", "compressed", "qcow2"}, {"qcow2", "plain", "qcow2"}, {"vmdk", "streamOptimized", "vmdk"}} {
		name := filepath.Join(dir, "x")
		r := execute("", "disk", "convert", "--json", "--format", c.format, "--subformat", c.subformat, filepath.Join(dir, "w.qcow2"), name)
		r.want(t, exitGood)
		if got := qemuRaw(t, c.peer, name); got != want {
			t.Errorf("%+v has the digest %s, want %s", c, got, want)
		}
		var report struct {
			Images []struct {
				Format             string
				Capacity, FileSize int64
			}
		}
		fi, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if unmarshal(t, r, &report); len(report.Images) != 1 || report.Images[0].Capacity != 64<<20 || report.Images[0].FileSize != fi.Size() {
			t.Errorf("%s", r.stdout)
		}
	}
	// To standard output; levels matter.
	var sizes []int
	for _, level := range []string{"1", "9"} {
		r := execute("", "disk", "convert", filepath.Join(dir, "w.raw"), "-", "--format", "vmdk", "--level", level)
		r.want(t, exitGood)
		if got := qemuRaw(t, "vmdk", save(t, "s.vmdk", r.stdout)); got != want {
			t.Errorf("level %s has the digest %s, want %s", level, got, want)
		}
		sizes = append(sizes, len(r.stdout))
	}
	if sizes[0] < sizes[1] {
		t.Errorf("level 1 has %d bytes and level 9 %d", sizes[0], sizes[1])
	}
}

func TestDiskConvertRefuses(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.raw")
	if err := os.WriteFile(out, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status int
		text   string
		args   []string
	}{
		{exitInput, "--parent", []string{webImage, out}},
		{exitInput, "[disk-parent-id]", []string{"--parent", baseImage, "--parent", baseImage, webImage, out}},
		{exitInput, "[disk-image-format]", []string{"--from", "qcow2", baseImage, out}},
		{exitFile, "nothing.vmdk", []string{"nothing.vmdk", out}},
		{exitUsage, "--format", []string{baseImage, filepath.Join(dir, "x")}},
		{exitUsage, "subformat", []string{"--subformat", "fixed", baseImage, out}},
		{exitUsage, "--level", []string{"--level", "3", baseImage, out}},
		{exitUsage, "--level", []string{"--level", "10", "--format", "vmdk", baseImage, out}},
		{exitUsage, "no format that can be written", []string{"--format", "vdi", baseImage, out}},
		{exitInput, "to a file only", []string{"--format", "qcow2", baseImage, "-"}},
		{exitUsage, "standard output", []string{"--json", "--format", "raw", baseImage, "-"}},
		{exitFile, "no such file or directory", []string{baseImage, filepath.Join(dir, "none", "x.raw")}},
	} {
		execute("", append([]string{"disk", "convert"}, c.args...)...).want(t, c.status, c.text)
	}
	if names(t, dir) != "out.raw" || load(t, out) != "old" {
		t.Errorf("a failure left %q", names(t, dir))
	}

	// Interrupted, it leaves what was there.
	var stdout, stderr bytes.Buffer
	c := &cli{stdout: &stdout, stderr: &stderr, sources: map[string][]byte{}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := diskError((&diskConvert{cli: c}).run(ctx, []string{baseImage, out}))
	var file *fileError
	if !errors.As(err, &file) || !strings.Contains(err.Error(), "interrupted") || names(t, dir) != "out.raw" || load(t, out) != "old" {
		t.Errorf("%v, and %q is there", err, names(t, dir))
	}
	err = diskError((&diskDelta{cli: c, out: filepath.Join(dir, "p.ova")}).run(ctx, []string{petstoreDir}))
	if !errors.As(err, &file) || names(t, dir) != "out.raw" {
		t.Errorf("%v, and %q is there", err, names(t, dir))
	}
}

func TestDiskFlatten(t *testing.T) {
	dir := t.TempDir()
	web, db := filepath.Join(dir, "web.qcow2"), filepath.Join(dir, "db.vhd")
	r := execute("", "disk", "flatten", filepath.Join(petstoreDir, "petstore.ovf"), "web", web, "db", db)
	r.want(t, exitGood)
	if qemuRaw(t, "qcow2", web) != qemuRaw(t, "vmdk", webImage) || qemuRaw(t, "vpc", db) != qemuRaw(t, "vmdk", filepath.Join(petstoreDir, "petstore-db.vmdk")) {
		t.Error("a flattened disk differs from qemu-img's")
	}
	execute("", "disk", "flatten", petstoreDir, "nothing", filepath.Join(dir, "x.raw")).want(t, exitInput, `"nothing"`, "no such disk")
	execute("", "disk", "flatten", petstoreDir, "web").want(t, exitUsage, "a disk and a file")
	if got := names(t, dir); got != "db.vhd web.qcow2" {
		t.Errorf("there is %q", got)
	}
	// An empty disk has the default size of its property.
	r = execute("", "disk", "flatten", "--json", filepath.Join(repo, "examples", "lamp-one"), "data", filepath.Join(dir, "data.raw"))
	r.want(t, exitGood)
	fi, err := os.Stat(filepath.Join(dir, "data.raw"))
	if err != nil || fi.Size() == 0 || fi.Size()%(1<<30) != 0 {
		t.Errorf("%v, %v", fi, err)
	}
}

// Three full disks become a package with one base; each disk stays as it was, and
// so does the rest of the package.
func TestDiskDelta(t *testing.T) {
	dir := t.TempDir()
	flat := []string{"disk", "flatten", petstoreDir}
	for _, id := range []string{"web", "db", "base"} {
		flat = append(flat, id, filepath.Join(dir, id+".raw"))
	}
	execute("", flat...).want(t, exitGood)
	images := filepath.Join(dir, "images.ova")
	r := execute("", "disk", "delta", "--json", filepath.Join(dir, "web.raw"), filepath.Join(dir, "db.raw"), filepath.Join(dir, "base.raw"), "-o", images)
	r.want(t, exitGood)
	var report struct {
		Disks         []struct{ ID, Parent string }
		Bytes, Before int64
	}
	if unmarshal(t, r, &report); len(report.Disks) != 3 || report.Bytes > 400_000 || report.Before != 3*64<<20 {
		t.Errorf("%s", r.stdout)
	}
	pack := filepath.Join(dir, "pack")
	execute("", "disk", "delta", petstoreDir, "-o", pack).want(t, exitGood)
	for _, p := range []string{images, pack} {
		execute("", "disk", "check", p).want(t, exitGood)
		for _, id := range []string{"web", "db"} {
			out := filepath.Join(dir, "again.raw")
			execute("", "disk", "flatten", p, id, out).want(t, exitGood)
			if digest(t, out) != digest(t, filepath.Join(dir, id+".raw")) {
				t.Errorf("%s: the disk %s is another one", p, id)
			}
		}
		execute("", "validate", "--quiet", map[bool]string{true: p, false: filepath.Join(p, "pack.ovf")}[p == images]).want(t, exitGood)
	}
	for _, name := range []string{"petstore-de.xml", "petstore.png"} {
		if load(t, filepath.Join(pack, name)) != load(t, filepath.Join(petstoreDir, name)) {
			t.Errorf("%s is another one", name)
		}
	}
	execute("", "disk", "delta", petstoreDir, webImage, "-o", filepath.Join(dir, "x")).want(t, exitUsage, "one package")
	execute("", "disk", "delta", petstoreDir).want(t, exitUsage, "output")
	execute("", "disk", "delta", webImage, "-o", filepath.Join(dir, "x")).want(t, exitInput, "[disk-parent-needed]")
	if got := names(t, dir); strings.Contains(got, "delta") || strings.Contains(got, "x") && !strings.Contains(got, "images") {
		t.Errorf("there is %q", got)
	}
}
