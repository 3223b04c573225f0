package inflate

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// grains returns blocks of 64 KiB of several kinds of content.
func grains() map[string][]byte {
	const size = 64 << 10
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, size)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	few := make([]byte, size)
	for i := range few {
		few[i] = byte(r.ExpFloat64() * 9)
	}
	words := strings.Fields("disk grain table marker footer header parent child sparse extent capacity of the a to in")
	var text bytes.Buffer
	for text.Len() < size {
		fmt.Fprintf(&text, "%s %d ", words[r.IntN(len(words))], r.IntN(1000))
	}
	periodic := make([]byte, size)
	for i := range periodic {
		periodic[i] = byte(i % 7)
	}
	mixed := append(append(append([]byte(nil), text.Bytes()[:20000]...), noise[:20000]...), few[:size-40000]...)
	self, err := os.ReadFile("table.go")
	if err != nil {
		panic(err)
	}
	return map[string][]byte{
		"zeros": make([]byte, size), "ones": bytes.Repeat([]byte{1}, size), "noise": noise, "few": few,
		"text": text.Bytes()[:size], "period7": periodic, "mixed": mixed, "source": self,
		"empty": {}, "one": {42}, "short": []byte("abcabcabcabc"),
	}
}

func compress(t testing.TB, p []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(p)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZlib(t *testing.T) {
	var d Decoder
	for name, want := range grains() {
		for level := zlib.HuffmanOnly; level <= 9; level++ {
			src := compress(t, want, level)
			got := make([]byte, len(want))
			n, err := d.Zlib(got, append(src, "trailing bytes are ignored"...))
			if err != nil || n != len(want) || !bytes.Equal(got, want) {
				t.Errorf("%s level %d: n=%d err=%v, equal=%v", name, level, n, err, bytes.Equal(got, want))
			}
			if len(want) > 0 {
				if _, err := d.Zlib(got[:len(got)-1], src); err != ErrTooLong {
					t.Errorf("%s level %d into one byte less: %v, want ErrTooLong", name, level, err)
				}
			}
			for _, cut := range []int{0, 1, 2, 3, len(src) / 2, len(src) - 5, len(src) - 1} {
				if _, err := d.Zlib(got, src[:max(cut, 0)]); err == nil {
					t.Errorf("%s level %d cut to %d of %d bytes: no error", name, level, cut, len(src))
				}
			}
		}
	}
}

func TestChecksum(t *testing.T) {
	src := compress(t, []byte("the quick brown fox"), 6)
	src[len(src)-1] ^= 1
	if _, err := new(Decoder).Zlib(make([]byte, 100), src); err != ErrChecksum {
		t.Errorf("got %v, want ErrChecksum", err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	p := make([]byte, 200000)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	high := bytes.Repeat([]byte{255}, len(p))
	for _, n := range []int{0, 1, 7, 8, 9, 183, 184, 185, 5551, 5552, 5553, 65535, 65536, len(p)} {
		for _, q := range [][]byte{p[:n], high[:n]} {
			if got, want := Adler32(q), adler32.Checksum(q); got != want {
				t.Errorf("Adler32 of %d bytes = %08x, want %08x", n, got, want)
			}
		}
	}
}

// reference decompresses with the standard library, up to limit bytes.
func reference(src []byte, limit int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(src))
	if err != nil {
		return nil, err
	}
	p, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(p) > limit {
		err = ErrTooLong
	}
	return p, err
}

// FuzzZlib holds the decoder to the standard library: the same streams are
// refused, and the others give the same bytes.
func FuzzZlib(f *testing.F) {
	for _, p := range grains() {
		for _, level := range []int{zlib.HuffmanOnly, 1, 6, 9} {
			f.Add(compress(f, p[:min(len(p), 3000)], level))
		}
	}
	f.Add([]byte{0x78, 0x9c, 0x63, 0, 0, 0, 1, 0, 1}) // fixed code, end of block
	f.Add([]byte{0x78, 0x9c, 5, 0xc0, 0x81, 8, 0, 0, 0, 0, 0, 0x20, 0x7f, 0xeb, 3, 0, 1, 0, 1})
	const limit = 128 << 10
	f.Fuzz(func(t *testing.T, src []byte) {
		var d Decoder
		got := make([]byte, limit)
		n, err := d.Zlib(got, src)
		want, wantErr := reference(src, limit)
		// of a stream that is cut off where it would become too long, either is right
		cut := errors.Is(wantErr, io.ErrUnexpectedEOF)
		if (err == nil) != (wantErr == nil) || !cut && errors.Is(err, ErrTooLong) != errors.Is(wantErr, ErrTooLong) {
			t.Fatalf("error %v, compress/zlib says %v", err, wantErr)
		}
		if err == nil && !bytes.Equal(got[:n], want) {
			t.Fatal("content differs from compress/zlib")
		}
	})
}

func BenchmarkZlib(b *testing.B) {
	for _, name := range []string{"text", "few", "source", "mixed"} {
		p := grains()[name]
		src := compress(b, p, 6)
		dst := make([]byte, len(p))
		b.Run(name+"/own", func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			var d Decoder
			for b.Loop() {
				if _, err := d.Zlib(dst, src); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/std", func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			in := bytes.NewReader(src)
			r, err := zlib.NewReader(in)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				in.Reset(src)
				if err := r.(zlib.Resetter).Reset(in, nil); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(r, dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
