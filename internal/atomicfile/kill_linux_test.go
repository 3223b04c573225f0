package atomicfile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ovfkit/ovf/internal/atomicfile"
)

// A process that is killed while it writes leaves nothing, where the file system
// has files without names.
func TestKilled(t *testing.T) {
	if name := os.Getenv("ATOMICFILE_KILL"); name != "" {
		f, err := atomicfile.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("half"); err != nil {
			t.Fatal(err)
		}
		if err := unix.Kill(os.Getpid(), unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	dir := t.TempDir()
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR, 0o600)
	if err != nil {
		t.Skip("no files without names here:", err)
	}
	unix.Close(fd)
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "ATOMICFILE_KILL="+filepath.Join(dir, "a"))
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the process was not killed: %v", err)
	}
	wantNames(t, dir)
}

// The scratch folder of a killed process goes when its name is next written; long
// names too.
func TestScratchKilled(t *testing.T) {
	if name := os.Getenv("ATOMICFILE_SCRATCH"); name != "" {
		scratch(t, name)
		if err := unix.Kill(os.Getpid(), unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	for _, base := range []string{"a", strings.Repeat("long", 60)} {
		dir := t.TempDir()
		name := filepath.Join(dir, base)
		cmd := exec.Command(os.Args[0], "-test.run=^TestScratchKilled$")
		cmd.Env = append(os.Environ(), "ATOMICFILE_SCRATCH="+name)
		if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("the process was not killed: %v", err)
		}
		if left := names(t, dir); len(left) != 1 {
			t.Fatalf("%q is there; the test proves nothing", left)
		}
		if err := atomicfile.WriteFile(name, nil); err != nil {
			t.Fatal(err)
		}
		wantNames(t, dir, base)
	}
}
