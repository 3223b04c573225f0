package interop

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// need returns the path of a program; without it the test is skipped, or fails
// if OVF_INTEROP is set.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, program+" is not installed")
	}
	return path
}

func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("OVF_INTEROP") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// run returns the standard output of a program.
func run(t *testing.T, cmd *exec.Cmd) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd.Path, err, stderr.Bytes())
	}
	return out
}
