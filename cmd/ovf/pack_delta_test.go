package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// farm makes a folder with the petstore as it was before its disks were shared: three
// full images, with sizes that are those of the shared ones. It returns the name of
// the descriptor and the digest of each disk.
func farm(t *testing.T) (descriptor string, digests map[string]string) {
	t.Helper()
	dir := t.TempDir()
	text := strings.ReplaceAll(load(t, filepath.Join(petstoreDir, "petstore.ovf")), ` ovf:parentRef="base"`, "")
	digests = map[string]string{}
	flat := []string{"disk", "flatten", petstoreDir}
	for _, id := range []string{"base", "web", "db"} {
		name := "petstore-" + id + ".vmdk"
		text = strings.Replace(text, `ovf:href="`+name+`"`, `ovf:href="`+name+`" ovf:size="4711"`, 1)
		flat = append(flat, id, filepath.Join(dir, name), id, filepath.Join(dir, id+".raw"))
	}
	execute("", flat...).want(t, exitGood)
	for _, id := range []string{"base", "web", "db"} {
		raw := filepath.Join(dir, id+".raw")
		digests[id] = digest(t, raw)
		if err := os.Remove(raw); err != nil {
			t.Fatal(err)
		}
	}
	if digests["base"] == digests["web"] || digests["web"] == digests["db"] {
		t.Fatal("the disks are one; the test proves nothing")
	}
	for _, name := range []string{"petstore-de.xml", "petstore.png"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(load(t, filepath.Join(petstoreDir, name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	descriptor = filepath.Join(dir, "farm.ovf")
	if err := os.WriteFile(descriptor, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return descriptor, digests
}

// With --delta a package is smaller, and each disk in it is what it was.
func TestPackDelta(t *testing.T) {
	desc, digests := farm(t)
	key, cert, _ := keyFiles(t)
	dir := t.TempDir()
	full, small := filepath.Join(dir, "full.ova"), filepath.Join(dir, "small.ova")
	execute("", "pack", desc, "-o", full).want(t, exitGood)
	r := execute("", "pack", desc, "-o", small, "--delta", "--json", "--key", key, "--cert", cert)
	r.want(t, exitGood)
	var report struct {
		Signed bool
		Files  []struct{ Name string }
		Disks  []struct {
			ID, Parent, File string
			FileSize         int64
		}
	}
	unmarshal(t, r, &report)
	parents := 0
	for _, d := range report.Disks {
		if d.Parent != "" {
			parents++
		}
	}
	if !report.Signed || len(report.Disks) != 3 || parents != 2 || len(report.Files) != 8 {
		t.Errorf("reported is %s", r.stdout)
	}
	execute("", "verify", small, "--trust", cert).want(t, exitGood)
	execute("", "validate", "--quiet", small).want(t, exitGood)
	execute("", "disk", "check", small).want(t, exitGood)
	sizes := map[string]int64{}
	for _, name := range []string{full, small} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		sizes[name] = info.Size()
		for id, want := range digests {
			raw := filepath.Join(dir, "again.raw")
			execute("", "disk", "flatten", name, id, raw).want(t, exitGood)
			if digest(t, raw) != want {
				t.Errorf("%s: the disk %s is another one", name, id)
			}
		}
	}
	if sizes[small] > sizes[full]*3/4 {
		t.Errorf("%d bytes with --delta, %d without", sizes[small], sizes[full])
	}
	_, before := inArchive(t, full)
	_, after := inArchive(t, small)
	for _, name := range []string{"petstore-de.xml", "petstore.png"} {
		if before[name] != after[name] || before[name] == "" {
			t.Errorf("%s is another one", name)
		}
	}

	// As text, and to standard output, whose archive is the same but for its name.
	r = execute("", "pack", desc, "-o", filepath.Join(dir, "again.ova"), "--delta")
	r.want(t, exitGood)
	if !strings.Contains(r.stdout, "\nbase: ") || !strings.Contains(r.stdout, " over base\n") || !strings.Contains(r.stdout, "not signed\n") {
		t.Errorf("%s", r.stdout)
	}
	r = execute("", "pack", desc, "-o", "-", "--delta")
	r.want(t, exitGood)
	if r.stdout != load(t, filepath.Join(dir, "again.ova")) {
		t.Error("standard output has another archive")
	}
	if got := names(t, dir); got != "again.ova again.raw full.ova small.ova" {
		t.Errorf("there is %q", got)
	}
}

func TestPackDeltaRefuses(t *testing.T) {
	desc, _ := farm(t)
	out := filepath.Join(t.TempDir(), "x.ova")
	execute("", "pack", desc, "-o", out, "--delta", "--gzip").want(t, exitUsage, "delta", "gzip")
	execute("", "pack", appliance(t), "-o", out, "--delta").want(t, exitInput, "no disks with content")

	// The files have to match a manifest that is there.
	manifest := strings.TrimSuffix(desc, ".ovf") + ".mf"
	sums := "SHA256(petstore-web.vmdk)= " + strings.Repeat("0", 64) + "\n"
	if err := os.WriteFile(manifest, []byte(sums), 0o600); err != nil {
		t.Fatal(err)
	}
	execute("", "pack", desc, "-o", out, "--delta").want(t, exitInput, "petstore-web.vmdk", "the manifest says 0000")
	if got := names(t, filepath.Dir(out)); got != "" {
		t.Errorf("there is %q", got)
	}
}

// A run that is killed while it stores disks leaves files, and the next one removes
// them.
func TestPackDeltaKilled(t *testing.T) {
	if args := os.Getenv("OVF_DELTA_ARGS"); args != "" { // the one that is killed
		os.Exit(run(strings.Split(args, "\n"), strings.NewReader(""), io.Discard, os.Stderr))
	}
	desc, _ := farm(t)
	for verb, from := range map[string]string{"pack\n--delta": desc, "disk\ndelta": petstoreDir} {
		dir := t.TempDir()
		out := filepath.Join(dir, "farm.ova")
		left := ""
		for range 20 { // until a kill comes in time
			cmd := exec.Command(os.Args[0], "-test.run=^TestPackDeltaKilled$")
			cmd.Env = append(os.Environ(), "OVF_DELTA_ARGS="+verb+"\n"+from+"\n-o\n"+out)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			for len(ended) == 0 && names(t, dir) == "" {
				time.Sleep(time.Millisecond)
			}
			_ = cmd.Process.Kill()
			<-ended
			if left = names(t, dir); strings.HasPrefix(left, ".") {
				break
			}
			_ = os.Remove(out)
		}
		if !strings.HasPrefix(left, ".farm.ova.") {
			t.Fatalf("no kill came in time: %q is there; the test proves nothing", left)
		}
		if r := execute("", append(strings.Split(verb, "\n"), from, "-o", out)...); names(t, dir) != "farm.ova" {
			t.Errorf("%s: %q is there; %s", verb, names(t, dir), r.stderr)
		}
	}
}
