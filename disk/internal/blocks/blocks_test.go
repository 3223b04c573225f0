package blocks

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/ovfkit/ovf/disk/image"
)

// collect cuts a disk and returns the blocks that came out.
func collect(size int64, child bool) (*Cutter, map[int64][]byte) {
	got := map[int64][]byte{}
	var buf []byte
	c := &Cutter{Size: size, Block: 100, Child: child}
	c.Buffer = func() ([]byte, error) {
		buf = bytes.Repeat([]byte{0xee}, 100) // what a reused buffer may hold
		return buf, nil
	}
	c.Full = func(i int64) error {
		if _, twice := got[i]; twice {
			return errors.New("a block came twice")
		}
		got[i] = buf
		return nil
	}
	return c, got
}

// TestCutter: whatever the pieces, the blocks that are not all zeros come out,
// and only these.
func TestCutter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		content := make([]byte, 1+r.IntN(2000))
		for range r.IntN(5) {
			content[r.IntN(len(content))] = 1
		}
		c, got := collect(int64(len(content)), false)
		for p := content; len(p) > 0; {
			n := 1 + r.IntN(min(len(p), 350))
			var err error
			if IsZero(p[:n]) && r.IntN(2) == 0 {
				err = c.Skip(int64(n))
			} else {
				_, err = c.Write(p[:n])
			}
			if err != nil {
				t.Fatal(err)
			}
			p = p[n:]
		}
		if err := c.Finish(); err != nil {
			t.Fatal(err)
		}
		for i := int64(0); i*100 < int64(len(content)); i++ {
			want := make([]byte, 100)
			copy(want, content[i*100:])
			b, ok := got[i]
			if ok == IsZero(want) || ok && !bytes.Equal(b, want) {
				t.Fatalf("block %d of %d bytes: there %v, want %v", i, len(content), b, want)
			}
		}
	}
}

// TestChild: what is written is kept, be it zero, and what is skipped is not.
func TestChild(t *testing.T) {
	c, got := collect(450, true)
	c.Write(make([]byte, 100))
	c.Skip(200)
	c.Write(bytes.Repeat([]byte{1}, 100))
	if err := c.Skip(50); err != nil {
		t.Fatal(err)
	}
	if err := c.Finish(); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || !IsZero(got[0]) || got[3][99] != 1 {
		t.Errorf("blocks %v", got)
	}
	for _, skip := range []int64{50, 199} {
		c, _ := collect(450, true)
		if err := c.Skip(skip); err == nil {
			t.Errorf("a part of a block was left to the parent (%d bytes)", skip)
		}
	}
	c, _ = collect(450, true)
	c.Write(make([]byte, 50))
	if err := c.Skip(50); err == nil {
		t.Error("the rest of a block was left to the parent")
	}
}

func TestErrors(t *testing.T) {
	c, _ := collect(10, false)
	if _, err := c.Write(make([]byte, 11)); err != image.ErrBeyondEnd || c.Finish() != image.ErrBeyondEnd {
		t.Errorf("too much: %v", err)
	}
	c, _ = collect(10, false)
	c.Write([]byte{1})
	if err := c.Finish(); err != image.ErrShort {
		t.Errorf("too little: %v", err)
	}
	broken := errors.New("broken")
	c, _ = collect(1000, false)
	c.Full = func(int64) error { return broken }
	if n, err := c.Write(bytes.Repeat([]byte{1}, 500)); err != broken || n > 100 {
		t.Errorf("Full fails: %d, %v", n, err)
	}
	if err := c.Skip(1); err != broken {
		t.Errorf("after an error: %v", err)
	}
	for size, want := range map[int64]int64{0: 0, -5: 0, 1: 512, 512: 512, 513: 1024, 4096: 4096, 4097: 0} {
		if got, err := Rounded("x", size, 4096); got != want || (err == nil) != (want > 0) {
			t.Errorf("Rounded(%d) = %d, %v", size, got, err)
		}
	}
	if IsZero(append(make([]byte, 200<<10), 1)) || !IsZero(make([]byte, 200<<10)) {
		t.Error("IsZero")
	}
}
