//go:build unix

package main

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A named pipe is refused at once; opening it would wait for a writer.
func TestFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe.ovf")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{{"inspect", name}, {"fmt", name}, {"set", name, "-o", "-", "--name", "x"}} {
		execute("", args...).want(t, exitFile, "is a named pipe")
	}
}
