package qcow2_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/qemutest"
	"github.com/ovfkit/ovf/disk/qcow2"
)

func open(t testing.TB, path string) *qcow2.Image {
	t.Helper()
	f, size := qemutest.Open(t, path)
	m, err := qcow2.Open(f, size, image.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return m
}

// TestReadQemu reads what qemu-img writes: both versions, several cluster
// sizes, compressed and not.
func TestReadQemu(t *testing.T) {
	qemutest.Need(t, "qemu-img")
	read := func(t *testing.T, disks []qemutest.Disk, args ...string) {
		for _, d := range disks {
			t.Run(d.Name+"/"+filepath.Join(args...), func(t *testing.T) {
				dir := t.TempDir()
				raw := qemutest.Write(t, dir, "disk.raw", d.Content)
				path := filepath.Join(dir, "disk.qcow2")
				args := append([]string{"convert", "-f", "raw", "-O", "qcow2"}, args...)
				qemutest.Run(t, dir, "qemu-img", append(args, raw, path)...)
				m := open(t, path)
				qemutest.Equal(t, m, m.Size(), d.Content)
			})
		}
	}
	read(t, qemutest.Disks())
	read(t, qemutest.Disks(), "-c")
	for _, args := range [][]string{
		{"-o", "compat=0.10"}, {"-c", "-o", "cluster_size=4k"}, {"-o", "cluster_size=512"},
		{"-c", "-o", "cluster_size=2M"}, {"-o", "preallocation=metadata"}, {"-S", "0"}, {"-o", "lazy_refcounts=on"},
	} {
		read(t, qemutest.FewDisks(), args...)
	}
}

// TestReadQemuZeros reads clusters of each kind: data, zero with and without a
// place, discarded, never written.
func TestReadQemuZeros(t *testing.T) {
	qemutest.Need(t, "qemu-img", "qemu-io")
	dir := t.TempDir()
	path := filepath.Join(dir, "disk.qcow2")
	qemutest.Run(t, dir, "qemu-img", "create", "-q", "-f", "qcow2", path, "2M")
	qemutest.Run(t, dir, "qemu-io", "-f", "qcow2", "-c", "write -P 1 0 1M", "-c", "write -z 64k 64k", "-c", "write -z -u 128k 64k",
		"-c", "discard 192k 64k", "-c", "write -P 2 260k 1k", "-c", "write -P 3 1500k 7k", path)
	qemutest.Run(t, dir, "qemu-img", "snapshot", "-c", "s", path)
	qemutest.Run(t, dir, "qemu-io", "-f", "qcow2", "-c", "write -P 4 0 100k", path)
	qemutest.Run(t, dir, "qemu-img", "convert", "-f", "qcow2", "-O", "raw", path, "want.raw")
	want, err := os.ReadFile(filepath.Join(dir, "want.raw"))
	if err != nil {
		t.Fatal(err)
	}
	m := open(t, path)
	qemutest.Equal(t, m, m.Size(), want)
}

// TestRefuseQemu: what would lead out of the image is refused.
func TestRefuseQemu(t *testing.T) {
	qemutest.Need(t, "qemu-img")
	for _, c := range []struct {
		rule string
		args []string
	}{
		{qcow2.RuleBackingFile, []string{"-b", "base.raw", "-F", "raw", "disk.qcow2"}},
		{qcow2.RuleDataFile, []string{"-o", "data_file=secret,data_file_raw=on", "disk.qcow2", "1M"}},
		{qcow2.RuleFeature, []string{"-o", "extended_l2=on,cluster_size=128k", "disk.qcow2", "1M"}},
		{qcow2.RuleFeature, []string{"-o", "compression_type=zstd", "disk.qcow2", "1M"}},
		{qcow2.RuleEncrypted, []string{"--object", "secret,id=s,data=abc", "-o", "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10", "disk.qcow2", "1M"}},
	} {
		dir := t.TempDir()
		qemutest.Write(t, dir, "base.raw", make([]byte, 1<<20))
		qemutest.Run(t, dir, "qemu-img", append([]string{"create", "-q", "-f", "qcow2"}, c.args...)...)
		f, size := qemutest.Open(t, filepath.Join(dir, "disk.qcow2"))
		_, err := qcow2.Open(f, size, image.Limits{})
		wantRule(t, c.args[0]+" "+c.args[1], err, c.rule)
	}
}

// TestWriter: qemu-img must find the output sound and equal to the source, and
// neither the pieces in which content arrives nor the number of goroutines may
// show in it.
func TestWriter(t *testing.T) {
	for _, d := range qemutest.Disks() {
		for _, compress := range []bool{false, true} {
			name := d.Name + "/plain"
			if compress {
				name = d.Name + "/compressed"
			}
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				path := filepath.Join(dir, "disk.qcow2")
				var files [3][]byte
				for i := range files {
					f := qemutest.Create(t, path)
					w, err := qcow2.NewWriter(f, int64(len(d.Content)), qcow2.WriterOptions{Compress: compress, Workers: i})
					if err != nil {
						t.Fatal(err)
					}
					qemutest.Feed(t, w, uint64(i), d.Content)
					if files[i], err = os.ReadFile(path); err != nil {
						t.Fatal(err)
					}
				}
				if !bytes.Equal(files[0], files[1]) || !bytes.Equal(files[0], files[2]) {
					t.Error("the output differs from time to time")
				}
				m := open(t, path)
				qemutest.Equal(t, m, m.Size(), d.Content)
				qemutest.Need(t, "qemu-img")
				qemutest.Run(t, dir, "qemu-img", "check", "-f", "qcow2", path)
				qemutest.Compare(t, "qcow2", path, "raw", qemutest.Write(t, dir, "disk.raw", d.Content))
			})
		}
	}
}
