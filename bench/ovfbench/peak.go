package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/ovfkit/ovf/bench/readers"
)

// minPeak is the least input whose peak is measured: below it, pages of the
// runtime outweigh the work.
const minPeak = 1 << 20

// peak starts this program once more to read the input once, and returns by how
// much its resident memory grew at most. That counts C as well as Go. It returns
// 0 where the system does not tell (only Linux does), and for small inputs.
func peak(input, reader string, size int) uint64 {
	if size < minPeak {
		return 0
	}
	self, err := os.Executable()
	if err != nil {
		return 0
	}
	out, err := exec.Command(self, "-input", input, "-peak", reader).Output()
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// printPeak is the other side of peak.
func printPeak(r readers.Reader, data []byte) error {
	debug.FreeOSMemory() // what writing the input left behind
	// 5 makes the highest resident size so far the present one (proc(5)).
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return err
	}
	before, err := highWater()
	if err != nil {
		return err
	}
	if _, err := r.Read(data); err != nil {
		return err
	}
	after, err := highWater()
	if err != nil {
		return err
	}
	fmt.Println(after - before)
	return nil
}

// highWater returns the most resident memory that the process had since the last
// reset, in bytes.
func highWater() (uint64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, ok := bytes.Cut(status, []byte("VmHWM:"))
	if !ok {
		return 0, errors.New("no VmHWM in /proc/self/status")
	}
	var kb uint64
	if _, err := fmt.Fscan(bytes.NewReader(rest), &kb); err != nil {
		return 0, err
	}
	return kb << 10, nil
}
