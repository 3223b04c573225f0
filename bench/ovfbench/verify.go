package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/ovfkit/ovf"
	"github.com/ovfkit/ovf/sign"
)

// runVerify measures the verifying of an archive against what does the same by hand:
// tar to unpack it, then openssl or sha256sum for the digests. The files take twice
// the size.
func runVerify(ctx context.Context, w io.Writer, dir string, size int64, rounds int) (err error) {
	for _, program := range []string{"openssl", "tar", "sha256sum"} {
		if _, err := exec.LookPath(program); err != nil {
			return err
		}
	}
	temp, err := os.MkdirTemp(dir, "ovfbench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b := &diskBench{w, temp, size, rounds, self}
	for _, c := range []struct {
		members      int
		openssl, sum float64 // goals
	}{{1, 0.6, 0.2}, {4, 0.4, 0.2}} {
		if err := b.verify(ctx, c.members, c.openssl, c.sum); err != nil {
			return err
		}
	}
	return nil
}

// verify measures with disks of the same size.
func (b *diskBench) verify(ctx context.Context, members int, openssl, sum float64) error {
	if err := b.verifyArchive(ctx, members); err != nil {
		return err
	}
	defer os.Remove(b.path("p.ova"))
	ours := func() (cost, error) { return b.run(ctx, b.self, "-verify-job", "p.ova") }
	for _, peer := range []struct {
		name, command string
		goal          float64
	}{
		{"tar xf and openssl dgst", "tar xf ../p.ova && openssl dgst -sha256 *", openssl},
		{"tar xf and sha256sum -c", `tar xf ../p.ova && sed -E 's/^SHA256\((.*)\)= (.*)/\2  \1/' p.mf | sha256sum -c`, sum},
	} {
		theirs := func() (cost, error) {
			if err := errors.Join(os.RemoveAll(b.path("out")), os.Mkdir(b.path("out"), 0o700)); err != nil {
				return cost{}, err
			}
			return b.run(ctx, "sh", "-c", "cd out && "+peer.command)
		}
		mine, other, err := b.pair(b.rounds, ours, theirs)
		if err != nil {
			return err
		}
		wall, cpu := b.report(fmt.Sprintf("verify, %d MiB in %d members, against %s", b.size>>20, members, peer.name), mine, other)
		var peaks []int64
		for _, c := range mine {
			peaks = append(peaks, c.peak>>20)
		}
		b.goal("peak memory of verifying in MiB", float64(slices.Max(peaks)), 64)
		b.goal("wall", wall, peer.goal)
		fmt.Fprintf(b.w, "  %-42s %7.3f\n", "CPU", cpu)
	}
	return os.RemoveAll(b.path("out"))
}

// verifyArchive makes an archive with openssl and tar.
func (b *diskBench) verifyArchive(ctx context.Context, members int) error {
	var files, names strings.Builder
	for i := range members {
		name := fmt.Sprintf("disk%d.img", i)
		if err := randomFile(b.path(name), b.size/int64(members), uint64(i)); err != nil {
			return err
		}
		defer os.Remove(b.path(name))
		fmt.Fprintf(&files, `<File ovf:id="f%d" ovf:href="%s"/>`, i, name)
		names.WriteString(" " + name)
	}
	text := `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><References>` + files.String() +
		`</References><VirtualSystem ovf:id="vm"><Info>A machine</Info></VirtualSystem></Envelope>`
	if err := os.WriteFile(b.path("p.ovf"), []byte(text), 0o600); err != nil {
		return err
	}
	_, err := b.run(ctx, "sh", "-c", "openssl dgst -sha256 p.ovf"+names.String()+" | sed 's/^SHA2-256/SHA256/' > p.mf && tar cf p.ova --format=ustar p.ovf p.mf"+names.String())
	return err
}

// verifyJob verifies an archive, in a process of its own.
func verifyJob(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("-verify-job needs an archive")
	}
	_, err := ovf.Verify(ctx, args[0], sign.Policy{Level: sign.Unsigned}, ovf.Options{})
	return err
}
