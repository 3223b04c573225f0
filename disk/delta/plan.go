package delta

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/blocks"
)

// BlockSize is the unit in which disks are compared and stored, in bytes. It is
// the grain size of the images that package vmdk writes.
const BlockSize = 64 << 10

// MaxImages is how many images one plan may be made for.
const MaxImages = 32

// None is the index of a parent or image that there is not.
const None = -1

// Disk is one disk of the result.
type Disk struct {
	// Image is the index of the image whose content the disk has, or [None]
	// for a parent that holds what several images have in common.
	Image int
	// Parent is the index in [Plan.Disks] of the disk that this one is the
	// child of, or [None]. Parents come before their children.
	Parent int
	// Stored is about how many bytes of content the disk stores, before
	// compression and without zeros, which compress to next to nothing.
	Stored int64
	// Sum stands for the content of the disk, for the identity of the image
	// that is written.
	Sum uint32
}

// Plan says which disks to make of some images.
type Plan struct {
	Disks []Disk
	// Full is about how many bytes the images would store without sharing,
	// before compression.
	Full int64
}

// Stored returns about how many bytes all disks store, before compression.
func (p *Plan) Stored() int64 {
	n := int64(0)
	for _, d := range p.Disks {
		n += d.Stored
	}
	return n
}

// Options adjusts the functions of this package. The zero value is ready to use.
type Options struct {
	// Workers is how many goroutines read. 0 stands for one per processor,
	// at most 8.
	Workers int
	// Progress, if not nil, is called now and then with how many bytes of the
	// disk are done, zeros included. The whole is the size of one disk, for
	// Write once per family; Write begins again for each.
	Progress func(done int64)
}

// Analyze reads all images once and returns the plan that stores least: which
// image is best stored as the child of which other one, and where a parent should
// be made of what three or more have in common. Images that share less than a
// hundredth of their content stay on their own.
//
// All images must have the same size and need no parent: put children into an
// [image.Chain] first. Memory is bounded by 32 MiB; to keep to it, images of together more
// than 512 GiB are compared in coarser units. That makes the plan less exact, never
// what is written by it.
func Analyze(ctx context.Context, images []image.Image, o Options) (*Plan, error) {
	if err := checkImages(images); err != nil {
		return nil, err
	}
	t := newTables(images)
	var jobs []image.Job
	for i, m := range images {
		jobs = append(jobs, image.Job{Src: m, Dst: []image.Writer{&summer{t: t, sums: t.sums[i]}}})
	}
	if err := image.CopyAll(ctx, jobs, image.CopyOptions{Workers: o.Workers, Progress: o.Progress}); err != nil {
		return nil, err
	}
	return t.plan(), nil
}

// checkImages refuses what cannot be compared.
func checkImages(images []image.Image) error {
	if len(images) == 0 || len(images) > MaxImages {
		return fmt.Errorf("delta: %d images; 1 to %d are accepted", len(images), MaxImages)
	}
	for i, m := range images {
		if m.Size() != images[0].Size() || m.Size() == 0 {
			return &image.Error{Rule: image.RuleChainSize, Offset: -1,
				Detail: fmt.Sprintf("image %d has %d bytes and image 1 %d; only disks of one size can share content", i+1, m.Size(), images[0].Size())}
		}
		if l := m.Lineage(); l.Parent != "" {
			return image.NeedsParent("", l)
		}
	}
	return nil
}

// tables hold a checksum for each unit of each image, 0 for zeros. They decide
// which plan is chosen and nothing else, so it does no harm if two sums are equal by
// chance or by design.
type tables struct {
	size int64 // of each image
	unit int64
	sums [][]uint32
}

// maxSums bounds the number of checksums of all images.
const maxSums = 8 << 20

func newTables(images []image.Image) *tables {
	t := &tables{size: images[0].Size(), unit: BlockSize}
	n := int64(len(images))
	for (t.size+t.unit-1)/t.unit*n > maxSums {
		t.unit *= 2
	}
	for range images {
		t.sums = append(t.sums, make([]uint32, (t.size+t.unit-1)/t.unit))
	}
	return t
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// bytes returns the size of the disk that n units stand for.
func (t *tables) bytes(n int64) int64 { return min(n*t.unit, t.size) }

// summer is a writer that computes the checksums of an image.
type summer struct {
	t    *tables
	sums []uint32
	pos  int64
}

// Write takes in content.
func (s *summer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := s.pos / s.t.unit
		k := min(int64(len(p)), BlockSize-s.pos%BlockSize)
		if !blocks.IsZero(p[:k]) {
			// Where in the unit, so that zeros in front count as well.
			off := uint32(s.pos % s.t.unit)
			sum := crc32.Update(s.sums[i], castagnoli, []byte{byte(off), byte(off >> 8), byte(off >> 16), byte(off >> 24)})
			s.sums[i] = max(crc32.Update(sum, castagnoli, p[:k]), 1)
		}
		p = p[k:]
		s.pos += k
	}
	return n, nil
}

// Skip takes in zeros.
func (s *summer) Skip(n int64) error {
	s.pos += n
	return nil
}

// Close does nothing.
func (s *summer) Close() error { return nil }

var errOrder = errors.New("delta: the parent of a disk must come before it in the plan")
