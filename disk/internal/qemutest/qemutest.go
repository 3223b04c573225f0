// Package qemutest lets tests compare with qemu-img and qemu-io (Debian package
// qemu-utils), and makes disks to compare with. Tests that need a program which is
// not there are skipped with a message.
package qemutest

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
)

// Need skips the test if a program is missing.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed: %v", p, err)
		}
	}
}

// Run runs a program in a directory and returns what it prints.
func Run(t testing.TB, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Compare fails the test unless qemu-img finds two images equal in size and
// content. The formats are given, never probed.
func Compare(t testing.TB, formatA, a, formatB, b string) {
	t.Helper()
	Run(t, "", "qemu-img", "compare", "-f", formatA, "-F", formatB, a, b)
	if sizeA, sizeB := virtualSize(t, formatA, a), virtualSize(t, formatB, b); sizeA != sizeB {
		t.Fatalf("qemu-img says that %s has %d bytes and %s %d", a, sizeA, b, sizeB)
	}
}

// virtualSize returns the size of the disk in an image as qemu-img sees it.
func virtualSize(t testing.TB, format, path string) int64 {
	t.Helper()
	var info struct {
		Size int64 `json:"virtual-size"`
	}
	if err := json.Unmarshal([]byte(Run(t, "", "qemu-img", "info", "--output=json", "-f", format, path)), &info); err != nil {
		t.Fatal(err)
	}
	return info.Size
}

// Disk is the content of a disk to test with.
type Disk struct {
	Name    string
	Content []byte
}

// Disks returns small disks of every kind that has its own way to go wrong:
// empty, full of noise, runs of zeros and text, sizes around the units of the formats.
func Disks() []Disk {
	const grain = 64 << 10
	r := rand.New(rand.NewPCG(7, 11))
	chacha := rand.NewChaCha8([32]byte{7, 11})
	noise := func(n int) []byte {
		b := make([]byte, n)
		chacha.Read(b)
		return b
	}
	mixed := func(n int) []byte {
		b := make([]byte, n)
		for off := 0; off < n; {
			k := min(512*(1+r.IntN(600)), n-off)
			switch r.IntN(4) {
			case 0:
				copy(b[off:], noise(k))
			case 1:
				text := []byte("the grain at hand is compressed, the grain to come may be not. ")
				for i := range k {
					b[off+i] = text[(i*i/7+i)%len(text)]
				}
			}
			off += k
		}
		return b
	}
	oneByte := make([]byte, 5*grain)
	oneByte[3*grain+17] = 1
	return []Disk{
		{"sector", noise(512)},
		{"under a grain", mixed(grain - 512)},
		{"grain", noise(grain)},
		{"grain and sector", mixed(grain + 512)},
		{"empty", make([]byte, 3*grain)},
		{"empty odd", make([]byte, 3*grain+1024)},
		{"one byte", oneByte},
		{"noise", noise(20*grain + 7*512)},
		{"mixed", mixed(3<<20 + 33*512)},
		{"two tables", append(append(mixed(1<<20), make([]byte, 33<<20)...), mixed(1<<20)...)},
	}
}

// FewDisks returns the disks that matter most, to be combined with options that
// change little.
func FewDisks() []Disk {
	var few []Disk
	for _, d := range Disks() {
		if d.Name == "sector" || d.Name == "grain and sector" || d.Name == "one byte" {
			few = append(few, d)
		}
	}
	return few
}

// Write stores content as a file and returns its path.
func Write(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// Open opens a file for the length of the test and returns its size.
func Open(t testing.TB, path string) (*os.File, int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return f, fi.Size()
}

// Create creates a file that is closed at the end of the test.
func Create(t testing.TB, path string) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Feed gives a disk to a writer in pieces of random sizes, skips some of the
// zeros, and closes the writer.
func Feed(t testing.TB, w image.Writer, seed uint64, content []byte) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	for p := content; len(p) > 0; {
		n := min(1+r.IntN(300_000), len(p))
		var err error
		if r.IntN(2) == 0 && len(bytes.Trim(p[:n], "\x00")) == 0 {
			err = w.Skip(int64(n))
		} else {
			_, err = w.Write(p[:n])
		}
		if err != nil {
			t.Fatal(err)
		}
		p = p[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// Equal fails the test unless the size bytes of r are want, read as a whole and
// in odd pieces.
func Equal(t testing.TB, r io.ReaderAt, size int64, want []byte) {
	t.Helper()
	if size != int64(len(want)) {
		t.Fatalf("size %d, want %d", size, len(want))
	}
	got := make([]byte, size)
	if n, err := r.ReadAt(got, 0); n < len(got) {
		t.Fatalf("ReadAt of all: %d of %d bytes: %v", n, size, err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("content differs from byte %d on", firstDifference(got, want))
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		off := rnd.Int64N(size)
		piece := make([]byte, 1+rnd.Int64N(min(200_000, size-off)))
		if n, err := r.ReadAt(piece, off); n < len(piece) {
			t.Fatalf("ReadAt of %d bytes at %d: %d bytes, %v", len(piece), off, n, err)
		}
		if !bytes.Equal(piece, want[off:off+int64(len(piece))]) {
			t.Fatalf("ReadAt of %d bytes at %d differs", len(piece), off)
		}
	}
	if n, err := r.ReadAt(got[:10], size-5); n != 5 || err != io.EOF {
		t.Errorf("ReadAt across the end: %d, %v; want 5, EOF", n, err)
	}
}

func firstDifference(a, b []byte) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return len(a)
}
