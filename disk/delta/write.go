package delta

import (
	"bytes"
	"context"

	"github.com/ovfkit/ovf/disk/image"
	"github.com/ovfkit/ovf/disk/internal/blocks"
)

// Diff writes the child over parent that has the content of img: what differs, in
// whole blocks. w must be made for a child, as by [vmdk.WriterOptions] with the
// lineage of parent; the caller closes it.
//
// [vmdk.WriterOptions]: https://pkg.go.dev/github.com/ovfkit/ovf/disk/vmdk#WriterOptions
func Diff(ctx context.Context, w image.Writer, img, parent image.Image, o Options) error {
	p := &Plan{Disks: []Disk{{Image: 0, Parent: None}, {Image: 1, Parent: 0}}}
	return p.Write(ctx, []image.Image{parent, img}, func(i int) (image.Writer, error) {
		if i == 0 {
			return nil, nil
		}
		return unclosed{w}, nil
	}, o)
}

// unclosed is a writer that its owner closes.
type unclosed struct{ image.Writer }

func (unclosed) Close() error { return nil }

// Write makes the disks of the plan from the images that it was made for, which
// it reads once, side by side, and compares byte by byte. create returns the
// writer of a disk: for one with a parent, a writer that keeps zeros and leaves out
// whole blocks of [BlockSize]; nil for a disk that need not be written, since an
// image of it is there. Write closes the writers as they are complete; after an error
// it leaves them open, and what they have written is to be removed.
func (p *Plan) Write(ctx context.Context, images []image.Image, create func(disk int) (image.Writer, error), o Options) error {
	if err := checkImages(images); err != nil {
		return err
	}
	families, err := p.families(len(images))
	if err != nil {
		return err
	}
	for _, f := range families {
		if err := p.writeFamily(ctx, images, f, create, o); err != nil {
			return err
		}
	}
	return nil
}

// families returns the disks of the plan by their root.
func (p *Plan) families(images int) ([][]int, error) {
	var list [][]int
	of := make([]int, len(p.Disks)) // index into list
	for i, d := range p.Disks {
		if d.Parent >= i || d.Parent < None || d.Image >= images || d.Image < None || d.Image == None && d.Parent != None {
			return nil, errOrder
		}
		if d.Parent == None {
			of[i] = len(list)
			list = append(list, []int{i})
			continue
		}
		of[i] = of[d.Parent]
		list[of[i]] = append(list[of[i]], i)
	}
	return list, nil
}

// writeFamily writes disks that descend from one.
func (p *Plan) writeFamily(ctx context.Context, images []image.Image, disks []int, create func(int) (image.Writer, error), o Options) error {
	s := &splitter{size: images[0].Size()}
	source := map[int]int{} // of an image in s
	var jobs []image.Job
	for _, i := range disks {
		if m := p.Disks[i].Image; m != None {
			if _, ok := source[m]; !ok {
				source[m] = len(jobs)
				in := &input{s: s}
				s.inputs = append(s.inputs, in)
				jobs = append(jobs, image.Job{Src: images[m], Dst: []image.Writer{in}})
			}
		}
	}
	at := map[int]int{} // of a disk in s.outputs
	for _, i := range disks {
		out := output{source: None, parent: None}
		if d := p.Disks[i]; d.Image != None {
			out.source = source[d.Image]
			if d.Parent != None {
				out.parent = at[d.Parent]
			}
		}
		var err error
		if out.w, err = create(i); err != nil {
			return err
		}
		at[i] = len(s.outputs)
		s.outputs = append(s.outputs, out)
	}
	if err := image.CopyAll(ctx, jobs, image.CopyOptions{Workers: o.Workers, Progress: o.Progress}); err != nil {
		return err
	}
	for _, out := range s.outputs {
		if out.w != nil {
			if err := out.w.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

// splitter takes the blocks of several images as [image.CopyAll] brings them,
// all disks advancing together, and writes the disks of a family.
type splitter struct {
	size    int64
	done    int64 // everything before is written; a multiple of BlockSize
	inputs  []*input
	outputs []output
	spare   [][]byte
}

// output is a disk of the family.
type output struct {
	source int // input with its content; None: what most inputs have
	parent int // output
	w      image.Writer
}

// input is the writer that receives an image.
type input struct {
	s      *splitter
	pos    int64
	blocks [][]byte // from s.done on, as far as there is content; nil for zeros
}

// Write receives content.
func (in *input) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := int((in.pos - in.s.done) / BlockSize)
		for len(in.blocks) <= i {
			in.blocks = append(in.blocks, nil)
		}
		b, off := in.blocks[i], int(in.pos%BlockSize)
		fresh := b == nil
		if fresh {
			b = in.s.buffer()
			in.blocks[i] = b
		}
		k := copy(b[off:], p)
		if fresh { // most blocks come whole, and there is nothing to clear
			clear(b[:off])
			clear(b[off+k:])
		}
		p = p[k:]
		in.pos += int64(k)
	}
	return n, in.s.advance()
}

// Skip receives zeros.
func (in *input) Skip(n int64) error {
	in.pos += n
	return in.s.advance()
}

// Close does nothing.
func (in *input) Close() error { return nil }

// buffer returns a block with any content.
func (s *splitter) buffer() []byte {
	if n := len(s.spare); n > 0 {
		b := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return b
	}
	return make([]byte, BlockSize)
}

// advance writes all blocks that are complete in all images.
func (s *splitter) advance() error {
	end, content := s.size, 0
	for _, in := range s.inputs {
		end = min(end, in.pos)
		content = max(content, len(in.blocks))
	}
	if end < s.size {
		end -= end % BlockSize
	}
	contents := make([][]byte, len(s.inputs))
	for s.done < end && content > 0 {
		for i, in := range s.inputs {
			contents[i] = nil
			if len(in.blocks) > 0 {
				contents[i] = in.blocks[0]
				in.blocks = in.blocks[1:]
			}
		}
		n := min(BlockSize, s.size-s.done)
		if err := s.writeBlock(contents, n); err != nil {
			return err
		}
		for _, b := range contents {
			if b != nil {
				s.spare = append(s.spare, b)
			}
		}
		s.done += n
		content--
	}
	if s.done >= end {
		return nil
	}
	n := end - s.done // zeros in all images
	s.done = end
	for _, out := range s.outputs {
		if out.w != nil {
			if err := out.w.Skip(n); err != nil {
				return err
			}
		}
	}
	return nil
}

var zeroBlock [BlockSize]byte

// writeBlock writes one block of n bytes to all disks.
func (s *splitter) writeBlock(contents [][]byte, n int64) error {
	clean := make([][]byte, len(contents))
	for i, b := range contents {
		if b != nil && !blocks.IsZero(b) {
			clean[i] = b
		}
	}
	held := make([][]byte, len(s.outputs))
	for i, out := range s.outputs {
		if out.source != None {
			held[i] = clean[out.source]
		} else if k := vote(len(clean), func(i int) bool { return clean[i] == nil },
			func(i, k int) bool { return bytes.Equal(clean[i], clean[k]) }); k != None {
			held[i] = clean[k]
		}
		if out.w == nil {
			continue
		}
		var same bool
		if out.parent == None {
			same = held[i] == nil
		} else {
			same = equal(held[i], held[out.parent])
		}
		var err error
		switch {
		case same:
			err = out.w.Skip(n)
		case held[i] == nil:
			_, err = out.w.Write(zeroBlock[:n])
		default:
			_, err = out.w.Write(held[i][:n])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// equal compares blocks of which nil is all zeros, and no other is.
func equal(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
