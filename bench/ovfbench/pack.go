package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/ovfkit/ovf"
)

// packDescriptor has two disks, whose content does not matter here.
const packDescriptor = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>
    <File ovf:id="a" ovf:href="a.img"/>
    <File ovf:id="b" ovf:href="b.img"/>
  </References>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:diskId="a" ovf:fileRef="a" ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30" ovf:format="https://en.wikipedia.org/wiki/Byte"/>
    <Disk ovf:diskId="b" ovf:fileRef="b" ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30" ovf:format="https://en.wikipedia.org/wiki/Byte"/>
  </DiskSection>
  <VirtualSystem ovf:id="vm"><Info>A machine</Info></VirtualSystem>
</Envelope>
`

// runPack measures the writing of an archive, not compressed, against what does the
// same by hand: openssl for the digests, then tar. The files take twice the size. The
// manifest of tar has another name: one beside the descriptor would be verified.
func runPack(ctx context.Context, w io.Writer, dir string, size int64, rounds int) (err error) {
	for _, program := range []string{"openssl", "tar"} {
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
	if err := os.WriteFile(b.path("p.ovf"), []byte(packDescriptor), 0o600); err != nil {
		return err
	}
	for i, name := range []string{"a.img", "b.img"} {
		if err := randomFile(b.path(name), size/2, uint64(i)); err != nil {
			return err
		}
	}
	fresh := func(name string, f func() (cost, error)) func() (cost, error) {
		return func() (cost, error) {
			if err := os.Remove(b.path(name)); err != nil && !os.IsNotExist(err) {
				return cost{}, err
			}
			return f()
		}
	}
	mine, other, err := b.pair(rounds,
		fresh("ours.ova", func() (cost, error) { return b.run(ctx, b.self, "-pack-job", "p.ovf", "ours.ova") }),
		fresh("tar.ova", func() (cost, error) {
			return b.run(ctx, "sh", "-c", "openssl dgst -sha256 p.ovf a.img b.img > tar.mf && tar cf tar.ova p.ovf a.img b.img tar.mf")
		}))
	if err != nil {
		return err
	}
	// no more than needed: the same contents in both
	if _, err := b.run(ctx, "sh", "-c", "tar xOf ours.ova a.img | cmp - a.img && tar xOf tar.ova b.img | cmp - b.img"); err != nil {
		return err
	}
	wall, cpu := b.report(fmt.Sprintf("pack, %d MiB, against openssl dgst and tar cf", size>>20), mine, other)
	var peaks []int64
	for _, c := range mine {
		peaks = append(peaks, c.peak>>20)
	}
	b.goal("peak memory of packing in MiB", float64(slices.Max(peaks)), 64)
	b.goal("wall", wall, 0.6)
	fmt.Fprintf(w, "  %-42s %7.3f\n", "CPU", cpu)
	return nil
}

// packJob writes an archive, in a process of its own.
func packJob(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("-pack-job needs a descriptor and an archive")
	}
	p, err := ovf.Open(ctx, args[0], ovf.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	_, err = (&ovf.Writer{}).WriteFile(ctx, args[1], p.Envelope, p.Sources())
	return err
}

// randomFile writes a file that nothing makes smaller.
func randomFile(name string, size int64, seed uint64) (err error) {
	f, err := os.Create(filepath.Clean(name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var key [32]byte
	key[0] = byte(seed)
	_, err = io.CopyN(f, rand.NewChaCha8(key), size)
	return err
}
