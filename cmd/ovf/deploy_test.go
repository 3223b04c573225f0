package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// signedPackage makes a signed package with a disk of so many MiB that do not
// compress, and returns it and the certificate to trust.
func signedPackage(t testing.TB, mib int) (ova, cert string) {
	t.Helper()
	name := save(t, "web.yaml", webSpec+"# \n")
	data := make([]byte, mib<<20)
	random := mathrand.NewChaCha8([32]byte{1})
	_, _ = random.Read(data)
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "system.img"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	key, cert, _ := keyFiles(t)
	ova = filepath.Join(filepath.Dir(name), "web.ova")
	execute("", "new", name, "-o", ova, "--key", key, "--cert", cert, "-q").want(t, exitGood)
	return ova, cert
}

// digestOf is a digest of all names and contents below a folder.
func digestOf(t testing.TB, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		io.WriteString(h, rel+"\n")
		data, err := os.ReadFile(name)
		h.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(h.Sum(nil))
}

func TestDeploy(t *testing.T) {
	ova, cert := signedPackage(t, 1)
	dir := filepath.Join(t.TempDir(), "out")
	r := execute("", "deploy", ova, "--out", dir, "--trust", cert, "--property", "ip=10.0.0.7", "--disk-format", "qcow2", "--json")
	r.want(t, exitGood)
	var layout struct {
		Machines []struct {
			ISO    string
			Drives []struct{ Path, Format string }
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &layout); err != nil || len(layout.Machines) != 1 || layout.Machines[0].Drives[0].Format != "qcow2" {
		t.Fatalf("%v: %s", err, r.stdout)
	}
	env := execute("", "env", "get", filepath.Join(dir, "machines/web/ovf-env.xml"), "ip")
	if env.stdout != "10.0.0.7\n" {
		t.Errorf("the guest sees %q, %s", env.stdout, env.stderr)
	}
	first := digestOf(t, dir)
	again := filepath.Join(t.TempDir(), "again")
	execute("", "deploy", ova, "--out", again, "--trust", cert, "--property", "ip=10.0.0.7", "--disk-format", "qcow2").want(t, exitGood)
	if digestOf(t, again) != first {
		t.Error("the same run gives other bytes")
	}
}

func TestDeployRefuses(t *testing.T) {
	ova, cert := signedPackage(t, 1)
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	deploy := func(flags ...string) result {
		return execute("", append([]string{"deploy", ova, "--out", out, "--property", "ip=1"}, flags...)...)
	}
	deploy().want(t, exitInput, "trusted", "refused")
	deploy("--trust", cert, "--at", "2001-01-01").want(t, exitInput, "trust-not-yet-valid", "see whether the clock is right")
	deploy("--trust", cert, "--disk-format", "vdi").want(t, exitUsage, "raw")
	deploy("--trust", cert, "--property", "nope=1").want(t, exitInput, `"nope"`)
	withEula := spec(t, strings.Replace(webSpec, "  id: web\n", "  id: web\n  eula: Be nice.\n", 1))
	ova = filepath.Join(dir, "eula.ova")
	execute("", "new", withEula, "-o", ova).want(t, exitGood)
	deploy("--level", "unsigned").want(t, exitUsage, "Be nice.", "--accept-eulas")
	os.Remove(ova)
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// A disk that is full, and a folder that cannot be written: a clear message, and
// nothing left.
func TestDeployCannotWrite(t *testing.T) {
	ova, cert := signedPackage(t, 8)
	flags := []string{"--trust", cert, "--property", "ip=1"}
	t.Run("full", func(t *testing.T) {
		dir := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", dir).CombinedOutput(); err != nil {
			t.Skipf("no small file system can be had: %v %s", err, out)
		}
		defer func() { _ = exec.Command("umount", dir).Run() }()
		execute("", append([]string{"deploy", ova, "--out", filepath.Join(dir, "out")}, flags...)...).want(t, exitFile, "no space left on device")
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	})
	t.Run("permission", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		execute("", append([]string{"deploy", ova, "--out", filepath.Join(dir, "file")}, flags...)...).want(t, exitFile, "file")
		if os.Getuid() == 0 {
			t.Skip("nothing is forbidden to root")
		}
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		execute("", append([]string{"deploy", ova, "--out", filepath.Join(dir, "out")}, flags...)...).want(t, exitFile, "permission denied")
	})
}

// cutWriter ends the connection behind the header.
type cutWriter struct{ http.ResponseWriter }

func (w *cutWriter) Write([]byte) (int, error) { panic(http.ErrAbortHandler) }

// A server that cuts every connection, and one whose file changes in the middle.
func TestDeployFromServer(t *testing.T) {
	ova, cert := signedPackage(t, 8)
	content, err := os.ReadFile(ova)
	if err != nil {
		t.Fatal(err)
	}
	var served, cut, changeAt atomic.Int64
	changed := bytes.Repeat([]byte("x"), len(content))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := served.Add(1)
		if c := cut.Load(); c > 0 && n >= c {
			w = &cutWriter{w}
		}
		data, tag := content, `"one"`
		if c := changeAt.Load(); c > 0 && n >= c {
			data, tag = changed, `"two"`
		}
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "web.ova", time.Time{}, bytes.NewReader(data))
	}))
	defer server.Close()
	dir := t.TempDir()
	deploy := func(name string) result {
		served.Store(0)
		return execute("", "deploy", server.URL+"/web.ova", "--out", filepath.Join(dir, name), "--trust", cert, "--property", "ip=1")
	}
	deploy("good").want(t, exitGood)
	requests := served.Load()
	if requests < 3 {
		t.Fatalf("only %d requests: nothing can happen in the middle", requests)
	}
	changeAt.Store(requests / 2)
	if r := deploy("changed"); r.status == exitGood || !strings.Contains(r.stderr, "changed") {
		t.Errorf("a file that changes: %d %s", r.status, r.stderr)
	}
	changeAt.Store(0)
	cut.Store(requests / 2)
	if r := deploy("cut"); r.status != exitFile {
		t.Errorf("a server that cuts: %d %s", r.status, r.stderr)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}

// A kill at any moment leaves the old deployment or the whole new one, and what it
// leaves beside is gone after the next run; Ctrl-C leaves nothing beside. OVF_KILLS
// sets how many are tried.
func TestDeployKilled(t *testing.T) {
	if args := os.Getenv("OVF_DEPLOY_ARGS"); args != "" { // the one that is killed
		os.Exit(run(strings.Split(args, "\n"), strings.NewReader(""), io.Discard, os.Stderr))
	}
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("OVF_KILLS")); err == nil {
		kills = n
	}
	ova, cert := signedPackage(t, 16)
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	deploy := func(ip string, signal os.Signal, after time.Duration) (killed bool) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDeployKilled$")
		cmd.Env = append(os.Environ(), "OVF_DEPLOY_ARGS="+strings.Join([]string{"deploy", ova, "--out", out, "--trust", cert, "--fresh", "--property", "ip=" + ip}, "\n"))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(signal) })
		defer timer.Stop()
		err := cmd.Wait()
		if err != nil && cmd.ProcessState.Exited() && signal == os.Kill {
			t.Fatalf("deploy failed: %v", err)
		}
		return err != nil
	}
	start := time.Now()
	if deploy("2", os.Kill, time.Hour) {
		t.Fatal("not even one ends well")
	}
	took, after := time.Since(start), digestOf(t, out)
	if deploy("1", os.Kill, time.Hour) {
		t.Fatal("not even one ends well")
	}
	before := digestOf(t, out)
	killed := 0
	for i := range kills {
		signal, entries := os.Kill, 0
		if i%3 == 0 {
			signal = os.Interrupt
			list, _ := os.ReadDir(dir) // a kill before may have left something
			entries = len(list)
		}
		if deploy(strconv.Itoa(1+i%2), signal, time.Duration(mathrand.Int64N(int64(took)))) {
			killed++
		}
		if left, _ := os.ReadDir(dir); signal == os.Interrupt && len(left) > entries {
			t.Errorf("Ctrl-C left %v", left)
		}
		if got := digestOf(t, out); got != before && got != after {
			t.Fatalf("kill %d left something that is neither the old deployment nor the new one", i)
		}
	}
	if deploy("1", os.Kill, time.Hour) {
		t.Fatal("the last one was killed")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Logf("%d killed of %d", killed, kills)
	if killed == 0 {
		t.Error("no kill came in time: the test proves nothing")
	}
}
